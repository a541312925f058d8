"""How an act puts an entry into the log (design 14).

An entry is canonical JSON: sorted keys, no spaces, only what is not empty, every value an id, an enum, a citation, a number or a
digest. The subject is a commitment, HMAC(salt of the subject, entry id): who has the salt can show that an entry is about a person, and
once the salt is shredded nobody can. A person who acts for themselves is not named as actor either: an id there would outlive them.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from sandyq import seal
from sandyq.audit.leaf import Leaf
from sandyq.audit.tiles import MAX_ENTRY_BYTES
from sandyq.db import Work
from sandyq.errors import Misuse, NotFound, TooLarge

SaltOf = Callable[[Work, str], bytes]
"""Gives a subject's audit salt; raises NotFound when there is none (any more)."""


class Entry(msgspec.Struct, omit_defaults=True, frozen=True):
    """The fields of an entry as they stand in the log, in the order of their names. Keys are never renamed; a reader ignores new ones."""

    act: str = ""
    actor: str = ""
    actor_kind: str = ""
    article: str = ""
    at: int = 0
    body_digest: str = ""
    category: str = ""
    clause: str = ""
    count: int = 0
    decision: str = ""
    door: str = ""
    id: str = ""
    object: str = ""
    os_user: str = ""
    parent: str = ""
    purpose: str = ""
    recipient: str = ""
    subject: str = ""
    verdict: str = ""


class Pending(NamedTuple):
    """An entry that has no number yet. `subject` is for the link table alone and is not in the body."""

    id: str
    subject: str
    body: bytes


encode: Callable[[Entry], bytes] = msgspec.json.Encoder().encode
decode: Callable[[bytes], Entry] = msgspec.json.Decoder(Entry).decode


def record(work: Work, leaf: Leaf) -> str:
    """Add an entry to the unit of work; it is stored with it or not at all. Gives the entry's id.

    A subject whose salt is shredded already is not named: the entry then stands for itself.
    """
    actor = work.actor
    leaf_id = work.new_id()
    mark = commitment(work, leaf.subject, leaf_id) if leaf.subject else ""
    body = encode(
        Entry(
            act=leaf.act.value,
            actor="" if actor.kind == "subject" or actor.id == leaf.subject else actor.id,
            actor_kind=actor.kind,
            article=leaf.article,
            at=work.us,
            body_digest=leaf.body_digest,
            category=leaf.category,
            clause=leaf.clause,
            count=leaf.count,
            decision=leaf.decision,
            door=actor.door,
            id=leaf_id,
            object=leaf.object,
            os_user=actor.os_user,
            parent=leaf.parent,
            purpose=leaf.purpose,
            recipient=leaf.recipient,
            subject=mark,
            verdict=leaf.verdict,
        )
    )
    if len(body) > MAX_ENTRY_BYTES:
        raise TooLarge("entry_too_large", bytes=len(body), most=MAX_ENTRY_BYTES)
    work.leaves.append(Pending(leaf_id, leaf.subject if mark else "", body))
    return leaf_id


_ONCE = "audit.keyed"
"""The salts of a work, ready to commit with."""


def commit_to(salt: bytes, leaf_id: str) -> str:
    """The commitment of one entry to the owner of `salt`, as hex."""
    return seal.mac(salt, leaf_id.encode()).hex()


def commitment(work: Work, subject: str, leaf_id: str) -> str:
    """As `commit_to`, with the subject's salt, read at most once per work; empty when the salt is shredded."""
    salt = work.salts.get(subject)
    if salt is None:
        if work.hooks is None or work.hooks.salt_of is None:
            raise Misuse("audit_not_installed", remedy="call audit.install(stores, salt_of) when the stores are opened")
        try:
            salt = work.salts[subject] = work.hooks.salt_of(work, subject)
        except NotFound:
            return ""
    if not salt:  # somebody who is being decided on and is not in the register yet
        return ""
    keyed: dict[str, seal.Keyed] = work.once.setdefault(_ONCE, {})
    mac = keyed.get(subject)
    if mac is None:
        mac = keyed[subject] = seal.Keyed(salt)
    return mac.mac(leaf_id.encode()).hex()
