"""A clause counts as built only when breaking its rule makes its named case fail."""

import pytest
from case_shape import Case
from cases import CASES
from law_world import broken


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.clause} {case.rule}: {case.name}")
def test_breaking_the_rule_makes_its_case_fail(case: Case) -> None:
    assert case.faults(broken(case.rule)) != [], f"{case.name} holds without {case.rule}: it does not prove {case.clause}"
