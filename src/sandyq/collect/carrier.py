"""The way of a phone code: decided at the gate like any use of a phone number, rendered at the moment of sending, kept nowhere."""

from dataclasses import dataclass

from sandyq import speech
from sandyq.audit import Act, Leaf, record
from sandyq.collect import codes, records
from sandyq.db import Work
from sandyq.gate import Gate
from sandyq.identity import records as identity
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.outbox import Outcome, Parcel, Row
from sandyq.post.sms import SmsSender
from sandyq.register import items


@dataclass(frozen=True, slots=True)
class CodeCarrier:
    """Carries phone codes. The message names neither the person nor what was applied for (3.8: open channels)."""

    gate: Gate
    sms: SmsSender
    kind: str = codes.OUTBOX_KIND

    def prepare(self, work: Work, row: Row) -> Parcel | None:
        """The message, or None when the code is over or must not be sent."""
        subject, _, challenge_id = row.ref.partition(":")
        made = identity.challenge(work, subject, challenge_id)
        if made is None or made.verified_us is not None or work.us > made.expires_us:
            return None
        form = next((s for s in records.submissions(work, subject) if s.id == made.about), None)
        if form is None:
            return None
        answer = self.gate.ask(
            work,
            Ask(Operation.USE, subject, form.purpose, frozenset({"phone"}), ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS),
        )
        if isinstance(answer, Refusal):
            return None
        phone = items.values(self.gate.open(work, answer)).get("phone", "")
        office = self.gate.in_force(work).edition.words("operator", "name", language=form.language)
        text = speech.say(form.language, "told.code", office=office, code=codes.code_of(self.gate.ring, made.id, made.sends))
        return Parcel(row.ref, "", text.encode(), phone, (("key", f"{made.id}.{made.sends}"),))

    def send(self, parcel: Parcel) -> Outcome:
        """Hand it to the office's SMS provider."""
        return self.sms.send(parcel.address, parcel.body.decode(), dict(parcel.headers)["key"])

    def record(self, work: Work, row: Row, outcome: Outcome, *, given_up: bool) -> None:
        """A message that could not be sent is on record; the person asks for another."""
        if not outcome.ok:
            subject, _, challenge_id = row.ref.partition(":")
            record(work, Leaf(Act.CODE_FAILED, subject, "2.18", verdict="failed", object=challenge_id))
