"""`sandyq serve`: the pages, the API and the due work of an office in one process; on PostgreSQL in several."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console, exits
from sandyq.cli.place import HERE, OfficeOption
from sandyq.errors import Conflict, NotReady, SandyqError

if TYPE_CHECKING:
    from types import FrameType

    from uvicorn import Server

    from sandyq.app import Office
    from sandyq.app.beside import Answers, Beside
    from sandyq.db import Actor
    from sandyq.settings import Settings

_BACKLOG = 512
_GRACE = 10  # seconds that a request under way may take when the server is told to end


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example: sandyq serve --office ./office --port 8780")(serve)


def serve(
    office: OfficeOption = HERE,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; default: the office's setting.")] = "",
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port; 0 lets the system choose one.")] = None,
    worker: Annotated[
        bool, typer.Option("--work/--no-work", help="Do the due work too; on PostgreSQL `sandyq work` may do it instead.")
    ] = True,
) -> None:
    """Serve an office until Ctrl-C. It serves only when its stores, its ledger, its log and its witnesses agree."""
    from sandyq.settings import Settings

    settings = Settings.load(office)
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    if settings.engine == "sqlite" and not settings.durable_file.exists():
        raise NotReady("office_missing", folder=str(settings.folder), remedy="run `sandyq init`, or name another folder with --office")
    listening = _listen(settings)
    settings = replace(settings, port=listening.getsockname()[1])
    if settings.engine == "postgres" and settings.workers > 1:
        _several(settings, listening, worker)
    else:
        _one(settings, listening, worker, tell=True)


def _listen(settings: "Settings") -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
        found.listen(_BACKLOG)
    except OSError as problem:
        found.close()
        remedy = "choose another with --port, or --port 0 for a free one; `ss -ltnp` shows who has it"
        raise Conflict("port_busy", host=settings.host, port=settings.port, why=problem.strerror or "", remedy=remedy) from None
    return found


def _one(settings: "Settings", listening: socket.socket, worker: bool, *, tell: bool) -> None:
    """One process: an office, its due work, its server; all ended in the other order."""
    from sandyq import intake
    from sandyq.app import Office, beside
    from sandyq.app import start as starting
    from sandyq.app.chores import chores
    from sandyq.clockwork import Clockwork

    here = Office.open(settings)
    try:
        starting.start(here)
        clockwork = Clockwork([*chores(here), *intake.chores(here)] if worker else [])
        door = beside.Beside(here, _asked()) if settings.engine == "sqlite" else None  # on PostgreSQL a command opens the stores itself
        clockwork.start()
        try:
            if door is not None:
                _open_beside(door)
            _run(here, listening, tell=tell)
        finally:
            if door is not None:
                door.stop()
            clockwork.stop()
    finally:
        starting.stop(here)


def _open_beside(door: "Beside") -> None:
    try:
        door.start()
    except OSError as problem:  # a folder that cannot hold a socket serves all the same
        console.remark(f"Commands cannot ask this server ({problem.strerror}): stop it for a backup.")


def _asked() -> "Answers":
    """What commands of this machine may ask the process that serves."""
    from sandyq.app import backup
    from sandyq.cli.staff import signed_in, signed_out
    from sandyq.staff import Power

    def backed_up(office: "Office", actor: "Actor", words: dict[str, str]) -> dict[str, str]:
        return {"backup": str(backup.make(office, Path(words["folder"]), actor))}

    return {"backup": (Power.BACKUP, backed_up), "login": (None, signed_in), "logout": (None, signed_out)}


def _run(office: "Office", listening: socket.socket, *, tell: bool) -> None:
    import uvicorn

    from sandyq.app import tune
    from sandyq.web.app import create

    config = uvicorn.Config(
        create(office),
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(office.settings.trusted_proxy),
        forwarded_allow_ips=office.settings.trusted_proxy or None,
        timeout_graceful_shutdown=_GRACE,
    )
    server = _server(config)
    tune.tune()
    with _ended_by_signal(server):  # before the line is out: who reads it may end the server at once
        if tell:
            console.line(f"Serving {office.settings.folder} at {office.settings.base_url} (Ctrl-C ends it)")
            sys.stdout.flush()
        server.run(sockets=[listening])


def _server(config: object) -> "Server":
    import uvicorn

    class Quiet(uvicorn.Server):
        """Leaves signals to us: the library would raise them again after its own end, and so cut ours short."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Quiet(config)  # type: ignore[arg-type]  # typed where it is made


@contextmanager
def _ended_by_signal(server: "Server") -> Iterator[None]:
    def end(number: int, frame: "FrameType | None") -> None:
        server.force_exit = server.should_exit  # told twice: do not wait for requests under way
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _several(settings: "Settings", listening: socket.socket, worker: bool) -> None:
    """Several processes on one socket; when one dies, all end, so that whatever keeps the service alive starts it whole."""
    children = [_forked(settings, listening, worker, first=n == 0) for n in range(settings.workers)]

    def forward(number: int, frame: "FrameType | None") -> None:
        for child in children:
            _signal(child, signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, forward)
    left, code = set(children), exits.DONE
    while left:
        ended, status = os.wait()
        left.discard(ended)
        if status:
            code = max(code, os.waitstatus_to_exitcode(status)) if os.WIFEXITED(status) else exits.INTERNAL
            forward(0, None)
    if code:
        raise typer.Exit(code)


def _forked(settings: "Settings", listening: socket.socket, worker: bool, *, first: bool) -> int:
    child = os.fork()
    if child:
        return child
    code = exits.INTERNAL
    try:
        _one(settings, listening, worker, tell=first)
        code = exits.DONE
    except SandyqError as error:
        code = exits.tell(error, as_json=False)
    except Exception as error:  # the child must not return into the parent's program; the kind of fault is told and it ends
        console.remark(f"A server process ended: {type(error).__name__}")
    finally:
        sys.stdout.flush()
        os._exit(code)


def _signal(process: int, number: int) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return
