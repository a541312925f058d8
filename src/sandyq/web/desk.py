"""The rights desk in the console: today, lists of requests, the calendar, letters, the journal, statistics. One request is in `desk_case.py`."""

from datetime import date, timedelta

from litestar import get, post
from litestar.params import FromPath

from sandyq.errors import FieldError, Invalid, SandyqError
from sandyq.rights import Kind, State
from sandyq.web.console import COOKIE, acted, console_page, sign_in_page
from sandyq.web.desk_case import AT, day_of
from sandyq.web.desk_parts import shown, who
from sandyq.web.sent import Again
from sandyq.web.site import Page, Site, Visitor, WebRequest
from sandyq.web.views_desk import ListView

FEW = 25
"""How many lines of a group the page of the day shows; what is overdue is shown whole."""
_KINDS = tuple(kind.value for kind in Kind)
_STATES = tuple(state.value for state in State)

# --- lists -----------------------------------------------------------------------------------------------------------------------------------


@get(f"{AT}/desk")
async def today(request: WebRequest, language: FromPath[str]) -> Page:
    """The day's work, everybody's or one's own."""
    site, visitor = who(request, language)
    mine = request.query_params.get("mine") == "yes"
    return await shown(
        site, visitor, "console/desk_today.html", site.office.desk.today(visitor.token(COOKIE), mine, visitor.visit), "today", few=FEW
    )


@get(f"{AT}/cases")
async def cases(request: WebRequest, language: FromPath[str]) -> Page:
    """Cases by their last day, with choices of kind and state."""
    site, visitor = who(request, language)
    asked = request.query_params
    wanted = ListView(
        (),
        str(asked.get("kind", "")),
        str(asked.get("state", "")),
        asked.get("all") != "yes",
        asked.get("mine") == "yes",
        "",
        str(asked.get("about", ""))[:26],
        _day(str(asked.get("until", ""))),
        str(asked.get("mine", ""))[:26],
    )
    found = site.office.desk.cases(visitor.token(COOKIE), wanted, str(asked.get("after", ""))[:40], visitor.visit)
    return await shown(site, visitor, "console/desk_cases.html", found, "found", kinds=_KINDS, states=_STATES)


@post(f"{AT}/cases/find", status_code=200)
async def find(request: WebRequest, language: FromPath[str]) -> Page:
    """A case by its number."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    finding = site.office.desk.find(visitor.token(COOKIE), body.text("number")[:40], visitor.visit)
    return await acted(site, visitor, finding, lambda case: f"/console/case/{case}", fault(site, visitor, "/console/cases"))


# --- around cases ----------------------------------------------------------------------------------------------------------------------------


@get(f"{AT}/calendar")
async def calendar(request: WebRequest, language: FromPath[str]) -> Page:
    """A month of the working calendar."""
    site, visitor = who(request, language)
    asked = str(request.query_params.get("month", ""))
    first = _month(asked) if asked else today_of(site)
    return await shown(
        site, visitor, "console/desk_calendar.html", site.office.desk.calendar(visitor.token(COOKIE), first, visitor.visit), "month"
    )


@get(f"{AT}/letters")
async def letters(request: WebRequest, language: FromPath[str]) -> Page:
    """Every kind of letter with its version."""
    site, visitor = who(request, language)
    return await shown(
        site, visitor, "console/desk_letters.html", site.office.desk.letters(visitor.token(COOKIE), visitor.visit), "letters"
    )


@get(f"{AT}/letters/{{template:str}}/{{words:str}}")
async def sample(request: WebRequest, language: FromPath[str], template: FromPath[str], words: FromPath[str]) -> Page:
    """A letter of made-up content."""
    site, visitor = who(request, language)
    if not visitor.token(COOKIE):
        return await sign_in_page(site, visitor)
    return site.download(await site.office.desk.sample(visitor.token(COOKIE), template[:40], words[:2], visitor.visit))


@get(f"{AT}/statistics")
async def statistics(request: WebRequest, language: FromPath[str]) -> Page:
    """How terms were kept over some days; the last thirty unless others are asked for."""
    site, visitor = who(request, language)
    since, until = span(site, request)
    found = site.office.desk.statistics(visitor.token(COOKIE), since, until, visitor.visit)
    return await shown(site, visitor, "console/desk_statistics.html", found, "kept")


@post(f"{AT}/deputy", status_code=200)
async def deputy(request: WebRequest, language: FromPath[str]) -> Page:
    """Name who stands in for oneself, or for a colleague who is away."""
    site, visitor = who(request, language)
    body = await site.form(visitor)

    async def doing() -> None:
        since, until = day_of(body.text("since"), "since"), day_of(body.text("until"), "until")
        if since is None or until is None:
            raise Invalid([FieldError("since", "missing")])
        away, member = body.text("away")[:26], body.text("member")[:26]
        await site.office.desk.deputy(visitor.token(COOKIE), away, member, since, until, visitor.visit)

    return await acted(site, visitor, doing(), "/console/desk", fault(site, visitor, "/console/desk"))


# --- what they share -------------------------------------------------------------------------------------------------------------------------


def fault(site: Site, visitor: Visitor, back: str) -> Again:
    """A page that says what did not fit, and leads back."""

    async def again(said: list[str], status: int) -> Page:
        return await console_page(site, visitor, "console/desk_fault.html", status=status, said=said, back=back)

    return again


def _day(text: str) -> date | None:
    try:
        return day_of(text, "until")
    except Invalid:
        raise SandyqError("bad_form") from None


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        raise SandyqError("bad_form") from None


def today_of(site: Site) -> date:
    """The day it is in Kazakhstan, by the office's clock."""
    return site.office.desk.day()


def span(site: Site, request: WebRequest) -> tuple[date, date]:
    """The days that a page asks for; the last thirty without any."""
    try:
        until = day_of(str(request.query_params.get("until", "")), "until") or today_of(site)
        since = day_of(str(request.query_params.get("since", "")), "since") or until - timedelta(days=30)
    except Invalid:
        raise SandyqError("bad_form") from None
    return since, until


routes = [today, cases, find, calendar, letters, sample, statistics, deputy]
