"""The rights desk in a real browser without scripts: a request on paper from entry to answer, two people, what is overdue, who is turned away (issue: the desk)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from page_visits import DESK, NEEDS_BROWSER, PHONE, Look, Visits, at_work, press
from playwright.sync_api import Browser, Page

from office import sample
from rights_world import RightsDesk
from sandyq import rights
from sandyq.audit import Act, history
from sandyq.rights import Case, Kind, State, Wanted, What

pytestmark = NEEDS_BROWSER


@pytest.fixture
def visits(tmp_path: Path) -> Iterator[Visits]:
    with at_work(tmp_path, *sample()) as made:
        yield made


@pytest.fixture
def desk(visits: Visits) -> RightsDesk:
    return RightsDesk(visits.house)


def case_of(visits: Visits, page: Page) -> Case:
    """The case whose page is open."""
    return visits.house.look(lambda work: rights.case(work, page.url.rpartition("/")[2]))


def opened(visits: Visits, page: Page, case: Case, login: str) -> None:
    visits.sign_in(page, login)
    visits.go(page, f"/en/console/case/{case.id}")


def send(page: Page, ending: str) -> None:
    press(page, f"form[action$='{ending}'] button[type=submit] >> nth=0")


def deed(page: Page, word: str) -> None:
    press(page, f"form:has(input[name=deed][value={word}]) button")


def test_a_request_on_paper_is_entered_identified_decided_and_answered_and_each_look_is_on_record(visits: Visits, browser: Browser) -> None:
    house = visits.house
    someone = house.applicant(to=(house.bank_a,))
    with visits.visitor(browser, DESK) as page:
        visits.sign_in(page, "dpo-1")
        visits.go(page, "/en/console/cases/new?kind=access")
        page.select_option("#channel", "paper")
        page.fill("#contact", "made up, Sample Street 1")
        page.fill("#text", "What do you hold about me?")
        send(page, "/cases/new")
        made = case_of(visits, page)
        assert (made.state, made.channel.value, made.about) == (State.IDENTIFYING, "paper", "")
        assert "What do you hold about me?" not in page.content()  # nothing of a person before it is opened
        send(page, "/read")
        assert "What do you hold about me?" in page.inner_text(".written")
        looked = house.look(lambda work: [row.entry.act for row in history.latest(work, before=1 << 62, limit=20)])
        assert Act.SHOWN.value in looked

        page.fill("form[action$='/identify'] input[name=about]", someone.subject)
        page.select_option("#document_kind", "identity_card")
        send(page, "/identify")
        assert case_of(visits, page).about == someone.subject
        page.select_option("select[name=part1]", "grant:")
        send(page, "/decide")
        deed(page, "answer")
        made = case_of(visits, page)
        assert made.answer
        assert made.state in (State.ANSWERED, State.CLOSED)
        assert "answer" in page.inner_text("#history >> xpath=..").lower()
    assert visits.personal_in_addresses(someone.person) == []


def test_who_decided_does_not_confirm_and_the_second_member_does(visits: Visits, desk: RightsDesk, browser: Browser) -> None:
    someone = visits.house.applicant()
    desk.ask(someone, Kind.BLOCK, Wanted(What.ALL))
    case = desk.ask(someone, Kind.UNBLOCK, Wanted(What.ALL))
    with visits.visitor(browser, DESK) as page:
        opened(visits, page, case, "dpo-1")
        [part] = list(desk.now(case).open_parts)
        page.select_option(f"select[name=part{part.no}]", "grant:violation_not_confirmed")
        send(page, "/decide")
        assert desk.now(case).state is State.SECOND_PERSON
        assert page.locator("input[name=deed][value=confirm]").count() == 0
    with visits.visitor(browser, PHONE) as page:
        opened(visits, page, case, "dpo-2")
        deed(page, "confirm")
        assert desk.now(case).outcome == "granted"


def test_nothing_is_chosen_beforehand_and_a_decision_that_is_not_whole_changes_nothing(
    visits: Visits, desk: RightsDesk, browser: Browser
) -> None:
    case = desk.ask(visits.house.applicant(), Kind.DESTROY, Wanted(What.ALL))
    with visits.visitor(browser, DESK) as page:
        opened(visits, page, case, "dpo-1")
        assert page.input_value("select[name=part1]") == ""
        assert "The law permits it" in page.inner_text(".law")
        page.evaluate("document.querySelectorAll('[required]').forEach(e => e.required = false)")
        send(page, "/decide")
        assert page.locator(".errors li").count() >= 1
        assert desk.now(case).state is State.OPEN


def test_what_is_overdue_stands_on_top_of_every_page_and_first_on_the_days(visits: Visits, desk: RightsDesk, browser: Browser) -> None:
    case = desk.ask(visits.house.applicant(), Kind.ACCESS, Wanted(What.ALL))
    visits.house.clock.move(visits.house.clock.now() + timedelta(days=6))
    with visits.visitor(browser, DESK) as page:
        visits.sign_in(page, "dpo-1")
        for path in ("", "/log", "/cases", "/calendar"):
            visits.go(page, f"/en/console{path}")
            assert "Overdue requests: 1" in page.inner_text(".band.overdue")
        visits.go(page, "/en/console/desk")
        assert page.locator("section.group h2").first.inner_text().startswith("Overdue")
        assert case.number in page.inner_text("section.group.overdue")
    with visits.visitor(browser, DESK) as page:
        visits.sign_in(page, "dpo-2")
        assert page.url.endswith("/en/console/desk"), "the day's work comes first"
        assert page.locator(".counts a[href$='/console/cases']").count() == 1, "what came and is not due yet is told, too"
        colleagues = page.locator("#deputy option").all_text_contents()
        assert "dpo-1" in colleagues
        assert not {"auditor-1", "clerk-1"} & set(colleagues), "nobody stands in who cannot open a request"
        visits.go(page, "/en/console/cases")
        page.fill("#number", case.number.lower())
        send(page, "/cases/find")
        page.locator("details:has(ol.days) summary").first.click()
        days = page.inner_text("ol.days")
        assert "day of the event" in days
        assert "day 3" in days


def test_what_falls_due_for_a_member_who_is_away_goes_to_the_deputy(visits: Visits, desk: RightsDesk, browser: Browser) -> None:
    case = desk.ask(visits.house.applicant(), Kind.ACCESS, Wanted(What.ALL))
    day = visits.house.clock.now().date()
    with visits.visitor(browser, DESK) as page:
        opened(visits, page, case, "dpo-1")
        deed(page, "take")
        visits.go(page, "/en/console/desk")
        page.locator("details summary").first.click()
        page.select_option("#deputy", label="dpo-2")
        page.fill("#since", day.isoformat())
        page.fill("#until", (day + timedelta(days=10)).isoformat())
        send(page, "/deputy")
        visits.go(page, "/en/console/desk?mine=yes")
        assert case.number not in page.inner_text("main")
    with visits.visitor(browser, DESK) as page:
        visits.sign_in(page, "dpo-2")
        visits.go(page, "/en/console/desk?mine=yes")
        assert case.number in page.inner_text("main")
        assert "dpo-2 stands in" in page.inner_text("#away + ul")
        page.locator("details:has(#deputy) summary").click()
        page.select_option("#away-member", label="dpo-1")  # who is ill names nobody: a colleague does
        page.select_option("#deputy", label="dpo-2")
        page.fill("#since", (day + timedelta(days=11)).isoformat())
        page.fill("#until", (day + timedelta(days=20)).isoformat())
        send(page, "/deputy")
        assert page.locator("#away + ul li").count() == 2
        visits.go(page, "/en/console/cases")
        page.select_option("#mine", label="dpo-1")
        press(page, "form[method=get] button")
        assert case.number in page.inner_text("main"), "what a colleague has is found"


def test_a_clerk_without_the_power_of_requests_is_turned_away_and_that_is_on_record(
    visits: Visits, desk: RightsDesk, browser: Browser
) -> None:
    house = visits.house
    case = desk.ask(house.applicant(), Kind.ACCESS, Wanted(What.ALL))
    with visits.visitor(browser, DESK) as page:
        visits.sign_in(page, "clerk-1")
        assert page.url.endswith("/en/console")
        assert page.locator("nav.console-nav a[href$='/desk']").count() == 0
        visits.go(page, f"/en/console/case/{case.id}")
        assert case.number not in page.content()
    denied = house.look(
        lambda work: [row.entry for row in history.latest(work, before=1 << 62, limit=20) if row.entry.act == Act.ACCESS_DENIED]
    )
    assert denied


def test_a_decision_can_be_made_with_the_keyboard_alone(visits: Visits, desk: RightsDesk, browser: Browser) -> None:
    case = desk.ask(visits.house.applicant(), Kind.ACCESS, Wanted(What.ALL))
    with visits.visitor(browser, DESK) as page:
        opened(visits, page, case, "dpo-1")
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == "part1":
                break
        page.keyboard.press("ArrowDown")
        assert page.input_value("select[name=part1]") == "grant:"
        for _ in range(10):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.type") == "submit":
                break
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert desk.now(case).state is not State.OPEN


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_page_of_the_desk_has_a_fault_for_assistive_tools_a_sideways_scroll_or_a_bare_code(
    visits: Visits, desk: RightsDesk, browser: Browser, language: str
) -> None:
    house = visits.house
    one, other = house.applicant(to=(house.bank_a,)), house.applicant()
    cases = [
        desk.ask(one, Kind.ACCESS, Wanted(What.ALL)),
        desk.ask(one, Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңа")),
        desk.ask(one, Kind.DESTROY, Wanted(What.ALL)),
        desk.ask(other, Kind.BLOCK, Wanted(What.ALL)),
        desk.ask(other, Kind.UNBLOCK, Wanted(What.ALL)),
        desk.ask(one, Kind.WITHDRAW, Wanted(What.ALL)),
        desk.ask(one, Kind.COMPLAINT, Wanted(What.CLAIM, "moral", "100000")),
        desk.ask(one, Kind.PUBLIC_SOURCES, Wanted(What.PUBLICATION, "no")),
        desk.stranger(Kind.ACCESS, Wanted(What.ALL)),
    ]
    house.clock.move(house.clock.now() + timedelta(days=4))
    with visits.visitor(browser, scripts=True) as page:
        look = Look(page)
        visits.sign_in(page, "dpo-1", language)
        lists = ("desk", "cases", "cases/new", "cases/new?kind=destroy", "calendar", "letters", "statistics", "journal")
        for path in (*lists, *(f"case/{case.id}" for case in cases)):
            visits.go(page, f"/{language}/console/{path}")
            page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
            look.at(path if path in lists else next(case.kind.value for case in cases if case.id in path))
        visits.go(page, f"/{language}/console/case/{cases[0].id}")
        send(page, "/read")
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        look.at("read")
        visits.go(page, f"/{language}/console/case/{cases[0].id}/answer")
        look.at("answer, asked")
        send(page, "/answer")
        page.wait_for_selector("table.told")
        look.at("answer, told")
        for path in ("personnel", "personnel/new", f"personnel/{one.subject}"):
            visits.go(page, f"/{language}/console/{path}")
            look.at(path)
    assert look.wrong == []
