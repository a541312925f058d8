"""A decree that moves a day of rest, entered in the console: what it changes is seen before, it is entered once, and who may not is told so (Labour Code art. 85)."""

from datetime import date, timedelta

import pytest
from console_clerk import Clerk
from page_visits import NEEDS_BROWSER, PHONE, Look, Visits, press
from playwright.sync_api import Browser

from rights_world import RightsDesk
from sandyq import rights, speech
from sandyq.audit import Act, history
from sandyq.policy import decrees
from sandyq.rights import Kind

pytestmark = NEEDS_BROWSER
AT = "/console/calendar/decrees"


def changes(visits: Visits) -> list[str]:
    wanted = (Act.CALENDAR_CHANGED.value, Act.DEADLINE_MOVED.value)
    return [row.entry.act for row in visits.house.look(lambda work: history.latest(work, limit=60)) if row.entry.act in wanted]


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_what_a_decree_would_change_is_shown_before_and_nothing_is_changed_by_looking(
    visits: Visits, browser: Browser, language: str
) -> None:
    desk = RightsDesk(visits.house)
    case = desk.ask(visits.house.applicant(), Kind.ACCESS)
    before = (changes(visits), visits.house.office.calendar, desk.now(case).due)
    with visits.visitor(browser, PHONE, scripts=True) as page:
        visits.house.clock.advance(timedelta(seconds=61))
        visits.sign_in(page, "dpo-1", language)
        look = Look(page)
        visits.go(page, f"/{language}/console/calendar?month=2026-08")
        page.click(f"a[href$='{AT}']")
        look.at("form")
        press(page)
        assert page.locator(".errors li").count() == 2  # neither a day nor a name
        look.at("faults")
        page.fill("#citation", "№ 1, 2026")
        page.fill("#day_off", "2026-08-05")
        page.fill("#working_day", "2026-08-08")
        press(page, "form[action$='/foresee'] button")
        assert case.number in page.inner_text("section.card")
        assert speech.day(language, date(2026, 8, 7)) in page.inner_text("section.card")
        assert page.input_value("#citation") == "№ 1, 2026"
        look.at("foreseen")
        page.click(f"nav.languages a[lang={'ru' if language != 'ru' else 'kk'}]")
        assert page.url.endswith(AT)
    assert look.wrong == []
    assert (changes(visits), visits.house.office.calendar, desk.now(case).due) == before


def test_a_decree_pressed_twice_is_entered_once_moves_running_terms_and_stands_in_the_list_and_the_calendar(
    visits: Visits, browser: Browser
) -> None:
    house, desk = visits.house, RightsDesk(visits.house)
    case = desk.ask(house.applicant(), Kind.ACCESS)
    assert desk.now(case).due == date(2026, 8, 6)
    clerk = Clerk(visits, "dpo-2")
    filled = {"citation": "Made up No. 2", "day_off": "2026-08-05", "working_day": "2026-08-08"}
    where = clerk.twice(f"/en{AT}", "/calendar/decrees", **filled)
    assert where.startswith(f"/en{AT}?moved=")
    assert desk.now(case).due == date(2026, 8, 7)
    assert house.look(lambda work: rights.events(work, case.id))[-1].act == "clock_moved"
    assert [entry.decree.citation for entry in house.look(decrees.entered)] == ["Made up No. 2"] * 2
    assert changes(visits).count(Act.CALENDAR_CHANGED.value) == 2
    assert house.office.calendar == house.look(decrees.current)
    shown = clerk.http.get(where).text
    assert "Made up No. 2" in shown
    assert 'role="status"' in shown
    month = clerk.http.get("/en/console/calendar?month=2026-08").text
    assert month.count("by decree") == 2
    clerk.send(f"/en{AT}", "/calendar/decrees", citation="Made up No. 3", day_off="", working_day="2026-08-05")
    assert "replaced" in clerk.http.get(f"/en{AT}").text
    assert desk.now(case).due == date(2026, 8, 6)
    for wrong in ({"day_off": "1990-01-01"}, {"day_off": "2026-08-12", "working_day": "2026-08-12"}, {"day_off": "x"}, {}):
        faulty = clerk.send(f"/en{AT}", "/calendar/decrees", citation="Made up No. 4", **wrong)
        assert faulty.status_code == 400
        assert "errors" in faulty.text
    clerk.http.close()


def test_who_has_not_the_power_of_the_policy_is_turned_away_and_that_is_on_record(visits: Visits) -> None:
    clerk = Clerk(visits, "clerk-1")
    assert clerk.http.get(f"/en{AT}").status_code == 403
    for path in ("/calendar/decrees", "/calendar/decrees/foresee"):
        turned = clerk.send("/en/console", path, citation="Made up", day_off="2026-09-01")
        assert turned.status_code == 403
        assert "policy and calendar" in turned.text
    entries = visits.house.look(lambda work: history.latest(work, limit=9))
    assert [row.entry.purpose for row in entries if row.entry.act == "door.denied"].count("policy") >= 3
    clerk.http.close()
