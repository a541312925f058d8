"""A person's own page: behind the claim code and a code by SMS."""

from litestar import get, post
from litestar.params import FromPath

from sandyq import speech
from sandyq.collect import CodeState
from sandyq.errors import Conflict, Denied, FieldError
from sandyq.web.site import Page, Site, Visitor, WebRequest, site_of

COOKIE = "sandyq_receipt"


@get("/{language:str}/receipt")
async def show(request: WebRequest, language: FromPath[str]) -> Page:
    """The page itself when signed in, else the first step of signing in."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    if not visitor.token(COOKIE):
        return await _ask(site, visitor, "")
    return await _receipt(site, visitor, "")


@post("/{language:str}/receipt/open", status_code=200)
async def claim(request: WebRequest, language: FromPath[str]) -> Page:
    """First step: the claim code. The answer is the same whether it exists or not."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    typed = (await site.form(visitor)).text("claim")
    if not typed:
        return await _ask(site, visitor, speech.of_field(language, FieldError("claim", "missing")))
    outcome, token = await site.office.applicant.ask_code(typed, visitor.visit)
    if token:
        return site.go(visitor, "/receipt", [site.cookie(COOKIE, token)])
    return await _enter(site, visitor, outcome, "")


@post("/{language:str}/receipt/enter", status_code=200)
async def enter(request: WebRequest, language: FromPath[str]) -> Page:
    """Second step: the code by SMS."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    code = (await site.form(visitor)).text("code").replace(" ", "")
    if not code:
        return await _enter(site, visitor, CodeState(False), speech.of_field(language, FieldError("code", "missing")))
    token = await site.office.applicant.enter(code, visitor.visit)
    if not token:
        return await _enter(site, visitor, CodeState(False), speech.say(language, "error.code_unfit"))
    return site.go(visitor, "/receipt", [site.cookie(COOKIE, token)])


@post("/{language:str}/receipt/withdraw", status_code=200)
async def withdraw(request: WebRequest, language: FromPath[str]) -> Page:
    """Withdraw one consent: asked once more first, for it acts at once."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    body = await site.form(visitor)
    token, grant = visitor.token(COOKIE), body.text("grant")
    if body.text("sure") != "yes":
        view = await site.office.applicant.receipt(token, visitor.visit)
        chosen = next((c for c in view.consents if c.id == grant), None)
        if chosen is None:
            return site.go(visitor, "/receipt")
        return await site.page(visitor, "withdraw.html", consent=chosen)
    try:
        await site.office.applicant.withdraw(token, grant, visitor.visit)
    except Conflict as error:
        return await _receipt(site, visitor, speech.of_error(language, error), status=409)
    return site.go(visitor, "/receipt")


@get("/{language:str}/receipt/proof/{leaf:str}")
async def proof(request: WebRequest, language: FromPath[str], leaf: FromPath[str]) -> Page:
    """The proof that an act stands in the log."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    return site.download(await site.office.applicant.proof(visitor.token(COOKIE), leaf, visitor.visit))


@get("/{language:str}/receipt/certificate/{form:str}")
async def certificate(request: WebRequest, language: FromPath[str], form: FromPath[str]) -> Page:
    """The certificate of destruction, as PDF or JSON."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    return site.download(await site.office.applicant.certificate(visitor.token(COOKIE), form, visitor.visit))


@get("/{language:str}/receipt/letter/{entry:str}")
async def letter(request: WebRequest, language: FromPath[str], entry: FromPath[str]) -> Page:
    """A sealed answer, as PDF."""
    return await _letter(request, language, entry, "pdf")


@get("/{language:str}/receipt/letter/{entry:str}/json")
async def letter_body(request: WebRequest, language: FromPath[str], entry: FromPath[str]) -> Page:
    """A sealed answer, as the JSON that can be checked without us."""
    return await _letter(request, language, entry, "json")


async def _letter(request: WebRequest, language: str, entry: str, form: str) -> Page:
    site = site_of(request)
    visitor = site.visitor(request, language)
    return site.download(await site.office.applicant.letter(visitor.token(COOKIE), entry, form, visitor.visit))


@post("/{language:str}/receipt/leave", status_code=200)
async def leave(request: WebRequest, language: FromPath[str]) -> Page:
    """Sign out."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    await site.form(visitor)
    await site.office.applicant.leave(visitor.token(COOKIE), visitor.visit)
    return site.go(visitor, "/", [site.forget(COOKIE)])


async def _receipt(site: Site, visitor: Visitor, error: str, *, status: int = 200) -> Page:
    try:
        view = await site.office.applicant.receipt(visitor.token(COOKIE), visitor.visit)
    except Denied:
        return await site.page(visitor, "receipt_claim.html", status=403, cookies=[site.forget(COOKIE)], error="", ended=True)
    return await site.page(visitor, "receipt.html", status=status, receipt=view, error=error)


async def _ask(site: Site, visitor: Visitor, error: str) -> Page:
    return await site.page(visitor, "receipt_claim.html", status=400 if error else 200, error=error, ended=False)


async def _enter(site: Site, visitor: Visitor, outcome: CodeState, error: str) -> Page:
    return await site.page(visitor, "receipt_code.html", status=400 if error else 200, outcome=outcome, error=error)


routes = [show, claim, enter, withdraw, proof, certificate, letter, letter_body, leave]
