"""Taking in and sending out: each letter, mail and call becomes a row of the journal, and what it says becomes sealed evidence (3.10, 8.3).

Whoever writes is only who they say. An unknown sender gets a subject of their own that holds nothing but this file; a known address, too, for an
address in a mail proves nothing (docs/adr/0010-who-is-asking.md). A thread is followed only when both its reference and its address fit.
"""

import base64
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sandyq import outbox
from sandyq.audit import Act, Leaf, record
from sandyq.clock import micros
from sandyq.collect import evidence_end
from sandyq.correspondence import delivery, records, tokens
from sandyq.correspondence.facts import (
    Channel,
    Direction,
    Entry,
    Event,
    Incoming,
    Issued,
    Notice,
    Outgoing,
    Received,
    State,
)
from sandyq.correspondence.holder import GROUND, TERM
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid, NotFound
from sandyq.gate import Gate
from sandyq.law.calendar import local_date
from sandyq.letters.letter import LetterBody
from sandyq.register import items, media, subjects
from sandyq.register.items import NewItem

CATEGORY: Final = "6.2.5"
CLAUSE: Final = "3.10"
OUTBOX_KIND: Final = "mail"
ANSWERS_A_DAY: Final = 5
"""Mails that go by themselves to one address on one day (RFC 3834: a loop must die out)."""
_MOST_EARLIER: Final = 20
_MOST_FOUND: Final = 50
_MARK_LETTERS: Final = 5
NOTHING: Final = "message"


def number(on: date, id_: str) -> str:
    """`YYYYMMDD-XXXXX`: a day and five letters of an id. It tells nothing and needs no sequence across people (docs/adr/0009-rights-desk.md)."""
    return f"{on:%Y%m%d}-{id_[-_MARK_LETTERS:].upper()}"


# --- in ----------------------------------------------------------------------------------------------------------------------------------


def receive(work: Work, gate: Gate, new: Incoming) -> Received:
    """Take in a message of any kind. The same e-mail taken in again changes nothing. Raises Invalid with every fault of what a member typed."""
    _check(work, new)
    ring = gate.ring
    identity = tokens.identity(ring, new.identity) if new.identity else b""
    known = _known(work, identity)
    if known is not None:
        return Received(known, known.case, again=True)
    sender = tokens.address(ring, new.sender) if new.channel is Channel.MAIL and new.sender else b""
    thread = _thread(work, gate, new, sender)
    earlier = _earlier(work, sender)
    subject = new.subject or (thread.subject if thread else "") or subjects.create(work, ring)
    entry_id = work.new_id()
    item = _seal(work, gate, subject, _fields(new), new_subject=False)
    for place, scan in enumerate(new.scans, 1):
        media.keep(work, ring, subject, scan.upload, item, f"attachment_{place}")
    on = new.received_at or work.at
    leaf = record(
        work, Leaf(Act.LETTER_RECEIVED, subject, "8.3", "94-V art. 25(2)(6)", object=entry_id, count=len(new.scans) + len(new.files))
    )
    kind = "automatic" if new.automatic else NOTHING
    entry = Entry(
        subject,
        entry_id,
        number(local_date(on), entry_id),
        Direction.IN,
        new.channel,
        kind,
        thread.case if thread else "",
        thread.id if thread else "",
        new.language or (thread.language if thread else ""),
        State.RECEIVED,
        item,
        "",
        len(new.scans) + len(new.files),
        new.omitted,
        on,
        work.at,
        work.actor.kind,
        work.actor.id,
        leaf,
    )
    records.add(work, entry)
    if identity:
        records.put_token(work, identity, "in", subject, entry_id, sender)
    for written in filter(None, dict.fromkeys(tokens.mark(ring, text) for text in (new.number, new.waybill))):
        records.put_mark(work, written, subject, entry_id)
    if new.message_id and sender:
        _remember_message(work, gate, new.message_id, entry, sender)
    return Received(entry, entry.case, earlier=earlier)


def known(work: Work, gate: Gate, identity: bytes) -> Entry | None:
    """The entry of this very e-mail, if it was taken in before."""
    return _known(work, tokens.identity(gate.ring, identity))


def sent_as(work: Work, gate: Gate, message_id: str) -> Entry | None:
    """The mail of ours that went out under a Message-ID: what a delivery report names."""
    found = records.token(work, tokens.message(gate.ring, message_id)) if message_id else None
    entry = records.one(work, found[1]) if found else None
    return entry if entry and entry.direction is Direction.OUT else None


def _check(work: Work, new: Incoming) -> None:
    faults = []
    if new.received_at is not None and new.received_at > work.at:
        faults.append(FieldError("received_at", "date_in_future", cites=(CLAUSE,)))
    if new.dated is not None and new.dated > local_date(work.at):
        faults.append(FieldError("dated", "date_in_future", cites=(CLAUSE,)))
    if not (new.text or new.subject_line or new.scans or new.files or new.channel is Channel.MAIL):
        faults.append(FieldError("text", "missing", cites=(CLAUSE,)))
    if faults:
        raise Invalid(faults)


def _known(work: Work, identity: bytes) -> Entry | None:
    """The entry of this very message. A token whose entry was never committed (the stores are two commits) is none."""
    found = records.token(work, identity) if identity else None
    return records.one(work, found[1]) if found else None


def _thread(work: Work, gate: Gate, new: Incoming, sender: bytes) -> Entry | None:
    """The entry that a message answers: it names a message or a number of ours, and comes from the address that these went to. Either alone is nothing:
    a Message-ID can be copied, a number can be read over a shoulder, an address can be forged."""
    if not sender:
        return None
    wanted = [tokens.message(gate.ring, reference) for reference in new.references]
    wanted += [tokens.reference(gate.ring, named, sender) for named in tokens.numbers(new.subject_line)]
    for token in wanted:
        found = records.token(work, token)
        if found is not None and found[2] == sender:
            entry = records.one(work, found[1])
            if entry is not None and subjects.alive(work, entry.subject):
                return entry
    return None


def _earlier(work: Work, sender: bytes) -> tuple[str, ...]:
    entries = [records.one(work, entry) for entry in records.from_address(work, sender, _MOST_EARLIER)] if sender else []
    return tuple(dict.fromkeys(entry.case for entry in entries if entry is not None and entry.case))


def _remember_message(work: Work, gate: Gate, message_id: str, entry: Entry, address: bytes) -> None:
    """A later message may answer this one. A Message-ID that is taken already stays with whom it was."""
    token = tokens.message(gate.ring, message_id)
    found = records.token(work, token)
    if found is None or records.one(work, found[1]) is None:
        records.put_token(work, token, "message", entry.subject, entry.id, address)


def _fields(new: Incoming) -> dict[str, str]:
    plain = {
        "sender": new.sender,
        "sender_name": new.sender_name,
        "subject_line": new.subject_line,
        "text": new.text,
        "message_id": new.message_id,
        "automatic": new.automatic,
        "paper_number": new.number,
        "paper_date": new.dated.isoformat() if new.dated else "",
        "waybill": new.waybill,
    }
    fields = {name: value for name, value in plain.items() if value}
    fields |= {f"attachment_{place}": scan.name for place, scan in enumerate(new.scans, 1)}
    for place, file in enumerate(new.files, 1):
        fields |= {f"file_{place}": file.name, f"file_{place}_kind": file.kind, f"file_{place}_data": base64.b64encode(file.data).decode()}
    return fields or {"text": ""}


def _seal(work: Work, gate: Gate, subject: str, fields: dict[str, str], *, new_subject: bool = False) -> str:
    until = evidence_end(gate.in_force(work).edition, local_date(work.at))
    sealed = NewItem(CATEGORY, fields, ground=GROUND, term_rule=TERM, term_end=until, klass="evidence")
    return items.put_evidence(work, gate.ring, subject, sealed, new_subject=new_subject)


def register(work: Work, entry_id: str, case: str = "") -> Entry:
    """An incoming entry belongs to a case, or was looked at and needs none. Raises NotFound, Conflict."""
    entry = one(work, entry_id)
    if entry.direction is not Direction.IN:
        raise Conflict("entry_goes_out")
    if case:
        records.set_case(work, entry, case)
    if entry.state is not State.REGISTERED:
        delivery.happened(work, entry, State.REGISTERED)
    return replace(entry, case=case or entry.case, state=State.REGISTERED)


# --- out -------------------------------------------------------------------------------------------------------------------------------


def issue(work: Work, gate: Gate, new: Outgoing) -> Entry:
    """Issue a letter: its body is sealed, the log vouches for its digest, and it is printed or fetched from the portal. With a `notice` a mail without
    personal data says that it is there. Raises Invalid, Tampered when the body is no letter."""
    body = LetterBody.from_json(new.body)
    ways = [channel for channel in new.channels if channel is not Channel.MAIL]
    channel = next((way for way in (Channel.COURIER, Channel.PAPER) if way in ways), Channel.PORTAL)
    if channel is not Channel.PORTAL and not new.addressee:
        raise Invalid([FieldError("addressee", "missing", cites=(CLAUSE,))])
    fields = {"letter": new.body.decode(), "addressee": "\n".join(new.addressee)}
    item = _seal(work, gate, new.subject, {name: value for name, value in fields.items() if value})
    entry_id = work.new_id()
    leaf = record(
        work, Leaf(Act.LETTER_ISSUED, new.subject, body.basis.clause, body.basis.article, object=entry_id, body_digest=body.digest)
    )
    entry = _out(work, new.subject, entry_id, channel, new.kind, new.case, new.answers, new.language, item, body.digest, leaf, body.number)
    records.add(work, entry)
    if new.notice is not None:
        notify(work, gate, new.notice)
    return entry


def notify(work: Work, gate: Gate, new: Notice, *, by_itself: bool = False) -> Entry | None:
    """Queue a mail without personal data. The address is opened only when it is sent. `by_itself`: an answer of a machine to a mail; None when this
    address had its share of those today."""
    if new.answers and by_itself:
        asked = one(work, new.answers)
        to = records.address_of(work, asked.subject, asked.id)
        if not to or records.count_answer(work, to, local_date(work.at).isoformat()) > ANSWERS_A_DAY:
            return None
    entry_id = work.new_id()
    fields = {"subject_line": new.title, "text": new.text, "reference": new.reference}
    item = _seal(work, gate, new.subject, {name: value for name, value in fields.items() if value})
    leaf = record(work, Leaf(Act.LETTER_QUEUED, new.subject, "8.3", "94-V art. 25(2)(6)", object=entry_id))
    entry = _out(work, new.subject, entry_id, Channel.MAIL, new.kind, new.case, new.answers, new.language, item, "", leaf)
    records.add(work, entry)
    outbox.put(work, OUTBOX_KIND, f"{new.subject}:{entry_id}")
    return entry


def _out(
    work: Work,
    subject: str,
    entry_id: str,
    channel: Channel,
    kind: str,
    case: str,
    answers: str,
    language: str,
    item: str,
    digest: str,
    leaf: str,
    own_number: str = "",
) -> Entry:
    return Entry(
        subject,
        entry_id,
        own_number or number(local_date(work.at), entry_id),
        Direction.OUT,
        channel,
        kind,
        case,
        answers,
        language,
        State.QUEUED,
        item,
        digest,
        0,
        (),
        work.at,
        work.at,
        work.actor.kind,
        work.actor.id,
        leaf,
    )


# --- looking ---------------------------------------------------------------------------------------------------------------------------


def one(work: Work, entry_id: str) -> Entry:
    """One entry. Raises NotFound."""
    found = records.one(work, entry_id)
    if found is None:
        raise NotFound("entry_unknown")
    return found


def numbered(work: Work, wanted: str) -> Entry:
    """One entry by its registration number. Raises NotFound."""
    found = records.numbered(work, wanted.strip().upper())
    if found is None:
        raise NotFound("entry_unknown")
    return found


def found(work: Work, gate: Gate, text: str) -> list[Entry]:
    """Entries by a number, as somebody reads it out: that of the journal, the paper's own, a waybill's. What is found by a sealed number is on record."""
    wanted = text.strip()
    own = records.numbered(work, wanted.upper())
    token = tokens.mark(gate.ring, wanted)
    marked = records.marked(work, token, _MOST_FOUND) if token else []
    others = [entry for entry in (records.one(work, id_) for id_ in marked) if entry is not None]
    for entry in others:
        record(work, Leaf(Act.FOUND, entry.subject, "3.10", "94-V art. 14", object=entry.id))
    return list(dict.fromkeys([*([own] if own else []), *others]))


def of_subject(work: Work, subject: str) -> list[Entry]:
    """The entries of a subject, oldest first."""
    return records.of_subject(work, subject)


def of_case(work: Work, case: str) -> list[Entry]:
    """The entries of a case, oldest first."""
    return records.of_case(work, case)


def by_digest(work: Work, digest: str) -> Issued | None:
    """Whether a letter of this digest was issued; nothing of the person is told."""
    found = records.by_digest(work, digest)
    return Issued(local_date(found.on), found.number, found.leaf) if found else None


def journal(
    work: Work,
    since: datetime,
    until: datetime,
    *,
    after: str = "",
    limit: int = 50,
    direction: Direction | None = None,
    state: State | None = None,
) -> list[Entry]:
    """A page of the journal, the newest first: entries made in [since, until), behind the id `after` of the page before. Value-free."""
    ways = [direction.value] if direction else [each.value for each in Direction]
    states = [state.value] if state else [each.value for each in State]
    return records.journal(work, micros(since), micros(until), after, limit, ways, states)


def waiting(work: Work, limit: int = 500) -> list[Entry]:
    """What the desk has to do something about, oldest first: `Entry.next` says what. Queued mails are not among them."""
    return [entry for entry in records.waiting(work, limit) if entry.next]


def events(work: Work, entry_id: str) -> list[Event]:
    """What became of an entry, oldest first."""
    return records.events(work, entry_id)
