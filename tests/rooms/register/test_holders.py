"""The register shows, erases, proves and accounts for what it keeps; subjects and their standing."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from register_people import ACTOR, permit, person, two_items

from sandyq.clock import MovedClock
from sandyq.db import Stores, Work
from sandyq.errors import Conflict, Misuse, NotFound
from sandyq.law.vocabulary import Operation
from sandyq.register import index, items, keystore, media, subjects
from sandyq.register.holder import Holder, Kept
from sandyq.register.holders import RegisterHolder, SaltHolder
from sandyq.register.index import Identifiers
from sandyq.register.items import NewItem
from sandyq.register.records import COLUMNS

Write = Callable[[Callable[[Work], Any]], Any]
Ring = keystore.Keyring
UNTIL = date(2029, 3, 19)


def full(write: Write, ring: Ring, folder: Path) -> tuple[str, str]:
    """A person with everything; gives subject and the id of the evidence."""
    subject, ids = write(lambda w: person(w, ring))
    upload = media.receive(folder, [b"%PDF-1.7" + bytes(100)], 1_773_896_400_000_000)
    proof = NewItem("consent", {"ip": "192.0.2.7"}, ground="25(2)(5)", term_rule="proof", term_end=UNTIL, klass="evidence")

    def rest(work: Work) -> str:
        media.keep(work, ring, subject, upload, ids[0], "document_copy")
        index.put(work, ring, subject, Identifiers("000504699979", ("+77000000475",), surname="Серікова", birth_year=2000))
        return items.put_evidence(work, ring, subject, proof)

    return subject, write(rest)


def test_everything_is_shown_without_values(write: Write, ring: Ring, folder: Path) -> None:
    subject, _ = full(write, ring, folder)
    shown = write(lambda w: RegisterHolder(ring, folder).show(w, subject))
    assert sorted((s.what, s.category) for s in shown) == [
        ("evidence", "consent"),
        ("item", "6.2.1"),
        ("item", "6.2.7"),
        ("media", "document_copy"),
    ]
    assert "Серікова" not in repr(shown)


def test_erasure_goes_step_by_step_and_each_step_can_be_run_again(write: Write, ring: Ring, folder: Path) -> None:
    subject, proof = full(write, ring, folder)
    holder, salt = RegisterHolder(ring, folder), SaltHolder()
    assert len(write(lambda w: holder.verify_gone(w, subject))) == 3 + 3 + 2 + 1
    assert write(lambda w: holder.erase(w, subject, "keys")) == 3 + 3
    assert write(lambda w: holder.erase(w, subject, "keys")) == 0
    assert len(write(lambda w: holder.verify_gone(w, subject))) == 3
    assert write(lambda w: holder.erase(w, subject, "rows")) == 3
    assert write(lambda w: holder.erase(w, subject, "rows")) == 0
    assert write(lambda w: holder.verify_gone(w, subject)) == []
    assert media.stored(folder) == []
    assert write(lambda w: salt.verify_gone(w, subject)) == ["wrapped_key: salt"]
    assert [write(lambda w: salt.erase(w, subject, "salt")) for _ in range(2)] == [1, 0]
    assert write(lambda w: salt.verify_gone(w, subject)) == []
    assert write(lambda w: holder.kept(w, subject)) == [Kept("register", "consent", proof, "25(2)(5)", UNTIL, "proof")]
    read = write(lambda w: items.open(w, ring, permit(w, subject, named=frozenset({proof}))))
    assert read[proof].values == {"ip": "192.0.2.7"}


def test_both_follow_the_protocol_and_refuse_a_step_they_do_not_know(write: Write, ring: Ring, folder: Path) -> None:
    holders: list[Holder] = [RegisterHolder(ring, folder), SaltHolder()]
    for holder in holders:
        with pytest.raises(Misuse, match="step_unknown"):
            write(lambda w, h=holder: h.erase(w, "nobody", "everything"))


def test_a_subject_is_provisional_until_its_iin_is_verified(write: Write, ring: Ring, clock: MovedClock) -> None:
    subject = write(lambda w: subjects.create(w, ring, matches_known=True))
    assert write(lambda w: subjects.standing(w, subject)).matches_known
    write(lambda w: subjects.decide_match(w, subject, False))
    write(lambda w: subjects.verified(w, subject, phone=True))
    fact = write(lambda w: subjects.standing(w, subject))
    assert (fact.kind, fact.phone_verified, fact.iin_verified, fact.matches_known) == ("provisional", True, False, False)
    clock.advance(timedelta(days=1))
    write(lambda w: subjects.verified(w, subject, iin=True))
    seen = write(lambda w: subjects.see(w, subject))
    assert (seen.fact.kind, seen.fact.phone_verified, seen.fact.iin_verified, seen.revision) == ("verified", True, True, 3)
    write(lambda w: subjects.touch(w, subject))
    assert write(lambda w: subjects.see(w, subject)).revision == 4
    assert write(lambda w: subjects.mark_destroyed(w, subject))
    assert not write(lambda w: subjects.mark_destroyed(w, subject))
    assert write(lambda w: subjects.standing(w, subject)).destroyed
    with pytest.raises(Conflict, match="subject_destroyed"):
        write(lambda w: subjects.verified(w, subject, phone=True))
    for act in (subjects.standing, subjects.touch, subjects.see):
        with pytest.raises(NotFound, match="subject_unknown"):
            write(lambda w, a=act: a(w, "nobody"))
    assert write(lambda w: subjects.page(w)) == [subject]


class Counting:
    """Stands in for a store and counts what goes over the wire."""

    def __init__(self, tx: Any) -> None:
        self.tx, self.trips = tx, 0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.tx, name)
        if name not in {"run", "many", "one", "all", "seldom", "lock_shared", "claim"}:
            return call

        def counted(*args: Any) -> Any:
            self.trips += 1
            return call(*args)

        return counted


def trips(write: Write, fn: Callable[[Work], Any]) -> tuple[int, int]:
    """Round trips to the durable and the perishable store."""

    def run(work: Work) -> tuple[int, int]:
        work.__dict__["durable"], work.__dict__["perishable"] = Counting(work.durable), Counting(work.perishable)
        fn(work)
        durable, perishable = work.__dict__["durable"], work.__dict__["perishable"]
        return durable.trips, perishable.trips

    found: tuple[int, int] = write(run)
    return found


def test_round_trips_stay_within_their_bounds(stores: Stores, write: Write, ring: Ring) -> None:
    """On SQLite nothing travels: there the keys of a person are one statement of their own, and their salt another."""
    four = [*two_items(), NewItem("6.2.2", {"phone": "x"}), NewItem("6.2.6", {"email": "x"})]
    made: list[str] = []

    def create(work: Work) -> None:
        known = index.find(work, ring, "iin", "000504699979")
        subject = subjects.create(work, ring, matches_known=bool(known.matches))
        items.put(work, ring, permit(work, subject, Operation.COLLECT), four)
        index.put(work, ring, subject, Identifiers("000504699979", ("+77000000475",), ("asel@mail.example",)))
        made.append(subject)

    assert trips(write, create) == (
        2,
        3 if stores.engine == "postgres" else 5,
    )  # the row of the subject and the keys travel with what comes next
    subject = made[-1]
    assert trips(write, lambda w: items.open(w, ring, permit(w, subject))) == (1, 1)
    assert trips(write, lambda w: items.facts(w, subject)) == (1, 0)
    assert trips(write, lambda w: subjects.standing(w, subject)) == (1, 0)

    def change(work: Work) -> None:
        subjects.standing(work, subject)  # as the gate does before it permits; so the side of the wall is known
        items.put(work, ring, permit(work, subject, Operation.CHANGE), four)

    assert trips(write, change) == (4, 1 if stores.engine == "postgres" else 2)


def test_the_data_map_covers_every_column_of_the_registers_tables(stores: Stores, write: Write, ring: Ring) -> None:
    tables = {name.partition(".")[0] for name in COLUMNS}

    def columns(work: Work) -> set[str]:
        found = set()
        for tx in (work.durable, work.perishable):
            for table in tables:
                if tx.engine == "sqlite":
                    found |= {f"{table}.{row[0]}" for row in tx.all("SELECT name FROM pragma_table_info(?)", table)}
                else:
                    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = ? AND table_schema = 'public'"
                    found |= {f"{table}.{row[0]}" for row in tx.all(sql, table)}
        return found

    assert stores.write(columns, ACTOR) == set(COLUMNS)
