"""Signed webhooks after the Standard Webhooks specification 1.0: `webhook-id`, `webhook-timestamp`, `webhook-signature` (v1, HMAC-SHA-256).

The id is stable over retries, so a recipient can tell a repeat. Redirects are not followed: a body goes to the agreed address or nowhere.
"""

import threading
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from sandyq.errors import Denied
from sandyq.outbox import Outcome, Parcel

if TYPE_CHECKING:
    import ssl

    import httpx

REPLY_BOUND = 64 * 1024
"""Bytes of a reply that are read; an acknowledgement is far smaller."""


@cache
def _authorities() -> "ssl.SSLContext":
    """Whom a recipient's certificate may come from; read once in a process, for it takes longer than a message."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


class WebhookSender:
    """Posts parcels; one pooled client, opened at the first use so that a start costs nothing."""

    def __init__(self, *, timeout: float = 10.0, plain_allowed: bool = False) -> None:
        self._timeout = timeout
        self._plain_allowed = plain_allowed
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def _opened(self) -> "httpx.Client":
        import httpx  # a quarter of a second: paid at the first message, not at the start

        with self._lock:
            if self._client is None:
                self._client = httpx.Client(timeout=self._timeout, follow_redirects=False, trust_env=False, verify=_authorities())
            return self._client

    def send(self, parcel: Parcel) -> Outcome:
        """POST one parcel. 2xx is a delivery; 410 is final; anything else, and silence, is tried again."""
        if not parcel.address.startswith("https://") and not (self._plain_allowed and parcel.address.startswith("http://")):
            return Outcome(False, "address_not_https", final=True)
        import httpx

        try:
            with self._opened().stream("POST", parcel.address, content=parcel.body, headers=list(parcel.headers)) as reply:
                kept = b""
                for chunk in reply.iter_bytes():
                    kept += chunk
                    if len(kept) > REPLY_BOUND:
                        return Outcome(False, "reply_too_large")
        except httpx.TimeoutException:
            return Outcome(False, "timeout")
        except httpx.HTTPError:
            return Outcome(False, "unreachable")
        if 200 <= reply.status_code < 300:
            return Outcome(True, str(reply.status_code), reply=kept)
        return Outcome(False, f"status_{reply.status_code}", final=reply.status_code == 410)

    def close(self) -> None:
        """Give back the connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None


def signed_headers(secret: str, message_id: str, at: datetime, body: bytes) -> tuple[tuple[str, str], ...]:
    """The headers of a signed message. `secret` is `whsec_` and base64; `at` an aware instant."""
    signature = Webhook(secret).sign(message_id, at, body.decode())
    return (
        ("content-type", "application/json"),
        ("webhook-id", message_id),
        ("webhook-timestamp", str(int(at.timestamp()))),
        ("webhook-signature", signature),
    )


def checked(secret: str, headers: dict[str, str], body: bytes) -> None:
    """Check an incoming signed message against wrong, old and replayed ones (five minutes). Raises Denied."""
    try:
        Webhook(secret).verify(body, headers)
    except (WebhookVerificationError, ValueError, UnicodeDecodeError):
        raise Denied("signature_wrong") from None
