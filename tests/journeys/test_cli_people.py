"""People at the command line: taken in from files, found, shown, blocked, released, destroyed; wrong input is told by row and field."""

import hashlib
import json
import subprocess
import sys

import pytest
from terminal import VERIFIER, Terminal, World, csv_of, row_of, some_people


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("people"))
    made.found()
    return made


def test_a_file_with_wrong_rows_is_told_by_row_and_field_and_nothing_of_it_is_stored(world, tmp_path):
    good, bad, short = some_people(11, 3)
    wrong = row_of(bad, iin=bad.iin[:-1] + str((int(bad.iin[-1]) + 1) % 10))
    text = csv_of(row_of(good), wrong) + ",".join(list(row_of(short).values())[:4]) + "\n"
    file = tmp_path / "people.csv"
    file.write_text(text)
    before = world.subjects()
    done = world["engineer-1"].run("collect", str(file), "--phones-confirmed", "--json")
    assert done.code == 1
    told = {row["row"]: row for row in done.data["rows"]}
    assert (told[2]["ok"], told[3]["ok"], told[4]["ok"]) == (True, False, False)
    assert [error["field"] for error in told[3]["errors"]] == ["data.iin"]
    assert told[4]["errors"][0]["code"] == "columns_differ"
    assert (done.data["taken_in"], world.subjects()) == (0, before)
    assert bad.iin not in done.out + done.err
    assert bad.surname not in done.out + done.err


def test_a_row_without_consent_is_refused_by_law_in_the_asked_language(world, tmp_path):
    person = some_people(12, 1)[0]
    file = tmp_path / "people.csv"
    file.write_text(csv_of(row_of(person, consents="")))
    done = world["engineer-1"].run("--language", "ru", "collect", str(file))
    assert done.code == 1
    assert "5.3" in done.out
    assert "согл" in done.out.lower()


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("people.csv", b"", 4, "columns"),
        ("people.csv", b"iin,iin\n1,2\n", 4, "twice"),
        ("people.txt", b"iin\n1\n", 4, ".jsonl"),
        ("people.csv", "iin,surname\n1,А\n".encode("utf-16"), 4, "UTF-16"),
        ("people.csv", b"iin,shoe_size\n1,43\n", 1, "shoe_size"),
        ("people.csv", b'iin,surname\n"1,2\n', 1, "quotes"),
        ("people.csv", "iin,surname\n1,Әсел\n".encode()[:-3] + b"\xff\xfe\n", 1, "utf-8"),
        ("people.csv", b"iin,surname\n1," + b"x" * 200_000 + b"\n", 1, "100000"),
        ("people.jsonl", b'{"surname": "' + b"x" * 200_000 + b'"}\n', 1, "100000"),
        ("people.csv", b"iin,surname\n1,\x00\x01\n", 1, "row 2"),
        ("people.jsonl", b'{"iin": 1\n[1]\n{"iin": {"a": 1}}\n', 1, "json"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_place(world, tmp_path, name, content, code, said):
    file = tmp_path / name
    file.write_bytes(content)
    before = world.subjects()
    done = world["engineer-1"].run("collect", str(file))
    assert done.code == code
    assert said.lower() in done.said.lower()
    assert world.subjects() == before


def test_a_file_over_the_bound_is_refused_unread(world, tmp_path):
    file = tmp_path / "people.csv"
    with file.open("wb") as made:
        made.write(b"iin\n1\n")
        made.truncate(513 * 1024 * 1024)  # a hole: it takes no room
    done = world["engineer-1"].run("collect", str(file))
    assert done.code == 4
    assert "Split it" in done.said


def test_a_missing_file_and_a_missing_encoding_are_told(world, tmp_path):
    assert world["engineer-1"].run("collect", str(tmp_path / "no.csv")).code == 4
    file = tmp_path / "people.csv"
    file.write_text("iin\n1\n")
    assert world["engineer-1"].run("collect", str(file), "--encoding", "klingon").code == 4
    assert world["engineer-1"].run("collect", str(file), "--via", "pigeon").code == 3


def test_a_dry_run_stores_nothing_and_the_same_file_is_then_taken_in_row_by_row(world, tmp_path):
    one, two = some_people(13, 2)
    file = tmp_path / "people.jsonl"
    file.write_text("\n".join(json.dumps(row_of(person), ensure_ascii=False) for person in (one, two)))
    before = world.subjects()
    tried = world["engineer-1"].ok("collect", str(file), "--phones-confirmed", "--dry-run")
    assert ([row["ok"] for row in tried["rows"]], tried["taken_in"], world.subjects()) == ([True, True], 0, before)
    done = world["engineer-1"].ok("collect", str(file), "--phones-confirmed")
    assert (done["taken_in"], world.subjects()) == (2, before + 2)
    assert all(row["submission"] for row in done["rows"])


def test_a_file_in_another_encoding_is_read_when_it_is_named(world, tmp_path):
    person = some_people(14, 1)[0]
    file = tmp_path / "people.csv"
    row = row_of(person, surname="Петров", first_name="Иван", city="Алматы")
    file.write_bytes(csv_of(row).replace(",", ";").encode("cp1251"))
    assert world["engineer-1"].run("collect", str(file)).code == 1
    assert world["engineer-1"].ok("collect", str(file), "--encoding", "cp1251", "--dry-run")["rows"][0]["ok"]


@pytest.fixture(scope="module")
def person(world, tmp_path_factory):
    found = some_people(15, 1)[0]
    file = tmp_path_factory.mktemp("one") / "people.csv"
    file.write_text(csv_of(row_of(found)))
    world["engineer-1"].ok("collect", str(file), "--phones-confirmed")
    return found


@pytest.fixture(scope="module")
def subject(world, person):
    return world["clerk-1"].ok("subject", "find", "iin", stdin=person.iin)["hits"][0]["subject"]


def test_a_person_is_found_by_what_is_read_from_standard_input_and_shown_masked(world, person, subject):
    hits = world["dpo-1"].ok("subject", "find", "name", stdin=f"{person.surname}\n{person.born.year}\n")["hits"]
    assert [hit["subject"] for hit in hits] == [subject]
    shown = world["clerk-1"].run("subject", "show", subject, "--json")
    assert shown.code == 0
    assert person.iin not in shown.out
    categories = {item["category"] for item in shown.data["items"]}
    assert categories <= {"6.2.1", "6.2.7"}
    assert world["clerk-1"].run("subject", "find", "iin", stdin="123").code == 3


def test_scenario_16_a_look_without_the_power_or_for_a_wrong_purpose_is_refused(world, subject):
    assert world["auditor-1"].run("subject", "show", subject).code == 6
    refused = world["clerk-1"].run("subject", "show", subject, "--purpose", "labour", "--json")
    assert refused.code == 1
    assert {reason["clause"] for reason in refused.data["reasons"]}


def test_the_law_is_asked_about_a_person_and_the_answer_is_on_record(world, subject):
    permitted = world["dpo-1"].ok("decide", "--subject", subject, "--operation", "use", "--fields", "surname")
    assert (permitted["permitted"], permitted["fields"]) == (True, ["surname"])
    refused = world["dpo-1"].run("decide", "--subject", subject, "--operation", "use", "--purpose", "marketing", "--explain")
    assert refused.code == 1
    assert "3.8" in refused.out
    assert "On record as decision" in refused.out
    assert world["clerk-1"].run("decide", "--subject", subject).code == 6


def test_scenario_8_a_block_stops_use_until_two_people_release_it(world, subject):
    dpo, second = world["dpo-1"], world["dpo-2"]
    blocked = dpo.ok("subject", "block", subject, "--reason", "violation_claimed", "--document", "new")
    refused = world["clerk-1"].run("subject", "show", subject, "--json")
    assert refused.code == 1
    assert "2.2" in {reason["clause"] for reason in refused.data["reasons"]}
    paper = blocked["document"]
    proposed = dpo.ok(
        "subject", "release", subject, "--state", blocked["target"], "--reason", "violation_not_confirmed", "--document", paper
    )
    assert proposed["waiting_for"] == "second_person"
    alone = dpo.run("subject", "release", subject, "--confirm", proposed["target"], "--document", paper)
    assert alone.code in {6, 7}
    second.ok("subject", "release", subject, "--confirm", proposed["target"], "--document", paper)
    assert world["clerk-1"].run("subject", "show", subject).code == 0


def test_what_stands_over_a_person_is_listed_with_the_ids_that_end_it(world, subject):
    dpo = world["dpo-1"]
    held = dpo.ok("subject", "hold", subject, "--reason", "court_act", "--document", "new", "--until", "2099-12-31")
    assert dpo.run("subject", "hold", subject, "--reason", "court_act", "--document", "new", "--until", "2020-01-01").code == 3
    (row,) = [row for row in dpo.ok("subject", "standing", subject) if row["id"] == held["target"]]
    assert (row["kind"], row["until"], row["overdue"], row["proposal"]) == ("hold", "2099-12-31", False, None)
    ended = ("subject", "hold", subject, "--state", held["target"], "--reason", "proceeding_ended", "--document", "new")
    proposal = dpo.ok(*ended)["target"]
    assert [row["proposal"] for row in dpo.ok("subject", "standing") if row["id"] == held["target"]] == [proposal]
    world["dpo-2"].ok("subject", "hold", subject, "--confirm", proposal, "--document", "new")
    assert held["target"] not in {row["id"] for row in dpo.ok("subject", "standing", subject)}


def test_a_name_is_corrected_on_a_document_that_is_on_file(world, subject, tmp_path):
    values = tmp_path / "values.json"
    values.write_text('{"patronymic": "Серікқызы"}')
    refused = world["dpo-1"].run("subject", "rectify", subject, "--values", str(values))
    assert refused.code == 1
    proof = world["dpo-1"].ok("subject", "document", subject, "--kind", "proof", "--number", "certificate 7")["document"]
    done = world["dpo-1"].ok("subject", "rectify", subject, "--values", str(values), "--document", proof)
    assert (done["fields"], done["kept"]) == (["patronymic"], [])
    again = world["dpo-1"].run("subject", "rectify", subject, "--values", "-", "--document", proof, stdin='{"patronymic": "Серікқызы"}')
    assert again.code == 0
    assert "all stood so already" in again.said
    assert "Серікқызы" not in again.said + refused.said


def test_scenario_15_an_employee_with_the_iin_of_a_client_is_found_by_the_personnel_department_alone(world, person, subject, tmp_path):
    values = tmp_path / "new.json"
    new = {"iin": person.iin, "surname": person.surname, "first_name": person.first_name, "position": "Есепші"}
    values.write_text(json.dumps(new, ensure_ascii=False))
    given = ["--role", "employee", "--ground", "labour=9(2-1): Labour Code art. 28", "--started", "2026-03-02", "--paper", "contract 12"]
    assert world["clerk-1"].run("personnel", "add", str(values), *given).code != 0
    made = world["hr-1"].ok("personnel", "add", str(values), *given, "--identity-seen")
    assert [hit["subject"] for hit in world["hr-1"].ok("personnel", "find", "iin", stdin=person.iin)["hits"]] == [made["subject"]]
    assert [hit["subject"] for hit in world["clerk-1"].ok("subject", "find", "iin", stdin=person.iin)["hits"]] == [subject]
    assert world["clerk-1"].run("personnel", "find", "iin", stdin=person.iin).code != 0
    shown = world["hr-1"].ok("personnel", "show", made["subject"])
    assert (shown["role"], shown["since"], shown["until"]) == ("employee", "2026-03-02", None)
    assert world["hr-1"].ok("personnel", "end", made["subject"], "--on", "2026-03-19")["ended"] == "2026-03-19"


def test_a_wrong_order_names_what_would_have_been_right(world, subject):
    dpo = world["dpo-1"]
    wrong = dpo.run("subject", "block", subject, "--reason", "bored", "--document", "new")
    assert wrong.code == 3
    assert "violation_claimed" in wrong.said
    assert dpo.run("subject", "block", subject, "--reason", "violation_claimed", "--document", "letter 5").code == 3
    assert dpo.run("subject", "release", subject, "--document", "new").code == 2
    assert dpo.run("subject", "withdraw", subject, "--document", "new").code == 2
    assert dpo.run("subject", "block", "01k00000000000000000000000", "--reason", "violation_claimed", "--document", "new").code == 5


def test_scenario_10_consents_are_withdrawn_data_destroyed_and_the_certificate_verifies_offline(world, subject, person, tmp_path):
    dpo = world["dpo-1"]
    consents = dpo.ok("subject", "consents", subject)
    assert {row["language"] for row in consents} == {person.language}
    assert all(len(row["sha256"]) == 64 for row in consents)
    dpo.ok("subject", "withdraw", subject, "--all", "--document", "new")
    done = dpo.ok("subject", "destroy", subject, "--reason", "withdrawn", "--document", "new", "--yes")
    plan = done["destruction"]
    assert (plan["next"], bool(plan["deleted_at"]), bool(plan["certificate"])) == ("", True, True)
    paper, pdf = tmp_path / "certificate.json", tmp_path / "certificate.pdf"
    dpo.ok("--language", "kk", "subject", "certificate", subject, plan["plan"], "--out", str(paper), "--pdf", str(pdf))
    command = [sys.executable, "-I", "-S", VERIFIER, "certificate", paper, "--key", world.key]
    assert subprocess.run(command, capture_output=True).returncode == 0
    assert pdf.read_bytes().startswith(b"%PDF-")
    forged = json.loads(paper.read_text())
    forged["body"]["deleted_at"] = "2020-01-01T00:00:00Z"
    paper.write_text(json.dumps(forged))
    assert subprocess.run(command, capture_output=True).returncode == 1
    assert world["clerk-1"].ok("subject", "find", "iin", stdin=person.iin)["hits"] == []
    assert world["dpo-1"].run("subject", "show", subject).code in {1, 5}
    for file in world.office.rglob("*"):
        if file.is_file():
            assert person.iin.encode() not in file.read_bytes()
    assert world.nobody.run("audit", "verify", "--state").code == 0


def test_scenario_18_a_new_decree_moves_the_open_clocks_and_each_is_logged(world, tmp_path):
    """A duty of one working day received on 31.12.2024 ends on Sunday 05.01.2025, a decreed working day, until another decree takes that away."""
    recipient = world.partner()  # it does not answer, so what it is told stays open
    person = some_people(16, 1)[0]
    file = tmp_path / "people.csv"
    file.write_text(csv_of(row_of(person, consents=f"collection service recipient.{recipient}")))
    world["engineer-1"].ok("collect", str(file), "--phones-confirmed")
    world.nobody.ok("work", "--once")
    subject = world["dpo-1"].ok("subject", "find", "iin", stdin=person.iin)["hits"][0]["subject"]
    [lead] = world["dpo-1"].ok("subject", "transfers", subject)
    assert lead["state"] == "sending"
    ordered = world["dpo-1"].ok(
        "subject", "block", subject, "--reason", "violation_claimed", "--document", "new", "--received", "2024-12-31"
    )
    assert (ordered["due"], len(ordered["told"])) == ("2025-01-05", 1)
    no_citation = world["admin-1"].run("calendar", "add", "2025-01-05", "day_off", "--citation", " ")
    assert no_citation.code == 3
    moved = world["admin-1"].ok("calendar", "add", "2025-01-05", "day_off", "--citation", "Made-up decree No. 1 of 2025")
    assert [(row["request"], row["before"], row["after"]) for row in moved["moved"]] == [(ordered["request"], "2025-01-05", "2025-01-06")]
    again = world["admin-1"].ok("calendar", "add", "2025-01-06", "day_off", "--citation", "Made-up decree No. 2 of 2025")
    assert [row["before"] for row in again["moved"]] == ["2025-01-06"]
    assert world["engineer-1"].run("calendar", "add", "2025-01-08", "day_off", "--citation", "x").code == 6
    import sqlite3

    with sqlite3.connect(world.office / "durable.db") as store:
        acts = [json.loads(body)["act"] for (body,) in store.execute("SELECT body FROM leaf")]
        due = store.execute("SELECT due FROM request WHERE request_id = ?", (ordered["request"],)).fetchone()[0]
    store.close()
    assert (acts.count("calendar.changed"), acts.count("deadline.moved")) == (2, 2)
    assert due == again["moved"][0]["after"]


def test_what_a_person_wants_not_to_be_done_is_asked_before_it_is_done(world, tmp_path):
    done = Terminal(world.office, world.root / "of dpo-1").run(
        "subject", "destroy", "01k00000000000000000000000", "--document", "new", stdin="n\n"
    )
    assert done.code == 1
    assert "cannot be undone" in done.said.lower()


def test_an_answer_on_access_is_written_where_it_was_asked_for_and_readable_by_its_owner_alone(world, tmp_path):
    person = some_people(41, 1)[0]
    file = tmp_path / "people.csv"
    file.write_text(csv_of(row_of(person)))
    world["engineer-1"].ok("collect", str(file), "--phones-confirmed")
    [hit] = world["dpo-1"].ok("subject", "find", "iin", stdin=person.iin)["hits"]
    out = tmp_path / "answer.json"
    told = world["dpo-1"].ok("subject", "access", hit["subject"], "--document", "new", "--out", str(out), stdin="request 7\n")
    assert out.stat().st_mode & 0o777 == 0o600
    assert hashlib.sha256(out.read_bytes()).hexdigest() == told["digest"]
    read = json.loads(out.read_text())
    assert (read["format"], read["full"], len(read["people"])) == ("sandyq-access/1", False, 1)
    assert person.iin not in out.read_text()
    again = world["dpo-1"].run("subject", "access", hit["subject"], "--document", told["document"], "--out", str(out))
    assert again.code == 2
    assert hashlib.sha256(out.read_bytes()).hexdigest() == told["digest"]
    printed = world["dpo-1"].run("subject", "access", hit["subject"], "--document", told["document"], "--out", "-")
    assert json.loads(printed.out)["people"][0]["person"]["subject"] == hit["subject"]
    unknown = world["dpo-1"].run("subject", "access", hit["subject"], "--document", hit["subject"], "--out", "-")
    assert unknown.code != 0
    assert "no such request" in unknown.said.lower()
