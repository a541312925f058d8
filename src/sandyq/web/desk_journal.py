"""The journal of correspondence in the console: what waits, what is found by a number, what was written, what became of it.

Opening an entry is a POST, like opening a person: each look is an act on record. Numbers of papers and waybills are sent in a form, never in an address.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import timedelta

from litestar import Response, get, post
from litestar.params import FromPath

from sandyq.correspondence import Reason
from sandyq.http.body import Form
from sandyq.web.console import COOKIE, acted, console_page, sign_in_page
from sandyq.web.desk import fault, span, today_of
from sandyq.web.desk_case import AT, case_again, day_of
from sandyq.web.desk_parts import shown, who
from sandyq.web.forms import LIMITS
from sandyq.web.headers import POLICY_OF_FILE, POLICY_WITH_SCAN
from sandyq.web.ports_desk import DeskPort
from sandyq.web.site import Page, Site, Visitor, WebRequest
from sandyq.web.views import Download, RefusalView, Upload, Visit
from sandyq.web.views_desk import OpenedEntry

_AT = f"{AT}/journal"
REASONS = tuple(
    one.value for one in (Reason.NOT_COLLECTED, Reason.ADDRESSEE_GONE, Reason.ADDRESS_UNKNOWN, Reason.ACCEPTANCE_REFUSED, Reason.OTHER)
)
"""Why the post brings a letter back."""
PDF = "application/pdf"
SHOWN = frozenset({PDF, "image/jpeg", "image/png"})
"""Kinds of scans that every browser shows by itself."""


@get(_AT)
async def journal(request: WebRequest, language: FromPath[str]) -> Page:
    """The journal of some days, or all that waits for the desk."""
    site, visitor = who(request, language)
    since, until = span(site, request)
    after, waiting = str(request.query_params.get("after", ""))[:26], request.query_params.get("waiting") == "yes"
    found = site.office.desk.journal(visitor.token(COOKIE), since, until, after, visitor.visit, waiting=waiting)
    return await shown(site, visitor, "console/desk_journal.html", found, "journal", reasons=REASONS)


@post(f"{_AT}/find", status_code=200)
async def find(request: WebRequest, language: FromPath[str]) -> Page:
    """Entries by a number."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    day = today_of(site)
    found = site.office.desk.find_entry(visitor.token(COOKIE), body.text("number")[:100], day - timedelta(days=30), day, visitor.visit)
    return await shown(site, visitor, "console/desk_journal.html", found, "journal", reasons=REASONS)


@post(f"{_AT}/register", status_code=200)
async def register(request: WebRequest, language: FromPath[str]) -> Page:
    """The journal of some days as a table."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    if not visitor.token(COOKIE):
        return await sign_in_page(site, visitor)
    day = today_of(site)
    since, until = day_of(body.text("since"), "since") or day, day_of(body.text("until"), "until") or day
    return site.download(await site.office.desk.register(visitor.token(COOKIE), since, until, visitor.visit))


Looked = Download | OpenedEntry | RefusalView


@post(f"{_AT}/{{entry:str}}", status_code=200)
async def letter(request: WebRequest, language: FromPath[str], entry: FromPath[str]) -> Page:
    """A letter as PDF: a look on record."""
    return await _look(request, language, lambda desk, token, visit, _: desk.letter(token, entry, visit))


@post(f"{_AT}/{{entry:str}}/seen", status_code=200)
async def opened(request: WebRequest, language: FromPath[str], entry: FromPath[str]) -> Page:
    """What was written, and what became of it: a look on record."""
    return await _look(request, language, lambda desk, token, visit, _: desk.opened(token, entry, visit))


@post(f"{_AT}/{{entry:str}}/scan", status_code=200)
async def scan(request: WebRequest, language: FromPath[str], entry: FromPath[str]) -> Page:
    """One attached scan: a look on record. With `show` a picture stands in a page and a PDF is opened by the browser's own viewer; else it is a file to keep."""
    return await _look(request, language, lambda desk, token, visit, body: desk.scan(token, entry, body.text("scan")[:26], visit), entry)


async def _look(
    request: WebRequest, language: str, look: Callable[[DeskPort, str, Visit, Form], Awaitable[Looked]], entry: str = ""
) -> Page:
    """A look by whoever is signed in: what was found, or why it may not be seen."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    token = visitor.token(COOKIE)
    if not token:
        return await sign_in_page(site, visitor)
    found = await look(site.office.desk, token, visitor.visit, body)
    if isinstance(found, Download) and body.text("show") and found.media_type in SHOWN:
        return await _seen(site, visitor, found, entry)
    return await _given(site, visitor, found)


async def _seen(site: Site, visitor: Visitor, found: Download, entry: str) -> Page:
    """A scan on the screen. Its kind is what its first bytes showed when it was taken in, and `nosniff` holds the browser to it."""
    content = found.content if isinstance(found.content, bytes) else b"".join(found.content)
    if found.media_type == PDF:
        headers = {"content-disposition": f'inline; filename="{found.name}"', "content-security-policy": POLICY_OF_FILE}
        return Response(content, media_type=found.media_type, headers=headers)
    picture = f"data:{found.media_type};base64,{b64encode(content).decode()}"
    page = await console_page(site, visitor, "console/desk_scan.html", name=found.name, picture=picture, entry=entry)
    page.headers["content-security-policy"] = POLICY_WITH_SCAN
    return page


async def _given(site: Site, visitor: Visitor, found: Looked) -> Page:
    if isinstance(found, RefusalView):
        return await console_page(site, visitor, "console/refused.html", status=403, subject="", refusal=found)
    if isinstance(found, OpenedEntry):
        return await console_page(site, visitor, "console/desk_entry.html", found=found, reasons=REASONS, shown=SHOWN, pdf=PDF)
    return site.download(found)


@post(f"{_AT}/{{entry:str}}/delivery", status_code=200)
async def delivery(request: WebRequest, language: FromPath[str], entry: FromPath[str]) -> Page:
    """What became of an entry."""
    site, visitor = who(request, language)
    body = await site.form(visitor, LIMITS)
    case = body.text("case")[:26]
    uploads = tuple(Upload("file", f.name[:100], f.media_type, f.content) for name, f in body.files.items() if name == "file" and f.content)

    async def doing() -> None:
        on = day_of(body.text("on"), "on") or today_of(site)
        await site.office.desk.delivery(
            visitor.token(COOKIE),
            entry,
            body.text("what"),
            on,
            body.text("note")[:200],
            visitor.visit,
            reason=body.text("reason"),
            uploads=uploads,
        )

    if case:
        return await acted(site, visitor, doing(), f"/console/case/{case}", case_again(site, visitor, case))
    return await acted(site, visitor, doing(), "/console/journal", fault(site, visitor, "/console/journal"))


routes = [journal, find, register, letter, opened, scan, delivery]
