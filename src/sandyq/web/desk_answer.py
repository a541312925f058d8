"""What is handed over: the whole answer on access, as tables and files, and the evidence for a court. Each is on record (4.1.1, 5.1.1; art. 25(2)(6))."""

from litestar import get, post
from litestar.params import FromPath

from sandyq.http.body import Form
from sandyq.speech import LANGUAGES
from sandyq.web.console import COOKIE, acted_page, console_page
from sandyq.web.desk_case import CASE, case_again
from sandyq.web.desk_parts import shown, who
from sandyq.web.site import Page, Site, Visitor, WebRequest
from sandyq.web.views import Download, RefusalView
from sandyq.web.views_desk import AnswerAsked


@get(f"{CASE}/answer")
async def ask(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """How the answer is wanted; nothing of the person is shown yet."""
    site, visitor = who(request, language)
    return await _asked(site, visitor, case, [], 200)


async def _asked(site: Site, visitor: Visitor, case: str, said: list[str], status: int) -> Page:
    found = site.office.desk.case(visitor.token(COOKIE), case, visitor.visit)
    return await shown(site, visitor, "console/desk_answer_ask.html", found, "case", status=status, said=said, languages=LANGUAGES)


@post(f"{CASE}/answer", status_code=200)
async def tell(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """The answer as tables, or (`form`: pdf, json, zip) as a file."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    form, asked, token = body.text("form"), _how(body), visitor.token(COOKIE)

    async def doing() -> Page:
        if form:
            return await _page(site, visitor, case, await site.office.desk.whole_file(token, case, asked, form, visitor.visit))
        return await _page(site, visitor, case, await site.office.desk.whole(token, case, asked, visitor.visit))

    return await acted_page(site, visitor, doing(), lambda said, status: _asked(site, visitor, case, said, status))


async def _page(site: Site, visitor: Visitor, case: str, found: object) -> Page:
    if isinstance(found, RefusalView):
        return await console_page(site, visitor, "console/refused.html", status=403, subject="", refusal=found)
    if isinstance(found, Download):
        return site.download(found)
    return await console_page(site, visitor, "console/desk_answer.html", answer=found)


@post(f"{CASE}/evidence", status_code=200)
async def evidence(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """The second member has the evidence packed for a court or an authority."""
    site, visitor = who(request, language)
    await site.form(visitor)

    async def doing() -> Page:
        return await _page(site, visitor, case, await site.office.desk.evidence(visitor.token(COOKIE), case, visitor.visit))

    return await acted_page(site, visitor, doing(), case_again(site, visitor, case))


def _how(body: Form) -> AnswerAsked:
    return AnswerAsked(body.text("full") == "yes", body.text("words")[:2], body.text("code").replace(" ", "")[:10])


routes = [ask, tell, evidence]
