"""The inbox of everybody in a sample office: SMS and e-mails that the office sent, apart, and a form to write to it as somebody from outside.

There is no such page in any other office.
"""

from typing import Final

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sandyq import speech
from sandyq.errors import Invalid
from sandyq.http.body import MEGABYTE, Bounds, Form
from sandyq.web.site import Page, Site, Visitor, WebRequest, site_of

_BOUNDS: Final = Bounds(total=4 * MEGABYTE, text=64 * 1024, file=3 * MEGABYTE, parts=8)
_MOST: Final = 4_000


@get("/sample/inbox")
async def short_inbox(request: WebRequest) -> Page:
    """The address that people type."""
    site = site_of(request)
    return site.go(site.visitor(request, speech.negotiate(request.headers.get("accept-language", ""))), "/sample/inbox")


@get("/{language:str}/sample/inbox")
async def inbox(request: WebRequest, language: FromPath[str]) -> Page:
    """What the office sent, newest first, and the form."""
    site = site_of(request)
    return await _page(site, site.visitor(request, language), Form(), {})


@post("/{language:str}/sample/inbox", status_code=200)
async def write(request: WebRequest, language: FromPath[str]) -> Page:
    """A mail to the office; it is in its mailbox at once and taken in within seconds."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    form = await site.form(visitor, _BOUNDS)
    file = form.files.get("file")
    attached = (file.name, file.content) if file is not None and file.content else None
    try:
        await site.office.mailbox.write(form.text("from"), form.text("title"), form.text("text")[:_MOST], attached)
    except Invalid as faults:
        return await _page(site, visitor, form, {fault.field: speech.of_field(language, fault) for fault in faults.errors})
    return site.go(visitor, "/sample/inbox")


async def _page(site: Site, visitor: Visitor, form: Form, errors: dict[str, str]) -> Page:
    texts, mails = await site.office.mailbox.texts(), await site.office.mailbox.sent()
    typed = {name: form.text(name)[:_MOST] for name in ("from", "title", "text")}
    return await site.page(visitor, "inbox.html", status=400 if errors else 200, texts=texts, mails=mails, typed=typed, errors=errors)


routes: list[HTTPRouteHandler] = [short_inbox, inbox, write]
