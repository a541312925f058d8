"""Decrees that move days of rest, under the calendar: what one would change is shown before it is entered."""

from litestar import get, post
from litestar.params import FromPath

from sandyq.http.body import Form
from sandyq.web.console import COOKIE, acted, acted_page, console_page
from sandyq.web.desk_case import AT, day_of
from sandyq.web.desk_parts import shown, who
from sandyq.web.sent import Again
from sandyq.web.site import Page, Site, Visitor, WebRequest
from sandyq.web.views_desk import NewDecree

_AT = f"{AT}/calendar/decrees"
_TEMPLATE = "console/desk_decrees.html"
_FIELDS = ("citation", "day_off", "working_day")


@get(_AT)
async def decrees(request: WebRequest, language: FromPath[str]) -> Page:
    """What the office entered, and the form for one more. `?moved=` is how many terms the last one moved."""
    site, visitor = who(request, language)
    moved = str(request.query_params.get("moved", ""))
    return await _form(site, visitor, {}, moved=int(moved[:6]) if moved.isascii() and moved.isdigit() else None)


@post(f"{_AT}/foresee", status_code=200)
async def foresee(request: WebRequest, language: FromPath[str]) -> Page:
    """What it would change; nothing is changed yet."""
    site, visitor = who(request, language)
    body = await site.form(visitor)

    async def doing() -> Page:
        found = await site.office.desk.foresee(visitor.token(COOKIE), _asked(body), visitor.visit)
        typed = _typed(body)
        return await console_page(site, visitor, _TEMPLATE, entered=found.entered, typed=typed, said=[], foreseen=found, moved=None)

    return await acted_page(site, visitor, doing(), _again(site, visitor, body))


@post(_AT, status_code=200)
async def enter(request: WebRequest, language: FromPath[str]) -> Page:
    """Enter it; running terms are counted again at once."""
    site, visitor = who(request, language)
    body = await site.form(visitor)

    async def doing() -> int:
        return await site.office.desk.decree(visitor.token(COOKIE), _asked(body), visitor.visit)

    return await acted(site, visitor, doing(), lambda moved: f"/console/calendar/decrees?moved={moved}", _again(site, visitor, body))


def _asked(body: Form) -> NewDecree:
    return NewDecree(body.text("citation")[:300], day_of(body.text("day_off"), "day_off"), day_of(body.text("working_day"), "working_day"))


def _typed(body: Form) -> dict[str, str]:
    return {name: body.text(name)[:300] for name in _FIELDS}


def _again(site: Site, visitor: Visitor, body: Form) -> Again:
    async def again(said: list[str], status: int) -> Page:
        return await _form(site, visitor, _typed(body), said=said, status=status)

    return again


async def _form(
    site: Site, visitor: Visitor, typed: dict[str, str], *, said: list[str] | None = None, status: int = 200, moved: int | None = None
) -> Page:
    entered = site.office.desk.decrees(visitor.token(COOKIE), visitor.visit)
    more = {"typed": {**dict.fromkeys(_FIELDS, ""), **typed}, "said": said or [], "foreseen": None, "moved": moved}
    return await shown(site, visitor, _TEMPLATE, entered, "entered", status=status, **more)


routes = [decrees, foresee, enter]
