"""Decrees that move days off, entered by the office over the calendar of the program (Labour Code art. 84-85; design 17)."""

from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.law.calendar import Calendar, Decree, kazakhstan
from sandyq.law.policy import canonical_digest
from sandyq.policy import records
from sandyq.policy.facts import Entered


def add(work: Work, *given: Decree) -> Calendar:
    """Enter what a decree says of one or more days; gives the calendar that holds from now on. Raises Invalid with every fault: no citation, a day outside the
    table, two kinds for one day.

    The clocks that run are counted again by the desk in the same unit of work (`requests.recount`).
    """
    changed = current(work).with_decrees(given)
    for decree in given:
        decree_id = work.new_id()
        records.add_decree(work, decree_id, decree)
        body = {"date": decree.date.isoformat(), "kind": decree.kind.value, "citation": decree.citation}
        digest = canonical_digest(body)
        record(work, Leaf(Act.CALENDAR_CHANGED, clause="4.1", article="Labour Code art. 85", object=decree_id, body_digest=digest))
    return changed


def current(work: Work) -> Calendar:
    """The calendar of the program with every decree of the office over it, in the order of their entry."""
    calendar = kazakhstan()
    for entry in records.decrees(work):
        calendar = calendar.with_decrees([entry.decree])
    return calendar


def entered(work: Work) -> list[Entered]:
    """The office's own decrees, in the order of their entry; a later one took the place of an earlier one on the same day."""
    return records.decrees(work)
