"""A small office on SQLite is backed up while it serves, under load, and comes back whole (design 8, 16, 21)."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from terminal import LOANS, Terminal, World, row_of, serving, some_people

from sandyq.sample.people import Person


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("beside" + "-in-a-folder-with-a-long-name" * 4))
    made.found()
    return made


class Site:
    """The website, sending applications."""

    def __init__(self, base: str, token: str) -> None:
        self.http = httpx.Client(base_url=f"{base}/api/v1", headers={"authorization": f"Bearer {token}"}, trust_env=False, timeout=30)
        self.consent = {
            card["id"]: {"given": card["required"], "sha256": card["sha256"]}
            for card in self.http.get("/form", params={"language": "kk"}).json()["consents"]
        }
        self.taken: list[str] = []

    def send(self, person: Person) -> None:
        row = row_of(person)
        body = {
            "language": "kk",
            "data": {name: row[name] for name in LOANS},
            "consent": self.consent,
            "address": f"2001:db8::{len(self.taken):x}",
        }
        answer = self.http.post("/collect", json=body)
        assert answer.status_code == 201, answer.text
        self.taken.append(person.iin)


def found(world: World, iin: str) -> list[str]:
    return [hit["subject"] for hit in world["clerk-1"].ok("subject", "find", "iin", stdin=iin)["hits"]]


def test_a_backup_beside_a_server_under_load_comes_back_whole_with_every_promise(world: World, tmp_path: Path) -> None:
    token = world["admin-1"].ok("staff", "token", "--site", "--scopes", "collect")["token"]
    engineer, dpo, _ = world["engineer-1"], world["dpo-1"], world["clerk-1"]
    people = some_people(77, 3000)
    with serving(world) as (base, _):
        site = Site(base, token)
        for person in people[:10]:
            site.send(person)
        stop = threading.Event()

        def load() -> None:
            for person in people[10:]:
                if stop.wait(0.01):  # far more than one office gets, and each is paid for again by what is verified below
                    return
                site.send(person)

        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(load)
            backups = []
            for n in range(2):
                before = list(site.taken)
                made = engineer.ok("backup", str(tmp_path / "backups"))["backup"]
                backups.append((made, before, len(site.taken) - len(before)))
                assert not running.done() or n, "the load ended before the first backup"
            stop.set()
            running.result()
        assert any(meanwhile for _, _, meanwhile in backups), "people were served while it was copied"
        made, before, _ = backups[1]
        refused = world["clerk-1"].run("backup", str(tmp_path / "backups"))
        assert refused.code == 6
        assert "backup" in refused.said
        world.login("dpo-2")  # a server is no reason not to be able to sign in
        assert world["dpo-2"].run("logout").code == 0
    (victim,) = found(world, before[0])
    dpo.ok("subject", "block", victim, "--reason", "violation_claimed", "--document", "new")
    assert world.nobody.run("audit", "verify", "--state").code == 0

    assert world.nobody.ok("restore", made)["done"]

    assert world.nobody.run("audit", "verify", "--state").code == 0
    for login in ("clerk-1", "dpo-1"):
        world.login(login)  # sessions end with a restore
    assert world.subjects() >= len(before)
    for iin in (before[0], before[len(before) // 2], before[-1]):
        assert len(found(world, iin)) == 1
    refused = world["clerk-1"].run("subject", "show", victim, "--json")
    assert refused.code == 1
    assert "2.2" in {reason["clause"] for reason in refused.data["reasons"]}


def test_who_is_not_signed_in_gets_no_backup_from_a_server(world: World, tmp_path: Path) -> None:
    with serving(world):
        refused = world.nobody.run("backup", str(tmp_path / "backups"))
        assert refused.code == 6
        assert "sandyq login" in refused.said
        bearer = Terminal(world.office, world.root / "bearer", {"SANDYQ_TOKEN": "sdq_wrong"})
        assert bearer.run("backup", str(tmp_path / "backups")).code == 6
        assert not list((tmp_path).rglob("manifest.json"))


def test_a_backup_beside_the_keys_is_refused_by_a_server_too(world: World) -> None:
    with serving(world):
        world.login("engineer-1")
        for folder in (world.office / "keys", world.office, world.office / "backups"):
            assert world["engineer-1"].run("backup", str(folder)).code == 7
            assert not list(world.office.rglob("manifest.json"))
        assert (world.office / "office.sock").exists()
    assert not (world.office / "office.sock").exists()


def test_a_socket_that_a_killed_server_left_is_in_nobodys_way(world: World, tmp_path: Path) -> None:
    env = {**os.environ, "SANDYQ_OFFICE": str(world.office), "XDG_STATE_HOME": str(world.root / "server")}
    process = subprocess.Popen(
        [sys.executable, "-m", "sandyq.cli.main", "serve", "--port", "0"], env=env, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "Serving" in process.stdout.readline()
    process.kill()
    process.wait(20)
    assert (world.office / "office.sock").exists()
    assert (world.office / "office.sock").stat().st_mode & 0o077 == 0
    assert Path(world["engineer-1"].ok("backup", str(tmp_path / "backups"))["backup"]).is_dir()
    with serving(world):
        assert Path(world["engineer-1"].ok("backup", str(tmp_path / "backups"))["backup"]).is_dir()


def test_a_store_copied_back_by_hand_is_told_with_its_remedy_at_every_start(world: World, tmp_path: Path) -> None:
    kept, store = tmp_path / "perishable.db", world.office / "perishable.db"
    kept.write_bytes(store.read_bytes())
    with serving(world):
        pass  # a start and a clean stop raise the marks
    newest = store.read_bytes()
    store.write_bytes(kept.read_bytes())
    for command in (("serve", "--port", "0"), ("work", "--once"), ("serve", "--port", "0")):
        refused = world.nobody.run(*command)
        assert refused.code == 10
        assert "store_old (perishable)" in refused.said
        assert "sandyq restore" in refused.said
    store.write_bytes(newest)
    with serving(world):
        pass
