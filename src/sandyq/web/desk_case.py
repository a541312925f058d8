"""One request in the console: entered, identified, decided, answered, with its letters (policy part 4, 8.3).

Reading what a person wrote is a POST, like opening a person: each look is an act on record, and nothing of it stays in a history.
"""

from collections.abc import Awaitable
from datetime import date
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from sandyq.errors import FieldError, Invalid
from sandyq.http.body import Form
from sandyq.identity.facts import DocumentSeen
from sandyq.ids import is_id
from sandyq.requests.facts import DocumentKind
from sandyq.rights import WANTED, Kind
from sandyq.web.console import COOKIE, acted
from sandyq.web.desk_parts import shown, who
from sandyq.web.sent import Again
from sandyq.web.site import Page, Site, Visitor, WebRequest
from sandyq.web.views_desk import Decision, Deed, NewRequest

AT = "/{language:str}/console"
CASE = f"{AT}/case/{{case:str}}"
_KINDS = tuple(kind.value for kind in Kind)
_CHANNELS = ("paper", "phone", "desk", "mail", "partner", "authority")
ROWS = 3
"""How many things one form takes; what else is asked comes as a request of its own."""
_TYPED = (
    "channel",
    "received_on",
    "request_language",
    "document",
    "paper",
    "ordered_due",
    "identity",
    "contact",
    "text",
    *(f"{name}{n}" for n in range(1, ROWS + 1) for name in ("want", "value")),
)
DETAILED = frozenset({Kind.RECTIFY.value, Kind.PUBLIC_SOURCES.value, Kind.AUTHORITY_ORDER.value})
"""Kinds that are not said by their name alone."""
DOCUMENTS = tuple(kind.value for kind in DocumentSeen)
PAPERS = tuple(kind.value for kind in DocumentKind)
WANTED_PAPERS = tuple(sorted(WANTED))
_MOST = 4000
_ADDRESS = 8
_LINE = 120


@get(f"{AT}/cases/new")
async def new(request: WebRequest, language: FromPath[str]) -> Page:
    """Enter a request that did not come through the portal or by e-mail."""
    site, visitor = who(request, language)
    kind = str(request.query_params.get("kind", ""))
    return await _new(site, visitor, kind if kind in _KINDS else "", {}, [])


@post(f"{AT}/cases/new", status_code=200)
async def enter(request: WebRequest, language: FromPath[str]) -> Page:
    """Put it on file; every fault comes at once and nothing that was typed is lost, but for an IIN."""
    site, visitor = who(request, language)
    body = await site.form(visitor)

    async def again(said: list[str], status: int) -> Page:
        typed = {name: value for name, value in body.values.items() if name != "iin"}
        return await _new(site, visitor, body.text("kind"), typed, said, status=status)

    async def doing() -> str:
        return await site.office.desk.open_case(visitor.token(COOKIE), _request(body), visitor.visit)

    return await acted(site, visitor, doing(), lambda case: f"/console/case/{case}", again)


async def _new(site: Site, visitor: Visitor, kind: str, typed: dict[str, str], said: list[str], *, status: int = 200) -> Page:
    token = visitor.token(COOKIE)
    about = typed.get("about", "") or str(visitor.request.query_params.get("about", ""))[:26]
    page: dict[str, Any] = {
        "kind": kind,
        "kinds": _KINDS,
        "channels": _CHANNELS,
        "documents": DOCUMENTS,
        "papers": PAPERS,
        "rows": range(1, ROWS + 1),
        "typed": {**dict.fromkeys(_TYPED, ""), **typed, "about": about},
        "said": said,
    }
    found = site.office.desk.wants(token, kind, about, visitor.visit)
    return await shown(site, visitor, "console/desk_new.html", found, "wants", status=status, **page)


def rows_of(body: Form) -> tuple[tuple[str, str, str], ...]:
    """The rows that say what exactly is asked, as (what, id, value)."""
    rows = [(body.text(f"want{n}").partition(":"), body.text(f"value{n}")[:_MOST]) for n in range(1, ROWS + 1)]
    return tuple((what, id_[:60], value) for (what, _, id_), value in rows if what)


def _request(body: Form) -> NewRequest:
    """What was filled in. A day that cannot be read is a fault of its own."""
    return NewRequest(
        body.text("kind"),
        body.text("channel"),
        body.text("request_language"),
        body.text("about")[:26],
        day_of(body.text("received_on"), "received_on"),
        body.text("text")[:_MOST],
        body.text("contact")[:200],
        body.text("document")[:200],
        rows_of(body),
        day_of(body.text("ordered_due"), "ordered_due"),
        body.text("identity"),
        body.text("iin")[:20],
        body.text("paper"),
    )


# --- one case --------------------------------------------------------------------------------------------------------------------------------


@get(CASE)
async def case(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """One case: its clocks, its parts with what the law finds, its history. What the person wrote is opened by a press of a button."""
    site, visitor = who(request, language)
    return await case_page(site, visitor, case)


@post(f"{CASE}/read", status_code=200)
async def read(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """The same with what the person wrote and what is held about them."""
    site, visitor = who(request, language)
    await site.form(visitor)
    return await case_page(site, visitor, case, opened=True)


async def case_page(
    site: Site, visitor: Visitor, case_id: str, *, opened: bool = False, said: list[str] | None = None, status: int = 200
) -> Page:
    """The page of a case, with faults where something was not done."""
    found = site.office.desk.case(visitor.token(COOKIE), case_id, visitor.visit, read=opened)
    more = {"opened": opened, "said": said or [], "documents": DOCUMENTS, "papers": PAPERS, "wanted": WANTED_PAPERS}
    return await shown(site, visitor, "console/desk_case.html", found, "case", status=status, **more)


@post(f"{CASE}/identify", status_code=200)
async def identify(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """Somebody showed an identity document; its IIN is compared and not kept."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    about, document, iin = body.text("about")[:26], body.text("document_kind"), body.text("iin")[:20]
    doing = site.office.desk.identify(visitor.token(COOKIE), case, about, document, iin, visitor.visit)
    return await _acted(site, visitor, case, doing)


@post(f"{CASE}/decide", status_code=200)
async def decide(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """The decision on every open part."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    chosen = tuple(_decision(body, name) for name in body.values if name.startswith("part") and name[4:].isdigit())
    return await _acted(site, visitor, case, site.office.desk.decide(visitor.token(COOKIE), case, chosen, visitor.visit))


def _decision(body: Form, name: str) -> Decision:
    do, _, reason = body.text(name).partition(":")
    return Decision(int(name[4:]), do, reason, body.text(f"{name}-cited")[:26], body.text(f"{name}-document")[:200])


@post(f"{CASE}/proof", status_code=200)
async def proof(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """The proof of what was done elsewhere."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    no = int(body.text("no")) if body.text("no").isdigit() else 0
    doing = site.office.desk.proof(visitor.token(COOKIE), case, no, body.text("document")[:200], visitor.visit)
    return await _acted(site, visitor, case, doing)


@post(f"{CASE}/stage", status_code=200)
async def stage(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """A complaint goes on."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    to, document = body.text("stage"), body.text("document")[:200]
    return await _acted(site, visitor, case, site.office.desk.stage(visitor.token(COOKIE), case, to, document, visitor.visit))


@post(f"{CASE}/act", status_code=200)
async def act(request: WebRequest, language: FromPath[str], case: FromPath[str]) -> Page:
    """Any of the acts that a single button does."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    given = body.text("given")
    if body.text("deed") == "rekind" and is_id(case) and given in _KINDS and (body.text("detail") or given in DETAILED):
        return site.go(visitor, f"/console/case/{case}/kind?kind={given}")
    deed = Deed(
        body.text("deed"),
        given[:200],
        tuple(line.strip()[:_LINE] for line in body.text("to").splitlines() if line.strip())[:_ADDRESS],
        tuple(code for code in WANTED_PAPERS if body.text(f"wanted-{code}")),
        body.text("paper"),
    )
    return await _acted(site, visitor, case, site.office.desk.act(visitor.token(COOKIE), case, deed, visitor.visit))


async def _acted(site: Site, visitor: Visitor, case_id: str, doing: Awaitable[object]) -> Page:
    """Back to the case; or the case again, with every fault said and nothing done."""
    return await acted(site, visitor, doing, f"/console/case/{case_id}", case_again(site, visitor, case_id))


def case_again(site: Site, visitor: Visitor, case_id: str) -> Again:
    """The page of a case with faults."""

    async def again(said: list[str], status: int) -> Page:
        return await case_page(site, visitor, case_id, said=said, status=status)

    return again


def day_of(text: str, field: str) -> date | None:
    """A day as a browser sends it; None where none was filled in. Raises Invalid."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid([FieldError(field, "not_a_date", {"given": text[:20], "form": "2026-12-31"})]) from None


routes = [new, enter, case, read, identify, decide, proof, stage, act]
