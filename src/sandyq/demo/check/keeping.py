"""The steps of the check that concern the office: no trace is left, papers verify, a tampered log is found, a backup keeps every promise."""

import json
import shutil
import sqlite3
from base64 import b64encode
from pathlib import Path

from sandyq.demo.check import story
from sandyq.demo.check.search import proves_itself, search
from sandyq.demo.check.spring import PURPOSE
from sandyq.demo.check.stage import Stage, expect


def witness(stage: Stage) -> str:
    """Somebody outside keeps a checkpoint. Broken: what they keep is altered."""
    note = stage.until(lambda: stage.api("GET", "/audit/checkpoint").content, "no checkpoint is published")
    kept = stage.root / "kept-elsewhere"
    kept.write_bytes(note.replace(b"\n", b"0\n", 2) if stage.broken == "witness" else note)
    code, told = stage.verifier("checkpoint", str(kept), "--key", stage.key)
    expect(code == 0, f"the checkpoint does not hold: {_faults(told)}")
    stage.known["kept"] = kept
    return f"a checkpoint over {told['size']} entries is kept elsewhere; its signature holds"


def backup(stage: Stage) -> str:
    """A backup by the engineer on the command line. Broken: into the folder of the keys."""
    story.neighbour(stage)
    stage.stop_server()
    stage.login("engineer-1")
    into = stage.folder / "keys" if stage.broken == "backup" else stage.root / "backups"
    made = stage.cli("backup", str(into), "--json")
    expect(made.code == 0, f"no backup was made: {made.err.strip()[:200]}")
    stage.known["backup"] = made.data["backup"]
    files = [path.name for path in Path(made.data["backup"]).rglob("*") if path.is_file()]
    expect(not any("key" in name and "keys" not in name for name in files), "a key is in the backup")
    stage.serve()
    return f"{len(files)} files, {made.data['bytes']} bytes, no key among them"


def gone(stage: Stage) -> str:
    """No trace of the planted values, by search and in no file of the office. Broken: a value is left in a file."""
    values = story.planted(stage)
    missed = proves_itself(stage.root / "search-proves-itself", values[0])
    expect(not missed, f"the search itself cannot be trusted: it misses {', '.join(missed)}")
    for kind, value in (("iin", stage.person.iin), ("phone", stage.person.phone), ("email", stage.person.email)):
        body = {"purpose": PURPOSE, "kind": kind, "value": value}
        expect(not stage.api("POST", "/find", "dpo-1", body).json()["hits"], f"the search by {kind} still finds the person")
    seen = stage.api("POST", "/use", "dpo-1", {"subject": stage.known["subject"], "purpose": PURPOSE})
    expect(seen.status_code in {403, 404}, "the destroyed person can still be opened")
    if stage.broken == "gone":
        (stage.folder / "spool" / "left.tmp").write_bytes(b64encode(f"left: {values[3]}".encode()))
    found = search(stage.folder, values) + search(stage.root / "state", values)
    expect(not found, "found: " + ", ".join(f"value {each.value} ({each.dress}) in {each.file}" for each in found[:5]))
    files = [path for path in stage.folder.rglob("*") if path.is_file()]
    return (
        f"{len(values)} values in {len(files)} files: none, plain, UTF-16, base64, hex or compressed; the search finds them where planted"
    )


def certificate(stage: Stage) -> str:
    """The certificate verifies by the one-file verifier alone. Broken: a date on it is altered."""
    plan, path = stage.known["plan"], stage.known["path"]
    got = stage.api("GET", f"{path}/certificate?format=json", "dpo-1")
    expect(got.status_code == 200, f"there is no certificate: {got.status_code}")
    body = got.json()
    proof = stage.until(lambda: _proof(stage, plan["leaf"]), "the certificate's entry is not published")
    if stage.broken == "certificate":
        body["deleted_at"] = "2020-01-01T00:00:00Z"
    paper = stage.root / "certificate.json"
    paper.write_text(
        json.dumps({"body": body, "leaf": b64encode(proof["entry"].encode()).decode(), "proof": proof["proof"]}, ensure_ascii=False)
    )
    code, told = stage.verifier("certificate", str(paper), "--key", stage.key, "--log", str(stage.folder / "log"))
    expect(code == 0, f"the certificate does not verify: {_faults(told)}")
    pdf = stage.api("GET", f"{path}/certificate?format=pdf&language=kk", "dpo-1").content
    expect(pdf.startswith(b"%PDF-"), "the certificate in Kazakh is no PDF")
    expect(body["gone"] and body["kept"], "the certificate lacks one of its lists")
    return f"number {body['number']}: gone {len(body['gone'])} rows, kept {len(body['kept'])}; unrecoverable by {body['unrecoverable_by']}"


def proof(stage: Stage) -> str:
    """The proof of a look verifies offline, and so does the whole log against the kept checkpoint. Broken: another entry is shown for it."""
    done = stage.cli("audit", "prove", stage.known["look"], "--out", str(stage.root / "look"), "--json")
    expect(done.code == 0, f"no proof was given: {done.err.strip()[:200]}")
    entry = stage.root / "look.entry"
    if stage.broken == "proof":
        entry.write_bytes(entry.read_bytes().replace(b"use.shown", b"use.found"))
    code, told = stage.verifier("proof", str(stage.root / "look.proof"), "--leaf", str(entry), "--key", stage.key)
    expect(code == 0, f"the proof does not hold: {_faults(told)}")
    kept = str(stage.known["kept"])
    code, whole = stage.verifier("log", str(stage.folder / "log"), "--key", stage.key, "--witness", kept)
    expect(code == 0 and whole.get("assurance") == "witnessed", f"the log does not hold: {_faults(whole)}")
    return f"entry {told['index']} of {whole['size']}; the log continues the checkpoint that was kept elsewhere"


def tampered(stage: Stage) -> str:
    """A log altered behind the office's back is found, in the published files and in the database. Broken: nothing is altered."""
    copy = stage.root / "tampered"
    stage.stop_server()
    shutil.copytree(stage.folder, copy)
    stage.serve()
    if stage.broken != "tampered":
        _alter(copy)
    code, told = stage.verifier("log", str(copy / "log"), "--key", stage.key, "--witness", str(stage.known["kept"]))
    expect(code == 1 and told["faults"], "the verifier did not notice the altered entry")
    ours = stage.cli("audit", "verify", "--witness", str(stage.known["kept"]), "--json", office=copy)
    expect(ours.code == 1 and not ours.data["ok"], "`sandyq audit verify` did not notice it")
    shutil.rmtree(copy)
    return f"found by both: {told['faults'][0]['place']}; {ours.data['problems'][0]['code']} at {ours.data['problems'][0]['place']}"


def _alter(copy: Path) -> None:
    """One entry says another verdict: in the published bundle, and in the table."""
    size = int((copy / "log" / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    bundle = copy / "log" / "tile" / "entries" / ("000" if size >= 256 else f"000.p/{size}")
    data = bundle.read_bytes()
    at = data.index(b'"verdict":"refused"')
    bundle.write_bytes(data[:at] + b'"verdict":"allowed"' + data[at + 19 :])
    with sqlite3.connect(copy / "durable.db") as store:
        worse = 'SELECT MIN(seq) FROM leaf WHERE instr(CAST(body AS TEXT), \'"verdict":"refused"\')'
        changed = "CAST(replace(CAST(body AS TEXT), 'refused', 'allowed') AS BLOB)"
        store.execute(f"UPDATE leaf SET body = {changed} WHERE seq = ({worse})")  # noqa: S608 - both parts stand above
    store.close()


def restore(stage: Stage) -> str:
    """The backup of before the destruction comes back and is not served until every promise is kept again. Broken: the ledger is lost."""
    subject = story.block_neighbour(stage)
    stage.stop_server()
    if stage.broken == "restore":
        (stage.folder / "ledger" / "events.jsonl").unlink()
    placed = stage.cli("restore", stage.known["backup"], "--place-only")
    expect(placed.code == 0, f"the backup was not put in place: {placed.err.strip()[:200]}")
    served = stage.cli("serve", "--port", "0")
    expect(served.code == 10 and "restore" in served.err.lower(), f"it was served before the replay (exit {served.code})")
    done = stage.cli("restore", "--json")
    expect(done.code == 0, f"the restore did not come to its end: {done.err.strip()[:200]}")
    found = search(stage.folder, story.planted(stage))
    expect(not found, "destroyed values are back: " + ", ".join(f"{each.dress} in {each.file}" for each in found[:5]))
    stage.serve()
    body = {"purpose": PURPOSE, "kind": "iin", "value": stage.person.iin}
    expect(not stage.api("POST", "/find", "dpo-1", body).json()["hits"], "the destroyed person is found again")
    again = stage.api("POST", "/find", "dpo-1", {**body, "value": stage.neighbour.iin}).json()["hits"]
    expect([(hit["subject"], hit["state"]) for hit in again] == [(subject, "blocked")], "the later block was forgotten")
    return f"refused until the replay; then {done.data['events']} events carried out again, the destroyed stayed destroyed, the later block stands"


def state(stage: Stage) -> str:
    """In the end the tables agree with the log, and the log with the checkpoint kept elsewhere. Broken: a row is taken away."""
    stage.stop_server()
    if stage.broken == "state":
        with sqlite3.connect(stage.folder / "durable.db") as store:
            store.execute("DELETE FROM decision WHERE decision_id = (SELECT MAX(decision_id) FROM decision)")
        store.close()
    done = stage.cli("audit", "verify", "--state", "--witness", str(stage.known["kept"]), "--json")
    expect(done.code == 0 and done.data["ok"], f"found: {[p['code'] for p in done.data['problems']][:5]}")
    expect(done.data["witnessed"] > 0, "no witness speaks for it")
    return f"{done.data['numbered']} entries, tables agree, {done.data['witnessed']} witnessed"


def _proof(stage: Stage, leaf: str) -> dict[str, str] | None:
    answer = stage.api("GET", f"/audit/proof/{leaf}")
    found: dict[str, str] = answer.json()
    return found if answer.status_code == 200 else None


def _faults(told: dict[str, object]) -> str:
    faults = told.get("faults")
    return "; ".join(str(fault["sentence"]) for fault in faults[:3]) if isinstance(faults, list) else "unknown"
