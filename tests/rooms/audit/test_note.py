"""Signed notes, checkpoints and cosignatures against published examples and against forgeries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.audit import note
from sandyq.audit.note import COSIGNATURE, Checkpoint, Note, Signer, VerifierKey, open_checkpoint
from sandyq.errors import Misuse, Tampered

# The example of the signed-note specification, and that of the Go package golang.org/x/mod/sumdb/note.
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = note.decode64("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = GO_TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
GO_SECOND = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
GO_SECOND_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"

# A checkpoint that a public log issued and public witnesses cosigned; the first line is a signature of a kind that we do not know.
PUBLIC = (
    "arche2025h1.staging.ct.transparency.dev\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n"
    "— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BX"
    "aHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
    "— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1"
    "k3ZFWwQ=\n"
    "— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n"
)
PUBLIC_LOG = VerifierKey.parse("arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f")
PUBLIC_WITNESS = VerifierKey.parse("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")

LOG = Signer.of_seed("office.example/log", bytes(range(32)))
WITNESS = Signer.of_seed("witness.example/w1", bytes(range(1, 33)), COSIGNATURE)
HEAD = Checkpoint("office.example/log", 20852163, bytes(range(32)))


def code_of(data: str | bytes, *, log: VerifierKey = LOG.key, witnesses: tuple[VerifierKey, ...] = (), origin: str = "") -> str:
    with pytest.raises(Tampered) as raised:
        open_checkpoint(data if isinstance(data, bytes) else data.encode(), log, witnesses, origin)
    return raised.value.code


@pytest.mark.parametrize(("text", "key"), [(SPEC_NOTE, SPEC_KEY), (GO_NOTE, GO_KEY), (GO_NOTE + GO_SECOND, GO_SECOND_KEY)])
def test_the_published_notes_verify_and_keep_their_bytes(text: str, key: str) -> None:
    parsed = Note.parse(text.encode())
    assert parsed.times([VerifierKey.parse(key)]) == {VerifierKey.parse(key): 0}
    assert str(parsed) == text
    assert str(VerifierKey.parse(key)) == key


def test_signing_the_published_text_with_the_published_key_gives_the_published_signature() -> None:
    signer = Signer.of_seed("PeterNeumann", GO_SEED)
    assert str(signer.key) == GO_KEY
    assert str(Note(GO_TEXT, ()).signed_by(signer)) == GO_NOTE


def test_a_checkpoint_of_a_public_log_opens_with_its_cosignature_and_the_unknown_signatures_are_ignored() -> None:
    opened = open_checkpoint(PUBLIC.encode(), PUBLIC_LOG, [PUBLIC_WITNESS])
    assert (opened.head.size, opened.witnesses) == (1432088532, {PUBLIC_WITNESS: 1779573024})


def test_a_public_checkpoint_with_another_size_is_refused_for_the_log_and_for_the_witness() -> None:
    forged = PUBLIC.replace("1432088532", "1432088533").encode()
    for key in (PUBLIC_LOG, PUBLIC_WITNESS):
        with pytest.raises(Tampered, match="signature_wrong"):
            Note.parse(forged).times([key])


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.integers(0, 2**62))
def test_what_is_signed_and_cosigned_opens_again(size: int, root: bytes, at: int) -> None:
    head = Checkpoint("office.example/log", size, root)
    signed = head.sign(LOG).signed_by(WITNESS, at)
    opened = open_checkpoint(str(signed).encode(), LOG.key, [WITNESS.key])
    assert (opened.head, opened.witnesses, opened.note) == (head, {WITNESS.key: at}, signed)


def test_the_latest_time_of_a_witness_counts() -> None:
    signed = HEAD.sign(LOG).signed_by(WITNESS, 7).signed_by(WITNESS, 9).signed_by(WITNESS, 8)
    assert open_checkpoint(str(signed).encode(), LOG.key, [WITNESS.key]).witnesses == {WITNESS.key: 9}


def test_extension_lines_are_kept() -> None:
    head = Checkpoint("office.example/log", 1, bytes(32), ("one", "two words"))
    assert open_checkpoint(str(head.sign(LOG)).encode(), LOG.key).head == head


STRANGER = Signer.of_seed("office.example/log", bytes(range(2, 34)))
OTHER_NAME = Signer.of_seed("other.example/log", bytes(range(32)))
GOOD = str(HEAD.sign(LOG))


@pytest.mark.parametrize(
    ("forged", "code"),
    [
        (GOOD.replace("20852163", "20852164"), "signature_wrong"),
        (str(HEAD.sign(STRANGER)), "signature_missing"),
        (str(HEAD.sign(OTHER_NAME)), "signature_missing"),
        (str(HEAD.sign(OTHER_NAME)).replace("— other.example", "— office.example"), "signature_missing"),
        (GOOD + GOOD.splitlines()[-1].replace("A", "B", 1) + "\n", "signature_wrong"),
        (str(Checkpoint("other.example/log", 5, bytes(32)).sign(LOG)), "origin_other"),
        (str(HEAD.sign(Signer(VerifierKey(LOG.key.name, LOG.key.public, COSIGNATURE), LOG.sign))), "signature_missing"),
        (str(Note("office.example/log\n5\n", ()).signed_by(LOG)), "checkpoint_malformed"),
        (str(Note("office.example/log\n05\n" + HEAD.text.split("\n")[2] + "\n", ()).signed_by(LOG)), "checkpoint_malformed"),
        (str(Note("office.example/log\n-5\n" + HEAD.text.split("\n")[2] + "\n", ()).signed_by(LOG)), "checkpoint_malformed"),
        (str(Note("office.example/log\n5\nAAAA\n", ()).signed_by(LOG)), "checkpoint_malformed"),
        (str(Note("office.example/log\n\n5\nAAAA\n", ()).signed_by(LOG)), "checkpoint_malformed"),
        (str(Note(f"office.example/log\n{2**63}\n" + HEAD.text.split("\n")[2] + "\n", ()).signed_by(LOG)), "checkpoint_malformed"),
    ],
    ids=[
        "size changed",
        "other key same name",
        "same key other name",
        "name rewritten",
        "second signature broken",
        "other origin",
        "kind confused",
        "no root",
        "leading zero",
        "negative",
        "short root",
        "empty line",
        "size beyond 63 bits",
    ],
)
def test_a_forged_checkpoint_is_refused(forged: str, code: str) -> None:
    assert code_of(forged) == code


def test_a_cosignature_that_claims_a_known_witness_and_does_not_fit_spoils_the_checkpoint() -> None:
    other = str(Checkpoint("office.example/log", 6, bytes(32)).sign(LOG).signed_by(WITNESS, 5)).splitlines(keepends=True)[-1]
    assert code_of(GOOD + other, witnesses=(WITNESS.key,)) == "signature_wrong"
    assert open_checkpoint((GOOD + other).encode(), LOG.key).witnesses == {}


def test_a_signature_of_the_log_is_none_of_a_witness_with_the_same_key() -> None:
    both = Signer.of_seed("office.example/log", bytes(range(32)), COSIGNATURE)
    moved = HEAD.sign(LOG).signatures[0]
    forged = Note(HEAD.text, (note.Signature(both.key.name, both.key.id, bytes(8) + moved.data),))
    with pytest.raises(Tampered, match="signature_wrong"):
        forged.times([both.key])


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\n",
        GOOD[:-1].encode(),
        GOOD.replace("\n\n", "\n").encode(),
        GOOD.replace("— ", "- ").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("office", "office\x00").encode(),
        GOOD.encode() + b"\xff",
        (GOOD + "\n").encode(),
        (GOOD + "— \n").encode(),
        (GOOD + "— a AAAA\n").encode(),
        (GOOD + "— a b AAAAAAAA\n").encode(),
        (GOOD + "— a AAAAAAA\n").encode(),
        (GOOD + "— a AAAAAAB=\n").encode(),
        (GOOD + "— a AAAAAAAA\n" * 100).encode(),
        "\n— a AAAAAAAA\n".encode(),
        b"x" * 1_000_001 + GOOD.encode(),
    ],
)
def test_what_is_not_exactly_a_note_is_refused(bad: bytes) -> None:
    assert code_of(bad) == "note_malformed"


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "name",
        "name+00000000",
        SPEC_KEY.replace("530d903a", "530d903b"),
        SPEC_KEY.replace("530d903a", "530D903A"),
        "a b" + SPEC_KEY[15:],
        SPEC_KEY[:-4],
        SPEC_KEY + "A",
        SPEC_KEY.replace("+Aeky", "+Beky"),
        "+530d903a+" + SPEC_KEY.split("+")[2],
        SPEC_KEY + "\n",
    ],
)
def test_a_malformed_verifier_key_is_refused(bad: str) -> None:
    with pytest.raises(Tampered, match="verifier_key_malformed"):
        VerifierKey.parse(bad)


def test_signing_a_text_that_no_reader_would_take_is_a_misuse() -> None:
    for text in ("no newline", "tab\there\n"):
        with pytest.raises(Misuse):
            Note(text, ()).signed_by(LOG)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_open_and_never_crash(data: bytes) -> None:
    with pytest.raises(Tampered):
        open_checkpoint(data, LOG.key)


def test_a_signer_does_not_show_its_key() -> None:
    assert "sign=" not in repr(LOG)
