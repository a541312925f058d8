"""The stage of the check: an office of its own, its server and two partners as processes of their own, and the two doors, HTTP and the command line."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx

import sandyq
from sandyq import staff
from sandyq.app import SYSTEM
from sandyq.app import start as starting
from sandyq.clock import MovedClock, SystemClock, monotonic
from sandyq.demo import applicants, founding
from sandyq.demo.check.spring import Spring
from sandyq.demo.children import Child, free_port, receiver, server
from sandyq.demo.founding import Sample
from sandyq.law.vocabulary import ActorKind
from sandyq.sample.people import Person, people

SEED: Final = 41
PATIENCE: Final = 30.0  # seconds that something may take to come about on a busy machine
VERIFIER: Final = Path(sandyq.__file__).resolve().parents[2] / "verifier" / "sandyq_verify.py"


class Broken(Exception):
    """A step does not hold, in one sentence."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one step."""

    name: str
    ok: bool
    clause: str
    article: str
    said: str
    seconds: float

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "step": self.name,
            "ok": self.ok,
            "clause": self.clause,
            "article": self.article,
            "verdict": self.said,
            "seconds": round(self.seconds, 2),
        }


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command of the command line ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Its answer, as it was printed with --json."""
        try:
            return json.loads(self.out)
        except ValueError:
            raise Broken(f"the command printed no JSON (exit {self.code}): {self.err.strip()[:300]}") from None


@dataclass
class Stage:
    """Everything that the steps share. What one step learns another finds in `known`."""

    root: Path
    broken: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    started: list[Child] = field(default_factory=list)
    _spring: Spring | None = None

    def __post_init__(self) -> None:
        self.folder = self.root / "office"
        self.port = free_port()
        self.http = httpx.Client(base_url=self.url, timeout=30.0, trust_env=False)
        made = people(SEED, 3)
        self.person, self.neighbour, self.stranger = (replace(next(made), phone=f"+7700000{n}{n}{n}{n}") for n in (4, 5, 6))

    @property
    def url(self) -> str:
        """Where the server answers."""
        return f"http://127.0.0.1:{self.port}"

    # --- beginning and end -------------------------------------------------------------------------------------------------------------

    def found(self) -> None:
        """Found the office as the demo does, give tokens to the staff, start partners and server."""
        ports = [free_port() for _ in founding.PARTNERS]
        clock = MovedClock(SystemClock().now() - timedelta(minutes=1), running=True)
        office, self.sample = founding.found(self.folder, ports, clock)
        try:
            starting.start(office)
            for hand in self.sample.staff:
                self.tokens[hand.login] = office.write(lambda work, hand=hand: _token(work, hand), SYSTEM)  # type: ignore[misc]
            self.key = str(office.publisher.key)
        finally:
            starting.stop(office)
        self.tokens["site"] = self.sample.site_token
        for partner in self.sample.partners:
            self._up(partner.key, receiver(partner, self.url))
        self.serve()

    def serve(self) -> None:
        """Start the server."""
        self._up("server", server(self.folder, self.port, self.root / "server.log"))

    def stop_server(self) -> None:
        """End the server as Ctrl-C would."""
        child = self.children.pop("server", None)
        if child is not None and child.end() != 0:
            raise Broken("the server did not end cleanly")

    def _up(self, name: str, child: Child) -> None:
        self.children[name] = child
        self.started.append(child)

    @property
    def spring(self) -> Spring:
        """The office whose clock is moved; founded when the first step asks for it."""
        if self._spring is None:
            self._spring = Spring(self.root, self.started)
        return self._spring

    def end(self) -> list[int]:
        """End every process that was started, and the office of this one; gives the numbers of those that are still there."""
        self.http.close()
        if self._spring is not None:
            self._spring.close()
        for child in self.started:
            child.end()
        return [child.process.pid for child in self.started if _alive(child.process.pid)]

    # --- HTTP --------------------------------------------------------------------------------------------------------------------------

    def api(self, method: str, path: str, who: str = "", body: Any = None, **headers: str) -> httpx.Response:
        """One call of the API as the owner of a token."""
        sent = {"accept-language": "en", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if who:
            sent["authorization"] = f"Bearer {self.tokens[who]}"
        return self.http.request(method, f"/api/v1{path}", json=body, headers=sent)

    def held(self, partner: str) -> dict[str, Any]:
        """What a partner holds, as its own page tells."""
        port = next(p.port for p in self.sample.partners if p.key == partner)
        found: dict[str, Any] = httpx.get(f"http://127.0.0.1:{port}/held.json", timeout=10, trust_env=False).json()
        return found

    def partner_id(self, partner: str) -> str:
        """A partner's id at the office."""
        return next(p.id for p in self.sample.partners if p.key == partner)

    def apply(self, person: Person, boxes: frozenset[str]) -> httpx.Response:
        """Send the loan form as this person fills it through the API, in Kazakh, agreeing to `boxes`."""
        form = self.api("GET", "/form?language=kk", "site").json()
        consent = {card["id"]: {"given": card["id"] in boxes, "sha256": card["sha256"]} for card in form["consents"]}
        return self.api(
            "POST", "/collect", "site", {"language": "kk", "data": self.typed(person), "consent": consent, "address": "192.0.2.9"}
        )

    def typed(self, person: Person) -> dict[str, str]:
        """What this person types into the form."""
        wanted = applicants.Wish(200_000, 12, frozenset(), frozenset())
        return {**applicants.values(person, wanted), **self.known.get(f"more:{person.iin}", {})}

    def phone_code(self, tail: str) -> str:
        """The code that came to the phone whose number ends so, as the sample's inbox shows it."""
        from sandyq.demo.check.phone import code_on

        found = self.until(lambda: code_on(self.http.get("/en/sample/inbox").text, tail), "the code did not come to the phone")
        return str(found)

    # --- the command line --------------------------------------------------------------------------------------------------------------

    def cli(self, *arguments: str, stdin: str = "", office: Path | None = None) -> Ran:
        """Run `sandyq` as somebody at a terminal would; sessions are kept in a folder of the check's own."""
        env = {**os.environ, "SANDYQ_OFFICE": str(office or self.folder), "XDG_STATE_HOME": str(self.root / "state"), "LC_ALL": "C.UTF-8"}
        env.pop("SANDYQ_TOKEN", None)
        command = [sys.executable, "-m", "sandyq.cli.main", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, input=stdin, env=env, timeout=150, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)

    def login(self, login: str) -> None:
        """Sign in on the command line with password and second factor."""
        code = self.cli("code", login).out.strip()
        done = self.cli("login", login, "--password-stdin", "--code", code, stdin=f"{self.sample.hand(login).password}\n")
        expect(done.code == 0, f"{login} could not sign in: {done.err.strip()[:200]}")

    def verifier(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Run the one-file verifier for outsiders in a Python without our packages."""
        expect(VERIFIER.exists(), "verifier/sandyq_verify.py is not beside the program: run this in a checkout of the source")
        command = [sys.executable, "-I", "-S", str(VERIFIER), *arguments, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        try:
            return done.returncode, json.loads(done.stdout)
        except ValueError:
            raise Broken(f"the verifier said no JSON: {done.stderr.strip()[:300]}") from None

    # --- waiting -----------------------------------------------------------------------------------------------------------------------

    def until(self, look: Callable[[], Any], sentence: str) -> Any:
        """What `look` gives once it is not empty. Raises Broken with the sentence when that takes too long."""
        pause, end = threading.Event(), monotonic() + PATIENCE
        while monotonic() < end:
            found = look()
            if found:
                return found
            pause.wait(0.1)
        raise Broken(sentence)

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """The entries of the published log, as anybody can fetch them over HTTP."""
        size = int(self.api("GET", "/audit/checkpoint").text.split("\n")[1])
        for number in range(-(-size // 256)):
            width = min(256, size - 256 * number)
            path = f"/audit/tile/entries/{number:03d}" + (f".p/{width}" if width < 256 else "")
            data, at = self.api("GET", path).content, 0
            while at + 2 <= len(data):
                end = at + 2 + int.from_bytes(data[at : at + 2], "big")
                yield json.loads(data[at + 2 : end])
                at = end


def _token(work: Any, hand: founding.Hand) -> str:
    role = next(role for role in staff.roles(work) if role.name == hand.role)
    return staff.issue_token(work, ActorKind.STAFF, hand.id, role.powers, work.at + timedelta(days=1)).secret


def _alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def expect(holds: object, sentence: str) -> None:
    """Raises Broken with the sentence unless it holds."""
    if not holds:
        raise Broken(sentence)


def scratch() -> "tempfile.TemporaryDirectory[str]":
    """A folder that goes with the check."""
    return tempfile.TemporaryDirectory(prefix="sandyq-check-")


__all__ = ["Broken", "Ran", "Sample", "Stage", "Verdict", "expect", "scratch"]
