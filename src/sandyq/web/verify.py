"""Whether a letter was issued: a public page that takes its digest, or its JSON, and tells that and nothing else (policy 3.10; ADR 11)."""

import json
import re
from hashlib import sha256
from typing import Final

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sandyq import speech
from sandyq.errors import FieldError
from sandyq.http.body import MEGABYTE, Bounds, Form
from sandyq.http.limits import Rate
from sandyq.web.site import Page, Site, Visitor, WebRequest, site_of

READS: Final = Rate(burst=30, per_minute=30)
WRITES: Final = Rate(burst=15, per_minute=15)
"""How often one address may ask; who checks a letter asks once or twice."""

_BOUNDS: Final = Bounds(total=4 * MEGABYTE, text=2 * MEGABYTE, file=2 * MEGABYTE, parts=8)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_LONG: Final = 60


@get("/verify")
async def scanned(request: WebRequest) -> Page:
    """The address in the QR code of a letter: to the page in the language that the browser asks for."""
    site = site_of(request)
    visitor = site.visitor(request, speech.negotiate(request.headers.get("accept-language", "")))
    digest = _normal(request.query_params.get("d", ""))
    return site.go(visitor, f"/verify?d={digest}" if _DIGEST.fullmatch(digest) else "/verify")


@get("/{language:str}/verify")
async def show(request: WebRequest, language: FromPath[str]) -> Page:
    """The form, or the answer on the digest of the address."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    digest = request.query_params.get("d", "")
    return await _answer(site, visitor, _normal(digest), "") if digest else await _page(site, visitor)


@post("/{language:str}/verify", status_code=200)
async def check(request: WebRequest, language: FromPath[str]) -> Page:
    """A typed digest, with the letter's number or without, or the letter's JSON, pasted or as a file."""
    site = site_of(request)
    visitor = site.visitor(request, language)
    form = await site.form(visitor, _BOUNDS)
    raw = _json(form)
    if not raw:
        return await _answer(site, visitor, _normal(form.text("digest")), form.text("number")[:_LONG])
    digest = digest_of(raw)
    if not digest:
        return await _page(site, visitor, form.text("digest"), form.text("number"), fault=FieldError("body", "letter_unreadable"))
    return await _answer(site, visitor, digest, form.text("number")[:_LONG])


@get("/{language:str}/verify/{digest:str}/proof")
async def proof(request: WebRequest, language: FromPath[str], digest: FromPath[str]) -> Page:
    """The proof that the entry which vouches for a letter stands in the log."""
    site = site_of(request)
    site.visitor(request, language)
    return site.download(await site.office.verify.proof(_normal(digest)[:64]))


def digest_of(raw: bytes) -> str:
    """The digest of a letter's body in its canonical form, from its JSON however it is spaced, alone or with its proof (`{"body": ...}`). Empty when it is not JSON,
    or when a key stands twice in it, for then two readers could see two letters."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=once)
        body = found["body"] if isinstance(found, dict) and isinstance(found.get("body"), dict) else found
        canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError):
        return ""
    return sha256(canonical).hexdigest() if isinstance(body, dict) else ""


def _json(form: Form) -> bytes:
    file = form.files.get("file")
    return file.content if file is not None and file.content else form.text("body").encode()


def _normal(typed: str) -> str:
    """A digest as people type it off paper: blanks, capitals and its prefix do not matter."""
    return re.sub(r"\s", "", typed[:200]).lower().removeprefix("sha256:")


async def _answer(site: Site, visitor: Visitor, digest: str, number: str) -> Page:
    if not digest:
        return await _page(site, visitor, digest, number, fault=FieldError("digest", "missing"))
    if not _DIGEST.fullmatch(digest):
        return await _page(site, visitor, digest, number, fault=FieldError("digest", "digest_malformed"))
    found = await site.office.verify.letter(digest, number)
    return await site.page(visitor, "verify.html", digest=digest, number=number, asked=True, found=found, errors={})


async def _page(site: Site, visitor: Visitor, digest: str = "", number: str = "", *, fault: FieldError | None = None) -> Page:
    errors = {fault.field: speech.of_field(visitor.language, fault)} if fault else {}
    status = 400 if fault else 200
    return await site.page(
        visitor, "verify.html", status=status, digest=digest[:80], number=number[:_LONG], asked=False, found=None, errors=errors
    )


routes: list[HTTPRouteHandler] = [scanned, show, check, proof]
