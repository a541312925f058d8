"""What the pages of the rights desk share: who visits, and a page around one view."""

from collections.abc import Awaitable
from typing import Any

from sandyq import speech
from sandyq.errors import Denied
from sandyq.web.console import COOKIE, console_page, sign_in_page
from sandyq.web.site import Page, Site, Visitor, WebRequest, site_of


def who(request: WebRequest, language: str) -> tuple[Site, Visitor]:
    """The site, and the visitor in the language of the address."""
    site = site_of(request)
    return site, site.visitor(request, language)


async def shown(
    site: Site, visitor: Visitor, template: str, finding: Awaitable[object], name: str, *, status: int = 200, **more: Any
) -> Page:
    """A page around one view of the desk; the sign-in for who has no session, or whose session ended."""
    if not visitor.token(COOKIE):
        if hasattr(finding, "close"):
            finding.close()
        return await sign_in_page(site, visitor)
    try:
        found = await finding
    except Denied as error:
        if error.code != "session_ended":
            raise
        return await sign_in_page(site, visitor, speech.of_error(visitor.language, error))
    return await console_page(site, visitor, template, status=status, **{name: found}, **more)
