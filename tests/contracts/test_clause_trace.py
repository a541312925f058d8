"""Every clause of the published document is accounted for: by a rule of the pack, by a room's code, or by a note of what comes later."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from sandyq.policy import loader, trace
from sandyq.policy.source import BadFiles

TESTS = Path(__file__).resolve().parents[1]
PACK = loader.load_pack().pack


@dataclass(frozen=True)
class Row:
    """A case as the law's table has it."""

    name: str
    clause: str
    rule: str


def _report(cases: list[Row] | None = None) -> trace.Report:
    return trace.report(PACK, TESTS, cases)


def test_the_trace_has_every_clause_from_1_1_to_8_3_once_and_in_order() -> None:
    numbers = [row.clause for row in _report([]).clauses]
    assert len(numbers) == len(set(numbers)) == 80
    assert numbers[0] == "1.1"
    assert numbers[-1] == "8.3"
    assert numbers.index("3.10") == numbers.index("3.9") + 1
    assert numbers.index("6.2.13") < numbers.index("6.3")


def test_no_clause_is_missing_or_half_built() -> None:
    if not trace.find_cases(TESTS):
        pytest.skip("the law's case table (tests/law/cases.py) is not there")
    assert {row.clause: row.note for row in _report().failed} == {}


def test_every_rule_of_the_pack_stands_in_code_that_is_found() -> None:
    for row in _report([]).clauses:
        for link in row.links:
            file, _, line = link.where.rpartition(":")
            assert (TESTS.parent / "src" / file).exists()
            assert int(line) > 0


def test_a_place_names_code_and_a_test_that_exist() -> None:
    places, later = trace.read_places()
    assert {place["code"] for place in places if not trace.find_code(place["code"])} == set()
    assert {place["test"] for place in places if not trace.find_test(place["test"], TESTS)} == set()
    assert all(later.values())


def test_a_clause_whose_only_test_goes_fails_the_trace() -> None:
    rule = next(rule for rule in PACK.rules if rule.clauses == ("5.2",) or "5.2" in rule.clauses)
    with_test = {row.clause: row for row in _report([Row("a public source needs no consent", "5.2", rule.id)]).clauses}
    without = {row.clause: row for row in _report([]).clauses}
    assert with_test["5.2"].status == "built"
    assert "a public source needs no consent" in {name for link in with_test["5.2"].links for name in link.tests}
    assert without["5.2"].status == "incomplete"
    assert "5.2" in {row.clause for row in _report([]).failed}


def test_a_case_for_another_rule_does_not_count_for_a_clause() -> None:
    rows = {row.clause: row for row in _report([Row("elsewhere", "5.2", "no-such-rule")]).clauses}
    assert rows["5.2"].status == "incomplete"


def test_a_clause_that_comes_later_does_not_fail_and_says_what_is_missing() -> None:
    _, later = trace.read_places()
    rows = {row.clause: row for row in _report([]).clauses}
    assert later
    for clause, note in later.items():
        assert rows[clause].status in {"not built yet", "built"}
        assert rows[clause].note == note


def test_a_place_that_names_a_clause_the_document_does_not_have_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "places.yaml"
    path.write_text('places:\n  - { clauses: ["9.9"], code: "a:b", test: "c::d" }\nlater: {}\n', encoding="utf-8")
    with pytest.raises(BadFiles, match=r"places.yaml:2: `clauses` names 9.9"):
        trace.read_places(path)


def test_code_and_tests_are_looked_up_by_name_and_a_wrong_name_finds_nothing() -> None:
    assert trace.find_code("sandyq.law.vocabulary:Operation.DESTROY").startswith("sandyq/law/vocabulary.py:")
    assert trace.find_code("sandyq.law.vocabulary:Operation.VANISH") == ""
    assert trace.find_code("sandyq.nowhere:thing") == ""
    assert trace.find_test("contracts/test_clause_trace.py::test_nothing", TESTS) == ()


def test_an_installed_program_without_its_tests_says_so_and_still_shows_the_code() -> None:
    report = trace.report(PACK, TESTS / "not-here")
    assert not report.tests_at_hand
    assert not report.failed
    assert all(len(row) == len(trace.HEADINGS) for row in report.as_table())
    assert report.as_dict()["tests_at_hand"] is False
