"""Tables of policy texts, of versions in force and of acceptances. Nothing here is about a subject."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from sandyq.clock import instant, micros
from sandyq.db import Row, Statement, Work, places
from sandyq.law.calendar import Decree, DecreeKind
from sandyq.law.vocabulary import Reading
from sandyq.policy.facts import Entered, Installed
from sandyq.register.holder import Column, Kind

_TERM = "with-office"

_CLASSES: tuple[tuple[str, Kind, str], ...] = (
    ("policy_text", "none", "digest kind body"),
    ("policy_version", "none", "version_id number policy_digest pack_digest deadlines_digest reading from_us installed_us acceptance"),
    ("policy_version", "pseudonym", "installed_by"),
    ("policy_acceptance", "none", "acceptance_id policy_digest accepted_us document"),
    ("policy_acceptance", "pseudonym", "accepted_by"),
    ("calendar_decree", "none", "decree_id day kind citation added_us"),
    ("calendar_decree", "pseudonym", "added_by"),
)
COLUMNS = {f"{table}.{column}": Column(kind, "policy", _TERM) for table, kind, columns in _CLASSES for column in columns.split()}

_VERSION = "SELECT version_id, policy_digest, pack_digest, deadlines_digest, reading, from_us, installed_by, acceptance FROM policy_version"


@lru_cache(maxsize=64)  # every act asks for the one in force
def _installed(row: Row) -> Installed:
    version, policy, pack, deadlines, reading, from_us, by, acceptance = row
    return Installed(version, policy, pack, deadlines, Reading(reading), instant(from_us), by, acceptance)


def add_text(work: Work, digest: str, kind: str, body: str) -> None:
    """Keep a text under its digest; one that is there already is left alone."""
    work.durable.run("INSERT INTO policy_text (digest, kind, body) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING", digest, kind, body)


def texts(work: Work, digests: Iterable[str]) -> dict[str, str]:
    """Bodies by digest, of those that are there."""
    wanted = sorted(set(digests))
    sql = f"SELECT digest, body FROM policy_text WHERE digest IN ({places(len(wanted))})"  # noqa: S608 - question marks alone
    return dict(work.durable.all(sql, *wanted))


def add_version(work: Work, version: Installed) -> None:
    """A version becomes in force from its instant; of two from one instant, the one installed later."""
    last = work.durable.one("SELECT COALESCE(MAX(number), 0) FROM policy_version")
    work.durable.run(
        "INSERT INTO policy_version (version_id, number, policy_digest, pack_digest, deadlines_digest, reading, from_us, installed_us,"
        " installed_by, acceptance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        version.id,
        last[0] + 1 if last else 1,
        version.policy_digest,
        version.pack_digest,
        version.deadlines_digest,
        version.reading.value,
        micros(version.in_force_from),
        work.us,
        version.installed_by,
        version.acceptance,
    )


_EVERY = _VERSION + " ORDER BY from_us, number"
_CURRENT = _VERSION + " WHERE from_us <= ? ORDER BY from_us DESC, number DESC LIMIT 1"


def asked_by_gate(us: int) -> Statement:
    """The read of `current`, to be sent ahead."""
    return _CURRENT, (us,)


def current(work: Work) -> Installed | None:
    """The version in force at the work's instant."""
    if work.durable.engine != "sqlite":
        row = work.durable.one(_CURRENT, work.us)
        return _installed(row) if row else None
    begun = [row for row in work.durable.seldom(_EVERY) if row[5] <= work.us]  # for every instant of a commit the same read
    return _installed(begun[-1]) if begun else None


def history(work: Work) -> tuple[Installed, ...]:
    """Every version, the first in force first."""
    return tuple(_installed(row) for row in work.durable.all(_EVERY))


def add_acceptance(work: Work, acceptance: str, policy_digest: str, document: str) -> None:
    """The head of the operator accepts that this policy is applied by its own words."""
    work.durable.run(
        "INSERT INTO policy_acceptance (acceptance_id, policy_digest, accepted_us, accepted_by, document) VALUES (?, ?, ?, ?, ?)",
        acceptance,
        policy_digest,
        work.us,
        work.actor.id,
        document,
    )


def accepted(work: Work, acceptance: str, policy_digest: str) -> bool:
    """Whether this acceptance was recorded for this very text."""
    found = work.durable.one(
        "SELECT accepted_us FROM policy_acceptance WHERE acceptance_id = ? AND policy_digest = ?", acceptance, policy_digest
    )
    return found is not None


def add_decree(work: Work, decree_id: str, decree: Decree) -> None:
    """Enter a decreed change of the calendar; a later one on the same day takes its place."""
    sql = "INSERT INTO calendar_decree (decree_id, day, kind, citation, added_us, added_by) VALUES (?, ?, ?, ?, ?, ?)"
    work.durable.run(sql, decree_id, decree.date.isoformat(), decree.kind.value, decree.citation, work.us, work.actor.id)


def decrees(work: Work) -> list[Entered]:
    """Every decree that the office entered, in the order of their entry."""
    rows = work.durable.all("SELECT day, kind, citation, added_us, added_by FROM calendar_decree ORDER BY decree_id")
    return [Entered(Decree(date.fromisoformat(day), DecreeKind(kind), citation), instant(us), by) for day, kind, citation, us, by in rows]
