"""The data map: what every column, table and file of an office can tell of a person, who answers for it, and until when (design 13).

Each room classifies its own columns in `COLUMNS`; here they are joined with those of the ground rooms, which lie below the map's type. A test
walks the real schema of both stores on both engines and the folder of a working office against it, so nothing can be added unclassified.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sandyq import block, consent, identity, parties, relations, staff
from sandyq.app import records as office
from sandyq.audit import history
from sandyq.collect import records as collect
from sandyq.correspondence import records as correspondence
from sandyq.destroy import records as destroy
from sandyq.distribute import records as distribute
from sandyq.gate import records as gate
from sandyq.policy import records as policy
from sandyq.register import records as register
from sandyq.register.holder import Column, Kind
from sandyq.requests import records as requests
from sandyq.rights import records as rights

_GROUND: Final[tuple[tuple[str, str, str, Kind, str], ...]] = (
    ("schema_file", "db", "as long as the office", "none", "name digest compat applied"),
    ("mark", "db", "as long as the office", "none", "name pair count ledger"),
    ("outbox", "outbox", "log term", "none", "outbox_id kind target state attempts next_us created_us"),
    ("outbox", "outbox", "log term", "pseudonym", "ref"),
    ("restrictive_event", "ledger", "as long as backups", "pseudonym", "subject_id body"),
    ("restrictive_event", "ledger", "as long as backups", "none", "event_id kind at_us shipped"),
)
_ROOMS: Final[tuple[Mapping[str, Column], ...]] = (
    {f"{table}.{name}": Column(kind, holder, term) for table, holder, term, kind, names in _GROUND for name in names.split()},
    {name: Column(*row) for name, row in history.COLUMNS.items()},  # type: ignore[arg-type]  # plain tuples, as the audit lies below the map
    register.COLUMNS,
    policy.COLUMNS,
    consent.COLUMNS,
    block.COLUMNS,
    relations.COLUMNS,
    parties.COLUMNS,
    staff.COLUMNS,
    gate.COLUMNS,
    collect.COLUMNS,
    distribute.COLUMNS,
    destroy.COLUMNS,
    requests.COLUMNS,
    correspondence.COLUMNS,
    rights.COLUMNS,
    office.COLUMNS,
    identity.COLUMNS,
)
COLUMNS: Final[Mapping[str, Column]] = {name: column for room in _ROOMS for name, column in room.items()}
"""`table.column` to its class, holder and term."""
TWICE: Final = len(COLUMNS) != sum(len(room) for room in _ROOMS)
"""Whether two rooms claim one column: then one of them is wrong."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a table's rows about a person who is destroyed: `holder` erases and verifies them, `keeps` says why some or all stay."""

    holder: str = ""
    keeps: str = ""


_PROOF = "proof of consent, 94-V art. 25(2)(5); ends with its own term"
_ACCOUNT = "the account of what was decided, ordered and done, by random ids whose link to the person is gone"
_LETTERS = "the journal of letters, 94-V art. 25(2)(5)"
FATES: Final[Mapping[str, Fate]] = {
    "subject": Fate(keeps="the bare row, so that its id is never alive again"),
    "item": Fate("register", "retained evidence, each piece under its own ground and term"),
    "media": Fate("register", "scans of the request file, each with its piece of evidence"),
    "wrapped_key": Fate("register", "the keys of retained evidence"),
    "token": Fate("register"),
    "subject_leaf": Fate("leaf_link"),
    "consent_grant": Fate(keeps=_PROOF),
    "consent_end": Fate(keeps=_PROOF),
    "consent_code": Fate(keeps=_PROOF),
    "consent_stop": Fate("consent"),
    "block_state": Fate("block"),
    "release_proposal": Fate("block"),
    "relation": Fate("relations"),
    "representative": Fate("parties"),
    "partner_ref": Fate("distribute", "until the recipient has confirmed the destruction"),
    "challenge": Fate("identity"),
    "factor": Fate("identity"),
    "factor_token": Fate("identity"),
    "portal_session": Fate("identity"),
    "desk_check": Fate("identity"),
    "prove_link": Fate("identity"),
    "claim_session": Fate("collect"),
    "submission": Fate(keeps="the request file, 94-V art. 25(2)(5)"),
    "claim": Fate(keeps="the token by which the person fetches the certificate"),
    "transfer": Fate(keeps="the account of transfers, 94-V art. 22(1)(5)"),
    "decision": Fate(keeps=_ACCOUNT),
    "request": Fate(keeps=_ACCOUNT),
    "request_document": Fate(keeps=_ACCOUNT),
    **{table: Fate(keeps="the request file, 94-V art. 25(2)(5)") for table in rights.TABLES},
    "destruction": Fate(keeps=_ACCOUNT),
    "destruction_receipt": Fate(keeps=_ACCOUNT),
    "correspondence": Fate(keeps=_LETTERS),
    "correspondence_event": Fate(keeps=_LETTERS),
    "mail_token": Fate("correspondence"),
    "mail_mark": Fate("correspondence"),
    "restrictive_event": Fate(keeps="what a restored backup must be told, 94-V art. 25(2)(4)"),
}
"""Every table with a `subject_id`."""

FileKind = Kind | Literal["store"]
"""As of a column; `store` is a database, told by its columns."""


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of file in an office's folder: `shape` matches its path from there."""

    shape: str
    kind: FileKind
    holder: str
    term: str


_ID = "[0-9a-hjkmnp-tv-z]{26}"
PLACES: Final = (
    Place(r"(durable|perishable)\.db(-wal|-shm)?", "store", "db", "as long as the office"),
    Place(r"office\.sock", "none", "app", "while it serves"),
    Place(r"office\.lock", "none", "db", "as long as the office"),
    Place(r"sandyq\.toml", "none", "settings", "as long as the office"),
    Place(r"keys/(kek|staff|token|office)-\d+\.key", "credential", "keystore", "one generation; the office's own as long as the office"),
    Place(r"keys/log\.key", "credential", "audit", "as long as the office"),
    Place(r"log/(checkpoint|vkey)", "none", "audit", "as long as the log"),
    Place(r"log/tile/(\d|entries)/[\dx/]+(\.p/\d+)?", "pseudonym", "audit", "as long as the log"),
    Place(r"witness/\d+/\d+-[0-9a-f]+", "none", "audit", "as long as the log"),
    Place(r"ledger/events\.jsonl", "pseudonym", "ledger", "as long as backups"),
    Place(r"ledger/(mark|restore)\.(json|lock)", "none", "db", "as long as the office"),
    Place(rf"media/{_ID}(\.part)?", "sealed", "register", "with its item"),
)
_SHAPES: Final = tuple((re.compile(place.shape), place) for place in PLACES)


def place_of(path: str) -> Place | None:
    """The class of a file by its path from the office's folder, or None when the map does not know it."""
    return next((place for shape, place in _SHAPES if shape.fullmatch(path)), None)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Where map and schema differ: columns nobody classified, and classes of columns that are not there."""

    unknown: frozenset[str]
    vanished: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.unknown or self.vanished)


def compare(columns: Iterable[str]) -> Gaps:
    """The map against all columns (`table.column`) of both stores."""
    there = frozenset(columns)
    return Gaps(there - COLUMNS.keys(), frozenset(COLUMNS.keys() - there))
