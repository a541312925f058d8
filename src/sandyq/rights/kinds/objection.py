"""Objection to an automated decision (the Law art. 19-1(3); Digital Code art. 43(4)): who decided, and the review by a person."""

from dataclasses import replace
from types import MappingProxyType

from sandyq.db import Work
from sandyq.gate import records as decisions
from sandyq.law import canon
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import ActorKind
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, Part, PartState, SuggestedPart, What
from sandyq.rights.kinds.handling import Chosen, Handling, Limb


class Objection(Handling):
    """A member of staff looks at the decision again. Granted means that it is changed; refused means that it stands, for a reason."""

    whats = frozenset({What.ALL, What.DECISION})
    refusals = MappingProxyType(
        {
            "no_automated_decision": Limb("3.1", "94-V art. 19-1(1)"),
            "review_confirmed": Limb("3.1", "94-V art. 19-1(3)"),
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
        """The review is on record with who made it; what it changes is given as an order of its own."""
        return [replace(part, state=PartState.DONE, reason="reviewed_by_a_person", result=decision.document) for part, decision in chosen]


def automatic(ask: Ask) -> bool:
    """Whether no person took part in a decision."""
    return ask.automated or ask.actor is ActorKind.SYSTEM
