"""How long an item may, or must, be kept, and whether it is due for destruction.

Strict: the term ends when the purposes are reached or the office's term runs out, whichever is first; a term that legislation sets runs
to its own end, and where the purposes are reached before it the data are only stored (the Law art. 12(2), 18(1)(1), 25(2)(4); Digital Code
art. 41(3)). As published: the policy's term alone (8.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sandyq.frozen import quick
from sandyq.law.ask import Ask, ConsentFact, Facts, ItemFact, RelationFact, StateFact
from sandyq.law.calendar import local_date
from sandyq.law.policy import Policy, TermRule
from sandyq.law.precedence import overdue, reach, stands, stops
from sandyq.law.terms import Term, Unit
from sandyq.law.vocabulary import GrantKind, GrantState, Occasion, Operation, Reading, StateKind


class Fate(StrEnum):
    """What is to become of an item today."""

    KEEP = "keep"
    LOCK = "lock"  # the purposes are reached, legislation still has it kept: store only
    DUE = "due"
    HELD_BY_BLOCK = "held_by_block"  # 2.2: the clock stands still, visibly
    HELD_BY_HOLD = "held_by_hold"  # 4.1.7


@quick
@dataclass(frozen=True, slots=True)
class StorageTerm:
    """The effective term of an item: its last day (nothing: open), the rule that gave it, and whether only legislation keeps it by now."""

    end: date | None
    rule: str = ""
    clause: str = "8.1"
    article: str = "94-V art. 12(2)"
    by_law: bool = False
    reached: date | None = None

    def over(self, day: date) -> bool:
        """Whether the last day of the term lies before this date."""
        return self.end is not None and self.end < day


@quick
@dataclass(frozen=True, slots=True)
class RetentionVerdict:
    """The fate of one item on one day, the term it rests on, and the states that hold it."""

    item: str
    fate: Fate
    term: StorageTerm
    looked_at: tuple[str, ...] = ()


def serving(relations: Iterable[RelationFact], purpose: str) -> list[RelationFact]:
    """The relations for which a purpose is served; one that names no purpose serves all."""
    return [r for r in relations if not r.purposes or purpose in r.purposes]


def open_obligation(relation: RelationFact, day: date) -> bool:
    """Whether an obligation under this relation is unfulfilled on a day (art. 8(2)): an application alone obliges nobody."""
    return relation.kind in ("contract", "obligation", "employment") and not relation.fulfilled and relation.started <= day


def ended(relation: RelationFact, day: date) -> bool:
    """Whether the relation is over: ended by that day and nothing left to fulfil."""
    return relation.ended is not None and relation.ended <= day and not open_obligation(relation, day)


def purpose_reached(purpose: str, relations: Iterable[RelationFact], consents: Iterable[ConsentFact], at: datetime) -> date | None:
    """The day on which a purpose was reached or lost its ground; nothing while it goes on, or if nothing is known of it."""
    day = local_date(at)
    ties = serving(relations, purpose)
    if ties:
        return max(r.ended for r in ties if r.ended) if all(ended(r, day) for r in ties) else None
    return consent_end(purpose, consents, at)


def consent_end(purpose: str, consents: Iterable[ConsentFact], at: datetime) -> date | None:
    """The day on which the last processing grant for a purpose ended; nothing while one lives or if there never was one."""
    kinds = (GrantKind.PROCESSING, GrantKind.MARKETING)
    ends = [_grant_end(c, at) for c in consents if c.kind in kinds and c.purpose in ("", purpose) and c.state is not GrantState.REFUSED]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _grant_end(grant: ConsentFact, at: datetime) -> date | None:
    ends = [end for end in (grant.withdrawn_at, grant.expires_at) if end is not None and end <= at]
    return local_date(min(ends)) if ends else None


def storage_term(item: ItemFact, facts: Facts, policy: Policy, at: datetime) -> StorageTerm:
    """The effective term of an item, from its purposes, relations, grants and the policy's rules.

    An item that serves several purposes is kept as long as the longest of them. The date in the item's legal columns caps an office's
    term; retained evidence has only that date (design 12).
    """
    known = [policy.purposes[p] for p in sorted(item.purposes) if p in policy.purposes]
    if item.klass == "evidence" or not known:
        return StorageTerm(item.term_end, rule=item.klass)
    terms = [_purpose_term(policy.terms[p.term], p.id, item, facts, at) for p in known]
    longest = max(terms, key=lambda term: (term.end is None, term.by_law, term.end or date.min))
    if longest.by_law:
        return longest
    ends = [end for end in (longest.end, item.term_end) if end is not None]
    return StorageTerm(min(ends) if ends else None, longest.rule, longest.clause, longest.article, False, longest.reached)


def _purpose_term(rule: TermRule, purpose: str, item: ItemFact, facts: Facts, at: datetime) -> StorageTerm:
    reached = purpose_reached(purpose, facts.relations, facts.consents, at)
    by_policy = _run(rule, _event(rule, purpose, item, facts, at, reached))
    # legislation keeps what a relation made necessary; where no relation ever was there is nothing to keep
    by_law = rule.set_by == "law" and (by_policy is not None or bool(serving(facts.relations, purpose)))
    end = by_policy
    if facts.reading is Reading.STRICT and not by_law and reached is not None:
        end = min(reached, by_policy) if by_policy else reached
    return StorageTerm(end, rule.id, rule.clause, rule.article, by_law, reached)


def _event(rule: TermRule, purpose: str, item: ItemFact, facts: Facts, at: datetime, reached: date | None) -> date | None:
    if rule.event == "collected":
        return local_date(item.collected_at)
    if rule.event == "consent_end":
        return consent_end(purpose, facts.consents, at)
    if rule.event == "relation_end" and not serving(facts.relations, purpose):
        return None
    return reached


def _run(rule: TermRule, start: date | None) -> date | None:
    if start is None:
        return None
    end = Term(rule.years * 12 + rule.months, Unit.MONTHS).last_day(start)
    return Term(rule.days, Unit.DAYS).last_day(end)


def due_for_destruction(item: ItemFact, facts: Facts, policy: Policy, at: datetime) -> RetentionVerdict:
    """The fate of an item now. A hold is named before a block, since it outlasts it; a lock delays the end of the term only to its own date."""
    day = local_date(at)
    term = storage_term(item, facts, policy, at)
    standing = _touching(facts.states, item, at)
    if not term.over(day):
        locked = [s.id for s in standing if s.kind is StateKind.LOCK]
        only_law = term.by_law and term.reached is not None and term.reached < day and facts.reading is Reading.STRICT
        return RetentionVerdict(item.id, Fate.LOCK if locked or only_law else Fate.KEEP, term, tuple(sorted(locked)))
    for kind, fate in ((StateKind.HOLD, Fate.HELD_BY_HOLD), (StateKind.BLOCK, Fate.HELD_BY_BLOCK)):
        holding = tuple(sorted(s.id for s in standing if s.kind is kind and stops(kind, Operation.DESTROY, Occasion.ORDINARY)))
        if holding:
            return RetentionVerdict(item.id, fate, term, holding)
    dated = tuple(sorted(s.id for s in standing if s.kind is StateKind.LOCK and s.until is not None and not overdue(s, day)))
    return RetentionVerdict(item.id, Fate.LOCK if dated else Fate.DUE, term, dated)


def _touching(states: Iterable[StateFact], item: ItemFact, at: datetime) -> list[StateFact]:
    ask = Ask(Operation.DESTROY, "", "", items=frozenset({item.id}))
    return [s for s in states if stands(s, at) and not reach(s, ask, item.fields, (item,), {}).nothing]
