"""Decrees that move days of rest, entered in the console by who has the power of the policy: what they change is shown before (Labour Code art. 85, 4.1)."""

import asyncio
from typing import Final

from sandyq import staff
from sandyq.app import decreed, once
from sandyq.app.decreed import MovedTerm
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid
from sandyq.law.calendar import Calendar, Decree, DecreeKind, local_date
from sandyq.policy import decrees
from sandyq.staff import Caller, Power
from sandyq.web.adapters import members
from sandyq.web.adapters.casework import day_words
from sandyq.web.adapters.journal import JournalDesk
from sandyq.web.adapters.words import Words
from sandyq.web.views import Visit
from sandyq.web.views_desk import ChangedDay, DecreesView, EnteredDecree, Foreseen, MovedTermView, NewDecree

_FEW: Final = 100
"""How many terms that move are shown."""
_COUNTED: Final[once.Keeping[int]] = once.Keeping(str, lambda work, kept: int(kept))


class DecreeDesk(JournalDesk):
    """The part of the port that changes the calendar."""

    async def decrees(self, token: str, visit: Visit) -> DecreesView:
        """What the office entered, newest first."""
        return await members.act(self._office, token, Power.POLICY, lambda work, caller: _view(work))

    async def foresee(self, token: str, asked: NewDecree, visit: Visit) -> Foreseen:
        """What a decree would change; nothing is. Raises Invalid with every fault."""

        def act(work: Work, caller: Caller) -> Foreseen:
            given, words, today = _decrees(asked), self._words(work, visit), local_date(work.at)
            old = decrees.current(work)
            new, moved = decreed.foresee(work, self._office, given)
            days = tuple(_changed(words, decree, old, new) for decree in given)
            shown = tuple(
                MovedTermView(m.id if m.number else "", m.number, _what(words, m), m.before, m.after, m.after < today) for m in moved[:_FEW]
            )
            return Foreseen(_view(work), days, shown, len(moved), sum(m.after < today for m in moved))

        return await members.act(self._office, token, Power.POLICY, act)

    async def decree(self, token: str, asked: NewDecree, visit: Visit) -> int:
        """Enter it, and count the running terms again; gives how many end on another day. Raises Invalid with every fault."""

        def act(work: Work, caller: Caller) -> int:
            return len(decreed.enter(work, self._office, _decrees(asked))[1])

        moved = await members.act_once(self._office, token, Power.POLICY, visit, act, _COUNTED)
        await asyncio.to_thread(self._office.reload_calendar)
        return moved


def _decrees(asked: NewDecree) -> tuple[Decree, ...]:
    given = ((asked.day_off, DecreeKind.DAY_OFF), (asked.working_day, DecreeKind.WORKING_DAY))
    made = tuple(Decree(day, kind, asked.citation.strip()) for day, kind in given if day)
    faults = []
    if not made:
        faults.append(FieldError("day_off", "decree_without_day"))
    if not asked.citation.strip():
        faults.append(FieldError("citation", "decree_without_citation", {}, ("Labour Code art. 85",)))
    if faults:
        raise Invalid(faults)
    return made


def _view(work: Work) -> DecreesView:
    names = {member.id: member.login for member in staff.members(work)}
    rows, later = [], set()
    for entry in reversed(decrees.entered(work)):
        made = entry.decree
        rows.append(EnteredDecree(made.date, made.kind.value, made.citation, entry.at, names.get(entry.by, ""), made.date not in later))
        later.add(made.date)
    return DecreesView(tuple(rows), decrees.current(work).version[:12], local_date(work.at))


def _changed(words: Words, decree: Decree, old: Calendar, new: Calendar) -> ChangedDay:
    before, after = old.explain(decree.date), new.explain(decree.date)
    same = before.working is after.working
    return ChangedDay(decree.date, decree.date.isoweekday(), day_words(words, before), day_words(words, after), same)


def _what(words: Words, moved: MovedTerm) -> str:
    if moved.number:
        return words.coded("duty", moved.kind)
    return words.coded("order", moved.kind.removeprefix("propose_").removeprefix("confirm_"))
