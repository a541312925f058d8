"""Who else is in it: recipients of part 7, sources of 6.1 with their guarantee of 6.3, representatives with their document."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from sandyq.errors import FieldError
from sandyq.law.vocabulary import SourceKind
from sandyq.register import identifiers

CLAUSES = frozenset({"7.1.1", "7.1.2", "7.1.3", "7.1.4", "7.1.5"})
_PUBLIC_KEY_BYTES = 32
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class LegalForm(StrEnum):
    """What kind of person a party is (2.8, 2.9)."""

    LEGAL_ENTITY = "legal_entity"
    SOLE_PROPRIETOR = "sole_proprietor"
    STATE_BODY = "state_body"
    FOREIGN_ENTITY = "foreign_entity"


class FeedReason(StrEnum):
    """Why a recipient gets nothing for now."""

    NO_ACKNOWLEDGEMENT = "no_acknowledgement"  # scenario 12: it does not confirm what it was told
    UNDERTAKING_MISSING = "undertaking_missing"  # art. 10(1)
    BREACH_REPORTED = "breach_reported"
    CONTRACT_IN_DISPUTE = "contract_in_dispute"
    ASKED_BY_RECIPIENT = "asked_by_recipient"
    AUTHORITY_DEMAND = "authority_demand"


class DocumentKind(StrEnum):
    """What makes somebody a representative (5.1.5, 6.1)."""

    POWER_OF_ATTORNEY = "power_of_attorney"
    BIRTH_CERTIFICATE = "birth_certificate"
    GUARDIANSHIP_ACT = "guardianship_act"
    COURT_ACT = "court_act"
    INHERITANCE_CERTIFICATE = "inheritance_certificate"


@dataclass(frozen=True, slots=True)
class NewRecipient:
    """A recipient as agreed with it. `number` is its BIN (a sole proprietor's IIN, a foreign entity's own number), `agreed` the pairs of
    purpose and field that the contract covers, `undertaking_on` the day on which it signed to comply (art. 10(1)). Days are local dates."""

    clause: str
    legal_form: LegalForm
    name: str
    number: str
    country: str = "KZ"
    contract_number: str = ""
    contract_date: date | None = None
    contract_until: date | None = None
    undertaking_on: date | None = None
    agreed: frozenset[tuple[str, str]] = frozenset()
    endpoint: str = ""
    ack_public_key: bytes = b""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What changes in a recipient; None leaves it as it is."""

    agreed: frozenset[tuple[str, str]] | None = None
    undertaking_on: date | None = None
    contract_until: date | None = None
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient as it is kept, its card opened. `feed` is `active` or `suspended`; `parent` names whose sub-recipient it is."""

    id: str
    clause: str
    legal_form: LegalForm
    name: str
    number: str
    country: str
    contract_number: str
    contract_date: date | None
    contract_until: date | None
    undertaking_on: date | None
    agreed: frozenset[tuple[str, str]]
    endpoint: str
    feed: str
    feed_reason: str
    active: bool
    parent: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Secrets:
    """What messages to and from a recipient are signed with. `webhook` comes newest first (two while one is being replaced), in the text
    form of Standard Webhooks; the recipient signs acknowledgements with `ack_secret`, or with the key whose public part is
    `ack_public_key`."""

    webhook: tuple[str, ...]
    ack_secret: str
    ack_public_key: bytes


@dataclass(frozen=True, slots=True)
class NewSource:
    """A third party that data come from, with its guarantee that handing them over is lawful (6.3). `document` is the evidence item of
    it.
    """

    kind: SourceKind
    name: str
    country: str = "KZ"
    guarantee_on: date | None = None
    guarantee_until: date | None = None
    guarantee_document: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as it is kept."""

    id: str
    kind: SourceKind
    name: str
    country: str
    guarantee_on: date | None
    guarantee_until: date | None
    guarantee_document: str
    active: bool

    def guaranteed_on(self, day: date) -> bool:
        """Whether its guarantee stands on a day: without one its data are not processed (6.3)."""
        begun = self.guarantee_on is not None and self.guarantee_on <= day
        return self.active and begun and bool(self.guarantee_document) and (self.guarantee_until is None or day <= self.guarantee_until)


@dataclass(frozen=True, slots=True)
class NewRepresentative:
    """Somebody who acts for a subject. `person` is their own subject id, `document` the evidence item, `scope` the rights (clauses 4.1.x)
    they may use.
    """

    person: str
    kind: DocumentKind
    document: str
    scope: frozenset[str]
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Representative:
    """A representative as kept."""

    id: str
    subject: str
    person: str
    kind: DocumentKind
    document: str
    scope: frozenset[str]
    since: date
    until: date | None
    ended_at: datetime | None

    def may(self, clause: str, day: date) -> bool:
        """Whether they may use this right (4.1.x) for the subject on a day."""
        return self.ended_at is None and clause in self.scope and self.since <= day and (self.until is None or day <= self.until)


def faults(new: NewRecipient) -> Iterable[FieldError]:
    """Everything wrong with a new recipient."""
    if new.clause not in CLAUSES:
        yield FieldError("clause", "not_in_list", {"allowed": ", ".join(sorted(CLAUSES))}, ("7.1",))
    if not new.name.strip():
        yield FieldError("name", "missing")
    yield from _number_faults(new)
    yield from country_faults(new.country)
    yield from endpoint_faults(new.endpoint)
    if new.ack_public_key and len(new.ack_public_key) != _PUBLIC_KEY_BYTES:
        yield FieldError("ack_public_key", "wrong_length", {"bytes": _PUBLIC_KEY_BYTES})


def _number_faults(new: NewRecipient) -> Iterable[FieldError]:
    if new.legal_form is LegalForm.FOREIGN_ENTITY:
        if new.country == "KZ":
            yield FieldError("country", "foreign_entity_needs_its_country", cites=("7.1",))
        return
    checked = (identifiers.iin if new.legal_form is LegalForm.SOLE_PROPRIETOR else identifiers.bin_number)(new.number)
    if checked.error:
        yield FieldError("number", checked.error, cites=("2.8",))


def country_faults(country: str) -> Iterable[FieldError]:
    """A country is two capital letters (ISO 3166-1): cross-border transfer is decided on it (art. 16)."""
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        yield FieldError("country", "not_a_country_code", cites=("7.1", "94-V art. 16"))


def endpoint_faults(endpoint: str) -> Iterable[FieldError]:
    """An endpoint is https, or http on the loopback for a sample; no user, no password, no fragment."""
    if not endpoint:
        return
    try:
        parts = urlsplit(endpoint)
        host, secure = parts.hostname or "", parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    except ValueError:
        host, secure = "", False
    if not (host and secure) or "@" in endpoint or "#" in endpoint:
        yield FieldError("endpoint", "not_a_safe_address", cites=("94-V art. 22",))
