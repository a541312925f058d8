"""Forms can only be sent from our own pages: a signed double submit (a random cookie, and in each form a mark signed over that cookie).

The mark is `nonce.mac` with mac = HMAC-SHA-256(key, "form", browser, nonce); nothing is stored. A request that the browser itself marks as
coming from another site (`Sec-Fetch-Site`, `Origin`) is refused too.
"""

import base64
import re
from typing import Any

from litestar import Request

from sandyq import seal
from sandyq.errors import Denied

COOKIE = "sandyq_browser"
FIELD = "form_mark"
_SHAPE = re.compile(r"^[A-Za-z0-9_-]{22}$")


def new_browser() -> str:
    """A random name for a browser, 128 bits."""
    return _text(seal.random_bytes(16))


def named(cookie: str, *, secure: bool) -> str:
    """The name that a cookie goes by: over TLS one that no other host and no plain page can set (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{cookie}" if secure else cookie


def browser_of(request: Request[Any, Any, Any], *, secure: bool) -> str:
    """The browser's name from its cookie, empty when it has none or a malformed one."""
    value = request.cookies.get(named(COOKIE, secure=secure), "")
    return value if _SHAPE.match(value) else ""


def mark(key: bytes, browser: str) -> str:
    """A fresh mark for one form."""
    nonce = _text(seal.random_bytes(16))
    return f"{nonce}.{_mac(key, browser, nonce)}"


def check(key: bytes, request: Request[Any, Any, Any], sent: str, *, secure: bool) -> None:
    """Raise Denied unless the form came from a page of ours in this very browser."""
    nonce, _, mac = sent.partition(".")
    browser = browser_of(request, secure=secure)
    fits = bool(browser) and seal.same(mac.encode(), _mac(key, browser, nonce).encode())
    if not (fits and _from_here(request)):
        raise Denied("form_mark")


def _from_here(request: Request[Any, Any, Any]) -> bool:
    """What the browser says of where the form came from. An origin of `null` (a browser told to hide it) counts only beside its word that the page was ours."""
    site = request.headers.get("sec-fetch-site", "")
    origin = request.headers.get("origin", "")
    if site not in {"", "same-origin", "none"}:
        return False
    if origin == "null":
        return site == "same-origin"
    return not origin or origin.partition("://")[2] == request.headers.get("host", "")


def _mac(key: bytes, browser: str, nonce: str) -> str:
    return _text(seal.token(key, b"form", browser.encode(), nonce.encode()))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
