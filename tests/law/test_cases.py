"""Every case of the law, and that the cases cover every rule."""

import pytest
from case_shape import Case
from cases import BESIDE, CASES
from law_world import book, pack, raising

from sandyq.law.decide import decide
from sandyq.law.decision import Finding


@pytest.mark.parametrize("case", [*CASES, *BESIDE], ids=lambda case: case.name)
def test_case(case: Case) -> None:
    assert case.faults(book()) == []


def test_each_case_has_its_own_sentence() -> None:
    names = [case.name for case in (*CASES, *BESIDE)]
    assert sorted(names) == sorted(set(names))


def test_each_rule_of_the_pack_has_a_case() -> None:
    assert {rule.id for rule in pack().rules} - {case.rule for case in CASES} == set()


def test_each_case_names_a_clause_that_its_rule_cites() -> None:
    assert [case.name for case in CASES if case.clause not in pack().rule(case.rule).clauses] == []


def test_each_rule_cites_a_clause_and_each_finding_an_article_with_its_date() -> None:
    assert [rule.id for rule in pack().rules if not rule.clauses] == []
    for case in CASES:
        for finding in case_findings(case):
            assert finding.clause, case.name
            assert finding.rule == "default" or " @20" in finding.article, case.name


def case_findings(case: Case) -> tuple[Finding, ...]:
    return decide(case.ask, case.facts, book(), case.at).findings


@pytest.mark.parametrize("case", [case for case in CASES if case.expect.permitted], ids=lambda case: case.name)
def test_a_rule_that_cannot_be_judged_refuses(case: Case) -> None:
    verdict = decide(case.ask, case.facts, raising(case.rule), case.at)
    assert not verdict.permitted
    assert any(f.rule == case.rule and f.code == "rule_failed" for f in verdict.reasons)
