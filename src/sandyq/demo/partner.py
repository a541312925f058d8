"""A bank or microfinance company as the office meets it: checks every message, keeps what it was given in memory, forgets when told.

It knows the office only by the wire (Standard Webhooks 1.0) and shares no code with the sending side, so that it is a fair witness.
A message is

    {"type": "lead", "timestamp": "...", "data": {"transfer": id, "person": reference, "purpose": "...", "fields": {"surname": "..."}}}

with the types of `ANSWERS`; `person` is the partner's own reference to a person. Values stand only in a lead and in a correction, and a correction may
have `stop`, too: fields whose value is wrong and whose right one the partner may not have.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from sandyq.clock import Clock, SystemClock

ANSWERS: Final = {
    "lead": "stored",
    "correct": "corrected",
    "block": "blocked",
    "release": "released",
    "withdraw": "withdrawn",
    "destroy": "destroyed",
}
"""What each type of message is acknowledged with once it is carried out."""

_FORGETS: Final = frozenset({"withdraw", "destroy"})
_REMEMBERED: Final = 10_000


class Refused(Exception):
    """A message that is not believed or cannot be carried out: HTTP status and a word for the page and the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


@dataclass
class Person:
    """What is held on one person: the fields as they came, and the state that the office last told."""

    state: str = "stored"
    blocked: bool = False
    purpose: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Message:
    """One delivery as the page lists it; holds no data of a person."""

    at: datetime
    type: str
    transfer: str
    outcome: str
    acknowledged: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What is owed to the office for a message that was carried out; `entry` is its line on the page."""

    transfer: str
    status: str
    at: datetime
    entry: Message


@dataclass(frozen=True, slots=True)
class _Seen:
    stamp: int
    transfer: str
    status: str


class Partner:
    """The partner's whole mind. Every method may be called from any thread.

    `secret` checks the office's messages (`whsec_...`). Nothing is written to a disk: when the process ends, all is forgotten.
    """

    def __init__(self, name: str, secret: str, *, never_acknowledge: bool = False, down: bool = False, clock: Clock | None = None) -> None:
        self.name = name
        self.never_acknowledge = never_acknowledge
        self.down = down
        self.people: dict[str, Person] = {}
        self.messages: list[Message] = []
        self._hook = Webhook(secret)
        self._clock = clock or SystemClock()
        self._seen: dict[str, _Seen] = {}
        self._gone: set[str] = set()
        self._lock = threading.Lock()

    def receive(self, headers: Mapping[str, str], body: bytes) -> Acknowledgement:
        """Believe and carry out one message, or raise Refused. Nothing changes when it raises, but the page shows the attempt."""
        with self._lock:
            try:
                return self._received({name.lower(): value for name, value in headers.items()}, body)
            except Refused as refused:
                self._note("?", "", f"refused: {refused.why}")
                raise

    def _received(self, headers: dict[str, str], body: bytes) -> Acknowledgement:
        if self.down:
            raise Refused(503, "down")
        message = self._believed(headers, body)
        message_id, stamp = headers["webhook-id"], int(float(headers["webhook-timestamp"]))
        earlier = self._seen.get(message_id)
        if earlier and stamp <= earlier.stamp:
            raise Refused(409, "replayed")
        kind, transfer, person, data = _read(message)
        if earlier:  # the office did not hear our 200 and signed anew: what was done stands, only the answer goes again
            if earlier.transfer != transfer:
                raise Refused(409, "id_used_for_another_message")
            self._remember(message_id, _Seen(stamp, transfer, earlier.status))
            return self._answer(kind, transfer, earlier.status, "delivered again")
        self._carry_out(kind, person, data)
        self._remember(message_id, _Seen(stamp, transfer, ANSWERS[kind]))
        return self._answer(kind, transfer, ANSWERS[kind], "accepted")

    def _believed(self, headers: dict[str, str], body: bytes) -> Any:
        try:
            return self._hook.verify(body, headers)
        except WebhookVerificationError as wrong:
            age = str(wrong).rpartition(" ")[2]
            raise Refused(401, f"too_{age}" if age in {"old", "new"} else "signature_wrong") from None
        except ValueError:  # not UTF-8, not base64, not JSON; also what the library's own parsing of headers trips over
            raise Refused(400, "malformed") from None

    def _carry_out(self, kind: str, reference: str, data: Mapping[str, Any]) -> None:
        if kind in {"lead", "correct"}:
            self._store(kind, reference, data)
            return
        if kind == "destroy":
            self.people.pop(reference, None)
            self._gone.add(reference)
            return
        person = self.people.setdefault(reference, Person())
        person.state, person.blocked = ANSWERS[kind], {"block": True, "release": False}.get(kind, person.blocked)
        if kind in _FORGETS:
            person.fields = {}

    def _store(self, kind: str, reference: str, data: Mapping[str, Any]) -> None:
        if reference in self._gone:
            raise Refused(410, "person_destroyed")
        fields = data.get("fields")
        if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
            raise Refused(400, "fields_malformed")
        stop = data.get("stop", [])
        if not isinstance(stop, list) or not all(isinstance(name, str) for name in stop):
            raise Refused(400, "fields_malformed")
        person = self.people.setdefault(reference, Person())
        kept = {name: value for name, value in person.fields.items() if name not in stop} if kind == "correct" else {}
        person.fields = {**kept, **fields}
        person.purpose = str(data.get("purpose", person.purpose))
        person.state = "blocked" if person.blocked else "stored"

    def _remember(self, message_id: str, seen: _Seen) -> None:
        self._seen.pop(message_id, None)
        self._seen[message_id] = seen
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]

    def _answer(self, kind: str, transfer: str, status: str, outcome: str) -> Acknowledgement:
        return Acknowledgement(transfer, status, self._clock.now(), self._note(kind, transfer, outcome))

    def _note(self, kind: str, transfer: str, outcome: str) -> Message:
        entry = Message(self._clock.now(), kind, transfer, outcome)
        self.messages = [*self.messages[-199:], entry]
        return entry

    def switch(self, name: str) -> None:
        """Turn `down` or `never_acknowledge` over; another name raises Refused."""
        with self._lock:
            if name not in {"down", "never_acknowledge"}:
                raise Refused(400, "no_such_switch")
            setattr(self, name, not getattr(self, name))

    def held(self) -> dict[str, Any]:
        """All that is held now, as plain data."""
        with self._lock:
            return {
                "name": self.name,
                "down": self.down,
                "never_acknowledge": self.never_acknowledge,
                "people": {
                    ref: {"state": p.state, "blocked": p.blocked, "purpose": p.purpose, "fields": dict(p.fields)}
                    for ref, p in self.people.items()
                },
                "messages": [
                    {
                        "at": m.at.isoformat(timespec="seconds"),
                        "type": m.type,
                        "transfer": m.transfer,
                        "outcome": m.outcome,
                        "acknowledged": m.acknowledged,
                    }
                    for m in self.messages
                ],
            }


def _read(message: Any) -> tuple[str, str, str, Mapping[str, Any]]:
    data = message.get("data") if isinstance(message, dict) else None
    if not isinstance(data, dict):
        raise Refused(400, "malformed")
    kind, transfer, person = message.get("type"), data.get("transfer"), data.get("person")
    if not (isinstance(kind, str) and isinstance(transfer, str) and isinstance(person, str) and transfer and person):
        raise Refused(400, "malformed")
    if kind not in ANSWERS:
        raise Refused(422, "unknown_type")
    return kind, transfer, person, data


def acknowledgement_body(owed: Acknowledgement) -> bytes:
    """The body that goes back: `{"transfer", "status", "at"}`."""
    return json.dumps({"transfer": owed.transfer, "status": owed.status, "at": owed.at.isoformat(timespec="seconds")}).encode()
