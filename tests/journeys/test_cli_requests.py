"""The rights desk at the command line: opened, listed, decided by two, answered; what a person wrote never stands on the command line."""

import json

import pytest
from terminal import World, csv_of, row_of, some_people


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("requests"))
    made.found()
    return made


@pytest.fixture(scope="module")
def subject(world):
    person = some_people(41, 1)[0]
    file = world.root / "people.csv"
    file.write_text(csv_of(row_of(person)))
    world["engineer-1"].ok("collect", str(file), "--phones-confirmed")
    [hit] = world["dpo-1"].ok("subject", "find", "iin", stdin=person.iin)["hits"]
    return hit["subject"]


def test_an_access_request_goes_from_receipt_to_answer(world, subject):
    desk = world["dpo-1"]
    made = desk.ok("request", "open", "access", "--about", subject, "--level", "4", "--received", "2026-03-19")
    assert (made["state"], made["due"]) == ("open", "2026-03-27")
    number = made["number"]
    assert number in desk.run("request", "list").out
    shown = desk.run("request", "show", number)
    assert "2026-03-22" in shown.out
    assert "not counted" in shown.out
    assert desk.ok("request", "suggest", number)["outcome"] == "granted"
    assert desk.ok("request", "decide", number, "--all")["outcome"] == "granted"
    entry = desk.ok("request", "answer", number)["entry"]
    after = desk.ok("request", "show", number)
    assert (after["state"], after["answer"]) == ("answered", entry)
    assert after["clocks"][0]["state"] == "missed", "it was due long ago"
    assert next(event["act"] for event in desk.ok("request", "show", number, "--events")) == "opened"


def test_what_a_person_wrote_comes_from_a_file_and_opens_by_itself(world, subject):
    desk = world["dpo-1"]
    said = json.dumps({"text": "Менің тегім өзгерді", "surname": "Жаңабекова"}, ensure_ascii=False)
    made = desk.ok("request", "open", "rectify", "--about", subject, "--level", "4", "--written", "-", stdin=said)
    assert [(part["what"], part["target"]) for part in made["parts"]] == [("field", "surname")]
    assert "Жаңабекова" not in json.dumps(made, ensure_ascii=False)
    assert desk.ok("request", "show", made["id"], "--text")["part_1"] == "Жаңабекова"
    assert desk.ok("request", "documents", made["id"], "--want", "proof_of_value")["state"] == "wanting_documents"
    paper = desk.ok("subject", "document", subject, "--kind", "proof", "--number", "AA 12345")["document"]
    assert desk.ok("request", "documents", made["id"], "--document", paper)["state"] == "open"
    assert desk.ok("request", "decide", made["id"], "--grant", "1")["outcome"] == "granted"


def test_two_members_lift_a_block(world, subject):
    one, two = world["dpo-1"], world["dpo-2"]
    blocked = one.ok("request", "open", "block", "--about", subject, "--level", "4")
    assert blocked["outcome"] == "granted"
    made = one.ok("request", "open", "unblock", "--about", subject, "--level", "4")
    assert one.ok("request", "decide", made["id"], "--all")["waits_for"] == "second_person"
    alone = one.run("request", "confirm", made["id"])
    assert alone.code != 0
    assert "another member" in alone.said
    day = two.ok("request", "today")
    assert [line["id"] for line in day["waiting_second"]] == [made["id"]]
    assert day["reminders"] == [], "nobody was reminded of anything yet"
    assert two.ok("request", "confirm", made["id"])["outcome"] == "granted"


def test_a_stranger_is_answered_for_want_of_proof_and_a_refusal_names_its_limb(world, subject):
    desk = world["dpo-1"]
    made = desk.ok("request", "open", "destroy", "--channel", "paper")
    assert (made["state"], made["about"]) == ("identifying", "")
    assert desk.ok("request", "identify", made["id"], "--failed")["state"] == "not_identified"
    assert desk.ok("request", "identify", made["id"], "--about", subject, "--level", "4")["state"] == "open"
    wrong = desk.run("request", "decide", made["id"], "--refuse", "1", "--reason", "because")
    assert wrong.code != 0
    assert "violation_not_confirmed" in wrong.said
    refused = desk.ok("request", "decide", made["id"], "--refuse", "1", "--reason", "violation_not_confirmed")
    assert (refused["parts"][0]["clause"], refused["parts"][0]["article"]) == ("4.1.4", "94-V art. 25(2)(8)")


def test_a_decree_entered_into_the_calendar_moves_open_requests_and_says_which(world, subject):
    desk = world["dpo-1"]
    made = desk.ok("request", "open", "complaint", "--about", subject, "--level", "4", "--want", "claim=moral")
    due = made["due"]
    entered = desk.ok("calendar", "add", due, "day_off", "--citation", "Resolution No. 1, made up")
    [moved] = [row for row in entered["moved"] if row["request"] == made["id"]]
    assert (moved["before"], moved["kind"]) == (due, "consumer-complaint")
    assert moved["after"] > due
    assert desk.ok("request", "show", made["id"])["due"] == moved["after"]


def test_a_clerk_without_the_power_is_refused_and_every_other_act_is_there(world, subject):
    assert world["clerk-1"].run("request", "list").code != 0
    desk = world["dpo-1"]
    me = desk.ok("staff", "list")
    people = {row["login"]: row["id"] for row in me} if isinstance(me, list) else {}
    first = desk.ok("request", "open", "access", "--about", subject, "--level", "4")
    second = desk.ok("request", "open", "access", "--about", subject, "--level", "4")
    if people:
        desk.ok("request", "assign", first["id"], "--member", people["dpo-1"])
        days = ("--since", "2026-01-01", "--until", "2030-12-31")
        desk.ok("request", "deputy", "--member", people["dpo-1"], "--deputy", people["dpo-2"], *days)
        assert desk.ok("request", "show", first["id"])["deputy"] == people["dpo-2"]
    assert desk.ok("request", "retract", second["id"], "--duplicate-of", first["id"])["state"] == "duplicate"
    assert desk.ok("request", "reopen", second["id"], "--why", "not_meant")["state"] == "open"
    assert desk.ok("request", "retract", second["id"])["state"] == "retracted"
    rows = desk.ok("request", "statistics", "--since", "2026-01-01", "--until", "2030-12-31")
    assert {row["kind"] for row in rows} >= {"access"}


def test_whoever_shows_a_document_is_found_by_the_iin_on_it(world, subject):
    desk, person = world["dpo-1"], some_people(41, 1)[0]
    made = desk.ok("request", "open", "access", "--channel", "paper")
    found = desk.ok("request", "identify", made["id"], "--document", "identity_card", "--iin", stdin=person.iin)
    assert (found["state"], found["about"]) == ("open", subject)


def test_the_evidence_of_a_complaint_is_packed_by_the_second_member_and_holds_outside(world, subject):
    one, two = world["dpo-1"], world["dpo-2"]
    made = one.ok("request", "open", "complaint", "--about", subject, "--level", "4", "--want", "claim=moral")
    paper = one.ok("subject", "document", subject, "--kind", "court_act", "--number", "ruling 5")["document"]
    one.ok("request", "evidence", made["number"], "--ask", "--document", paper)
    one.run("audit", "checkpoint", "--publish")
    file = world.root / "evidence.zip"
    assert one.run("request", "evidence", made["number"], "--out", str(file)).code != 0
    told = two.ok("request", "evidence", made["number"], "--out", str(file))
    assert told["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
