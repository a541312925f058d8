"""A decree that moves days of rest, entered into the office: the calendar, and every running term that ends on another day by it (Labour Code art. 85, 4.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandyq import requests, rights
from sandyq.app.office import Office
from sandyq.db import Work
from sandyq.law.calendar import Calendar, Decree
from sandyq.policy import decrees


@dataclass(frozen=True, slots=True)
class MovedTerm:
    """A running term that ends on another day. `kind` is the duty of a request, or the kind of an order, which has no number."""

    id: str
    kind: str
    before: date
    after: date
    number: str = ""
    subject: str = ""


def enter(work: Work, office: Office, given: Sequence[Decree]) -> tuple[Calendar, list[MovedTerm]]:
    """Enter what one decree says of one or more days, and count the running terms again, once. Each day and each term that moves is an entry of the log.

    Gives the calendar that holds from now on and the terms. Raises Invalid with every fault. The process takes the calendar up after the commit
    (`Office.reload_calendar`).
    """
    old = decrees.current(work)
    new = decrees.add(work, *given)
    orders = requests.recount(work, office.gate, old, new)
    return new, [*map(_order, orders), *map(_case, rights.recount(work, office.rights, old, new))]


def foresee(work: Work, office: Office, given: Sequence[Decree]) -> tuple[Calendar, list[MovedTerm]]:
    """What `enter` would give; nothing is changed and nothing is logged. Raises Invalid with every fault."""
    old = decrees.current(work)
    new = old.with_decrees(given)
    orders = requests.would_move(work, office.gate, old, new)
    return new, [*map(_order, orders), *map(_case, rights.would_move(work, old, new))]


def _order(made: requests.MovedClock) -> MovedTerm:
    request, moved = made.request, made.moved
    return MovedTerm(request.id, request.kind.value, moved.before, moved.after, subject=request.subject)


def _case(made: rights.MovedClock) -> MovedTerm:
    return MovedTerm(made.case, made.duty, made.before, made.after, made.number)
