"""Entries that acts put into the log, on both engines."""

import hmac
from hashlib import sha256

import pytest

from sandyq import audit
from sandyq.audit import Act, Leaf, store
from sandyq.audit.recording import decode
from sandyq.audit.sequencer import move
from sandyq.db import Actor, Stores, Work

CLERK = Actor("staff", "clerk-1", "console", "sys-user")
SUBJECT = "01hzzzzzzzzzzzzzzzzzzzzzz1"


def salt_of(work: Work, subject: str) -> bytes:
    return sha256(f"salt of {subject}".encode()).digest()


def settle(stores: Stores) -> None:
    while stores.write(move, CLERK):
        pass


def rows(stores: Stores) -> list[tuple[int, str, bytes]]:
    return stores.read(lambda work: store.entries(work, 0, 10_000))


@pytest.fixture
def office(stores: Stores) -> Stores:
    audit.install(stores, salt_of)
    return stores


def test_an_entry_says_who_did_what_on_which_ground_and_nothing_empty(office: Stores) -> None:
    leaf = Leaf(Act.SHOWN, subject=SUBJECT, clause="2.9", article="94-V art. 7(1)", verdict="permitted", count=3)
    leaf_id = office.write(lambda work: audit.record(work, leaf), CLERK)
    settle(office)
    [(number, stored_id, body)] = rows(office)
    assert (number, stored_id) == (0, leaf_id)
    mark = hmac.digest(salt_of(None, SUBJECT), leaf_id.encode(), "sha256").hex()  # type: ignore[arg-type]
    at = decode(body).at
    expected = (
        '{"act":"use.shown","actor":"clerk-1","actor_kind":"staff","article":"94-V art. 7(1)","at":%d,"clause":"2.9","count":3,'
        '"door":"console","id":"%s","os_user":"sys-user","subject":"%s","verdict":"permitted"}'
    )
    assert body.decode() == expected % (at, leaf_id, mark)
