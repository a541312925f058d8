"""Paper, courier and telephone entered by staff, over the API and at the command line; what became of letters (policy 3.10)."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from terminal import World

from api_caller import Served, serving
from office import House
from sandyq import correspondence
from sandyq.correspondence import Channel, Notice

PDF = b"%PDF-1.7\n made up scan\n"
PAPER = {"channel": "paper", "sender": "Үлгі Сыналова", "text": "Деректерімді бұғаттаңыз", "number": "14", "dated": "2026-03-17"}


@pytest.fixture
def api(office: House) -> Iterator[Served]:
    with serving(office) as made:
        yield made


def enter(api: Served, body: dict[str, object] = PAPER, **more: object) -> dict[str, object]:
    answer = api.dpo.http.post("/correspondence", json=body, **more)
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


def test_a_paper_with_its_scan_is_entered_listed_and_read(api: Served) -> None:
    files = {"entry": (None, json.dumps(PAPER), "application/json"), "file.letter.pdf": ("letter.pdf", PDF, "application/pdf")}
    answer = api.dpo.http.post("/correspondence", files=files)
    assert answer.status_code == 201, answer.text
    entry = answer.json()
    assert (entry["channel"], entry["attached"], entry["next"], entry["language"]) == ("paper", 1, "look_at_it", "kk")
    page = api.dpo.get("/correspondence", params={"since": "2026-03-19", "until": "2026-03-19", "direction": "in"}).json()
    assert page["entries"] == [entry]
    read = api.dpo.get(f"/correspondence/{entry['id']}").json()
    assert read["values"]["paper_number"] == "14"
    assert read["suggests"] == "block"
    scan = api.dpo.get(f"/correspondence/{entry['id']}/scans/{read['scans'][0]['id']}")
    assert (scan.content, scan.headers["content-type"]) == (PDF, "application/pdf")


def test_the_same_key_enters_one_paper_and_leaves_no_scan_behind(api: Served) -> None:
    files = {"entry": (None, json.dumps(PAPER), "application/json"), "file.letter.pdf": ("letter.pdf", PDF, "application/pdf")}
    made = [api.dpo.http.post("/correspondence", files=files, headers={"idempotency-key": "p1"}).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    assert len(list(api.house.settings.media_dir.iterdir())) == 1


def test_a_scan_of_another_kind_is_refused_and_nothing_stored(api: Served) -> None:
    files = {"entry": (None, json.dumps(PAPER), "application/json"), "file.x": ("x.exe", b"MZ\0\0 made up", "application/pdf")}
    assert api.dpo.http.post("/correspondence", files=files).status_code == 422
    assert api.dpo.get("/correspondence").json()["entries"] == []
    assert list(api.house.settings.media_dir.iterdir()) == []


def test_all_faults_come_at_once(api: Served) -> None:
    answer = api.dpo.post("/correspondence", {"channel": "paper", "dated": "2030-01-01", "received_at": "2030-01-01T10:00:00Z"})
    assert [e["path"] for e in answer.json()["errors"]] == ["received_at", "dated", "text"]


def test_without_the_power_nothing_is_entered_or_read(api: Served) -> None:
    assert api.clerk.post("/correspondence", PAPER).status_code == 403
    assert api.anybody.get("/correspondence").status_code == 401


def test_a_power_without_a_grant_lists_and_does_not_read(api: Served) -> None:
    from api_caller import STAFF_POWERS, Power

    entry = enter(api)
    STAFF_POWERS["reader"] = (Power.JOURNAL,)
    reader = api.staff(api.house.clerk, "reader")
    assert len(reader.get("/correspondence").json()["entries"]) == 1
    refused = reader.get(f"/correspondence/{entry['id']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "refused")


def test_what_became_of_a_mail_is_noted_in_its_order(api: Served) -> None:
    entry = enter(api)
    notice = Notice(subject=str(entry["subject"]), kind="received", language="kk", title="№ 1", text="x")
    house = api.house
    sent = house.do(lambda work: correspondence.notify(work, house.office.gate, notice))
    assert sent is not None
    posted = api.dpo.post(f"/correspondence/{sent.id}/events", {"what": "posted", "note": "KZ1"})
    assert (posted.status_code, posted.json()["code"]) == (409, "entry_not_on_paper")
    assert api.dpo.post(f"/correspondence/{sent.id}/events", {"what": "delivered", "note": "қолы"}).status_code == 422
    done = api.dpo.post(f"/correspondence/{sent.id}/events", {"what": "delivered", "on": "2026-03-19", "note": "қолы"})
    assert done.json()["state"] == "delivered"
    assert api.dpo.post(f"/correspondence/{entry['id']}/events", {"what": "registered"}).json()["state"] == "registered"


def test_words_and_days_of_the_query_are_checked(api: Served) -> None:
    for query in ({"since": "x"}, {"direction": "up"}, {"state": "lost"}, {"after": "1"}):
        assert api.dpo.get("/correspondence", params=query).status_code == 422, query


# --- at the command line -------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("letters"))
    made.found()
    return made


def test_at_the_command_line_a_paper_is_entered_shown_and_made_a_request(world: World, tmp_path: object) -> None:
    dpo = world["dpo-1"]
    scan = world.root / "letter.pdf"
    scan.write_bytes(PDF)
    given = "Үлгі Сыналова\nДеректерімді бұғаттаңыз.\n"
    entry = dpo.ok("mail", "enter", "paper", "--number", "14", "--scan", str(scan), stdin=given)
    assert (entry["channel"], entry["attached"]) == ("paper", 1)
    assert [e["number"] for e in dpo.ok("mail", "list", "--waiting")] == [entry["number"]]
    shown = dpo.ok("mail", "show", entry["number"])
    assert (shown["values"]["sender"], shown["suggests"]) == ("Үлгі Сыналова", "block")
    made = dpo.ok("mail", "open", entry["number"], "--kind", "block")
    assert (made["kind"], made["state"]) == ("block", "identifying")
    assert dpo.ok("mail", "list", "--waiting") == []
    again = dpo.run("mail", "open", entry["number"])
    assert (again.code, "request already" in again.said) == (7, True)
    second = dpo.ok("mail", "open", entry["number"], "--kind", "access", "--another")
    assert (second["kind"], second["number"] != made["number"]) == ("access", True), "two wishes in one letter are two requests"
    listed = dpo.run("mail", "list")
    assert "Сыналова" not in listed.out


def test_at_the_command_line_a_member_says_what_a_letter_asks(world: World) -> None:
    dpo = world["dpo-1"]
    entry = dpo.ok("mail", "enter", "paper", "--number", "15", stdin="Үлгі Сыналова\nСәлем\n")
    made = dpo.ok("mail", "open", entry["number"])
    shown = dpo.ok("request", "show", made["number"])
    assert {"block", "access", "withdraw"} <= set(shown["plausible"])
    assert "Nobody has said" in dpo.run("request", "show", made["number"]).out
    said = dpo.ok("request", "rekind", made["number"], "withdraw")
    assert (said["kind"], said["plausible"], [clock["duty"] for clock in said["clocks"]]) == ("withdraw", [], ["withdrawal-stop"])
    assert "rekinded" in [event["act"] for event in dpo.ok("request", "show", made["number"], "--events")]


def test_at_the_command_line_a_members_address_is_noted_and_not_shown(world: World) -> None:
    admin = world["admin-1"]
    assert admin.ok("staff", "address", "dpo-1", stdin="responsible@office.example\n") == {"login": "dpo-1", "address": True}
    assert "office.example" not in admin.run("staff", "list").out
    wrong = admin.run("staff", "address", "dpo-1", stdin="no address\n")
    assert wrong.code != 0


def test_at_the_command_line_a_call_needs_nothing_but_what_was_said(world: World) -> None:
    entry = world["dpo-1"].ok("mail", "enter", "phone", stdin="\nМенің деректерім туралы\n")
    done = world["dpo-1"].ok("mail", "done", entry["number"])
    assert (entry["next"], done["state"]) == ("look_at_it", "registered")


def test_the_mail_servers_of_an_office_are_tried(world: World) -> None:
    assert world["dpo-1"].ok("mail", "test") == {"smtp": "ok", "imap": "ok"}
    assert world["dpo-1"].ok("mail", "look") == {"taken": 0, "left": 0}
    silent = {"SANDYQ_SMTP_HOST": "127.0.0.1", "SANDYQ_SMTP_PORT": "9", "SANDYQ_SMTP_TLS": "none", "SANDYQ_MAIL_FROM": "o@example.kz"}
    world["dpo-1"].env.update(silent)
    try:
        done = world["dpo-1"].run("mail", "test", "--json")
    finally:
        for name in silent:
            world["dpo-1"].env.pop(name)
    assert (done.code, done.data) == (1, {"smtp": "unreachable", "imap": "ok"})


def test_an_unknown_number_and_a_member_without_the_power_are_told(world: World) -> None:
    assert world["dpo-1"].run("mail", "show", "20260319-AAAAA").code != 0
    assert world["engineer-1"].run("mail", "list").code != 0


def test_a_channel_that_staff_do_not_enter_is_refused(world: World) -> None:
    assert world["dpo-1"].run("mail", "enter", Channel.MAIL.value, stdin="x\ny").code != 0


# --- what became of letters on paper, found and filed ------------------------------------------------------------------------------------------


def issued(house: House, subject: str) -> str:
    """A letter to be printed for the post."""
    from sandyq.correspondence import Outgoing
    from sandyq.letters import samples

    number = house.look(lambda work: work.new_id())[-5:].upper()
    body = replace(samples.letters("short")["complaint"], number=f"20260319-{number}")
    new = Outgoing(
        subject=subject, case="", body=body.to_json(), kind=body.template, language="kk", channels=(Channel.PAPER,), addressee=("А. Ә.",)
    )
    return house.do(lambda work: correspondence.issue(work, house.office.gate, new)).id


def test_a_waybill_a_receipt_and_a_returned_letter_are_entered_read_and_found_over_the_api(api: Served) -> None:
    subject = str(enter(api)["subject"])
    first, second = (issued(api.house, subject) for _ in range(2))
    events = f"/correspondence/{first}/events"
    assert api.dpo.post(events, {"what": "posted", "on": "2026-03-19", "note": "KZ 123 456 789"}).json()["state"] == "sent"
    receipt = {
        "entry": (None, json.dumps({"what": "delivered", "on": "2026-03-19", "note": "Үлгі қол қойды"}), "application/json"),
        "file.receipt.pdf": ("receipt.pdf", PDF, "application/pdf"),
    }
    assert api.dpo.http.post(events, files=receipt).json()["state"] == "delivered"
    read = api.dpo.get(f"/correspondence/{first}").json()
    assert {e["state"]: e["note"] for e in read["events"]} == {"sent": "KZ 123 456 789", "delivered": "Үлгі қол қойды"}
    [scan] = [scan for e in read["events"] for scan in e["scans"]]
    got = api.dpo.get(f"/correspondence/{first}/scans/{scan['id']}")
    assert (scan["name"], got.content) == ("receipt.pdf", PDF)

    back = {"what": "returned", "on": "2026-03-19", "reason": "not_collected", "note": "RR 2"}
    assert api.dpo.post(f"/correspondence/{second}/events", {"what": "posted", "note": "RR 2"}).status_code == 200
    assert api.dpo.post(f"/correspondence/{second}/events", back).json()["next"] == "find_another_way"

    def found(number: str) -> list[str]:
        return [e["id"] for e in api.dpo.post("/correspondence/find", {"number": number}).json()["entries"]]

    assert found("kz123-456-789") == [first]  # however it is spaced
    assert found("RR 2") == [second]
    assert found("№ 14") == [read_number(api, "14")]
    assert found(read["entry"]["number"]) == [first]
    assert found("nothing") == []
    assert api.clerk.post("/correspondence/find", {"number": "14"}).status_code == 403
    assert any(e["act"] == "use.found" and e["object"] == first for e in api.entries())


def read_number(api: Served, number: str) -> str:
    """The entry whose paper bears a number, by reading each."""
    entries = api.dpo.get("/correspondence", params={"direction": "in"}).json()["entries"]
    return next(e["id"] for e in entries if api.dpo.get(f"/correspondence/{e['id']}").json()["values"].get("paper_number") == number)


@pytest.mark.parametrize(("language", "head"), [("kk", "тіркеу нөмірі"), ("ru", "регистрационный номер"), ("en", "registration number")])
def test_the_journal_of_a_period_is_a_table_without_anything_of_who_wrote_and_the_export_is_on_record(
    api: Served, language: str, head: str
) -> None:
    import csv

    entry = enter(api, PAPER | {"sender": "Үлгі Сыналова", "waybill": "KZ 7"})
    letter = issued(api.house, str(entry["subject"]))
    api.dpo.post(f"/correspondence/{letter}/events", {"what": "posted", "note": "KZ 8"})
    api.dpo.post(f"/correspondence/{letter}/events", {"what": "returned", "on": "2026-03-19", "reason": "addressee_gone"})
    answer = api.dpo.http.get("/correspondence/register.csv", params={"since": "2026-03-19"}, headers={"accept-language": language})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert entry["number"] in {row[head] for row in rows}
    assert [next(iter(row.values())) for row in rows] == ["1", "2"]
    assert all(len(row) == 11 and None not in row for row in rows)
    assert not any(secret in answer.text for secret in ("Сыналова", "KZ 7", "KZ 8", "А. Ә.", str(entry["subject"]), entry["id"]))
    assert [(e["act"], e["count"]) for e in api.entries() if e["act"] == "use.exported"] == [("use.exported", 2)]
    assert api.clerk.get("/correspondence/register.csv").status_code == 403


def test_at_the_command_line_a_waybill_is_found_and_the_journal_printed(world: World) -> None:
    entry = world["dpo-1"].ok("mail", "enter", "courier", "--waybill", "KZ 55", stdin="Үлгі\nДеректерім туралы\n")
    assert [e["number"] for e in world["dpo-1"].ok("mail", "find", stdin="kz-55\n")] == [entry["number"]]
    printed = world["dpo-1"].run("mail", "register", "--language", "ru")
    assert printed.code == 0
    assert entry["number"] in printed.out
    assert "курьер" in printed.out
    assert "Үлгі" not in printed.out
