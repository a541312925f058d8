"""The loan application: the form, what comes after it, the phone code."""

from litestar import get, post
from litestar.params import FromPath

from sandyq import seal, speech
from sandyq.collect import CodeState
from sandyq.errors import FieldError, Invalid, SandyqError
from sandyq.web import forms
from sandyq.web.receipt import COOKIE as RECEIPT
from sandyq.web.site import Page, Site, Visitor, WebRequest, site_of
from sandyq.web.views import FormView

_BY_LAW = frozenset({"consent_missing", "consent_needed"})


@get("/{language:str}/apply")
async def form(request: WebRequest, language: FromPath[str]) -> Page:
    """An empty form: no box ticked, nothing chosen."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    return await _form(site, visitor, await site.office.applicant.form(language), forms.Filled())


@post("/{language:str}/apply", status_code=200, request_max_body_size=forms.LIMITS.stream)
async def send(request: WebRequest, language: FromPath[str]) -> Page:
    """Take it in, or show every fault at once with what was typed. What was typed lives in this answer only.

    A form that only changes its language keeps what was typed, and no answer to a consent: its text is another one now (art. 8(4)).
    """
    site = site_of(request)
    visitor = site.visitor(request, language)
    body = await site.form(visitor, forms.LIMITS)
    view = await site.office.applicant.form(language)
    application, faults = forms.decode(view, body)
    if body.text("switch"):
        had_files = any(file.name or file.content for file in body.files.values())
        return await _form(site, visitor, view, forms.Filled(application.values, had_files=had_files, switched=True))
    faults = forms.joined(faults, forms.check(view, application))
    if not faults or any(error.code in _BY_LAW for error in faults):  # a refusal for want of consent is the law's, and stays on record
        try:
            received = await site.office.applicant.submit(application, visitor.visit)
        except Invalid as error:
            faults = forms.joined(faults, error.errors)
        else:
            left = CodeState(False, resend_after=received.resend_after, resends_left=received.resends_left)
            await _leave(site, visitor)
            return await site.page(visitor, "received.html", cookies=[site.forget(RECEIPT)], received=received, outcome=left, error="")
    filled = forms.again(view, application, faults, language, had_files=bool(body.files))
    return await _form(site, visitor, view, filled, status=413 if any(file.over for file in body.files.values()) else 400)


@get("/{language:str}/confirm")
async def waiting(request: WebRequest, language: FromPath[str]) -> Page:
    """The code step by itself, for one who comes back to it (the claim code is not shown again)."""
    site = site_of(request)
    return await _code(site, site.visitor(request, language), CodeState(False), "")


@post("/{language:str}/confirm", status_code=200)
async def confirm(request: WebRequest, language: FromPath[str]) -> Page:
    """The code that came by SMS."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    code = (await site.form(visitor)).text("code").replace(" ", "")
    if not code:
        return await _code(site, visitor, CodeState(False), speech.of_field(language, FieldError("code", "missing")))
    outcome = await site.office.applicant.confirm_phone(code, visitor.visit)
    if outcome.ok:
        return await site.page(visitor, "confirmed.html")
    return await _code(site, visitor, outcome, speech.say(language, "error.code_wrong", left=outcome.tries_left))


@post("/{language:str}/confirm/again", status_code=200)
async def again(request: WebRequest, language: FromPath[str]) -> Page:
    """Send the code once more, within the limits."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    await site.form(visitor)
    try:
        outcome, said = await site.office.applicant.resend(visitor.visit), ""
    except SandyqError as error:
        if error.code == "internal":
            raise
        outcome, said = CodeState(False), speech.of_error(language, error)
    return await _code(site, visitor, outcome, "", sent=not said, unsent=said)


async def _leave(site: Site, visitor: Visitor) -> None:
    """Close the receipt of an earlier form: on a phone that people share, the next one to apply must not find it under "my receipt"."""
    if token := visitor.token(RECEIPT):
        await site.office.applicant.leave(token, visitor.visit)


async def _form(site: Site, visitor: Visitor, view: FormView, filled: forms.Filled, *, status: int = 200) -> Page:
    once = seal.random_bytes(16).hex()
    return await site.page(visitor, "apply.html", status=status, form=view, filled=filled, once=once, limits=forms.LIMITS)


async def _code(site: Site, visitor: Visitor, outcome: CodeState, error: str, *, sent: bool = False, unsent: str = "") -> Page:
    status = 400 if error or unsent else 200
    return await site.page(visitor, "confirm.html", status=status, outcome=outcome, error=error, sent=sent, unsent=unsent)


routes = [form, send, waiting, confirm, again]
