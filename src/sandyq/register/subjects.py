"""Subjects: a random id, how well it is known, and the standing row that every decision and every restriction meets at (design 3, 6, 11).

Whoever decides reads the row shared; whoever narrows updates it (`touch`). On PostgreSQL one of the two then fails and is run again, so
no restriction slips between a decision and what it allowed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sandyq.clock import instant
from sandyq.db.work import Row, Work
from sandyq.errors import Conflict, NotFound
from sandyq.frozen import quick
from sandyq.law.ask import SubjectFact
from sandyq.register import records
from sandyq.register.keystore import datakeys, generations
from sandyq.register.keystore.ring import Keyring

_ONCE = "subjects"
"""Whose standing row was read in this work."""


@quick
@dataclass(frozen=True, slots=True)
class Seen:
    """A subject outside a decision: its facts, since when, how often its standing changed, and when it was destroyed."""

    fact: SubjectFact
    created_at: datetime
    revision: int
    destroyed_at: datetime | None


def create(
    work: Work,
    ring: Keyring,
    *,
    kind: str = "provisional",
    wall: str = "client",
    matches_known: bool = False,
    phone_verified: bool = False,
    subject: str = "",
) -> str:
    """A new subject with its audit salt. `matches_known`: what was asserted meets a known person, so the desk decides first. `subject` is
    an id of this work that a decision was made on before anything is kept."""
    subject = subject or work.new_id()
    datakeys.walls(work)[subject] = wall
    if wall == datakeys.STAFF_WALL:
        generations.found_staff(work, ring)
    datakeys.new_salt(work, ring, subject)
    records.insert_subject(work.durable, subject, kind, wall, work.us, matches_known, work.us if phone_verified else None)
    return subject


def standing(work: Work, subject: str) -> SubjectFact:
    """The facts of the subject, its row read shared: it cannot change before this work ends. Raises NotFound."""
    found = _fact(subject, _there(records.lock_subject(work.durable, subject)))
    work.once.setdefault(_ONCE, set()).add(subject)
    datakeys.walls(work)[subject] = found.wall
    return found


def see(work: Work, subject: str) -> Seen:
    """The subject as it stands, without a lock. Raises NotFound."""
    row = _there(records.subject_row(work.durable, subject))
    return Seen(_fact(subject, row), instant(row[6]), row[7], instant(row[5]) if row[5] is not None else None)


def alive(work: Work, subject: str) -> bool:
    """Whether the subject is there and not destroyed."""
    row = records.subject_row(work.durable, subject)
    return row is not None and row[5] is None


@dataclass(frozen=True, slots=True)
class Brief:
    """What a sign-in needs to know of a living subject."""

    iin_verified: bool
    matches_known: bool


def some(work: Work, wanted: Collection[str], padded: int) -> dict[str, Brief]:
    """Those of some subjects that live, in one statement that looks the same for any number of them up to `padded`."""
    ids = [*sorted(wanted)[:padded], *([""] * padded)][:padded]
    return {row[0]: Brief(row[1] is not None, bool(row[2])) for row in records.subjects_brief(work.durable, ids)}


def touch(work: Work, subject: str) -> None:
    """Count a change of standing; every restrictive act calls this. Raises NotFound."""
    if subject in work.once.get(_ONCE, ()):
        records.touch_seen(work.durable, subject)  # its row was read in this work, so it is there
    elif records.touch_subject(work.durable, subject) == 0:
        raise NotFound("subject_unknown")


def verified(work: Work, subject: str, *, iin: bool = False, phone: bool = False) -> None:
    """Record that an IIN was verified at the desk, or that a code came back from the phone. A verified IIN ends the provisional state."""
    seen = see(work, subject)
    kind = "verified" if iin or seen.fact.kind == "verified" else seen.fact.kind
    if records.verify_subject(work.durable, subject, kind, work.us if iin else None, work.us if phone else None) == 0:
        raise Conflict("subject_destroyed")


def decide_match(work: Work, subject: str, matches_known: bool) -> None:
    """The desk's answer on a submission that meets a known person (or the finding that one does)."""
    if records.set_matches_known(work.durable, subject, matches_known) == 0:
        raise NotFound("subject_unknown")


def mark_destroyed(work: Work, subject: str) -> bool:
    """Close the subject for good; gives False when it was closed already. The bare row stays so that its id is never alive again."""
    return records.destroy_subject(work.durable, subject, work.us) > 0


def page(work: Work, after: str = "", limit: int = 500) -> list[str]:
    """Subject ids in order behind `after`: for sweeps, never for people."""
    return records.subjects_after(work.durable, after, limit)


def _there(row: Row | None) -> Row:
    if row is None:
        raise NotFound("subject_unknown")
    return row


def _fact(subject: str, row: Row) -> SubjectFact:
    kind, wall, iin_us, phone_us, matches, destroyed_us = row[:6]
    return SubjectFact(
        id=subject,
        kind=kind,
        iin_verified=iin_us is not None,
        phone_verified=phone_us is not None,
        wall=wall,
        destroyed=destroyed_us is not None,
        matches_known=bool(matches),
    )
