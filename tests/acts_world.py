"""What the tests of the acts and the desk share: partners in memory, the post, destructions to their end, what is in the tables."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from office import START, House
from sandyq import consent, distribute, parties
from sandyq.app import plans
from sandyq.app.carry import Post
from sandyq.db import Actor
from sandyq.db.stores import raw
from sandyq.distribute.facts import CONFIRMS, Kind, Transfer
from sandyq.law.vocabulary import GrantKind, GrantState
from sandyq.outbox import Outcome, Parcel
from sandyq.post.webhook import signed_headers
from sandyq.requests import Done
from sandyq.requests import Kind as RequestKind


@dataclass
class Wire:
    """Stands where the network is: keeps what was sent, answers as told."""

    answer: Callable[[Parcel], Outcome] = lambda parcel: Outcome(True, "200")
    sent: list[Parcel] = field(default_factory=list)

    def send(self, parcel: Parcel) -> Outcome:
        self.sent.append(parcel)
        return self.answer(parcel)

    def close(self) -> None:
        pass

    def bodies(self, kind: str = "") -> list[dict[str, Any]]:
        """What went out, decoded, of one kind or all."""
        found = [json.loads(parcel.body) for parcel in self.sent]
        return [body for body in found if kind in ("", body["type"])]


SILENT = Outcome(False, "timeout")


def wired(house: House) -> Wire:
    """Put a wire where the office's sender was."""
    wire = Wire()
    house.office.webhooks = wire  # type: ignore[assignment]
    return wire


def post(house: House) -> int:
    """One round of the post."""
    carried = Post(house.office.stores, house.office.carriers)
    try:
        return carried.run()
    finally:
        carried.close()


def later(house: House, **time: float) -> None:
    """Move the office's clock on."""
    house.clock.advance(timedelta(**time))


def transfers(house: House, subject: str, kind: Kind | None = None) -> list[Transfer]:
    """The ledger of transfers of a person."""
    return [t for t in house.look(lambda work: distribute.history(work, subject)) if kind in (None, t.kind)]


def acknowledge(house: House, transfer: Transfer, *, recipient: str = "", word: str = "", signer: str = "", age: float = 0.0) -> Transfer:
    """The recipient's signed confirmation, or a wrong one where told so. `age` in seconds is how old it comes."""
    key = house.office.ring.office("parties")
    secret = house.do(lambda work: parties.secrets(work, key, signer or transfer.recipient)).ack_secret
    now = house.office.wire.now()
    body = json.dumps({"transfer": transfer.id, "status": word or CONFIRMS[transfer.kind], "at": now.isoformat()}).encode()
    headers = dict(signed_headers(secret, f"ack-{transfer.id}", now - timedelta(seconds=age), body))
    door = Actor("partner", recipient or transfer.recipient, "api")
    return house.do(lambda work: distribute.acknowledge(work, house.office.gate, recipient or transfer.recipient, headers, body), door)


def destroyed(house: House) -> None:
    """Run every destruction to its end."""
    while plans.drive(house.office):
        pass


def rows(house: House, *, without: tuple[str, ...] = ()) -> dict[str, int]:
    """How many rows each table of both stores has, looked at from outside."""
    found = {}
    for store in ("durable", "perishable"):
        connection = raw(house.settings, store)
        tx = connection.tx
        names = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if tx.engine == "sqlite"
            else "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (name,) in tx.all(names):
            if name not in without and not name.startswith("sqlite_"):
                found[f"{store}.{name}"] = tx.all(f"SELECT COUNT(*) FROM {name}")[0][0]
        connection.close()
    return found


def on_demand(house: House) -> None:
    """Go to a day on which a person may have data destroyed whatever the ground (Digital Code art. 41)."""
    house.clock.move(datetime(2026, 11, 20, 10, 0, tzinfo=START.tzinfo))


def withdrawn(house: House, subject: str, *kinds: GrantKind, by: Actor | None = None) -> Done:
    """Every live consent of these kinds (or of all) taken back."""
    live = house.look(lambda work: consent.facts(work, subject))
    named = [c.id for c in live if c.state is GrantState.GIVEN and (not kinds or c.kind in kinds)]
    return house.done(RequestKind.WITHDRAW, subject, by, target=",".join(named))
