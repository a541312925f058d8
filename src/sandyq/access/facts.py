"""The complete answer about a person as one document: what it holds, in which shape (policy 4.1.1; the Law art. 24(1)(1), 25(2)(6), 25(2)(9)).

The structs are the schema: `schema.py` makes the published JSON Schema from them. A key is never renamed; a change of any makes the next format.
"""

from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from sandyq.access.parts import (
    Aim,
    Basis,
    Coded,
    Consent,
    Decision,
    Destruction,
    Document,
    Entry,
    File,
    Form,
    Item,
    Kept,
    Look,
    Method,
    Order,
    Person,
    Recipient,
    Relation,
    Representative,
    Standing,
    Stop,
    Thing,
    Transfer,
)

FORMAT: Final = "sandyq-access/1"
"""Name and version of the JSON form."""
LONG: Final = 20_000
"""Characters of a value above which it is told by its length and digest: a letter that was issued before, not a field."""


class Operator(Struct, frozen=True, kw_only=True):
    """Who keeps the data, and whom to turn to."""

    name: str
    number: str
    roles: tuple[str, ...]
    address: str
    email: str
    responsible: str
    responsible_email: str


class PolicyInForce(Struct, frozen=True, kw_only=True):
    """The policy and the pack of the law that were in force when the answer was made; digests are SHA-256 as hex."""

    title: str
    version: str
    policy: str
    pack: str
    reading: str
    in_force_from: datetime


class Right(Struct, frozen=True, kw_only=True):
    """One right of the person, or one place to complain to."""

    code: str
    basis: Basis
    words: str


class LogState(Struct, frozen=True, kw_only=True):
    """Where the public log stood: every entry below `size` is covered by the checkpoint, a signed note (C2SP)."""

    origin: str
    size: int
    root: str
    checkpoint: str


class Held(Struct, frozen=True, kw_only=True):
    """Everything about one subject. `role` is `client` or `staff`: the two sides of the wall of 3.7, which only the person's own answer joins.

    `held` is the confirmation of the fact: whether anything of the person's data is kept.
    """

    role: Coded
    held: bool
    person: Person
    data: tuple[Item, ...]
    evidence: tuple[Item, ...]
    files: tuple[File, ...]
    purposes: tuple[Aim, ...]
    sources: tuple[Coded, ...]
    methods: tuple[Method, ...]
    consents: tuple[Consent, ...]
    stops: tuple[Stop, ...]
    transfers: tuple[Transfer, ...]
    recipients: tuple[Recipient, ...]
    states: tuple[Standing, ...]
    relations: tuple[Relation, ...]
    representatives: tuple[Representative, ...]
    forms: tuple[Form, ...]
    orders: tuple[Order, ...]
    documents: tuple[Document, ...]
    decisions: tuple[Decision, ...]
    destructions: tuple[Destruction, ...]
    looks: tuple[Look, ...]
    log: tuple[Entry, ...]
    others: tuple[Thing, ...]
    kept: tuple[Kept, ...]


class Package(Struct, frozen=True, kw_only=True):
    """The whole answer. `full` says whether values stand in clear. `people` has the client's side, and the staff side where there is one."""

    format: str = FORMAT
    language: str
    made_at: datetime
    full: bool
    free_of_charge: bool = True
    operator: Operator
    policy: PolicyInForce
    people: tuple[Held, ...]
    rights: tuple[Right, ...]
    appeal: tuple[Right, ...]
    log: LogState | None

    def to_json(self) -> bytes:
        """The canonical form: keys sorted, no spaces, UTF-8. The digest of these bytes is what the log vouches for."""
        return msgspec.json.encode(self, order="sorted")

    @property
    def digest(self) -> str:
        """SHA-256 of `to_json`, as hex."""
        return sha256(self.to_json()).hexdigest()

    def __repr__(self) -> str:  # values must not reach a log by way of a traceback
        return f"Package({len(self.people)} people, full={self.full})"


SECTIONS: Final = tuple(name for name in Held.__struct_fields__ if name not in ("role", "held", "person", "purposes", "sources", "methods"))
"""The kinds of things in an answer, in their order: each that is not empty is an entry of the log under the answer's own."""
