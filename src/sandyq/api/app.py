"""The API as an ASGI application, and as a route that another application mounts."""

from collections.abc import Sequence
from typing import Any, Final, cast

import msgspec
from litestar import Litestar, Request, Response, asgi
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ControllerRouterHandler, Receive, Scope, Send
from litestar.types import Method as HttpMethod

from sandyq.api import contract, faults
from sandyq.api.door import Answer, Call, Door, Limits, language_of, problem_answer
from sandyq.api.routes import ENDPOINTS, PREFIX, Endpoint
from sandyq.app import Office
from sandyq.errors import SandyqError

MOST_BODY: Final = 32 * 1024 * 1024
"""The outermost bound of any body; each endpoint sets its own below it."""
_HEADERS: Final = (
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
)
_FRAMEWORK: Final = {400: "bad_request", 404: "no_such_route", 405: "method_not_allowed", 413: "too_large"}
"""What the framework itself may refuse, in our words."""

AnyRequest = Request[Any, Any, Any]


def create(office: Office, limits: Limits | None = None, *, prefix: str = PREFIX) -> Litestar:
    """The API of one office under `prefix`."""
    door = Door(office, limits or Limits())
    return Litestar(
        path=prefix,
        route_handlers=[*(_handler(door, endpoint) for endpoint in ENDPOINTS), _description()],
        exception_handlers={Exception: _fault},
        request_max_body_size=MOST_BODY,
        openapi_config=None,
        logging_config=None,  # how the process logs is its starter's business
        debug=False,
    )


def routes(office: Office, limits: Limits | None = None) -> Sequence[ControllerRouterHandler]:
    """The API for mounting beside pages: unknown addresses below it and wrong methods are answered here too, as problems and not as pages."""
    inner = create(office, limits, prefix="/")

    @asgi(PREFIX, is_mount=True, include_in_schema=False, copy_scope=True)
    async def api(scope: Scope, receive: Receive, send: Send) -> None:
        await inner(scope, receive, send)

    return [api]


def _handler(door: Door, endpoint: Endpoint) -> HTTPRouteHandler:
    async def serve(request: AnyRequest) -> Response[bytes]:
        call = Call(door, request)
        door.admit(call)
        return respond(await endpoint.run(call))

    path = endpoint.path.replace("{subject}", "{subject:str}").replace("{plan}", "{plan:str}").replace("{leaf}", "{leaf:str}")
    made = HTTPRouteHandler(
        path, http_method=cast("HttpMethod", endpoint.method), name=endpoint.name, status_code=endpoint.status, include_in_schema=False
    )
    return made(serve)


def _description() -> HTTPRouteHandler:
    """The API's own description; made once, and the same for everybody."""
    raw = msgspec.json.format(msgspec.json.encode(contract.document()), indent=1)

    async def describe(request: AnyRequest) -> Response[bytes]:
        return respond(Answer(raw, headers=(("cache-control", "public, max-age=300"),)))

    return HTTPRouteHandler("/openapi.json", http_method="GET", include_in_schema=False)(describe)


def respond(answer: Answer) -> Response[bytes]:
    """An answer as bytes, with the headers that every answer has unless it sets its own."""
    body = answer.body if isinstance(answer.body, bytes) else msgspec.json.encode(answer.body)
    headers = {**dict(_HEADERS), **dict(answer.headers)}
    return Response(body, status_code=answer.status, media_type=answer.media_type, headers=headers)


def _fault(request: AnyRequest, error: Exception) -> Response[bytes]:
    language = language_of(request)
    if isinstance(error, HTTPException):
        code = _FRAMEWORK.get(error.status_code, "bad_request" if error.status_code < 500 else "internal")
        allow = (error.headers or {}).get("allow", "")
        answer = problem_answer(faults.problem(SandyqError(code), language), language)
        return respond(Answer(answer.body, answer.status, answer.media_type, (*answer.headers, *((("allow", allow),) if allow else ()))))
    return respond(problem_answer(faults.problem(error, language), language))
