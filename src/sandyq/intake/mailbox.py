"""Looking into the mailbox: each message is taken in whole in one unit of work, and removed from the mailbox only after its commit.

So a message is taken in at least once; that it never makes two requests is the journal's doing, which knows a message again by its content. One message
that cannot be taken in holds up no other: it stays where it is and is tried at the next look.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sandyq import correspondence, identity, rights, seal
from sandyq.app import Office
from sandyq.app.chores import Chore
from sandyq.clock import micros
from sandyq.correspondence import Channel, Incoming, Notice, Received, State, files, guess
from sandyq.db import Actor, Work
from sandyq.errors import NotReady, SandyqError
from sandyq.intake import reply
from sandyq.logs import Log
from sandyq.post import mime
from sandyq.post.machines import Report
from sandyq.post.mail import Fetched
from sandyq.register import identifiers
from sandyq.rights.from_journal import open_from
from sandyq.rights.states import AT_ANSWER, ENDED

ACTOR: Final = Actor("public", "", "mail")
MOST_A_LOOK: Final = 50
_log = Log("intake")


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look did: messages taken in (those known already among them), and messages that had to be left."""

    taken: int = 0
    left: int = 0


def chores(office: Office) -> list[Chore]:
    """The look into the mailbox as due work, where the office has one."""
    if office.mailbox is None:
        return []
    every = 1.0 if office.sample and not office.settings.imap_host else float(office.settings.mail_poll)
    return [Chore("mail", every, Intake(office).run)]


class Intake:
    """Takes in the office's e-mail."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._stuck: set[str] = (
            set()
        )  # marks that could not be taken in; they are tried after the others, or fifty of them would end all intake

    def run(self) -> int:
        """One look of the process that was elected to; gives how many were taken in. A mail server that fails is told in the journal of the program."""
        if not self._office.sequencer.elected():
            return 0
        try:
            return self.look().taken
        except NotReady as problem:
            _log.warning("mailbox_failed", code=problem.code)
            return 0

    def look(self) -> Looked:
        """Take in what lies there, the oldest first. Raises NotReady when the mail server does not do its part."""
        box = self._office.mailbox
        if box is None:
            return Looked()
        taken = left = 0
        with box.opened() as session:
            marks = session.marks()
            self._stuck &= set(marks)
            for mark in sorted(marks, key=lambda mark: mark in self._stuck)[:MOST_A_LOOK]:
                fetched = session.fetch(mark)
                if fetched is None:
                    continue
                if self._taken(fetched):
                    session.remove(mark)
                    taken += 1
                else:
                    self._stuck.add(mark)
                    left += 1
        return Looked(taken, left)

    def _taken(self, fetched: Fetched) -> bool:
        """Take in one message; False when it cannot be now, and stays where it is."""
        try:
            self.take(fetched)
        except SandyqError as problem:
            _log.warning("mail_left", code=problem.code)
            return False
        except Exception as problem:  # a message that meets a fault of ours must hold up no other one; its words must not reach the log
            _log.error("mail_left", code=type(problem).__name__)
            return False
        return True

    def take(self, fetched: Fetched) -> Received | None:
        """Take in one message; it is committed afterwards. None for a delivery report, which is only noted."""
        office = self._office
        message = mime.read(fetched.raw, whole=fetched.whole, own=office.settings.mail_from)
        mark = _identity(message, fetched.raw)
        known = office.read(lambda work: correspondence.known(work, office.gate, mark))
        if known is not None:
            return Received(known, known.case, again=True)
        if message.report is not None and office.write(lambda work: self._reported(work, message.report), ACTOR):
            return None
        now = office.clock.now()
        kept = files.take(office.settings.media_dir, micros(now), message.attachments)
        incoming = _incoming(message, kept, mark, min(fetched.arrived or now, now))
        return office.write(lambda work: self._received(work, incoming), ACTOR)

    def _reported(self, work: Work, report: Report | None) -> bool:
        """What a report says of a mail of ours is noted; False when it is about none."""
        named = (report.message_id, *report.others) if report else ()
        entry = next(filter(None, (correspondence.sent_as(work, self._office.gate, one) for one in named)), None)
        if entry is None or report is None:
            return False
        if report.action == "failed":
            correspondence.bounced(work, self._office.gate, entry)
        elif report.action == "delivered" and entry.state is State.SENT:
            correspondence.delivered(work, self._office.gate, entry, None)
        return True

    def _received(self, work: Work, incoming: Incoming) -> Received:
        received = correspondence.receive(work, self._office.gate, incoming)
        text = f"{incoming.subject_line}\n\n{incoming.text}".strip()
        if received.again or incoming.automatic or (received.case and not _asks_anew(work, received.case, text)):
            return received  # an answer in its thread, and what no person wrote, wait for a look of the desk
        # What is asked is for the desk to read: what the letter seems to ask for is a suggestion, and its shortest term runs until a member says which.
        made = open_from(work, self._office.rights, received.entry, text=text, contact=incoming.sender)
        self._reply(work, incoming, received, made)
        return received

    def _reply(self, work: Work, incoming: Incoming, received: Received, made: rights.Case) -> None:
        office = self._office
        link = office.settings.base_url + reply.PROVE_PATH + identity.link(work, office.gate, received.asker, made.id)
        last = min((clock.due for clock in made.clocks if clock.duty in AT_ANSWER), default=None)
        language = made.language
        title, text = reply.received(
            language, made.number, link, last=last, attached=received.entry.attached, omitted=tuple(dict.fromkeys(incoming.omitted))
        )
        notice = Notice(
            subject=received.asker,
            kind="received",
            language=language,
            title=title,
            text=text,
            case=made.id,
            reference=made.number,
            answers=received.entry.id,
        )
        correspondence.notify(work, office.gate, notice, by_itself=True)


def _asks_anew(work: Work, case: str, text: str) -> bool:
    """Whether a letter in the thread of a request that was answered asks for something: no clock runs there any more, so it is a request of its own."""
    return rights.case(work, case).state in {*ENDED, rights.State.ANSWERED} and bool(guess.kinds(text))


def _identity(message: mime.Message, raw: bytes) -> bytes:
    """What tells a message from every other, whichever way it came: who wrote it, when, under which id, and the very words. Somebody else cannot have
    a letter passed over by using its id."""
    head, mark, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw[:200_000] else b"\n\n")
    parts = (message.sender, message.message_id, message.dated, message.subject)
    return seal.digest(b"\0".join([*(part.encode() for part in parts), seal.digest(body if mark else head)]))


def _incoming(message: mime.Message, kept: files.Sorted, mark: bytes, received_at: datetime) -> Incoming:
    language = guess.language(f"{message.subject}\n{message.text}")
    unreadable = "" if identifiers.email(message.sender).value else "no_sender"
    return Incoming(
        channel=Channel.MAIL,
        sender=message.sender,
        subject_line=message.subject,
        text=message.text,
        scans=kept.scans,
        files=kept.files,
        omitted=_codes(message.omitted, kept.omitted),
        received_at=received_at,
        language=language,
        message_id=message.message_id,
        references=message.references,
        identity=mark,
        automatic=message.automatic or unreadable,
    )


def _codes(*groups: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for group in groups for code in group))
