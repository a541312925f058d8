"""Withdrawal of consent, each by itself or all (4.1.5, 5.4; the Law art. 8(2), 8(7), 24(1)(5)).

What the law permits of single consents ends at once. What an unfulfilled obligation or an act of the law stands against is decided by a person, who names it.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from sandyq import consent
from sandyq.collect import evidence_end
from sandyq.consent import CHANNELS
from sandyq.db import Work
from sandyq.errors import FieldError
from sandyq.law.ask import Ask, ConsentFact
from sandyq.law.calendar import local_date
from sandyq.law.vocabulary import GrantKind, GrantState, StandingAct
from sandyq.requests import Kind as OrderKind
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, NewCase, Part, PartState, What
from sandyq.rights.kinds.handling import Chosen, Handling, Limb, asking, order_of, ordered

SUPPRESSION: Final = "suppression"
"""The office's key of marks for contacts that are left alone."""


class Withdraw(Handling):
    """Proof of what was agreed to stays under its own term."""

    whats = frozenset({What.ALL, What.GRANT, What.CHANNEL})
    refusals = MappingProxyType(
        {
            "withdrawal_obligation_open": Limb("4.1.5", "94-V art. 8(2)", cites=True),
            "withdrawal_against_law": Limb("4.1.5", "94-V art. 8(2)"),
            "goes_on_for_obligation": Limb("5.4", "94-V art. 8(2), 8(7)", cites=True),
        }
    )

    def faults(self, new: NewCase) -> list[FieldError]:
        """A channel to be left alone on is one that marketing has."""
        wrong = [n for n, want in enumerate(new.wants) if want.what is What.CHANNEL and want.id not in CHANNELS]
        allowed = ", ".join(sorted(CHANNELS))
        return super().faults(new) + [FieldError(f"wants[{n}].id", "not_in_list", {"allowed": allowed}, ("3.8",)) for n in wrong]

    def listed(self, work: Work, r: Rights, made: Case) -> list[tuple[What, str]]:
        """Every consent that is given now."""
        return [(What.GRANT, fact.id) for fact in _given(work, made).values()]

    def ask(self, work: Work, r: Rights, made: Case, part: Part) -> Ask | None:
        """Whether this consent may be taken back now. A stop of marketing always may."""
        fact = _given(work, made).get(part.target)
        if fact is None:
            return None
        return asking(work, made, StandingAct.WITHDRAW, purpose=fact.purpose, recipient=fact.recipient)

    def at_once(self, work: Work, r: Rights, made: Case) -> list[Part]:
        """Single consents that nothing stands against. Everything at once is a decision: it has a cooling-off (design 20)."""
        if any(part.what is What.ALL for part in made.parts):
            return []
        free = [part for part in made.open_parts if part.what is What.CHANNEL or self._free(work, r, made, part)]
        return [self._withdrawn(work, r, made, part) for part in free]

    def _free(self, work: Work, r: Rights, made: Case, part: Part) -> bool:
        ask = self.ask(work, r, made, part)
        return ask is None or r.gate.weigh(work, ask)[0].permitted

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """Each by itself: that one may not be taken back keeps no other one."""
        return [self._withdrawn(work, r, made, part) for part, _ in chosen]

    @staticmethod
    def _withdrawn(work: Work, r: Rights, made: Case, part: Part) -> Part:
        if part.what is What.CHANNEL:
            until = evidence_end(r.gate.in_force(work).edition, local_date(work.at))
            leaf = consent.suppress(work, r.gate.ring.office(SUPPRESSION), made.about, {part.target: ()}, kept_until=until)
            return replace(part, state=PartState.DONE, result=leaf)
        fact = _given(work, made).get(part.target)
        if fact is None:  # withdrawn together with another choice on the same matter, or never given
            return replace(part, state=PartState.NOT_HELD, reason="consent_not_given_now")
        return ordered(work, r, made, part, order_of(made, OrderKind.WITHDRAW, part, target=fact.id))


def _given(work: Work, made: Case) -> dict[str, ConsentFact]:
    return {fact.id: fact for fact in consent.facts(work, made.about) if fact.state is GrantState.GIVEN and not fact.implied}


def marketing(fact: ConsentFact) -> bool:
    """Whether a consent is to be written to for marketing (3.8)."""
    return fact.kind is GrantKind.MARKETING
