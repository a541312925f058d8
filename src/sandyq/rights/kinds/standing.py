"""Block and its end (4.1.3, 2.2; the Law art. 24(1)(3), 25(2)(8)): demanded, it takes effect at once; it takes two to end it."""

from dataclasses import replace
from types import MappingProxyType

from sandyq import block
from sandyq.block import Outcome, Scope
from sandyq.db import Work
from sandyq.errors import FieldError
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import Occasion, Operation, StandingAct, StateKind
from sandyq.requests import Kind as OrderKind
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, Part, PartDecision, PartState, What
from sandyq.rights.kinds.handling import Chosen, Handling, Limb, asking, order_of, ordered, share

_REASON = "violation_claimed"


class Block(Handling):
    """A demand to block needs no examination: whether the violation is there is looked at afterwards, under the block."""

    whats = frozenset({What.ALL, What.ITEM, What.RECIPIENT})
    refusals = MappingProxyType({"not_held": Limb("2.16", "94-V art. 24(1)(3)")})

    def ask(self, work: Work, r: Rights, made: Case, part: Part) -> Ask | None:
        """A block always may be set."""
        return asking(work, made, Operation.BLOCK)

    def at_once(self, work: Work, r: Rights, made: Case) -> list[Part]:
        """One state over everything that the person named."""
        if not made.open_parts or not r.gate.weigh(work, asking(work, made, Operation.BLOCK))[0].permitted:
            return []  # whoever hands it in may not block by themselves: then a member decides
        return self._blocked(work, r, made, list(made.open_parts))

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """As at once; for what could not be blocked then."""
        return self._blocked(work, r, made, [part for part, _ in chosen])

    @staticmethod
    def _blocked(work: Work, r: Rights, made: Case, parts: list[Part]) -> list[Part]:
        return blocked(work, r, made, parts, _REASON)


def blocked(work: Work, r: Rights, made: Case, parts: list[Part], reason: str) -> list[Part]:
    """One block order for some parts: over everything, or over exactly the items and recipients that they name."""
    named = {what: frozenset(p.target for p in parts if p.what is what) for what in (What.ITEM, What.RECIPIENT)}
    whole = any(p.what not in named for p in parts)
    scope = Scope() if whole else Scope(items=named[What.ITEM], recipients=named[What.RECIPIENT])
    if not whole and named[What.ITEM] and named[What.RECIPIENT]:  # two wishes, two states: together they would cover only what fits both
        halves = [[p for p in parts if p.what is what] for what in named]
        return [part for half in halves for part in blocked(work, r, made, half, reason)]
    first = ordered(work, r, made, parts[0], order_of(made, OrderKind.BLOCK, parts[0], reason=reason, scope=scope))
    return [first, *(share(first, part) for part in parts[1:])]


class Unblock(Handling):
    """A release is proposed by one member and confirmed by another (design 21)."""

    whats = frozenset({What.ALL, What.STATE})
    refusals = MappingProxyType(
        {
            "block_confirmed_violation": Limb("4.1.3", "94-V art. 25(2)(8)"),
        }
    )

    def listed(self, work: Work, r: Rights, made: Case) -> list[tuple[What, str]]:
        """Every block that stands."""
        return [(What.STATE, state.id) for state in block.facts(work, made.about) if state.kind is StateKind.BLOCK]

    def ask(self, work: Work, r: Rights, made: Case, part: Part) -> Ask | None:
        """Whether it may be lifted on the papers of the case."""
        return asking(work, made, StandingAct.RELEASE, occasion=Occasion.RELEASE)

    def checked(self, work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> list[FieldError]:
        """The reason is one of those for which a block ends."""
        words = block.OUTCOMES[StateKind.BLOCK].keys() - {Outcome.TO_BE_DESTROYED}
        if decision.reason and decision.reason not in words:
            return [FieldError("reason", "not_in_list", {"allowed": ", ".join(sorted(words))}, ("4.1.3",))]
        return []

    def second(self, work: Work, made: Case, chosen: Chosen) -> bool:
        """Always."""
        return bool(chosen)

    def propose(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """Each state by itself."""
        made_ = []
        for part, decision in chosen:
            reason = decision.reason or Outcome.VIOLATION_NOT_CONFIRMED.value
            order = order_of(made, OrderKind.PROPOSE_RELEASE, part, reason=reason, target=part.target)
            made_.append(replace(ordered(work, r, made, part, order, state=PartState.OPEN), reason=reason))
        return made_

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """The second member confirms what was proposed."""
        return [ordered(work, r, made, part, order_of(made, OrderKind.CONFIRM_RELEASE, part, target=part.result)) for part, _ in chosen]
