"""Decrees that move days off, entered by the office over the calendar of the program (Labour Code art. 84-85; design 17)."""

from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.law.calendar import Calendar, Decree, kazakhstan
from sandyq.law.policy import canonical_digest
from sandyq.policy import records


def add(work: Work, decree: Decree) -> Calendar:
    """Enter a decree; gives the calendar that holds from now on. Raises Invalid without a citation or for a day outside the table.

    The clocks that run are counted again by the desk in the same unit of work (`requests.recount`).
    """
    changed = current(work).with_decrees([decree])
    decree_id = work.new_id()
    records.add_decree(work, decree_id, decree)
    body = {"date": decree.date.isoformat(), "kind": decree.kind.value, "citation": decree.citation}
    record(
        work, Leaf(Act.CALENDAR_CHANGED, clause="4.1", article="Labour Code art. 85", object=decree_id, body_digest=canonical_digest(body))
    )
    return changed


def current(work: Work) -> Calendar:
    """The calendar of the program with every decree of the office over it, in the order of their entry."""
    calendar = kazakhstan()
    for decree in records.decrees(work):
        calendar = calendar.with_decrees([decree])
    return calendar


def entered(work: Work) -> list[Decree]:
    """The office's own decrees, in the order of their entry."""
    return records.decrees(work)
