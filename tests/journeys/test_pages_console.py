"""The staff's way in a real browser without scripts: find, open, block, two people to release, withdraw, destroy; the person's certificate (scenarios 3, 4, 10)."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from console_clerk import Clerk
from page_visits import DESK, NEEDS_BROWSER, Visits, at_work, press
from playwright.sync_api import Browser, Page

from office import sample
from sandyq import audit, block, collect, destroy
from sandyq.app import SYSTEM
from sandyq.audit import history
from sandyq.register import index, subjects
from sandyq.sample.people import Person

pytestmark = NEEDS_BROWSER
VERIFIER = Path(__file__).parents[2] / "verifier" / "sandyq_verify.py"


@pytest.fixture
def visits(tmp_path: Path) -> Iterator[Visits]:
    with at_work(tmp_path, *sample()) as made:
        yield made


def subject_of(visits: Visits, person: Person) -> str:
    office = visits.house.office
    return visits.house.do(lambda work: index.find(work, office.ring, "iin", person.iin).subjects[0])


def applicant(visits: Visits, browser: Browser, *more: str) -> tuple[Person, str, str]:
    """A person whose form came in and whose phone was confirmed, with the claim code and the subject."""
    person = visits.house.person()
    with visits.visitor(browser) as page:
        claim = visits.apply(page, person, consents=("collection", "service", *more))
        visits.confirm(page, person)
    visits.settle()  # the lead is on its way, to an address where nobody listens
    return person, claim, subject_of(visits, person)


def opened(visits: Visits, page: Page, person: Person, login: str) -> None:
    visits.sign_in(page, login)
    visits.find(page, person)
    visits.open_first(page)


def test_scenarios_3_4_10_from_the_search_to_the_certificate(visits: Visits, browser: Browser, tmp_path: Path) -> None:
    house = visits.house
    person, claim, subject = applicant(visits, browser, f"recipient.{house.bank_a}")
    with visits.visitor(browser, DESK) as one, visits.visitor(browser, DESK) as two:
        opened(visits, one, person, "dpo-1")
        text = one.locator("main").inner_text()
        assert person.iin not in text
        assert person.iin[-4:] in text
        assert "Bank A" in text

        visits.order(one, "block", reason="violation_claimed", document="statement 14 of 3 August")
        assert [s.reason for s in house.look(lambda work: block.facts(work, subject))] == ["violation_claimed"]

        visits.go(one, "/en/console")
        visits.find(one, person)
        visits.open_first(one)
        assert "refused" in one.locator(".refused h2").inner_text().lower()
        assert "2.2" in one.locator(".card.refused").inner_text()
        assert one.locator("#data").count() == 0
        visits.order(one, "release", reason="violation_not_confirmed", document="report 2")
        visits.go(one, f"/en/console/person/{subject}")
        one.check(f"#p-{house.purpose}")
        press(one)
        assert one.locator("form:has(input[name=kind][value=release])").count() == 0  # the same person cannot confirm

        opened(visits, two, person, "dpo-2")
        assert "dpo-1" in two.locator(".state").inner_text()
        visits.order(two, "release")
        assert house.look(lambda work: block.facts(work, subject)) == ()

        visits.go(two, f"/en/console/person/{subject}")
        two.check(f"#p-{house.purpose}")
        press(two)
        with two.expect_navigation():
            two.locator("tr:has-text('Bank A') form button").first.click()
        visits.go(two, f"/en/console/person/{subject}")
        two.check(f"#p-{house.purpose}")
        press(two)
        visits.order(two, "destroy", reason="demanded", document="statement 15")
        assert two.locator("button.grave").count() == 1  # it is asked once more
        press(two)
    visits.settle()
    assert not house.look(lambda work: subjects.alive(work, subject))

    with visits.visitor(browser) as page:
        visits.go(page, "/kk/receipt")
        page.fill("#claim", claim)
        press(page)
        assert page.url.endswith("/kk/receipt")  # the claim code alone: there is no phone any more
        text = page.locator(".card.destroyed").inner_text()
        assert "6.2.1" in text
        assert "Bank A" in text
        assert person.iin[-4:] not in page.locator("main").inner_text()
        files = {}
        for form in ("pdf", "json"):
            with page.expect_download() as loaded:
                page.click(f"a[href$='/receipt/certificate/{form}']")
            files[form] = tmp_path / loaded.value.suggested_filename
            loaded.value.save_as(files[form])
    assert files["pdf"].read_bytes().startswith(b"%PDF-")
    assert person.iin.encode() not in files["pdf"].read_bytes()
    key = str(house.office.publisher.key)
    command = [sys.executable, str(VERIFIER), "certificate", str(files["json"]), "--key", key]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    body = json.loads(files["json"].read_text())
    body["body"]["gone"] = []
    files["json"].write_text(json.dumps(body))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    assert visits.personal_in_addresses(person) == []


def test_what_is_typed_of_a_paper_stands_nowhere_in_clear(visits: Visits, browser: Browser) -> None:
    person, _, _subject = applicant(visits, browser)
    with visits.visitor(browser, DESK) as page:
        opened(visits, page, person, "dpo-1")
        visits.order(page, "block", reason="identity_disputed", document="Zhaloba-Nurlanova-77")
    visits.settle()
    folder = visits.house.settings.folder
    assert [path for path in folder.rglob("*") if path.is_file() and b"Zhaloba-Nurlanova-77" in path.read_bytes()] == []
    assert not any("Zhaloba" in url for url in visits.opened)


def test_an_order_without_a_paper_is_told_and_not_done(visits: Visits, browser: Browser) -> None:
    person, _, subject = applicant(visits, browser)
    with visits.visitor(browser, DESK) as page:
        opened(visits, page, person, "dpo-1")
        page.evaluate("document.querySelectorAll('[required]').forEach(e => e.required = false)")
        visits.order(page, "block", reason="identity_disputed")
        assert page.locator(".errors").count() == 1
    assert visits.house.look(lambda work: block.facts(work, subject)) == ()


def test_no_reason_stands_chosen_and_an_order_without_one_is_told_and_not_done(visits: Visits, browser: Browser) -> None:
    person, _, subject = applicant(visits, browser)
    with visits.visitor(browser, DESK) as page:
        opened(visits, page, person, "dpo-1")
        chosen = page.locator("select[name=reason]").evaluate_all("all => all.map(e => [e.value, e.required])")
        assert chosen == [["", True]] * 3
        for kind in ("block", "hold", "destroy"):
            page.evaluate("document.querySelectorAll('[required]').forEach(e => e.required = false)")
            visits.order(page, kind)
            said = page.locator(".errors li").all_inner_texts()
            assert [re.split(r"\.| \(", line)[0] for line in said] == [
                "Choose a reason",
                "Document reference: Name the document that it rests on",
            ]
            assert page.locator("main select[name=reason]").input_value() == ""
            visits.go(page, f"/en/console/person/{subject}")
            page.check(f"#p-{visits.house.purpose}")
            press(page)
        page.evaluate("document.querySelectorAll('[required]').forEach(e => e.required = false)")
        visits.order(page, "block", document="statement 9")
        assert page.locator("#document").input_value() == "statement 9", "what was typed is not lost"
        visits.order(page, "block", reason="identity_disputed")
        assert page.locator(".card.ok").count() == 1
    assert [s.reason for s in visits.house.look(lambda work: block.facts(work, subject))] == ["identity_disputed"]


def test_a_block_past_its_date_stands_and_is_shown_to_who_must_decide(visits: Visits, browser: Browser) -> None:
    house = visits.house
    person, _, subject = applicant(visits, browser)
    with visits.visitor(browser, DESK) as page:
        opened(visits, page, person, "dpo-1")
        visits.order(page, "block", reason="violation_claimed", document="7", until="2026-08-05")
        visits.go(page, "/en/console/standing")
        assert page.locator("tbody tr").count() == 0
        house.clock.advance(timedelta(days=4))
        visits.sign_in(page, "dpo-1")
        visits.go(page, "/en/console/standing")
        row = page.locator("tbody tr").inner_text()
        assert "overdue" in row
        assert "5 Aug 2026" in row
        page.click("tbody a")
        page.check(f"#p-{house.purpose}")
        press(page)
        assert "overdue" in page.locator(".state").inner_text()
        assert "2.2" in page.locator(".card.refused").inner_text()
    assert [s.id for s in house.look(lambda work: block.facts(work, subject))] != []


def test_a_clerk_sees_only_what_their_grants_and_the_law_allow(visits: Visits, browser: Browser) -> None:
    person, _, _subject = applicant(visits, browser)
    with visits.visitor(browser, DESK) as page:
        opened(visits, page, person, "clerk-1")
        text = page.locator("#data ~ .held").all_inner_texts()
        assert {re.search(r"6\.2\.\d+", part).group() for part in text} <= {"6.2.1", "6.2.7"}  # type: ignore[union-attr]
        assert page.locator("form:has(input[name=kind][value=destroy])").count() == 0
        visits.go(page, "/en/console/log")
        assert page.locator("h1").inner_text() == "No access"
        assert "The power “the log” is missing" in page.locator("main").inner_text()
        assert "ask whoever keeps the list of staff" in page.locator("main").inner_text()
        visits.go(page, "/en/console/cases/new")
        assert page.locator("h1").inner_text() == "No access"
    denied = [row.entry for row in visits.house.look(lambda work: history.latest(work, limit=50)) if row.entry.act == "door.denied"]
    assert [entry.purpose for entry in denied] == ["requests", "audit"]


def test_a_blocked_person_is_to_a_clerk_only_somebody_who_exists(visits: Visits, browser: Browser) -> None:
    person, _, _subject = applicant(visits, browser)
    with visits.visitor(browser, DESK) as page:
        opened(visits, page, person, "clerk-1")
        visits.order(page, "block", reason="violation_claimed", document="call of 3 August")
        visits.go(page, "/en/console")
        visits.find(page, person)
        row = page.locator("tbody tr").inner_text()
        assert person.iin[-4:] not in row
        assert "blocked" in row.lower()
        visits.open_first(page)
        assert page.locator(".card.refused").count() == 1
        assert page.locator("form:has(input[name=kind])").count() == 0


def test_a_wrong_password_and_an_unknown_login_get_the_same_page(visits: Visits, browser: Browser) -> None:
    said = []
    with visits.visitor(browser, DESK) as page:
        for login, password in (("dpo-1", "wrong horse battery"), ("nobody-9", "wrong horse battery")):
            visits.go(page, "/en/console")
            page.fill("#login", login)
            page.fill("#password", password)
            page.fill("#code", "000000")
            press(page)
            said.append(page.locator("main").inner_text())
    assert said[0] == said[1]


def test_a_second_form_of_a_known_person_waits_for_the_desk_and_is_merged_on_an_identity_check(visits: Visits, browser: Browser) -> None:
    house = visits.house
    person, _, subject = applicant(visits, browser)
    with visits.visitor(browser) as page:
        claim = visits.apply(page, person, consents=("collection", "service", f"recipient.{house.bank_b}"))
        visits.confirm(page, person)
    (waiting,) = house.do(lambda work: collect.undecided(work, house.office.gate))
    with visits.visitor(browser, DESK) as page:
        visits.sign_in(page, "dpo-1", "ru")
        visits.go(page, "/ru/console/asserted")
        assert "ЖСН" not in page.locator("main").inner_text()
        assert "ИИН" in page.locator("main").inner_text()
        assert person.surname not in page.locator("main").inner_text()
        page.check(f"[value='merge:{subject}']")
        press(page, "main form button >> nth=0")
        assert page.locator(".errors").count() == 1  # no word of how the identity was checked
        visits.go(page, "/ru/console/asserted")
        page.check(f"[value='merge:{subject}']")
        page.fill(f"[id='{waiting.submission}-document']", "удостоверение показано 3 августа")
        press(page, "main form button >> nth=0")
        assert page.locator("main form").count() == 0
    visits.settle()
    assert not house.look(lambda work: subjects.alive(work, waiting.subject))
    assert house.look(lambda work: destroy.plans(work, waiting.subject))[0].next == ""
    with visits.visitor(browser) as page:
        visits.receipt(page, claim, person)  # the second claim code leads to the known person now
        assert page.locator(".card.consent", has_text="Bank B").count() == 1


def test_who_may_not_merge_sees_no_form_that_waits_and_decides_none(visits: Visits, browser: Browser) -> None:
    house = visits.house
    person, _, _subject = applicant(visits, browser)
    with visits.visitor(browser) as page:
        visits.apply(page, person, consents=("collection", "service", f"recipient.{house.bank_b}"))
        visits.confirm(page, person)
    (waiting,) = house.do(lambda work: collect.undecided(work, house.office.gate))
    clerk = Clerk(visits, "clerk-1")
    assert clerk.http.get("/en/console/asserted").status_code == 403
    for decision in ("apart", "reject"):
        turned = clerk.send("/en/console", f"/asserted/{waiting.submission}", decision=decision)
        assert (turned.status_code, "deciding on forms that wait" in turned.text) == (403, True)
    clerk.http.close()
    assert [one.submission for one in house.do(lambda work: collect.undecided(work, house.office.gate))] == [waiting.submission]
    denied = [row.entry for row in house.look(lambda work: history.latest(work, limit=50)) if row.entry.act == "door.denied"]
    assert [entry.purpose for entry in denied] == ["merge"] * 3


def test_a_form_that_is_nobodys_is_rejected_and_destroyed(visits: Visits, browser: Browser) -> None:
    house = visits.house
    person, _, subject = applicant(visits, browser)
    with visits.visitor(browser) as page:
        claim = visits.apply(page, person)
    (waiting,) = house.do(lambda work: collect.undecided(work, house.office.gate))
    with visits.visitor(browser, DESK) as page:
        visits.sign_in(page, "dpo-1")
        visits.go(page, "/en/console/asserted")
        page.check("[value=reject]")
        press(page, "main form button >> nth=0")
    visits.settle()
    assert not house.look(lambda work: subjects.alive(work, waiting.subject))
    assert house.look(lambda work: subjects.alive(work, subject))
    with visits.visitor(browser) as page:
        visits.go(page, "/kk/receipt")
        page.fill("#claim", claim)
        press(page)
        assert page.locator(".card.destroyed").count() == 1


def test_what_recipients_have_not_confirmed_and_the_log_of_the_day_are_shown(visits: Visits, browser: Browser) -> None:
    house = visits.house
    person, _, _subject = applicant(visits, browser, f"recipient.{house.bank_a}")
    visits.settle()
    with visits.visitor(browser, DESK) as page:
        visits.sign_in(page, "dpo-1")
        visits.go(page, "/en/console/log")
        text = page.locator("main").inner_text()
        assert "Data collected" in text
        assert person.iin not in text
        visits.go(page, "/en/console/log?day=2020-01-01")
        assert page.locator("table").count() == 0
        visits.house.office.write(lambda work: [audit.record(work, audit.Leaf(audit.Act.SHOWN)) for _ in range(120)], SYSTEM)
        visits.settle()
        visits.go(page, "/en/console/log")
        first = page.locator(".no").all_inner_texts()
        assert len(first) == 50
        page.click("main p a:has-text('More')")
        second = page.locator(".no").all_inner_texts()
        numbers = [int(one.rpartition(" ")[2]) for one in (*first, *second)]
        assert numbers == list(range(numbers[0], numbers[0] - 100, -1))
        page.click("text=To the latest entries")
        assert page.locator(".no").first.inner_text() != second[0]
        for wrong in ("day=1999-01-01", "day=9999-12-31", "before=x", "before=-1", "day=today"):
            visits.go(page, f"/en/console/log?{wrong}")
            assert "400" in page.locator("main").inner_text()
        visits.go(page, "/en/console/unconfirmed")
        assert page.locator("tbody tr", has_text="Bank A").count() == 1  # nobody listens there: it did not get through
