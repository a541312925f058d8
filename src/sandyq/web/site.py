"""What every handler needs: the office, the templates in one language, the visitor, the form mark; and how a page is answered."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from litestar.response import Stream

from sandyq import seal, speech
from sandyq.http.body import Bounds, Form
from sandyq.http.body import form as read_form
from sandyq.http.incoming import Incoming
from sandyq.web import csrf
from sandyq.web.ports import Office
from sandyq.web.views import Download, OfficeView, Visit

type_of_page = "text/html"
SMALL = Bounds(text=8 * 1024, parts=200)
"""Of a form without files."""

Page = Response[Any]
WebRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request of one person: the language of its address, the browser's random name, and whether that name is new."""

    request: WebRequest
    language: str
    browser: str
    fresh: bool
    secure: bool = False

    @property
    def visit(self) -> Visit:
        client = self.request.client
        agent = self.request.headers.get("user-agent", "")[:300]
        return Visit(self.language, self.browser, client.host if client else "", agent, sending=str(self.request.state.get("sending", "")))

    def token(self, cookie: str) -> str:
        """The value of a cookie of ours."""
        return self.request.cookies.get(csrf.named(cookie, secure=self.secure), "")[:200]


class Site:
    """Renders pages for one office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._key = seal.derive(office.secret, "web form mark")
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def visitor(self, request: WebRequest, language: str) -> Visitor:
        """Raises the framework's not-found for a language that we do not speak, and for an address that no store could even ask for."""
        if language not in speech.LANGUAGES or "\0" in request.scope["path"]:
            raise NotFoundException
        browser = csrf.browser_of(request, secure=self.office.secure)
        return Visitor(request, language, browser or csrf.new_browser(), not browser, self.office.secure)

    async def form(self, visitor: Visitor, bounds: Bounds = SMALL) -> Form:
        """The body of a form that a page of ours sent; raises Denied when it was not."""
        body = await read_form(Incoming(visitor.request.scope, visitor.request.receive, {}), bounds)
        mark = body.values.pop(csrf.FIELD, "")
        csrf.check(self._key, visitor.request, mark, secure=self.office.secure)
        visitor.request.state.sending = _sending(visitor.request.scope["path"], mark, body)
        body.values = {
            name: value.replace("\0", "") for name, value in body.values.items()
        }  # which PostgreSQL cannot hold, and nobody types
        return body

    async def page(
        self, visitor: Visitor, template: str, /, *, status: int = 200, cookies: list[Cookie] | None = None, **shown: Any
    ) -> Page:
        """One page in the visitor's language, never stored by anybody."""
        about = await self.office.front.about(visitor.language)
        html = self.render(visitor.language, template, visitor=visitor, about=about, **shown)
        return self.answer(visitor, html, status=status, cookies=cookies)

    def render(self, language: str, template: str, /, *, visitor: Visitor | None, about: OfficeView, **shown: Any) -> str:
        """The text of a page. Templates know `t` (catalog), `when`, `day`, `article`, and the language."""
        path = visitor.request.url.path if visitor else f"/{language}/"
        query = visitor.request.url.query if visitor and visitor.request.method == "GET" else ""
        return self._templates.get_template(template).render(
            t=lambda key, **params: speech.say(language, key, **params),
            known=speech.has,
            native=lambda code: speech.NATIVE_NAMES.get(code, code),
            article=lambda place: speech.article(language, place),
            anchor=lambda number: "c-" + number.replace(".", "-"),
            when=lambda at: speech.when(language, at),
            day=lambda on: speech.day(language, on),
            language=language,
            here=path,
            about=about,
            mark=csrf.mark(self._key, visitor.browser) if visitor else "",
            mark_field=csrf.FIELD,
            switch=[(code, speech.NATIVE_NAMES[code], _in_language(path, code, query)) for code in speech.LANGUAGES],
            **shown,
        )

    def answer(self, visitor: Visitor, html: str, *, status: int = 200, cookies: list[Cookie] | None = None) -> Page:
        """The answer of one page. The browser gets its cookie with the first form it is shown, not before, and only until it is closed."""
        first_form = visitor.fresh and f'name="{csrf.FIELD}"' in html
        every = [*(cookies or []), *([self.cookie(csrf.COOKIE, visitor.browser)] if first_form else [])]
        headers = {"content-language": visitor.language}
        return Response(html.encode(), status_code=status, media_type=type_of_page, cookies=every, headers=headers)

    def go(self, visitor: Visitor, path: str, cookies: list[Cookie] | None = None) -> Page:
        """See the other page (303), in the same language."""
        return Response(b"", status_code=303, headers={"location": f"/{visitor.language}{path}"}, cookies=cookies or [])

    def cookie(self, name: str, value: str, max_age: int | None = None, path: str = "/") -> Cookie:
        """A cookie that scripts cannot read and other sites do not cause to be sent with forms."""
        name = csrf.named(name, secure=self.office.secure)
        return Cookie(name, value=value, path=path, httponly=True, secure=self.office.secure, samesite="lax", max_age=max_age)

    def forget(self, name: str, path: str = "/") -> Cookie:
        """The cookie that ends another."""
        return self.cookie(name, "", 0, path)

    @staticmethod
    def download(found: Download) -> Page:
        """A file to keep."""
        headers = {"content-disposition": f'attachment; filename="{found.name}"'}
        if isinstance(found.content, bytes):
            return Response(found.content, media_type=found.media_type, headers=headers)
        return Stream(found.content, media_type=found.media_type, headers=headers)


def site_of(request: WebRequest) -> Site:
    """The site that `web.app.create` made."""
    site = request.app.state.site
    assert isinstance(site, Site)
    return site


def _sending(path: str, mark: str, body: Form) -> str:
    """The name of one sending: the mark of the page that showed the form, where it goes, and all that was filled in. A second press has the same name; the
    same form changed, or shown anew, has another."""
    files = sorted((name, seal.digest(file.content).hex()) for name, file in body.files.items())
    told = "\x1f".join((path, mark, *("\x1e".join(pair) for pair in (*sorted(body.values.items()), *files))))
    return seal.digest(told.encode("utf-8", "surrogatepass")).hex()


def _in_language(path: str, code: str, query: str = "") -> str:
    """The same page in another language, with what it was asked for; pages that only answer a sent form lead to where that form is."""
    rest = path.lstrip("/").partition("/")[2] if path.lstrip("/").partition("/")[0] in speech.LANGUAGES else ""
    for answered in ("/retract", "/document"):
        rest = rest.removesuffix(answered)
    if not query:
        rest = next((found.expand(shown) for form, shown in _CONSOLE if (found := form.fullmatch(rest))), rest)
    return f"/{code}/{_SHOWN_AT.get(rest, rest)}{'?' + query if query else ''}"


_CONSOLE = tuple(
    (re.compile(form), shown)
    for form, shown in (
        (r"console/case/([^/]+)/(?:read|identify|decide|proof|stage|act|kind|evidence)", r"console/case/\1"),
        (r"console/journal/[^/]+(?:/[^/]+)?", "console/journal"),
        (r"console/person/([^/]+)/order", r"console/person/\1"),
        (r"console/personnel/([^/]+)/end", r"console/personnel/\1"),
        (r"console/asserted/[^/]+", "console/asserted"),
        (r"console/(cases|personnel)/find", r"console/\1"),
        (r"console/deputy", "console/desk"),
        (r"console/calendar/decrees/foresee", "console/calendar/decrees"),
    )
)
"""Addresses of the console that only answer a form, and the page that the form stands on."""


_SHOWN_AT = {
    "confirm": "confirm",
    "confirm/again": "confirm",
    "receipt/open": "receipt",
    "receipt/enter": "receipt",
    "receipt/withdraw": "receipt",
    "console/find": "console",
    "me/open": "me",
    "me/prove": "me",
    "me/again": "me/enter",
    "me/leave": "me",
    "me/step/enter": "me/step",
    "me/consents/off": "me/consents",
    "me/consents/on": "me/consents",
    "me/contacts/add": "me/contacts",
    "me/contacts/confirm": "me/contacts",
    "me/contacts/totp": "me/contacts",
    "me/contacts/totp/confirm": "me/contacts",
    "me/contacts/replace": "me/contacts",
    "me/contacts/end": "me/contacts",
    "console/enter": "console",
}
