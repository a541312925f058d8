"""Tables of parties. Names, numbers and addresses are sealed together as the card, the signing secrets apart from it: a sole proprietor
is a person.
"""

import base64
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from sandyq import seal
from sandyq.clock import instant
from sandyq.db import Row, Statement, Work
from sandyq.law.ask import RecipientFact
from sandyq.law.calendar import local_date
from sandyq.law.vocabulary import SourceKind
from sandyq.parties.facts import (
    DocumentKind,
    LegalForm,
    NewRecipient,
    NewRepresentative,
    NewSource,
    Recipient,
    Representative,
    Secrets,
    Source,
)
from sandyq.register.holder import Column, Kind

_OFFICE = "office"

_CLASSES: tuple[tuple[str, Kind, str, str], ...] = (
    (
        "recipient",
        "none",
        _OFFICE,
        "recipient_id clause legal_form country agreed contract_until undertaking_on feed feed_reason active parent",
    ),
    ("recipient", "none", _OFFICE, "added_us changed_us"),
    ("recipient", "sealed", _OFFICE, "card"),
    ("recipient", "credential", _OFFICE, "secrets"),
    ("source", "none", _OFFICE, "source_id kind country guarantee_on guarantee_until guarantee_document active added_us"),
    ("source", "sealed", _OFFICE, "card"),
    ("representative", "pseudonym", "with-subject", "subject_id representative_id person document"),
    ("representative", "none", "with-subject", "kind scope since until added_us ended_us"),
)

COLUMNS = {f"{table}.{column}": Column(kind, "parties", term) for table, kind, term, columns in _CLASSES for column in columns.split()}


class _Card(msgspec.Struct):
    """What is sealed of a recipient or source."""

    name: str
    number: str = ""
    contract_number: str = ""
    contract_date: str = ""
    endpoint: str = ""
    ack_public_key: bytes = b""


class _Secrets(msgspec.Struct):
    webhook: list[str]
    ack: str


class Box:
    """Seals what this room keeps under the office's credential key; each blob is bound to its row and column."""

    def __init__(self, key: bytes) -> None:
        self._key = seal.derive(key, "parties")

    def close(self, place: str, value: msgspec.Struct) -> bytes:
        """Sealed bytes of a value."""
        return seal.wrap(self._key, msgspec.json.encode(value), place.encode())

    def card(self, place: str, sealed: bytes) -> _Card:
        """The opened card. Raises Tampered when it was moved or changed."""
        return msgspec.json.decode(seal.unwrap(self._key, bytes(sealed), place.encode()), type=_Card)

    def secrets(self, place: str, sealed: bytes) -> _Secrets:
        """The opened secrets. Raises Tampered likewise."""
        return msgspec.json.decode(seal.unwrap(self._key, bytes(sealed), place.encode()), type=_Secrets)


def fresh_secret() -> str:
    """A signing secret in the text form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(seal.random_bytes(32)).decode()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def pairs_text(agreed: Iterable[tuple[str, str]]) -> str:
    """Pairs of purpose and field as canonical JSON."""
    return msgspec.json.encode(sorted(agreed)).decode()


_pairs = msgspec.json.Decoder(list[tuple[str, str]]).decode
_names = msgspec.json.Decoder(list[str]).decode


def add_recipient(work: Work, key: bytes, recipient_id: str, new: NewRecipient, webhook: str, ack: str) -> None:
    """Insert a recipient with an active feed."""
    box = Box(key)
    card = _Card(new.name.strip(), new.number, new.contract_number, _iso(new.contract_date), new.endpoint, new.ack_public_key)
    work.durable.run(
        "INSERT INTO recipient (recipient_id, clause, legal_form, country, card, secrets, agreed, contract_until, undertaking_on, feed,"
        " feed_reason,"
        " active, parent, added_us, changed_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', '', 1, ?, ?, ?)",
        *(recipient_id, new.clause, new.legal_form.value, new.country),
        *(box.close(f"recipient.card:{recipient_id}", card), box.close(f"recipient.secrets:{recipient_id}", _Secrets([webhook], ack))),
        *(pairs_text(new.agreed), _iso(new.contract_until), _iso(new.undertaking_on), new.parent, work.us, work.us),
    )


_FACT = "SELECT clause, country, agreed, undertaking_on, contract_until, feed, active FROM recipient WHERE recipient_id = ?"


def asked_by_gate(recipient_id: str) -> Statement:
    """The read of `recipient_fact`, to be sent ahead."""
    return _FACT, (recipient_id,)


def recipient_fact(work: Work, recipient_id: str) -> RecipientFact | None:
    """What the law looks at; no card is opened for it."""
    row = work.durable.one(_FACT, recipient_id)
    if row is None:
        return None
    clause, country, agreed, undertaking_on, until, feed, active = row
    today = local_date(work.at).isoformat()
    return RecipientFact(
        id=recipient_id,
        kind=clause,
        country=country,
        agreed=frozenset(_pairs(agreed)),
        undertaking=bool(undertaking_on) and undertaking_on <= today,
        active=bool(active) and (not until or today <= until),
        suspended=feed != "active",
    )


_RECIPIENT = (
    "SELECT recipient_id, clause, legal_form, country, card, agreed, contract_until, undertaking_on, feed, feed_reason, active, parent,"
    " added_us"
    " FROM recipient"
)


_EVERY = _RECIPIENT + " ORDER BY recipient_id"


def recipient(work: Work, key: bytes, recipient_id: str) -> Recipient | None:
    """One recipient, its card opened."""
    row = work.durable.one(_RECIPIENT + " WHERE recipient_id = ?", recipient_id)
    return _recipient(_box(key), row) if row else None


def recipients(work: Work, key: bytes) -> list[Recipient]:
    """All recipients, oldest first."""
    box = _box(key)
    return [_recipient(box, row) for row in work.durable.seldom(_EVERY)]


@lru_cache(maxsize=4)
def _box(key: bytes) -> Box:
    return Box(key)


@lru_cache(maxsize=512)  # every form asks for all of them; a changed row is another row
def _recipient(box: Box, row: Row) -> Recipient:
    recipient_id, clause, form, country, sealed, agreed, until, undertaking_on, feed, reason, active, parent, added = row
    card = box.card(f"recipient.card:{recipient_id}", sealed)
    return Recipient(
        id=recipient_id,
        clause=clause,
        legal_form=LegalForm(form),
        name=card.name,
        number=card.number,
        country=country,
        contract_number=card.contract_number,
        contract_date=_day(card.contract_date),
        contract_until=_day(until),
        undertaking_on=_day(undertaking_on),
        agreed=frozenset(_pairs(agreed)),
        endpoint=card.endpoint,
        feed=feed,
        feed_reason=reason,
        active=bool(active),
        parent=parent,
        added_at=instant(added),
    )


def change_recipient(work: Work, key: bytes, now: Recipient) -> None:
    """Write what may change of a recipient: agreed pairs, undertaking, end of the contract, endpoint."""
    box, place = Box(key), f"recipient.card:{now.id}"
    row = work.durable.one("SELECT card FROM recipient WHERE recipient_id = ?", now.id)
    card = box.card(place, row[0] if row else b"")
    card.endpoint = now.endpoint
    work.durable.run(
        "UPDATE recipient SET card = ?, agreed = ?, undertaking_on = ?, contract_until = ?, changed_us = ? WHERE recipient_id = ?",
        *(box.close(place, card), pairs_text(now.agreed), _iso(now.undertaking_on), _iso(now.contract_until), work.us, now.id),
    )


def set_feed(work: Work, recipient_id: str, feed: str, reason: str) -> bool:
    """Change the feed's state; False when it is so already or there is no such recipient."""
    return bool(
        work.durable.run(
            "UPDATE recipient SET feed = ?, feed_reason = ?, changed_us = ? WHERE recipient_id = ? AND feed <> ? AND active = 1",
            *(feed, reason, work.us, recipient_id, feed),
        )
    )


def end_recipient(work: Work, recipient_id: str) -> bool:
    """Make a recipient inactive for good."""
    return bool(
        work.durable.run("UPDATE recipient SET active = 0, changed_us = ? WHERE recipient_id = ? AND active = 1", work.us, recipient_id)
    )


def secrets(work: Work, key: bytes, recipient_id: str) -> Secrets | None:
    """The signing secrets of a recipient."""
    row = work.durable.one("SELECT card, secrets FROM recipient WHERE recipient_id = ?", recipient_id)
    if row is None:
        return None
    box = Box(key)
    kept = box.secrets(f"recipient.secrets:{recipient_id}", row[1])
    return Secrets(tuple(kept.webhook), kept.ack, box.card(f"recipient.card:{recipient_id}", row[0]).ack_public_key)


def set_secrets(work: Work, key: bytes, recipient_id: str, webhook: Iterable[str], ack: str) -> None:
    """Replace the signing secrets."""
    sealed = Box(key).close(f"recipient.secrets:{recipient_id}", _Secrets(list(webhook), ack))
    work.durable.run("UPDATE recipient SET secrets = ?, changed_us = ? WHERE recipient_id = ?", sealed, work.us, recipient_id)


def add_source(work: Work, key: bytes, source_id: str, new: NewSource) -> None:
    """Insert a source."""
    work.durable.run(
        "INSERT INTO source (source_id, kind, country, card, guarantee_on, guarantee_until, guarantee_document, active, added_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)",
        *(source_id, new.kind.value, new.country, Box(key).close(f"source.card:{source_id}", _Card(new.name.strip()))),
        *(_iso(new.guarantee_on), _iso(new.guarantee_until), new.guarantee_document, work.us),
    )


_SOURCE = "SELECT source_id, kind, country, card, guarantee_on, guarantee_until, guarantee_document, active FROM source"


def source(work: Work, key: bytes, source_id: str) -> Source | None:
    """One source."""
    row = work.durable.one(_SOURCE + " WHERE source_id = ?", source_id)
    return _source(Box(key), row) if row else None


def sources(work: Work, key: bytes) -> list[Source]:
    """All sources, oldest first."""
    box = Box(key)
    return [_source(box, row) for row in work.durable.all(_SOURCE + " ORDER BY source_id")]


def _source(box: Box, row: Row) -> Source:
    source_id, kind, country, sealed, since, until, document, active = row
    name = box.card(f"source.card:{source_id}", sealed).name
    return Source(source_id, SourceKind(kind), name, country, _day(since), _day(until), document, bool(active))


def add_representative(work: Work, subject: str, representative_id: str, new: NewRepresentative) -> None:
    """Insert a representative."""
    work.durable.run(
        "INSERT INTO representative (subject_id, representative_id, person, kind, document, scope, since, until, added_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(subject, representative_id, new.person, new.kind.value, new.document, msgspec.json.encode(sorted(new.scope)).decode()),
        *(new.since.isoformat(), _iso(new.until), work.us),
    )


def end_representative(work: Work, subject: str, representative_id: str) -> bool:
    """End a representation; False when there is none that stands."""
    return bool(
        work.durable.run(
            "UPDATE representative SET ended_us = ? WHERE subject_id = ? AND representative_id = ? AND ended_us IS NULL",
            *(work.us, subject, representative_id),
        )
    )


_REPRESENTATIVE = "SELECT representative_id, subject_id, person, kind, document, scope, since, until, ended_us FROM representative"


def representatives(work: Work, subject: str) -> list[Representative]:
    """Who acts or acted for a subject."""
    return _representatives(work.durable.all(_REPRESENTATIVE + " WHERE subject_id = ? ORDER BY representative_id", subject))


def naming(work: Work, subject: str) -> list[Representative]:
    """Rows that name a subject on either side."""
    return _representatives(
        work.durable.all(_REPRESENTATIVE + " WHERE subject_id = ? OR person = ? ORDER BY representative_id", subject, subject)
    )


def _representatives(rows: list[Any]) -> list[Representative]:
    return [
        Representative(
            id=representative_id,
            subject=subject,
            person=person,
            kind=DocumentKind(kind),
            document=document,
            scope=frozenset(_names(scope)),
            since=date.fromisoformat(since),
            until=_day(until),
            ended_at=None if ended is None else instant(ended),
        )
        for representative_id, subject, person, kind, document, scope, since, until, ended in rows
    ]


def drop_representatives(work: Work, subject: str) -> int:
    """Delete the rows that name a subject on either side."""
    return work.durable.run("DELETE FROM representative WHERE subject_id = ? OR person = ?", subject, subject)
