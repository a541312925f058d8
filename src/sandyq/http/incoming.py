"""A request as the server hands it over (ASGI), read only where somebody asks: most of it nobody does."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from sandyq.errors import SandyqError

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Incoming:
    """One request. `params` are the variable parts of its path. Of a header or parameter that came twice the first one counts."""

    __slots__ = ("_headers", "_query", "_receive", "_scope", "params", "path")

    def __init__(self, scope: Scope, receive: Receive, params: Mapping[str, str]) -> None:
        self.params = params
        self.path: str = scope["path"]
        self._scope = scope
        self._receive = receive
        self._headers: dict[bytes, bytes] | None = None
        self._query: dict[str, str] | None = None

    @property
    def address(self) -> str:
        """Where it came from; empty where nobody knows."""
        client = self._scope.get("client")
        return str(client[0]) if client else ""

    def header(self, name: str) -> str:
        """A header by its name in small letters; empty where it did not come."""
        if self._headers is None:
            self._headers = dict(reversed(list(self._scope["headers"])))
        return self._headers.get(name.encode(), b"").decode("latin-1")

    def query(self, name: str, default: str = "") -> str:
        """A parameter of the address."""
        if self._query is None:
            self._query = dict(reversed(parse_qsl(self._scope["query_string"].decode("latin-1"), keep_blank_values=True)))
        return self._query.get(name, default)

    async def chunk(self) -> tuple[bytes, bool]:
        """The next bytes of the body, and whether more may come. Raises `bad_request` when the caller has gone."""
        message = await self._receive()
        if message["type"] != "http.request":
            raise SandyqError("bad_request")
        return message.get("body", b""), message.get("more_body", False)

    async def stream(self) -> AsyncIterator[bytes]:
        """The bytes of the body as they come."""
        more = True
        while more:
            chunk, more = await self.chunk()
            yield chunk
