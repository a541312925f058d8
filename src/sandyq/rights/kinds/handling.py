"""What every kind of request has: which parts it may name, what takes effect at once, what the law says, how it is carried out, what is waited for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sandyq import destroy, distribute, requests
from sandyq.db import Work
from sandyq.distribute import State as Sent
from sandyq.errors import FieldError
from sandyq.law.ask import Ask
from sandyq.law.decision import Finding, Refusal
from sandyq.law.vocabulary import ActorKind, Effect, Occasion, Operation, StandingAct
from sandyq.requests import Order
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, NewCase, Part, PartDecision, PartState, SuggestedPart, What
from sandyq.rights.states import CLAUSE

Chosen = Sequence[tuple[Part, PartDecision]]
"""Parts that are granted, each with what was decided on it."""
LISTED = "listed"
"""The reason of a part that asked for everything and was replaced by what that is."""


@dataclass(frozen=True, slots=True)
class Limb:
    """On what a refusal rests: clause, article, and whether it must name an obligation, a contract or a state."""

    clause: str
    article: str
    cites: bool = False


COMMON: Mapping[str, Limb] = MappingProxyType(
    {
        "already_answered": Limb("4.1", "94-V art. 25(2)(7)"),
        "representative_unproven": Limb("4.1", "94-V art. 8(1), 10(2)"),
        "representative_outside_scope": Limb("4.1", "94-V art. 8(1), 10(2)"),
        "representation_expired": Limb("4.1", "94-V art. 8(1), 10(2)"),
    }
)
"""Reasons for which a request of any kind may be refused."""
NO_LIMBS: Mapping[str, Limb] = MappingProxyType({})


class Handling:
    """One kind of request. What a kind does not say for itself is: one part, decided by one member of staff, by the law's findings alone."""

    whats: frozenset[What] = frozenset({What.ALL})
    refusals: Mapping[str, Limb] = NO_LIMBS

    def limbs(self) -> Mapping[str, Limb]:
        """Every reason for which a part may be refused by a member of staff."""
        return {**self.refusals, **COMMON}

    def faults(self, new: NewCase) -> list[FieldError]:
        """Faults of what is asked."""
        wrong = [n for n, want in enumerate(new.wants) if want.what not in self.whats]
        allowed = ", ".join(sorted(what.value for what in self.whats))
        return [FieldError(f"wants[{n}].what", "not_in_list", {"allowed": allowed}, (CLAUSE[new.kind][0],)) for n in wrong]

    def listed(self, work: Work, r: Rights, made: Case) -> list[tuple[What, str]] | None:
        """What a part that names everything is, one by one; None where everything is one thing."""
        return None

    def at_once(self, work: Work, r: Rights, made: Case) -> list[Part]:
        """Parts that need no decision of a person: what only narrows, and what the law leaves no choice about."""
        return []

    def ask(self, work: Work, r: Rights, made: Case, part: Part) -> Ask | None:
        """The question to the law on one part; None where it has none."""
        return None

    def weigh(self, work: Work, r: Rights, made: Case, part: Part) -> SuggestedPart:
        """What the law says of one part."""
        ask = self.ask(work, r, made, part)
        if ask is None:
            return SuggestedPart(part.no, "permitted", (), "examine")
        verdict, _ = r.gate.weigh(work, ask)
        return SuggestedPart(
            part.no, "permitted" if verdict.permitted else "refused", verdict.reasons, "grant" if verdict.permitted else "refuse"
        )

    def checked(self, work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> list[FieldError]:
        """Faults of a decision to grant one part."""
        return []

    def refusing(self, work: Work, r: Rights, made: Case, part: Part, reason: str) -> str:
        """What a refusal by a limb of this kind leaves on record besides: the id of a decision, or nothing."""
        return ""

    def second(self, work: Work, made: Case, chosen: Chosen) -> bool:
        """Whether a second member of staff has to confirm (design 21)."""
        return False

    def propose(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """What the first of two members does already."""
        return [part for part, _ in chosen]

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """Carry out what is granted; gives the parts as they stand then, and new ones for what was kept back. A refusal of the law is a refused part."""
        raise NotImplementedError

    def progress(self, work: Work, r: Rights, made: Case, part: Part) -> Part:
        """How a part that is under way stands now."""
        return part


# --- what kinds share ----------------------------------------------------------------------------------------------------------------------


def asking(
    work: Work,
    made: Case,
    operation: Operation | StandingAct,
    *,
    occasion: Occasion = Occasion.RESTRICTIVE,
    purpose: str = "",
    fields: frozenset[str] = frozenset(),
    items: frozenset[str] = frozenset(),
    recipient: str = "",
    ground: str = "consent",
    citation: str = "",
    documents: tuple[str, ...] = (),
    subject: str = "",
) -> Ask:
    """A question on the person of a case; the case itself is the paper that it rests on where no other is named."""
    return Ask(
        operation,
        subject or made.about,
        purpose,
        fields,
        ActorKind(work.actor.kind),
        work.actor.id,
        occasion,
        recipient,
        ground=ground,
        citation=citation,
        documents=documents or (made.id,),
        items=items,
    )


def ordered(work: Work, r: Rights, made: Case, part: Part, given: Order, *, state: PartState = PartState.DONE) -> Part:
    """Give an order for a part; gives the part as it stands then."""
    return came_of(requests.order(work, r.desk, given), given, part, state=state)


def came_of(answer: requests.Answer, given: Order, part: Part, *, state: PartState = PartState.DONE) -> Part:
    """What became of a part by the answer to its order."""
    if isinstance(answer, Refusal):
        return refused(part, answer)
    result = answer.target if given.kind is requests.Kind.RECTIFY else answer.plan or answer.target
    return replace(part, state=state, order=answer.request, result=result, decision=answer.decision, told=answer.told)


def share(first: Part, part: Part) -> Part:
    """What became of one part became of another one, too: both were one order."""
    return replace(first, no=part.no, what=part.what, target=part.target, choice=part.choice, by=part.by, document=part.document)


def order_of(made: Case, kind: requests.Kind, part: Part, *, document: str = "", **more: object) -> Order:
    """An order on the person of a case. It rests on the paper named, else on the case."""
    return Order(kind, made.about, document=document or part.document or made.id, received_at=made.received_at, **more)  # type: ignore[arg-type]


def refused(part: Part, refusal: Refusal) -> Part:
    """A part that the law refuses, with the limb it rests on."""
    found = limb_of(refusal.verdict.reasons)
    return replace(
        part,
        state=PartState.REFUSED,
        reason=found.code,
        clause=found.clause,
        article=found.article,
        cited=found.looked_at,
        decision=refusal.decision,
    )


def limb_of(reasons: Sequence[Finding]) -> Finding:
    """The finding that a refusal names first: one that rests on something known of the person, before one that only lacks something."""
    against = [f for f in reasons if f.effect in (Effect.PROHIBIT, Effect.NARROW)] or list(reasons)
    return min(against, key=lambda f: (not f.looked_at, not f.clause, f.rule))


def follow_ups(work: Work, made: Case) -> list[distribute.Transfer]:
    """What recipients were told because of a case: about its person, or about whoever a form asserted to be them."""
    told = frozenset[str]().union(*[part.told for part in made.parts])
    return distribute.named(work, told) if told else []


def unconfirmed(work: Work, made: Case) -> list[distribute.Transfer]:
    """What recipients were told because of a case and have not confirmed."""
    return [t for t in follow_ups(work, made) if not t.confirmed and t.state is not Sent.WITHHELD]


def plan_done(work: Work, made: Case, part: Part) -> bool:
    """Whether the destruction that a part led to has come to its end."""
    return not destroy.one(work, made.about, part.result).next
