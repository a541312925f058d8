"""The rights desk's pages: each call is one unit of work of a member who has the power of requests (policy part 4, 8.2, 8.3; the Law art. 25(3)(3))."""

import asyncio
from calendar import Calendar as Weeks
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from sandyq import block, collect, correspondence, distribute, identity, letters, requests, rights, speech, staff, use
from sandyq.app import Office
from sandyq.correspondence import Entry
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid, NotFound
from sandyq.identity import Level
from sandyq.ids import is_id
from sandyq.law.ask import Ask
from sandyq.law.calendar import Calendar, local_date
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.register import subjects
from sandyq.requests import DocumentKind
from sandyq.rights import Case, Channel, Do, Filter, Kind, NewCase, PartDecision, Stage, State, Wanted, What
from sandyq.staff import Caller, Power
from sandyq.web.adapters import members, showing
from sandyq.web.adapters.casework import Casework, day_words, entry_view, line
from sandyq.web.adapters.words import Words
from sandyq.web.views import Download, HeldItem, Reason, RefusalView, Visit
from sandyq.web.views_desk import (
    CalendarView,
    CaseView,
    Decision,
    Elsewhere,
    JournalView,
    KeptView,
    LetterView,
    ListView,
    MonthDay,
    NewRequest,
    StatisticsView,
    TodayView,
)

R = TypeVar("R")
_ZONE: Final = ZoneInfo("Asia/Almaty")
_PAGE: Final = 50
_MANY: Final = 200
_CHANNELS: Final = frozenset({"paper", "phone", "desk", "mail", "partner", "authority"})
_PAPERS: Final = {"authority": DocumentKind.AUTHORITY_DEMAND}


class RightsDesk:
    """The port of the rights desk."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def _as(self, token: str, fn: Callable[[Work, Caller], R]) -> R:
        return await members.act(self._office, token, Power.REQUESTS, fn)

    def _words(self, work: Work, visit: Visit) -> Words:
        return Words.of(work, self._office.gate, visit.language)

    def day(self) -> date:
        """The day it is in Kazakhstan by the office's clock."""
        return local_date(self._office.clock.now())

    # --- lists -----------------------------------------------------------------------------------------------------------------------------

    async def today(self, token: str, mine: bool, visit: Visit) -> TodayView:
        """The day's work, what is overdue first."""

        def act(work: Work, caller: Caller) -> TodayView:
            words, day = self._words(work, visit), local_date(work.at)
            found = rights.today(work, caller.actor.id if mine else "")
            names = {member.id: member.login for member in staff.members(work)}
            groups = (
                ("overdue", found.overdue),
                ("due_today", found.due_today),
                ("failed", found.failed),
                ("waiting_second", found.waiting_second),
                ("soon", found.soon),
            )
            shown = tuple((name, tuple(line(words, names, due.case, due.next_action, day) for due in dues)) for name, dues in groups)
            colleagues = tuple((id_, login) for id_, login in sorted(names.items(), key=lambda pair: pair[1]) if id_ != caller.actor.id)
            return TodayView(day, mine, shown, self._elsewhere(work, caller, day), colleagues)

        return await self._as(token, act)

    def _elsewhere(self, work: Work, caller: Caller, day: date) -> tuple[Elsewhere, ...]:
        """What waits on other pages, so that one page a day is enough to know of it."""
        counts = [("undelivered", len(correspondence.waiting(work, _MANY)), "/console/journal")]
        if caller.may(Power.ORDERS):
            states = {*block.overdue(work, day, _MANY), *((p.subject, p.state) for p in block.waiting_for_second(work, _MANY))}
            counts += [
                ("asserted", len(collect.undecided(work, self._office.gate, _MANY)), "/console/asserted"),
                ("standing", len(states), "/console/standing"),
            ]
        if caller.may(Power.TRANSFERS):
            counts.append(("unconfirmed", len(distribute.unconfirmed(work, _MANY)), "/console/unconfirmed"))
        return tuple(Elsewhere(what, count, path) for what, count, path in counts if count)

    async def overdue(self, token: str) -> int:
        """How many cases are overdue: told on top of every page of the console. Zero for who has no power of requests."""
        office = self._office

        def look(work: Work) -> int:
            caller = staff.session(work, token) if token else None
            if caller is None or not caller.may(Power.REQUESTS):
                return 0
            return len(rights.listing(work, Filter(day=local_date(work.at) - timedelta(days=1)), limit=_MANY))

        return await asyncio.to_thread(office.read, look)

    async def cases(self, token: str, wanted: ListView, after: str, visit: Visit) -> ListView:
        """A page of cases by their nearest last day."""

        def act(work: Work, caller: Caller) -> ListView:
            words, day = self._words(work, visit), local_date(work.at)
            names = {member.id: member.login for member in staff.members(work)}
            due, _, id_ = after.partition("_")
            member = caller.actor.id if wanted.mine else ""
            kind = wanted.kind if wanted.kind in set(Kind) else ""
            state = wanted.state if wanted.state in set(State) else ""
            asked = Filter(
                open_only=wanted.open_only and not state,
                kind=kind,
                state=state,
                member=member,
                about=wanted.about if is_id(wanted.about) else "",
            )
            found = rights.listing(work, asked, (due, id_) if is_id(id_) else ("", ""), _PAGE)
            more = f"{found[-1].due}_{found[-1].id}" if len(found) == _PAGE else ""
            lines = tuple(line(words, names, one, rights.next_action(one), day) for one in found)
            return ListView(lines, kind, state, wanted.open_only, wanted.mine, more, wanted.about)

        return await self._as(token, act)

    async def find(self, token: str, number: str, visit: Visit) -> str:
        """The id of a case by its number. Raises NotFound."""

        def act(work: Work, caller: Caller) -> str:
            made = rights.by_number(work, number)
            if made is None:
                raise NotFound("case_unknown")
            return made.id

        return await self._as(token, act)

    # --- one case ----------------------------------------------------------------------------------------------------------------------------

    async def case(self, token: str, case_id: str, visit: Visit, *, read: bool = False) -> CaseView:
        """A case. With `read` what the person wrote and what is held about them is opened for it, which is a look on record."""

        def act(work: Work, caller: Caller) -> CaseView:
            made, words = self._case(work, case_id), self._words(work, visit)
            written = rights.written(work, self._office.rights, made.id) if read else {}
            held, refused = self._held(work, caller, words, made) if read and made.about else ((), ())
            return Casework(self._office, work, caller, words, made).view(written=written, held=held, refused=refused)

        return await self._as(token, act)

    def _case(self, work: Work, case_id: str) -> Case:
        if not is_id(case_id):
            raise NotFound("case_unknown")
        return rights.case(work, case_id)

    def _held(self, work: Work, caller: Caller, words: Words, made: Case) -> tuple[tuple[HeldItem, ...], tuple[Reason, ...]]:
        """What is held about the person, for answering them: the case is what it rests on, so that a block does not stand in its way (4.1.1)."""
        purpose = self._office.gate.in_force(work).edition.form.purpose
        ask = Ask(
            Operation.USE,
            made.about,
            purpose,
            actor=ActorKind.STAFF,
            actor_id=caller.actor.id,
            occasion=Occasion.OWN_ACCESS,
            documents=(made.id,),
        )
        shown = use.show(work, self._office.gate, ask)
        if isinstance(shown, Refusal):
            return (), words.reasons(shown.verdict)
        return showing.held(words, shown.items), ()

    async def open_case(self, token: str, new: NewRequest, visit: Visit) -> str:
        """Enter a request that came on paper, by telephone, at the desk, from a partner or an authority; gives the case. Raises Invalid with every fault."""

        def act(work: Work, caller: Caller) -> str:
            kind, channel = _word(Kind, new.kind, "kind"), _word(Channel, new.channel, "channel")
            if channel.value not in _CHANNELS:
                raise Invalid([FieldError("channel", "choice")])
            received = _received(new.received_on, work.at)
            about = self._about(work, new.about)
            made = rights.open_case(
                work,
                self._office.rights,
                NewCase(
                    kind,
                    channel,
                    asker=about,
                    about=about if new.identity else "",
                    language=new.language if new.language in speech.LANGUAGES else "kk",
                    received_at=received,
                    text=new.text,
                    contact=new.contact,
                    level=Level.DESK if new.identity and about else Level.ASSERTED if about else Level.NONE,
                    wants=tuple(Wanted(_word(What, what, "wants"), id_, value) for what, id_, value in new.wants),
                    documents=self._filed(work, about, channel, new.document),
                    ordered_due=new.ordered_due,
                ),
            )
            if new.identity and about:
                identity.desk_check(work, self._office.gate, about, new.identity)
            return made.id

        return await self._as(token, act)

    def _about(self, work: Work, given: str) -> str:
        """The person whom a member names by id. Raises Invalid."""
        if not given:
            return ""
        if not is_id(given) or not subjects.alive(work, given):
            raise Invalid([FieldError("about", "subject_unknown")])
        return given

    def _filed(self, work: Work, about: str, channel: Channel, document: str) -> tuple[str, ...]:
        if not document or not about:
            return ()
        kind = _PAPERS.get(channel.value, DocumentKind.STATEMENT)
        return (requests.file_document(work, self._office.gate, about, kind, document),)

    async def identify(self, token: str, case_id: str, about: str, document: str, visit: Visit) -> None:
        """Who asks has shown an identity document at the desk. Raises Invalid, NotFound, Conflict."""

        def act(work: Work, caller: Caller) -> None:
            made = self._case(work, case_id)
            person = self._about(work, about)
            if not person:
                raise Invalid([FieldError("about", "missing", {}, ("8.3", "94-V art. 10(2)"))])
            check = identity.desk_check(work, self._office.gate, person, document)
            rights.identified(work, self._office.rights, made.id, person, Level.DESK, check)

        await self._as(token, act)

    async def decide(self, token: str, case_id: str, decisions: tuple[Decision, ...], visit: Visit) -> str:
        """Decide every open part; gives what is waited for. Papers that were typed are put on file first. Raises Invalid with every fault."""

        def act(work: Work, caller: Caller) -> str:
            made = self._case(work, case_id)
            chosen = [self._decision(work, made, one) for one in decisions]
            return rights.decide(work, self._office.rights, made.id, chosen).waiting_for

        return await self._as(token, act)

    def _decision(self, work: Work, made: Case, one: Decision) -> PartDecision:
        document = ""
        if one.document and made.about:
            document = requests.file_document(work, self._office.gate, made.about, DocumentKind.REPORT, one.document)
        return PartDecision(one.no, _word(Do, one.do, f"part{one.no}"), one.reason, one.cited, document)

    async def act(self, token: str, case_id: str, deed: str, given: str, visit: Visit) -> None:
        """One of the smaller acts on a case: its word, and what was typed or chosen for it. Raises Invalid, Conflict, NotFound, Denied."""
        deeds: dict[str, Callable[[Work, Caller, Case], object]] = {
            "confirm": lambda work, caller, made: rights.confirm(work, self._office.rights, made.id),
            "decline": lambda work, caller, made: rights.decline(work, self._office.rights, made.id),
            "answer": lambda work, caller, made: rights.answer(work, self._office.rights, made.id),
            "not_identified": lambda work, caller, made: rights.not_identified(work, self._office.rights, made.id),
            "want_documents": lambda work, caller, made: rights.want_documents(work, self._office.rights, made.id),
            "retract": lambda work, caller, made: rights.retract(work, self._office.rights, made.id),
            "reopen": lambda work, caller, made: rights.reopen(work, self._office.rights, made.id),
            "assign": lambda work, caller, made: rights.assign(work, self._office.rights, made.id, given),
            "take": lambda work, caller, made: rights.assign(work, self._office.rights, made.id, caller.actor.id),
            "duplicate": lambda work, caller, made: self._duplicate(work, made, given),
            "add_paper": lambda work, caller, made: self._paper(work, made, given),
            "release_hold": lambda work, caller, made: rights.release(work, self._office.rights, made.id),
        }
        if deed not in deeds:
            raise NotFound("order_unknown")
        await self._as(token, lambda work, caller: deeds[deed](work, caller, self._case(work, case_id)))

    def _duplicate(self, work: Work, made: Case, number: str) -> None:
        other = rights.by_number(work, number)
        if other is None:
            raise Invalid([FieldError("number", "case_unknown")])
        rights.duplicate(work, self._office.rights, made.id, other.id)

    def _paper(self, work: Work, made: Case, number: str) -> None:
        document = requests.file_document(work, self._office.gate, made.about or made.subject, DocumentKind.STATEMENT, number)
        rights.add_documents(work, self._office.rights, made.id, (document,))

    async def proof(self, token: str, case_id: str, no: int, document: str, visit: Visit) -> None:
        """A part that is done elsewhere has its proof."""

        def act(work: Work, caller: Caller) -> None:
            made = self._case(work, case_id)
            filed = requests.file_document(work, self._office.gate, made.about or made.subject, DocumentKind.REPORT, document)
            rights.carried_outside(work, self._office.rights, made.id, no, filed)

        await self._as(token, act)

    async def stage(self, token: str, case_id: str, to: str, document: str, visit: Visit) -> None:
        """A complaint goes on to another stage, on a paper."""

        def act(work: Work, caller: Caller) -> None:
            made = self._case(work, case_id)
            filed = requests.file_document(work, self._office.gate, made.about or made.subject, DocumentKind.REPORT, document)
            rights.stage(work, self._office.rights, made.id, _word(Stage, to, "stage"), filed)

        await self._as(token, act)

    async def deputy(self, token: str, member: str, since: date, until: date, visit: Visit) -> None:
        """Who stands in for the member who is signed in."""
        await self._as(token, lambda work, caller: rights.name_deputy(work, caller.actor.id, member, since, until))

    # --- what is around cases ------------------------------------------------------------------------------------------------------------------

    async def calendar(self, token: str, first: date, visit: Visit) -> CalendarView:
        """A month of working days, with how many cases are due on each."""

        def act(work: Work, caller: Caller) -> CalendarView:
            words, calendar = self._words(work, visit), self._office.calendar
            month = first.replace(day=1)
            after = (month + timedelta(days=32)).replace(day=1)
            before = (month - timedelta(days=1)).replace(day=1)
            until = after - timedelta(days=1)
            due: dict[str, int] = {}
            for one in rights.listing(work, Filter(day=until), limit=10_000):
                due[one.due] = due.get(one.due, 0) + 1
            weeks = tuple(
                tuple(self._day(words, calendar, day, due) if day.month == month.month else None for day in week)
                for week in Weeks().monthdatescalendar(month.year, month.month)
            )
            estimated = bool(calendar.cautions(max(month, calendar.first), min(until, calendar.last))) if _inside(calendar, month) else True
            return CalendarView(month, f"{before:%Y-%m}", f"{after:%Y-%m}", weeks, calendar.version[:12], estimated)

        return await self._as(token, act)

    @staticmethod
    def _day(words: Words, calendar: Calendar, day: date, due: dict[str, int]) -> MonthDay:
        if not _inside(calendar, day):
            return MonthDay(day, day.weekday() < 5, "", due.get(day.isoformat(), 0))
        reason = calendar.explain(day)
        plain = reason.kind.value in ("working", "weekend")
        return MonthDay(
            day, reason.working, "" if plain else day_words(words, reason), due.get(day.isoformat(), 0), "decreed" in reason.kind.value
        )

    async def letters(self, token: str, visit: Visit) -> tuple[LetterView, ...]:
        """Every kind of letter with the version of its wording."""

        def act(work: Work, caller: Caller) -> tuple[LetterView, ...]:
            return tuple(LetterView(name, letters.title(name, visit.language), tuple(speech.LANGUAGES)) for name in letters.templates())

        return await self._as(token, act)

    async def sample(self, token: str, template: str, language: str, visit: Visit) -> Download:
        """A letter of made-up content, to see how it looks."""

        def act(work: Work, caller: Caller) -> str:
            if template not in letters.templates() or language not in speech.LANGUAGES:
                raise NotFound("letter_unknown")
            return template

        name = await self._as(token, act)
        made = await asyncio.to_thread(letters.sample, name, language, self._office.settings.base_url)
        return Download(f"{name}-{language}.pdf", "application/pdf", made)

    async def statistics(self, token: str, since: date, until: date, visit: Visit) -> StatisticsView:
        """How terms were kept."""

        def act(work: Work, caller: Caller) -> StatisticsView:
            rows = tuple(
                KeptView(k.kind.value, k.received, k.ended, k.granted, k.partly, k.refused, k.terms_kept, k.terms_missed)
                for k in rights.statistics(work, since, until)
            )
            return StatisticsView(since, until, rows)

        return await self._as(token, act)

    async def journal(self, token: str, since: date, until: date, after: str, visit: Visit) -> JournalView:
        """The journal of correspondence, newest first."""

        def act(work: Work, caller: Caller) -> JournalView:
            begin, end = _midnight(since), _midnight(until + timedelta(days=1))
            found = correspondence.journal(work, begin, end, after=after if is_id(after) else "", limit=_PAGE)
            rows = tuple(entry_view(entry, _number(work, entry)) for entry in found)
            return JournalView(since, until, rows, found[-1].id if len(found) == _PAGE else "")

        return await self._as(token, act)

    async def letter(self, token: str, entry_id: str, visit: Visit) -> Download | RefusalView:
        """An issued letter as PDF, or what came in as text: a look on record."""

        def act(work: Work, caller: Caller) -> tuple[Entry, bytes | str] | Refusal:
            if not is_id(entry_id):
                raise NotFound("item_gone")
            entry = correspondence.one(work, entry_id)
            if entry.digest:
                body = correspondence.letter(work, self._office.gate, entry)
                return body if isinstance(body, Refusal) else (entry, body)
            content = correspondence.read(work, self._office.gate, entry)
            if isinstance(content, Refusal):
                return content
            return entry, "\n".join(f"{name}: {value}" for name, value in content.values.items())

        found = await self._as(token, act)
        if isinstance(found, Refusal):
            return await self._as(token, lambda work, caller: RefusalView(self._words(work, visit).reasons(found.verdict), found.decision))
        entry, said = found
        if isinstance(said, str):
            return Download(f"{entry.number}.txt", "text/plain; charset=utf-8", said.encode())
        body = letters.LetterBody.from_json(said)
        made = await asyncio.to_thread(self._office.stationery.pdf, body)
        return Download(f"{entry.number}.pdf", "application/pdf", made)

    async def delivery(self, token: str, entry_id: str, what: str, on: date, note: str, visit: Visit) -> None:
        """What became of a letter on paper: posted, delivered, returned. Raises Invalid, Conflict, NotFound."""

        def act(work: Work, caller: Caller) -> None:
            if not is_id(entry_id):
                raise NotFound("item_gone")
            entry, gate = correspondence.one(work, entry_id), self._office.gate
            if what == "posted":
                correspondence.posted(work, gate, entry, note, on)
            elif what == "delivered":
                correspondence.delivered(work, gate, entry, on, note=note)
            elif what == "returned":
                correspondence.returned(work, gate, entry, on, correspondence.Reason.OTHER, note=note)
            else:
                raise Conflict("order_unknown")

        await self._as(token, act)


W = TypeVar("W", Kind, Channel, What, Do, Stage)


def _word(words: type[W], given: str, field: str) -> W:
    try:
        return words(given)
    except ValueError:
        raise Invalid([FieldError(field, "choice" if given else "missing")]) from None


def _received(on: date | None, at: datetime) -> datetime | None:
    """The instant of receipt for a day that was typed: noon of that day, or now for today. Raises Invalid for a day to come."""
    if on is None or on == local_date(at):
        return None
    if on > local_date(at):
        raise Invalid([FieldError("received_on", "date_in_future", {}, ("4.1",))])
    return datetime.combine(on, time(12), _ZONE)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _ZONE)


def _inside(calendar: Calendar, day: date) -> bool:
    return calendar.first <= day <= calendar.last


def _number(work: Work, entry: Entry) -> str:
    return rights.case(work, entry.case).number if entry.case else ""
