"""The cases of the law as one flat list.

`CASES`: each names a clause of the policy and the rule that it proves; breaking that rule must make the case fail (`test_mutation.py`).
`BESIDE`: further answers that must hold (dates, other readings, near misses); nothing is claimed of them under mutation.
"""

import cases_consent
import cases_standing
import cases_transfer
from case_shape import Case

CASES: list[Case] = [*cases_consent.CONSENT_CASES, *cases_transfer.TRANSFER_CASES, *cases_standing.STANDING_CASES]
BESIDE: list[Case] = [*cases_consent.BESIDE, *cases_transfer.BESIDE, *cases_standing.BESIDE]
