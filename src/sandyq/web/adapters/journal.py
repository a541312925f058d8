"""The journal of correspondence in the console: what came in and went out, found again, opened, and what became of it (policy 3.10, 8.3)."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final, TypeVar

from sandyq import correspondence, letters, rights
from sandyq.clock import micros
from sandyq.correspondence import Entry, Reason, Scan
from sandyq.correspondence.table import table
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid, NotFound, SandyqError
from sandyq.ids import is_id
from sandyq.law.decision import Refusal
from sandyq.register import media
from sandyq.staff import Caller, Power
from sandyq.web.adapters import members
from sandyq.web.adapters.answers import AnswerDesk
from sandyq.web.adapters.casework import entry_view
from sandyq.web.adapters.desk_case import ZONE
from sandyq.web.views import Download, RefusalView, Upload, Visit
from sandyq.web.views_desk import EntryView, EventNote, JournalView, OpenedEntry

R = TypeVar("R")
_PAGE: Final = 50
_HIDDEN: Final = frozenset({"letter", "message_id", "automatic"})
"""What an entry keeps that says nothing to a reader; a letter is shown as PDF."""


class JournalDesk(AnswerDesk):
    """The port of the journal: for who has its power, as over the API. What came in is more than requests."""

    async def _journal(self, token: str, fn: Callable[[Work, Caller], R]) -> R:
        return await members.act(self._office, token, Power.JOURNAL, fn)

    async def journal(self, token: str, since: date, until: date, after: str, visit: Visit, *, waiting: bool = False) -> JournalView:
        """The journal of some days, newest first; or all that waits for the desk, oldest first."""

        def act(work: Work, caller: Caller) -> JournalView:
            if waiting:
                return JournalView(since, until, _rows(work, correspondence.waiting(work), visit), waiting=True)
            begin, end = midnight(since), midnight(until + timedelta(days=1))
            found = correspondence.journal(work, begin, end, after=after if is_id(after) else "", limit=_PAGE)
            return JournalView(since, until, _rows(work, found, visit), found[-1].id if len(found) == _PAGE else "")

        return await self._journal(token, act)

    async def find_entry(self, token: str, number: str, since: date, until: date, visit: Visit) -> JournalView:
        """Entries by a number: of the journal, of the paper, of the waybill."""
        gate = self._office.gate
        found = await self._journal(token, lambda work, caller: _rows(work, correspondence.found(work, gate, number), visit))
        return JournalView(since, until, found, found_by=True)

    async def register(self, token: str, since: date, until: date, visit: Visit) -> Download:
        """The journal of some days as a table, with nothing of who wrote or what."""

        def act(work: Work, caller: Caller) -> str:
            return table(
                work, midnight(since), midnight(until + timedelta(days=1)), visit.language, lambda case: rights.case(work, case).number
            )

        made = await self._journal(token, act)
        return Download(f"journal-{since}-{until}.csv", "text/csv; charset=utf-8", made.encode("utf-8-sig"))

    async def opened(self, token: str, entry_id: str, visit: Visit) -> OpenedEntry | RefusalView:
        """What an entry says, and what became of it with waybills and receipts: a look on record."""

        def act(work: Work, caller: Caller) -> OpenedEntry | RefusalView:
            entry = _one(work, entry_id)
            content = correspondence.read(work, self._office.gate, entry)
            if isinstance(content, Refusal):
                return RefusalView(self._words(work, visit).reasons(content.verdict), content.decision)
            proofs = {proof.event: proof for proof in content.proofs}
            notes = []
            for event in correspondence.events(work, entry.id):
                proof = proofs.get(event.id)
                notes.append(
                    EventNote(
                        event.at, event.state.value, event.reason.value, proof.note if proof else "", proof.attachments if proof else ()
                    )
                )
            values = tuple((name, value) for name, value in content.values.items() if name not in _HIDDEN)
            return OpenedEntry(entry_view(entry, _number(work, entry), visit.language), values, content.attachments, tuple(notes))

        return await self._journal(token, act)

    async def scan(self, token: str, entry_id: str, media_id: str, visit: Visit) -> Download | RefusalView:
        """One attached scan, of the entry or of a proof: a look on record."""

        def act(work: Work, caller: Caller) -> Download | RefusalView:
            entry = _one(work, entry_id)
            folder = self._office.settings.media_dir
            chunks = correspondence.attachment(work, self._office.gate, folder, entry, media_id[:30])
            if isinstance(chunks, Refusal):
                return RefusalView(self._words(work, visit).reasons(chunks.verdict), chunks.decision)
            kind = next(one.kind for one in media.of(work, entry.subject) if one.media_id == media_id)
            return Download(f"{entry.number}.{kind.partition('/')[2]}", kind, b"".join(chunks))

        return await self._journal(token, act)

    async def letter(self, token: str, entry_id: str, visit: Visit) -> Download | RefusalView:
        """An issued letter as PDF: a look on record."""

        def act(work: Work, caller: Caller) -> tuple[Entry, bytes] | RefusalView:
            entry = _one(work, entry_id)
            body = correspondence.letter(work, self._office.gate, entry)
            if isinstance(body, Refusal):
                return RefusalView(self._words(work, visit).reasons(body.verdict), body.decision)
            return entry, body

        found = await self._journal(token, act)
        if isinstance(found, RefusalView):
            return found
        body = letters.LetterBody.from_json(found[1])
        made = await asyncio.to_thread(self._office.stationery.pdf, body)
        return Download(f"{found[0].number}.pdf", "application/pdf", made)

    async def delivery(
        self, token: str, entry_id: str, what: str, on: date, note: str, visit: Visit, *, reason: str = "", uploads: tuple[Upload, ...] = ()
    ) -> None:
        """What became of an entry: posted, delivered, returned, sent again, looked at. Scans are sealed before the unit of work, and go when it fails.
        Raises Invalid, Conflict, NotFound."""
        scans, kept = await self._sealed(uploads), False

        def act(work: Work, caller: Caller) -> None:
            nonlocal kept
            kept = True
            entry, gate = _one(work, entry_id), self._office.gate
            if what == "posted":
                correspondence.posted(work, gate, entry, note, on)
            elif what == "delivered":
                correspondence.delivered(work, gate, entry, on, note=note, scans=scans)
            elif what == "returned":
                correspondence.returned(work, gate, entry, on, _reason(reason), note=note, scans=scans)
            elif what == "again":
                correspondence.again(work, entry)
            elif what == "registered":
                correspondence.register(work, entry.id)
            else:
                raise Conflict("order_unknown")
            if entry.case:  # its next step is another one now, and the page that follows says so
                rights.progress(work, self._office.rights, entry.case)

        try:
            await members.act_once(self._office, token, Power.JOURNAL, visit, act, members.DONE)
        except SandyqError:
            kept = False
            raise
        finally:
            for scan in () if kept else scans:
                media.discard(self._office.settings.media_dir, scan.upload.media_id)

    async def _sealed(self, uploads: tuple[Upload, ...]) -> tuple[Scan, ...]:
        folder, us = self._office.settings.media_dir, micros(self._office.clock.now())
        made: list[Scan] = []
        for upload in uploads:
            try:
                made.append(Scan(upload.name[:100], await asyncio.to_thread(partial(media.receive, folder, [upload.content], us))))
            except SandyqError as error:
                for scan in made:
                    media.discard(folder, scan.upload.media_id)
                raise Invalid([FieldError("file", error.code, dict(error.params), ("3.10",))]) from None
        return tuple(made)


def midnight(day: date) -> datetime:
    """The first instant of a day in Kazakhstan."""
    return datetime.combine(day, time(), ZONE)


def _reason(given: str) -> Reason:
    try:
        return Reason(given or "other")
    except ValueError:
        raise Invalid([FieldError("reason", "choice")]) from None


def _one(work: Work, entry_id: str) -> Entry:
    if not is_id(entry_id):
        raise NotFound("item_gone")
    return correspondence.one(work, entry_id)


def _rows(work: Work, entries: list[Entry], visit: Visit) -> tuple[EntryView, ...]:
    return tuple(entry_view(entry, _number(work, entry), visit.language) for entry in entries)


def _number(work: Work, entry: Entry) -> str:
    return rights.case(work, entry.case).number if entry.case else ""
