"""Security headers on every answer, error pages and static files included."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
"""No script at all, nothing inline, nothing from elsewhere."""

POLICY_WITH_SCAN = POLICY.replace("img-src 'self'", "img-src 'self' data:")
"""The same for the page that shows a scan: the picture stands in the page itself, so that it has no address and is in no history."""
POLICY_OF_FILE = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
"""Of a file that the browser's own viewer shows: whatever the file holds reaches nothing of this site."""

_ALWAYS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ("cache-control", "no-store"),
)


async def harden(message: Message, scope: Scope) -> None:
    """Set each header that the answer has not set itself. `before_send` hook of the application."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    if scope["path"].startswith("/static/"):
        headers["cache-control"] = "public, max-age=300"
    for name, value in _ALWAYS:
        if name not in headers:
            headers[name] = value
