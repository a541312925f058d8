"""A time stamp on the office's seal, from an RFC 3161 service: PAdES baseline B-T, so that the seal outlives its certificate's own time.

A letter never waits for it for long: one question of two seconds (of the first letter two, for the size of a stamp is asked, too), and after a failure
none for a while. A letter without a stamp leaves all the same, and is the letter that it would have been: its proof is the log.
"""

import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sandyq.logs import Log

PATIENCE: Final = 2.0
"""Seconds that a service has to answer."""
REST: Final = timedelta(minutes=5)
"""How long a service is not asked after it failed."""
MOST: Final = 100_000
"""Bytes of an answer that are read."""

log = Log("letters")


@dataclass(slots=True)
class Stamping:
    """One service, by its address, and until when it is left alone."""

    url: str
    rests_until: datetime | None = None
    _client: Any = field(default=None, repr=False)

    def client(self, at: datetime) -> Any:
        """What asks the service, as the library wants it; None without one, or while it rests."""
        if not self.url or (self.rests_until is not None and at < self.rests_until):
            return None
        if self._client is None:  # kept: its first question is how large a stamp is, and that stays known
            self._client = _client(self.url)
        return self._client

    def failed(self, at: datetime, error: Exception) -> None:
        """It did not answer, or not as RFC 3161 wants: the log says so, and letters go without for a while."""
        self.rests_until = at + REST
        log.warning("time_stamp_missing", kind=type(error).__name__, rests_seconds=int(REST.total_seconds()))


def _client(url: str) -> Any:
    from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
    from pyhanko.sign.timestamps.api import tsp

    class Service(TimeStamper):  # type: ignore[misc]  # the library is not looked into: it is optional
        """Asks over HTTP (RFC 3161, 3.4), with a bound on time and size."""

        async def async_request_tsa_response(self, req: Any) -> Any:
            asked = urllib.request.Request(url, req.dump(), {"Content-Type": "application/timestamp-query"})  # noqa: S310 - http(s) by `Seal.load`
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310 - as above
                raw, kind = answer.read(MOST), answer.headers.get_content_type()
            if kind != "application/timestamp-reply":
                raise TimestampRequestError("not_a_reply")
            return tsp.TimeStampResp.load(raw, strict=True)

    return Service()
