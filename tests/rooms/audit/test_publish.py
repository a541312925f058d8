"""The published log: tiles, checkpoints, witnesses, proofs, on both engines."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sandyq.audit import signing
from sandyq.audit.folder import LogFolder, write_new
from sandyq.audit.note import Signer, open_checkpoint
from sandyq.audit.proof import Proof
from sandyq.audit.publish import Publisher, prove
from sandyq.audit.tiles import TileReader
from sandyq.errors import NotFound, NotReady, Tampered


def test_what_is_published_holds_every_entry_under_a_signed_checkpoint(office) -> None:
    ids = office.record(300)
    assert office.publish() == 300
    signed = open_checkpoint(office.folder.checkpoint(), office.signer.key)
    assert signed.head.size == 300
    entries = list(TileReader(office.folder.read, 300).entries(0, 300))
    assert all(leaf_id.encode() in entry for leaf_id, entry in zip(ids, entries, strict=True))
    assert (office.folder.path / "vkey").read_text() == f"{office.signer.key}\n"
    assert office.verify().ok


def test_each_checkpoint_has_the_partial_tiles_it_needs_until_the_full_ones_are_there(office) -> None:
    sizes = []
    for count in (10, 100, 146, 1, 260):
        office.record(count)
        sizes.append(office.publish())
        assert office.verify().ok
    assert sizes == [10, 110, 256, 257, 517]
    names = {str(path.relative_to(office.folder.path)) for path in office.folder.path.rglob("*") if path.is_file()}
    assert {name for name in names if name.startswith("tile/0/")} == {"tile/0/000", "tile/0/001", "tile/0/002.p/5"}
    assert {name for name in names if name.startswith("tile/1/")} == {"tile/1/000.p/1", "tile/1/000.p/2"}


def test_publishing_again_without_new_entries_changes_nothing(office) -> None:
    office.record(3)
    office.publish()
    before = {path: path.stat().st_mtime_ns for path in office.folder.path.rglob("*") if path.is_file()}
    assert office.publish() == 3
    assert {path: path.stat().st_mtime_ns for path in office.folder.path.rglob("*") if path.is_file()} == before


def test_an_office_without_entries_publishes_the_empty_log(office) -> None:
    assert office.publish() == 0
    assert office.verify().ok


def test_another_publisher_goes_on_from_the_disk(office) -> None:
    office.record(300)
    office.publish()
    office.record(300)
    office.settle()
    second = Publisher(LogFolder(office.folder.path), signing.load(office.folder.path.parent / "keys"), [office.witness])
    assert second.publish(office.stores) == 600
    office.record(1)
    assert office.publish() == 601  # the first one's edge is stale by now
    assert office.verify().ok


@pytest.mark.parametrize("step", ["put", "put_checkpoint", "drop_partials"])
def test_a_crash_between_two_steps_leaves_the_old_checkpoint_whole_and_the_next_run_goes_on(office, step: str, monkeypatch) -> None:
    office.record(200)
    office.publish()
    office.record(200)
    calls = []

    def crash(*_: object) -> None:
        calls.append(step)
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(office.folder, step, crash)
        with pytest.raises(OSError, match="no space"):
            office.publish()
    assert calls == [step]
    published = office.publisher.published().head.size
    assert published == (400 if step == "drop_partials" else 200)
    assert office.verify().ok
    office.record(5)
    assert office.publish() == 405
    assert office.verify().ok


def test_a_half_written_file_beside_its_name_is_no_harm(office) -> None:
    office.record(5)
    office.publish()
    (office.folder.path / ".checkpoint.1.new").write_bytes(b"half")
    office.record(5)
    assert office.publish() == 10
    assert office.verify().ok


def test_nothing_is_signed_over_entries_that_do_not_fit_the_tree(office) -> None:
    office.record(5)
    office.settle()
    office.sql("UPDATE leaf SET body = (SELECT body FROM leaf WHERE seq = 1) WHERE seq = 3")
    with pytest.raises(Tampered, match="tree_differs"):
        office.publish()
    assert office.folder.checkpoint() is None
    office.sql("DELETE FROM leaf WHERE seq = 3")
    with pytest.raises(Tampered, match="entry_missing"):
        office.publish()


def test_nothing_is_signed_after_tiles_that_do_not_fit_their_checkpoint(office) -> None:
    office.record(5)
    office.publish()
    tile = office.folder.path / "tile/0/000.p/5"
    tile.write_bytes(bytes(160))
    office.record(5)
    fresh = Publisher(office.folder, office.signer)
    office.settle()
    with pytest.raises(Tampered, match="tiles_differ"):
        fresh.publish(office.stores)


def test_every_witness_gets_each_checkpoint_once_and_keeps_it(office) -> None:
    for _ in range(3):
        office.record(2)
        office.publish()
        office.publisher.publish(office.stores, witness=True)
    heads = [open_checkpoint(note, office.signer.key).head.size for note in office.witness.held()]
    assert heads == [2, 4, 6]
    assert office.witness.latest() == office.folder.checkpoint()


def test_a_witness_in_between_is_spared_until_asked(office) -> None:
    spared = Publisher(office.folder, office.signer, [office.witness], witness_seconds=3600)
    for size in (1, 2, 3):
        office.record(1)
        office.settle()
        assert spared.publish(office.stores) == size
    assert len(office.witness.held()) == 1
    spared.publish(office.stores, witness=True)
    assert len(office.witness.held()) == 2


def test_a_proof_of_an_entry_stands_by_itself(office) -> None:
    ids = office.record(300)
    with pytest.raises(NotReady, match="entry_not_published"):
        office.stores.read(lambda work: prove(work, office.folder, ids[7]))
    office.publish()
    proved = office.stores.read(lambda work: prove(work, office.folder, ids[7]))
    assert proved.number == 7
    assert ids[7].encode() in proved.entry
    assert Proof.parse(proved.proof).verify(proved.entry, office.signer.key).head.size == 300
    with pytest.raises(Tampered, match="proof_wrong"):
        Proof.parse(proved.proof).verify(proved.entry + b" ", office.signer.key)


def test_an_entry_that_was_never_made_has_no_proof(office) -> None:
    office.record(2)
    office.publish()
    with pytest.raises(NotFound):
        office.stores.read(lambda work: prove(work, office.folder, "01hzzzzzzzzzzzzzzzzzzzzzz9"))


def test_the_log_gives_out_tiles_and_nothing_else(office) -> None:
    office.record(2)
    office.publish()
    for path in ("../keys/log.key", "checkpoint", "tile/0/../../../keys/log.key", "tile/0/5", "/etc/hostname", "tile/0/999"):
        with pytest.raises(NotFound):
            office.folder.read(path)


def test_the_signing_key_is_for_its_owner_alone_and_is_made_once(tmp_path: Path) -> None:
    first = signing.create(tmp_path, "one.example/log")
    assert stat.S_IMODE((tmp_path / "log.key").stat().st_mode) == 0o600
    assert signing.create(tmp_path, "two.example/log").key == first.key == signing.load(tmp_path).key
    message = b"a message"
    assert signing.load(tmp_path).sign(message) == first.sign(message)


def test_a_signing_key_that_is_missing_open_or_altered_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="log_key_missing"):
        signing.load(tmp_path)
    signing.create(tmp_path, "one.example/log")
    path = tmp_path / "log.key"
    path.chmod(0o640)
    with pytest.raises(NotReady, match="log_key_open"):
        signing.load(tmp_path)
    path.chmod(0o600)
    path.write_text(path.read_text().replace("one.example", "two.example"))
    with pytest.raises(Tampered, match="log_key_malformed"):
        signing.load(tmp_path)


def test_a_file_that_is_there_is_never_written_again(tmp_path: Path) -> None:
    assert write_new(tmp_path / "a" / "b", b"first")
    assert not write_new(tmp_path / "a" / "b", b"second")
    assert [path.read_bytes() for path in (tmp_path / "a").iterdir()] == [b"first"]


def test_a_stranger_cannot_publish_into_the_log(office) -> None:
    office.record(2)
    office.publish()
    stranger = Publisher(office.folder, Signer.of_seed("office.example/log", b"s" * 32))
    with pytest.raises(Tampered, match="signature_missing"):
        stranger.publish(office.stores)


VERIFIER = Path(__file__).parents[3] / "verifier" / "sandyq_verify.py"


def outsider(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", str(VERIFIER), *map(str, words)], capture_output=True, text=True, check=False)


def test_an_outsider_verifies_the_log_with_old_checkpoints_whose_partial_tiles_are_gone(office, tmp_path: Path) -> None:
    for count in (300, 5, 900):
        office.record(count)
        office.publish()
    witnesses = [word for path in sorted(office.witness.path.glob("*/*")) for word in ("--witness", path)]
    assert len(witnesses) == 6
    done = outsider("log", office.folder.path, "--key", office.signer.key, *witnesses)
    assert done.returncode == 0, done.stdout + done.stderr
    path = office.folder.path / "tile/entries/002"
    path.write_bytes(path.read_bytes().replace(b"use.shown", b"use.found", 1))
    assert outsider("log", office.folder.path, "--key", office.signer.key, *witnesses).returncode == 1


def test_an_outsider_verifies_a_proof_that_was_handed_out(office, tmp_path: Path) -> None:
    ids = office.record(30)
    office.publish()
    proved = office.stores.read(lambda work: prove(work, office.folder, ids[11]))
    (tmp_path / "proof").write_text(proved.proof)
    (tmp_path / "leaf").write_bytes(proved.entry)
    asked = ("proof", tmp_path / "proof", "--leaf", tmp_path / "leaf", "--key", office.signer.key)
    assert outsider(*asked).returncode == 0
    (tmp_path / "leaf").write_bytes(proved.entry.replace(b"clerk-1", b"clerk-2"))
    assert outsider(*asked).returncode == 1
