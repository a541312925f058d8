"""From an error to a page: one table from code to status, the sentence from the catalog, what to do next; never a stack trace."""

import traceback
from pathlib import Path
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from sandyq import speech
from sandyq.errors import Conflict, Denied, Invalid, NotFound, NotReady, SandyqError, TooLarge, TooMany
from sandyq.logs import Log
from sandyq.web.site import Page, site_of, type_of_page
from sandyq.web.views import OfficeView

STATUS: tuple[tuple[type[SandyqError], int], ...] = (
    (Invalid, 400),
    (NotFound, 404),
    (Denied, 403),
    (Conflict, 409),
    (TooMany, 429),
    (TooLarge, 413),
    (NotReady, 503),
)
_KNOWN = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
_LOG = Log("web")
_FRAMES = 8
_NOBODY = OfficeView(name="Sandyq", reading="strict", sample=False)


def status_of(error: Exception) -> int:
    """The HTTP status of an error; what is not expected is 500."""
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, SandyqError):
        if error.code in {"bad_form"}:
            return 400
        return next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    return 500


def show(request: Request[Any, Any, Any], error: Exception) -> Page:
    """The page of an error. It asks the office nothing, for the office may be what failed."""
    status = status_of(error)
    if status == 500:
        _report(error)
    first = request.url.path.lstrip("/").partition("/")[0]
    language = first if first in speech.LANGUAGES else speech.negotiate(request.headers.get("accept-language", ""))
    shown_as = status if status in _KNOWN else (404 if status < 500 else 500)
    said = [speech.of_field(language, e) for e in error.errors] if isinstance(error, Invalid) else []
    if isinstance(error, SandyqError) and not said and status != 500:
        said = [sentence(language, error)]
    after = "power" if isinstance(error, Denied) and error.code == "power_missing" else str(shown_as)
    shown = {"status": shown_as, "said": said, "next": after, "back": f"/{language}/", "room": _room(request.url.path)}
    html = site_of(request).render(language, "fault.html", visitor=None, about=_NOBODY, **shown)
    headers = {"content-language": language, **_retry(error)}
    return Response(html.encode(), status_code=status, media_type=type_of_page, headers=headers)


def sentence(language: str, error: SandyqError) -> str:
    """The sentence of an error on a page. A power is called by what it is for: its code says nothing to who looks at pages."""
    key = f"power.{error.params.get('power', '')}"
    if error.code == "power_missing" and speech.has(key):
        return speech.sentence(language, error.code, {"power": speech.say(language, key)})
    return speech.of_error(language, error)


def _room(path: str) -> str:
    """Behind which sign-in the page would have been: there the way back leads."""
    parts = path.strip("/").split("/")
    return next((room for room in ("console", "me") if room in parts[:2]), "")


def _retry(error: Exception) -> dict[str, str]:
    seconds = error.params.get("retry_after") if isinstance(error, SandyqError) else None
    return {"retry-after": str(seconds)} if seconds else {}


def _report(error: Exception) -> None:
    """Say where an unexpected failure was, never what it held: a message can quote a value, a place in the code cannot."""
    places = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)[-_FRAMES:]]
    _LOG.error("unexpected", kind=type(error).__name__, places=places)
