"""Proofs as text: round trip, strict reading, and what a forged one runs into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.audit.note import COSIGNATURE, Checkpoint, Signer
from sandyq.audit.proof import HEADER, Proof, prove
from sandyq.audit.tiles import Edge, TileReader
from sandyq.errors import Misuse, Tampered

LOG = Signer.of_seed("office.example/log", bytes(range(32)))
OTHER = Signer.of_seed("office.example/log", bytes(range(9, 41)))
WITNESS = Signer.of_seed("witness.example/w1", bytes(range(1, 33)), COSIGNATURE)
ENTRIES = [b"entry %d" % i for i in range(700)]


def log_of(entries: list[bytes], signer: Signer = LOG) -> tuple[TileReader, Checkpoint, Signer]:
    edge = Edge()
    shelf: dict[str, bytes] = {}
    shelf.update(edge.extend(entries))
    shelf.update(edge.partials())
    return TileReader(shelf.__getitem__, len(entries)), Checkpoint("office.example/log", len(entries), edge.root()), signer


READER, HEAD, _ = log_of(ENTRIES)
PROOF = prove(300, HEAD.sign(LOG).signed_by(WITNESS, 1_700_000_000), READER.hash_at)


def refusal(proof: Proof, entry: bytes = ENTRIES[300]) -> str:
    with pytest.raises(Tampered) as raised:
        proof.verify(entry, LOG.key)
    return raised.value.code


@pytest.mark.parametrize("index", [0, 1, 255, 256, 511, 512, 699])
def test_a_proof_written_down_and_read_back_shows_its_entry(index: int) -> None:
    proof = Proof.parse(str(prove(index, HEAD.sign(LOG), READER.hash_at)))
    assert proof.verify(ENTRIES[index], LOG.key).head == HEAD


def test_a_log_of_one_entry_is_proved_without_hashes() -> None:
    reader, head, _ = log_of([b"only"])
    proof = prove(0, head.sign(LOG), reader.hash_at)
    assert str(proof) == f"{HEADER}\nindex 0\n\n{head.sign(LOG)}"
    assert Proof.parse(str(proof)).verify(b"only", LOG.key).head.size == 1


def test_an_older_checkpoint_is_proved_from_the_tiles_of_today() -> None:
    _, older, _ = log_of(ENTRIES[:400])
    assert prove(300, older.sign(LOG), READER.hash_at).verify(ENTRIES[300], LOG.key).head.size == 400


def test_the_witnesses_on_the_checkpoint_come_back_with_their_times() -> None:
    assert PROOF.verify(ENTRIES[300], LOG.key, [WITNESS.key]).witnesses == {WITNESS.key: 1_700_000_000}


def test_a_proof_beyond_its_checkpoint_is_a_misuse() -> None:
    _, older, _ = log_of(ENTRIES[:300])
    with pytest.raises(Misuse):
        prove(300, older.sign(LOG), READER.hash_at)


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63), st.none() | st.binary(max_size=50))
def test_every_proof_reads_back_as_it_was_written(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    proof = Proof(index, tuple(hashes), str(HEAD.sign(LOG)), extra)
    assert Proof.parse(str(proof)) == proof


def test_an_altered_entry_a_moved_index_and_a_changed_hash_do_not_verify() -> None:
    changed = (bytes(32), *PROOF.hashes[1:])
    assert refusal(PROOF, ENTRIES[300] + b"!") == "proof_wrong"
    assert refusal(Proof(301, PROOF.hashes, PROOF.checkpoint)) == "proof_wrong"
    assert refusal(Proof(700, PROOF.hashes, PROOF.checkpoint)) == "proof_wrong"
    assert refusal(Proof(300, changed, PROOF.checkpoint)) == "proof_wrong"
    assert refusal(Proof(300, PROOF.hashes[:-1], PROOF.checkpoint)) == "proof_wrong"


def test_a_proof_under_a_forked_log_or_a_strangers_key_does_not_verify() -> None:
    fork_reader, fork, _ = log_of([b"forged", *ENTRIES[1:]])
    assert refusal(Proof(300, PROOF.hashes, str(fork.sign(LOG)))) == "proof_wrong"
    assert refusal(prove(300, HEAD.sign(OTHER), READER.hash_at)) == "signature_missing"
    assert refusal(prove(300, fork.sign(OTHER), fork_reader.hash_at)) == "signature_missing"


def test_extra_data_changes_nothing_that_is_verified() -> None:
    with_extra = Proof.parse(str(Proof(300, PROOF.hashes, PROOF.checkpoint, b"anything")))
    assert with_extra.extra == b"anything"
    assert with_extra.verify(ENTRIES[300], LOG.key).head == HEAD


TEXT = str(PROOF)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        HEADER,
        HEADER + "\n\n",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("index 300", "index 0300"),
        TEXT.replace("index 300", "index +300"),
        TEXT.replace("index 300", "index 300 "),
        TEXT.replace("index 300", "Index 300"),
        TEXT.replace("index 300\n", ""),
        TEXT.replace("index 300", "extra AA=\nindex 300"),
        TEXT.replace("index 300", "extra AAAA\nextra AAAA\nindex 300"),
        TEXT.replace("index 300\n", "index 300\nAAAA\n"),
        TEXT.replace("index 300\n", "index 300\n" + ("A" * 43 + "=\n") * 64),
        TEXT.replace("index 300\n", "index 300\n\n", 1).split("\n\n")[0],
        "\n" + TEXT,
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("index 300", "index ３００"),
    ],
)
def test_a_proof_in_any_other_spelling_is_refused(bad: str) -> None:
    with pytest.raises(Tampered, match="proof_malformed"):
        Proof.parse(bad)


def test_a_checkpoint_that_is_none_is_refused_when_verified() -> None:
    assert refusal(Proof(300, PROOF.hashes, "not a note\n")) == "note_malformed"
    assert refusal(Proof(300, PROOF.hashes, "\ud800")) == "note_malformed"
