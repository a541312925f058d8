"""Outsiders of the API under test: a real server on the loopback around a whole office, and callers with tokens."""

import json
import re
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import uvicorn

from office import House, values_of
from sandyq import api, staff
from sandyq.api import Limits
from sandyq.app import plans
from sandyq.app.carry import Post
from sandyq.audit.tiles import TileReader
from sandyq.db import Actor, pair
from sandyq.http.limits import Rate
from sandyq.law.vocabulary import ActorKind
from sandyq.sample.people import Person
from sandyq.staff import Power

WIDE = Limits(Rate(10_000, 600_000), Rate(10_000, 600_000), Rate(10_000, 600_000))
"""Limits that no test meets by accident."""
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nobody here speaks TLS; without it each caller would read the certificates of all the authorities of the world."""
STAFF_POWERS = {
    "dpo": (Power.FIND, Power.USE, Power.ORDERS, Power.TRANSFERS, Power.DECIDE, Power.JOURNAL, Power.REQUESTS),
    "clerk": (Power.FIND, Power.USE, Power.ORDERS),
}


class Caller:
    """One caller with its token (none for anybody)."""

    def __init__(self, base: str, token: str = "") -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self.token = token
        self.http = httpx.Client(base_url=f"{base}/api/v1", headers=headers, trust_env=False, timeout=20, verify=_NO_TLS)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.http.get(path, **more)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(path, json=body, headers=named)


class Served:
    """An office behind HTTP, with a caller for the website, two responsible persons, a clerk and anybody."""

    def __init__(self, house: House, base: str) -> None:
        self.house = house
        self.base = base
        self.site = self.caller(ActorKind.SYSTEM, "site", (Power.COLLECT, Power.DECIDE))
        self.dpo, self.dpo2 = (self.staff(who, "dpo") for who in (house.dpo, house.dpo2))
        self.clerk = self.staff(house.clerk, "clerk")
        self.anybody = Caller(base)
        self.claims: dict[str, str] = {}

    def staff(self, who: Actor, role: str) -> Caller:
        """A caller with a token of a member."""
        return self.caller(ActorKind.STAFF, who.id, STAFF_POWERS[role])

    def caller(self, kind: ActorKind, owner: str, powers: Iterable[Power]) -> Caller:
        """A caller with a fresh token."""
        ends = self.house.clock.now() + timedelta(days=30)
        issued = self.house.do(lambda work: staff.issue_token(work, kind, owner, frozenset(powers), ends))
        return Caller(self.base, issued.secret)

    # --- what applicants do ------------------------------------------------------------------------------------------------------------------

    def form(self, language: str = "kk") -> dict[str, Any]:
        """The form as the site gets it."""
        answer = self.site.get("/form", params={"language": language})
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def application(self, person: Person, *, to: Iterable[str] = (), language: str = "kk", **data: str) -> dict[str, Any]:
        """What the site posts when a person agrees to the service and to the recipients `to`, and to nothing else."""
        recipients = set(to)
        cards = self.form(language)["consents"]
        consent = {c["id"]: {"given": c["required"] or _to(c, recipients), "sha256": c["sha256"]} for c in cards}
        return {"language": language, "data": {**values_of(person), **data}, "consent": consent, "address": "192.0.2.7"}

    def taken(self, person: Person, *, to: Iterable[str] = ()) -> dict[str, Any]:
        """An application that was taken in."""
        answer = self.site.post("/collect", self.application(person, to=to))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def applicant(self, person: Person, *, to: Iterable[str] = ()) -> str:
        """A person whose application came in and whose phone was confirmed; gives the subject as the clerk finds it."""
        taken = self.taken(person, to=to)
        answer = self.site.post("/codes/confirm", {"claim": taken["claim"], "code": self.code(taken["phone_hint"])})
        assert answer.json() == {"confirmed": True, "tries_left": 4, "resend_after": 60, "resends_left": 3}
        subject = str(self.find(person)["hits"][0]["subject"])
        self.claims[subject] = taken["claim"]
        return subject

    def consents(self, claim: str) -> list[dict[str, Any]]:
        """The person's consents."""
        answer = self.site.get("/consents", headers={"sandyq-claim": claim})
        assert answer.status_code == 200, answer.text
        made: list[dict[str, Any]] = answer.json()["consents"]
        return made

    def withdraw(self, claim: str, *kinds: str, **headers: str) -> httpx.Response:
        """The person takes back what is given, of these kinds or all."""
        given = [c["id"] for c in self.consents(claim) if c["state"] == "given" and (not kinds or c["kind"] in kinds)]
        return self.site.post("/consents/withdraw", {"consents": given}, sandyq_claim=claim, **headers)

    def code(self, tail: str) -> str:
        """The code on the phone whose number ends so."""
        self.carry()
        return re.findall(r"\d{6}", self.house.office.sms.latest(tail)[0].text)[0]

    def find(self, person: Person, by: Caller | None = None) -> dict[str, Any]:
        """Find by IIN."""
        answer = (by or self.clerk).post("/find", {"kind": "iin", "value": person.iin, "purpose": self.house.purpose})
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    # --- what the office does by itself --------------------------------------------------------------------------------------------------

    def carry(self) -> None:
        """Send what waits."""
        post = Post(self.house.office.stores, self.house.office.carriers)
        post.run()
        post.close()

    def publish(self) -> None:
        """Number and publish the log."""
        office = self.house.office
        while office.sequencer.run_once(office.write):
            pass
        office.publisher.publish(office.stores)

    def settle(self) -> None:
        """Take destructions to their end."""
        plans.drive(self.house.office)
        self.publish()

    def entries(self) -> list[dict[str, Any]]:
        """Every entry of the published log, read from its tiles as an outsider would."""
        self.publish()
        size = int(self.anybody.get("/audit/checkpoint").text.splitlines()[1])
        reader = TileReader(lambda path: self.anybody.get(f"/audit/{path}").content, size)
        return [json.loads(entry) for entry in reader.entries(0, size)]


def _to(card: dict[str, Any], recipients: set[str]) -> bool:
    return card["kind"] == "recipient" and card["recipient"] in recipients


@contextmanager
def serving(house: House, limits: Limits = WIDE) -> Iterator[Served]:
    """The API of an office on a free port of the loopback."""
    pair.advance_marks(house.office.stores, house.settings.ledger_dir)  # as at every start
    app = api.create(house.office, limits)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started and thread.is_alive():
        pause.wait(0.01)
    try:
        yield Served(house, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(10)
