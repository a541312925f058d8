"""The bare floor of a call over HTTP: the same server and libraries, one writer with the same group commit, the statements and secrets of our own run.

`record` runs acts one by one and keeps what each wrote. `python -m bench.bare FOLDER` is a program of its own: it answers each POST after the next act's
statements are committed to a copy of the files, and knows no law, no form, no log but their rows. It says by itself how many acts a second it did.
"""

import asyncio
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw

from bench import floor
from bench.recorder import STORES, Recorder, Step
from bench.world import World

FILE = "acts.pickle"
_ONLY_OURS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def record(world: World, run: Sequence[Callable[[], Any]], opened: int, answer: int, to: Path) -> Path:
    """Keep the files as they are before, and what each act writes; `answer` is how many bytes go back."""
    floor.copy(world.folder, to)
    acts = []
    for each in run:
        with Recorder(world.office, opened) as heard:
            each()
        acts.append([step for step in heard.steps if not step.sql.startswith(_ONLY_OURS)])
    (to / FILE).write_bytes(pickle.dumps((acts, answer)))
    return to


class Writer:
    """One thread: what waits together is committed together, perishable first."""

    def __init__(self, folder: Path, acts: list[list[Step]]) -> None:
        self._folder = folder
        self._acts = acts
        self.waiting: queue.SimpleQueue[asyncio.Future[None]] = queue.SimpleQueue()
        self._began = self._ended = 0.0
        self._done = 0
        threading.Thread(target=self._loop, daemon=True).start()

    @property
    def rate(self) -> float:
        """Acts per second, from the first request to the last commit that had any."""
        return self._done / (self._ended - self._began)

    def _loop(self) -> None:
        files = {store: floor.opened(self._folder / f"{store}.db") for store in STORES}
        while True:
            group = [self.waiting.get()]
            self._began = self._began or time.perf_counter()
            for store in STORES:
                files[store].execute("BEGIN IMMEDIATE")
            had = self._done
            self._next(files)
            with suppress(queue.Empty):
                while True:
                    group.append(self.waiting.get_nowait())
                    self._next(files)
            for store in STORES:
                files[store].execute("COMMIT")
            if self._done > had:
                self._ended = time.perf_counter()
            group[0].get_loop().call_soon_threadsafe(_tell, group)

    def _next(self, files: dict[str, apsw.Cursor]) -> None:
        if self._done < len(self._acts):  # a load that goes on is answered, and not counted
            for step in self._acts[self._done]:
                floor.secrets(step)
                files[step.store].execute(step.sql, step.row).fetchall()
            self._done += 1


def _tell(group: list["asyncio.Future[None]"]) -> None:
    for each in group:
        if not each.done():
            each.set_result(None)


def serve(folder: Path) -> None:
    """Answer on a free port of the loopback, told on the first line."""
    import socket

    import msgspec
    import uvicorn

    from sandyq.app import tune

    acts, size = pickle.loads((folder / FILE).read_bytes())
    writer, back = Writer(folder, acts), b"{" + b" " * (size - 2) + b"}"

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raw, more = b"", True
        while more:
            message = await receive()
            raw, more = raw + message.get("body", b""), message.get("more_body", False)
        msgspec.json.decode(raw)
        future = asyncio.get_running_loop().create_future()
        writer.waiting.put(future)
        await future
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(back)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": back})

    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    tune.tune()
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again when it has ended
    config = uvicorn.Config(app, loop="uvloop", http="httptools", lifespan="off", log_config=None, access_log=False, server_header=False)
    uvicorn.Server(config).run([listening])
    print(writer.rate, flush=True)


def measured(folder: Path, load: Callable[[str], Any]) -> float:
    """Start it, load it, end it; gives acts per second."""
    process = subprocess.Popen([sys.executable, "-m", "bench.bare", str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    load(process.stdout.readline().strip())
    process.terminate()
    return float(process.communicate(timeout=60)[0])


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
