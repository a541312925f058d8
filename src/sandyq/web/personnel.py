"""The personnel department in the console: candidates and employees behind the wall of 3.7. Who has not the power gets none of it, and that is on record.

Finding and opening are POSTs: each look is an act with a purpose, and nothing of it stays in a history.
"""

import re
from collections import defaultdict

from litestar import get, post
from litestar.params import FromPath

from sandyq.errors import FieldError, Invalid
from sandyq.http.body import Bounds, Form
from sandyq.web.console import COOKIE, acted_page, console_page
from sandyq.web.desk_case import day_of
from sandyq.web.desk_parts import shown, who
from sandyq.web.sent import Again
from sandyq.web.site import Page, Site, Visitor, WebRequest
from sandyq.web.views import Criteria, RefusalView
from sandyq.web.views_personnel import NewHire

_AT = "/{language:str}/console/personnel"
_SEARCHES = ("iin", "phone", "email")
_ROLES = ("candidate", "employee")
_LABOUR = re.compile(r"Трудов\w+ кодекс\w*( РК)?|\bТК РК|(ҚР )?Еңбек кодекс\w*|ҚР ЕК\b", re.IGNORECASE)
_STATYA = re.compile(r"\s*\b(?:стать[яией]+|ст\.?)\s*(?=\d)", re.IGNORECASE)
_BAP = re.compile(r"\s*(\d[\d(), -]*?)\s*-?\s*ба(?:п|бы)\b", re.IGNORECASE)
_TURNED = re.compile(r"art\. (\d[\d(), -]*) (\S.*)")
_BOUNDS = Bounds(text=4 * 1024, parts=200)


@get(_AT)
async def home(request: WebRequest, language: FromPath[str]) -> Page:
    """The search behind the wall."""
    site, visitor = who(request, language)
    return await _search(site, visitor, Criteria(), "", None)


@post(f"{_AT}/find", status_code=200)
async def find(request: WebRequest, language: FromPath[str]) -> Page:
    """Find by one exact identifier, or by surname and birth year, for a purpose of 3.7."""
    site, visitor = who(request, language)
    body = await site.form(visitor)
    kind, purpose = body.text("kind"), body.text("purpose")
    criteria = Criteria(
        kind if kind in _SEARCHES else "", body.text("value")[:200], body.text("surname")[:100], "", body.text("birth_year")[:4], ""
    )

    async def doing() -> Page:
        if not purpose:
            raise Invalid([FieldError("purpose", "missing", {}, ("3.7",))])
        found = await site.office.personnel.find(visitor.token(COOKIE), purpose, criteria, visitor.visit)
        return await _search(site, visitor, criteria, purpose, found)

    return await acted_page(site, visitor, doing(), lambda said, status: _search(site, visitor, criteria, purpose, None, said, status))


async def _search(
    site: Site, visitor: Visitor, criteria: Criteria, purpose: str, found: object, said: list[str] | None = None, status: int = 200
) -> Page:
    more = {"criteria": criteria, "purpose": purpose, "found": found, "said": said or [], "kinds": _SEARCHES}
    form = site.office.personnel.form(visitor.token(COOKIE), visitor.visit)
    return await shown(site, visitor, "console/hr_find.html", form, "form", status=status, **more)


@get(f"{_AT}/new")
async def new(request: WebRequest, language: FromPath[str]) -> Page:
    """The form by which somebody is taken on; with `?anew=` somebody who is behind the wall."""
    site, visitor = who(request, language)
    return await _new(site, visitor, {"anew": str(request.query_params.get("anew", ""))[:26]}, [])


@post(f"{_AT}/new", status_code=200)
async def take_on(request: WebRequest, language: FromPath[str]) -> Page:
    """Take somebody on; every fault and every reason of a refusal comes at once, and nothing that was typed is lost."""
    site, visitor = who(request, language)
    body = await site.form(visitor, _BOUNDS)

    async def again(said: list[str], status: int) -> Page:
        return await _new(site, visitor, dict(body.values), said, status=status)

    async def doing() -> Page:
        made = await site.office.personnel.take_on(visitor.token(COOKIE), _hire(body), visitor.visit)
        if isinstance(made, RefusalView):
            return await _new(site, visitor, dict(body.values), [], status=403, refusal=made)
        return site.go(visitor, f"/console/personnel/{made}")

    return await acted_page(site, visitor, doing(), again)


async def _new(
    site: Site, visitor: Visitor, typed: dict[str, str], said: list[str], *, status: int = 200, refusal: RefusalView | None = None
) -> Page:
    form = site.office.personnel.form(visitor.token(COOKIE), visitor.visit)
    more = {"typed": defaultdict(str, typed), "said": said, "roles": _ROLES, "refusal": refusal}
    return await shown(site, visitor, "console/hr_new.html", form, "form", status=status, **more)


def _hire(body: Form) -> NewHire:
    """What was filled in. A purpose without a ground is not one of theirs."""
    names = {name.removeprefix("ground.") for name in body.values if name.startswith("ground.")}
    grounds = {p: (body.text(f"ground.{p}"), cited(body.text(f"citation.{p}")[:60])) for p in names if body.text(f"ground.{p}")}
    values = {name.removeprefix("data."): body.text(name) for name in body.values if name.startswith("data.")}
    return NewHire(
        body.text("role"),
        values,
        grounds,
        day_of(body.text("started"), "started"),
        body.text("paper")[:200],
        body.text("form_language") or "kk",
        body.text("identity_seen") == "yes",
        body.text("anew")[:26],
    )


def cited(typed: str) -> str:
    """An article as it is typed in Kazakh or Russian, the way citations are kept: `414-V ст. 28`, `ст. 28 ТК РК` and `Еңбек кодексінің 28-бабы` as
    `... art. 28`."""
    named = _LABOUR.sub(" Labour Code ", typed)
    said = " ".join(_BAP.sub(r" art. \1", _STATYA.sub(" art. ", named)).split())
    turned = _TURNED.fullmatch(said)
    return f"{turned[2]} art. {turned[1]}" if turned else said


@get(f"{_AT}/{{subject:str}}")
async def choose(request: WebRequest, language: FromPath[str], subject: FromPath[str]) -> Page:
    """Which purpose is this person opened for? Nothing is shown before that."""
    site, visitor = who(request, language)
    return await _choose(site, visitor, subject)


async def _choose(site: Site, visitor: Visitor, subject: str, said: list[str] | None = None, status: int = 200) -> Page:
    form = site.office.personnel.form(visitor.token(COOKIE), visitor.visit)
    return await shown(site, visitor, "console/hr_purpose.html", form, "form", status=status, subject=subject[:26], said=said or [])


@post(f"{_AT}/{{subject:str}}", status_code=200)
async def person(request: WebRequest, language: FromPath[str], subject: FromPath[str]) -> Page:
    """Open somebody for a purpose of 3.7: recorded, also when refused."""
    site, visitor = who(request, language)
    body = await site.form(visitor)

    async def doing() -> Page:
        found = await site.office.personnel.open(visitor.token(COOKIE), subject, body.text("purpose"), visitor.visit)
        if isinstance(found, RefusalView):
            return await _refused(site, visitor, found)
        return await console_page(site, visitor, "console/hr_person.html", person=found, said=[])

    return await acted_page(site, visitor, doing(), _chosen_again(site, visitor, subject))


@post(f"{_AT}/{{subject:str}}/end", status_code=200)
async def end(request: WebRequest, language: FromPath[str], subject: FromPath[str]) -> Page:
    """Enter the end of an employment or a candidacy."""
    site, visitor = who(request, language)
    body = await site.form(visitor)

    async def doing() -> Page:
        on = day_of(body.text("on"), "on")
        if on is None:
            raise Invalid([FieldError("on", "missing", {}, ("3.7",))])
        refused = await site.office.personnel.end(visitor.token(COOKIE), subject, on, body.text("owed") != "yes", visitor.visit)
        if refused is not None:
            return await _refused(site, visitor, refused)
        return site.go(visitor, f"/console/personnel/{subject}")

    return await acted_page(site, visitor, doing(), _chosen_again(site, visitor, subject))


def _chosen_again(site: Site, visitor: Visitor, subject: str) -> Again:
    return lambda said, status: _choose(site, visitor, subject, said, status)


async def _refused(site: Site, visitor: Visitor, refusal: RefusalView) -> Page:
    return await console_page(site, visitor, "console/refused.html", status=403, subject="", refusal=refusal)


routes = [home, find, new, take_on, choose, person, end]
