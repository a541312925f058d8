"""What a letter asks for, said with what it is about: a correction with the right values, a choice on public sources, the order of an authority with its paper
and its person, one consent of several (policy 4.1, 5.1.1, 8.3)."""

from collections import defaultdict

from litestar import get, post
from litestar.params import FromPath

from sandyq.errors import NotFound
from sandyq.http.body import Form
from sandyq.rights import Kind
from sandyq.web.console import COOKIE, acted
from sandyq.web.desk_case import CASE, PAPERS, ROWS, rows_of
from sandyq.web.desk_parts import shown, who
from sandyq.web.site import Page, Site, Visitor, WebRequest
from sandyq.web.views_desk import NewKind

_KINDS = frozenset(kind.value for kind in Kind)


@get(f"{CASE}/kind")
async def ask(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """The form of one kind. Nothing of the person is shown yet."""
    site, visitor = who(request, language)
    kind = str(request.query_params.get("kind", ""))
    if kind not in _KINDS:
        raise NotFound("order_unknown")
    return await _form(site, visitor, case, kind, Form(), [], another=request.query_params.get("another") == "yes")


@post(f"{CASE}/kind", status_code=200)
async def say(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """Say it, with every fault at once and nothing lost that was typed but an IIN; or (`look`) have the letter opened beside the form, which is on record."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    kind = body.text("kind")
    if kind not in _KINDS:
        raise NotFound("order_unknown")
    if body.text("look"):
        return await _form(site, visitor, case, kind, body, [], read=True)
    said = NewKind(
        kind,
        rows_of(body),
        body.text("document")[:200],
        body.text("paper"),
        body.text("about")[:26],
        body.text("iin")[:20],
        bool(body.text("another")),
    )
    doing = site.office.desk.rekind(visitor.token(COOKIE), case, said, visitor.visit)
    return await acted(
        site,
        visitor,
        doing,
        lambda made: f"/console/case/{made}",
        lambda faults, status: _form(site, visitor, case, kind, body, faults, status=status),
    )


async def _form(
    site: Site,
    visitor: Visitor,
    case: str,
    kind: str,
    body: Form,
    said: list[str],
    *,
    read: bool = False,
    status: int = 200,
    another: bool = False,
) -> Page:
    finding = site.office.desk.kind(visitor.token(COOKIE), case, kind, visitor.visit, read=read)
    typed = defaultdict(str, {name: value for name, value in body.values.items() if name != "iin"})
    more = {
        "said": said,
        "typed": typed,
        "rows": range(1, ROWS + 1),
        "papers": PAPERS,
        "opened": read,
        "another": another or bool(body.text("another")),
    }
    return await shown(site, visitor, "console/desk_kind.html", finding, "asked", status=status, **more)


routes = [ask, say]
