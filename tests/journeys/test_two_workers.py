"""`sandyq serve` with two server processes on PostgreSQL, as it is run: collected, found, opened, ordered, destroyed, and the log verified (design 15, 19)."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from terminal import VERIFIER, World, row_of, serving, some_people
from test_backup_beside import Site

from conftest import PrivatePostgres
from sandyq.ids import new_id

pytestmark = pytest.mark.server
_SECONDS = 60


@pytest.fixture
def world(postgres: PrivatePostgres, tmp_path: Path) -> Iterator[World]:
    """A sample office on two databases, founded at the terminal, which serves with two processes."""
    names = postgres.make_pair()
    made = World(tmp_path)
    made.office.mkdir()
    dsns = [postgres.dsn(name) for name in names]
    settings = f'engine = "postgres"\ndurable_dsn = "{dsns[0]}"\nperishable_dsn = "{dsns[1]}"\nworkers = 2\npool_size = 4\nsample = true\n'
    (made.office / "sandyq.toml").write_text(settings)
    made.found()
    yield made
    postgres.drop(*names)


def until(look: Callable[[], Any]) -> Any:
    """Ask until there is an answer: the worker does its work beside us."""
    pause, ends = threading.Event(), time.monotonic() + _SECONDS
    while not (found := look()):
        assert time.monotonic() < ends, "it did not come"
        pause.wait(0.1)
    return found


def children(process: int) -> list[int]:
    """The server processes."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def connections(child: int, port: int) -> int:
    """How many connections to a port of ours a process has open."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = {f"socket:[{row[9]}]" for row in rows if row[3] == "01" and int(row[1].split(":")[1], 16) == port}
    return sum(os.readlink(file) in ours for file in Path(f"/proc/{child}/fd").iterdir() if file.is_symlink())


class Member:
    """A member of staff at the API, with a connection of their own."""

    def __init__(self, world: World, base: str, login: str, scopes: str) -> None:
        token = world["admin-1"].ok("staff", "token", login, "--scopes", scopes)["token"]
        self.http = httpx.Client(base_url=f"{base}/api/v1", headers={"authorization": f"Bearer {token}"}, trust_env=False, timeout=30)

    def post(self, path: str, status: int, **body: Any) -> Any:
        answer = self.http.post(path, json=body, headers={"idempotency-key": new_id(time.time_ns() // 1000)})
        assert answer.status_code == status, answer.text
        return answer.json()

    def order(self, kind: str, subject: str, **more: str) -> Any:
        return self.post("/orders", 201, kind=kind, subject=subject, document=new_id(time.time_ns() // 1000), **more)


def test_two_server_processes_share_one_office(world: World, tmp_path: Path) -> None:
    site_token = world["admin-1"].ok("staff", "token", "--site", "--scopes", "collect")["token"]
    people = some_people(91, 16)
    with serving(world) as (base, process):
        port = int(base.rpartition(":")[2])
        both = until(lambda: found if len(found := children(process)) == 2 else None)
        open_ones = []

        def spread() -> bool:
            client = httpx.Client(base_url=base, trust_env=False)
            assert client.get("/en/").status_code == 200
            open_ones.append(client)
            return all(connections(child, port) for child in both)

        until(spread)  # each of the two answers somebody
        sites = [Site(base, site_token) for _ in range(4)]
        for n, site in enumerate(sites):
            site.taken = [""] * n * 100  # addresses of their own
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: sites[n % 4].send(people[n]), range(len(people))))
        members = [Member(world, base, "dpo-1", "find,use,orders,transfers") for _ in range(2)]
        dpo, other = members[0], Member(world, base, "dpo-2", "find,use,orders")
        purpose = "loan-application"

        def look(n: int) -> str:
            member = members[n % 2]
            (hit,) = member.post("/find", 200, kind="iin", value=people[n].iin, purpose=purpose)["hits"]
            assert member.post("/use", 200, subject=hit["subject"], purpose=purpose)["items"]
            return str(hit["subject"])

        with ThreadPoolExecutor(2) as pool:
            subjects = list(pool.map(look, range(len(people))))
        assert len(set(subjects)) == len(people)

        blocked = dpo.order("block", subjects[0], reason="violation_claimed")
        for member in members:
            refused = member.post("/use", 403, subject=subjects[0], purpose=purpose)
            assert "2.2" in {reason["clause"] for reason in refused["reasons"]}
        proposed = dpo.order("propose_release", subjects[0], reason="violation_not_confirmed", target=blocked["target"])
        other.order("confirm_release", subjects[0], target=proposed["target"])
        assert members[1].post("/use", 200, subject=subjects[0], purpose=purpose)["items"]

        with ThreadPoolExecutor(2) as pool:
            plans = list(pool.map(lambda n: members[n % 2].order("destroy", subjects[n], reason="demanded")["plan"], range(1, 5)))
        for subject, plan in zip(subjects[1:5], plans, strict=True):
            until(lambda s=subject, p=plan: dpo.http.get(f"/subjects/{s}/destructions/{p}").json().get("done_at"))
        assert dpo.post("/find", 200, kind="iin", value=people[1].iin, purpose=purpose)["hits"] == []
        size = until(lambda: int(httpx.get(f"{base}/api/v1/audit/checkpoint", trust_env=False).text.splitlines()[1]))
        assert size > len(people)
        for client in open_ones:
            client.close()
    assert children_left(both) == []
    verified = world.nobody.run("audit", "verify", "--state", "--json")
    assert verified.code == 0, verified.out
    paper = tmp_path / "certificate.json"
    world["dpo-1"].ok("subject", "certificate", subjects[1], plans[0], "--out", str(paper))
    command = [sys.executable, "-I", "-S", VERIFIER, "certificate", paper, "--key", world.key]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    log = [sys.executable, "-I", "-S", VERIFIER, "log", world.office / "log", "--key", world.key]
    assert subprocess.run(log, capture_output=True, check=False).returncode == 0
    assert row_of(people[1])["iin"].encode() not in b"".join(f.read_bytes() for f in world.office.rglob("*") if f.is_file())


def children_left(pids: list[int]) -> list[int]:
    """Processes that are still there."""
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]
