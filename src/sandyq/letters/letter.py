"""The body of a letter to a person or an authority: codes, dates and lists in one canonical JSON that the log vouches for (policy 3.10, 8.3).

What is printed comes from the codes by a versioned wording, so that one decision reads the same in Kazakh, Russian and English. Values of the person (in an
answer on access) stand in the rows of `sections` and are sealed with the body.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final

import msgspec

from sandyq.errors import Misuse, Tampered
from sandyq.letters.certificate import Basis, LogPlace

FORMAT: Final = "sandyq-letter/1"
"""Name and version of the JSON form; a change of any key makes the next version."""

WORDS: Final = "words"
"""The code of a text that brings its own three languages: what the office's policy calls a purpose, a field, a category."""

_NAMED: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*-[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence or word of the letter: a code of the template's wording and what it is filled with.

    How a parameter is read depends on the end of its name: `_on` is a date, `_at` an instant (both ISO 8601), `_code` a name that the wording knows, `_basis` an
    article or clause to be cited; all others are text as it stands.
    """

    code: str
    params: tuple[tuple[str, str], ...] = ()


Cell = str | Said
"""What stands in a row: finished text, or a code that each language words for itself."""


def say(code: str, **params: str | int | date | datetime) -> Said:
    """A sentence with its parameters as they are kept. Raises Misuse when the end of a name and the kind of its value do not agree."""
    return Said(code, tuple((name, _kept(name, value)) for name, value in sorted(params.items())))


def words(kk: str, ru: str, en: str) -> Said:
    """A text of the policy in its three languages."""
    return Said(WORDS, (("en", en), ("kk", kk), ("ru", ru)))


def _kept(name: str, value: str | int | date | datetime) -> str:
    if isinstance(value, datetime) is not name.endswith("_at") or isinstance(value, date) is not name.endswith(("_at", "_on")):
        raise Misuse("letter_parameter", name=name)
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, its sentences, and rows: a table when there are columns, else a numbered list of one cell each. `after` stands below. `rows` may hold values of
    the person."""

    head: str
    said: tuple[Said, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    after: tuple[Said, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != (len(self.columns) or 1) for row in self.rows):
            raise Misuse("letter_row", head=self.head)

    def __repr__(self) -> str:  # rows may hold values of a person
        return f"Section({self.head}, {len(self.rows)} rows)"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was refused: the code of the law's finding, the clause and article (with its day) that it rests on, its filling, and which item it is
    about (empty: the whole request)."""

    code: str
    basis: Basis
    params: tuple[tuple[str, str], ...] = ()
    item: Cell = ""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in the three languages."""

    kk: str
    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: as the head of the paper states it, Kazakh at the left, Russian at the right."""

    name: Words
    bin: str
    address: Words
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterBody:
    """One letter. `template` is name and version of the wording (`access-1`), `addressee` the lines of name and address as the person gave them (empty for a
    letter that is fetched from the portal), `due` the last day that the answered clock had, `appeal` the codes of where to complain. `signatory` and `executor`
    are roles, never names. `log` is where the log stood when the letter was made; its `leaf` is the entry of the act that is answered."""

    format: str = FORMAT
    template: str
    number: str
    answers: str  # the case's number
    office: Letterhead
    signatory: str
    executor: str = ""
    language: str
    dated: date
    made_at: datetime
    received_on: date | None
    due: date | None
    basis: Basis
    addressee: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    sections: tuple[Section, ...] = ()
    reasons: tuple[Reason, ...] = ()
    appeal: tuple[str, ...] = ()
    log: LogPlace

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None or self.made_at.utcoffset() != UTC.utcoffset(None):
            raise Misuse("instant_not_utc")
        if not _NAMED.fullmatch(self.template):
            raise Misuse("letter_template", template=self.template[:40])

    def __repr__(self) -> str:  # sections and the addressee may hold values of a person
        return f"LetterBody({self.template}, {self.number})"

    def to_json(self) -> bytes:
        """The canonical form: keys sorted, no spaces, UTF-8. These bytes are what is sealed and digested."""
        return msgspec.json.encode(self, order="sorted")

    @classmethod
    def from_json(cls, raw: bytes) -> "LetterBody":
        """Read `to_json` back. Raises Tampered("letter_malformed") for anything that is not exactly a canonical body."""
        try:
            body = msgspec.json.decode(raw, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError, Misuse):
            raise Tampered("letter_malformed") from None
        if body.format != FORMAT or body.to_json() != raw:
            raise Tampered("letter_malformed")
        return body

    @property
    def digest(self) -> str:
        """SHA-256 of `to_json`, as hex: what the entry of the log holds as its `body_digest`."""
        return sha256(self.to_json()).hexdigest()
