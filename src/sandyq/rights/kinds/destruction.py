"""Destruction (4.1.4, 2.5; the Law art. 18, 24(1)(4), 25(2)(8); Digital Code art. 41): by its limb, and item by item where something must be kept.

A term of legislation that runs makes a lock of it (Digital Code art. 41(3)); an open obligation keeps what it needs. A confirmed violation is destroyed out
of a block, by two members of staff, as one act.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from sandyq import block, requests
from sandyq.block import Outcome, Scope
from sandyq.db import Work
from sandyq.errors import FieldError
from sandyq.law.ask import Ask
from sandyq.law.decision import Finding
from sandyq.law.vocabulary import Effect, Occasion, Operation, StateKind
from sandyq.register import items
from sandyq.requests import Kind as OrderKind
from sandyq.requests.facts import COURT_GROUND, DESTROY_REASONS
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, Part, PartDecision, PartState, What
from sandyq.rights.kinds.handling import Chosen, Handling, Limb, asking, order_of, ordered, plan_done, share
from sandyq.rights.kinds.standing import blocked

VIOLATION: Final = "violation_confirmed"
_LOCKED: Final = "lock_instead"


class Destruction(Handling):
    """The whole person, or items."""

    whats = frozenset({What.ALL, What.ITEM})
    refusals = MappingProxyType(
        {
            "violation_not_confirmed": Limb("4.1.4", "94-V art. 25(2)(8)"),
            "obligation_open": Limb("5.4", "94-V art. 8(2); 255-VIII art. 41(3)", cites=True),
            _LOCKED: Limb("8.1", "94-V art. 12(2); 255-VIII art. 41(3)"),
            "held_for_claim": Limb("4.1.7", "94-V art. 24(1)(7)", cites=True),
            "others_rights": Limb("4.1.4", "255-VIII art. 41(4)"),
            "offences_or_justice": Limb("4.1.4", "255-VIII art. 41(4)", cites=True),
            "public_interest_by_law": Limb("4.1.4", "255-VIII art. 41(4)", cites=True),
        }
    )

    def ask(self, work: Work, r: Rights, made: Case, part: Part) -> Ask | None:
        """Whether it may be destroyed on the person's demand, or on any other limb that holds."""
        named = frozenset({part.target}) if part.what is What.ITEM else frozenset[str]()
        return asking(work, made, Operation.DESTROY, occasion=Occasion.ORDINARY, items=named)

    def checked(self, work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> list[FieldError]:
        """The limb is one of the closed list."""
        if decision.reason and decision.reason not in DESTROY_REASONS:
            return [FieldError("reason", "not_in_list", {"allowed": ", ".join(DESTROY_REASONS)}, ("4.1.4", "94-V art. 18"))]
        return []

    def second(self, work: Work, made: Case, chosen: Chosen) -> bool:
        """A confirmed violation ends its block by destruction, and ending a block takes two."""
        return any(decision.reason == VIOLATION for _, decision in chosen)

    def propose(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """What is to be destroyed for a violation is blocked first, if it is not yet; then the end of that block is proposed."""
        parts = [part for part, decision in chosen if decision.reason == VIOLATION]
        state = _own_block(work, made, parts)
        if not state:
            [first, *_] = blocked(work, r, made, parts, "violation_claimed")
            state = first.result
        order = order_of(made, OrderKind.PROPOSE_RELEASE, parts[0], reason=Outcome.TO_BE_DESTROYED.value, target=state)
        proposed = ordered(work, r, made, parts[0], order, state=PartState.OPEN)
        rest = [part for part, decision in chosen if decision.reason != VIOLATION]
        return [
            *(replace(p, order=proposed.order, result=proposed.result, decision=proposed.decision, reason=VIOLATION) for p in parts),
            *rest,
        ]

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """By limb: one plan for all items of a limb; what must be kept becomes a refused part of its own, locked where legislation says so."""
        done: list[Part] = []
        for reason in dict.fromkeys(decision.reason for _, decision in chosen):
            parts = [part for part, decision in chosen if decision.reason == reason]
            done += self._released(work, r, made, parts) if reason == VIOLATION else self._planned(work, r, made, parts, reason)
        return done

    @staticmethod
    def _released(work: Work, r: Rights, made: Case, parts: list[Part]) -> list[Part]:
        order = order_of(made, OrderKind.CONFIRM_RELEASE, parts[0], target=parts[0].result)
        first = ordered(work, r, made, parts[0], order, state=PartState.OPEN)
        return [share(first, part) for part in parts]

    def _planned(self, work: Work, r: Rights, made: Case, parts: list[Part], reason: str) -> list[Part]:
        whole = any(part.what is What.ALL for part in parts)
        named = frozenset[str]() if whole else frozenset(part.target for part in parts)
        ground = COURT_GROUND if reason == "court" else "consent"
        ask = asking(work, made, Operation.DESTROY, occasion=Occasion.ORDINARY, items=named, ground=ground)
        verdict, _ = r.gate.weigh(work, ask)
        order = order_of(made, OrderKind.DESTROY, parts[0], reason=reason, items=named)
        first = ordered(work, r, made, parts[0], order, state=PartState.OPEN)
        if first.state is PartState.REFUSED:
            return [share(first, part) for part in parts]
        kept = _kept(verdict.findings, verdict.withheld)
        _lock(work, r, made, parts[0], frozenset(item for item, f in kept.items() if f.code == _LOCKED))
        going = [share(first, part) for part in parts if part.target not in kept]
        stay = [_refused(part, kept[part.target], first.decision) for part in parts if part.target in kept]
        return [*going, *stay, *(_extra(work, made, kept, first.decision) if whole else ())]

    def progress(self, work: Work, r: Rights, made: Case, part: Part) -> Part:
        """Done when the plan has come to its end and the certificate is written."""
        if part.state is PartState.OPEN and part.choice and part.result and part.what in self.whats and plan_done(work, made, part):
            return replace(part, state=PartState.DONE)
        return part


def _own_block(work: Work, made: Case, parts: list[Part]) -> str:
    """A block that covers exactly what is to go: everything, or these very items."""
    wanted = frozenset(part.target for part in parts if part.what is What.ITEM)
    standing = [s for s in block.history(work, made.about) if s.kind is StateKind.BLOCK and s.ended_at is None]
    fitting = [s.id for s in standing if s.scope in (Scope(), Scope(items=wanted)) and (s.scope.items == wanted)]
    return fitting[0] if fitting else ""


def _kept(findings: tuple[Finding, ...], withheld: frozenset[str]) -> dict[str, Finding]:
    """What stays although destruction is permitted: data items, each with the limb that keeps it. Retained evidence is the certificate's affair."""
    found = [f for f in findings if f.effect is Effect.NARROW and f.items and f.code != "evidence_kept"]
    return {item: f for f in found for item in f.items & withheld}


def _lock(work: Work, r: Rights, made: Case, part: Part, named: frozenset[str]) -> None:
    if named:
        requests.order(work, r.desk, order_of(made, OrderKind.LOCK, part, reason="statutory_term", scope=Scope(items=named)))


def _refused(part: Part, why: Finding, decision: str) -> Part:
    return replace(
        part, state=PartState.REFUSED, reason=why.code, clause=why.clause, article=why.article, cited=why.looked_at, decision=decision
    )


def _extra(work: Work, made: Case, kept: dict[str, Finding], decision: str) -> list[Part]:
    """Of a demand for everything, what stays is said item by item."""
    first = max(part.no for part in made.parts) + 1
    held = [item.item_id for item in items.legal(work, made.about) if item.item_id in kept and item.superseded_at is None]
    return [_refused(Part(no, What.ITEM, item), kept[item], decision) for no, item in enumerate(held, first)]
