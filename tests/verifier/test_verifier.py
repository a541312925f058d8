"""The one-file verifier from outside: published vectors, logs that hold, and logs, proofs and certificates that were tampered with."""

import ast
import hashlib
import importlib.util
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.audit.note import COSIGNATURE, Checkpoint, Note, Signer
from sandyq.audit.proof import prove
from sandyq.audit.tiles import Edge, TileReader, pack_entries, unpack_entries
from sandyq.errors import NotFound
from sandyq.seal import ed25519_generate, ed25519_public, ed25519_sign

FILE = Path(__file__).parents[2] / "verifier" / "sandyq_verify.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sandyq_verify", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclass-like machinery looks the module up by name
    spec.loader.exec_module(module)
    return module


verify = load()
LOG = Signer.of_seed("office.example/log", bytes(range(32)))
STRANGER = Signer.of_seed("office.example/log", bytes(range(5, 37)))
WITNESS = Signer.of_seed("witness.example/w1", bytes(range(1, 33)), COSIGNATURE)
KEY = str(LOG.key)
ENTRIES = [b'{"n":%d}' % i for i in range(700)]


def write_log(folder: Path, entries: list[bytes], signer: Signer = LOG) -> Checkpoint:
    edge = Edge()
    for path, data in [*edge.extend(entries), *edge.partials()]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    head = Checkpoint("office.example/log", len(entries), edge.root())
    (folder / "checkpoint").write_text(str(head.sign(signer)))
    return head


def reader(folder: Path, size: int) -> TileReader:
    def read(path: str) -> bytes:
        if not (folder / path).is_file():
            raise NotFound("no_such_tile", path=path)
        return (folder / path).read_bytes()

    return TileReader(read, size)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_log(tmp_path / "log", ENTRIES)
    return tmp_path / "log"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    def call(*arguments: object) -> dict[str, Any]:
        status = verify.main([*map(str, arguments), "--json"])
        result = json.loads(capsys.readouterr().out)
        assert status == (0 if result["ok"] else 1)
        assert result["ok"] == (not result["faults"])
        return dict(result)

    return call


def kept(path: Path, entries: list[bytes], signer: Signer = LOG) -> Path:
    """A checkpoint that somebody else kept of the log at an earlier size."""
    edge = Edge()
    edge.extend(entries)
    path.write_text(str(Checkpoint("office.example/log", len(entries), edge.root()).sign(signer).signed_by(WITNESS, 1_700_000_000)))
    return path


def found(result: dict[str, Any]) -> set[tuple[str, str]]:
    return {(fault["code"], fault["place"]) for fault in result["faults"]}


# --- Ed25519 ---

RFC_8032 = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032_verify_and_no_changed_bit_does(public: str, message: str, signature: str) -> None:
    key, text, mark = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify.ed25519_verify(key, text, mark)
    assert not verify.ed25519_verify(key, text + b"\x00", mark)
    for at in (0, 31, 32, 63):
        assert not verify.ed25519_verify(key, text, mark[:at] + bytes([mark[at] ^ 1]) + mark[at + 1 :])
    assert not verify.ed25519_verify(key[:31], text, mark)
    assert not verify.ed25519_verify(key, text, mark[:63])


def test_a_signature_with_the_group_order_added_to_its_scalar_is_refused() -> None:
    key, text, mark = (bytes.fromhex(part) for part in RFC_8032[1])
    order = 2**252 + 27742317777372353535851937790883648493
    malleable = mark[:32] + (int.from_bytes(mark[32:], "little") + order).to_bytes(32, "little")
    assert not verify.ed25519_verify(key, text, malleable)


@pytest.mark.parametrize("public", [(2**255 - 19).to_bytes(32, "little"), b"\xff" * 32, b"\x02" + bytes(31), b"\x01" + bytes(30) + b"\x80"])
def test_a_public_key_that_is_no_point_or_not_written_canonically_is_refused(public: bytes) -> None:
    assert not verify.ed25519_verify(public, b"text", bytes(64))


@settings(max_examples=25)
@given(st.binary(max_size=200))
def test_signatures_of_the_office_verify_with_the_outsiders_code(message: bytes) -> None:
    seed = ed25519_generate()
    assert verify.ed25519_verify(ed25519_public(seed), message, ed25519_sign(seed, message))


# --- the file itself ---


def test_it_is_one_file_of_python_3_9_that_imports_only_the_standard_library() -> None:
    parsed = ast.parse(FILE.read_text(), feature_version=(3, 9))
    imported = {name.name for node in ast.walk(parsed) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(parsed) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)


def test_it_runs_alone_in_an_isolated_interpreter_and_says_its_verdict_in_words(folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "sandyq_verify.py"
    alone.write_bytes(FILE.read_bytes())
    command = [sys.executable, "-I", "-S", str(alone), "log", str(folder), "--key", KEY]
    good = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (good.returncode, good.stderr) == (0, "")
    assert "Self-consistent only" in good.stdout
    assert good.stdout.endswith("Holds.\n")
    (folder / "tile/0/001").unlink()
    bad = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert bad.returncode == 1
    assert "tile/0/001" in bad.stdout


def test_a_malformed_key_on_the_command_line_is_wrong_use(folder: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        verify.main(["log", str(folder), "--key", KEY.replace("+", "-")])
    assert stopped.value.code == 2


# --- checkpoints ---


def test_the_published_notes_and_cosignature_are_accepted(tmp_path: Path, run: Callable[..., dict[str, Any]]) -> None:
    log = "arche2025h1.staging.ct.transparency.dev"
    (tmp_path / "c").write_text(
        f"{log}\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n"
        f"— {log} ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
        "— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n"
    )
    key = f"{log}+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
    witness = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    assert run("checkpoint", tmp_path / "c", "--key", key)["assurance"] == "self-consistent only"
    result = run("checkpoint", tmp_path / "c", "--key", key, "--witness-key", witness)
    assert (result["size"], result["assurance"]) == (1432088532, "witnessed")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("700", "701"), "signature_wrong"),
        (lambda text: str(Note(Note.parse(text.encode()).text, ()).signed_by(STRANGER)), "signature_missing"),
        (lambda text: str(Checkpoint("other.example/log", 700, bytes(32)).sign(LOG)), "origin_other"),
        (lambda text: text.replace("\n\n", "\n"), "checkpoint_malformed"),
        (lambda text: text.replace("700", "0700"), "malformed"),
        (lambda text: text[:-1], "checkpoint_malformed"),
        (lambda text: "", "checkpoint_malformed"),
    ],
    ids=["size changed", "signed by another key", "of another log", "no empty line", "leading zero", "last newline gone", "empty"],
)  # fmt: skip
def test_a_forged_checkpoint_is_refused(change: Callable[[str], str], code: str, folder: Path, run: Callable[..., dict[str, Any]]) -> None:
    path = folder / "checkpoint"
    path.write_text(change(path.read_text()))
    assert [fault["code"] for fault in run("checkpoint", path, "--key", KEY)["faults"]] == [code]


def test_a_witness_asked_for_that_did_not_sign_is_a_fault(folder: Path, run: Callable[..., dict[str, Any]]) -> None:
    result = run("checkpoint", folder / "checkpoint", "--key", KEY, "--witness-key", WITNESS.key)
    assert found(result) == {("witness_missing", str(folder / "checkpoint"))}


# --- the whole log ---


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 700, 65_536, 66_000])
def test_a_log_of_any_size_holds_and_without_a_witness_only_by_itself(
    size: int, tmp_path: Path, run: Callable[..., dict[str, Any]]
) -> None:
    write_log(tmp_path, [b"e%d" % i for i in range(size)])
    result = run("log", tmp_path, "--key", KEY)
    assert (result["ok"], result["size"], result["assurance"]) == (True, size, "self-consistent only")


def test_a_log_holds_against_every_checkpoint_that_others_kept(folder: Path, tmp_path: Path, run: Callable[..., dict[str, Any]]) -> None:
    args: list[object] = []
    for size in (1, 255, 256, 300, 511, 512, 513, 700):
        args += ["--witness", kept(tmp_path / f"w{size}", ENTRIES[:size])]
    result = run("log", folder, "--key", KEY, "--witness-key", WITNESS.key, *args)
    assert (result["faults"], result["assurance"]) == ([], "witnessed")


def test_partial_tiles_deleted_because_full_ones_are_there_do_not_matter(tmp_path: Path, run: Callable[..., dict[str, Any]]) -> None:
    older = write_log(tmp_path, ENTRIES[:300])
    write_log(tmp_path, ENTRIES)
    for path in ("tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"):
        (tmp_path / path).unlink()
    (tmp_path / "checkpoint").write_text(str(older.sign(LOG)))
    assert run("log", tmp_path, "--key", KEY)["ok"]


def rewrite(folder: Path, path: str, change: Callable[[list[bytes]], list[bytes]]) -> None:
    width = int(path.rpartition(".p/")[2]) if ".p/" in path else 256
    (folder / path).write_bytes(pack_entries(change(unpack_entries((folder / path).read_bytes(), width))))


def swap(entries: list[bytes]) -> list[bytes]:
    return [*entries[:8], entries[9], entries[8], *entries[10:]]


def flip(folder: Path, path: str, at: int) -> None:
    data = bytearray((folder / path).read_bytes())
    data[at] ^= 1
    (folder / path).write_bytes(data)


FIRST, LAST = "tile/entries/000", "tile/entries/002.p/188"
ATTACKS: dict[str, tuple[Callable[[Path], object], set[tuple[str, str]]]] = {
    "an entry altered": (lambda f: rewrite(f, FIRST, lambda e: [*e[:7], b"x", *e[8:]]), {("entry_altered", "entry 7")}),
    "an entry altered in the last bundle": (lambda f: rewrite(f, LAST, lambda e: [*e[:-1], b"x"]), {("entry_altered", "entry 699")}),
    "an entry dropped": (lambda f: rewrite(f, FIRST, lambda e: e[:40] + e[41:]), {("entry_dropped", "entry 40")}),
    "an entry dropped and the gap filled": (
        lambda f: rewrite(f, FIRST, lambda e: [*e[:40], *e[41:], b"x"]),
        {("entry_dropped", "entry 40")},
    ),
    "the last entry dropped": (lambda f: rewrite(f, LAST, lambda e: e[:-1]), {("entry_dropped", "entry 699")}),
    "an entry put in": (lambda f: rewrite(f, FIRST, lambda e: [*e[:40], b"x", *e[40:-1]]), {("entry_added", "entry 40")}),
    "two entries reordered": (lambda f: rewrite(f, FIRST, swap), {("entry_moved", "entry 8")}),
    "a bundle gone": (lambda f: (f / "tile/entries/001").unlink(), {("bundle_missing", "tile/entries/001")}),
    "a bundle cut": (lambda f: (f / FIRST).write_bytes((f / FIRST).read_bytes()[:-3]), {("bundle_missing", FIRST)}),
    "the tail's bundle gone": (lambda f: (f / LAST).unlink(), {("bundle_missing", LAST)}),
    "a leaf hash altered": (lambda f: flip(f, "tile/0/001", 32 * 5), {("entry_altered", "entry 261")}),
    "a tile gone": (lambda f: (f / "tile/0/001").unlink(), {("tile_missing", "tile/0/001")}),
    "a tile cut": (lambda f: (f / "tile/0/000").write_bytes(bytes(8191)), {("tile_missing", "tile/0/000")}),
    "an inner hash altered": (lambda f: flip(f, "tile/1/000.p/2", 40), {("tile_altered", "tile/1/000.p/2")}),
    "an inner tile gone": (lambda f: (f / "tile/1/000.p/2").unlink(), {("tile_missing", "tile/1/000.p/2")}),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_tampered_log_is_refused_and_the_place_is_named(attack: str, folder: Path, run: Callable[..., dict[str, Any]]) -> None:
    tamper, expected = ATTACKS[attack]
    tamper(folder)
    result = run("log", folder, "--key", KEY)
    assert found(result) - {("root_wrong", str(folder / "checkpoint"))} == expected
    assert "assurance" not in result


def test_when_only_tiles_are_wrong_it_says_that_the_entries_lead_to_the_signed_root(
    folder: Path, run: Callable[..., dict[str, Any]]
) -> None:
    flip(folder, "tile/0/001", 3)
    assert any("stored tiles" in note for note in run("log", folder, "--key", KEY)["notes"])


def test_entries_and_tiles_rewritten_together_do_not_lead_to_the_signed_root(folder: Path, run: Callable[..., dict[str, Any]]) -> None:
    signed = (folder / "checkpoint").read_text()
    write_log(folder, [*ENTRIES[:300], b"other", *ENTRIES[301:]])
    (folder / "checkpoint").write_text(signed)
    result = run("log", folder, "--key", KEY)
    assert found(result) == {("root_wrong", str(folder / "checkpoint"))}
    assert "both were rewritten" in result["faults"][0]["sentence"]


def test_a_log_rewritten_and_signed_again_holds_by_itself_and_the_witnesses_narrow_down_the_place(
    tmp_path: Path, run: Callable[..., dict[str, Any]]
) -> None:
    log = tmp_path / "log"
    write_log(log, [*ENTRIES[:300], b"other", *ENTRIES[301:]])
    before, after = kept(tmp_path / "before", ENTRIES[:280]), kept(tmp_path / "after", ENTRIES[:400])
    assert run("log", log, "--key", KEY)["assurance"] == "self-consistent only"
    assert run("log", log, "--key", KEY, "--witness", before)["assurance"] == "witnessed"
    assert found(run("log", log, "--key", KEY, "--witness", after, "--witness", before)) == {("fork", "entries 280 to 399")}


def test_a_tail_cut_with_a_fresh_signature_is_found_by_the_witness_alone(tmp_path: Path, run: Callable[..., dict[str, Any]]) -> None:
    log = tmp_path / "log"
    write_log(log, ENTRIES[:690])
    assert run("log", log, "--key", KEY)["ok"]
    result = run("log", log, "--key", KEY, "--witness", kept(tmp_path / "w", ENTRIES))
    assert found(result) == {("tail_cut", "entry 690")}
    assert "690 to 699" in result["faults"][0]["sentence"]


def test_log_and_signing_key_replaced_together_are_found_by_the_witness(tmp_path: Path, run: Callable[..., dict[str, Any]]) -> None:
    log = tmp_path / "log"
    write_log(log, [b"other", *ENTRIES[1:]], STRANGER)
    witness = kept(tmp_path / "w", ENTRIES[:500])
    assert found(run("log", log, "--key", KEY)) == {("signature_missing", str(log / "checkpoint"))}
    result = run("log", log, "--key", STRANGER.key, "--witness", witness)
    assert found(result) == {("signature_missing", str(witness)), ("fork", "entries 0 to 499")}


def test_more_faults_than_anybody_reads_are_counted(folder: Path, run: Callable[..., dict[str, Any]]) -> None:
    rewrite(folder, FIRST, lambda entries: [entry + b"!" for entry in entries])
    result = run("log", folder, "--key", KEY)
    assert (len(result["faults"]), result["more"]) == (50, 256 + 1 - 50)


# --- consistency ---


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300, 512, 699, 700])
def test_an_earlier_checkpoint_is_shown_to_be_the_beginning(
    size: int, folder: Path, tmp_path: Path, run: Callable[..., dict[str, Any]]
) -> None:
    old = kept(tmp_path / "old", ENTRIES[:size])
    assert run("consistency", old, folder / "checkpoint", "--log", folder, "--key", KEY)["ok"]


@pytest.mark.parametrize("size", [1, 255, 256, 300, 512, 699, 700])
def test_a_checkpoint_of_another_history_is_named_a_fork(
    size: int, folder: Path, tmp_path: Path, run: Callable[..., dict[str, Any]]
) -> None:
    old = kept(tmp_path / "old", [b"other", *ENTRIES[1:size]])
    assert found(run("consistency", old, folder / "checkpoint", "--log", folder)) == {("fork", f"entries 0 to {size - 1}")}


def test_tiles_mixed_of_two_histories_cannot_satisfy_both_checkpoints(
    folder: Path, tmp_path: Path, run: Callable[..., dict[str, Any]]
) -> None:
    other = [*ENTRIES[:300], b"other", *ENTRIES[301:]]
    old = kept(tmp_path / "old", other[:310])
    write_log(tmp_path / "fork", other)
    (folder / "tile/0/001").write_bytes((tmp_path / "fork/tile/0/001").read_bytes())
    result = run("consistency", old, folder / "checkpoint", "--log", folder)
    assert found(result) == {("root_wrong", str(folder))}


def test_a_newer_checkpoint_with_fewer_entries_is_a_cut_tail(folder: Path, tmp_path: Path, run: Callable[..., dict[str, Any]]) -> None:
    new = kept(tmp_path / "new", ENTRIES[:650])
    assert found(run("consistency", folder / "checkpoint", new, "--log", folder)) == {("tail_cut", "entry 650")}


def test_checkpoints_of_two_logs_are_not_compared(folder: Path, tmp_path: Path, run: Callable[..., dict[str, Any]]) -> None:
    (tmp_path / "old").write_text(str(Checkpoint("other.example/log", 1, bytes(32)).sign(LOG)))
    assert [f["code"] for f in run("consistency", tmp_path / "old", folder / "checkpoint", "--log", folder)["faults"]] == ["origin_other"]


# --- proofs and certificates ---


@pytest.fixture
def proof(folder: Path, tmp_path: Path) -> Path:
    signed = Note.parse((folder / "checkpoint").read_bytes()).signed_by(WITNESS, 1_700_000_000)
    (tmp_path / "proof").write_text(str(prove(300, signed, reader(folder, 700).hash_at, b"extra")))
    (tmp_path / "leaf").write_bytes(ENTRIES[300])
    return tmp_path / "proof"


def test_a_proof_shows_its_entry_and_the_witness_on_it(proof: Path, run: Callable[..., dict[str, Any]]) -> None:
    leaf = proof.with_name("leaf")
    assert run("proof", proof, "--leaf", leaf, "--key", KEY)["assurance"] == "self-consistent only"
    result = run("proof", proof, "--leaf", leaf, "--key", KEY, "--witness-key", WITNESS.key)
    assert (result["index"], result["assurance"]) == (300, "witnessed")
    assert any("2023-11-14" in note for note in result["notes"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("index 300", "index 301"), "proof_wrong"),
        (lambda text: text.replace("index 300", "index 700"), "proof_wrong"),
        (lambda text: text.replace("index 300\n", "index 300\n" + "A" * 43 + "=\n"), "proof_wrong"),
        (lambda text: text.replace("index 300", "index 0300"), "malformed"),
        (lambda text: text.replace("@v1", "@v2"), "proof_malformed"),
        (lambda text: text.replace("\n700\n", "\n701\n"), "signature_wrong"),
        (lambda text: text.split("\n\n")[0], "proof_malformed"),
        (lambda text: "\ufffd", "proof_malformed"),
    ],
)
def test_a_changed_proof_is_refused(change: Callable[[str], str], code: str, proof: Path, run: Callable[..., dict[str, Any]]) -> None:
    proof.write_text(change(proof.read_text()))
    assert [f["code"] for f in run("proof", proof, "--leaf", proof.with_name("leaf"), "--key", KEY)["faults"]] == [code]


def test_a_proof_of_another_entry_or_key_is_refused(proof: Path, run: Callable[..., dict[str, Any]]) -> None:
    leaf = proof.with_name("leaf")
    assert [f["code"] for f in run("proof", proof, "--leaf", leaf, "--key", STRANGER.key)["faults"]] == ["signature_missing"]
    leaf.write_bytes(ENTRIES[301])
    assert found(run("proof", proof, "--leaf", leaf, "--key", KEY)) == {("proof_wrong", "entry 300")}
    leaf.unlink()
    assert found(run("proof", proof, "--leaf", leaf, "--key", KEY)) == {("unreadable", str(leaf))}


BODY = {"what": "жойылды", "gone": ["6.2.1", "6.2.5"], "kept": [{"why": "8.2", "count": 2}], "at": "2026-03-19"}


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    canonical = json.dumps(BODY, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    entry = json.dumps({"act": "destroy.certificate", "body_digest": hashlib.sha256(canonical).hexdigest()}).encode()
    entries = [*ENTRIES[:600], entry, *ENTRIES[601:]]
    head = write_log(tmp_path / "log", entries)
    proof = prove(600, head.sign(LOG), reader(tmp_path / "log", 700).hash_at)
    paper = {"body": BODY, "leaf": b64encode(entry).decode(), "proof": str(proof)}
    (tmp_path / "certificate.json").write_text(json.dumps(paper, ensure_ascii=False, indent=2))
    write_log(tmp_path / "log", [*entries, b"later"])
    return tmp_path / "certificate.json"


def test_a_certificate_is_the_one_logged_however_its_json_is_laid_out(certificate: Path, run: Callable[..., dict[str, Any]]) -> None:
    assert run("certificate", certificate, "--key", KEY)["index"] == 600
    certificate.write_text(json.dumps(dict(reversed(json.loads(certificate.read_text()).items()))))
    result = run("certificate", certificate, "--key", KEY, "--log", certificate.with_name("log"))
    assert result["ok"]
    assert any("701 entries now" in note for note in result["notes"])


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    paper = json.loads(path.read_text())
    change(paper)
    path.write_text(json.dumps(paper, ensure_ascii=False))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda paper: paper["body"].update(gone=["6.2.1"]), "body_altered"),
        (lambda paper: paper.update(leaf=b64encode(b"{}").decode()), "body_altered"),
        (lambda paper: paper.update(leaf=b64encode(b"not json").decode()), "json_malformed"),
        (lambda paper: paper.update(leaf="??"), "malformed"),
        (lambda paper: paper.pop("proof"), "certificate_malformed"),
        (lambda paper: paper.update(body=[1]), "certificate_malformed"),
        (lambda paper: paper.update(proof=paper["proof"].replace("index 600", "index 601")), "proof_wrong"),
        (lambda paper: paper["body"].update(what="\ud800"), "body_altered"),
    ],
)
def test_a_changed_certificate_is_refused(
    change: Callable[[dict[str, Any]], object], code: str, certificate: Path, run: Callable[..., dict[str, Any]]
) -> None:
    paper = json.loads(certificate.read_text())
    change(paper)
    certificate.write_text(json.dumps(paper))
    assert [f["code"] for f in run("certificate", certificate, "--key", KEY)["faults"]] == [code]


def test_a_letter_holds_with_its_proof_inside_or_beside_it(certificate: Path, run: Callable[..., dict[str, Any]]) -> None:
    paper = json.loads(certificate.read_text())
    result = run("letter", certificate, "--key", KEY, "--log", certificate.with_name("log"))
    assert (result["ok"], result["index"]) == (True, 600)
    alone, proof = certificate.with_name("letter.json"), certificate.with_name("letter.tlog-proof")
    alone.write_text(json.dumps(paper["body"]))
    proof.write_text(paper["proof"].replace("c2sp.org/tlog-proof@v1\n", f"c2sp.org/tlog-proof@v1\nextra {paper['leaf']}\n"))
    assert run("letter", alone, "--key", KEY, "--proof", proof)["ok"]
    assert [f["code"] for f in run("letter", alone, "--key", KEY)["faults"]] == ["proof_missing"]
    alone.write_text(json.dumps({**paper["body"], "added": 1}))
    assert [f["code"] for f in run("letter", alone, "--key", KEY, "--proof", proof)["faults"]] == ["body_altered"]


def test_a_certificate_with_a_key_given_twice_is_refused(certificate: Path, run: Callable[..., dict[str, Any]]) -> None:
    certificate.write_text(certificate.read_text().replace('"at":', '"at": "2020-01-01", "at":', 1))
    assert [f["code"] for f in run("certificate", certificate, "--key", KEY)["faults"]] == ["json_malformed"]


def test_a_certificate_from_a_log_that_was_rewritten_since_is_found(certificate: Path, run: Callable[..., dict[str, Any]]) -> None:
    log = certificate.with_name("log")
    write_log(log, [*ENTRIES, b"later"])
    assert run("certificate", certificate, "--key", KEY)["ok"]
    assert [f["code"] for f in run("certificate", certificate, "--key", KEY, "--log", log)["faults"]] == ["fork"]
    write_log(log, ENTRIES[:650])
    assert [f["code"] for f in run("certificate", certificate, "--key", KEY, "--log", log)["faults"]] == ["tail_cut"]


def test_a_certificate_whose_entry_was_taken_out_of_the_bundle_is_found(certificate: Path, run: Callable[..., dict[str, Any]]) -> None:
    log = certificate.with_name("log")
    rewrite(log, "tile/entries/002.p/189", lambda entries: [*entries[:88], b"{}", *entries[89:]])
    assert found(run("certificate", certificate, "--key", KEY, "--log", log)) == {("entry_altered", "entry 600")}
