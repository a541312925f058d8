"""Installing a policy and saying which one is in force.

The texts themselves are kept in the store under their digests, so that a past decision can be replayed against the very words it was made
under, whatever became of the files.
"""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import Conflict, Denied, NotFound, NotReady, Tampered
from sandyq.ids import is_id
from sandyq.law.deadlines import DeadlineRule
from sandyq.law.decide import Book
from sandyq.law.vocabulary import ActorKind, Reading
from sandyq.policy import check, loader, records
from sandyq.policy.facts import Edition, InForce, Installed, PackEdition

_KEPT = 8
_compiled: dict[tuple[str, str, str], tuple[Edition, Book, tuple[DeadlineRule, ...]]] = {}
_guard = threading.Lock()


def install(
    work: Work, edition: Edition, pack: PackEdition, reading: Reading = Reading.STRICT, acceptance: str = "", start: datetime | None = None
) -> Installed:
    """Put a policy and a pack in force from `start` (default: now).

    Raises Conflict: `policy_gaps_open` while the policy lacks what the Law has every operator give, `acceptance_missing` for the reading
    `as_published` without a recorded acceptance of this very text, `start_in_past`.
    """
    start = start or work.at
    if start < work.at:
        raise Conflict("start_in_past", start=start.isoformat())
    open_gaps = check.report(edition).blocking
    if open_gaps:
        raise Conflict("policy_gaps_open", gaps=", ".join(row.id for row in open_gaps))
    if reading is Reading.AS_PUBLISHED and not (is_id(acceptance) and records.accepted(work, acceptance, edition.digest)):
        raise Conflict("acceptance_missing", policy=edition.digest)
    _keep_texts(work, edition, pack)
    version = Installed(work.new_id(), edition.digest, pack.digest, pack.deadlines_digest, reading, start, work.actor.id, acceptance)
    records.add_version(work, version)
    work.once.pop("policy", None)
    record(work, Leaf(Act.POLICY_INSTALLED, clause="1.5", article="94-V art. 25(2)(1-1)", object=version.id, body_digest=edition.digest))
    return version


def _keep_texts(work: Work, edition: Edition, pack: PackEdition) -> None:
    for digest, kind, body in (
        (edition.digest, "policy", {"data": edition.data, "synthetic": edition.synthetic}),
        (pack.digest, "pack", pack.data),
        (pack.deadlines_digest, "deadlines", pack.deadline_data),
    ):
        records.add_text(work, digest, kind, json.dumps(body, ensure_ascii=False, separators=(",", ":")))


def accept_as_published(work: Work, edition: Edition, document: str) -> str:
    """Record that the head of the operator accepts the reading `as_published` of this text; gives the id that `install` asks for.

    `document` is the number of the signed order. The caller is a member of staff whose role as head the door has checked.
    """
    if work.actor.kind != ActorKind.STAFF:
        raise Denied("acceptance_by_staff_only")
    if not document.strip():
        raise Conflict("acceptance_without_document")
    acceptance = work.new_id()
    records.add_acceptance(work, acceptance, edition.digest, document.strip())
    record(work, Leaf(Act.POLICY_ACCEPTED, clause="5.3", article="94-V art. 8(1)", object=acceptance, body_digest=edition.digest))
    return acceptance


def in_force(work: Work) -> InForce:
    """What the office goes by at the work's instant. Raises NotReady (`no_policy`) before the first installation, Tampered when a stored
    text no longer fits its digest."""
    known: InForce | None = work.once.get("policy")
    if known is None:
        version = records.current(work)
        if version is None:
            raise NotReady("no_policy")
        edition, book, deadlines = _texts_of(work, version.policy_digest, version.pack_digest, version.deadlines_digest)
        known = work.once["policy"] = InForce(version, edition, book, deadlines)
    return known


def known(work: Work) -> bool:
    """Whether `in_force` was asked in this work already."""
    return "policy" in work.once


def history(work: Work) -> tuple[Installed, ...]:
    """Every version that was or will be in force, the first one first."""
    return records.history(work)


def book_of(work: Work, policy_digest: str, pack_digest: str) -> Book:
    """The book of a past decision, by the digests that the decision names. Raises NotFound when it was never installed here."""
    version = next((v for v in records.history(work) if (v.policy_digest, v.pack_digest) == (policy_digest, pack_digest)), None)
    if version is None:
        raise NotFound("book_unknown", policy=policy_digest, pack=pack_digest)
    return _texts_of(work, policy_digest, pack_digest, version.deadlines_digest)[1]


def _texts_of(work: Work, policy: str, pack: str, deadlines: str) -> tuple[Edition, Book, tuple[DeadlineRule, ...]]:
    """Compiled once per process and digest; a text never changes under its digest, so the cache is never stale."""
    key = (policy, pack, deadlines)
    kept = _compiled.get(key)
    if kept is None:
        bodies = records.texts(work, key)
        missing = [digest for digest in key if digest not in bodies]
        if missing:
            raise Tampered("policy_text_missing", digest=missing[0])
        kept = _compile(key, {digest: json.loads(body) for digest, body in bodies.items()})
        with _guard:
            if len(_compiled) >= _KEPT:
                _compiled.pop(next(iter(_compiled)))
            _compiled[key] = kept
    return kept


def _compile(key: tuple[str, str, str], bodies: Mapping[str, Any]) -> tuple[Edition, Book, tuple[DeadlineRule, ...]]:
    policy, pack, deadlines = key
    edition = loader.edition(bodies[policy]["data"], synthetic=bodies[policy]["synthetic"])
    rules = loader.pack_edition(bodies[pack], bodies[deadlines])
    for name, found, wanted in (
        ("policy", edition.digest, policy),
        ("pack", rules.digest, pack),
        ("deadlines", rules.deadlines_digest, deadlines),
    ):
        if found != wanted:
            raise Tampered("policy_text_changed", text=name, digest=wanted)
    return edition, Book(rules.pack, edition.policy), rules.deadlines
