"""Contacts and authenticators on a person's own pages."""

from litestar import get, post
from litestar.params import FromPath

from sandyq import speech
from sandyq.errors import Conflict, Invalid, NotFound, TooMany
from sandyq.web.portal import signed_in, spoken
from sandyq.web.ports_portal import PortalPort
from sandyq.web.site import Page, Site, Visitor, WebRequest

_SAID = (Conflict, Invalid, NotFound, TooMany)


@get("/{language:str}/me/contacts")
async def contacts(request: WebRequest, language: FromPath[str]) -> Page:
    """The ways to confirm, and how to add or end one."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        return await _contacts(site, visitor, port, token)

    return await signed_in(request, language, answer)


async def _contacts(site: Site, visitor: Visitor, port: PortalPort, token: str, error: str = "") -> Page:
    view = await port.contacts(token, visitor.visit)
    return await site.page(visitor, "portal/contacts.html", status=400 if error else 200, view=view, me=view.me, error=error)


@post("/{language:str}/me/contacts/add", status_code=200)
async def add(request: WebRequest, language: FromPath[str]) -> Page:
    """Name a new contact, or confirm the address of the form."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        body = await site.form(visitor)
        try:
            if body.text("known") == "yes":
                await port.propose_known(token, visitor.visit)
            else:
                await port.propose(token, body.text("contact"), visitor.visit)
        except _SAID as error:
            return await _contacts(site, visitor, port, token, spoken(language, error))
        return await site.page(visitor, "portal/contact_code.html", me=await port.me(token, visitor.visit), error="")

    return await signed_in(request, language, answer, after="contacts")


@post("/{language:str}/me/contacts/confirm", status_code=200)
async def confirm(request: WebRequest, language: FromPath[str]) -> Page:
    """The code of the new contact."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        code = (await site.form(visitor)).text("code").replace(" ", "")
        try:
            outcome = await port.confirm(token, code, visitor.visit)
        except NotFound as error:
            return await _contacts(site, visitor, port, token, spoken(language, error))
        if outcome.ok:
            return site.go(visitor, "/me/contacts")
        said = speech.say(language, "error.code_wrong", left=outcome.tries_left)
        return await site.page(visitor, "portal/contact_code.html", status=400, me=await port.me(token, visitor.visit), error=said)

    return await signed_in(request, language, answer)


@post("/{language:str}/me/contacts/totp", status_code=200)
async def enrol(request: WebRequest, language: FromPath[str]) -> Page:
    """Begin with an authenticator."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        await site.form(visitor)
        try:
            view = await port.enrol(token, visitor.visit)
        except Conflict as error:
            return await _contacts(site, visitor, port, token, spoken(language, error))
        return await site.page(visitor, "portal/totp.html", view=view, me=view.me, error="")

    return await signed_in(request, language, answer, after="contacts")


@post("/{language:str}/me/contacts/totp/confirm", status_code=200)
async def confirm_totp(request: WebRequest, language: FromPath[str]) -> Page:
    """Its first code."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        code = (await site.form(visitor)).text("code").replace(" ", "")
        try:
            right = await port.confirm_totp(token, code, visitor.visit)
        except NotFound as error:
            return await _contacts(site, visitor, port, token, spoken(language, error))
        if right:
            return site.go(visitor, "/me/contacts")
        me, said = await port.me(token, visitor.visit), speech.say(language, "error.code_unfit")
        return await site.page(visitor, "portal/totp.html", status=400, view=None, me=me, error=said)

    return await signed_in(request, language, answer)


@post("/{language:str}/me/contacts/replace", status_code=200)
async def replace_contact(request: WebRequest, language: FromPath[str]) -> Page:
    """The data name this contact from now on."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        body = await site.form(visitor)
        try:
            case = await port.replace_contact(token, body.text("factor"), body.text("sending"), visitor.visit)
        except _SAID as error:
            return await _contacts(site, visitor, port, token, spoken(language, error))
        return site.go(visitor, f"/me/requests/{case}")

    return await signed_in(request, language, answer, after="contacts")


@post("/{language:str}/me/contacts/end", status_code=200)
async def end(request: WebRequest, language: FromPath[str]) -> Page:
    """End one."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        factor = (await site.form(visitor)).text("factor")
        try:
            await port.end(token, factor, visitor.visit)
        except _SAID as error:
            return await _contacts(site, visitor, port, token, spoken(language, error))
        return site.go(visitor, "/me/contacts")

    return await signed_in(request, language, answer, after="contacts")


routes = [contacts, add, confirm, enrol, confirm_totp, replace_contact, end]
