"""What the parts of a request are called in its answer, in all three languages: by the policy's own words, never by a value."""

from collections.abc import Callable
from functools import cached_property
from types import MappingProxyType
from typing import Final

from sandyq import block, consent, distribute, parties, speech
from sandyq.access.words import Wording
from sandyq.clock import instant
from sandyq.db import Work
from sandyq.distribute.acts import PARTIES_KEY
from sandyq.gate import records as decisions
from sandyq.law import canon
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import Operation
from sandyq.letters.certificate import Basis, Told
from sandyq.letters.compose import Part as LetterPart
from sandyq.letters.letter import Cell, Said, say, words
from sandyq.letters.wording import wording
from sandyq.register import items
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, Part, What
from sandyq.rights.kinds.handling import LISTED, follow_ups

_ORDERED: Final = MappingProxyType(
    {"block": "block", "correct": "rectify", "destroy": "destroy", "disclose": "access", "unpublish": "public-sources"}
)
_CITED_AS: Final = "objection-1"
"""The letter in which decisions of the program are told, and whose forms cite their places."""


class Naming:
    """The words for one case."""

    def __init__(self, work: Work, r: Rights, made: Case) -> None:
        self._work, self._r, self._made = work, r, made
        self._edition = r.gate.in_force(work).edition

    @cached_property
    def _recipients(self) -> dict[str, str]:
        return {party.id: party.name for party in parties.recipients(self._work, self._r.gate.ring.office(PARTIES_KEY))}

    @cached_property
    def _transfers(self) -> list[distribute.Transfer]:
        return distribute.history(self._work, self._made.about)

    def recipients(self) -> tuple[Told, ...]:
        """Whom the recipients of this case are, when they were told, and when they confirmed."""
        found = follow_ups(self._work, self._made)
        return tuple(Told(self._recipients.get(t.recipient, t.recipient), t.sent_at, t.acked_at) for t in found)

    def parts(self) -> tuple[LetterPart, ...]:
        """Every part and how it ended."""
        return tuple(self.part(part) for part in self._made.parts if part.reason != LISTED)

    def part(self, part: Part) -> LetterPart:
        """One part: a refused one with its reason and limb."""
        return LetterPart(what=self.cell(part), state=part.state.value, reason=part.reason, basis=Basis(part.clause, part.article))

    def cell(self, part: Part) -> Cell:
        """What a part is called."""
        return _CELLS[part.what](self, part.target)

    def everything(self, target: str) -> Cell:
        """All of the person's data."""
        return Said("everything")

    def item(self, target: str) -> Cell:
        """The category of an item; of one that is gone only that it was data."""
        legal = {one.item_id: one for one in items.legal(self._work, self._made.about)} if self._made.about else {}
        found = legal.get(target)
        return self.category(found.category) if found else Said("data")

    def category(self, clause: str) -> Cell:
        """A category with its clause."""
        return _three(lambda language: f"{clause} {Wording(self._edition, language, {}).category(clause)}")

    def grant(self, target: str) -> Cell:
        """A consent by its kind, and what it is about."""
        found = next((g for g in consent.proofs(self._work, self._made.about) if g.id == target), None)
        if found is None:
            return Said("data")
        named = self._recipients.get(found.recipient, "") or found.country

        def told(language: str) -> str:
            words = Wording(self._edition, language, {})
            about = (
                words.coded("part.channel", found.channel)
                if found.channel
                else named or (words.purpose(found.purpose) if found.purpose else "")
            )
            return ": ".join(filter(None, (speech.say(language, f"consent.{found.kind.value}"), about)))

        return _three(told)

    def channel(self, target: str) -> Cell:
        """A channel of marketing."""
        return _three(lambda language: f"{speech.say(language, 'consent.marketing')}: {speech.say(language, f'part.channel.{target}')}")

    def recipient(self, target: str) -> Cell:
        """The name of a recipient."""
        return self._recipients.get(target, target)

    def field(self, target: str) -> Cell:
        """What the policy calls a field."""
        return _three(lambda language: self._edition.label(target, language)) if target in self._edition.fields else target

    def state(self, target: str) -> Cell:
        """A block by the day it was set."""
        found = next((s for s in block.history(self._work, self._made.about) if s.id == target), None)
        return say("block_since", since_at=found.since) if found else Said("blocked")

    def factors(self, one: decisions.Decision) -> tuple[Cell, Cell, Cell, Cell, Cell]:
        """A decision of the program as one row: when, what it was about, which data, with what result, by which findings with clause and article."""
        ask, verdict = canon.ask_from_json(one.ask), canon.verdict_from_json(one.verdict)

        def logic(language: str) -> str:
            cite = wording(_CITED_AS, language).basis
            found = ((speech.finding_alone(language, f), cite(Basis(f.clause, f.article))) for f in verdict.reasons)
            return " ".join(speech.with_places(said, places) for said, places in found)

        def data(language: str) -> str:
            return ", ".join(Wording(self._edition, language, {}).fields(ask.fields)) or "–"

        about, result = _three(self._decided(ask)), _three(self._result(one, ask))
        return say("value_at", value_at=instant(one.at_us)), about, _three(data), result, _three(logic)

    def _decided(self, ask: Ask) -> Callable[[str], str]:
        """What a decision was about: what was to be done, for whom, what for."""

        def told(language: str) -> str:
            words = Wording(self._edition, language, self._recipients)
            return "; ".join(filter(None, (words.deed(ask), words.details(ask))))

        return told

    def publication(self, target: str) -> Cell:
        """A yes or no to public sources."""
        return Said(f"publication_{target}")

    def place(self, target: str) -> Cell:
        """A public place: by the day on which we passed the data on; one that the person named is told by the answer itself."""
        found = next((t for t in distribute.history(self._work, self._made.about) if t.id == target), None) if target else None
        return say("value_at", value_at=found.queued_at) if found else Said("source_public")

    def kind(self, target: str) -> Cell:
        """What an authority ordered."""
        return Said(_ORDERED[target])

    def claim(self, target: str) -> Cell:
        """A kind of damage."""
        return _three(lambda language: speech.say(language, f"request.claim.{target}"))

    def automated(self, target: str) -> Cell:
        """A decision of the program: what it decided on, for whom, when, and how, so that no two of a request read alike."""
        found = decisions.load(self._work, self._made.about, target) if target else None
        return _three(lambda language: self.decision(found, language)) if found else Said("system")

    def decision(self, one: decisions.Decision, language: str) -> str:
        """The same in one language."""
        ask = canon.ask_from_json(one.ask)
        return speech.say(
            language,
            "decision.told",
            deed=speech.capital(self._decided(ask)(language)),
            result=self._result(one, ask)(language),
            at=speech.when(language, instant(one.at_us)),
            reference=reference(one.id),
        )

    def _result(self, one: decisions.Decision, ask: Ask) -> Callable[[str], str]:
        code = f"decision.{'permitted' if one.permitted else 'refused'}{self._when(one, ask)}"
        return lambda language: speech.say(language, code)

    def _when(self, one: decisions.Decision, ask: Ask) -> str:
        """At which of the two looks at a lead it was decided: when the application was routed, or again just before the sending (design 3)."""
        if ask.operation is not Operation.DISTRIBUTE or not ask.recipient:
            return ""
        leads = [t for t in self._transfers if t.recipient == ask.recipient and t.kind is distribute.Kind.LEAD]
        at = instant(one.at_us)
        if any(t.queued_at == at for t in leads):
            return ".first"
        return ".again" if any(t.queued_at < at and (one.permitted or t.sent_at is None) for t in leads) else ".first"

    def form(self, target: str) -> Cell:
        """A form on the site."""
        return Said("method_form")


_CELLS: Final[MappingProxyType[What, Callable[[Naming, str], Cell]]] = MappingProxyType(
    {
        What.ALL: Naming.everything,
        What.ITEM: Naming.item,
        What.GRANT: Naming.grant,
        What.CHANNEL: Naming.channel,
        What.RECIPIENT: Naming.recipient,
        What.FIELD: Naming.field,
        What.STATE: Naming.state,
        What.PUBLICATION: Naming.publication,
        What.PLACE: Naming.place,
        What.DECISION: Naming.automated,
        What.SUBMISSION: Naming.form,
        What.CLAIM: Naming.claim,
        What.ORDER: Naming.kind,
    }
)


def named(work: Work, r: Rights, made: Case, part: Part, language: str) -> str:
    """A decision of the program that a part is about, in one line, for a page; empty for any other part."""
    found = decisions.load(work, made.about, part.target) if part.what is What.DECISION and part.target else None
    return Naming(work, r, made).decision(found, language) if found else ""


def took_back(work: Work, made: Case, part: Part) -> bool:
    """Whether a part is about a decision by which the program permitted something: changed, it is a permission taken back (art. 19-1(3))."""
    found = decisions.load(work, made.about, part.target) if part.what is What.DECISION and part.target else None
    return found is not None and found.permitted


def reference(decision: str) -> str:
    """What people call a decision of the program: the end of its random id."""
    return decision[-8:].upper()


def _three(told: Callable[[str], str]) -> Said:
    return words(*(told(language) for language in speech.LANGUAGES))
