"""The application of the pages: routes, headers, limits and faults around one office."""

from collections.abc import Sequence
from pathlib import Path

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from sandyq import api
from sandyq.app import Office
from sandyq.http.body import MEGABYTE
from sandyq.http.limits import Buckets, Rate
from sandyq.web import adapters, applicant, console, faults, front, ports, receipt
from sandyq.web.headers import harden
from sandyq.web.limits import RateLimit
from sandyq.web.site import Site

MOST_BODY = 16 * MEGABYTE
"""The outermost bound of any body; each form sets its own below it."""


def create(office: Office, *, reads: Buckets | None = None, writes: Buckets | None = None) -> Litestar:
    """Everything that an office serves over HTTP: its pages, and the API beside them with limits and faults of its own."""
    return build(adapters.pages(office), more=api.routes(office), reads=reads, writes=writes)


def build(
    office: ports.Office, *, more: Sequence[ControllerRouterHandler] = (), reads: Buckets | None = None, writes: Buckets | None = None
) -> Litestar:
    """The pages as an ASGI application around whatever answers their ports. `more` are further doors on the same server."""
    limit = RateLimit(reads or Buckets(Rate(burst=240, per_minute=600)), writes or Buckets(Rate(burst=30, per_minute=60)))
    pages = Router(
        path="/",
        route_handlers=[*front.routes, *applicant.routes, *receipt.routes, *console.routes],
        middleware=[limit],
        include_in_schema=False,
    )
    static = create_static_files_router(
        path="/static",
        directories=[Path(__file__).with_name("static")],
        name="static",
        include_in_schema=False,
    )
    return Litestar(
        route_handlers=[pages, static, *more],
        state=State({"site": Site(office)}),
        exception_handlers={Exception: faults.show},
        before_send=[harden],
        request_max_body_size=MOST_BODY,
        openapi_config=None,
        debug=False,
    )
