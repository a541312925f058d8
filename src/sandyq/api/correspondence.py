"""The journal of correspondence for staff: enter what came on paper, by courier or by telephone, look, read, note what became of a letter (3.10, 8.3)."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from sandyq import correspondence, rights, seal
from sandyq.api import faults, reading
from sandyq.api.door import MOST_BODY, Answer, Call, problem_answer
from sandyq.app import once
from sandyq.clock import micros
from sandyq.correspondence import Channel, Direction, Entry, Incoming, Reason, Scan, State, guess
from sandyq.correspondence.table import table
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid
from sandyq.http import body as bodies
from sandyq.http.body import Bounds
from sandyq.ids import is_id
from sandyq.law.calendar import day_ends, local_date
from sandyq.law.decision import Refusal
from sandyq.register import media
from sandyq.staff import Caller, Power

S = TypeVar("S", bound=msgspec.Struct)
E = TypeVar("E", bound=StrEnum)
Line = Annotated[str, msgspec.Meta(max_length=300)]
_UPLOADS: Final = Bounds(total=24 * 1024 * 1024, text=MOST_BODY, file=media.LIMIT, parts=12)
_PART: Final = "entry"
_FILE: Final = "file."
_DAY: Final = timedelta(days=1)
_SPAN: Final = timedelta(days=30)
_PAGE: Final = 50


class NewEntry(msgspec.Struct, forbid_unknown_fields=True):
    """What came in, as a member of staff enters it. `sender` is who wrote or called, `number` and `dated` stand on the paper, `waybill` is the carrier's,
    `subject` is known only when the desk knows whom it is from."""

    channel: Literal["paper", "courier", "phone"]
    sender: Line = ""
    subject_line: Line = ""
    text: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
    number: Line = ""
    dated: date | None = None
    waybill: Line = ""
    received_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    language: Literal["", "kk", "ru", "en"] = ""
    subject: Annotated[str, msgspec.Meta(max_length=26)] = ""


class EntryRow(msgspec.Struct):
    """One row of the journal, without anything of what was written. `next` is a word for what the desk does next."""

    id: str
    number: str
    subject: str
    direction: str
    channel: str
    kind: str
    state: str
    case: str
    answers: str
    language: str
    on: datetime
    attached: int
    omitted: list[str]
    next: str
    leaf: str


class Journal(msgspec.Struct):
    """A page of the journal, the newest first; `after` asks for the next one."""

    entries: list[EntryRow]
    after: str


class AttachedFile(msgspec.Struct):
    """One attached scan; its bytes are at `/correspondence/{entry}/scans/{id}`."""

    id: str
    name: str
    kind: str


class Happened(msgspec.Struct):
    """What became of an entry; `note` is the waybill or who signed, `scans` the proof."""

    state: str
    reason: str
    on: date | None
    at: datetime
    leaf: str
    note: str
    scans: list[AttachedFile]


class EntryRead(msgspec.Struct):
    """What an entry says. `suggests` is the right that it seems to ask for, `also` the others: hints, decided by nobody."""

    entry: EntryRow
    values: dict[str, str]
    scans: list[AttachedFile]
    files: list[str]
    events: list[Happened]
    suggests: str
    also: list[str]
    leaf: str


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """A number as it is read out: of the journal, of the paper, or of the waybill."""

    number: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class NewEvent(msgspec.Struct, forbid_unknown_fields=True):
    """What became of an entry: `posted` under a waybill, `delivered` with proof, `returned` with a reason, to be sent `again`, or `registered`, which says
    that it was looked at. `note` is waybill or proof; it is sealed."""

    what: Literal["posted", "delivered", "returned", "again", "registered"]
    on: date | None = None
    note: Line = ""
    reason: Literal["", "address_unknown", "addressee_gone", "not_collected", "acceptance_refused", "other"] = ""


def row(e: Entry) -> EntryRow:
    """A journal entry as it goes back."""
    return EntryRow(
        id=e.id,
        number=e.number,
        subject=e.subject,
        direction=e.direction.value,
        channel=e.channel.value,
        kind=e.kind,
        state=e.state.value,
        case=e.case,
        answers=e.answers,
        language=e.language,
        on=e.on,
        attached=e.attached,
        omitted=list(e.omitted),
        next=e.next,
        leaf=e.leaf,
    )


async def enter(call: Call) -> Answer:
    """Enter a paper, a courier's letter or a call; JSON, or multipart with the JSON as `entry` and scans as `file.<name>`."""
    given, raw, files = await _given(call, NewEntry)
    if given.subject and not is_id(given.subject):
        raise Invalid([FieldError("subject", "not_an_id")])

    def act(work: Work, scans: tuple[Scan, ...]) -> EntryRow:
        new = Incoming(
            channel=Channel(given.channel),
            sender=given.sender,
            subject_line=given.subject_line,
            text=given.text,
            scans=scans,
            received_at=given.received_at,
            language=given.language or guess.language(given.text),
            number=given.number,
            dated=given.dated,
            waybill=given.waybill,
            subject=given.subject,
        )
        return row(correspondence.receive(work, call.office.gate, new).entry)

    return Answer(await _once(call, raw, files, act), 201)


async def note(call: Call) -> Answer:
    """Note what became of an entry; JSON, or multipart with the JSON as `entry` and scans of the proof as `file.<name>`."""
    entry = call.id("entry")
    given, raw, files = await _given(call, NewEvent)
    gate = call.office.gate
    if given.what in ("delivered", "returned") and given.on is None:
        raise Invalid([FieldError("on", "missing", cites=("3.10",))])

    def act(work: Work, scans: tuple[Scan, ...]) -> EntryRow:
        found = correspondence.one(work, entry)
        if given.what == "posted":
            made = correspondence.posted(work, gate, found, given.note, given.on)
        elif given.what == "delivered":
            made = correspondence.delivered(work, gate, found, given.on, note=given.note, scans=scans)
        elif given.what == "returned" and given.on is not None:
            made = correspondence.returned(work, gate, found, given.on, Reason(given.reason or "other"), note=given.note, scans=scans)
        elif given.what == "again":
            made = correspondence.again(work, found)
        else:
            made = correspondence.register(work, entry)
        return row(made)

    return Answer(await _once(call, raw, files, act))


async def _given(call: Call, kind: type[S]) -> tuple[S, bytes, Mapping[str, bytes]]:
    if bodies.media_type(call.request)[0] != "multipart/form-data":
        given, raw = await call.body(kind)
        return given, raw, {}
    found = await bodies.parts(call.request, _UPLOADS)
    files = {name.removeprefix(_FILE): data for name, data in found.files.items() if name.startswith(_FILE)}
    raw = found.texts.get(_PART) or found.files.get(_PART, b"")
    digests = [seal.digest(name.encode()) + seal.digest(data) for name, data in sorted(files.items())]
    return reading.read(kind, raw), raw + b"".join(digests), files


async def _once(call: Call, raw: bytes, files: Mapping[str, bytes], act: Callable[[Work, tuple[Scan, ...]], EntryRow]) -> EntryRow:
    """Seal the scans and do the act once; scans that no act took (it failed, or gave its former answer) go at once."""
    folder, us = call.office.settings.media_dir, micros(call.office.clock.now())
    scans: list[Scan] = []
    taken: list[EntryRow] = []

    def acted(work: Work, caller: Caller) -> EntryRow:
        taken[:] = [act(work, tuple(scans))]
        return taken[0]

    try:
        for name, data in files.items():
            scans.append(Scan(name[:100], await asyncio.to_thread(partial(media.receive, folder, [data], us))))
        answer = await call.once(Power.JOURNAL, raw, acted, once.Keeping(lambda made: made.id, _again))
    except BaseException:  # whatever stopped it, no scan may stay behind
        taken.clear()
        raise
    finally:
        if not taken:
            for scan in scans:
                media.discard(folder, scan.upload.media_id)
    return answer


def _again(work: Work, entry: str) -> EntryRow:
    return row(correspondence.one(work, entry))


async def journal(call: Call) -> Answer:
    """A page of the journal: `since` and `until` are days (the last thirty without them), `direction` and `state` narrow it, `after` is the id of the last
    entry of the page before."""
    since, until = _day(call, "since"), _day(call, "until")
    direction, state = _word(call, "direction", Direction), _word(call, "state", State)
    after = call.query("after")
    if after and not is_id(after):
        raise Invalid([FieldError("after", "not_an_id")])

    def look(work: Work, caller: Caller) -> list[Entry]:
        end = day_ends(until or local_date(work.at))
        start = day_ends(since - _DAY) if since else end - _SPAN
        return correspondence.journal(work, start, end, after=after, limit=_PAGE, direction=direction, state=state)

    found = await call.act(Power.JOURNAL, look)
    return Answer(Journal([row(e) for e in found], found[-1].id if len(found) == _PAGE else ""))


def _day(call: Call, name: str) -> date | None:
    given = call.query(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Invalid([FieldError(name, "date_unreadable")]) from None


def _word(call: Call, name: str, kind: type[E]) -> E | None:
    given = call.query(name)
    try:
        return kind(given) if given else None
    except ValueError:
        raise Invalid([FieldError(name, "not_in_list", {"allowed": ", ".join(kind)})]) from None


async def read(call: Call) -> Answer:
    """Open what an entry says, through the gate; the look is on record. A refusal comes with every reason."""
    entry = call.id("entry")

    def act(work: Work, caller: Caller) -> EntryRead | Refusal:
        found = correspondence.one(work, entry)
        content = correspondence.read(work, call.office.gate, found)
        if isinstance(content, Refusal):
            return content
        proofs = {proof.event: proof for proof in content.proofs}
        events = [_happened(e, proofs.get(e.id)) for e in correspondence.events(work, entry)]
        scans = [AttachedFile(*scan) for scan in content.attachments]
        text = f"{content.values.get('subject_line', '')}\n{content.values.get('text', '')}"
        values, kinds = dict(content.values), guess.kinds(text)
        return EntryRead(row(found), values, scans, [f.name for f in content.files], events, "".join(kinds[:1]), [*kinds[1:]], content.leaf)

    answer = await call.act(Power.JOURNAL, act)
    if isinstance(answer, Refusal):
        return problem_answer(faults.refused(answer, call.language), call.language)
    return Answer(answer)


def _happened(e: correspondence.Event, proof: correspondence.Proof | None) -> Happened:
    scans = [AttachedFile(*scan) for scan in proof.attachments] if proof else []
    return Happened(e.state.value, e.reason.value, e.on, e.at, e.leaf, proof.note if proof else "", scans)


async def find(call: Call) -> Answer:
    """Find entries by a number: that of the journal, the paper's own, or a waybill's."""
    given, _ = await call.body(Wanted)
    gate = call.office.gate
    found = await call.act(Power.JOURNAL, lambda work, _: correspondence.found(work, gate, given.number))
    return Answer(Journal([row(e) for e in found], ""))


async def register(call: Call) -> Answer:
    """The journal of some days as CSV, in the language of the caller: numbers, days, ways and states, and nothing of who wrote or what. It is on record."""
    since, until = _day(call, "since"), _day(call, "until")

    def act(work: Work, caller: Caller) -> str:
        end = day_ends(until or local_date(work.at))
        start = day_ends(since - _DAY) if since else end - _SPAN
        return table(work, start, end, call.language, lambda case: rights.case(work, case).number)

    made = await call.act(Power.JOURNAL, act)
    return Answer(made.encode(), media_type="text/csv", headers=(("content-disposition", 'attachment; filename="journal.csv"'),))


async def scan(call: Call) -> Answer:
    """The bytes of one attached scan, through the gate, unsealed while they are sent; the look is on record."""
    entry, media_id = call.id("entry"), call.id("scan")
    office = call.office

    def act(work: Work, caller: Caller) -> tuple[Iterator[bytes], str] | Refusal:
        found = correspondence.one(work, entry)
        chunks = correspondence.attachment(work, office.gate, office.settings.media_dir, found, media_id)
        if isinstance(chunks, Refusal):
            return chunks
        kind = next(e.kind for e in media.of(work, found.subject) if e.media_id == media_id)
        return chunks, kind

    answer = await call.act(Power.JOURNAL, act)
    if isinstance(answer, Refusal):
        return problem_answer(faults.refused(answer, call.language), call.language)
    headers = (("content-disposition", "attachment"), ("x-content-type-options", "nosniff"))
    return Answer(answer[0], media_type=answer[1], headers=headers)
