"""Ids, codes and legal columns as people read them in one language: labels from the policy in force, names of recipients, our own sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandyq import parties, speech
from sandyq.db import Work
from sandyq.gate import Gate
from sandyq.law.decision import Verdict
from sandyq.policy.facts import Edition
from sandyq.web.views import Reason

_LENGTHS = ("years", "months", "days")


class Words:
    """The words of one office in one language."""

    def __init__(self, edition: Edition, language: str, recipients: Mapping[str, str]) -> None:
        self.edition = edition
        self.language = language
        self._recipients = recipients

    @classmethod
    def of(cls, work: Work, gate: Gate, language: str) -> "Words":
        """As the policy in force and the register of parties have them now."""
        key = gate.ring.office("parties")
        return cls(gate.in_force(work).edition, language, {party.id: party.name for party in parties.recipients(work, key)})

    def say(self, key: str, **params: object) -> str:
        """A sentence of the catalog."""
        return speech.say(self.language, key, **params)

    def coded(self, prefix: str, code: str) -> str:
        """The words of a code of a list that an office may lengthen; the code itself when there are none."""
        key = f"{prefix}.{code}"
        return self.say(key) if speech.has(key) else code

    def recipient(self, party: str) -> str:
        """The name of a recipient."""
        return self._recipients.get(party, party)

    def purpose(self, purpose: str) -> str:
        """A purpose with its clause."""
        row = self.edition.data["purposes"].get(purpose)
        return f"{row['clause']} {row['label'][self.language]}" if row else purpose

    def fields(self, names: Iterable[str]) -> tuple[str, ...]:
        """Labels of fields, in the policy's order."""
        wanted = set(names)
        return tuple(spec.label[self.language] for name, spec in self.edition.fields.items() if name in wanted)

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
        return f"{length} {after} ({speech.cited(self.language, [row['clause']])})".strip()

    def kept(self, what: str) -> str:
        """What outlives a destruction: a code of a holder, or a category of evidence."""
        return self.say("kept.evidence", category=self.category(what)) if what[:1].isdigit() else self.coded("kept", what)

    def basis(self, clause: str, article: str) -> str:
        """A clause and an article in one line."""
        return speech.cited(self.language, [place for place in (clause, article) if place])

    def reasons(self, verdict: Verdict) -> tuple[Reason, ...]:
        """The findings that decided, each in a sentence."""
        return tuple(Reason(f.clause, f.article, speech.finding_alone(self.language, f)) for f in verdict.reasons)

    def names(self) -> dict[str, str]:
        """Words for every code that a certificate may name."""
        return {clause: self.category(clause) for clause in self.edition.data["categories"]} | {
            what: self.say(f"kept.{what}") for what in KEPT
        }


KEPT = ("request_file", "consent_proof", "transfer_account", "partner_reference")
"""Codes that holders give to what they keep."""
