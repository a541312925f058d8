"""The staff's side: sign in, find, open for a purpose, order, decide, and see what was done.

Opening a person is a POST: each look is an act with a purpose, and nothing of it stays in a history or a referrer.
"""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import date
from typing import Any, TypeVar

from litestar import Response, get, post
from litestar.params import FromPath

from sandyq import speech
from sandyq.block.facts import OUTCOMES, REASONS
from sandyq.errors import Conflict, Denied, FieldError, Invalid, NotFound, SandyqError
from sandyq.http.body import Form
from sandyq.web.faults import status_of
from sandyq.web.sent import Again, answered, shown
from sandyq.web.sent import said as said_of
from sandyq.web.site import Page, Site, Visitor, WebRequest, site_of
from sandyq.web.views import FORMS, Criteria, Order, RefusalView, StaffView, Visit

T = TypeVar("T")
COOKIE = "sandyq_console"
_OLDEST, _NEWEST = 2013, 2100  # from the year of the Law to where no calendar reaches
_AT = "/{language:str}/console"
_SEARCHES = ("iin", "phone", "email", "contract")
_REASONS = {
    **{kind.value: tuple(reason.value for reason in reasons) for kind, reasons in REASONS.items()},
    "destroy": ("demanded", "unlawful", "withdrawn", "term_ended", "court"),
}
_OUTCOMES = {kind.value: tuple(outcome.value for outcome in outcomes) for kind, outcomes in OUTCOMES.items()}


@get("/console")
async def short(request: WebRequest) -> Page:
    """The address that staff type."""
    site = site_of(request)
    language = speech.negotiate(request.headers.get("accept-language", ""), "ru")
    return site.go(site.visitor(request, language), "/console")


@get(_AT)
async def home(request: WebRequest, language: FromPath[str]) -> Page:
    """The search, or the sign-in; whoever finds no clients goes on to where their work is."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    me = await _me(site, visitor)
    if isinstance(me, Response):
        return me
    if not me.may_find:
        path = next((path for path, theirs in _places(me) if theirs), "")
        return site.go(visitor, path) if path else await _page_of(site, visitor, me, "console/none.html", 200, {})
    shown = {"criteria": Criteria(), "purpose": "", "found": None, "refusal": None, "errors": {}}
    return await _page_of(site, visitor, me, "console/find.html", 200, shown)


def _places(me: StaffView) -> tuple[tuple[str, bool], ...]:
    """Where the work of a role is that finds no clients."""
    return (
        ("/console/desk", me.may_requests),
        ("/console/personnel", me.may_personnel),
        ("/console/log", me.may_read_log),
        ("/console/journal", me.may_journal),
        ("/console/unconfirmed", me.may_see_transfers),
    )


@post(f"{_AT}/enter", status_code=200)
async def enter(request: WebRequest, language: FromPath[str]) -> Page:
    """Sign in with login, password and the second factor, and go to the day's work: one sentence for every cause of failure."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    body = await site.form(visitor)
    try:
        code = body.text("code").replace(" ", "")
        token = await site.office.console.sign_in(body.text("login"), body.values.get("password", ""), code, visitor.visit)
    except Denied:
        said = speech.say(language, "error.sign_in")
        return await site.page(visitor, "console/sign_in.html", status=403, error=said, login=body.text("login")[:60])
    me = await site.office.console.me(token, language)
    return site.go(visitor, "/console/desk" if me.may_requests else "/console", [site.cookie(COOKIE, token)])


@post(f"{_AT}/leave", status_code=200)
async def leave(request: WebRequest, language: FromPath[str]) -> Page:
    """Sign out."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    await site.form(visitor)
    await site.office.console.sign_out(visitor.token(COOKIE), visitor.visit)
    return site.go(visitor, "/console", [site.forget(COOKIE)])


@post(f"{_AT}/find", status_code=200)
async def find(request: WebRequest, language: FromPath[str]) -> Page:
    """Find by one exact identifier or by two name criteria."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    body = await site.form(visitor)
    criteria, purpose = _criteria(body), body.text("purpose")
    shown: dict[str, Any] = {"criteria": criteria, "purpose": purpose, "found": None, "refusal": None, "errors": {}}
    try:
        if not purpose:
            raise Invalid([FieldError("purpose", "missing")])
        found = await site.office.console.find(visitor.token(COOKIE), purpose, criteria, visitor.visit)
    except Invalid as error:
        said = {e.field: speech.of_field(language, e) for e in error.errors}
        return await console_page(site, visitor, "console/find.html", status=400, **{**shown, "errors": said})
    shown["refusal" if isinstance(found, RefusalView) else "found"] = found
    return await console_page(site, visitor, "console/find.html", **shown)


@get(f"{_AT}/person/{{subject:str}}")
async def choose(request: WebRequest, language: FromPath[str], subject: FromPath[str]) -> Page:
    """Which purpose is this person opened for? Nothing is shown before that."""
    site = site_of(request)
    return await console_page(site, site.visitor(request, language), "console/purpose.html", subject=subject)


@post(f"{_AT}/person/{{subject:str}}", status_code=200)
async def person(request: WebRequest, language: FromPath[str], subject: FromPath[str]) -> Page:
    """Open a person for a purpose: recorded, also when refused."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    body = await site.form(visitor)
    return await _person(site, visitor, subject, body.text("purpose"))


@post(f"{_AT}/person/{{subject:str}}/order", status_code=200)
async def order(request: WebRequest, language: FromPath[str], subject: FromPath[str]) -> Page:
    """Give an order on a person; an order that cannot be undone is asked once more."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    body = await site.form(visitor)
    try:
        asked = _asked(body)
    except Invalid as error:
        return await _not_done(site, visitor, subject, said=said_of(language, error), again=_again(body))
    if asked.kind == "destroy" and body.text("sure") != "yes":
        return await console_page(site, visitor, "console/sure.html", subject=subject, order=asked, purpose=body.text("purpose"))
    token = visitor.token(COOKIE)
    try:
        done = await site.office.console.order(token, subject, asked, visitor.visit)
    except (Invalid, Conflict, NotFound) as error:
        filled = _again(body) if isinstance(error, Invalid) else None
        return await _not_done(site, visitor, subject, said=said_of(language, error), again=filled)
    if isinstance(done, RefusalView):
        return await _not_done(site, visitor, subject, refusal=done)
    return await console_page(
        site, visitor, "console/ordered.html", subject=subject, ordered=done, refusal=None, said=[], back="", again=None
    )


def _asked(body: Form) -> Order:
    """The order as it was filled in. Raises Invalid with all that is missing: no reason stands chosen beforehand."""
    kind, step, until = body.text("kind"), body.text("step"), body.text("until")
    asked = Order(kind, body.text("reason"), body.text("document")[:200], body.text("target"), step, _day(until))
    ending = kind in ("release", "unhold")
    faults = []
    if kind != "withdraw" and step != "confirm":
        if not asked.reason:
            faults.append(FieldError("reason", "outcome_not_chosen" if ending else "reason_not_chosen", {}, ("2.2",) if ending else ()))
        if not asked.document:
            faults.append(FieldError("document", "paper_not_named", {}, ("94-V art. 25(2)(8)",)))
    if until and asked.until is None:
        faults.append(FieldError("until", "not_a_date", {"given": until[:20], "form": "2026-12-31"}))
    if faults:
        raise Invalid(faults)
    return asked


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@get(f"{_AT}/asserted")
async def asserted(request: WebRequest, language: FromPath[str]) -> Page:
    """Submissions that wait for the desk."""
    site = site_of(request)
    return await _asserted(site, site.visitor(request, language), [])


async def _asserted(site: Site, visitor: Visitor, said: list[str], status: int = 200) -> Page:
    return await _listed(site, visitor, "asserted", {"most": FORMS, "said": said}, status, waiting=site.office.console.asserted)


@post(f"{_AT}/asserted/{{submission:str}}", status_code=200)
async def decide(request: WebRequest, language: FromPath[str], submission: FromPath[str]) -> Page:
    """Merge, keep apart or reject one of them."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    body = await site.form(visitor)
    decision, _, subject = body.text("decision").partition(":")
    token, document = visitor.token(COOKIE), body.text("document")[:200]
    try:
        refusal = await site.office.console.decide(token, submission, decision, subject, document, visitor.visit)
    except (Invalid, Conflict, NotFound) as error:
        return await _asserted(site, visitor, said_of(language, error), status_of(error))
    if refusal is not None:
        return await _not_done(site, visitor, subject, refusal=refusal, back="/asserted")
    return site.go(visitor, "/console/asserted")


@get(f"{_AT}/unconfirmed")
async def unconfirmed(request: WebRequest, language: FromPath[str]) -> Page:
    """Messages that recipients have not confirmed."""
    site = site_of(request)
    return await _listed(site, site.visitor(request, language), "unconfirmed", transfers=site.office.console.unconfirmed)


@get(f"{_AT}/standing")
async def standing(request: WebRequest, language: FromPath[str]) -> Page:
    """Blocks, holds and locks that wait for people: past their date, or to be confirmed by a second person."""
    site = site_of(request)
    return await _listed(site, site.visitor(request, language), "standing", states=site.office.console.standing)


@get(f"{_AT}/log")
async def log(request: WebRequest, language: FromPath[str]) -> Page:
    """A page of the log of a day, today's unless `?day=2026-11-22` asks for another; `?before=` a number goes on from that entry."""
    site = site_of(request)
    asked, before = str(request.query_params.get("day", "")), str(request.query_params.get("before", "0"))
    try:
        on, number = date.fromisoformat(asked) if asked else None, int(before[:18])
        if number < 0 or (on and not _OLDEST <= on.year <= _NEWEST):
            raise ValueError
    except ValueError:
        raise SandyqError("bad_form") from None
    visitor = site.visitor(request, language)
    return await _listed(site, visitor, "log", log=lambda token, visit: site.office.console.day(token, on, number, visit))


def _again(body: Form) -> dict[str, Any] | None:
    """An order as it was filled in, to be shown once more: the way back to the person would be another look, and would lose it."""
    kind, about = body.text("kind"), body.text("about")
    choices = _OUTCOMES.get(about, ()) if kind in ("release", "unhold") else _REASONS.get(kind, ())
    if not choices:
        return None
    typed = {name: body.text(name)[:200] for name in ("reason", "document", "target", "step", "until", "purpose")}
    return {**typed, "kind": kind, "about": about, "choices": choices, "words": "outcome" if kind in ("release", "unhold") else "reason"}


async def _not_done(
    site: Site,
    visitor: Visitor,
    subject: str,
    *,
    said: list[str] | None = None,
    refusal: RefusalView | None = None,
    back: str = "",
    again: dict[str, Any] | None = None,
) -> Page:
    """An order or decision that was not carried out: by the law (403), or because something does not fit (409)."""
    status = 403 if refusal else 409
    shown = {"subject": subject, "ordered": None, "refusal": refusal, "said": said or [], "back": back, "again": again}
    return await console_page(site, visitor, "console/ordered.html", status=status, **shown)


async def _person(site: Site, visitor: Visitor, subject: str, purpose: str) -> Page:
    if not purpose:
        said = speech.of_field(visitor.language, FieldError("purpose", "missing"))
        return await console_page(site, visitor, "console/purpose.html", status=400, subject=subject, error=said)
    seen = await site.office.console.open(visitor.token(COOKIE), subject, purpose, visitor.visit)
    if isinstance(seen, RefusalView):
        return await console_page(site, visitor, "console/refused.html", status=403, subject=subject, refusal=seen)
    status = 403 if seen.refused else 200
    return await console_page(site, visitor, "console/person.html", status=status, person=seen, reasons=_REASONS, outcomes=_OUTCOMES)


async def _listed(
    site: Site,
    visitor: Visitor,
    name: str,
    more: dict[str, Any] | None = None,
    status: int = 200,
    **asked: Callable[[str, Visit], Awaitable[Any]],
) -> Page:
    """A page that is made of answers of the console's port; nothing is asked for who has not signed in."""
    token = visitor.token(COOKIE)
    if not token:
        return await sign_in_page(site, visitor)
    found = {key: await ask(token, visitor.visit) for key, ask in asked.items()}
    return await console_page(site, visitor, f"console/{name}.html", status=status, **found, **(more or {}))


async def console_page(site: Site, visitor: Visitor, template: str, *, status: int = 200, **shown: Any) -> Page:
    """A page for who is signed in; the sign-in for everybody else. The session is read once."""
    me = await _me(site, visitor)
    return me if isinstance(me, Response) else await _page_of(site, visitor, me, template, status, shown)


async def _me(site: Site, visitor: Visitor) -> StaffView | Page:
    token = visitor.token(COOKIE)
    if not token:
        return await sign_in_page(site, visitor)
    try:
        return await site.office.console.me(token, visitor.language)
    except Denied:
        return await sign_in_page(site, visitor, speech.say(visitor.language, "error.session_ended"))


async def _page_of(site: Site, visitor: Visitor, me: StaffView, template: str, status: int, shown: dict[str, Any]) -> Page:
    shown.setdefault("error", "")
    return await site.page(visitor, template, status=status, me=me, searches=_SEARCHES, **shown)


async def acted(site: Site, visitor: Visitor, doing: Awaitable[T], back: str | Callable[[T], str], again: Again) -> Page:
    """What a form of the console asks, for who is signed in: then `back`, or the form `again` with its faults; the sign-in for everybody else."""
    return await acted_page(site, visitor, answered(site, visitor, doing, back, again), again)


async def acted_page(site: Site, visitor: Visitor, page: Coroutine[Any, Any, Page], again: Again) -> Page:
    """The same for a form that is answered by a page of its own."""
    if not visitor.token(COOKIE):
        page.close()
        return await sign_in_page(site, visitor)
    try:
        return await shown(visitor, page, again)
    except Denied as error:
        if error.code == "power_missing":  # signing in again would not help: the page of errors says what would
            raise
        return await sign_in_page(site, visitor, speech.of_error(visitor.language, error))


async def sign_in_page(site: Site, visitor: Visitor, error: str = "") -> Page:
    """The sign-in, with what went wrong."""
    return await site.page(visitor, "console/sign_in.html", status=403 if error else 200, error=error, login="")


def _criteria(body: Form) -> Criteria:
    kind = body.text("kind")
    return Criteria(
        kind if kind in _SEARCHES else "",
        body.text("value")[:200],
        body.text("surname")[:100],
        body.text("first_name")[:100],
        body.text("birth_year")[:4],
        body.text("phone_tail")[:4],
    )


routes = [short, home, enter, leave, find, choose, person, order, asserted, decide, unconfirmed, standing, log]
