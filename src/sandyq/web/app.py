"""The application of the pages: routes, headers, limits and faults around one office."""

from pathlib import Path
from typing import Any

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.static_files import create_static_files_router
from litestar.types import Message, Send

from sandyq import api
from sandyq.api import Api
from sandyq.app import Office
from sandyq.http.body import MEGABYTE
from sandyq.http.limits import Buckets, Rate
from sandyq.web import (
    adapters,
    applicant,
    console,
    desk,
    desk_answer,
    desk_case,
    desk_decrees,
    desk_journal,
    desk_kind,
    faults,
    front,
    mailbox,
    personnel,
    portal,
    portal_cases,
    portal_contacts,
    ports,
    receipt,
    verify,
)
from sandyq.web.headers import harden
from sandyq.web.limits import RateLimit
from sandyq.web.site import Site

MOST_BODY = 16 * MEGABYTE
"""The outermost bound of any body; each form sets its own below it."""


class Served(Litestar):
    """The pages, and beside them the API where there is one: what is under its address never passes through the framework."""

    api: Api | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if (
            scope["type"] == "http" and scope["method"] == "HEAD"
        ):  # whatever may be read may be asked for without its body (RFC 9110 section 9.3.2)
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        if self.api is not None and scope["type"] == "http" and self.api.serves(scope["path"]):
            await self.api(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _without_body(send: Send) -> Send:
    """The same answer with its headers alone."""

    async def head(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return head


def create(office: Office, *, reads: Buckets | None = None, writes: Buckets | None = None) -> Litestar:
    """Everything that an office serves over HTTP: its pages, and the API beside them with limits and faults of its own."""
    made = build(adapters.pages(office), reads=reads, writes=writes)
    made.api = api.create(office)
    return made


def build(office: ports.Office, *, reads: Buckets | None = None, writes: Buckets | None = None) -> Served:
    """The pages as an ASGI application around whatever answers their ports."""
    limit = RateLimit(reads or Buckets(Rate(burst=240, per_minute=600)), writes or Buckets(Rate(burst=30, per_minute=60)))
    pages = Router(
        path="/",
        route_handlers=[
            *front.routes,
            *applicant.routes,
            *receipt.routes,
            *console.routes,
            *desk.routes,
            *desk_journal.routes,
            *desk_decrees.routes,
            *desk_answer.routes,
            *desk_case.routes,
            *desk_kind.routes,
            *mailbox.routes,
            *personnel.routes,
            *portal.routes,
            *portal_cases.routes,
            *portal_contacts.routes,
        ],
        middleware=[limit],
        include_in_schema=False,
    )
    checks = Router(
        path="/",
        route_handlers=verify.routes,
        middleware=[RateLimit(Buckets(verify.READS), Buckets(verify.WRITES))],
        include_in_schema=False,
    )
    static = create_static_files_router(
        path="/static",
        directories=[Path(__file__).with_name("static")],
        name="static",
        include_in_schema=False,
    )
    return Served(
        route_handlers=[pages, checks, static],
        state=State({"site": Site(office)}),
        exception_handlers={Exception: faults.show},
        before_send=[harden],
        request_max_body_size=MOST_BODY,
        openapi_config=None,
        logging_config=None,  # the framework's own would have every library tell its requests on stderr
        debug=False,
    )
