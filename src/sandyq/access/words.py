"""Codes, ids and legal columns as people read them in one language: labels from the policy in force, names of recipients, our own sentences."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sandyq import parties, speech
from sandyq.access.parts import Aim, Basis, Coded
from sandyq.db import Work
from sandyq.gate import Gate
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import ActorKind, Occasion
from sandyq.policy.facts import Edition

_LENGTHS = ("years", "months", "days")
KEPT = ("request_file", "consent_proof", "transfer_account", "partner_reference")
"""Codes that holders give to what they keep."""
_CONTACTS = frozenset({"phone", "email"})


class Wording:
    """The words of one office in one language."""

    def __init__(self, edition: Edition, language: str, recipients: Mapping[str, str]) -> None:
        self.edition = edition
        self.language = language
        self._recipients = recipients

    @staticmethod
    def names_of_recipients(work: Work, gate: Gate) -> dict[str, str]:
        """The name of every recipient there ever was."""
        return {party.id: party.name for party in parties.recipients(work, gate.ring.office("parties"))}

    def say(self, key: str, **params: object) -> str:
        """A sentence of the catalog."""
        return speech.say(self.language, key, **params)

    def coded(self, prefix: str, code: str) -> str:
        """The words of a code of a list that an office may lengthen; the code itself when there are none."""
        key = f"{prefix}.{code}"
        return self.say(key) if speech.has(key) else code

    def recipient(self, party: str) -> str:
        """The name of a recipient."""
        return self._recipients.get(party) or self.coded("who", party)

    def recipients(self) -> tuple[tuple[str, str], ...]:
        """Every recipient with its name, by name."""
        return tuple(sorted(self._recipients.items(), key=lambda pair: pair[1]))

    def purpose(self, purpose: str) -> str:
        """A purpose with its clause."""
        row = self.edition.data["purposes"].get(purpose)
        return f"{row['clause']} {row['label'][self.language]}" if row else purpose

    def deed(self, ask: Ask) -> str:
        """What the law was asked about, as one does it: `pass data on`. What a person gets to see of themselves is told as that."""
        if ask.occasion is not Occasion.OWN_ACCESS:
            return self.coded("deed", ask.operation.value)
        if ask.fields and ask.fields <= _CONTACTS:
            return self.say("deed.own.contact")
        return self.say("deed.own.staff" if ask.actor is ActorKind.STAFF else "deed.own.subject")

    def details(self, ask: Ask, fields: Iterable[str] = ()) -> str:
        """Whom it is for, what for, and which data, in one line; nothing where the deed says it all."""
        if ask.occasion is Occasion.OWN_ACCESS:
            return ""
        told = (
            self.say("deed.to", recipient=self.recipient(ask.recipient)) if ask.recipient else "",
            self.say("deed.for", purpose=self.purpose(ask.purpose)) if ask.purpose else "",
            self.say("deed.data", data=data) if (data := ", ".join(self.fields(fields))) else "",
        )
        return "; ".join(filter(None, told))

    def fields(self, names: Iterable[str]) -> tuple[str, ...]:
        """Labels of fields, in the policy's order."""
        wanted = set(names)
        return tuple(spec.label[self.language] for name, spec in self.edition.fields.items() if name in wanted)

    def value(self, field: str, stored: str) -> str:
        """How a person reads a field's value: the words of a choice, a day, a sum in groups of three, a file by its being there. What is masked, and what the policy
        does not list, stays as it stands."""
        spec = self.edition.fields.get(field)
        if spec is None:
            return stored
        if spec.kind == "file":
            return self.say("held.file")
        return self.edition.choice(stored, self.language) if spec.choices else speech.value(self.language, spec.kind, stored)

    def category(self, clause: str) -> str:
        """What the policy calls a category 6.2.x."""
        known = clause in self.edition.data["clauses"]
        return self.edition.clause(clause, self.language).rstrip(".") if known else clause

    def ground(self, ground: str) -> str:
        """What data rest on: consent, or an article."""
        return self.say("ground.consent") if ground == "consent" else speech.article(self.language, ground)

    def term(self, rule: str) -> str:
        """A term of storage in words: how long, after what, by which clause."""
        row: Mapping[str, Any] | None = self.edition.data["terms"].get(rule)
        if row is None:
            return self.coded("term", rule)
        length = " ".join(self.say(f"length.{unit}", count=row[unit]) for unit in _LENGTHS if row.get(unit))
        after = self.say(f"term.after.{row['event']}") if length else self.say(f"term.until.{row['event']}")
        spoken = self.say("term.spoken", length=length, after=after) if length else after
        return f"{spoken} ({speech.cited(self.language, [row['clause']])})"

    def kept(self, what: str) -> str:
        """What outlives a destruction: a code of a holder, or a category of evidence."""
        return self.say("kept.evidence", category=self.category(what)) if what[:1].isdigit() else self.coded("kept", what)

    def names(self) -> dict[str, str]:
        """Words for every code that a certificate of destruction may name."""
        return {clause: self.category(clause) for clause in self.edition.data["categories"]} | {what: self.kept(what) for what in KEPT}

    def basis(self, clause: str, article: str) -> str:
        """A clause and an article in one line."""
        return speech.cited(self.language, [place for place in (clause, article) if place])


class Codes(Wording):
    """The same words as parts of an answer, each made once: an answer names the same few codes hundreds of times."""

    def __init__(self, edition: Edition, language: str, recipients: Mapping[str, str]) -> None:
        super().__init__(edition, language, recipients)
        self.word = lru_cache(maxsize=None)(self._word)
        self.aim = lru_cache(maxsize=None)(self._aim)
        self.clause = lru_cache(maxsize=None)(self._clause)
        self.rests = lru_cache(maxsize=None)(self._rests)
        self.terms = lru_cache(maxsize=None)(self.term)

    def _word(self, prefix: str, code: str) -> Coded:
        return Coded(code=code, words=self.coded(prefix, code))

    def _aim(self, purpose: str) -> Coded:
        return Coded(code=purpose, words=self.purpose(purpose))

    def _clause(self, clause: str) -> Coded:
        return Coded(code=clause, words=self.category(clause))

    def _rests(self, clause: str, article: str) -> Basis:
        return Basis(clause=clause, article=article, words=self.basis(clause, article))

    def party(self, party: str) -> Coded:
        """A recipient."""
        return Coded(code=party, words=self.recipient(party))

    def aims(self, purposes: Iterable[str]) -> tuple[Coded, ...]:
        """Purposes, in the order of their names."""
        return tuple(self.aim(purpose) for purpose in sorted(purposes))

    def clauses(self, purposes: Iterable[str]) -> tuple[Aim, ...]:
        """Purposes with the clause of each; one that the policy has no more has none."""
        known = self.edition.data["purposes"]
        return tuple(Aim(code=name, clause=known[name]["clause"] if name in known else "", words=self.purpose(name)) for name in purposes)

    def named(self, fields: Iterable[str]) -> tuple[Coded, ...]:
        """Fields in the policy's order; one that the policy lists no more comes last, by its code."""
        wanted = set(fields)
        known = tuple(Coded(code=name, words=spec.label[self.language]) for name, spec in self.edition.fields.items() if name in wanted)
        return known + tuple(Coded(code=name, words=name) for name in sorted(wanted - self.edition.fields.keys()))
