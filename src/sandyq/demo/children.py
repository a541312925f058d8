"""The demo's own processes: receivers and server, each in a process group of its own, ended by their number and never by a name."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import httpx

from sandyq.demo.founding import PartnerOffice
from sandyq.errors import NotReady

_PATIENCE: Final = 60.0  # seconds that a child may take to come up on a busy machine
_GRACE: Final = 20.0


def free_port(wanted: int = 0) -> int:
    """`wanted` when nobody listens there, else one that the system chooses; 0 asks for the latter."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found: int = probe.getsockname()[1]
                return found
    raise NotReady("no_port", remedy="end a program that listens on the loopback")


class Child:
    """One process of ours. `line` is what it says when it is up."""

    def __init__(self, arguments: Sequence[str], *, env: dict[str, str] | None = None, log: Path | None = None) -> None:
        self._errors: IO[bytes] | int = log.open("ab") if log else subprocess.DEVNULL
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {}), "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            text=True,
        )
        self._said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(line.rstrip("\n"))
        self._said.put("")

    def line(self, patience: float = _PATIENCE) -> str:
        """Its next line; empty when it ended or said nothing for too long."""
        try:
            return self._said.get(timeout=patience)
        except queue.Empty:
            return ""

    def end(self) -> int:
        """Ask it to end, then make it; gives its exit code. Ending twice is no error."""
        for number, grace in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, 5.0)):
            if self.process.poll() is not None:
                break
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(grace)
        if not isinstance(self._errors, int):
            self._errors.close()
        return self.process.wait()

    def kill(self) -> None:
        """End it without warning."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.end()


def receiver(partner: PartnerOffice, office_url: str, *flags: str) -> Child:
    """Start a partner's receiver and wait until it listens. Raises NotReady."""
    where = ["--port", str(partner.port), "--name", partner.name, "--secret-file", partner.secrets, "--office-url", office_url]
    child = Child(["-m", "sandyq.demo.receiver", *where, *flags])
    if not child.line().startswith("http://"):
        child.end()
        raise NotReady(
            "receiver_not_up", partner=partner.key, port=partner.port, remedy="run it again; another program may have taken the port"
        )
    return child


def server(folder: Path, port: int, log: Path) -> Child:
    """Start `sandyq serve` and wait until it answers. Raises NotReady with the file that its errors went to."""
    child = Child(["-m", "sandyq.cli.main", "serve", "--office", str(folder), "--port", str(port)], log=log)
    if not child.line().startswith("Serving") or not _answers(f"http://127.0.0.1:{port}/api/v1/health", child):
        child.end()
        said = log.read_text(errors="replace").strip().splitlines()[-1:] if log.exists() else []
        raise NotReady("server_not_up", port=port, said="; ".join(said), remedy=f"see {log}")
    return child


def _answers(url: str, child: Child) -> bool:
    pause, patience = threading.Event(), _PATIENCE
    with httpx.Client(timeout=5.0, trust_env=False) as client:
        while patience > 0 and child.process.poll() is None:
            with suppress(httpx.HTTPError):
                if client.get(url).status_code == 200:
                    return True
            pause.wait(0.1)
            patience -= 0.1
    return False
