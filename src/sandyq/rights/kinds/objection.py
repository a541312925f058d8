"""Objection to an automated decision (the Law art. 19-1(3); Digital Code art. 43(4)): who decided, and the review by a person."""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from sandyq import distribute
from sandyq.db import Work
from sandyq.distribute import Kind as Follow
from sandyq.gate import records as decisions
from sandyq.law import canon
from sandyq.law.ask import Ask
from sandyq.law.decision import Permit, Refusal
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, Part, PartState, SuggestedPart, What
from sandyq.rights.history import note
from sandyq.rights.kinds.handling import Chosen, Handling, Limb, refused

KEPT: Final = "review_confirmed"
"""The reason of a decision that stands after the review."""


class Objection(Handling):
    """A member of staff looks at the decision again, and their own verdict stands on record beside the program's. Granted means that it is changed: what was to go
    to a recipient is stopped there, what was refused is decided anew by the member and goes if the law permits it. Refused means that it stands, for a
    reason."""

    whats = frozenset({What.ALL, What.DECISION})
    refusals = MappingProxyType(
        {
            "no_automated_decision": Limb("3.1", "94-V art. 19-1(1)"),
            KEPT: Limb("3.1", "94-V art. 19-1(3)"),
        }
    )

    def listed(self, work: Work, r: Rights, made: Case) -> list[tuple[What, str]]:
        """Every decision on the person that a program took by itself."""
        found = decisions.answers(work, made.about)
        return [(What.DECISION, id_) for id_, _, _, ask, _ in found if automatic(canon.ask_from_json(ask))]

    def weigh(self, work: Work, r: Rights, made: Case, part: Part) -> SuggestedPart:
        """Whether a program decided by itself; then a person reviews it."""
        found = decisions.load(work, made.about, part.target)
        if found is None:
            return SuggestedPart(part.no, "refused", (), "not_held")
        verdict = canon.verdict_from_json(found.verdict)
        by_program = automatic(canon.ask_from_json(found.ask))
        return SuggestedPart(part.no, "permitted" if by_program else "refused", verdict.reasons, "review" if by_program else "refuse")

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """Each decision by itself."""
        return [self._changed(work, r, made, part) for part, _ in chosen]

    def _changed(self, work: Work, r: Rights, made: Case, part: Part) -> Part:
        found = decisions.load(work, made.about, part.target) if part.what is What.DECISION else None
        if found is None:
            return replace(part, state=PartState.NOT_HELD, reason="nothing_held")
        ask, answer = self._looked(work, r, made, found)
        done = replace(part, state=PartState.DONE, reason="review_changed", decision=answer.decision, result=answer.decision)
        if found.permitted:
            told = _stopped(work, made, ask, answer.decision)
            note(work, made, "reviewed", "permitted", "refused", decision=answer.decision)
            return replace(done, told=told)
        note(work, made, "reviewed", "refused", "refused" if isinstance(answer, Refusal) else "permitted", decision=answer.decision)
        if isinstance(answer, Refusal):
            return refused(part, answer)
        if ask.operation is Operation.DISTRIBUTE:
            distribute.queue(work, answer)
        return done

    def refusing(self, work: Work, r: Rights, made: Case, part: Part, reason: str) -> str:
        """A decision that stands was reviewed as well: the member's own verdict on the same question."""
        found = decisions.load(work, made.about, part.target) if part.what is What.DECISION and reason == KEPT else None
        if found is None:
            return ""
        _, answer = self._looked(work, r, made, found)
        verdict = "permitted" if found.permitted else "refused"
        note(work, made, "reviewed", verdict, verdict, decision=answer.decision)
        return answer.decision

    @staticmethod
    def _looked(work: Work, r: Rights, made: Case, found: decisions.Decision) -> tuple[Ask, Permit | Refusal]:
        """The same question, asked by the member who reviews."""
        given = canon.ask_from_json(found.ask)
        actor = work.actor
        ask = replace(given, actor=ActorKind(actor.kind), actor_id=actor.id, automated=False, documents=(made.id,))
        return ask, r.gate.ask(work, ask)


def _stopped(work: Work, made: Case, ask: Ask, decision: str) -> tuple[str, ...]:
    """Who was to get data by a decision that is changed stops using them; a lead that has not left stays here."""
    if ask.operation is not Operation.DISTRIBUTE or not ask.recipient:
        return ()
    only = frozenset({ask.recipient})
    return tuple(distribute.follow(work, made.about, Follow.WITHDRAW, recipients=only, decision=decision))


def factors(work: Work, made: Case) -> list[decisions.Decision]:
    """Each decision that the objection is about, with the findings that it rests on: what mattered, as far as the register knows (art. 19-1; Digital Code
    art. 43(4))."""
    named = [part.target for part in made.parts if part.what is What.DECISION]
    return [one for id_ in named if (one := decisions.load(work, made.about, id_)) is not None]


def automatic(ask: Ask) -> bool:
    """Whether a program decided about a person without anybody: what it was told to, and whom it passes an application on to. That terms end and what is over is
    destroyed is the law's own doing, and nothing to review (art. 19-1(1))."""
    return ask.automated or (ask.operation is Operation.DISTRIBUTE and ask.actor is ActorKind.SYSTEM)
