"""What the desk's clocks and plans need by themselves: reminders, progress, and a changed calendar. Each case in its own unit of work, or all in one where a
decree moves them together (design 17, 18)."""

from sandyq.db import Work
from sandyq.law.calendar import Calendar, local_date
from sandyq.rights import clocks, records, reminding
from sandyq.rights.desk import Rights, case, keep
from sandyq.rights.facts import MovedClock


def to_remind(work: Work, limit: int = 200) -> list[str]:
    """Cases that somebody is to be reminded of today."""
    return records.to_remind(work, local_date(work.at), limit)


def remind(work: Work, r: Rights, case_id: str) -> int:
    """Remind whoever has one case, and say of a term that is over that it was missed; gives how many clocks. Nothing else changes by time alone."""
    made = clocks.settle(work, r.gate, case(work, case_id))
    after = clocks.remind(work, made)
    keep(work, after)
    reminded = [now for now, before in zip(after.clocks, made.clocks, strict=True) if now != before]
    reminding.tell(work, after, reminded, mails=r.mails)
    return len(reminded)


def would_move(work: Work, old: Calendar, new: Calendar) -> list[MovedClock]:
    """The running clocks that `recount` would move; nothing is changed."""
    return [moved for case_id in records.with_running(work) for moved in clocks.would_move(case(work, case_id), old, new)]


def recount(work: Work, r: Rights, old: Calendar, new: Calendar) -> list[MovedClock]:
    """Count the running clocks of every case on a changed calendar; each that ends on another day is an entry of the log. In the unit of work that enters
    the decree."""
    found: list[MovedClock] = []
    for case_id in records.with_running(work):
        made, moved = clocks.recount(work, r.gate, case(work, case_id), old, new)
        keep(work, made)
        found += moved
    return found
