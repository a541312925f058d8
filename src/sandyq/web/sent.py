"""A form that was sent: answered by going on, or by itself once more with every fault said and nothing done (design 22)."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from sandyq import speech
from sandyq.errors import Conflict, Denied, Invalid, NotFound, SandyqError
from sandyq.web.faults import status_of
from sandyq.web.site import Page, Site, Visitor

T = TypeVar("T")
DOORS: Final = frozenset({"session_ended", "second_factor_wanted"})
"""What the door itself answers, by a sign-in."""
Again = Callable[[list[str], int], Awaitable[Page]]


def said(language: str, error: SandyqError) -> list[str]:
    """Every fault of an error as a sentence."""
    return [speech.of_field(language, e) for e in error.errors] if isinstance(error, Invalid) else [speech.of_error(language, error)]


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
