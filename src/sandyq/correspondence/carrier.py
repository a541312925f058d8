"""The way of a mail out of the house: the gate is asked, the address opened and the words set at the moment of sending, and kept nowhere (design 3)."""

from dataclasses import dataclass
from typing import Final

from sandyq.correspondence import delivery, opening, records, tokens
from sandyq.correspondence.acts import OUTBOX_KIND
from sandyq.correspondence.facts import Entry, Reason, State
from sandyq.db import Work
from sandyq.gate import Gate
from sandyq.outbox import Outcome, Parcel, Row
from sandyq.post import mime
from sandyq.post.mail import MailSender

_BOUNCES: Final = frozenset({"recipient_refused", "address_not_ascii"})


@dataclass(frozen=True, slots=True)
class MailCarrier:
    """Carries the journal's mails. `sender` is the office's address; its domain is that of our Message-IDs."""

    gate: Gate
    mail: MailSender
    sender: str
    kind: str = OUTBOX_KIND

    def prepare(self, work: Work, row: Row) -> Parcel | None:
        """The mail, or None when it was answered otherwise meanwhile, or its address may not be opened."""
        entry = records.one(work, row.ref.partition(":")[2])
        if entry is None or entry.state is not State.QUEUED:
            return None
        said = opening.said(work, self.gate, entry)
        to, answers = opening.addressee(work, self.gate, entry) if said else ("", "")
        if not said or not to:
            delivery.happened(work, entry, State.FAILED, Reason.ADDRESS_CLOSED)
            return None
        sender = self.sender or "office@localhost.invalid"
        message_id = tokens.message_id(self.gate.ring, entry.id, sender.rpartition("@")[2])
        self._remember(work, entry, message_id, tokens.address(self.gate.ring, to), said.get("reference", ""))
        mail = mime.Outbound(
            sender=sender,
            to=to,
            subject=said.get("subject_line", ""),
            text=said.get("text", ""),
            message_id=message_id,
            at=entry.made_at,
            name=self.gate.in_force(work).edition.words("operator", "name", language=entry.language),
            language=entry.language,
            answers=answers,
        )
        return Parcel(row.ref, "", mime.compose(mail), to, (("key", message_id),))

    def _remember(self, work: Work, entry: Entry, message_id: str, to: bytes, reference: str) -> None:
        """What the answer may name: this mail, and its number."""
        ring = self.gate.ring
        records.put_token(work, tokens.message(ring, message_id), "message", entry.subject, entry.id, to)
        if reference:
            records.put_token(work, tokens.reference(ring, reference, to), "reference", entry.subject, entry.id, to)

    def send(self, parcel: Parcel) -> Outcome:
        """Hand it to the mail server."""
        return self.mail.send(parcel.address, parcel.body, dict(parcel.headers)["key"])

    def record(self, work: Work, row: Row, outcome: Outcome, *, given_up: bool) -> None:
        """Sent, refused by the addressee's server, or given up; in between nothing changes."""
        entry = records.one(work, row.ref.partition(":")[2])
        if entry is None or entry.state is not State.QUEUED:
            return
        if outcome.ok:
            delivery.happened(work, entry, State.SENT)
        elif outcome.final and outcome.code in _BOUNCES:
            delivery.bounced(work, self.gate, entry)
        elif given_up:
            delivery.happened(work, entry, State.FAILED, Reason.GIVEN_UP)
