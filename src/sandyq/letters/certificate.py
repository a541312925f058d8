"""The certificate of a destruction: what is gone, what is kept and why, who was told, and where the log says so (design 9, 12).

The body is the certificate: one canonical JSON whose SHA-256 goes into the log. The PDF is a reading of it in one language and can be made
again at any time from the kept body. Nothing here names the person: the reference is the random one that the person was given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final

import msgspec

from sandyq import speech
from sandyq.errors import Misuse, Tampered
from sandyq.letters import citing, paper

FORMAT: Final = "sandyq-certificate/1"
"""Name and version of the JSON form; a change of any key makes the next version."""
TEMPLATE: Final = "certificate-1"
"""Name and version of the layout and its wording; printed in the foot of every page."""

_WORDED_AS: Final = "letter-1"
"""The wording whose forms cite clauses and articles and spell a date: a certificate and the letter about it read alike."""
_NO_NAMES: Final[Mapping[str, str]] = {}


def _utc(*instants: datetime | None) -> None:
    for at in instants:
        if at is not None and (at.tzinfo is None or at.utcoffset() != UTC.utcoffset(None)):
            raise Misuse("instant_not_utc")


@dataclass(frozen=True, slots=True)
class Basis:
    """Why the data were destroyed: clause of the policy (`4.1.4`) and article with its redaction (`94-V art. 18(1) @2026-01-18`)."""

    clause: str
    article: str


@dataclass(frozen=True, slots=True)
class Gone:
    """One row of what was destroyed. `category` is a clause (`6.2.1`) or empty; `kind` a word such as `data`, `media`, `tokens`."""

    category: str
    kind: str
    items: int
    keys: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of what stays: `what` a code (`proof_of_consent`) or category clause, the reason, and its last day if it has one."""

    what: str
    basis: Basis
    until: date | None


@dataclass(frozen=True, slots=True)
class Told:
    """A recipient that held data: when it was told to destroy them, and when it confirmed; None prints `not confirmed`."""

    name: str
    told_at: datetime | None
    confirmed_at: datetime | None

    def __post_init__(self) -> None:
        _utc(self.told_at, self.confirmed_at)


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where the log stands behind this: the leaf of the destruction and a signed checkpoint that covers it; digests as hex."""

    leaf: str
    origin: str
    size: int
    root: str
    policy: str
    pack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateBody:
    """The whole certificate. Instants are UTC. `unrecoverable_by` is the day by which the key generation is destroyed and every backup
    of its keys has expired: until then a stolen backup of both stores could still be read, and the certificate says so."""

    format: str = FORMAT
    number: str
    office: str
    bin: str
    reference: str  # the claim reference: random, nothing personal
    received_at: datetime
    decided_at: datetime
    executed_at: datetime
    basis: Basis
    gone: tuple[Gone, ...]
    kept: tuple[Kept, ...]
    deleted_at: datetime
    unrecoverable_by: date
    recipients: tuple[Told, ...]
    log: LogPlace

    def __post_init__(self) -> None:
        _utc(self.received_at, self.decided_at, self.executed_at, self.deleted_at)

    def to_json(self) -> bytes:
        """The canonical form: keys sorted, no spaces, UTF-8, instants as RFC 3339 in `Z`. These bytes are what is kept and digested."""
        return msgspec.json.encode(self, order="sorted")

    @classmethod
    def from_json(cls, raw: bytes) -> "CertificateBody":
        """Read `to_json` back. Raises Tampered("certificate_malformed") for anything that is not exactly a canonical body."""
        try:
            body = msgspec.json.decode(raw, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError, Misuse):
            raise Tampered("certificate_malformed") from None
        if body.format != FORMAT or body.to_json() != raw:
            raise Tampered("certificate_malformed")
        return body

    @property
    def digest(self) -> str:
        """SHA-256 of `to_json`, as hex: what the leaf of the log holds as its `body_digest`."""
        return sha256(self.to_json()).hexdigest()

    @property
    def verification_line(self) -> str:
        """What the QR code holds: enough to find the entry in the log and to know that a JSON file is this certificate."""
        return f"{FORMAT} sha256:{self.digest} log:{self.log.origin} size:{self.log.size}"


def render_pdf(body: CertificateBody, language: str, names: Mapping[str, str] = _NO_NAMES) -> bytes:
    """The certificate as PDF/A-2b in `kk`, `ru` or `en`. The same body, language and names give the same bytes.

    `names` puts words of the office's policy to codes in this language (`6.2.1` to its title); a code without a word is printed as it is.
    Raises Misuse for another language.
    """
    words = paper.wording(TEMPLATE, language)
    return paper.typeset(TEMPLATE, _view(body, language, {**words["names"], **names}, words), body.executed_at)


def _view(body: CertificateBody, language: str, names: Mapping[str, str], words: Mapping[str, Any]) -> dict[str, Any]:
    """Everything printed, as text in reading order: the template only lays out."""

    def instant(at: datetime | None, missing: str = "") -> str:
        return speech.when(language, at) if at else words[missing]

    return {
        "language": language,
        "template": TEMPLATE,
        "words": words,
        "office": body.office,
        "bin": body.bin,
        "number": body.number,
        "date": paper.long_day(body.executed_at.astimezone(speech.ZONE).date(), paper.wording(_WORDED_AS, language)),
        "order": [
            [words["reference"], body.reference],
            [words["basis"], _basis(body.basis, language)],
        ],
        "course": [
            [words["received"], instant(body.received_at)],
            [words["decided"], instant(body.decided_at)],
            [words["executed"], instant(body.executed_at)],
        ],
        "gone": [[_category(row, names, words), names.get(row.kind, row.kind), str(row.items), str(row.keys)] for row in body.gone],
        "totals": [str(sum(row.items for row in body.gone)), str(sum(row.keys for row in body.gone))],
        "dates": [[words["deleted"], instant(body.deleted_at)], [words["unrecoverable"], speech.day(language, body.unrecoverable_by)]],
        "kept": [
            [_named(row.what, names, words), _basis(row.basis, language), speech.day(language, row.until) if row.until else words["no_end"]]
            for row in body.kept
        ],
        "recipients": [[row.name, instant(row.told_at, "not_told"), instant(row.confirmed_at, "not_confirmed")] for row in body.recipients],
        "log": [
            [words["leaf"], body.log.leaf],
            [words["origin"], body.log.origin],
            [words["size"], str(body.log.size)],
            [words["root"], body.log.root],
            [words["policy"], body.log.policy],
            [words["pack"], body.log.pack],
            [words["digest"], body.digest],
        ],
        "qr": paper.qr_svg(body.verification_line),
    }


def _named(code: str, names: Mapping[str, str], words: Mapping[str, Any]) -> str:
    """A code in words; a clause keeps its number before its title."""
    named = names.get(code, "")
    if not code[:1].isdigit():
        return named or code
    clause: str = words["clause"].format(clause=code)
    return f"{clause}. {named}" if named else clause


def _category(row: Gone, names: Mapping[str, str], words: Mapping[str, Any]) -> str:
    return _named(row.category, names, words) if row.category else str(words["all_categories"])


def _basis(basis: Basis, language: str) -> str:
    return citing.basis(basis.clause, basis.article, paper.wording(_WORDED_AS, language)["cite"], language)
