"""Stored decisions replay to the same verdict, or to a named difference."""

import json
from dataclasses import replace
from datetime import datetime

import pytest
from law_world import NOW, ask, book, broken, consent, facts, item, pack, policy
from make_corpus import CORPUS

from sandyq.law import canon
from sandyq.law.decide import Book, decide
from sandyq.law.vocabulary import Operation

ROWS = CORPUS.read_text(encoding="utf-8").splitlines()


def stored(text: str) -> canon.Stored:
    row = json.loads(text)
    return canon.Stored(row["ask"], row["facts"], row["verdict"], datetime.fromisoformat(row["at"]))


def one() -> canon.Stored:
    question, known = ask(Operation.USE, "phone"), facts(consent())
    verdict = decide(question, known, book(), NOW)
    return canon.Stored(canon.ask_to_json(question), canon.facts_to_json(known), canon.verdict_to_json(verdict), NOW)


def test_the_corpus_is_there_and_holds_both_answers() -> None:
    permitted = [canon.verdict_from_json(json.loads(row)["verdict"]).permitted for row in ROWS]
    assert len(ROWS) > 500
    assert 100 < sum(permitted) < len(ROWS) - 100


def test_the_corpus_replays_identically() -> None:
    differences = [
        (row["ask"], found.changed) for text in ROWS if (row := json.loads(text)) and (found := canon.replay(stored(text), book()))
    ]
    assert differences == []


def test_a_change_of_the_pack_is_named_in_the_difference() -> None:
    found = canon.replay(one(), Book(replace(broken("purpose-3.1").pack, digest="other"), policy()))
    assert found is not None
    assert found.causes == ("pack",)
    assert {"permitted", "fields", "findings"} <= set(found.changed)
    assert not found.now.permitted


def test_a_verdict_altered_in_the_store_differs_without_a_cause() -> None:
    altered = replace(one(), verdict=one().verdict.replace('"phone"', '"iin"'))
    found = canon.replay(altered, book())
    assert found is not None
    assert found.causes == ()


def test_a_new_pack_with_the_same_answer_is_no_difference() -> None:
    assert canon.replay(one(), Book(replace(pack(), digest="other"), policy())) is None


def test_facts_gathered_in_another_order_have_one_address() -> None:
    here = facts(consent(), item("6.2.1", "surname iin"), item("6.2.7", "phone"))
    there = replace(here, items=here.items[::-1])
    assert canon.digest(canon.facts_to_json(here)) == canon.digest(canon.facts_to_json(there))
    assert canon.digest(canon.facts_to_json(here)) != canon.digest(canon.facts_to_json(facts(consent())))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"subject": 5}', '{"subject": {"id": "a"}, "more": 1}', '{"subject": {"id": 7}}'])
def test_what_is_no_fact_set_is_refused_by_name(text: str) -> None:
    with pytest.raises(canon.Unreadable) as error:
        canon.facts_from_json(text)
    assert error.value.code == "stored_unreadable"
