"""The ways of codes and notices to a person's contacts: opened through the gate and put into words at the moment of sending, kept nowhere.

A message names neither the person nor what it is about (3.8: open channels).
"""

from dataclasses import dataclass
from typing import Protocol

from sandyq import speech
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.identity import changing, codes, factors, records
from sandyq.identity.facts import Factor, FactorKind, FactorState, Opener
from sandyq.outbox import Outcome, Parcel, Row
from sandyq.post.mime import Outbound, compose

_SAMPLE = "office@sample.invalid"
"""Where mails come from in an office that has no address of its own: the sample's stay on the machine."""


class Texts(Protocol):
    """Carries one short text to one E.164 number."""

    def send(self, phone: str, text: str, key: str) -> Outcome: ...


class Mails(Protocol):
    """Carries one composed mail to one address."""

    def send(self, address: str, body: bytes, key: str) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class _Ways:
    gate: Opener
    texts: Texts
    mails: Mails
    sender: str = ""
    site: str = ""

    def say(self, work: Work, row: Row, word: str, **params: str) -> str:
        """What is told, in the language of the row, beginning with whom it is from."""
        return speech.say(row.target, f"told.{word}", office=self._office(work, row.target), **params)

    def _office(self, work: Work, language: str) -> str:
        return str(self.gate.in_force(work).edition.words("operator", "name", language=language))

    def parcel(self, work: Work, row: Row, to: Factor, text: str, foot: str, key: str) -> Parcel | None:
        """What goes to a contact; None when the gate does not open it. A mail has room for where to look and what to do: `foot` names that sentence."""
        address = factors.opened(work, self.gate, to.subject, [to]).get(to.id, "")
        if not address:
            return None
        body = text.encode() if to.kind is FactorKind.PHONE else self._mail(work, address, (text, foot), key, row.target)
        return Parcel(row.ref, to.kind.value, body, address, (("key", key),))

    def _mail(self, work: Work, address: str, told: tuple[str, str], key: str, language: str) -> bytes:
        sender = self.sender or _SAMPLE
        named = f"{key}@{sender.rpartition('@')[2]}"
        text, foot = told
        page = speech.say(language, "told.mail.page", link=f"{self.site}/{language}/me")
        return compose(
            Outbound(
                sender=sender,
                to=address,
                subject=speech.say(language, "told.subject"),
                text=speech.paragraphs(text, speech.say(language, f"told.mail.{foot}"), page, speech.say(language, "told.mail.foot")),
                message_id=named,
                at=work.at,
                name=self._office(work, language),
                language=language,
            )
        )

    def send(self, parcel: Parcel) -> Outcome:
        """Hand it to the office's provider of short messages, or its mail server."""
        more = dict(parcel.headers)
        if parcel.target == FactorKind.PHONE:
            return self.texts.send(parcel.address, parcel.body.decode(), more["key"])
        return self.mails.send(parcel.address, parcel.body, more["key"])


@dataclass(frozen=True, slots=True)
class IdentityCodes(_Ways):
    """Carries codes of sign-in, step-up and new contacts. For a code that leads nowhere there is nothing to send."""

    kind: str = codes.KIND

    def prepare(self, work: Work, row: Row) -> Parcel | None:
        """The message, or None when the code is over or must not be sent."""
        subject, _, challenge_id = row.ref.partition(":")
        made = records.challenge(work, subject, challenge_id)
        if made is None or not made.about or made.verified_us is not None or work.us > made.expires_us:
            return None
        to = records.factor(work, subject, made.about)
        wanted = FactorState.WAITING if made.kind == changing.CONTACT else FactorState.OK
        if to is None or to.state is not wanted:
            return None
        text = self.say(work, row, "code", code=codes.code_of(self.gate.ring, made.id, made.sends))
        return self.parcel(work, row, to, text, "unasked", f"{made.id}.{made.sends}")

    def record(self, work: Work, row: Row, outcome: Outcome, *, given_up: bool) -> None:
        """A message that could not be sent is on record; the person asks for another."""
        if not outcome.ok:
            subject, _, challenge_id = row.ref.partition(":")
            record(work, Leaf(Act.ENTRY_FAILED, subject, "2.18", verdict="failed", object=challenge_id))


@dataclass(frozen=True, slots=True)
class IdentityNotices(_Ways):
    """Tells a person's contacts of sign-ins and changes."""

    kind: str = factors.NOTICE_KIND

    def prepare(self, work: Work, row: Row) -> Parcel | None:
        """The message, or None when the contact is not the person's any more."""
        subject, factor_id, word = row.ref.split(":", 2)
        to = records.factor(work, subject, factor_id)
        told = (FactorState.OK, FactorState.COOLING, *([FactorState.ENDED] if word == factors.ENDED else []))
        if to is None or to.state not in told:
            return None
        return self.parcel(work, row, to, self.say(work, row, word), "not_you", row.id)

    def record(self, work: Work, row: Row, outcome: Outcome, *, given_up: bool) -> None:
        """That somebody was told, or could not be, is on record."""
        subject, factor_id, _ = row.ref.split(":", 2)
        if outcome.ok or given_up:
            record(
                work,
                Leaf(Act.CONTACT_TOLD, subject, "8.3", "94-V art. 22(1)", object=factor_id, verdict="done" if outcome.ok else "failed"),
            )
