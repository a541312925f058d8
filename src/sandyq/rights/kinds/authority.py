"""The order of an authority or a court (5.1.1, 3.4; the Law art. 6, 9(1), 27(2), 27-1(5)): on file, named, carried out part by part, disclosing only what it covers."""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from sandyq.block import Scope
from sandyq.db import Work
from sandyq.errors import FieldError
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import Occasion, Operation
from sandyq.requests import DocumentKind
from sandyq.requests import Kind as OrderKind
from sandyq.requests.facts import DESTROY_REASONS
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, NewCase, Part, PartDecision, PartState, What
from sandyq.rights.kinds.destruction import VIOLATION, Destruction
from sandyq.rights.kinds.handling import Chosen, Handling, Limb, asking, order_of, ordered
from sandyq.rights.kinds.public import removed
from sandyq.rights.kinds.rectify import corrected
from sandyq.rights.states import Kind

BLOCK, CORRECT, DESTROY, DISCLOSE, UNPUBLISH = "block", "correct", "destroy", "disclose", "unpublish"
ORDERS: Final = frozenset({BLOCK, CORRECT, DESTROY, DISCLOSE, UNPUBLISH})
GROUND: Final = "9(1)"
KINDS: Final = frozenset({Kind.COMPLAINT, Kind.AUTHORITY_ORDER})
"""Kinds of request whose evidence can be packed for a court or an authority."""
ASKED, MADE, DROPPED = "evidence_asked", "evidence_made", "evidence_dropped"
EVENTS: Final = frozenset({ASKED, MADE, DROPPED})
"""The events of that."""
PAPERS: Final = frozenset({DocumentKind.COURT_ACT, DocumentKind.AUTHORITY_DEMAND})
"""Papers by which a court or an authority asks."""


class AuthorityOrder(Handling):
    """`order` parts say what is ordered; `item` parts narrow it, `field` parts give the right values of a correction."""

    whats = frozenset({What.ORDER, What.ITEM, What.FIELD})
    refusals = MappingProxyType(
        {
            "authority_not_competent": Limb("5.1.1", "94-V art. 27(2), 27-1(5)"),
            "demand_without_basis": Limb("5.1.1", "94-V art. 9(1)"),
            "demand_too_wide": Limb("5.1.1", "94-V art. 7(9), 9(1)"),
            "held_for_claim": Limb("4.1.7", "94-V art. 24(1)(7)", cites=True),
            "public_by_law": Limb("4.1.6", "94-V art. 7(4), 9(7)"),
            "published_by_others": Limb("4.1.6", "94-V art. 6, 7(5)"),
        }
    )
    _destruction = Destruction()

    def faults(self, new: NewCase) -> list[FieldError]:
        """At least one thing ordered, of the closed list."""
        orders = [(n, want.id) for n, want in enumerate(new.wants) if want.what is What.ORDER]
        found = super().faults(new)
        if not orders:
            found.append(FieldError("wants", "missing", {}, ("5.1.1", "94-V art. 27(2)")))
        allowed = ", ".join(sorted(ORDERS))
        return found + [FieldError(f"wants[{n}].id", "not_in_list", {"allowed": allowed}) for n, id_ in orders if id_ not in ORDERS]

    def ask(self, work: Work, r: Rights, made: Case, part: Part) -> Ask | None:
        """What the law says of each thing ordered."""
        named = _items(made)
        if part.target == BLOCK:
            return asking(work, made, Operation.BLOCK, items=named)
        if part.target == DESTROY:
            return asking(work, made, Operation.DESTROY, occasion=Occasion.ORDINARY, items=named, ground="18(3)")
        return None

    def at_once(self, work: Work, r: Rights, made: Case) -> list[Part]:
        """A block that is ordered is set as soon as the person is found. Parts that only narrow or fill another need no answer of their own."""
        named = [replace(p, state=PartState.DONE, reason="listed") for p in made.open_parts if p.what is not What.ORDER]
        wanted = [p for p in made.open_parts if p.what is What.ORDER and p.target == BLOCK]
        return [*named, *(self._blocked(work, r, made, part) for part in wanted)]

    @staticmethod
    def _blocked(work: Work, r: Rights, made: Case, part: Part) -> Part:
        given = order_of(made, OrderKind.BLOCK, part, document=_paper(made), reason="authority_demand", scope=Scope(items=_items(made)))
        return ordered(work, r, made, part, given)

    def checked(self, work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> list[FieldError]:
        """A destruction says by which limb; a disclosure names the act it rests on."""
        if part.target == DESTROY and decision.reason not in DESTROY_REASONS:
            return [FieldError("reason", "not_in_list", {"allowed": ", ".join(DESTROY_REASONS)}, ("4.1.4", "94-V art. 18"))]
        return []

    def second(self, work: Work, made: Case, chosen: Chosen) -> bool:
        """A destruction on a violation ends a block, and a disclosure shows a person to somebody else: both take two."""
        return any(part.target == DISCLOSE or decision.reason == VIOLATION for part, decision in chosen)

    def propose(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """The end of the block, where a violation is to be destroyed."""
        violated = [(part, decision) for part, decision in chosen if decision.reason == VIOLATION]
        if not violated:
            return []
        return [replace(p, what=What.ORDER) for p in self._destruction.propose(work, r, made, _as_destruction(made, violated))]

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """Each thing ordered by itself."""
        done: list[Part] = []
        for part, decision in chosen:
            if part.target == BLOCK:
                done.append(self._blocked(work, r, made, part))
            elif part.target == CORRECT:
                done.append(corrected(work, r, made, [part], part.document or _paper(made))[0])
            elif part.target == UNPUBLISH:  # on demand of a court or a state body, too: done on its proof (art. 6)
                done.append(removed(part, decision.document))
            elif part.target == DISCLOSE:  # opened when the answer is written, through the gate, for exactly what it names
                done.append(replace(part, state=PartState.DONE, document=decision.document or _paper(made)))
            else:
                [first, *rest] = self._destruction.carry(work, r, made, _as_destruction(made, [(part, decision)]))
                done += [replace(first, no=part.no, what=What.ORDER, target=part.target), *rest]
        return done

    def progress(self, work: Work, r: Rights, made: Case, part: Part) -> Part:
        """A destruction that was ordered goes on like any other."""
        if part.target != DESTROY:
            return part
        return replace(self._destruction.progress(work, r, made, replace(part, what=What.ALL)), what=What.ORDER)


def _items(made: Case) -> frozenset[str]:
    return frozenset(part.target for part in made.parts if part.what is What.ITEM)


def _paper(made: Case) -> str:
    return made.documents[0] if made.documents else made.id


def _as_destruction(made: Case, chosen: Chosen) -> list[tuple[Part, PartDecision]]:
    named = sorted(_items(made))
    what, target = (What.ITEM, named[0]) if len(named) == 1 else (What.ALL, "")
    return [(replace(part, what=what, target=target), decision) for part, decision in chosen]
