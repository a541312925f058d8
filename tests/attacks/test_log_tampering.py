"""Attacks on the log by those who can reach its parts: the database, the folder, the signing key (scenario 16). Each must be found and placed."""

import shutil
from base64 import b64decode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sandyq import audit
from sandyq.audit import Act, Leaf, signing, start
from sandyq.audit.folder import LogFolder
from sandyq.audit.publish import Publisher
from sandyq.audit.recording import decode
from sandyq.audit.sequencer import move, number
from sandyq.audit.tiles import pack_entries, unpack_entries
from sandyq.audit.verify import Report, verify
from sandyq.audit.witness import FolderWitness
from sandyq.db import Actor, Stores, Work
from sandyq.errors import Tampered

CLERK = Actor("staff", "clerk-1", "console")
SIZE = 600


@dataclass
class Victim:
    """An office with 600 entries, published and witnessed at 300 and at 600."""

    stores: Stores
    home: Path

    def __post_init__(self) -> None:
        audit.install(self.stores, lambda work, subject: sha256(subject.encode()).digest())
        self.folder = LogFolder(self.home / "log")
        self.witness = FolderWitness(self.home / "witness")
        self.signer = signing.create(self.home / "keys", "office.example/log")
        for _ in range(2):
            self.grow(SIZE // 2)

    def grow(self, count: int) -> None:
        def acts(work: Work) -> None:
            for at in range(count):
                audit.record(work, Leaf(Act.SHOWN, subject=f"s{at % 7}", count=at))

        self.stores.write(acts, CLERK)
        self.stores.clock.advance(timedelta(milliseconds=1))  # type: ignore[attr-defined]
        self.publish()

    def publish(self) -> None:
        while self.stores.write(move, CLERK):
            pass
        Publisher(self.folder, self.signer, [self.witness]).publish(self.stores, witness=True)

    def sql(self, text: str, *params: object) -> None:
        self.stores.write(lambda work: work.durable.run(text, *params), CLERK)

    def verify(self, *, witnessed: bool = True) -> Report:
        held = [self.witness] if witnessed else []
        return self.stores.read(lambda work: verify(self.folder, self.signer.key, work=work, witnesses=held))

    def found(self, *, witnessed: bool = True) -> set[tuple[str, str]]:
        return {(each.code, each.place) for each in self.verify(witnessed=witnessed).problems}

    def at_start(self) -> set[tuple[str, str]]:
        problems = self.stores.read(lambda work: start.check(work, self.folder, self.signer.key, [self.witness]))
        return {(each.code, each.place) for each in problems}

    def bodies(self) -> list[bytes]:
        return [bytes(row[0]) for row in self.stores.read(lambda work: work.durable.all("SELECT body FROM leaf ORDER BY seq"))]

    def rewrite(self, bodies: list[bytes]) -> None:
        """Make database, tiles and checkpoint anew over other entries, with the true signing key: everything an insider at the top can do."""

        def again(work: Work) -> None:
            for table in ("leaf", "tree_head", "pending_leaf", "subject_leaf"):
                work.durable.run(f"DELETE FROM {table}")
            number(work.durable, [(decode(body).id, body) for body in bodies])

        self.stores.write(again, CLERK)
        shutil.rmtree(self.folder.path)
        Publisher(self.folder, self.signer).publish(self.stores)


@pytest.fixture
def victim(stores: Stores, settings) -> Victim:
    return Victim(stores, settings.folder)


def test_an_untouched_log_verifies_and_says_up_to_where_it_is_witnessed(victim: Victim) -> None:
    report = victim.verify()
    assert (report.ok, report.published, report.numbered, report.witnessed) == (True, SIZE, SIZE, SIZE)
    assert not report.self_consistent_only
    assert victim.verify(witnessed=False).self_consistent_only
    assert victim.at_start() == set()


def test_an_altered_row_is_placed(victim: Victim) -> None:
    body = victim.bodies()[123].replace(b'"count":123', b'"count":999')
    victim.sql("UPDATE leaf SET body = ? WHERE seq = 123", body)
    assert victim.found(witnessed=False) == {("row_differs", "entry 123")}


def test_a_row_that_became_text_on_the_way_is_placed_and_stops_nothing(victim: Victim) -> None:
    text = victim.bodies()[123].decode().replace('"count":123', '"count":999')
    victim.sql("UPDATE leaf SET body = ? WHERE seq = 123", text if victim.stores.settings.engine == "sqlite" else text.encode())
    assert victim.found(witnessed=False) == {("row_differs", "entry 123")}


def test_a_dropped_row_is_placed(victim: Victim) -> None:
    victim.sql("DELETE FROM leaf WHERE seq = 310")
    assert victim.found(witnessed=False) == {("row_missing", "entry 310")}


def test_rows_that_changed_places_are_placed(victim: Victim) -> None:
    for old, new in ((5, -1), (9, 5), (-1, 9)):
        victim.sql("UPDATE leaf SET seq = ? WHERE seq = ?", new, old)
    assert victim.found(witnessed=False) == {("row_differs", "entry 5"), ("row_differs", "entry 9")}


def test_a_row_under_another_id_is_placed(victim: Victim) -> None:
    victim.sql("UPDATE leaf SET leaf_id = ? WHERE seq = 8", "01hzzzzzzzzzzzzzzzzzzzzzz8")
    assert victim.found(witnessed=False) == {("row_renamed", "entry 8")}


def test_a_row_smuggled_in_behind_the_tree_is_found(victim: Victim) -> None:
    victim.sql("INSERT INTO leaf (seq, leaf_id, body) VALUES (?, 'x', ?)", SIZE, b"x")
    assert victim.found(witnessed=False) == {("rows_beyond", f"entry {SIZE}")}


def test_a_table_cut_at_its_tail_together_with_its_head_is_behind_the_published_log(victim: Victim) -> None:
    keep = victim.bodies()[:500]

    def cut(work: Work) -> None:
        for table in ("leaf", "tree_head"):
            work.durable.run(f"DELETE FROM {table}")
        number(work.durable, [(decode(body).id, body) for body in keep])

    victim.stores.write(cut, CLERK)
    assert ("database_behind", "table of entries") in victim.found(witnessed=False)
    assert victim.at_start() == {("database_behind", "published log")}


def test_an_altered_edge_of_the_tree_is_found(victim: Victim) -> None:
    victim.sql("UPDATE tree_head SET edge = ?", bytes(32 * SIZE.bit_count()))
    assert victim.found(witnessed=False) == {("edge_wrong", "tree_head")}
    assert victim.at_start() == {("database_forked", "published log")}


def test_an_altered_entry_in_a_bundle_is_placed(victim: Victim) -> None:
    path = victim.folder.path / "tile/entries/001"
    entries = unpack_entries(path.read_bytes())
    entries[4] = entries[4].replace(b"use.shown", b"use.found")
    path.write_bytes(pack_entries(entries))
    assert {("entry_altered", "entry 260"), ("row_differs", "entry 260")} <= victim.found(witnessed=False)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tile/0/000", ("entry_altered", "entry 0")),
        ("tile/1/000.p/2", ("tile_wrong", "tile/1/000.p/2")),
        ("tile/0/002.p/88", ("entry_altered", "entry 512")),
    ],
)
def test_an_altered_tile_is_placed(victim: Victim, path: str, expected: tuple[str, str]) -> None:
    file = victim.folder.path / path
    data = file.read_bytes()
    file.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    assert victim.found(witnessed=False) == {expected}


@pytest.mark.parametrize("path", ["tile/0/001", "tile/entries/001", "tile/1/000.p/2", "tile/entries/002.p/88"])
def test_a_missing_tile_is_named(victim: Victim, path: str) -> None:
    (victim.folder.path / path).unlink()
    assert victim.found(witnessed=False) == {("no_such_tile", path)}


def test_a_cut_bundle_is_named(victim: Victim) -> None:
    path = victim.folder.path / "tile/entries/000"
    path.write_bytes(path.read_bytes()[:-3])
    assert victim.found(witnessed=False) == {("bundle_malformed", "tile/entries/000")}


def test_a_checkpoint_signed_by_another_key_or_taken_away_is_found(victim: Victim) -> None:
    path = victim.folder.path / "checkpoint"
    note = path.read_bytes()
    text = note.decode().replace("office.example/log\n600", "office.example/log\n599")
    path.write_text(text)
    assert ("signature_wrong", "checkpoint") in victim.found(witnessed=False)
    path.unlink()
    assert ("checkpoint_missing", "checkpoint") in victim.found(witnessed=False)


def test_an_old_checkpoint_put_back_is_consistent_alone_but_not_for_the_witness(victim: Victim) -> None:
    """With the database cut to fit, only the witness knows that there was more."""
    victim.rewrite(victim.bodies()[: SIZE // 2])
    assert victim.found(witnessed=False) == set()
    assert victim.found() == {("log_cut", "witness witness")}
    assert victim.at_start() == {("database_behind", "witness witness")}


@pytest.mark.parametrize("attack", ["altered", "dropped", "reordered", "added"])
def test_log_tables_and_signature_rewritten_with_the_stolen_key_are_found_by_the_witness(victim: Victim, attack: str) -> None:
    bodies = victim.bodies()
    if attack == "altered":
        bodies[450] = bodies[450].replace(b'"count":150', b'"count":151')
    elif attack == "dropped":
        del bodies[450]
        bodies.append(bodies[-1].replace(decode(bodies[-1]).id.encode(), b"01hzzzzzzzzzzzzzzzzzzzzzz8"))  # the size is kept
    elif attack == "reordered":
        bodies[450], bodies[451] = bodies[451], bodies[450]
    else:
        bodies.insert(450, bodies[0].replace(decode(bodies[0]).id.encode(), b"01hzzzzzzzzzzzzzzzzzzzzzz8"))
    victim.rewrite(bodies)
    alone = victim.verify(witnessed=False)
    assert alone.ok
    assert alone.self_consistent_only
    report = victim.verify()
    [problem] = report.problems
    assert (problem.code, problem.place) == ("witness_disagrees", "witness witness")
    assert (problem.params["first"], problem.params["last"]) == (300, 599)
    assert report.witnessed == 300
    assert victim.at_start() == {("database_forked", "witness witness")}


def test_a_forged_copy_in_the_witness_folder_is_seen_as_forged(victim: Victim) -> None:
    [first, _] = sorted(victim.witness.path.glob("*/*"))
    first.write_bytes(first.read_bytes().replace(b"\n300\n", b"\n301\n"))
    assert victim.found() == {("signature_wrong", "witness witness")}


def test_a_fork_shown_to_a_witness_under_the_same_size_stands_beside_the_true_one(victim: Victim) -> None:
    true = victim.bodies()
    forged = [*true[:-1], true[-1].replace(b'"count":299', b'"count":298')]
    victim.rewrite(forged)
    victim.witness.take(victim.folder.checkpoint() or b"")
    assert len(victim.witness.held()) == 3
    assert victim.found() == {("witness_disagrees", "witness witness")}


def test_a_database_copied_back_by_hand_is_not_served_even_when_it_went_on(victim: Victim) -> None:
    old = victim.bodies()[:500]
    published = shutil.copytree(victim.folder.path, victim.home / "kept")
    victim.rewrite(old)
    shutil.rmtree(victim.folder.path)
    published.rename(victim.folder.path)
    assert victim.at_start() == {("database_behind", "published log")}

    def go_on(work: Work) -> None:
        number(work.durable, [(f"id{at}", b"other %d" % at) for at in range(200)])

    victim.stores.write(go_on, CLERK)
    assert ("database_forked", "published log") in victim.at_start()
    with pytest.raises(Tampered):
        victim.publish()


def test_a_restored_database_takes_the_missing_entries_from_the_published_log(victim: Victim) -> None:
    true = victim.bodies()
    published = shutil.copytree(victim.folder.path, victim.home / "kept")
    victim.rewrite(true[:100])
    shutil.rmtree(victim.folder.path)
    published.rename(victim.folder.path)
    taken = []
    while count := victim.stores.write(lambda work: start.adopt(work, victim.folder, victim.signer.key, 256), CLERK):
        taken.append(count)
    assert taken == [256, 244]
    assert victim.bodies() == true
    assert victim.at_start() == set()
    victim.grow(3)
    assert victim.verify().ok


def test_a_restored_database_that_is_no_earlier_state_adopts_nothing(victim: Victim) -> None:
    published = shutil.copytree(victim.folder.path, victim.home / "kept")
    victim.rewrite([*victim.bodies()[:99], b'{"id":"other"}'])
    shutil.rmtree(victim.folder.path)
    published.rename(victim.folder.path)
    with pytest.raises(Tampered, match="log_forked"):
        victim.stores.write(lambda work: start.adopt(work, victim.folder, victim.signer.key), CLERK)


def test_the_checkpoint_says_what_the_database_says(victim: Victim) -> None:
    lines = (victim.folder.checkpoint() or b"").decode().split("\n")
    assert lines[:2] == ["office.example/log", str(SIZE)]
    assert b64decode(lines[2]) == victim.verify().root
