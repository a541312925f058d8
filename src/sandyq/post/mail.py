"""The ways of e-mail: SMTP out, IMAP in, and the sample office's mail, which never leaves the machine (policy 2.20, 8.3).

Nothing here logs an address, a subject or a server's words: an outcome is a code.
"""

import imaplib
import re
import smtplib
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Protocol

from sandyq.errors import NotReady
from sandyq.outbox import Outcome
from sandyq.post import mime

TIMEOUT: Final = 20.0
"""Seconds that a server may keep silent."""
_NOTHING: Final = (OSError, EOFError, ssl.SSLError)


class MailSender(Protocol):
    """Carries one composed message to one address."""

    def send(self, address: str, body: bytes, key: str) -> Outcome:
        """`key` is the message's own id: a message handed over twice is the same message."""
        ...


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server: `tls` is `tls` (from the first byte), `starttls`, or `none`, which the settings allow on this machine alone."""

    host: str
    port: int
    tls: str = "tls"
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Server({self.host}, {self.port}, {self.tls})"


class SmtpSender:
    """Hands messages to the office's SMTP server, a connection for each, so that a broken one spoils nothing else."""

    def __init__(self, server: Server, sender: str, *, timeout: float = TIMEOUT, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._sender = sender
        self._timeout = timeout
        self._context = context

    def send(self, address: str, body: bytes, key: str) -> Outcome:
        """Deliver to one address. What the server refuses for good (5xx on the recipient or the message) is final."""
        options = () if address.isascii() else ("SMTPUTF8",)
        try:
            with self._opened() as connection:
                connection.sendmail(self._sender, [address], body, mail_options=options)
        except smtplib.SMTPRecipientsRefused as refused:
            return _refused(next((code for code, _ in refused.recipients.values()), 0), "recipient")
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
            return _refused(refused.smtp_code, "message")
        except smtplib.SMTPAuthenticationError:
            return Outcome(False, "login_refused")
        except smtplib.SMTPNotSupportedError:
            return Outcome(False, "address_not_ascii", final=True)
        except smtplib.SMTPServerDisconnected:
            return Outcome(False, "unreachable")
        except ssl.SSLError:  # before ValueError, which a failed check of a certificate is, too
            return Outcome(False, "tls_failed")
        except (smtplib.SMTPException, ValueError):
            return Outcome(False, "server_refused")
        except TimeoutError:
            return Outcome(False, "timeout")
        except _NOTHING:
            return Outcome(False, "unreachable")
        return Outcome(True, "handed_over")

    def check(self) -> str:
        """Connect and sign in, send nothing; a code, empty when all is well."""
        try:
            with self._opened() as connection:
                connection.noop()
        except smtplib.SMTPAuthenticationError:
            return "login_refused"
        except ssl.SSLError:
            return "tls_failed"
        except (smtplib.SMTPException, ValueError):
            return "server_refused"
        except _NOTHING:
            return "unreachable"
        return ""

    @contextmanager
    def _opened(self) -> Iterator[smtplib.SMTP]:
        at, name = self._server, self._sender.rpartition("@")[2]  # we greet as our domain: the machine's own name is nobody's business
        context = self._context or ssl.create_default_context()
        connection = (
            smtplib.SMTP_SSL(at.host, at.port, name, timeout=self._timeout, context=context)
            if at.tls == "tls"
            else smtplib.SMTP(at.host, at.port, name, timeout=self._timeout)
        )
        try:
            try:
                if at.tls == "starttls":
                    connection.starttls(context=context)
                if at.user:
                    connection.login(at.user, at.password)
            except smtplib.SMTPNotSupportedError:  # the server's lack, or somebody on the line: never the addressee's fault
                raise smtplib.SMTPException from None
            yield connection
            connection.quit()
        finally:
            connection.close()


def _refused(code: int, what: str) -> Outcome:
    return Outcome(False, f"{what}_refused", final=500 <= code < 600)


class NoMail:
    """An office without a mail server: what would be mailed waits, and fails visibly after the outbox's term."""

    def send(self, address: str, body: bytes, key: str) -> Outcome:
        return Outcome(False, "mail_not_set_up")

    def check(self) -> str:
        """There is nothing to try."""
        return "mail_not_set_up"


# --- in ----------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message of the mailbox. `mark` names it within the open session alone. `whole` is False when it was too long and only its beginning came."""

    mark: str
    raw: bytes
    whole: bool
    size: int
    arrived: datetime | None = None  # when the mailbox got it: the day that terms count from, told by our own server

    def __repr__(self) -> str:
        return f"Fetched({self.mark}, {self.size})"


class Session(Protocol):
    """An open mailbox."""

    def marks(self) -> list[str]:
        """Every message that is there, the oldest first."""
        ...

    def fetch(self, mark: str) -> Fetched | None:
        """One of them; None when it is gone meanwhile."""
        ...

    def remove(self, mark: str) -> None:
        """Take it out of the mailbox, once it is committed."""
        ...


class Box(Protocol):
    """A mailbox that can be opened."""

    def opened(self) -> AbstractContextManager[Session]:
        """A session, closed at its end. Raises NotReady with a code when the server is not there, does not let us in, or breaks off."""
        ...


class _Bounded(imaplib.IMAP4):
    """Does not read more than was asked for, whatever length the server tells."""

    def read(self, size: int) -> bytes:
        if size > mime.MOST_BYTES + mime.PEEKED:
            raise self.abort("literal over the bound")
        return super().read(size)


class _BoundedTls(_Bounded, imaplib.IMAP4_SSL):
    """The same over TLS."""


class ImapBox:
    """The office's mailbox. A mark is a UID of the session at hand: none is remembered, so that a mailbox that was made anew (another UIDVALIDITY)
    mixes up nothing; what was taken in before is known by its content."""

    def __init__(self, server: Server, folder: str = "INBOX", *, timeout: float = TIMEOUT, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._folder = folder
        self._timeout = timeout
        self._context = context

    @contextmanager
    def opened(self) -> Iterator["ImapSession"]:
        """Sign in and select the folder. Whatever the server does wrong afterwards raises NotReady, too."""
        connection: imaplib.IMAP4 | None = None
        try:
            connection = self._connected()
            if self._server.user:
                _login(connection, self._server)
            kind, _ = connection.select(_quoted(self._folder))
            if kind != "OK":
                raise NotReady("mailbox_missing")
            yield ImapSession(connection)
        except imaplib.IMAP4.error:
            raise NotReady("mail_server_refused") from None
        except TimeoutError:
            raise NotReady("mail_server_silent") from None
        except ssl.SSLError:
            raise NotReady("mail_server_tls") from None
        except _NOTHING:
            raise NotReady("mail_server_unreachable") from None
        finally:
            if connection is not None:
                _leave(connection)

    def _connected(self) -> imaplib.IMAP4:
        at = self._server
        context = self._context or ssl.create_default_context()
        if at.tls == "tls":
            return _BoundedTls(at.host, at.port, ssl_context=context, timeout=self._timeout)
        plain = _Bounded(at.host, at.port, timeout=self._timeout)
        if at.tls == "starttls":
            plain.starttls(context)
        return plain

    def check(self) -> str:
        """Open and leave; a code, empty when all is well."""
        try:
            with self.opened() as session:
                session.marks()
        except NotReady as problem:
            return problem.code
        return ""


def _login(connection: imaplib.IMAP4, server: Server) -> None:
    try:
        connection.login(server.user, server.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise NotReady("mail_login_refused") from None


def _leave(connection: imaplib.IMAP4) -> None:
    try:
        connection.logout()
    except (imaplib.IMAP4.error, *_NOTHING):  # it is gone already
        connection.shutdown()


def _quoted(name: str) -> str:
    return '"' + re.sub(r'[\\"\x00-\x1f]', "", name) + '"'


class ImapSession:
    """One connection with the folder selected."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection
        kind, told = connection.capability()  # after the login a server tells more than before
        self._single = kind == "OK" and any(isinstance(part, bytes) and b"UIDPLUS" in part.upper().split() for part in told)

    def marks(self) -> list[str]:
        """Every message: seen or not, for somebody may have looked at it in another program, and those marked as deleted, too, for a line that broke
        between marking and removing left them. What was taken in before is known again, and goes."""
        found = self._said(self._connection.uid("SEARCH", "ALL"))
        words = found[0].split() if found and isinstance(found[0], bytes) else []
        return sorted({word.decode() for word in words if word.isdigit()}, key=int)

    def fetch(self, mark: str) -> Fetched | None:
        """The message, or the beginning of one that is too long; its flags stay as they are."""
        found = self._about(mark)
        if found is None:
            return None
        size, arrived = found
        whole = size <= mime.MOST_BYTES
        answer = self._said(self._connection.uid("FETCH", mark, f"(BODY.PEEK[]<0.{mime.MOST_BYTES if whole else mime.PEEKED}>)"))
        raw = next((part[1] for part in answer if isinstance(part, tuple) and b"BODY[]" in part[0]), None)
        if raw is None:
            return None
        if whole and len(raw) < size:
            raise NotReady("mail_half_message")  # the server broke off; the message stays and is tried again
        return Fetched(mark, bytes(raw), whole, size, arrived)

    def _about(self, mark: str) -> tuple[int, datetime | None] | None:
        for part in self._said(self._connection.uid("FETCH", mark, "(RFC822.SIZE INTERNALDATE)")):
            text = part[0] if isinstance(part, tuple) else part
            found = re.search(rb"RFC822\.SIZE (\d{1,12})", text) if isinstance(text, bytes) else None
            if found and isinstance(text, bytes):
                return int(found[1]), _internal_date(text)
        return None

    def remove(self, mark: str) -> None:
        """Mark as deleted and expunge: that message alone where the server can (RFC 4315)."""
        self._said(self._connection.uid("STORE", mark, "+FLAGS.SILENT", "(\\Deleted)"))
        if self._single:
            self._said(self._connection.uid("EXPUNGE", mark))
        else:
            self._said(self._connection.expunge())

    @staticmethod
    def _said(answer: tuple[str, list[object]]) -> list[object]:
        kind, data = answer
        if kind != "OK":
            raise NotReady("mail_server_refused")
        return data


def _internal_date(text: bytes) -> datetime | None:
    found = re.search(rb'INTERNALDATE "([ 0-9]{2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-]\d{4})"', text)
    if not found:
        return None
    try:
        return parsedate_to_datetime(f"{found[1].decode().strip()} {b' '.join(found.groups()[1:3]).decode()} {_hour(found)}").astimezone(
            UTC
        )
    except (ValueError, TypeError):
        return None


def _hour(found: re.Match[bytes]) -> str:
    return f"{found[4].decode()}:{found[5].decode()}:{found[6].decode()} {found[7].decode()}"


# --- the sample --------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownMail:
    """One mail on the sample's page: the address masked, subject and text as they were sent."""

    to: str
    subject: str
    text: str
    key: str

    def __repr__(self) -> str:
        return f"ShownMail({self.key})"


class SampleMailbox:
    """Everybody's mail in a sample office: what the office sent, and what was put in for it, in memory only, gone with the process."""

    def __init__(self, keep: int = 200) -> None:
        self._sent: deque[tuple[str, ShownMail]] = deque(maxlen=keep)
        self._waiting: dict[str, bytes] = {}
        self._number = 0
        self._lock = threading.Lock()

    def send(self, address: str, body: bytes, key: str) -> Outcome:
        """Accept a mail; the same key replaces its earlier copy, as delivery is at least once."""
        read = mime.read(body)
        shown = ShownMail(masked(address), read.subject, read.text, key)
        with self._lock:
            for old in [entry for entry in self._sent if entry[1].key == key]:
                self._sent.remove(old)
            self._sent.append((address, shown))
        return Outcome(True, "shown")

    def check(self) -> str:
        """All is well: nothing leaves the machine."""
        return ""

    def latest(self, address: str = "") -> list[ShownMail]:
        """What the office sent, newest first; only that to one address where one is given."""
        with self._lock:
            return [shown for to, shown in reversed(self._sent) if not address or to == address]

    def deliver(self, raw: bytes) -> None:
        """Put a mail into the office's mailbox, as a sender from outside would."""
        with self._lock:
            self._number += 1
            self._waiting[str(self._number)] = raw

    @contextmanager
    def opened(self) -> Iterator["SampleMailbox"]:
        """The mailbox is its own session."""
        yield self

    def marks(self) -> list[str]:
        """What waits."""
        with self._lock:
            return list(self._waiting)

    def fetch(self, mark: str) -> Fetched | None:
        """One message."""
        with self._lock:
            raw = self._waiting.get(mark)
        if raw is None:
            return None
        whole = len(raw) <= mime.MOST_BYTES
        return Fetched(mark, raw if whole else raw[: mime.PEEKED], whole, len(raw))

    def remove(self, mark: str) -> None:
        """It was taken in."""
        with self._lock:
            self._waiting.pop(mark, None)


def masked(address: str) -> str:
    """An address as a page may show it: the first letter and the domain."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}" if local else "***"
