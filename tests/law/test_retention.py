"""How long an item is kept, in both readings, and what holds it beyond its term."""

from datetime import UTC, date, datetime

import pytest
from law_world import NOW, WORDS, consent, facts, item, policy, relation, state

from sandyq.law.ask import Facts, ItemFact
from sandyq.law.retention import Fate, due_for_destruction, storage_term
from sandyq.law.vocabulary import GrantState, Reading, StateKind

STRICT = Reading.STRICT
PAST, LATER = date(2026, 11, 1), date(2027, 5, 1)
PHONE = item("6.2.7", "phone", "loan")
CALL = item("6.2.8", "voice", "quality", collected_at=datetime(2026, 8, 31, 6, tzinfo=UTC))
PAPERS = item("6.2.1", "surname", "contract")
BOTH = item("6.2.1", "surname", "loan contract")
LOAN_OVER, CONTRACT_OVER = relation(ended=PAST, fulfilled=True), relation(purposes="contract", ended=PAST, fulfilled=True, id="r-2")
WITHDRAWN = consent(state=GrantState.WITHDRAWN, withdrawn_at=datetime(2026, 11, 10, 6, tzinfo=UTC))

TERMS = [
    ("strictly the term ends with the purpose", PHONE, facts(LOAN_OVER), PAST),
    ("by the policy's words a year after it", PHONE, facts(LOAN_OVER, reading=WORDS), date(2027, 11, 1)),
    ("a term from collecting runs from collecting, to the last day of a shorter month", CALL, facts(reading=WORDS), date(2027, 2, 28)),
    ("strictly a withdrawn consent ends the purpose", PHONE, facts(WITHDRAWN), date(2026, 11, 10)),
    ("but not while its loan is unpaid", PHONE, facts(WITHDRAWN, relation()), None),
    ("legislation's term is kept though the purpose is over", PAPERS, facts(CONTRACT_OVER), date(2031, 11, 1)),
    ("where no contract ever was, legislation keeps nothing", item("6.2.1", "surname", "contract", term_end=PAST), facts(), PAST),
    ("of two purposes the longer counts", BOTH, facts(LOAN_OVER, CONTRACT_OVER), date(2031, 11, 1)),
    (
        "the date in the item caps the office's term",
        item("6.2.7", "phone", "loan", term_end=date(2026, 12, 1)),
        facts(consent()),
        date(2026, 12, 1),
    ),
    ("retained evidence has its own date", item("6.2.13", "hobby", "", klass="evidence", term_end=PAST), facts(LOAN_OVER), PAST),
    ("with everything going on there is no end yet", PHONE, facts(consent()), None),
]


@pytest.mark.parametrize(("kept", "known", "end"), [row[1:] for row in TERMS], ids=[row[0] for row in TERMS])
def test_term(kept: ItemFact, known: Facts, end: date | None) -> None:
    assert storage_term(kept, known, policy(), NOW).end == end


OVER = item("6.2.7", "phone", "loan", term_end=PAST)
FATES = [
    ("inside its term it is kept", PHONE, facts(consent()), Fate.KEEP, ()),
    ("past it, it is due", OVER, facts(consent()), Fate.DUE, ()),
    ("on the last day it is not yet due", item("6.2.7", "phone", "loan", term_end=NOW.date()), facts(consent()), Fate.KEEP, ()),
    ("a block holds it, visibly", OVER, facts(state(StateKind.BLOCK)), Fate.HELD_BY_BLOCK, ("s-block",)),
    ("a block of another category does not", OVER, facts(state(StateKind.BLOCK, categories=frozenset({"6.2.1"}))), Fate.DUE, ()),
    ("a block on one recipient does not", OVER, facts(state(StateKind.BLOCK, recipients=frozenset({"a"}))), Fate.DUE, ()),
    ("a claim holds it", OVER, facts(state(StateKind.HOLD)), Fate.HELD_BY_HOLD, ("s-hold",)),
    (
        "of a claim and a block the claim is named",
        OVER,
        facts(state(StateKind.HOLD), state(StateKind.BLOCK)),
        Fate.HELD_BY_HOLD,
        ("s-hold",),
    ),
    ("a lock lets go at the end of the term", OVER, facts(state(StateKind.LOCK)), Fate.DUE, ()),
    (
        "a block whose date is over holds it all the same",
        OVER,
        facts(state(StateKind.BLOCK, until=PAST)),
        Fate.HELD_BY_BLOCK,
        ("s-block",),
    ),
    ("a claim whose date is over holds it too", OVER, facts(state(StateKind.HOLD, until=PAST)), Fate.HELD_BY_HOLD, ("s-hold",)),
    ("a lock with a date stores beyond the term, to that date", OVER, facts(state(StateKind.LOCK, until=LATER)), Fate.LOCK, ("s-lock",)),
    ("and lets go after it", OVER, facts(state(StateKind.LOCK, until=PAST)), Fate.DUE, ()),
    ("a lock without a date stores to the end of the term", PHONE, facts(state(StateKind.LOCK)), Fate.LOCK, ("s-lock",)),
    ("what only legislation keeps is locked", PAPERS, facts(CONTRACT_OVER), Fate.LOCK, ()),
]


@pytest.mark.parametrize(("kept", "known", "fate", "looked_at"), [row[1:] for row in FATES], ids=[row[0] for row in FATES])
def test_fate(kept: ItemFact, known: Facts, fate: Fate, looked_at: tuple[str, ...]) -> None:
    verdict = due_for_destruction(kept, known, policy(), NOW)
    assert (verdict.fate, verdict.looked_at) == (fate, looked_at)
