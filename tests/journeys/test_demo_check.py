"""`make demo` and `make demo ARGS=--check` as a stranger runs them: real processes, real HTTP, and nothing left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

import sandyq
from sandyq.demo.check import LAST, names
from sandyq.demo.check.search import proves_itself, search

COMMAND = [sys.executable, "-m", "sandyq.cli.main", "demo"]
ENV = {**{name: value for name, value in os.environ.items() if not name.startswith("SANDYQ_")}, "LC_ALL": "C.UTF-8"}
ENV["PYTHONPATH"] = str(Path(sandyq.__file__).parents[1])  # whatever is run from another folder is the program under test


def check(*args):
    done = subprocess.run([*COMMAND, "--check", "--json", *args], capture_output=True, text=True, timeout=400, env=ENV)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_the_whole_story_holds_step_by_step_with_clause_article_and_verdict_and_leaves_no_process():
    code, told = check()
    wrong = [step for step in told["steps"] if not step["ok"]]
    assert (code, wrong, told["ok"]) == (0, [], True)
    steps = {step["step"]: step for step in told["steps"]}
    assert list(steps) == ["office", *names(), LAST]
    assert all(steps[name]["clause"] and steps[name]["article"] and steps[name]["verdict"] for name in names())


@pytest.mark.parametrize("name", ["no-consent", "lead", "withdrawal-term"])
def test_a_step_broken_on_purpose_is_noticed_and_ends_with_1(name):
    code, told = check("--break", name)
    wrong = [step["step"] for step in told["steps"] if not step["ok"]]
    assert (code, wrong) == (1, [name])


def test_an_unknown_step_cannot_be_broken():
    done = subprocess.run([*COMMAND, "--check", "--break", "nothing"], capture_output=True, text=True, timeout=60, env=ENV)
    assert done.returncode == 3
    assert "no-consent" in done.stderr


def test_the_search_finds_a_planted_value_in_every_dress_and_nothing_where_nothing_is(tmp_path):
    assert proves_itself(tmp_path / "planted", "Жұмабекова") == []
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "file").write_bytes(os.urandom(200_000))
    assert search(tmp_path / "clean", ["Жұмабекова", "900101300123"]) == []
    (tmp_path / "clean" / "Жұмабекова.txt").write_text("")
    assert [found.dress for found in search(tmp_path / "clean", ["Жұмабекова"])] == ["plain"]


class Demo:
    """`sandyq demo` in a process group of its own, as a terminal gives it one."""

    def __init__(self, folder: Path, *args: str) -> None:
        self.lines: list[str] = []
        self.up = threading.Event()
        self.process = subprocess.Popen(
            [*COMMAND, "--office", str(folder), "--people", "20", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=ENV,
            cwd=folder.parent,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if "Ctrl-C ends everything" in line:
                self.up.set()

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    @property
    def url(self) -> str:
        assert self.up.wait(180), self.said
        return next(line.split()[-1] for line in self.lines if line.strip().startswith("Start page")).rstrip("/")

    def children(self) -> list[int]:
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        return [int(pid) for pid in found]

    def ctrl_c(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(90)


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_the_demo_opens_is_used_again_moves_off_a_busy_port_and_ends_with_all_it_started(tmp_path):
    folder = tmp_path / "demo-office"
    first = Demo(folder)
    try:
        url = first.url
        assert httpx.get(f"{url}/kk/", timeout=30).status_code == 200
        assert httpx.get(f"{url}/kk/sample/inbox", timeout=30).status_code == 200
        code = subprocess.run(
            [*COMMAND[:-1], "code", "dpo-1", "--office", str(folder)], capture_output=True, text=True, env=ENV, timeout=60
        )
        assert code.stdout.strip().isdigit()
        children = first.children()
        assert len(children) == 3
        second = Demo(folder)
        assert second.process.wait(60) == 7
        assert f"running already at {url}/" in second.said
        assert f"kill {first.process.pid}" in second.said
        third = Demo(tmp_path / "another", "--port", url.rpartition(":")[2])
        assert third.process.wait(60) == 7  # somebody has that port: told, not taken
        assert "--port" in third.said
    finally:
        ended = first.ctrl_c()
    assert ended == 0
    assert not any(alive(pid) for pid in children)
    verify = [*COMMAND[:-1], "audit", "verify", "--state", "--json", "--office", str(folder)]
    report = json.loads(subprocess.run(verify, capture_output=True, text=True, env=ENV, timeout=120).stdout)
    assert report["ok"]
    assert report["published"] > 300

    with socket.socket() as busy:
        port = int(url.rpartition(":")[2])
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        busy.bind(("127.0.0.1", port))
        busy.listen()
        again = Demo(folder)
        try:
            assert again.url != url
            assert "used again" in again.said
            reset = Demo(folder, "--reset")
            assert reset.process.wait(60) == 7  # an office that is open is not thrown away
        finally:
            again.ctrl_c()
    before = (folder / "keys" / "log.key").read_bytes()
    fresh = Demo(folder, "--reset")
    try:
        assert httpx.get(f"{fresh.url}/kk/", timeout=30).status_code == 200
    finally:
        assert fresh.ctrl_c() == 0
    assert (folder / "keys" / "log.key").read_bytes() != before


def test_a_folder_that_holds_something_else_is_never_touched(tmp_path):
    kept = tmp_path / "mine" / "letter.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    for args in ((), ("--reset",)):
        done = subprocess.run([*COMMAND, "--office", str(kept.parent), *args], capture_output=True, text=True, timeout=60, env=ENV)
        assert done.returncode == 7
        assert kept.read_text() == "mine"
