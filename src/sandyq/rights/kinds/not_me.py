"""This is not me (2.16; the Law art. 24(1)(3)): what was asserted in somebody's name is blocked, compared, and then merged, kept apart, or destroyed.

Each of these ends the block, so it takes two members of staff; the proofs of what was agreed to stay under their own term.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from sandyq import block, collect, requests
from sandyq.block import Outcome, Scope
from sandyq.collect.records import SubmissionRow
from sandyq.db import Work
from sandyq.errors import FieldError
from sandyq.identity import Level
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import StateKind
from sandyq.register import index
from sandyq.requests import Kind as OrderKind
from sandyq.requests import Order
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, NewCase, Part, PartDecision, PartState, SuggestedPart, What
from sandyq.rights.kinds.handling import Chosen, Handling, Limb, ordered, refused

MERGE, APART, REJECT = "merge", "apart", "reject"
WAYS: Final = MappingProxyType(
    {MERGE: Outcome.VIOLATION_NOT_CONFIRMED, APART: Outcome.VIOLATION_NOT_CONFIRMED, REJECT: Outcome.TO_BE_DESTROYED}
)
"""How the block on what was asserted ends for each answer."""


class NotMe(Handling):
    """Each form that somebody sent in the person's name is a part."""

    whats = frozenset({What.ALL, What.SUBMISSION})
    refusals = MappingProxyType(
        {
            "identity_checked": Limb("2.16", "94-V art. 24(1)(3)"),
            "not_held": Limb("2.16", "94-V art. 24(1)(3)"),
        }
    )

    def faults(self, new: NewCase) -> list[FieldError]:
        """A part names a form."""
        return super().faults(new)

    def listed(self, work: Work, r: Rights, made: Case) -> list[tuple[What, str]]:
        """The forms that wait for the desk and assert to be of this person."""
        waiting = collect.undecided(work, r.gate)
        return [(What.SUBMISSION, w.submission) for w in waiting if made.about in w.matches]

    def at_once(self, work: Work, r: Rights, made: Case) -> list[Part]:
        """What was asserted is blocked: identity is disputed."""
        return [self._blocked(work, r, made, part) for part in made.open_parts if part.what is What.SUBMISSION and not part.order]

    @staticmethod
    def _blocked(work: Work, r: Rights, made: Case, part: Part) -> Part:
        row = collect.waiting(work, part.target)
        order = Order(OrderKind.BLOCK, row.subject, "identity_disputed", made.id, received_at=made.received_at, scope=Scope())
        return ordered(work, r, made, part, order, state=PartState.OPEN)

    def weigh(self, work: Work, r: Rights, made: Case, part: Part) -> SuggestedPart:
        """Who else looks like whoever sent the form: the desk compares them."""
        row = collect.waiting(work, part.target)
        kinds = ("iin", "phone", "email")
        same = {other for kind in kinds for other in index.meeting(work, r.gate.ring, row.subject, kind)} - {row.subject}
        return SuggestedPart(part.no, "permitted", (), "compare", tuple(sorted(same)))

    def checked(self, work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> list[FieldError]:
        """The answer is one of three; a merge rests on an identity check."""
        if decision.reason not in WAYS:
            return [FieldError("reason", "not_in_list", {"allowed": ", ".join(WAYS)}, ("2.16",))]
        if decision.reason == MERGE and (made.level < Level.DESK or not decision.document):
            return [FieldError("document", "identity_check_wanted", {}, ("2.16", "94-V art. 20(2)"))]
        return []

    def second(self, work: Work, made: Case, chosen: Chosen) -> bool:
        """Always: each way ends a block."""
        return bool(chosen)

    def propose(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """The end of the block on each form."""
        return [self._proposed(work, r, made, part, decision) for part, decision in chosen]

    @staticmethod
    def _proposed(work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> Part:
        row = collect.waiting(work, part.target)
        state = _standing(work, row)
        order = Order(OrderKind.PROPOSE_RELEASE, row.subject, WAYS[decision.reason].value, made.id, state)
        return replace(ordered(work, r, made, part, order, state=PartState.OPEN), reason=decision.reason, document=decision.document)

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """The second member ends the block; then the form is decided."""
        return [self._ended(work, r, made, part, decision) for part, decision in chosen]

    @staticmethod
    def _ended(work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> Part:
        row = collect.waiting(work, part.target)
        order = Order(OrderKind.CONFIRM_RELEASE, row.subject, document=made.id, target=part.result)
        released = ordered(work, r, made, part, order)
        if released.state is PartState.REFUSED:
            return released
        if decision.reason == MERGE:
            answer = requests.merge(work, r.desk, part.target, made.about, decision.document)
            return refused(part, answer) if isinstance(answer, Refusal) else replace(released, result=answer.plan)
        if decision.reason == APART:
            requests.keep_apart(work, r.desk, part.target)
            return released
        collect.decide(work, part.target, "rejected")
        return released


def _standing(work: Work, row: SubmissionRow) -> str:
    """The block that this room set on a form."""
    found = [s.id for s in block.history(work, row.subject) if s.kind is StateKind.BLOCK and s.ended_at is None]
    return found[-1] if found else ""


def fresh(new: NewCase) -> bool:
    """Whether a new case names no form yet, so that the desk has to find it."""
    return not any(want.what is What.SUBMISSION for want in new.wants)
