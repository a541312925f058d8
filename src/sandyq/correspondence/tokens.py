"""Keyed tokens of e-mail: how a message is known again and a thread followed without keeping anything readable (design 8, 13)."""

import re
from typing import Final

from sandyq import seal
from sandyq.register import identifiers
from sandyq.register.keystore import Keyring

_KEY: Final = "mail"
_OURS: Final = "message-id"
_NUMBER = re.compile(r"(?<![0-9A-Za-z])([0-9]{8}-[0-9A-HJKMNP-TV-Z]{5})(?![0-9A-Za-z])", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s№#.,:;-]+")
MOST_NUMBERS: Final = 5


def address(ring: Keyring, text: str) -> bytes:
    """The token of an address; what is no address in normal form is taken as it was written."""
    checked = identifiers.email(text)
    return seal.token(ring.office(_KEY), b"address", (checked.value or text.strip().lower()).encode())


def identity(ring: Keyring, digest: bytes) -> bytes:
    """The token of one very message."""
    return seal.token(ring.office(_KEY), b"identity", digest)


def message(ring: Keyring, message_id: str) -> bytes:
    """The token of a Message-ID."""
    return seal.token(ring.office(_KEY), b"message", message_id.encode())


def reference(ring: Keyring, number: str, to: bytes) -> bytes:
    """The token of a number as one address may name it: another address that names it gets nowhere."""
    return seal.token(ring.office(_KEY), b"reference", number.upper().encode(), to)


def mark(ring: Keyring, number: str) -> bytes:
    """The token of a number that stands on paper or on a waybill, however it is spaced; empty for none."""
    plain = _BETWEEN.sub("", number).upper()
    return seal.token(ring.office(_KEY), b"mark", plain.encode()) if plain else b""


def numbers(text: str) -> list[str]:
    """What looks like a number of ours in a subject line."""
    return list(dict.fromkeys(found.upper() for found in _NUMBER.findall(text)))[:MOST_NUMBERS]


def message_id(ring: Keyring, entry: str, domain: str) -> str:
    """The Message-ID of a mail of ours: it cannot be guessed, and is the same at each try to send it."""
    return f"{seal.token(ring.office(_OURS), entry.encode())[:15].hex()}@{domain}"
