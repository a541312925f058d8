"""A person's own pages: signing in by code, a second confirmation, what is kept, consents, sign-ins, downloads. No page needs a script."""

import re
from collections.abc import Awaitable, Callable

from litestar import get, post
from litestar.params import FromPath

from sandyq import speech
from sandyq.errors import Conflict, Denied, FieldError, Invalid, NotFound, SandyqError, TooMany
from sandyq.identity import CodeState
from sandyq.web.ports_portal import PortalPort
from sandyq.web.site import Page, Site, Visitor, WebRequest, site_of

COOKIE = "sandyq_me"
PROVE = "sandyq_prove"
_AFTER = re.compile(r"data|consents|downloads|contacts|signins|requests(/\w{1,40})?|ask/[a-z-]{1,30}")
"""Pages to which a sign-in or a second confirmation may lead back."""
Answer = Callable[[Site, Visitor, PortalPort, str], Awaitable[Page]]
Kept = Callable[[Site, Visitor], Awaitable[str]]


async def signed_in(request: WebRequest, language: str, answer: Answer, *, after: str = "", kept: Kept | None = None) -> Page:
    """A page of somebody who is signed in: without a session it is the sign-in, without enough proof the second confirmation. `kept` gives what was typed,
    so that a session that ended meanwhile loses nothing."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    token = visitor.token(COOKIE)
    if not token:
        return await sign_in(site, visitor, {}, typed=await kept(site, visitor) if kept else "")
    try:
        return await answer(site, visitor, site.office.portal, token)
    except Denied as error:
        if error.code == "session_ended":
            return await sign_in(site, visitor, {}, status=403, forget=True, typed=await kept(site, visitor) if kept else "")
        if error.code == "second_factor_wanted":
            return await step_page(site, visitor, token, after=after, status=403)
        raise


async def sign_in(
    site: Site,
    visitor: Visitor,
    faults: dict[str, str],
    *,
    status: int = 200,
    forget: bool = False,
    contact: str = "",
    typed: str = "",
    after: str = "",
) -> Page:
    """The first page. What was typed as a contact comes back; the IIN does not. `typed` is what a form behind it held when its session had
    ended; `after` is the page that was wanted, such as the one that a mail led to."""
    after = after or _after(visitor.request.url.path.removeprefix(f"/{visitor.language}/me/"))
    cookies = [site.forget(COOKIE)] if forget else []
    return await site.page(
        visitor,
        "portal/sign_in.html",
        status=status,
        cookies=cookies,
        faults=faults,
        contact=contact,
        typed=typed,
        ended=forget,
        after=after,
    )


async def step_page(site: Site, visitor: Visitor, token: str, *, after: str = "", error: str = "", status: int = 200) -> Page:
    """Why a second confirmation is wanted, and the ways there are; `after` is the page to go on to."""
    me = await site.office.portal.me(token, visitor.visit)
    return await site.page(visitor, "portal/step.html", status=status, me=me, after=after, error=error)


def spoken(language: str, error: SandyqError) -> str:
    """An error as one sentence, or the faults of its fields as several."""
    if isinstance(error, Invalid):
        return " ".join(speech.beside_field(language, fault) for fault in error.errors)
    return speech.of_error(language, error)


# --- signing in ----------------------------------------------------------------------------------------------------------------------------


@get("/{language:str}/me")
async def home(request: WebRequest, language: FromPath[str]) -> Page:
    """What there is to do here; or the sign-in."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        secret = visitor.token(PROVE)
        proving = await port.proving(token, secret, visitor.visit) if secret else ""
        return await site.page(visitor, "portal/home.html", me=await port.me(token, visitor.visit), proving=proving)

    return await signed_in(request, language, answer)


# --- the link of a mail ----------------------------------------------------------------------------------------------------------------------


@get("/prove/{secret:str}")
async def short_link(request: WebRequest, secret: FromPath[str]) -> Page:
    """The address that stands in mails."""
    language = speech.negotiate(request.headers.get("accept-language", ""))
    site = site_of(request)
    return site.go(site.visitor(request, language), f"/prove/{secret[:80]}")


@get("/{language:str}/prove/{secret:str}")
async def link(request: WebRequest, language: FromPath[str], secret: FromPath[str]) -> Page:
    """What the link is for. Opening it does nothing yet: programs that read mail open links, too."""
    site = site_of(request)
    return await site.page(site.visitor(request, language), "portal/prove.html", secret=secret[:80], over=False)


@post("/{language:str}/prove/{secret:str}", status_code=200)
async def take_link(request: WebRequest, language: FromPath[str], secret: FromPath[str]) -> Page:
    """Keep the link in this browser and go on to the sign-in."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    await site.form(visitor)
    if not await site.office.portal.open_link(secret, visitor.visit):
        return await site.page(visitor, "portal/prove.html", status=404, secret="", over=True)
    return site.go(visitor, "/me", [site.cookie(PROVE, secret[:80])])


@post("/{language:str}/me/prove", status_code=200)
async def prove(request: WebRequest, language: FromPath[str]) -> Page:
    """Yes, it was I who wrote."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        await site.form(visitor)
        case = await port.prove(token, visitor.token(PROVE), visitor.visit)
        return site.go(visitor, f"/me/requests/{case}", [site.forget(PROVE)])

    return await signed_in(request, language, answer, after="home")


@post("/{language:str}/me/open", status_code=200)
async def ask_code(request: WebRequest, language: FromPath[str]) -> Page:
    """IIN and contact. The answer is the same whoever they lead to."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    body = await site.form(visitor)
    contact, after = body.text("contact"), _after(body.text("after"))
    try:
        outcome = await site.office.portal.ask_code(body.text("iin"), contact, visitor.visit)
    except Invalid as error:
        faults = {fault.field: speech.of_field(language, fault) for fault in error.errors}
        return await sign_in(site, visitor, faults, status=400, contact=contact, after=after)
    except TooMany as error:
        return await sign_in(site, visitor, {"": speech.of_error(language, error)}, status=429, contact=contact, after=after)
    return await _code(site, visitor, outcome, "", after=after)


@get("/{language:str}/me/enter")
async def code_again(request: WebRequest, language: FromPath[str]) -> Page:
    """The code step by itself, for another language or one who comes back to it."""
    site = site_of(request)
    return await _code(site, site.visitor(request, language), CodeState(False), "")


@post("/{language:str}/me/again", status_code=200)
async def again(request: WebRequest, language: FromPath[str]) -> Page:
    """Another code."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    after = _after((await site.form(visitor)).text("after"))
    try:
        outcome, said = await site.office.portal.again(visitor.visit), ""
    except (TooMany, NotFound) as error:
        outcome, said = CodeState(False), speech.of_error(language, error)
    return await _code(site, visitor, outcome, "", sent=not said, unsent=said, after=after)


@post("/{language:str}/me/enter", status_code=200)
async def enter(request: WebRequest, language: FromPath[str]) -> Page:
    """The code that came."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    body = await site.form(visitor)
    code, after = body.text("code").replace(" ", ""), _after(body.text("after"))
    token = await site.office.portal.enter(code, visitor.visit) if code else ""
    if not token:
        key = "error.code_unfit" if code else ""
        said = speech.say(language, key) if key else speech.of_field(language, FieldError("code", "missing"))
        return await _code(site, visitor, CodeState(False), said, after=after)
    return site.go(visitor, f"/me/{after}".rstrip("/"), [site.cookie(COOKIE, token)])


async def _code(
    site: Site, visitor: Visitor, outcome: CodeState, error: str, *, sent: bool = False, unsent: str = "", after: str = ""
) -> Page:
    status = 400 if error or unsent else 200
    return await site.page(visitor, "portal/code.html", status=status, outcome=outcome, error=error, sent=sent, unsent=unsent, after=after)


@post("/{language:str}/me/leave", status_code=200)
async def leave(request: WebRequest, language: FromPath[str]) -> Page:
    """Sign out."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    await site.form(visitor)
    await site.office.portal.leave(visitor.token(COOKIE), visitor.visit)
    return site.go(visitor, "/", [site.forget(COOKIE)])


# --- a second confirmation -------------------------------------------------------------------------------------------------------------------


@get("/{language:str}/me/step")
async def step(request: WebRequest, language: FromPath[str]) -> Page:
    """The ways to confirm a second time."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        return await step_page(site, visitor, token, after=_after(request.query_params.get("after", "")))

    return await signed_in(request, language, answer)


@post("/{language:str}/me/step", status_code=200)
async def step_ask(request: WebRequest, language: FromPath[str]) -> Page:
    """Ask for one of them."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        body = await site.form(visitor)
        kind, after = body.text("kind"), _after(body.text("after"))
        try:
            outcome = await port.step_up(token, kind, visitor.visit)
        except TooMany as error:
            return await step_page(site, visitor, token, after=after, error=speech.of_error(language, error), status=429)
        return await _step_code(site, visitor, kind, after, outcome, "")

    return await signed_in(request, language, answer)


@post("/{language:str}/me/step/enter", status_code=200)
async def step_enter(request: WebRequest, language: FromPath[str]) -> Page:
    """Prove it; the session gets a new secret."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        body = await site.form(visitor)
        after = _after(body.text("after"))
        fresh = await port.step_enter(token, body.text("code").replace(" ", ""), visitor.visit)
        if not fresh:
            said = speech.say(language, "error.code_unfit")
            return await _step_code(site, visitor, body.text("kind"), after, CodeState(False), said)
        return site.go(visitor, f"/me/{after}".rstrip("/"), [site.cookie(COOKIE, fresh)])

    return await signed_in(request, language, answer)


def _after(named: str) -> str:
    return named if _AFTER.fullmatch(named) else ""


async def _step_code(site: Site, visitor: Visitor, kind: str, after: str, outcome: CodeState, error: str) -> Page:
    shown = kind if kind in ("phone", "email", "totp") else "phone"
    status = 400 if error else 200
    return await site.page(visitor, "portal/step_code.html", status=status, kind=shown, after=after, outcome=outcome, error=error)


@post("/{language:str}/me/act", status_code=200)
async def act_for(request: WebRequest, language: FromPath[str]) -> Page:
    """Go on for somebody else, or for oneself again."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        subject = (await site.form(visitor)).text("subject")
        if not await port.act_for(token, subject, visitor.visit):
            raise Conflict("outside_mandate")
        return site.go(visitor, "/me")

    return await signed_in(request, language, answer)


# --- what is kept ----------------------------------------------------------------------------------------------------------------------------


@get("/{language:str}/me/data")
async def data(request: WebRequest, language: FromPath[str]) -> Page:
    """Each field with where it came from, why it is kept, for what, until when; who saw it, who got it."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        view = await port.data(token, visitor.visit)
        return await site.page(visitor, "portal/data.html", view=view, me=view.me)

    return await signed_in(request, language, answer)


@get("/{language:str}/me/consents")
async def consents(request: WebRequest, language: FromPath[str]) -> Page:
    """Each consent with its exact text and its switch."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        return await _consents(site, visitor, port, token, "")

    return await signed_in(request, language, answer)


async def _consents(site: Site, visitor: Visitor, port: PortalPort, token: str, error: str, *, status: int = 200) -> Page:
    view = await port.consents(token, visitor.visit)
    return await site.page(visitor, "portal/consents.html", status=status, view=view, me=view.me, error=error)


@post("/{language:str}/me/consents/off", status_code=200)
async def withdraw(request: WebRequest, language: FromPath[str]) -> Page:
    """Withdraw one, or all: asked once more first, for it acts at once."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        body = await site.form(visitor)
        grant = body.text("grant")
        if body.text("sure") != "yes":
            view = await port.consents(token, visitor.visit)
            proofs = [s.proof for s in view.switches if s.proof] + list(view.others)
            chosen = next((proof for proof in proofs if proof.id == grant), None)
            return await site.page(visitor, "portal/withdraw.html", me=view.me, consent=chosen, grant=grant)
        try:
            case = await port.withdraw(token, (grant,) if grant else (), body.text("sending"), visitor.visit)
        except (Conflict, Invalid) as error:
            return await _consents(site, visitor, port, token, spoken(language, error), status=409)
        return site.go(visitor, f"/me/requests/{case}")

    return await signed_in(request, language, answer, after="consents")


@post("/{language:str}/me/consents/on", status_code=200)
async def agree(request: WebRequest, language: FromPath[str]) -> Page:
    """Agree to one."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        body = await site.form(visitor)
        try:
            await port.agree(token, body.text("card"), body.text("seen"), visitor.visit)
        except Conflict as error:
            return await _consents(site, visitor, port, token, spoken(language, error), status=409)
        return site.go(visitor, "/me/consents")

    return await signed_in(request, language, answer, after="consents")


@get("/{language:str}/me/signins")
async def sign_ins(request: WebRequest, language: FromPath[str]) -> Page:
    """Sign-ins, failures, changes."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        view = await port.sign_ins(token, visitor.visit)
        return await site.page(visitor, "portal/signins.html", view=view, me=view.me)

    return await signed_in(request, language, answer)


@get("/{language:str}/me/downloads")
async def downloads(request: WebRequest, language: FromPath[str]) -> Page:
    """What can be taken along."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        return await site.page(visitor, "portal/downloads.html", me=await port.me(token, visitor.visit))

    return await signed_in(request, language, answer)


@post("/{language:str}/me/downloads", status_code=200)
async def download(request: WebRequest, language: FromPath[str]) -> Page:
    """The package, made now."""

    async def answer(site: Site, visitor: Visitor, port: PortalPort, token: str) -> Page:
        form = (await site.form(visitor)).text("form")
        return site.download(await port.package(token, form, visitor.visit))

    return await signed_in(request, language, answer, after="downloads")


routes = [
    home,
    short_link,
    link,
    take_link,
    prove,
    ask_code,
    code_again,
    again,
    enter,
    leave,
    step,
    step_ask,
    step_enter,
    act_for,
    data,
    consents,
    withdraw,
    agree,
    sign_ins,
    downloads,
    download,
]
