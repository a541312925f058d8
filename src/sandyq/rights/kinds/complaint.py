"""A complaint (4.1.7; the Law art. 24(1)(7)): claims for moral and material damage, stage by stage, with exactly the items in dispute held from destruction."""

from dataclasses import replace
from types import MappingProxyType

from sandyq.block import Scope
from sandyq.db import Work
from sandyq.errors import FieldError
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import StandingAct
from sandyq.requests import Kind as OrderKind
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, NewCase, Part, PartState, Stage, What
from sandyq.rights.kinds.handling import Chosen, Handling, Limb, asking, order_of, ordered

CLAIMS = frozenset({"moral", "material"})
STAGES = MappingProxyType(
    {
        Stage.RECEIVED: frozenset({Stage.EXAMINED, Stage.COURT}),
        Stage.EXAMINED: frozenset({Stage.OFFERED, Stage.SETTLED, Stage.COURT, Stage.CLOSED}),
        Stage.OFFERED: frozenset({Stage.EXAMINED, Stage.SETTLED, Stage.COURT, Stage.CLOSED}),
        Stage.SETTLED: frozenset({Stage.CLOSED, Stage.COURT}),
        Stage.COURT: frozenset({Stage.SETTLED, Stage.CLOSED}),
        Stage.CLOSED: frozenset({Stage.COURT}),
    }
)
"""From each stage of a complaint, the stages that may follow; whoever is not content goes to court at any of them."""


class Complaint(Handling):
    """What is in dispute is an item; what is claimed is a kind of damage. The amount is sealed with the request."""

    whats = frozenset({What.ALL, What.ITEM, What.CLAIM})
    refusals = MappingProxyType(
        {
            "unsubstantiated": Limb("4.1.7", "94-V art. 24(1)(7), 29"),
            "no_violation": Limb("4.1.7", "94-V art. 25(2)(8)"),
        }
    )

    def faults(self, new: NewCase) -> list[FieldError]:
        """A claim is for moral or material damage."""
        wrong = [n for n, want in enumerate(new.wants) if want.what is What.CLAIM and want.id not in CLAIMS]
        allowed = ", ".join(sorted(CLAIMS))
        return super().faults(new) + [FieldError(f"wants[{n}].id", "not_in_list", {"allowed": allowed}, ("4.1.7",)) for n in wrong]

    def ask(self, work: Work, r: Rights, made: Case, part: Part) -> Ask | None:
        """Whether an item in dispute may be held. A claim itself is examined by people."""
        return asking(work, made, StandingAct.HOLD, items=frozenset({part.target})) if part.what is What.ITEM else None

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """Granted means: the claim is right (what is paid stands in the answer); an item in dispute stays held until the complaint is closed."""
        return [replace(part, state=PartState.DONE) for part, _ in chosen]


def held(work: Work, r: Rights, made: Case, document: str) -> list[Part]:
    """Hold exactly the items in dispute that are not held yet, in one state."""
    disputed = [part for part in made.parts if part.what is What.ITEM and not part.result]
    if not disputed:
        return []
    scope = Scope(items=frozenset(part.target for part in disputed))
    order = order_of(made, OrderKind.HOLD, disputed[0], document=document, reason="claim_for_damages", scope=scope)
    first = ordered(work, r, made, disputed[0], order, state=disputed[0].state)
    if not first.result:
        return []
    return [replace(part, order=first.order, result=first.result, decision=first.decision) for part in disputed]


def hold_of(made: Case) -> str:
    """The state that holds the items in dispute; empty where none does."""
    return next((part.result for part in made.parts if part.what is What.ITEM and part.result), "")
