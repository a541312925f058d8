"""Who beats whom: block, hold, lock or nothing, by operation, occasion and scope. These rows are the specification; the code came after."""

import pytest
from law_world import GIVEN, NOW, ask, item

from sandyq.law.ask import StateFact
from sandyq.law.calendar import local_date
from sandyq.law.precedence import overdue, reach, stands, stops
from sandyq.law.vocabulary import Occasion, Operation, StandingAct, StateKind

B, H, L = StateKind.BLOCK, StateKind.HOLD, StateKind.LOCK
Op, S, C = Operation, StandingAct, Occasion

# state x ten operations on an ordinary occasion: what is stopped. Everything not in the row goes on.
ORDINARY = {
    B: {Op.COLLECT, Op.ACCUMULATE, Op.CHANGE, Op.SUPPLEMENT, Op.USE, Op.DISTRIBUTE, Op.DEPERSONALISE, Op.DESTROY},
    H: {Op.DESTROY},
    L: {Op.COLLECT, Op.ACCUMULATE, Op.CHANGE, Op.SUPPLEMENT, Op.USE, Op.DISTRIBUTE, Op.DEPERSONALISE, Op.DESTROY},
}

# (sentence, state, operation, occasion, is it stopped)
OCCASIONS = [
    ("a form for a blocked person is kept apart as asserted", B, Op.COLLECT, C.QUARANTINE, False),
    ("what was kept apart is entered as asserted", B, Op.ACCUMULATE, C.QUARANTINE, False),
    ("quarantine is no way to use blocked data", B, Op.USE, C.QUARANTINE, True),
    ("blocked data are corrected on documents", B, Op.CHANGE, C.CORRECTION_ON_DOCUMENTS, False),
    ("blocked data are supplemented on documents", B, Op.SUPPLEMENT, C.CORRECTION_ON_DOCUMENTS, False),
    ("a correction is no way to pass blocked data on", B, Op.DISTRIBUTE, C.CORRECTION_ON_DOCUMENTS, True),
    ("a blocked person still sees their own data", B, Op.USE, C.OWN_ACCESS, False),
    ("own access is no way to pass blocked data on", B, Op.DISTRIBUTE, C.OWN_ACCESS, True),
    ("a court gets blocked data", B, Op.DISTRIBUTE, C.AUTHORITY_DISCLOSURE, False),
    ("blocked data are opened to answer a court", B, Op.USE, C.AUTHORITY_DISCLOSURE, False),
    ("a court's question is no leave to change blocked data", B, Op.CHANGE, C.AUTHORITY_DISCLOSURE, True),
    ("a blocked person is told of a breach", B, Op.USE, C.BREACH_NOTICE, False),
    ("the authority learns of a breach of blocked data", B, Op.DISTRIBUTE, C.BREACH_NOTICE, False),
    ("a confirmed violation is released and destroyed in one act", B, Op.DESTROY, C.RELEASE_AND_DESTROY, False),
    ("a release alone does not let blocked data be destroyed", B, Op.DESTROY, C.RELEASE, True),
    ("calling it restrictive does not let blocked data be destroyed", B, Op.DESTROY, C.RESTRICTIVE, True),
    ("calling it restrictive does not let blocked data be used", B, Op.USE, C.RESTRICTIVE, True),
    ("another block can be set over a block", B, Op.BLOCK, C.RESTRICTIVE, False),
    ("a hold beats the destruction of a confirmed violation", H, Op.DESTROY, C.RELEASE_AND_DESTROY, True),
    ("a hold does not stop use", H, Op.USE, C.ORDINARY, False),
    ("a hold does not stop a transfer", H, Op.DISTRIBUTE, C.ORDINARY, False),
    ("a hold does not stop a correction", H, Op.CHANGE, C.CORRECTION_ON_DOCUMENTS, False),
    ("locked data are shown to the person", L, Op.USE, C.OWN_ACCESS, False),
    ("locked data are disclosed to a court", L, Op.DISTRIBUTE, C.AUTHORITY_DISCLOSURE, False),
    ("locked data are stored only: no correction", L, Op.CHANGE, C.CORRECTION_ON_DOCUMENTS, True),
    ("locked data are stored only: a new form does not join them", L, Op.COLLECT, C.QUARANTINE, True),
    ("unlawful data are destroyed even under a lock", L, Op.DESTROY, C.RELEASE_AND_DESTROY, False),
]


@pytest.mark.parametrize("kind", [B, H, L])
@pytest.mark.parametrize("operation", list(Op))
def test_on_an_ordinary_occasion_each_state_stops_exactly_its_row(kind: StateKind, operation: Operation) -> None:
    assert stops(kind, operation, C.ORDINARY) is (operation in ORDINARY[kind])


@pytest.mark.parametrize(("kind", "operation", "occasion", "stopped"), [row[1:] for row in OCCASIONS], ids=[row[0] for row in OCCASIONS])
def test_occasion(kind: StateKind, operation: Operation, occasion: Occasion, stopped: bool) -> None:
    assert stops(kind, operation, occasion) is stopped


@pytest.mark.parametrize("occasion", list(C))
@pytest.mark.parametrize("kind", [B, H, L])
@pytest.mark.parametrize("operation", [Op.STORE, Op.BLOCK])
def test_storing_and_blocking_go_on_under_every_state(kind: StateKind, operation: Operation, occasion: Occasion) -> None:
    assert not stops(kind, operation, occasion)


@pytest.mark.parametrize("kind", [B, H, L])
@pytest.mark.parametrize("act", [a for a in S if a is not S.MERGE])
def test_acts_on_standing_are_stopped_by_no_state(kind: StateKind, act: StandingAct) -> None:
    assert not stops(kind, act, C.ORDINARY)


def test_a_blocked_person_is_not_merged_with_another() -> None:
    assert stops(B, S.MERGE, C.ORDINARY)


def test_nothing_passes_a_block_beyond_the_closed_list() -> None:
    passing = {(o, c) for o in ORDINARY[B] for c in C if not stops(B, o, c)}
    assert passing == {(row[2], row[3]) for row in OCCASIONS if row[1] is B and not row[4] and row[2] is not Op.BLOCK}


def test_a_lock_lets_destruction_pass_when_the_term_is_over_and_not_before() -> None:
    assert not stops(L, Op.DESTROY, C.ORDINARY, term_over=True)
    assert stops(L, Op.USE, C.ORDINARY, term_over=True)
    assert stops(B, Op.DESTROY, C.ORDINARY, term_over=True)
    assert stops(H, Op.DESTROY, C.ORDINARY, term_over=True)


def scoped(**scope: object) -> StateFact:
    return StateFact("s", B, GIVEN, **scope)  # type: ignore[arg-type]


CONTACT, NAME = item("6.2.7", "phone email"), item("6.2.1", "surname", "loan marketing")
CATEGORIES = {"phone": "6.2.7", "email": "6.2.7", "surname": "6.2.1"}
SCOPES = [
    ("a state of the whole person touches everything", scoped(), Op.USE, {}, (True, "", "")),
    ("a category's state touches its fields and items", scoped(categories=frozenset({"6.2.7"})), Op.USE, {}, (False, "phone", "i-6.2.7")),
    (
        "a category's state touches what is collected anew",
        scoped(categories=frozenset({"6.2.7"})),
        Op.COLLECT,
        {},
        (False, "phone", "i-6.2.7"),
    ),
    ("an item's state touches that item alone", scoped(items=frozenset({"i-6.2.1"})), Op.USE, {}, (False, "", "i-6.2.1")),
    ("a purpose's state touches an ask for it", scoped(purposes=frozenset({"loan"})), Op.USE, {}, (True, "", "")),
    ("a purpose's state leaves other purposes alone", scoped(purposes=frozenset({"marketing"})), Op.USE, {}, (False, "", "")),
    ("destroying has no purpose: the items' own count", scoped(purposes=frozenset({"marketing"})), Op.DESTROY, {}, (False, "", "i-6.2.1")),
    ("a recipient's state stops a transfer to it", scoped(recipients=frozenset({"a"})), Op.DISTRIBUTE, {"recipient": "a"}, (True, "", "")),
    ("and no transfer to another", scoped(recipients=frozenset({"a"})), Op.DISTRIBUTE, {"recipient": "b"}, (False, "", "")),
    ("and no use", scoped(recipients=frozenset({"a"})), Op.USE, {}, (False, "", "")),
]


@pytest.mark.parametrize(("state", "operation", "more", "expected"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])
def test_scope(state: StateFact, operation: Operation, more: dict[str, str], expected: tuple[bool, str, str]) -> None:
    question = ask(operation, "phone surname", **more)
    touched = reach(state, question, question.fields, (CONTACT, NAME), CATEGORIES)
    assert (touched.whole, " ".join(touched.fields), " ".join(touched.items)) == expected


@pytest.mark.parametrize("kind", [B, H, L])
def test_a_state_stands_from_its_beginning_and_never_lapses_by_its_date(kind: StateKind) -> None:
    today = local_date(NOW)
    assert stands(StateFact("s", kind, GIVEN), NOW)
    assert not stands(StateFact("s", kind, NOW.replace(year=2027)), NOW)
    assert stands(StateFact("s", kind, GIVEN, until=today), NOW)
    assert stands(StateFact("s", kind, GIVEN, until=today.replace(day=1)), NOW)


@pytest.mark.parametrize("kind", [B, H, L])
def test_the_day_after_its_date_a_state_is_overdue(kind: StateKind) -> None:
    today = local_date(NOW)
    assert not overdue(StateFact("s", kind, GIVEN), today)
    assert not overdue(StateFact("s", kind, GIVEN, until=today), today)
    assert overdue(StateFact("s", kind, GIVEN, until=today.replace(day=1)), today)
