"""How often one address may ask for pages and send forms."""

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from sandyq.http.limits import Buckets


class RateLimit(ASGIMiddleware):
    """Refuses what comes too often from one address: reading is generous, sending is not."""

    def __init__(self, reads: Buckets, writes: Buckets) -> None:
        self.reads = reads
        self.writes = writes

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            client = scope.get("client")
            buckets = self.reads if scope["method"] in {"GET", "HEAD", "OPTIONS"} else self.writes
            buckets.demand(client[0] if client else "")
        await next_app(scope, receive, send)
