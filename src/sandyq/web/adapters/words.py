"""What the pages say beside the words of an answer on access: reasons of the law, and the words for the person themselves."""

from sandyq import speech
from sandyq.access.words import Wording
from sandyq.db import Work
from sandyq.gate import Gate
from sandyq.law.decision import Verdict
from sandyq.web.views import Reason


class Words(Wording):
    """The words of one office in one language."""

    @classmethod
    def of(cls, work: Work, gate: Gate, language: str) -> "Words":
        """As the policy in force and the register of parties have them now."""
        return cls(gate.in_force(work).edition, language, cls.names_of_recipients(work, gate))

    def reasons(self, verdict: Verdict) -> tuple[Reason, ...]:
        """The findings that decided, each in a sentence."""
        return tuple(Reason(f.clause, f.article, speech.finding_alone(self.language, f)) for f in verdict.reasons)


class OwnWords(Words):
    """The same, said to the person themselves: `you` where staff read `the subject`."""

    def coded(self, prefix: str, code: str) -> str:
        """The words of a code, those for the person before the common ones."""
        own = f"portal.{prefix}.{code}"
        return self.say(own) if speech.has(own) else super().coded(prefix, code)

    def ground(self, ground: str) -> str:
        """What data rest on."""
        return self.say("portal.ground.consent") if ground == "consent" else super().ground(ground)
