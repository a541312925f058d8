"""Leave me alone: channels that a person stopped, and keyed marks of contacts that outlive the person's data (policy 3.8, scenario 14).

A stop stands beside the subject and dies with it. The mark is an HMAC of channel and contact under an office key that has no other use,
holds no subject, and is found again when the same contact comes with a new form or an import.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from sandyq import seal
from sandyq.audit import Act, Leaf, ledger, record
from sandyq.consent import records
from sandyq.consent.acts import marketing_granted_after
from sandyq.consent.facts import CHANNELS
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid
from sandyq.register import subjects

Contacts = Mapping[str, Iterable[str]]
"""Channel -> normalised contacts (E.164 numbers, lower-case addresses)."""


def mark(key: bytes, channel: str, contact: str) -> bytes:
    """The keyed token of a contact on a channel."""
    return seal.token(key, b"suppression", channel.encode(), contact.encode())


def suppress(work: Work, key: bytes, subject: str, contacts: Contacts, *, kept_until: date) -> str:
    """Stop channels of a person at once and mark their contacts for good; returns the leaf. It only narrows, so it needs no permit.

    A channel may come without a contact (the stop was pressed on the portal, and nothing is opened for it). Doing it twice changes nothing.
    """
    _check(contacts)
    subjects.touch(work, subject)
    leaf = record(work, Leaf(Act.SUPPRESSED, subject=subject, clause="3.8", article="94-V art. 24(1)(5)", count=len(contacts)))
    tokens = _tokens(key, contacts)
    records.add_stops(work, subject, contacts, leaf)
    records.add_suppressions(work, tokens, kept_until)
    marks = ",".join(sorted(token.hex() for token in tokens))
    ledger.note(work, "consent.suppress", subject, channels=",".join(sorted(contacts)), marks=marks, kept_until=kept_until.isoformat())
    return leaf


def recognise(work: Work, key: bytes, subject: str, contacts: Contacts) -> frozenset[str]:
    """Look contacts of a new form or import up among the marks; channels that are marked are stopped for the new subject too, and returned.

    No entry of its own: it is part of the act that collects.
    """
    _check(contacts)
    tokens = {mark(key, channel, contact): channel for channel, many in contacts.items() for contact in many}
    stopped = frozenset(tokens[token] for token in records.known_suppressions(work, list(tokens)))
    if stopped:
        records.add_stops(work, subject, stopped, "")
    return stopped


def lift(work: Work, key: bytes, subject: str, channel: str, contacts: Iterable[str]) -> str:
    """End a stop after the person opted in to the channel again. Raises Conflict unless such a consent, express and later, stands."""
    since = records.stops(work, subject).get(channel)
    if since is None:
        raise Conflict("channel_not_stopped", channel=channel)
    if not marketing_granted_after(work, subject, channel, since):
        raise Conflict("channel_not_opted_in_again", channel=channel)
    records.drop_stops(work, subject, channel)
    records.drop_suppressions(work, _tokens(key, {channel: contacts}))
    return record(work, Leaf(Act.STOP_LIFTED, subject=subject, clause="3.8", article="94-V art. 8"))


def _tokens(key: bytes, contacts: Contacts) -> list[bytes]:
    return [mark(key, channel, contact) for channel, many in contacts.items() for contact in many]


def _check(contacts: Contacts) -> None:
    wrong = sorted(set(contacts) - CHANNELS)
    if wrong or not contacts:
        raise Invalid([FieldError("channels", "not_in_list", {"allowed": ", ".join(sorted(CHANNELS))}, ("3.8",))])


def drop_ended(work: Work, day: date) -> int:
    """Forget the marks whose own term ended before `day`. No entry of its own: the sweep that calls this writes it."""
    return records.drop_suppressions_ended(work, day)
