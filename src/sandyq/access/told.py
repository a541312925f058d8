"""Which table about a person is told in which section of an answer, and which is left out, and why: so that nothing is forgotten in silence.

A test walks the schema of both stores against it, and every registered holder against an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Told:
    """Where a table's rows about a person stand in an answer: `section` of `Held` (or `person`), or `left_out` with the reason."""

    section: str = ""
    left_out: str = ""


_CODE = "one-time codes and sessions: keyed tokens of minutes; that one was sent and came back stands in the log"
_KEY = "keys and keyed tokens: they hold nothing that the data do not, and are worth nothing to anybody else"
TOLD: Final[Mapping[str, Told]] = {
    "subject": Told("person"),
    "item": Told("data"),
    "media": Told("files"),
    "consent_grant": Told("consents"),
    "consent_end": Told("consents"),
    "consent_code": Told("consents"),
    "consent_stop": Told("stops"),
    "transfer": Told("transfers"),
    "partner_ref": Told("recipients"),
    "block_state": Told("states"),
    "release_proposal": Told("states"),
    "relation": Told("relations"),
    "representative": Told("representatives"),
    "submission": Told("forms"),
    "request": Told("orders"),
    "request_document": Told("documents"),
    "decision": Told("decisions"),
    "destruction": Told("destructions"),
    "destruction_receipt": Told("destructions"),
    "subject_leaf": Told("log"),
    "wrapped_key": Told(left_out=_KEY),
    "token": Told(left_out=_KEY),
    "claim": Told(left_out=_KEY),
    "challenge": Told(left_out=_CODE),
    "claim_session": Told(left_out=_CODE),
    "correspondence": Told("others"),
    "correspondence_event": Told("others"),
    "mail_token": Told(left_out=_KEY),
    "mail_mark": Told(left_out=_KEY),
    "rights_case": Told("others"),
    "rights_clock": Told("others"),
    "rights_part": Told("others"),
    "rights_document": Told("others"),
    "rights_event": Told("others"),
    "factor": Told("others"),
    "desk_check": Told("others"),
    "factor_token": Told(left_out=_KEY),
    "portal_session": Told(left_out=_CODE),
    "prove_link": Told(left_out=_CODE),
    "restrictive_event": Told(left_out="the same blocks, refusals and withdrawals once more, for a restored backup"),
}
"""Every table with a `subject_id`. A table whose room only shows it through its holder stands under `others`."""
