"""Cases from outside: the server as a process of its own, loaded by `wrk` over eight connections."""

import atexit
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from bench import bare
from bench.result import Result, aimed, median
from bench.world import PUBLIC, World
from sandyq import use
from sandyq.app import plans

CONNECTIONS = 8
SCRIPTS = Path(__file__).parent / "wrk"
PUBLISHED = (
    "Published figures of others, on their machines: a vault in Go 280 creates/s (2 cores) and 155 audited reads/s (1 core);"
    " a commercial one 660 reads/s (p50 14 ms) and 5 800 bulk records/s (8 cores)."
)


@cache
def _bytecode() -> Path:
    made = Path(tempfile.mkdtemp(prefix="sandyq-bench-bytecode-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def compiled() -> dict[str, str]:
    """The environment of a server whose modules are compiled from its first start on, as those of an installed package are, whatever this shell says."""
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(_bytecode())}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env


class Server:
    """`sandyq serve` on a free port of the loopback."""

    def __init__(self, folder: Path, env: dict[str, str] | None = None) -> None:
        command = [str(Path(sys.executable).with_name("sandyq")), "serve", "--office", str(folder), "--port", "0"]
        began = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**compiled(), **(env or {})})
        assert self.process.stdout is not None
        told = self.process.stdout.readline()
        found = re.search(r"http://\S+:\d+", told)
        if found is None:
            raise RuntimeError(f"the server did not start: {told}")
        self.url = found[0]
        self._wait()
        self.started = time.perf_counter() - began

    def _wait(self) -> None:
        for _ in range(2000):
            try:
                urllib.request.urlopen(f"{self.url}/api/v1/health", timeout=5).read()
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.005)
            else:
                return
        raise RuntimeError("the server does not answer")

    def memory(self) -> float:
        """Proportional set size of the process and its children, in MB."""
        total = 0
        for pid in self._tree(self.process.pid):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += int(re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)[0])
        return total / 1024

    def seconds(self) -> float:
        """Processor seconds that the process tree has used."""
        total = 0
        for pid in self._tree(self.process.pid):
            held = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(held[11]) + int(held[12])
        return total / os.sysconf("SC_CLK_TCK")

    def rest(self) -> None:
        """Wait until it has carried out what the last load left behind (codes to send, entries to publish): it belongs to that load and not to the next."""
        for _ in range(240):
            used = self.seconds()
            time.sleep(0.5)
            if self.seconds() - used < 0.04:
                return
        raise RuntimeError("the server does not come to rest")

    def _tree(self, pid: int) -> Iterator[int]:
        yield pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from self._tree(int(child))

    def close(self) -> None:
        """End it as a service manager would."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


@contextmanager
def serving(world: World, env: dict[str, str] | None = None) -> Iterator[Server]:
    """The world's office, given up by this process and served by another."""
    world.leave()
    server = Server(world.folder, env)
    try:
        yield server
    finally:
        server.close()


def load(url: str, script: str, made: Path, seconds: int) -> dict[str, float]:
    """Let `wrk` send requests from a file; gives requests per second, latencies in ms, what failed."""
    command = [
        "wrk",
        "-t",
        "1",
        "-c",
        str(CONNECTIONS),
        "-d",
        f"{seconds}s",
        "--latency",
        "-s",
        str(SCRIPTS / script),
        url,
        "--",
        str(made),
    ]
    out = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout
    found = re.search(r"RESULT (\{.*\})", out)
    if found is None:
        raise RuntimeError(out)
    return json.loads(found[1])  # type: ignore[no-any-return]


def sqlite(quick: bool) -> list[Result]:
    """One SQLite process: start, memory at rest, create, audited read."""
    if shutil.which("wrk") is None:
        return [Result("http", 0, "", note="skipped: wrk is not installed (apt-get install wrk)")]
    world = World()
    floors = _floors(quick)
    rows = _rows(world, quick, "sqlite", None, floors)
    world.close()
    return rows


def _floors(quick: bool) -> dict[str, float]:
    """Calls per second of a bare server that does the same statements under the same load, in an office of its own."""
    world = World()
    count, rounds, gate = (300, 1, world.office.gate) if quick else (3000, 3, world.office.gate)
    people = world.seed(200 if quick else 2000)
    files = world.request_files(count, 1, CONNECTIONS)
    looked = world.office.write(lambda work: use.show(work, gate, world.look(people[0])), world.clerk)
    opened = len(looked.items) if isinstance(looked, use.ShownPerson) else 0
    forms = [world.submit(world.form()) for _ in range(count)]
    runs: dict[str, tuple[list[Callable[[], Any]], int, int]] = {
        "create": ([lambda act=act: world.office.write(act, PUBLIC) for act in forms], 0, 400),  # type: ignore[misc]
        "audited read": (
            [
                lambda who=who: world.office.write(lambda work: use.show(work, gate, world.look(who)), world.clerk)  # type: ignore[misc]
                for who in [people[n % len(people)] for n in range(count)]
            ],
            opened,
            1200,
        ),
    }
    found = {}
    for kind, (acts, opens, answer) in runs.items():
        plans.emptied(world.office)
        made = bare.record(world, acts, opens, answer, world.folder / f"bare {kind}")
        script = kind.rpartition(" ")[2]
        rates = []
        for n in range(rounds):
            folder = shutil.copytree(made, world.folder / f"bare {kind} {n}")
            rates.append(bare.measured(folder, lambda url, script=script: load(url, f"{script}.lua", files[script][0], 2 if quick else 5)))  # type: ignore[misc]
        found[kind] = median(rates)
    world.close()
    return found


def _rows(world: World, quick: bool, name: str, env: dict[str, str] | None, floors: dict[str, float]) -> list[Result]:
    seconds, rounds = (2, 1) if quick else (8, 3)
    world.seed(200 if quick else 2000)
    files = world.request_files(4000 if quick else 15_000, rounds, CONNECTIONS)
    starts = []
    for _ in range(1 if quick else 4):
        with serving(world, env) as server:
            starts.append(server.started)
    with serving(world, env) as server:
        time.sleep(0.5)
        rest = server.memory()
        creates: list[dict[str, float]] = []
        reads: list[dict[str, float]] = []
        cores: list[float] = []
        for n in range(rounds):
            for kind, found in (("create", creates), ("read", reads)):
                server.rest()
                used, began = server.seconds(), time.perf_counter()
                found.append(load(server.url, f"{kind}.lua", files[kind][n % len(files[kind])], seconds))
                cores.append((server.seconds() - used) / (time.perf_counter() - began))
        started = median([*starts[1:], server.started])  # the first start compiles
    rows = []
    if name == "sqlite":
        rows.append(aimed(Result("start of serve to first answer", started, "s", less=True), at_most=1.5))
        rows.append(aimed(Result("memory at rest (PSS)", rest, "MB", less=True), at_most=120))
    for kind, found, aim in (("create", creates, 1000), ("audited read", reads, 2500)):
        failed = sum(each["failed"] for each in found)
        note = f"p50 {median([f['p50'] for f in found]):.1f} ms, p99 {median([f['p99'] for f in found]):.1f} ms, {failed:.0f} failed"
        row = Result(
            f"HTTP {kind}, {name}",
            median([each["rate"] for each in found]),
            "/s",
            floors.get(kind),
            note=f"{note}, server {median(cores):.2f} cores",
        )
        rows.append(aimed(row, at_least=aim) if name == "sqlite" else row)
    return rows


def postgres(quick: bool) -> list[Result]:
    """Two workers on a private PostgreSQL, beside SQLite."""
    from bench.server import private_postgres

    with private_postgres() as dsns:
        if dsns is None or shutil.which("wrk") is None:
            return [Result("http on postgres", 0, "", note="skipped: needs wrk and the programs of a PostgreSQL server")]
        made = {"engine": "postgres", "durable_dsn": dsns[0], "perishable_dsn": dsns[1], "workers": 2}
        world = World(**made)
        env = {f"SANDYQ_{key.upper()}": str(value) for key, value in made.items()}
        rows = _rows(world, quick, "postgres, 2 workers", env, {})
        world.close()
        return rows
