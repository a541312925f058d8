"""The rights desk's pages around one case: lists, the day's work, calendar, letters, journal, statistics (policy part 4, 8.2, 8.3; the Law art. 25(3)(3))."""

import asyncio
from calendar import Calendar as Weeks
from datetime import date, timedelta
from typing import Final

from sandyq import block, collect, correspondence, distribute, letters, rights, speech, staff
from sandyq.db import Work
from sandyq.errors import NotFound
from sandyq.ids import is_id
from sandyq.law.calendar import Calendar, local_date
from sandyq.law.vocabulary import StandingAct
from sandyq.rights import Filter, Kind, State
from sandyq.staff import Caller, Power
from sandyq.web.adapters.casework import day_words, line
from sandyq.web.adapters.decrees import DecreeDesk
from sandyq.web.adapters.members import able, granted
from sandyq.web.adapters.words import Words
from sandyq.web.views import Download, Visit
from sandyq.web.views_desk import (
    CalendarView,
    Elsewhere,
    KeptView,
    LetterView,
    ListView,
    MonthDay,
    StatisticsView,
    TodayView,
)

_PAGE: Final = 50
_MANY: Final = 200


class RightsDesk(DecreeDesk):
    """The port of the rights desk."""

    def day(self) -> date:
        """The day it is in Kazakhstan by the office's clock."""
        return local_date(self._office.clock.now())

    # --- lists -----------------------------------------------------------------------------------------------------------------------------

    async def today(self, token: str, mine: bool, visit: Visit) -> TodayView:
        """The day's work, what is overdue first."""

        def act(work: Work, caller: Caller) -> TodayView:
            words, day = self._words(work, visit), local_date(work.at)
            found = rights.today(work, caller.actor.id if mine else "", reader=caller.actor.id)
            names = {member.id: member.login for member in staff.members(work)}
            groups = (
                ("overdue", found.overdue),
                ("due_today", found.due_today),
                ("failed", found.failed),
                ("waiting_second", found.waiting_second),
                ("undelivered", found.undelivered),
                ("soon", found.soon),
            )
            shown = tuple(
                (name, tuple(line(words, names, due.case, due.next_action, day, tuple(map(words.recipient, due.silent))) for due in dues))
                for name, dues in groups
            )
            colleagues = _others(work, caller)
            told = tuple((one.case, one.number, one.word, one.due) for one in found.reminders)
            away = tuple((names.get(who, ""), names.get(deputy, ""), since, until) for who, deputy, since, until in rights.absences(work))
            return TodayView(day, mine, shown, self._elsewhere(work, caller, day), colleagues, told, away, caller.actor.id)

        return await self._as(token, act)

    def _elsewhere(self, work: Work, caller: Caller, day: date) -> tuple[Elsewhere, ...]:
        """What waits on other pages, so that one page a day is enough to know of it."""
        counts = [("open", rights.open_count(work), "/console/cases")]
        if caller.may(Power.JOURNAL):
            counts.append(("undelivered", len(correspondence.waiting(work, _MANY)), "/console/journal?waiting=yes"))
        if caller.may(Power.ORDERS):
            states = {*block.overdue(work, day, _MANY), *((p.subject, p.state) for p in block.waiting_for_second(work, _MANY))}
            if granted(caller, StandingAct.MERGE):
                counts.append(("asserted", len(collect.undecided(work, self._office.gate, _MANY)), "/console/asserted"))
            counts.append(("standing", len(states), "/console/standing"))
        if caller.may(Power.TRANSFERS):
            counts.append(("unconfirmed", len(distribute.unconfirmed(work, _MANY)), "/console/unconfirmed"))
        return tuple(Elsewhere(what, count, path, what != "open" and count == _MANY) for what, count, path in counts if count)

    async def cases(self, token: str, wanted: ListView, after: str, visit: Visit) -> ListView:
        """A page of cases by their nearest last day."""

        def act(work: Work, caller: Caller) -> ListView:
            words, day = self._words(work, visit), local_date(work.at)
            names = {member.id: member.login for member in staff.members(work)}
            due, _, id_ = after.partition("_")
            member = caller.actor.id if wanted.mine else wanted.member if is_id(wanted.member) else ""
            kind = wanted.kind if wanted.kind in set(Kind) else ""
            state = wanted.state if wanted.state in set(State) else ""
            asked = Filter(
                open_only=wanted.open_only and not state,
                kind=kind,
                state=state,
                member=member,
                about=wanted.about if is_id(wanted.about) else "",
                day=wanted.until,
            )
            found = rights.listing(work, asked, (due, id_) if is_id(id_) else ("", ""), _PAGE)
            more = f"{found[-1].due}_{found[-1].id}" if len(found) == _PAGE else ""
            lines = tuple(line(words, names, one, rights.next_action(one), day) for one in found)
            return ListView(
                lines, kind, state, wanted.open_only, wanted.mine, more, wanted.about, wanted.until, member, _others(work, caller)
            )

        return await self._as(token, act)

    async def find(self, token: str, number: str, visit: Visit) -> str:
        """The id of a case by its number. Raises NotFound."""

        def act(work: Work, caller: Caller) -> str:
            made = rights.by_number(work, number)
            if made is None:
                raise NotFound("case_unknown")
            return made.id

        return await self._as(token, act)

    async def deputy(self, token: str, away: str, member: str, since: date, until: date, visit: Visit) -> None:
        """Who stands in for the member who is signed in, or for a colleague who is away already."""
        await self._once(token, visit, lambda work, caller: rights.name_deputy(work, away or caller.actor.id, member, since, until))

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
            return CalendarView(month, f"{before:%Y-%m}", f"{after:%Y-%m}", weeks, calendar.version[:12], estimated, local_date(work.at))

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


def _others(work: Work, caller: Caller) -> tuple[tuple[str, str], ...]:
    """Colleagues who may work on requests, as (id, login)."""
    return tuple(pair for pair in able(work, Power.REQUESTS) if pair[0] != caller.actor.id)


def _inside(calendar: Calendar, day: date) -> bool:
    return calendar.first <= day <= calendar.last
