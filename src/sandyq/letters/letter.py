"""The body of a letter to a person or an authority: codes, dates and lists in one canonical JSON that the log vouches for (policy 3.10, 8.3).

What is printed comes from the codes by a versioned wording, so that one decision reads the same in Kazakh, Russian and English. Values of the person (in an
answer on access) stand in `sections` and are sealed with the body.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final

import msgspec

from sandyq.errors import Misuse, Tampered
from sandyq.letters.certificate import Basis, LogPlace

FORMAT: Final = "sandyq-letter/1"
"""Name and version of the JSON form; a change of any key makes the next version."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of the letter: a code of the template's wording and what it is filled with."""

    code: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, its sentences, and a table (column codes, then rows of finished text). `rows` may hold values of the person."""

    head: str
    said: tuple[Said, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was refused: the code of the law's finding, its filling, and the clause and article it rests on."""

    code: str
    basis: Basis
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterBody:
    """One letter. `template` is name and version of the wording (`access-1`), `addressee` the lines of name and address as the person gave them (empty for a
    letter that is fetched from the portal), `due` the last day that the answered clock had, `appeal` the codes of where to complain."""

    format: str = FORMAT
    template: str
    number: str
    answers: str  # the case's number
    office: str
    bin: str
    signatory: str  # the role, never a name
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
