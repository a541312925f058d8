"""Reading an e-mail that anybody may have made, and composing one of ours (RFC 5322, 2045-2047, 3464, 3834).

Whatever comes in, `read` gives a `Message`: bounded in parts, depth, text and names, without control characters, with nothing unpacked and nothing
fetched from elsewhere. What could not be taken is named in `omitted` by a code.
"""

import codecs
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import charset as charsets
from email import message_from_bytes, policy
from email.header import Header, decode_header
from email.message import EmailMessage
from email.message import Message as Part
from email.utils import format_datetime, formataddr, getaddresses
from functools import partial
from html.parser import HTMLParser
from typing import Final

from sandyq.errors import Misuse
from sandyq.post import machines
from sandyq.post.machines import Report

MOST_BYTES: Final = 25 * 1024 * 1024
"""Bytes of one message that are read whole; of a longer one only the beginning (`PEEKED`) is."""
PEEKED: Final = 256 * 1024
MOST_PARTS: Final = 200
MOST_DEPTH: Final = 10
MOST_TEXT: Final = 100_000
"""Characters of text that are kept."""
MOST_HEADER: Final = 8_000
MOST_LINE: Final = 300
MOST_REFERENCES: Final = 50
_MOST_HEAD: Final = 128 * 1024
_MOST_HTML: Final = 1024 * 1024
_BROKEN: Final = (ValueError, LookupError, TypeError, AttributeError, RecursionError, UnicodeError)
"""What the library's reader raises at hostile headers and encodings (several are bugs of its own that were met before)."""
_ID = re.compile(r"<([\x21-\x3b\x3d\x3f-\x7e]{3,250})>")
_NOT_TEXT: Final = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf_7"})
_OLD: Final = ("kz1048", "koi8_r", "cp866")
"""Encodings of letters that name none, or a wrong one; KZ-1048 is windows-1251 with the Kazakh letters."""
_FREQUENT: Final = frozenset("оеаинтрсыідңғқ")
_NOT_OURS: Final = frozenset("ЌЋќћЈјЅѕ")
"""What Kazakh letters of KZ-1048 become when the sender calls it windows-1251: letters that neither Kazakh, Russian nor their neighbours have."""
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file as it came, transfer encoding undone. `kind` is what the sender says it is."""

    name: str
    kind: str
    data: bytes

    def __repr__(self) -> str:  # names of files are personal data
        return f"Attachment({self.kind}, {len(self.data)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An e-mail as it is understood. `automatic` says why nobody must be answered (a code), and is empty for a person's letter."""

    sender: str = ""  # the address as written in From; not yet checked
    subject: str = ""
    text: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()  # what it answers, the nearest first
    dated: str = ""
    attachments: tuple[Attachment, ...] = ()
    omitted: tuple[str, ...] = ()  # codes: too_many_parts, too_deep, too_large, unreadable, text_cut
    automatic: str = ""
    report: Report | None = None

    def __repr__(self) -> str:  # a letter must not reach a log by way of a traceback
        return f"Message({len(self.text)}, {len(self.attachments)}, {self.automatic})"


# --- reading ---------------------------------------------------------------------------------------------------------------------------


def read(raw: bytes, *, whole: bool = True, own: str = "") -> Message:
    """A message from its bytes. `whole` is False when only the beginning was fetched: then no attachment is taken. `own` is the office's address."""
    head, _, _ = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw[:_MOST_HEAD] else b"\n\n")
    try:
        # The older policy keeps headers as they came; the newer one parses each by a grammar that hostile input can make slow or break.
        parsed = message_from_bytes(raw if len(head) <= _MOST_HEAD else head[:_MOST_HEAD], policy=policy.compat32)
    except _BROKEN:
        return Message(omitted=("unreadable",), automatic="unreadable")
    found = _Found(whole)
    found.take(parsed)
    sender = _address(parsed)
    message_id = next(iter(_ids(header(parsed, "Message-ID"))), "")
    references, subject = _references(parsed), _line(header(parsed, "Subject"))
    said = partial(_present, parsed)
    automatic = machines.automatic(said, parsed.get_content_type(), sender, own) or ("delivery_report" if found.report else "")
    report = found.report
    if report is None and machines.of_a_server(said, sender):
        report = machines.told_in_words(subject, found.text(), (*found.inner, *references))
    elif report is not None and not report.message_id and references:
        report = replace(report, message_id=references[0], others=references[1:5])
    return Message(
        sender=sender,
        subject=subject,
        text=found.text(),
        message_id=message_id,
        references=references,
        dated=_line(header(parsed, "Date"))[:80],
        attachments=tuple(found.attachments),
        omitted=tuple(dict.fromkeys(found.omitted)),
        automatic=automatic,
        report=report,
    )


def header(part: Part, name: str) -> str:
    """One header as clean text; empty when there is none or it cannot be read."""
    try:
        value = part.get(name)
        if value is None:
            return ""
        pieces = [p.decode(_codec(c or "utf-8"), "replace") if isinstance(p, bytes) else p for p, c in decode_header(_plain_header(value))]
    except _BROKEN:
        return ""
    return clean("".join(pieces))


def _present(part: Part, name: str) -> str | None:
    return None if part.get(name) is None else header(part, name)


def _plain_header(value: object) -> str:
    """A header as text. One whose bytes were not put into ASCII, as the standard asks, comes wrapped by the library."""
    if isinstance(value, Header):
        raw = "".join(str(piece) for piece, _ in value._chunks)  # type: ignore[attr-defined]  # the library has no other way to the bytes
        return _readable(raw[:MOST_HEADER].encode("ascii", "surrogateescape"))
    return _cut(value)


def _cut(value: object) -> str:
    return str(value)[:MOST_HEADER]


def clean(text: str) -> str:
    """Text without control characters, half characters and marks that turn or hide it; lines end with a line feed."""
    plain = _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Co"))
    return unicodedata.normalize("NFC", kept)


def _line(text: str) -> str:
    return " ".join(text.split())[:MOST_LINE]


def _address(parsed: Part) -> str:
    """The one address of From; none when there are several, for then nobody is meant. Encoded words stay closed: what is in them is a name, whatever
    it looks like when opened."""
    try:
        found = [address for _, address in getaddresses([clean(_cut(parsed.get("From", "")))]) if "@" in address]
    except _BROKEN:
        return ""
    return found[0][:320] if len(found) == 1 else ""


def _ids(text: str) -> list[str]:
    return _ID.findall(text)[:MOST_REFERENCES]


def _references(parsed: Part) -> tuple[str, ...]:
    older = _ids(header(parsed, "References"))[::-1]
    return tuple(dict.fromkeys([*_ids(header(parsed, "In-Reply-To")), *older]))[:MOST_REFERENCES]


class _Found:
    """Gathers what a message's parts hold, within bounds."""

    def __init__(self, whole: bool) -> None:
        self.attachments: list[Attachment] = []
        self.omitted: list[str] = [] if whole else ["too_large"]
        self.report: Report | None = None
        self.inner: list[str] = []  # ids of messages that are attached whole
        self._whole = whole
        self._plain: list[str] = []
        self._rich: list[str] = []

    def take(self, parsed: Part) -> None:
        for number, part in enumerate(self._parts(parsed)):
            if number >= MOST_PARTS:
                self.omitted.append("too_many_parts")
                return
            try:
                self._part(part)
            except _BROKEN:
                self.omitted.append("unreadable")

    def _parts(self, parsed: Part) -> Iterator[Part]:
        """The leaves in their order, without recursion of ours."""
        waiting: list[tuple[Part, int]] = [(parsed, 0)]
        while waiting:
            part, depth = waiting.pop()
            inner = part.get_payload()
            if depth and part.get("Message-ID") is not None:
                self.inner += _ids(header(part, "Message-ID"))[:1]
            if isinstance(inner, list) and part.get_content_type() == "multipart/report":
                self._reported(part, inner)
            if isinstance(inner, list) and part.get_content_type() != "message/delivery-status":
                if depth >= MOST_DEPTH:
                    self.omitted.append("too_deep")
                    continue
                waiting += [(one, depth + 1) for one in reversed(inner[: MOST_PARTS + 1]) if isinstance(one, Part)]
            else:
                yield part

    def _part(self, part: Part) -> None:
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "text/rfc822-headers"):
            return
        name = _line(clean(_decoded(part.get_filename() or "")))
        attached = bool(name) or "attachment" in str(part.get("Content-Disposition", ""))[:200].lower()
        if kind.startswith("text/") and not attached:
            (self._rich if kind == "text/html" else self._plain).append(_text(part, kind))
        elif not self._whole:
            return
        else:
            data = _bytes(part)
            if data:
                self.attachments.append(Attachment(name, kind, data))

    def _reported(self, report: Part, inner: Sequence[object]) -> None:
        if self.report is not None or str(report.get_param("report-type", "")).lower() != "delivery-status":
            return
        action = status = original = ""
        for part in [one for one in inner if isinstance(one, Part)][:10]:
            kind = part.get_content_type()
            if kind == "message/delivery-status":
                blocks = part.get_payload()
                for block in [b for b in blocks if isinstance(b, Part)][:20] if isinstance(blocks, list) else []:
                    action = action or header(block, "Action").strip().lower()[:20]
                    status = status or header(block, "Status").strip()[:12]
            elif kind == "message/rfc822":
                sent = part.get_payload()
                if isinstance(sent, list) and sent and isinstance(sent[0], Part):
                    original = original or next(iter(_ids(header(sent[0], "Message-ID"))), "")
            elif kind == "text/rfc822-headers":
                sent_head = message_from_bytes(_bytes(part)[:PEEKED], policy=policy.compat32)
                original = original or next(iter(_ids(header(sent_head, "Message-ID"))), "")
        if action:
            self.report = Report(action, status if re.fullmatch(r"[245]\.\d{1,3}\.\d{1,3}", status) else "", original)

    def text(self) -> str:
        """The plain text, or what the HTML says when there is none."""
        plain = "\n\n".join(piece.strip() for piece in self._plain if piece.strip())
        whole = plain or "\n\n".join(piece.strip() for piece in self._rich if piece.strip())
        if len(whole) > MOST_TEXT:
            self.omitted.append("text_cut")
        return whole[:MOST_TEXT].strip()


def _decoded(name: str) -> str:
    try:
        return "".join(
            p.decode(_codec(c or "utf-8"), "replace") if isinstance(p, bytes) else p for p, c in decode_header(name[:MOST_HEADER])
        )
    except _BROKEN:
        return ""


def _bytes(part: Part) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _codec(name: str) -> str:
    """A text encoding that Python knows; what only looks like one (zip, base64, escapes) is read as UTF-8."""
    try:
        found = codecs.lookup(name.strip().lower()[:40])
    except (LookupError, ValueError):
        return "utf-8"
    fits = getattr(found, "_is_text_encoding", True) and found.name.replace("-", "_") not in _NOT_TEXT
    return found.name if fits else "utf-8"


def _text(part: Part, kind: str) -> str:
    data = _bytes(part)[: _MOST_HTML if kind == "text/html" else MOST_TEXT * 4]
    text = _readable(data, str(part.get_param("charset", "") or ""))
    return clean(plain_of(text) if kind == "text/html" else text)


def _readable(data: bytes, named: str = "") -> str:
    """Bytes as text: as they are named, where they fit that; else as UTF-8; else in the old encoding in which they look most like a language of ours."""
    codec = _codec(named) if named else "utf-8"
    for wanted in dict.fromkeys((codec, "utf-8")):
        try:
            text = data.decode(wanted)
        except _BROKEN:
            continue
        return data.decode("kz1048", "replace") if wanted == "cp1251" and not _NOT_OURS.isdisjoint(text) else text
    return max((data.decode(old, "replace") for old in _OLD), key=_likeness)


def _likeness(text: str) -> int:
    """How much a text looks like Russian or Kazakh: frequent letters are for it, a capital after a small letter is against it."""
    return sum(c in _FREQUENT for c in text.lower()) - 2 * sum(a.islower() and b.isupper() for a, b in itertools.pairwise(text))


class _Plain(HTMLParser):
    """What a person would read of a page: text, with a line end at each block. Nothing is loaded, scripts and styles say nothing."""

    _SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg"})
    _BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "pre", "hr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self._SILENT:
            self._silent += 1
        elif tag in self._BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in self._BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


def plain_of(html: str) -> str:
    """The readable text of an HTML letter."""
    reader = _Plain()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, *_BROKEN):  # the reader gives up at some broken declarations; what was read so far stands
        pass
    lines = [" ".join(line.split()) for line in "".join(reader.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# --- composing -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A mail of ours. `name` is what the addressee calls the sender, `answers` the Message-ID that it answers; `automatic` marks what no person wrote, so that no
    machine answers it (RFC 3834)."""

    sender: str
    to: str
    subject: str
    text: str
    message_id: str
    at: datetime
    name: str = ""
    language: str = ""
    answers: str = ""
    automatic: bool = True

    def __repr__(self) -> str:  # addresses must not reach a log by way of a traceback
        return f"Outbound({self.message_id})"


def compose(mail: Outbound) -> bytes:
    """The bytes of a mail. Raises Misuse when a header holds a line end: then it would not be one header."""
    for value in (mail.sender, mail.name, mail.to, mail.subject, mail.message_id, mail.answers, mail.language):
        if any(ord(c) < 32 or ord(c) == 127 for c in value):
            raise Misuse("header_with_control_characters")
    made = EmailMessage(policy=policy.SMTP)
    made["From"] = formataddr((mail.name, mail.sender)) if mail.name else mail.sender
    made["To"] = mail.to
    made["Subject"] = mail.subject
    made["Date"] = format_datetime(mail.at)
    made["Message-ID"] = f"<{mail.message_id}>"
    if mail.answers:
        made["In-Reply-To"] = f"<{mail.answers}>"
        made["References"] = f"<{mail.answers}>"
    if mail.language:
        made["Content-Language"] = mail.language
    if mail.automatic:
        made["Auto-Submitted"] = "auto-replied" if mail.answers else "auto-generated"
        made["X-Auto-Response-Suppress"] = "All"
    made.set_content(mail.text, charset="utf-8", cte="base64")
    return made.as_bytes()


charsets.add_charset("utf-8", charsets.SHORTEST, charsets.BASE64, "utf-8")
