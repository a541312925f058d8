"""Idempotency keys: a request sent again under its key does nothing again and gets the same answer (RFC draft `Idempotency-Key`).

What is kept holds nothing of a person: keyed tokens of who, where, key and body, and the references from which the answer is made again. The row
is written in the unit of work of the act, so that either both are there or none.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from sandyq import seal
from sandyq.app import records
from sandyq.db import Actor, Work
from sandyq.errors import Conflict, SandyqError
from sandyq.frozen import quick
from sandyq.register.keystore import Keyring

A = TypeVar("A")

KEPT_US: Final = 7 * 24 * 3600 * 1_000_000
"""Seven days."""
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")


@quick
@dataclass(frozen=True, slots=True)
class Mark:
    """The token of a key, and that of the request under it."""

    key: bytes
    request: bytes


@dataclass(frozen=True, slots=True)
class Keeping(Generic[A]):
    """How an answer becomes references, and an answer again. An empty text is not kept: what was refused may be asked again."""

    references: Callable[[A], str]
    again: Callable[[Work, str], A]


def key_of(header: str) -> str:
    """The key of a request; empty without one. Raises `idempotency_key_malformed`."""
    if header and not _KEY.fullmatch(header):
        raise SandyqError("idempotency_key_malformed")
    return header


def mark(ring: Keyring, actor: Actor, path: str, key: str, raw: bytes) -> Mark:
    """The tokens of one request. A key belongs to its caller and its address."""
    own = ring.office("idempotency")
    who = (actor.kind.encode(), actor.id.encode(), path.encode())
    return Mark(seal.token(own, *who, key.encode()), seal.token(own, raw))


def do(work: Work, given: Mark, act: Callable[[], A], keeping: Keeping[A]) -> A:
    """Do an act once. Raises Conflict when the key came with another body."""
    found = records.kept_key(work, given.key, work.us - KEPT_US)
    if found is not None:
        if not seal.same(found[0], given.request):
            raise Conflict("idempotency_key_reused")
        return keeping.again(work, found[1])
    answer = act()
    references = keeping.references(answer)
    if references:
        records.keep_key(work, given.key, given.request, references)
    return answer


def forget_old(work: Work) -> int:
    """Drop keys of more than seven days; the worker calls it now and then."""
    return records.forget_keys(work, work.us - KEPT_US)
