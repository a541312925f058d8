"""`make demo`: the sample office with its history, its server and its two partners, until Ctrl-C."""

import json
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Final

from sandyq import parties
from sandyq.app import SYSTEM, Office
from sandyq.app import start as starting
from sandyq.clock import MovedClock, SystemClock
from sandyq.db.lock import OfficeLock
from sandyq.demo import founding
from sandyq.demo.children import Child, free_port, receiver, server
from sandyq.demo.ears import Ears
from sandyq.demo.founding import PartnerOffice, Sample
from sandyq.demo.history import History, unconfirmed
from sandyq.errors import Conflict
from sandyq.parties import Change
from sandyq.settings import Settings

PORT: Final = 8780
PARTNER_PORT: Final = 8791
PEOPLE: Final = 200
SPAN: Final = timedelta(days=130)
_RUNNING: Final = "running.json"
_WAIT: Final = 20.0  # seconds for the partners' last acknowledgements

Bar = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


def run(
    folder: Path, port: int | None, *, reset: bool, people: int, bar: Bar, say: Callable[[str], None], up: Callable[[Sample, int], None]
) -> None:
    """Found the office if there is none, make its history, serve it until told to end. `up` is called once everything answers.

    Raises Conflict for a folder that holds something else, or a port that somebody has.
    """
    with _term_like_ctrl_c(), ExitStack() as stack:
        _not_running(folder)
        chosen = choose_port(port, say)
        sample = _earlier(folder, reset=reset, say=say)
        url = f"http://127.0.0.1:{chosen}"
        if sample is None:
            sample = _first(folder, chosen, people, stack, bar, say)
        else:
            say("The sample office of the last run is used again (--reset begins a new one).")
            _move_partners(sample)
            for partner in sample.partners:
                stack.callback(receiver(partner, url).end)
            _runs(sample, chosen, stack)
        serving = server(folder, chosen, sample.home / "server.log")
        stack.callback(serving.end)
        up(sample, chosen)
        _until_ended(serving)


def choose_port(port: int | None, say: Callable[[str], None]) -> int:
    """The port to serve at: the one asked for, or the usual one, or another when nobody asked. Raises Conflict."""
    found = free_port(PORT if port is None else port)
    if port and found != port:
        raise Conflict("port_busy", port=port, remedy="leave --port away and a free one is chosen, or end what listens there")
    if port is None and found != PORT:
        say(f"Port {PORT} is taken by another program, so {found} is used.")
    return found


def _earlier(folder: Path, *, reset: bool, say: Callable[[str], None]) -> Sample | None:
    """The sample of an earlier run that can be used; what is half made or not wanted any more is removed, what is not ours never is."""
    sample = Sample.load(folder)
    if sample is None:
        if folder.exists() and any(folder.iterdir()):
            raise Conflict("folder_not_a_demo", folder=str(folder), remedy="name another folder with --office")
        return None
    if sample.ready and not reset:
        return sample
    if not sample.ready:
        say("The last run was stopped before its history was made; a new one is begun.")
    shutil.rmtree(folder)
    return None


def _not_running(folder: Path) -> None:
    """Raises Conflict while another run of the demo, or any other program, holds the office: with the address where it runs, if that is known."""
    if not (folder / "durable.db").exists():
        return
    try:
        OfficeLock(folder / "office.lock").release()
    except Conflict:
        with suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads((folder / founding.HOME / _RUNNING).read_text(encoding="utf-8"))
            url, process = f"http://127.0.0.1:{int(told['port'])}/", int(told["process"])
            os.kill(process, 0)  # whoever wrote that is still there
            remedy = f"open that address; to end it press Ctrl-C where it was started, or type: kill {process}"
            raise Conflict("demo_running", url=url, process=process, remedy=remedy) from None
        raise


def _runs(sample: Sample, port: int, stack: ExitStack) -> None:
    """Say where this run is, for whoever starts another one for the same folder."""
    told = sample.home / _RUNNING
    founding.write_private(told, json.dumps({"port": port, "process": os.getpid()}))
    stack.callback(lambda: told.unlink(missing_ok=True))


def _first(folder: Path, port: int, people: int, stack: ExitStack, bar: Bar, say: Callable[[str], None]) -> Sample:
    say(f"Founding the sample office in {folder} ...")
    now = SystemClock().now()
    clock = MovedClock(now - SPAN, running=True)
    ports = [free_port(PARTNER_PORT + n) for n in range(len(founding.PARTNERS))]
    office, sample = founding.found(folder, ports, clock)
    try:
        _runs(sample, port, stack)
        starting.start(office)
        for partner in sample.partners:
            stack.callback(receiver(partner, f"http://127.0.0.1:{port}").end)
        ears = Ears(office, port)
        try:
            with bar(f"{people} made-up people apply, over {SPAN.days} days", people) as step:
                make_history(office, clock, sample, people, step)
        finally:
            ears.close()
    finally:
        starting.stop(office)
    sample.ready = True
    sample.save()
    return sample


def make_history(office: Office, clock: MovedClock, sample: Sample, people: int, step: Callable[[], None] = lambda: None) -> None:
    """Everything that happened before the demo begins, up to the present."""
    History(office, clock, sample, SystemClock().now() - timedelta(minutes=5), step).make(people)
    pause, patience = threading.Event(), _WAIT
    while unconfirmed(office) and patience > 0:
        pause.wait(0.1)
        patience -= 0.1


def _move_partners(sample: Sample) -> None:
    """Partners keep their ports if they can; the office is told where they are when not."""
    moved = [replace(partner, port=free_port(partner.port)) for partner in sample.partners]
    if moved == sample.partners:
        return
    office = Office.open(Settings.load(sample.folder))
    try:
        if faults := starting.check(office):
            raise starting.OutOfOrder(faults)
        for partner in moved:
            _told(office, partner)
    finally:
        starting.stop(office)
    sample.partners = moved
    sample.save()


def _told(office: Office, partner: PartnerOffice) -> None:
    key, change = office.ring.office("parties"), Change(endpoint=founding.endpoint(partner.port))
    office.write(lambda work: parties.change_recipient(work, key, partner.id, change), SYSTEM)


@contextmanager
def _term_like_ctrl_c() -> Iterator[None]:
    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _until_ended(serving: Child) -> None:
    """Wait for Ctrl-C, or for the server to end by itself, which is a fault."""
    try:
        serving.process.wait()
    except KeyboardInterrupt:
        return
    raise Conflict("server_ended", code=serving.process.returncode, remedy="see demo/server.log in the office's folder")
