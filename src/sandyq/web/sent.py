"""A form that was sent: answered by going on, or by itself once more with every fault said and nothing done (design 22)."""

import re
from collections.abc import Awaitable, Callable
from types import MappingProxyType
from typing import Final, TypeVar

from sandyq import speech
from sandyq.errors import Conflict, Denied, FieldError, Invalid, NotFound, SandyqError
from sandyq.web.faults import sentence, status_of
from sandyq.web.site import Page, Site, Visitor

T = TypeVar("T")
DOORS: Final = frozenset({"session_ended", "second_factor_wanted"})
"""What the door itself answers, by a sign-in."""
Again = Callable[[list[str], int], Awaitable[Page]]


_LABELS: Final = MappingProxyType(
    {
        "about": "desk.about",
        "addressee": "case.address",
        "came_on": "desk.received",
        "channel": "desk.channel",
        "citation": "decrees.citation",
        "cited": "case.cited",
        "contact": "desk.contact",
        "decision": "asserted.decide",
        "deputy": "desk.deputy.who",
        "day_off": "decrees.day_off",
        "document": "console.document",
        "document_kind": "desk.identity",
        "documents": "desk.paper",
        "file": "journal.scan",
        "grounds": "hr.grounds",
        "identity": "desk.identity",
        "iin": "search.iin",
        "kind": "desk.kind",
        "language": "desk.language",
        "member": "desk.deputy.who",
        "note": "journal.waybill",
        "number": "desk.number",
        "on": "journal.on",
        "ordered_due": "desk.ordered_due",
        "paper": "desk.paper.kind",
        "part": "case.decision",
        "purpose": "console.purpose",
        "received_at": "desk.received",
        "received_on": "desk.received",
        "role": "hr.role",
        "since": "statistics.since",
        "stage": "case.stage.next",
        "started": "hr.started",
        "text": "desk.text",
        "until": "statistics.until",
        "wants": "desk.wants",
        "working_day": "decrees.working_day",
    }
)
"""What the console calls a field: an error stands on top of the form, and its sentence alone does not say where it belongs."""
_NUMBERED: Final = re.compile(r"^(?P<name>[a-z_]+?)(\[(?P<place>\d+)\].*|(?P<no>\d+))?$")


def said(language: str, error: SandyqError) -> list[str]:
    """Every fault of an error as a sentence, each once, with the label of its field where the console has one."""
    if not isinstance(error, Invalid):
        return [sentence(language, error)]
    return list(dict.fromkeys(_labelled(language, e) for e in error.errors))


def _labelled(language: str, fault: FieldError) -> str:
    sentence, found = speech.of_field(language, fault), _NUMBERED.match(fault.field)
    if own := fault.params.get("label"):
        return f"{own}: {sentence}"
    key = _LABELS.get(found["name"], "") if found else ""
    if not (key and found):
        return sentence
    number = found["no"] or (str(int(found["place"]) + 1) if found["place"] else "")
    return f"{speech.say(language, key)}{' ' + number if number else ''}: {sentence}"


async def shown(visitor: Visitor, page: Awaitable[Page], again: Again) -> Page:
    """The page that a form asks for; what does not fit shows the form `again`. Raises Denied only for what the door answers."""
    try:
        return await page
    except (Invalid, Conflict, NotFound, Denied) as error:
        if error.code in DOORS:
            raise
        return await again(said(visitor.language, error), status_of(error))


async def answered(site: Site, visitor: Visitor, doing: Awaitable[T], back: str | Callable[[T], str], again: Again) -> Page:
    """Do what a form asks, then go `back` (303; a path, or made of what was done). What does not fit shows the form `again`, given each fault as a
    sentence and the status (400, 403, 404, 409). Raises Denied only for what the door answers."""

    async def gone() -> Page:
        done = await doing
        return site.go(visitor, back if isinstance(back, str) else back(done))

    return await shown(visitor, gone(), again)
