"""An office from the command line alone: founded, staffed, signed in to, verified, its keys turned, backed up and restored."""

import json
import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from terminal import VERIFIER, Terminal, World
from typer.testing import CliRunner

import sandyq
from sandyq.cli.main import app

SAMPLE = os.path.join(os.path.dirname(sandyq.__file__), "sample", "quicklid")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("cli"))
    made.found()
    return made


def test_an_office_is_founded_once_and_says_its_public_key(world):
    assert world.key.startswith("sample.sandyq.example/log+")
    again = world.nobody.run("init", "--sample")
    assert again.code == 7
    assert "--office" in again.said


def test_a_real_office_is_not_founded_on_a_synthetic_overlay_or_on_a_policy_with_gaps(tmp_path):
    terminal = Terminal(tmp_path / "office", tmp_path / "state")
    policy, overlay = os.path.join(SAMPLE, "policy.yaml"), os.path.join(SAMPLE, "overlay.yaml")
    synthetic = terminal.run("init", "--policy", policy, "--overlay", overlay, "--origin", "pd.example/log")
    assert (synthetic.code, (tmp_path / "office" / "durable.db").exists()) == (7, False)
    gaps = terminal.run("init", "--policy", policy, "--origin", "pd.example/log")
    assert gaps.code == 7
    assert "policy check" in gaps.said


def test_without_a_policy_or_an_office_the_command_says_what_to_do(tmp_path):
    terminal = Terminal(tmp_path / "empty", tmp_path / "state")
    assert terminal.run("init").code == 2
    missing = terminal.run("audit", "verify")
    assert missing.code == 10
    assert "sandyq init" in missing.said


def test_nobody_acts_without_signing_in(world):
    for command in (("staff", "list"), ("keys", "status"), ("subject", "find", "iin"), ("backup", "/tmp/nowhere")):
        done = world.nobody.run(*command, stdin="900101300123\n")
        assert done.code == 6
        assert "sandyq login" in done.said


def test_a_wrong_password_and_a_wrong_code_get_the_same_answer_and_a_code_counts_once(world):
    terminal = Terminal(world.office, world.root / "thief")
    code = terminal.run("code", "auditor-1").out.strip()
    wrong = terminal.run("login", "auditor-1", "--password-stdin", "--code", code, stdin="not the password\n")
    other = terminal.run("login", "auditor-1", "--password-stdin", "--code", "000000", stdin=f"{world.passwords['auditor-1']}\n")
    nobody = terminal.run("login", "nobody-9", "--password-stdin", "--code", code, stdin="not the password\n")
    assert wrong.code == other.code == nobody.code == 6
    assert wrong.err == other.err == nobody.err
    used = Terminal(world.office, world.root / "replay")
    code = used.run("code", "clerk-1").out.strip()
    first = used.run("login", "clerk-1", "--password-stdin", "--code", code, stdin=f"{world.passwords['clerk-1']}\n")
    second = used.run("login", "clerk-1", "--password-stdin", "--code", code, stdin=f"{world.passwords['clerk-1']}\n")
    assert (first.code, second.code) == (0, 6)


def test_the_session_is_a_file_of_its_owner_alone_and_an_open_one_is_refused(world):
    world["auditor-1"]
    [file] = (world.root / "of auditor-1" / "sandyq").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    refused = world["auditor-1"].run("staff", "list")
    file.chmod(0o600)
    assert refused.code == 6
    assert "600" in refused.said


def test_a_member_without_the_power_is_refused_and_that_is_on_record_with_the_systems_user(world):
    refused = world["engineer-1"].run("staff", "list")
    assert refused.code == 6
    assert "staff" in refused.said
    entries = entries_of(world)
    denied = [entry for entry in entries if entry["act"] == "door.denied"][-1]
    assert denied["actor_kind"] == "staff"
    assert denied["door"] == "cli"
    assert denied["os_user"]


def entries_of(world):
    import sqlite3

    with sqlite3.connect(world.office / "durable.db") as store:
        rows = [json.loads(body) for (body,) in store.execute("SELECT body FROM leaf ORDER BY seq")]
    store.close()
    return rows


def test_staff_are_kept_and_a_wrong_role_or_handle_is_told(world):
    admin = world["admin-1"]
    assert {row["login"] for row in admin.ok("staff", "list")} >= {"admin-1", "dpo-1", "dpo-2", "engineer-1"}
    assert admin.run("staff", "add", "clerk-9", "no_such_role").code == 5
    assert admin.run("staff", "add", "Clerk Nine", "call_centre").code == 3
    assert admin.run("staff", "add", "dpo-1", "dpo").code == 7
    assert admin.run("staff", "role", "nobody-9", "dpo").code == 5
    assert admin.run("staff", "undertaking", "dpo-1", "05.01.2026").code == 3
    assert admin.run("staff", "role", "admin-1", "dpo").code == 6  # nobody changes their own rights


def test_a_token_does_what_its_scopes_allow_and_no_more(world):
    made = world["admin-1"].ok("staff", "token", "engineer-1", "--scopes", "keys", "--days", "1")
    bearer = Terminal(world.office, world.root / "bearer", {"SANDYQ_TOKEN": made["token"]})
    assert bearer.ok("keys", "status")[0]["state"] == "current"
    assert bearer.run("backup", str(world.root / "b")).code == 6
    assert world["admin-1"].run("staff", "token", "engineer-1", "--scopes", "staff").code == 3
    assert world["admin-1"].run("staff", "token", "--site", "--scopes", "fly").code == 3
    assert Terminal(world.office, world.root / "x", {"SANDYQ_TOKEN": "sdq_wrong"}).run("keys", "status").code == 6


def test_recipients_are_kept_and_their_secrets_are_told_once(world):
    recipient = world.partner()
    listed = world["admin-1"].run("parties", "list", "--json")
    assert recipient in {row["id"] for row in listed.data}
    assert "whsec_" not in listed.out
    wrong = world["admin-1"].run("parties", "add", "X", "123456789012", "--fields", "iin", "--endpoint", "https://x.example/")
    assert wrong.code == 3
    assert world["admin-1"].run("parties", "suspend", recipient, "--reason", "bored").code == 3
    assert world["admin-1"].run("parties", "suspend", recipient, "--reason", "breach_reported").code == 0
    assert world["admin-1"].run("parties", "resume", recipient).code == 0


def test_the_log_verifies_with_its_tables_and_says_when_no_witness_spoke(world):
    alone = world.nobody.run("audit", "verify", "--state")
    assert alone.code == 0
    assert "Self-consistent only" in alone.said
    kept = world.root / "kept"
    kept.write_text(world.nobody.run("audit", "checkpoint").out)
    told = world.nobody.ok("audit", "verify", "--witness", str(kept))
    assert told["ok"]
    assert told["outside_witness"]
    assert told["witnessed"] > 0


def test_scenario_16_an_entry_altered_in_the_database_is_found_and_named(world, tmp_path):
    import sqlite3

    copy = tmp_path / "copy"
    shutil.copytree(world.office, copy)
    place = next(n for n, entry in enumerate(entries_of(world)) if entry["act"] == "staff.added")
    with sqlite3.connect(copy / "durable.db") as store:
        changed = "UPDATE leaf SET body = CAST(replace(CAST(body AS TEXT), 'staff.added', 'staff.moved') AS BLOB) WHERE seq = ?"
        store.execute(changed, (place,))
    store.close()
    found = Terminal(copy, tmp_path / "state").run("audit", "verify", "--json")
    assert found.code == 1
    assert any(problem["place"] == f"entry {place}" for problem in found.data["problems"])


def test_an_entry_is_proved_to_somebody_who_has_nothing_of_ours(world, tmp_path):
    leaf = entries_of(world)[3]["id"]
    world.nobody.ok("audit", "prove", leaf, "--out", str(tmp_path / "proved"))
    command = [
        sys.executable,
        "-I",
        "-S",
        VERIFIER,
        "proof",
        tmp_path / "proved.proof",
        "--leaf",
        tmp_path / "proved.entry",
        "--key",
        world.key,
    ]
    assert subprocess.run(command, capture_output=True).returncode == 0
    assert world.nobody.run("audit", "prove", "01k00000000000000000000000").code == 5


def test_keys_turn_and_a_backup_comes_back_only_with_every_promise(world, tmp_path):
    engineer, began = world["engineer-1"], datetime.now(UTC)
    turned = engineer.ok("keys", "rotate")
    assert turned["destroyed"] == [turned["current"] - 1]
    old = engineer.ok("backup", str(tmp_path / "backups"))["backup"]
    told = engineer.run("keys", "rotate")
    assert Path(old).name in told.err
    assert any(f"{day:%Y-%m-%d}" in told.err for day in (began, datetime.now(UTC)))  # it may be midnight
    assert "sandyq backup DIR" in told.out
    assert world.nobody.run("restore", old).code == 10
    second = engineer.ok("backup", str(tmp_path / "backups"))["backup"]
    turned = engineer.ok("keys", "rotate")
    assert [row["backup"] for row in turned["ended_backups"]] == [Path(second).name], "those that ended before are not told again"
    assert "sandyq backup DIR" in turned["remedy"]
    backup = engineer.ok("backup", str(tmp_path / "backups"))["backup"]
    assert engineer.run("backup", str(world.office / "keys")).code == 7
    assert world.nobody.run("restore", str(tmp_path / "nothing")).code == 5
    assert world.nobody.run("restore", backup, "--place-only").code == 0
    pending = world.nobody.run("work", "--once")
    assert pending.code == 10
    assert "sandyq restore" in pending.said
    assert world.nobody.ok("restore")["done"]
    assert world.nobody.run("audit", "verify", "--state").code == 0


def test_due_work_is_done_once_and_a_second_writer_is_refused_with_the_remedy(world):
    assert world.nobody.ok("work", "--once")["done"] >= 0
    env = {**os.environ, "SANDYQ_OFFICE": str(world.office), "XDG_STATE_HOME": str(world.root / "w")}
    working = subprocess.Popen([sys.executable, "-m", "sandyq.cli.main", "work"], env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert "Working" in working.stdout.readline()
        refused = world.nobody.run("work", "--once")
        assert refused.code == 7
        assert "stop it" in refused.said
        assert world.nobody.run("audit", "verify").code == 0  # who only reads is not in the way
    finally:
        working.terminate()
        assert working.wait(60) == 0


def test_a_busy_port_is_told_with_what_to_do(world):
    import socket

    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        done = world.nobody.run("serve", "--port", str(busy.getsockname()[1]))
    assert done.code == 7
    assert "--port" in done.said


def test_every_command_that_prints_data_prints_them_as_json_too():
    """`serve` says one line and then serves; `bench` hands everything on to the measuring programs."""
    without, groups = set(), [((), typer.main.get_command(app))]
    while groups:
        path, group = groups.pop()
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                groups.append(((*path, name), command))
            elif not any("--json" in option.opts for option in command.params):
                without.add(" ".join((*path, name)))
    assert without == {"serve", "bench"}


@pytest.mark.parametrize(
    "command",
    [
        ("init",), ("serve",), ("work",), ("login",), ("logout",), ("code",), ("collect",), ("backup",), ("restore",), ("demo",), ("bench",),
        ("staff",), ("staff", "add"), ("staff", "token"), ("parties", "add"), ("subject",), ("subject", "find"), ("subject", "show"),
        ("subject", "block"), ("subject", "release"), ("subject", "hold"), ("subject", "withdraw"), ("subject", "destroy"),
        ("subject", "certificate"), ("audit", "verify"), ("audit", "prove"), ("audit", "checkpoint"), ("keys", "status"), ("keys", "rotate"),
        ("calendar", "add"),
    ],
)  # fmt: skip
def test_every_command_has_help_for_a_newcomer(command):
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0
    assert "Usage: sandyq" in done.output
