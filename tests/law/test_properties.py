"""What must hold of every decision, over random asks and facts."""

import random
from dataclasses import replace

import strategies as s
from hypothesis import given, settings
from hypothesis import strategies as st
from law_world import NOW, PERSON, book

from sandyq.law import canon
from sandyq.law.ask import Ask, ConsentFact, Facts, StateFact
from sandyq.law.crowd import decide_crowd, shape, without_ids
from sandyq.law.decide import decide
from sandyq.law.vocabulary import Effect, GrantState, Operation

EIGHT = [Operation.COLLECT, Operation.ACCUMULATE, Operation.CHANGE, Operation.SUPPLEMENT, Operation.USE, Operation.DISTRIBUTE]
questions = st.one_of(st.tuples(s.asks, s.facts), *[s.friendly(operation) for operation in EIGHT])
usual = settings(max_examples=150)


def no_more(question: Ask, before: Facts, after: Facts) -> None:
    """The second facts permit nothing that the first did not."""
    first, second = decide(question, before, book(), NOW), decide(question, after, book(), NOW)
    assert first.permitted or not second.permitted
    assert second.fields <= first.fields
    if second.permitted:
        assert second.withheld >= first.withheld


@usual
@given(questions, s.states)
def test_adding_a_state_never_permits_more(question: tuple[Ask, Facts], state: StateFact) -> None:
    ask, facts = question
    if ask.operation in ("store", "release", "unhold"):
        return  # what a state is set for: storing under it, lifting it
    no_more(ask, facts, replace(facts, states=(*facts.states, replace(state, id="s-new"))))


@usual
@given(questions, s.consents(st.sampled_from([GrantState.REFUSED, GrantState.WITHDRAWN])))
def test_adding_a_refusal_or_a_withdrawal_never_permits_more(question: tuple[Ask, Facts], no: ConsentFact) -> None:
    ask, facts = question
    if ask.ground == "5.4" or ask.operation == "destroy":
        return  # 5.4 begins with a withdrawal, and what no consent carries may be destroyed
    no_more(ask, facts, replace(facts, consents=(*facts.consents, replace(no, id="c-new"))))


@usual
@given(questions, st.data())
def test_withdrawing_what_stands_never_permits_more(question: tuple[Ask, Facts], data: st.DataObject) -> None:
    ask, facts = question
    if ask.ground == "5.4" or ask.operation == "destroy" or not facts.consents:
        return
    n = data.draw(st.integers(0, len(facts.consents) - 1))
    gone = replace(facts.consents[n], state=GrantState.WITHDRAWN, withdrawn_at=NOW)
    no_more(ask, facts, replace(facts, consents=(*facts.consents[:n], gone, *facts.consents[n + 1 :])))


@usual
@given(questions, st.sampled_from(["sms", "email", "*"]))
def test_saying_stop_never_permits_more(question: tuple[Ask, Facts], channel: str) -> None:
    ask, facts = question
    no_more(ask, facts, replace(facts, suppressed=facts.suppressed | {channel}))


@usual
@given(questions, st.randoms(use_true_random=False))
def test_the_order_of_facts_never_matters(question: tuple[Ask, Facts], chance: random.Random) -> None:
    ask, facts = question

    def mixed(rows: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(chance.sample(rows, len(rows)))

    other = replace(
        facts, consents=mixed(facts.consents), states=mixed(facts.states), relations=mixed(facts.relations), items=mixed(facts.items)
    )
    assert decide(ask, facts, book(), NOW) == decide(ask, other, book(), NOW)
    assert canon.facts_to_json(facts) == canon.facts_to_json(other)


@usual
@given(questions, st.sampled_from([*s.MOMENTS, NOW]))
def test_no_rule_fails_and_every_answer_has_a_reason(question: tuple[Ask, Facts], at: object) -> None:
    verdict = decide(*question, book(), at)  # type: ignore[arg-type]
    assert not [f for f in verdict.findings if f.code == "rule_failed"]
    assert verdict.reasons
    if verdict.permitted:
        assert not [f for f in verdict.findings if f.effect is Effect.PROHIBIT]
        assert [f for f in verdict.findings if f.effect is Effect.PERMIT]
        assert verdict.masks <= verdict.fields
    else:
        assert not verdict.fields
        assert not verdict.duties


@usual
@given(questions)
def test_a_permit_lists_no_field_that_was_not_asked(question: tuple[Ask, Facts]) -> None:
    ask, facts = question
    verdict = decide(ask, facts, book(), NOW)
    known = frozenset().union(*[i.fields for i in facts.items if not ask.items or i.id in ask.items])
    assert verdict.fields <= (ask.fields or known)


@usual
@given(questions)
def test_texts_of_asks_facts_and_verdicts_read_back_the_same(question: tuple[Ask, Facts]) -> None:
    ask, facts = question
    verdict = decide(ask, facts, book(), NOW)
    assert canon.ask_from_json(canon.ask_to_json(ask)) == ask
    again = canon.facts_from_json(canon.facts_to_json(facts))
    assert canon.facts_to_json(again) == canon.facts_to_json(facts)
    assert decide(ask, again, book(), NOW) == verdict
    assert canon.verdict_from_json(canon.verdict_to_json(verdict)) == verdict


@usual
@given(questions)
def test_a_crowd_gets_the_verdict_that_each_would_get_alone(question: tuple[Ask, Facts]) -> None:
    ask, facts = question
    if ask.items:
        return  # a crowd is asked for whole people
    alone = decide(ask, facts, book(), NOW)
    ((subject, verdict),) = decide_crowd(ask, [(PERSON, shape(facts))], lambda code: code, book(), NOW)
    assert subject == PERSON
    assert (verdict.permitted, verdict.fields, verdict.duties, verdict.masks) == (alone.permitted, alone.fields, alone.duties, alone.masks)
    assert {(f.rule, f.effect, f.code) for f in verdict.findings} == {(f.rule, f.effect, f.code) for f in alone.findings}
    assert shape(facts) == shape(without_ids(facts))
