"""What anybody may open: the start page and the policy."""

from litestar import get
from litestar.params import FromPath

from sandyq import speech
from sandyq.web.site import Page, WebRequest, site_of


@get("/")
async def root(request: WebRequest) -> Page:
    """To the start page in the language that the browser asks for."""
    language = speech.negotiate(request.headers.get("accept-language", ""))
    site = site_of(request)
    return site.go(site.visitor(request, language), "/")


@get("/{language:str}")
async def start(request: WebRequest, language: FromPath[str]) -> Page:
    """Four ways in: applicant, clerk, partner, auditor."""
    site = site_of(request)
    return await site.page(site.visitor(request, language), "start.html")


@get("/{language:str}/policy")
async def policy(request: WebRequest, language: FromPath[str]) -> Page:
    """The policy in force, clause by clause, each with an anchor (`#c-6-2-1`)."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    return await site.page(visitor, "policy.html", policy=await site.office.front.policy(language))


routes = [root, start, policy]
