"""A crowd: each shape is judged once, everybody gets their verdict."""

from law_world import NOW, SIMULATED, ask, book, consent, facts, item, state

from sandyq.law.ask import Facts
from sandyq.law.crowd import decide_crowd, without_ids
from sandyq.law.vocabulary import GrantKind, Operation, StateKind

SMS = ask(Operation.USE, "phone", "marketing", channel="sms")
YES = facts(consent(GrantKind.MARKETING, "marketing", channel="sms"))
SHAPES = {
    "agreed": YES,
    "never asked": facts(),
    "stopped": facts(consent(GrantKind.MARKETING, "marketing", channel="sms"), suppressed=frozenset({"sms"})),
    "blocked": facts(consent(GrantKind.MARKETING, "marketing", channel="sms"), state(StateKind.BLOCK)),
}


def test_of_a_thousand_people_only_those_who_agreed_are_reached() -> None:
    asked = []

    def facts_of(code: str) -> Facts:
        asked.append(code)
        return SHAPES[code]

    codes = sorted(SHAPES)
    people = [(f"p{n}", codes[n % 4]) for n in range(1000)]
    verdicts = list(decide_crowd(SMS, people, facts_of, book(), NOW))
    assert [subject for subject, _ in verdicts] == [subject for subject, _ in people]
    assert [v.permitted for _, v in verdicts] == [code == "agreed" for _, code in people]
    assert sorted(asked) == codes, "each shape is judged once"


def test_a_shape_holds_no_id_of_a_person() -> None:
    known = facts(consent(), item("6.2.7", "phone"), state(StateKind.BLOCK, items=frozenset({"i-6.2.7", "i-gone"})), extra=SIMULATED)
    bare = without_ids(known)
    assert (bare.subject.id, bare.consents[0].id, bare.items[0].id) == ("", "consent:0", "item:0")
    assert bare.states[0].items == frozenset({"item:0", "item:elsewhere"}), "the scope still finds its item"
    assert bare.extra == SIMULATED
