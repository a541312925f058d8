"""What a block, a hold and a lock let through, and how far each of them reaches.

One closed table (policy 2.2, 4.1.7; the Law art. 1(3), 25(2)(8); Digital Code art. 41(3)), whose cases stood first in
`tests/law/test_precedence.py`. The states do not know each other: what any one of them stops is stopped, so a hold beats a destruction that
a block would let pass, and the order of the states never matters.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sandyq.frozen import quick
from sandyq.law.ask import Ask, ItemFact, StateFact
from sandyq.law.vocabulary import STOPPED_BY_BLOCK, Occasion, Operation, StandingAct, StateKind

Act = Operation | StandingAct

# What passes a block although 2.2 stops the operation: each pair with its article in the pack's rule of that occasion.
PASSES_BLOCK: frozenset[tuple[Act, Occasion]] = frozenset(
    {
        (Operation.COLLECT, Occasion.QUARANTINE),
        (Operation.ACCUMULATE, Occasion.QUARANTINE),
        (Operation.CHANGE, Occasion.CORRECTION_ON_DOCUMENTS),
        (Operation.SUPPLEMENT, Occasion.CORRECTION_ON_DOCUMENTS),
        (Operation.USE, Occasion.OWN_ACCESS),
        (Operation.USE, Occasion.BREACH_NOTICE),
        (Operation.USE, Occasion.AUTHORITY_DISCLOSURE),
        (Operation.DISTRIBUTE, Occasion.AUTHORITY_DISCLOSURE),
        (Operation.DISTRIBUTE, Occasion.BREACH_NOTICE),
        (Operation.DESTROY, Occasion.RELEASE_AND_DESTROY),
    }
)

# Storing only: what else goes on is what the person, a court or the authority is owed. A correction is not storing.
PASSES_LOCK: frozenset[tuple[Act, Occasion]] = frozenset(
    {
        (Operation.USE, Occasion.OWN_ACCESS),
        (Operation.USE, Occasion.BREACH_NOTICE),
        (Operation.USE, Occasion.AUTHORITY_DISCLOSURE),
        (Operation.DISTRIBUTE, Occasion.AUTHORITY_DISCLOSURE),
        (Operation.DISTRIBUTE, Occasion.BREACH_NOTICE),
        (Operation.DESTROY, Occasion.RELEASE_AND_DESTROY),
    }
)


def stops(kind: StateKind, operation: Act, occasion: Occasion, *, term_over: bool = False) -> bool:
    """Whether a state of this kind stops the operation on this occasion. `term_over`: the term of the data, or of the lock, has ended.

    Acts on standing are never stopped: they set, lift or narrow, and have rules of their own.
    """
    if isinstance(operation, StandingAct) and operation is not StandingAct.MERGE:
        return False
    if kind is StateKind.HOLD:
        return operation is Operation.DESTROY
    if kind is StateKind.BLOCK:
        stopped = operation in STOPPED_BY_BLOCK or operation is StandingAct.MERGE
        return stopped and (operation, occasion) not in PASSES_BLOCK
    if operation in (Operation.STORE, Operation.BLOCK) or (operation, occasion) in PASSES_LOCK:
        return False
    return not (operation is Operation.DESTROY and term_over)


@quick
@dataclass(frozen=True, slots=True)
class Reach:
    """How much of an ask a state touches: all of it, or these fields and these items."""

    whole: bool
    fields: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()

    @property
    def nothing(self) -> bool:
        return not (self.whole or self.fields or self.items)


NOWHERE = Reach(False)
EVERYWHERE = Reach(True)


def stands(state: StateFact, at: datetime) -> bool:
    """Whether the state is in force: it has begun. It never ends by itself: people end it, two of them (design 21), and then it is no fact any more.

    2.2 makes a block temporary and sets no term to it, so a date does not lift one: see `overdue`.
    """
    return state.since <= at


def overdue(state: StateFact, day: date) -> bool:
    """Whether the date that the state was set for is over.

    A block or a hold stands on, and somebody has to decide. For a lock it is the end of the term of legislation (Digital Code art. 41(3)):
    from then on it does not keep the data from being destroyed, and still stops everything else.
    """
    return state.until is not None and state.until < day


def reach(state: StateFact, ask: Ask, asked: frozenset[str], items: tuple[ItemFact, ...], categories: dict[str, str]) -> Reach:
    """What of the ask the state's scope covers. `items` are those that the ask is about, `categories` gives each asked field its category.

    A scope by recipient touches only a transfer to that recipient. A scope by purpose touches an ask for that purpose; a destruction has no
    purpose of its own, so there the items' purposes count.
    """
    if state.recipients and not (ask.operation is Operation.DISTRIBUTE and ask.recipient in state.recipients):
        return NOWHERE
    by_item_purpose = ask.operation is Operation.DESTROY
    if state.purposes and not by_item_purpose and ask.purpose not in state.purposes:
        return NOWHERE
    narrow = bool(state.categories or state.items or (state.purposes and by_item_purpose))
    if not narrow:
        return EVERYWHERE
    touched = frozenset(item.id for item in items if _covers(state, item, by_item_purpose))
    fields = frozenset(f for f in asked if categories.get(f) in state.categories) if state.categories and not state.items else frozenset()
    if by_item_purpose:
        fields = frozenset()  # a destruction is of items: a field goes with the items that hold it
    return Reach(False, fields, touched)


def _covers(state: StateFact, item: ItemFact, by_item_purpose: bool) -> bool:
    if state.categories and item.category not in state.categories:
        return False
    if state.items and item.id not in state.items:
        return False
    return not (by_item_purpose and state.purposes) or not item.purposes or bool(item.purposes & state.purposes)
