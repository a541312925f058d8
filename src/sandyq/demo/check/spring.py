"""The second office of the check: founded on 19 March 2026, before Nauryz, under a clock that the check moves, and served on the loopback from this process.

Terms of the law are dates, so they are shown on dates. What people do goes through HTTP, as in the first office; only the clock, due work that would
otherwise be waited for, and what a member of staff sees with their own eyes are done by hand.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import httpx
import uvicorn

from sandyq import intake, staff
from sandyq.app import SYSTEM
from sandyq.app import start as starting
from sandyq.app.chores import chores
from sandyq.clock import MovedClock, monotonic
from sandyq.clockwork import Clockwork
from sandyq.db import Actor, Work
from sandyq.demo import applicants, founding
from sandyq.demo.children import Child, free_port, receiver
from sandyq.demo.founding import Hand
from sandyq.errors import NotReady
from sandyq.law.vocabulary import ActorKind
from sandyq.sample.people import Person, people
from sandyq.web import app as pages

R = TypeVar("R")
ZONE: Final = ZoneInfo("Asia/Almaty")
FIRST: Final = datetime(2026, 3, 19, 10, 0, tzinfo=ZONE)
"""A Thursday; the holidays of Nauryz and the days moved for them follow."""
PURPOSE: Final = "loan-application"
"""The purpose of the sample's form."""
_SEED: Final = 43
_PATIENCE: Final = 30.0


class Spring:
    """The office with its server, its partner A and its made-up people."""

    def __init__(self, root: Path, started: list[Child]) -> None:
        self.clock = MovedClock(FIRST, running=True)
        self._people = people(_SEED, 50)
        ports, port = [free_port() for _ in founding.PARTNERS], free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.office, self.sample = founding.found(root / "spring", ports, self.clock)
        starting.start(self.office)
        self.tokens = {hand.login: self.do(lambda work, hand=hand: _token(work, hand)) for hand in self.sample.staff}  # type: ignore[misc]
        self.tokens["site"] = self.sample.site_token
        self._work = Clockwork([*chores(self.office), *intake.chores(self.office)])
        bank = self.sample.partners[0]
        self.bank = bank.id
        self._bank_port = bank.port
        started.append(receiver(bank, self.url))
        self._server, self._thread = self._serve(port)
        self.http = httpx.Client(base_url=self.url, timeout=30.0, trust_env=False)

    def _serve(self, port: int) -> tuple[uvicorn.Server, threading.Thread]:
        config = uvicorn.Config(pages.create(self.office), host="127.0.0.1", port=port, log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, name="spring", daemon=True)
        thread.start()
        pause, end = threading.Event(), monotonic() + _PATIENCE
        while not server.started:
            if not thread.is_alive() or monotonic() > end:
                raise NotReady("server_not_up", port=port, remedy="run it again; another program may have taken the port")
            pause.wait(0.02)
        return server, thread

    def close(self) -> None:
        """End the server and give the office up."""
        self.http.close()
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        starting.stop(self.office)

    # --- by hand -------------------------------------------------------------------------------------------------------------------------

    def do(self, fn: Callable[[Work], R], actor: Actor = SYSTEM) -> R:
        """One unit of work, committed."""
        return self.office.write(fn, actor)

    def member(self, login: str) -> Actor:
        """A member of staff as the one who acts."""
        return Actor(ActorKind.STAFF, self.sample.hand(login).id, "desk")

    def move(self, *day: int) -> None:
        """It is ten in the morning of another day."""
        self.clock.move(datetime(day[0], day[1], day[2], 10, 0, tzinfo=ZONE))

    def settle(self) -> None:
        """Let everything that is due be done: mail taken in, messages sent, destructions driven, the log published."""
        self._work.run_once()

    # --- HTTP --------------------------------------------------------------------------------------------------------------------------

    def api(self, method: str, path: str, who: str, body: Any = None, **headers: str) -> httpx.Response:
        """One call of the API as the owner of a token."""
        sent = {"accept-language": "en", "authorization": f"Bearer {self.tokens[who]}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(method, f"/api/v1{path}", json=body, headers=sent)

    def person(self) -> Person:
        """The next made-up person."""
        return next(self._people)

    def applicant(self, person: Person) -> str:
        """Somebody whose form came through the API with consent to the service and to partner A, and whose phone was confirmed; gives the subject."""
        form = self.api("GET", "/form?language=kk", "site").json()
        boxes = {"collection", "service", f"recipient.{self.bank}"}
        consent = {card["id"]: {"given": card["id"] in boxes, "sha256": card["sha256"]} for card in form["consents"]}
        sent = {"language": "kk", "data": self.typed(person), "consent": consent, "address": "192.0.2.9"}
        taken = self.api("POST", "/collect", "site", sent).json()
        self.settle()
        code = self.code(person.phone[-4:])
        self.api("POST", "/codes/confirm", "site", {"claim": taken["claim"], "code": code})
        found = self.api("POST", "/find", "clerk-1", {"purpose": PURPOSE, "kind": "iin", "value": person.iin}).json()
        self.settle()
        return str(found["hits"][0]["subject"])

    @staticmethod
    def typed(person: Person) -> Mapping[str, str]:
        """What a person types into the form."""
        return applicants.values(person, applicants.Wish(200_000, 12, frozenset(), frozenset()))

    def code(self, tail: str) -> str:
        """The newest code on the sample's page of messages to a number that ends so."""
        from sandyq.demo.check.phone import code_on

        return code_on(self.http.get("/en/sample/inbox").text, tail)

    def held(self) -> dict[str, Any]:
        """What partner A holds, as its own page tells."""
        told = httpx.get(f"http://127.0.0.1:{self._bank_port}/held.json", timeout=10, trust_env=False).json()
        found: dict[str, Any] = told["people"]
        return found

    def until(self, look: Callable[[], Any]) -> Any:
        """What `look` gives once it is not empty, due work being done meanwhile; its last answer when that takes too long."""
        pause, end = threading.Event(), monotonic() + _PATIENCE
        while not (found := look()) and monotonic() < end:
            self.settle()
            pause.wait(0.1)
        return found


def _token(work: Work, hand: Hand) -> str:
    role = next(role for role in staff.roles(work) if role.name == hand.role)
    ends = work.at + timedelta(days=6 * 366)  # the check goes years ahead
    return staff.issue_token(work, ActorKind.STAFF, hand.id, role.powers, ends).secret
