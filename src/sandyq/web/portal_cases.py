"""Requests on a person's own pages: what can be asked, the form of each, the list, one request with its clocks and letters."""

from typing import Final

from litestar import get, post
from litestar.params import FromPath

from sandyq import speech
from sandyq.errors import Conflict, Denied, FieldError, Invalid
from sandyq.http.body import MEGABYTE, Bounds, Form
from sandyq.web.portal import signed_in, spoken
from sandyq.web.ports_portal import PortalPort
from sandyq.web.site import Page, Site, Visitor, WebRequest
from sandyq.web.views import Upload
from sandyq.web.views_portal import NewRequest

LIMITS: Final = Bounds(total=12 * MEGABYTE, text=32 * 1024, file=10 * MEGABYTE, parts=120, past=52 * MEGABYTE)
"""Of a request with its papers: five thousand letters of any script fit into a text."""
_DAMAGE = ("moral", "material")


@get("/{language:str}/me/requests")
async def listing(request: WebRequest, language: FromPath[str]) -> Page:
    """The requests, newest first."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        me, lines = await port.cases(token, visitor.visit)
        return await site.page(visitor, "portal/requests.html", me=me, lines=lines)

    return await signed_in(request, language, answer)


@get("/{language:str}/me/ask")
async def kinds(request: WebRequest, language: FromPath[str]) -> Page:
    """What can be asked, in plain words, with what happens next and the last day."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        me, lines = await port.kinds(token, visitor.visit)
        return await site.page(visitor, "portal/kinds.html", me=me, lines=lines)

    return await signed_in(request, language, answer)


@get("/{language:str}/me/ask/{kind:str}")
async def form(request: WebRequest, language: FromPath[str], kind: FromPath[str]) -> Page:
    """The form of one kind."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        return await _form(site, visitor, port, token, NewRequest(kind), {})

    return await signed_in(request, language, answer, after=f"ask/{kind}")


async def _form(site: Site, visitor: Visitor, port: PortalPort, token: str, new: NewRequest, faults: dict[str, str]) -> Page:
    view = await port.ask_form(token, new.kind, visitor.visit)
    status = 400 if faults else 200
    return await site.page(visitor, "portal/ask.html", status=status, view=view, me=view.me, new=new, faults=faults, limits=LIMITS)


@post("/{language:str}/me/ask/{kind:str}", status_code=200, request_max_body_size=LIMITS.stream)
async def ask(request: WebRequest, language: FromPath[str], kind: FromPath[str]) -> Page:
    """Put it on file, or show every fault with what was typed; or the same form in another language, with what was typed."""
    read: list[tuple[NewRequest, Form]] = []

    async def typed(site: Site, visitor: Visitor) -> tuple[NewRequest, Form]:
        if not read:
            body = await site.form(visitor, LIMITS)
            read.append((_typed(body, kind), body))
        return read[0]

    async def kept(site: Site, visitor: Visitor) -> str:
        new, _ = await typed(site, visitor)
        lines = [new.text, *(value for _, value in new.values), new.document, new.place, *(value for _, value in new.claims)]
        return "\n".join(line for line in lines if line)

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        new, body = await typed(site, visitor)
        if body.text("switch"):
            return await _form(site, visitor, port, token, new, {})
        faults = _too_large(body)
        try:
            made = "" if faults else await port.ask(token, new, visitor.visit)
        except Invalid as error:
            faults = list(error.errors)
        except Denied as error:
            if error.code != "second_factor_wanted" or not new.publication:
                raise
            faults = [FieldError("publication", "second_factor_wanted")]
        if faults:
            return await _form(site, visitor, port, token, new, {f.field: speech.of_field(language, f) for f in faults})
        return site.go(visitor, f"/me/requests/{made}")

    return await signed_in(request, language, answer, after=f"ask/{kind}", kept=kept)


def _too_large(body: Form) -> list[FieldError]:
    over = any(file.over for file in body.files.values())
    return [FieldError("file", "upload_over", {"megabytes": LIMITS.file // MEGABYTE}, ("6.2.5",))] if over else []


def _typed(body: Form, kind: str) -> NewRequest:
    values = tuple((name[6:], text.strip()) for name, text in sorted(body.values.items()) if name.startswith("value.") and text.strip())
    uploads = tuple(
        Upload("file", file.name[:120], file.media_type, file.content)
        for name, file in body.files.items()
        if name == "file" and (file.content or file.name)
    )
    return NewRequest(
        kind,
        body.text("text").replace("\r\n", "\n"),  # as the page counted its letters
        values,
        body.text("document"),
        body.text("publication"),
        body.text("place"),
        tuple((damage, body.text(f"claim.{damage}")) for damage in _DAMAGE if body.text(f"claim.{damage}")),
        uploads,
        body.text("sending"),
    )


@get("/{language:str}/me/requests/{case:str}")
async def one(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """One request."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        return await _one(site, visitor, port, token, case, "")

    return await signed_in(request, language, answer)


async def _one(site: Site, visitor: Visitor, port: PortalPort, token: str, case: str, error: str, document: str = "") -> Page:
    view = await port.case(token, case, visitor.visit)
    status = 400 if error else 200
    return await site.page(
        visitor, "portal/request.html", status=status, view=view, me=view.me, error=error, document=document, limits=LIMITS
    )


@post("/{language:str}/me/requests/{case:str}/retract", status_code=200)
async def retract(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """Take it back."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        await site.form(visitor)
        try:
            await port.retract(token, case, visitor.visit)
        except Conflict as error:
            return await _one(site, visitor, port, token, case, spoken(language, error))
        return site.go(visitor, f"/me/requests/{case}")

    return await signed_in(request, language, answer, after=f"requests/{case}")


@post("/{language:str}/me/requests/{case:str}/document", status_code=200, request_max_body_size=LIMITS.stream)
async def document(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """One more paper."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        body = await site.form(visitor, LIMITS)
        new = _typed(body, "")
        try:
            if large := _too_large(body):
                raise Invalid(large)
            await port.add_document(token, case, new, visitor.visit)
        except (Conflict, Invalid) as error:
            return await _one(site, visitor, port, token, case, spoken(language, error), new.document)
        return site.go(visitor, f"/me/requests/{case}")

    return await signed_in(request, language, answer, after=f"requests/{case}")


@get("/{language:str}/me/letters/{entry:str}")
async def letter(request: WebRequest, language: FromPath[str], entry: FromPath[str]) -> Page:
    """A letter as PDF."""
    return await _letter(request, language, entry, "pdf")


@get("/{language:str}/me/letters/{entry:str}/json")
async def letter_body(request: WebRequest, language: FromPath[str], entry: FromPath[str]) -> Page:
    """A letter as the JSON that can be checked without us."""
    return await _letter(request, language, entry, "json")


async def _letter(request: WebRequest, language: str, entry: str, form: str) -> Page:
    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        return site.download(await port.letter(token, entry, form, visitor.visit))

    return await signed_in(request, language, answer, after="requests")


routes = [listing, kinds, form, ask, one, retract, document, letter, letter_body]
