"""The rights desk in the console: today, cases, one case, the calendar, letters, the journal, statistics.

Reading what a person wrote is a POST, like opening a person: each look is an act on record, and nothing of it stays in a history.
"""

from collections.abc import Awaitable
from datetime import date, timedelta
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from sandyq import speech
from sandyq.errors import Conflict, Denied, FieldError, Invalid, NotFound, SandyqError
from sandyq.http.body import Form
from sandyq.identity.facts import DocumentSeen
from sandyq.rights import Kind, State
from sandyq.web.console import COOKIE, console_page, faults_said, sign_in_page
from sandyq.web.site import Page, Site, Visitor, WebRequest, site_of
from sandyq.web.views import RefusalView
from sandyq.web.views_desk import Decision, ListView, NewRequest

_AT = "/{language:str}/console"
_CASE = f"{_AT}/case/{{case:str}}"
_KINDS = tuple(kind.value for kind in Kind)
_STATES = tuple(state.value for state in State)
_CHANNELS = ("paper", "phone", "desk", "mail", "partner", "authority")
_WANTS = {
    "access": ("all",),
    "rectify": ("field",),
    "block": ("all", "item", "recipient"),
    "unblock": ("all", "state"),
    "destroy": ("all", "item"),
    "withdraw": ("all", "grant", "channel"),
    "public-sources": ("publication", "place"),
    "complaint": ("claim", "item"),
    "automated-objection": ("all", "decision"),
    "authority-order": ("order",),
    "not-me": ("submission", "all"),
}
"""What the desk may enter of each kind; the person's own pages offer more by choice."""
_TYPED = (
    "channel",
    "received_on",
    "request_language",
    "document",
    "ordered_due",
    "identity",
    "contact",
    "what",
    "want_id",
    "want_value",
    "text",
)
DOCUMENTS = tuple(kind.value for kind in DocumentSeen)
_FAULTS = (Invalid, Conflict, NotFound)
_MOST = 4000


# --- lists -----------------------------------------------------------------------------------------------------------------------------------


@get(f"{_AT}/desk")
async def today(request: WebRequest, language: FromPath[str]) -> Page:
    """The day's work, everybody's or one's own."""
    site, visitor = _who(request, language)
    mine = request.query_params.get("mine") == "yes"
    return await _shown(
        site, visitor, "console/desk_today.html", site.office.desk.today(visitor.token(COOKIE), mine, visitor.visit), "today"
    )


@get(f"{_AT}/cases")
async def cases(request: WebRequest, language: FromPath[str]) -> Page:
    """Cases by their last day, with choices of kind and state."""
    site, visitor = _who(request, language)
    asked = request.query_params
    wanted = ListView(
        (),
        str(asked.get("kind", "")),
        str(asked.get("state", "")),
        asked.get("all") != "yes",
        asked.get("mine") == "yes",
        "",
        str(asked.get("about", ""))[:26],
    )
    found = site.office.desk.cases(visitor.token(COOKIE), wanted, str(asked.get("after", ""))[:40], visitor.visit)
    return await _shown(site, visitor, "console/desk_cases.html", found, "found", kinds=_KINDS, states=_STATES)


@post(f"{_AT}/cases/find", status_code=200)
async def find(request: WebRequest, language: FromPath[str]) -> Page:
    """A case by its number."""
    site, visitor = _who(request, language)
    body = await site.form(visitor)
    try:
        case = await site.office.desk.find(visitor.token(COOKIE), body.text("number")[:40], visitor.visit)
    except NotFound as error:
        return await _done(site, visitor, "/console/cases", said=[speech.of_error(language, error)])
    return site.go(visitor, f"/console/case/{case}")


@get(f"{_AT}/cases/new")
async def new(request: WebRequest, language: FromPath[str]) -> Page:
    """Enter a request that did not come through the portal or by e-mail."""
    site, visitor = _who(request, language)
    kind = str(request.query_params.get("kind", ""))
    return await _new(site, visitor, kind if kind in _KINDS else "", {}, [])


@post(f"{_AT}/cases/new", status_code=200)
async def enter(request: WebRequest, language: FromPath[str]) -> Page:
    """Put it on file; every fault comes at once and nothing that was typed is lost."""
    site, visitor = _who(request, language)
    body = await site.form(visitor)
    try:
        case = await site.office.desk.open_case(visitor.token(COOKIE), _request(body), visitor.visit)
    except _FAULTS as error:
        return await _new(site, visitor, body.text("kind"), dict(body.values), faults_said(language, error), status=400)
    return site.go(visitor, f"/console/case/{case}")


async def _new(site: Site, visitor: Visitor, kind: str, typed: dict[str, str], said: list[str], *, status: int = 200) -> Page:
    about = typed.get("about", "") or str(visitor.request.query_params.get("about", ""))[:26]
    shown = {
        "kind": kind,
        "kinds": _KINDS,
        "channels": _CHANNELS,
        "wants": _WANTS.get(kind, ()),
        "documents": DOCUMENTS,
        "typed": {**dict.fromkeys(_TYPED, ""), **typed, "about": about},
        "said": said,
    }
    return await console_page(site, visitor, "console/desk_new.html", status=status, **shown)


def _request(body: Form) -> NewRequest:
    """What was filled in. A day that cannot be read is a fault of its own."""
    what = body.text("what")
    wants = ((what, body.text("want_id")[:60], body.text("want_value")[:_MOST]),) if what else ()
    return NewRequest(
        body.text("kind"),
        body.text("channel"),
        body.text("request_language"),
        body.text("about")[:26],
        _day(body.text("received_on"), "received_on"),
        body.text("text")[:_MOST],
        body.text("contact")[:200],
        body.text("document")[:200],
        wants,
        _day(body.text("ordered_due"), "ordered_due"),
        body.text("identity"),
    )


# --- one case --------------------------------------------------------------------------------------------------------------------------------


@get(_CASE)
async def case(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """One case: its clocks, its parts with what the law finds, its history. What the person wrote is opened by a press of a button."""
    site, visitor = _who(request, language)
    return await _case(site, visitor, case)


@post(f"{_CASE}/read", status_code=200)
async def read(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """The same with what the person wrote and what is held about them."""
    site, visitor = _who(request, language)
    await site.form(visitor)
    return await _case(site, visitor, case, opened=True)


async def _case(
    site: Site, visitor: Visitor, case_id: str, *, opened: bool = False, said: list[str] | None = None, status: int = 200
) -> Page:
    found = site.office.desk.case(visitor.token(COOKIE), case_id, visitor.visit, read=opened)
    shown = {"opened": opened, "said": said or [], "documents": DOCUMENTS}
    return await _shown(site, visitor, "console/desk_case.html", found, "case", status=status, **shown)


@post(f"{_CASE}/identify", status_code=200)
async def identify(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """Somebody showed an identity document."""
    site, visitor = _who(request, language)
    body = await site.form(visitor)
    about, document = body.text("about")[:26], body.text("document_kind")
    return await _acted(site, visitor, case, site.office.desk.identify(visitor.token(COOKIE), case, about, document, visitor.visit))


@post(f"{_CASE}/decide", status_code=200)
async def decide(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """The decision on every open part."""
    site, visitor = _who(request, language)
    body = await site.form(visitor)
    chosen = tuple(_decision(body, name) for name in body.values if name.startswith("part") and name[4:].isdigit())
    return await _acted(site, visitor, case, site.office.desk.decide(visitor.token(COOKIE), case, chosen, visitor.visit))


def _decision(body: Form, name: str) -> Decision:
    do, _, reason = body.text(name).partition(":")
    return Decision(int(name[4:]), do, reason, body.text(f"{name}-cited")[:26], body.text(f"{name}-document")[:200])


@post(f"{_CASE}/proof", status_code=200)
async def proof(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """The proof of what was done elsewhere."""
    site, visitor = _who(request, language)
    body = await site.form(visitor)
    no = int(body.text("no")) if body.text("no").isdigit() else 0
    return await _acted(
        site, visitor, case, site.office.desk.proof(visitor.token(COOKIE), case, no, body.text("document")[:200], visitor.visit)
    )


@post(f"{_CASE}/stage", status_code=200)
async def stage(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """A complaint goes on."""
    site, visitor = _who(request, language)
    body = await site.form(visitor)
    to, document = body.text("stage"), body.text("document")[:200]
    return await _acted(site, visitor, case, site.office.desk.stage(visitor.token(COOKIE), case, to, document, visitor.visit))


@post(f"{_CASE}/act", status_code=200)
async def act(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """Any of the acts that a single button does."""
    site, visitor = _who(request, language)
    body = await site.form(visitor)
    deed, given = body.text("deed"), body.text("given")[:200]
    return await _acted(site, visitor, case, site.office.desk.act(visitor.token(COOKIE), case, deed, given, visitor.visit))


async def _acted(site: Site, visitor: Visitor, case_id: str, doing: Awaitable[object]) -> Page:
    """Back to the case; or the case again, with every fault said and nothing done."""
    if not visitor.token(COOKIE):
        return await sign_in_page(site, visitor)
    try:
        await doing
    except _FAULTS as error:
        return await _case(
            site, visitor, case_id, said=faults_said(visitor.language, error), status=400 if isinstance(error, Invalid) else 409
        )
    except Denied as error:
        if error.code == "session_ended":
            return await sign_in_page(site, visitor, speech.say(visitor.language, "error.session_ended"))
        return await _case(site, visitor, case_id, said=faults_said(visitor.language, error), status=403)
    return site.go(visitor, f"/console/case/{case_id}")


# --- around cases ----------------------------------------------------------------------------------------------------------------------------


@get(f"{_AT}/calendar")
async def calendar(request: WebRequest, language: FromPath[str]) -> Page:
    """A month of the working calendar."""
    site, visitor = _who(request, language)
    asked = str(request.query_params.get("month", ""))
    first = _month(asked) if asked else today_of(site)
    return await _shown(
        site, visitor, "console/desk_calendar.html", site.office.desk.calendar(visitor.token(COOKIE), first, visitor.visit), "month"
    )


@get(f"{_AT}/letters")
async def letters(request: WebRequest, language: FromPath[str]) -> Page:
    """Every kind of letter with its version."""
    site, visitor = _who(request, language)
    return await _shown(
        site, visitor, "console/desk_letters.html", site.office.desk.letters(visitor.token(COOKIE), visitor.visit), "letters"
    )


@get(f"{_AT}/letters/{{template:str}}/{{words:str}}")
async def sample(request: WebRequest, language: FromPath[str], template: FromPath[str], words: FromPath[str]) -> Page:
    """A letter of made-up content."""
    site, visitor = _who(request, language)
    if not visitor.token(COOKIE):
        return await sign_in_page(site, visitor)
    return site.download(await site.office.desk.sample(visitor.token(COOKIE), template[:40], words[:2], visitor.visit))


@get(f"{_AT}/statistics")
async def statistics(request: WebRequest, language: FromPath[str]) -> Page:
    """How terms were kept over some days; the last thirty unless others are asked for."""
    site, visitor = _who(request, language)
    since, until = _span(site, request)
    found = site.office.desk.statistics(visitor.token(COOKIE), since, until, visitor.visit)
    return await _shown(site, visitor, "console/desk_statistics.html", found, "kept")


@get(f"{_AT}/journal")
async def journal(request: WebRequest, language: FromPath[str]) -> Page:
    """The journal of correspondence."""
    site, visitor = _who(request, language)
    since, until = _span(site, request)
    after = str(request.query_params.get("after", ""))[:26]
    found = site.office.desk.journal(visitor.token(COOKIE), since, until, after, visitor.visit)
    return await _shown(site, visitor, "console/desk_journal.html", found, "journal")


@post(f"{_AT}/journal/{{entry:str}}", status_code=200)
async def letter(request: WebRequest, language: FromPath[str], entry: FromPath[str]) -> Page:
    """Open a letter: a look on record."""
    site, visitor = _who(request, language)
    await site.form(visitor)
    if not visitor.token(COOKIE):
        return await sign_in_page(site, visitor)
    found = await site.office.desk.letter(visitor.token(COOKIE), entry, visitor.visit)
    if isinstance(found, RefusalView):
        return await console_page(site, visitor, "console/refused.html", status=403, subject="", refusal=found)
    return site.download(found)


@post(f"{_AT}/journal/{{entry:str}}/delivery", status_code=200)
async def delivery(request: WebRequest, language: FromPath[str], entry: FromPath[str]) -> Page:
    """What became of a letter on paper."""
    site, visitor = _who(request, language)
    body = await site.form(visitor)
    try:
        on = _day(body.text("on"), "on") or today_of(site)
        await site.office.desk.delivery(visitor.token(COOKIE), entry, body.text("what"), on, body.text("note")[:200], visitor.visit)
    except _FAULTS as error:
        return await _done(site, visitor, "/console/journal", said=faults_said(language, error))
    return site.go(visitor, "/console/journal")


@post(f"{_AT}/deputy", status_code=200)
async def deputy(request: WebRequest, language: FromPath[str]) -> Page:
    """Name who stands in for oneself."""
    site, visitor = _who(request, language)
    body = await site.form(visitor)
    try:
        since, until = _day(body.text("since"), "since"), _day(body.text("until"), "until")
        if since is None or until is None:
            raise Invalid([FieldError("since", "missing")])
        await site.office.desk.deputy(visitor.token(COOKIE), body.text("member")[:26], since, until, visitor.visit)
    except _FAULTS as error:
        return await _done(site, visitor, "/console/desk", said=faults_said(language, error))
    return site.go(visitor, "/console/desk")


# --- what they share -------------------------------------------------------------------------------------------------------------------------


def _who(request: WebRequest, language: str) -> tuple[Site, Visitor]:
    site = site_of(request)
    return site, site.visitor(request, language)


async def _shown(
    site: Site, visitor: Visitor, template: str, finding: Awaitable[object], name: str, *, status: int = 200, **more: Any
) -> Page:
    """A page around one view of the desk; the sign-in for who has no session."""
    if not visitor.token(COOKIE):
        if hasattr(finding, "close"):
            finding.close()
        return await sign_in_page(site, visitor)
    return await console_page(site, visitor, template, status=status, **{name: await finding}, **more)


async def _done(site: Site, visitor: Visitor, back: str, said: list[str]) -> Page:
    return await console_page(site, visitor, "console/desk_fault.html", status=409, said=said, back=back)


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid([FieldError(field, "not_a_date", {"given": text[:20], "form": "2026-12-31"})]) from None


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        raise SandyqError("bad_form") from None


def today_of(site: Site) -> date:
    """The day it is in Kazakhstan, by the office's clock."""
    return site.office.desk.day()


def _span(site: Site, request: WebRequest) -> tuple[date, date]:
    try:
        until = _day(str(request.query_params.get("until", "")), "until") or today_of(site)
        since = _day(str(request.query_params.get("since", "")), "since") or until - timedelta(days=30)
    except Invalid:
        raise SandyqError("bad_form") from None
    return since, until


routes = [
    today,
    cases,
    find,
    new,
    enter,
    case,
    read,
    identify,
    decide,
    proof,
    stage,
    act,
    calendar,
    letters,
    sample,
    statistics,
    journal,
    letter,
    delivery,
    deputy,
]
