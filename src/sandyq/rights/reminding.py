"""Reminders reach staff: a message on the page of the day for whoever has a request and whoever stands in, and a mail to their work address that holds no
personal data (policy 8.3; the Law art. 25(2)(6)-(8), 25(3)(3)).

Half of the term, a day before its end, the day itself, then each day. What nobody has reminds everybody who may take it.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sandyq import outbox, speech, staff
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.law.calendar import local_date
from sandyq.outbox import Outcome, Parcel, Row
from sandyq.post.mail import MailSender
from sandyq.post.mime import Outbound, compose
from sandyq.register.keystore import Keyring
from sandyq.rights import records
from sandyq.rights.clocks import word_of
from sandyq.rights.facts import Case, Clock, Reminder
from sandyq.staff import Power

KIND: Final = "reminder"
"""The outbox's word for a mail to a member."""
STAFF_KEY: Final = "staff"
_LANGUAGES: Final = ("kk", "ru")
"""Nobody noted which language a member reads; mails of the office say it in both."""
_SAMPLE: Final = "office@sample.invalid"


def whom(work: Work, made: Case) -> list[str]:
    """Whom a request falls to today: who has it and who stands in for them; what nobody has, and what somebody had who left with nobody in their place, every
    active member who may work on requests."""
    active = {member.id: member for member in staff.members(work) if member.active}
    theirs = [member for member in dict.fromkeys((made.assignee, made.deputy)) if member in active]
    if theirs:
        return theirs
    return sorted(_able(work))


def _able(work: Work) -> frozenset[str]:
    """Active members who may work on requests."""
    roles = {role.name for role in staff.roles(work) if Power.REQUESTS in role.powers}
    return frozenset(member.id for member in staff.members(work) if member.active and member.role in roles)


def tell(work: Work, made: Case, reminded: list[Clock], *, mails: bool) -> int:
    """One message for each member about the nearest of the terms that a case is reminded of today; with `mails` also to those who have a work address.
    Gives how many were told."""
    if not reminded:
        return 0
    nearest, today = min(reminded, key=lambda clock: (clock.due, clock.no)), local_date(work.at)
    told = whom(work, made)
    for member in told:
        _put(work, Reminder(member, made.id, work.new_id(), word_of(nearest, today), nearest.duty, nearest.due, "", work.at), mails=mails)
    return len(told)


def hand_over(work: Work, made: Case, *, mails: bool) -> None:
    """A request that is given to somebody takes along what was reminded of last: whoever it falls to from now on is told unless they were, nobody else is told
    any more. Who stands in for both members keeps it."""
    standing = {one.member: one for one in records.reminders_of(work, made)}
    if not standing:
        return
    last, falls_to = max(standing.values(), key=lambda one: one.at), whom(work, made)
    for member in standing.keys() - set(falls_to):
        records.drop_reminder(work, made, member)
    for member in falls_to if made.due <= last.due else ():
        if member not in standing:
            _put(work, replace(last, member=member, id=work.new_id(), mail="", at=work.at), mails=mails)


def falling_to(work: Work, member: str, day: date) -> frozenset[str]:
    """Whose requests fall to a member: their own and those of whom they stand in for that day; for who may work on requests also what nobody has (an empty
    text), and those of who left with nobody in their place. The other side of `whom`."""
    away, active = records.standing_in(work, day), {m.id for m in staff.members(work) if m.active}
    left = {m.id for m in staff.members(work) if not m.active and away.get(m.id, "") not in active}
    nobodys = {"", *left} if member in _able(work) else frozenset[str]()
    return frozenset({member, *nobodys, *(one for one, deputy in away.items() if deputy == member)})


def _put(work: Work, one: Reminder, *, mails: bool) -> None:
    to = mails and staff.has_address(work, one.member)
    records.put_reminder(work, replace(one, mail="queued" if to else ""))
    if to:
        outbox.put(work, KIND, f"{one.member}:{one.case}:{one.id}")


@dataclass(frozen=True, slots=True)
class ReminderCarrier:
    """Carries reminders to members' work addresses. Number, last day and a link stand in them; of the person nothing."""

    ring: Keyring
    mail: MailSender
    sender: str
    console: str
    kind: str = KIND

    def prepare(self, work: Work, row: Row) -> Parcel | None:
        """The mail, or None when a newer reminder took its place, the request has ended, or the member left or has no address any more."""
        member, case_id, id_ = row.ref.split(":")
        one = records.reminder(work, member, case_id)
        if one is None or one.id != id_ or one.mail != "queued":
            return None
        number = records.number_of(work, case_id)
        address = staff.address(work, self.ring.office(STAFF_KEY), member)
        if not number or not address:
            records.mailed(work, one, "withheld")
            return None
        key = f"{one.id}@{(self.sender or _SAMPLE).rpartition('@')[2]}"
        made = Outbound(
            sender=self.sender or _SAMPLE,
            to=address,
            subject=" / ".join(speech.say(language, "remind.title", number=number) for language in _LANGUAGES),
            text="\n\n".join(self._text(language, number, one) for language in _LANGUAGES),
            message_id=key,
            at=one.at,
            language=_LANGUAGES[0],
        )
        return Parcel(row.ref, "", compose(made), address, (("key", key),))

    def _text(self, language: str, number: str, one: Reminder) -> str:
        said = speech.say(language, f"remind.{one.word}", number=number, day=speech.day(language, one.due))
        return f"{said}\n{self.console}/{language}/console/case/{one.case}"

    def send(self, parcel: Parcel) -> Outcome:
        """Hand it to the office's mail server."""
        return self.mail.send(parcel.address, parcel.body, dict(parcel.headers)["key"])

    def record(self, work: Work, row: Row, outcome: Outcome, *, given_up: bool) -> None:
        """That a member was told by mail, or could not be, is on record."""
        member, case_id, id_ = row.ref.split(":")
        one = records.reminder(work, member, case_id)
        if not (outcome.ok or given_up):
            return
        if one is not None and one.id == id_:
            records.mailed(work, one, "sent" if outcome.ok else "failed")
        verdict = "done" if outcome.ok else "failed"
        record(work, Leaf(Act.CASE_REMINDED, clause="8.3", article="94-V art. 25(3)(3)", verdict=verdict, object=case_id, purpose="mail"))
