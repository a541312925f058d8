"""What a person is told of disclosures without consent: the table of cases comes first, the rules of the pack follow it (4.1.1, 5.1; art. 8-1(3), 9, 24(1)(1))."""

from datetime import date

import pytest

from sandyq.errors import Invalid
from sandyq.law.deadlines import Mark
from sandyq.law.disclosures import UNKNOWN, Telling, from_data, limbs, silent
from sandyq.policy.loader import load_disclosures

NOW = date(2026, 11, 22)
CASES = [
    # name, ground, lifted by a paper on file, day of telling, the article under which the answer is silent ("" where it tells)
    ("a court or an investigator asked, and nobody allowed to tell", "9(1)", False, NOW, "94-V art. 9(1), 8-1(3)"),
    ("a court asked, and allowed to tell", "9(1)", True, NOW, ""),
    ("an investigator asked on the day of the policy", "9(1)", False, date(2020, 12, 22), "94-V art. 9(1), 8-1(3)"),
    ("state statistics", "9(2)", False, NOW, "94-V art. 9(2), 8-1(3)"),
    ("a treaty, of which the state service tells as well", "9(4)", False, NOW, ""),
    ("a treaty before art. 8-1 stood in the Law", "9(4)", False, date(2021, 6, 1), UNKNOWN.article),
    ("journalism, science, art", "9(6)", False, NOW, ""),
    ("a duty by law that the person did not fulfil", "9(8)", False, NOW, ""),
    ("the financial regulator", "9(9)", False, NOW, "94-V art. 9(9), 8-1(3)"),
    ("the tax service", "9(9-1)", False, NOW, "94-V art. 9(9-1), 8-1(3)"),
    ("the tax service allowed to tell", "9(9-1)", True, NOW, ""),
    ("a register of business partners", "9(9-3)", False, NOW, ""),
    ("bankruptcy of citizens", "9(9-4)", False, NOW, "94-V art. 9(9-4), 8-1(3)"),
    ("a ground that the table does not name", "9(10)", False, NOW, UNKNOWN.article),
]
RULES = load_disclosures()


@pytest.mark.parametrize(("ground", "lifted", "on", "article"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_answer_tells_or_is_silent_under_its_limb(ground: str, lifted: bool, on: date, article: str) -> None:
    found = silent(RULES, ground, on, lifted=lifted)
    assert (found.article if found else "") == article


def test_only_a_confirmed_rule_tells() -> None:
    assert all(rule.mark is Mark.CONFIRMED for rule in RULES if rule.told is Telling.ALWAYS)


def test_a_rule_that_would_tell_from_memory_is_a_fault_of_the_pack() -> None:
    row = {"id": "x", "ground": "9(5)", "told": "always", "clauses": ["5.1.5"], "article": "94-V art. 9(5)", "source": "L26J", "mark": "M"}
    with pytest.raises(Invalid) as raised:
        from_data([{**row, "in_force": [{"from": date(2020, 1, 1)}]}])
    assert [(error.field, error.code) for error in raised.value.errors] == [("disclosures[0].mark", "unconfirmed_loosens")]


def test_every_fault_of_the_table_is_told_at_once() -> None:
    with pytest.raises(Invalid) as raised:
        from_data([{"id": "x", "nonsense": 1}, {}])
    assert len(raised.value.errors) > 8


def test_the_limbs_that_every_answer_names_are_those_that_may_be_silent() -> None:
    named = {limb.article for limb in limbs(RULES, NOW)}
    assert named == {article for _, _, _, on, article in CASES if article and on == NOW and article != UNKNOWN.article}
