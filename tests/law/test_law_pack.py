"""What the pack's reader refuses, and how it says so; what the book chooses by date."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from law_world import POLICY, book, facts, item, pack, pack_data

from sandyq.errors import BadFile, Misuse
from sandyq.law.ask import Ask
from sandyq.law.decide import RULES_REVISION, Book, decide
from sandyq.law.pack import Pack
from sandyq.law.policy import Policy
from sandyq.law.rules import GRANT_TESTS, REGISTRY, predicate
from sandyq.law.vocabulary import Operation

GOOD: dict[str, Any] = {
    "id": "wall",
    "code": "hr_wall",
    "effect": "prohibit",
    "clauses": ["3.7"],
    "operations": ["use"],
    "article": "94-V art. 14",
    "mark": "C",
    "source": "L26J",
    "recorded": date(2026, 11, 22),
    "in_force": [{"from": date(2013, 11, 25)}],
    "__line__": 17,
}
FAULTS = [
    ("an unknown predicate", {"code": "no_such_thing"}, "names code"),
    ("a permit on a summary of the law", {"effect": "permit", "code": "storage", "mark": "C2"}, "permits on an unconfirmed source"),
    (
        "a permit that one version takes from memory",
        {"effect": "permit", "code": "storage", "in_force": [{"from": date(2013, 11, 25), "mark": "M"}]},
        "unconfirmed",
    ),
    ("an unknown key", {"colour": "red"}, "unknown keys ['colour']"),
    ("an unknown operation", {"operations": ["eat"]}, "unknown operation `eat`"),
    ("no operation", {"operations": []}, "no operation"),
    ("an unknown reading", {"when": {"readings": ["loose"]}}, "['loose']"),
    ("an unknown selector", {"when": {"weather": ["rain"]}}, "unknown keys ['weather']"),
    ("an unknown need", {"needs": ["money"]}, "['money']"),
    ("a list that is a word", {"clauses": "3.7"}, "must be a list"),
    ("no day in force", {"in_force": []}, "never in force"),
    ("a day that is none", {"in_force": [{"from": "soon"}]}, "not a date"),
    ("versions that overlap", {"in_force": [{"from": date(2013, 11, 25)}, {"from": date(2020, 1, 1)}]}, "overlap"),
    ("a version that ends first", {"in_force": [{"from": date(2020, 1, 1), "to": date(2019, 1, 1)}]}, "ends before"),
    ("no article", {"article": ""}, "cites no article"),
    ("an unknown mark", {"mark": "X"}, "`mark: X`"),
    ("an unknown moment", {"judged_at": "then"}, "`judged_at: then`"),
]


def read(**changes: Any) -> Pack:
    return Pack.from_data({"id": "kz", "__file__": "rules.yaml", "rules": [{**GOOD, **changes}]})


def test_a_sound_rule_is_read() -> None:
    (rule,) = read().rules
    assert (rule.id, rule.line, rule.operations) == ("wall", 17, frozenset({"use"}))


@pytest.mark.parametrize(("changes", "says"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_fault_is_named_with_file_line_and_remedy(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BadFile) as error:
        read(**changes)
    assert error.value.params["file"] == "rules.yaml"
    assert error.value.params["line"] == 17
    assert says in str(error.value.params["what"])
    assert error.value.params["remedy"]


def test_a_rule_that_stands_twice_is_refused() -> None:
    with pytest.raises(BadFile, match="stands twice"):
        Pack.from_data({"rules": [GOOD, GOOD]})


def test_an_unconfirmed_rule_may_tighten() -> None:
    assert not read(mark="C2").rules[0].versions[0].confirmed


def test_each_predicate_is_used_by_the_pack() -> None:
    assert set(REGISTRY) | set(GRANT_TESTS) == {rule.code for rule in pack().rules}


def test_a_predicate_is_registered_once() -> None:
    with pytest.raises(Misuse):
        predicate(REGISTRY["hr_wall"])


def test_the_digest_follows_the_data_and_not_the_line_numbers() -> None:
    assert read().digest == read(__line__=99).digest
    assert read().digest != read(source="L26M").digest
    assert pack().digest == Pack.from_data(pack_data()).digest


def test_all_seventeen_grounds_of_article_9_are_in_the_pack_on_their_days() -> None:
    grounds = {g for rule in pack().rules for g in rule.when.get("grounds", ()) if g.startswith("9(") and rule.id.startswith("ground-")}
    assert len(grounds) == 17


def test_the_law_changes_at_midnight_in_kazakhstan() -> None:
    ask = Ask(Operation.USE, "p", "loan", frozenset({"public_office"}))
    known = facts()
    article = {}
    for at in (datetime(2022, 2, 28, 17, 59, tzinfo=UTC), datetime(2022, 2, 28, 18, 0, tzinfo=UTC)):
        grown = replace(known, items=(item("6.2.1", "sex", "loan"),))
        verdict = decide(replace(ask, fields=frozenset({"sex"})), grown, book(), at)
        article[at] = next(f.article for f in verdict.findings if f.rule == "category-6.2.1")
    assert list(article.values()) == ["94-V art. 7(5), 12(1) @2013-11-25", "94-V art. 7(9), 12(1) @2022-03-01"]


def test_facts_that_cannot_be_read_refuse() -> None:
    verdict = decide(Ask(Operation.USE, "p", "loan"), None, book(), datetime(2026, 1, 1, tzinfo=UTC))  # type: ignore[arg-type]
    assert not verdict.permitted
    assert [f.code for f in verdict.findings] == ["rule_failed"]


def test_the_book_says_under_what_it_judged() -> None:
    verdict = decide(Ask(Operation.USE, "p", "loan"), facts(), book(), datetime(2026, 1, 1, tzinfo=UTC))
    assert (verdict.pack, verdict.policy, verdict.rules) == (book().pack.digest, book().policy.digest, RULES_REVISION)
    assert verdict.judged_on == date(2026, 1, 1)
    assert Book(pack(), book().policy).digest == book().digest


POLICY_FAULTS = [
    ("a field of no category", {"fields": {**POLICY["fields"], "x": {"category": "6.9", "__line__": 4}}}, "category `6.9`", 4),
    (
        "a purpose with an unknown field",
        {"purposes": {"p": {"clause": "3.1", "fields": ["nose"], "term": "quality", "__line__": 5}}},
        "['nose']",
        5,
    ),
    ("a purpose of no clause", {"purposes": {"p": {"clause": "9.9", "term": "quality", "__line__": 6}}}, "clause `9.9`", 6),
    ("a purpose of no term", {"purposes": {"p": {"clause": "3.1", "term": "ever", "__line__": 7}}}, "term `ever`", 7),
    ("a recipient for no purpose", {"recipients": {"7.1.1": {"purposes": ["fun"], "__line__": 8}}}, "['fun']", 8),
    ("a term from no event", {"terms": {"quality": {"event": "rain", "__line__": 9}}}, "`event: rain`", 9),
    ("a list that is a word", {"purposes": {"p": {"clause": "3.1", "fields": "iin", "__line__": 10}}}, "must be a list", 10),
    ("a date that is none", {"approved_on": "long ago"}, "not a date", 0),
]


@pytest.mark.parametrize(("changes", "says", "line"), [row[1:] for row in POLICY_FAULTS], ids=[row[0] for row in POLICY_FAULTS])
def test_a_fault_of_the_policy_is_named(changes: dict[str, Any], says: str, line: int) -> None:
    with pytest.raises(BadFile) as error:
        Policy.from_data({**POLICY, **changes})
    assert says in str(error.value.params["what"])
    assert error.value.params["line"] == line
