"""A new phone through a person's own pages: proved by its code, told to the old contacts, stopped or cooled off, then put into the data by the desk."""

from datetime import timedelta

from page_visits import NEEDS_BROWSER, Visits, press
from playwright.sync_api import Browser, Page
from portal_visits import code, faults, messages, sign_in, signed_in, step_up

from office import Applicant
from sandyq import rights
from sandyq.rights import Do, PartDecision

pytestmark = NEEDS_BROWSER


def add(visits: Visits, page: Page, phone: str) -> None:
    """Name a new phone and give its code back."""
    visits.go(page, "/ru/me/contacts")
    page.fill("#contact", phone)
    press(page, "form:has(#contact) button")
    page.fill("#code", code(visits, page, "ru", phone[-4:]))
    press(page)


def corrections(visits: Visits, someone: Applicant) -> list[rights.Case]:
    found = visits.house.look(lambda work: rights.of_subject(work, someone.subject))
    return [case for case in found if case.kind is rights.Kind.RECTIFY]


def granted(visits: Visits, case: rights.Case) -> None:
    house, desk = visits.house, visits.house.office.rights
    house.do(lambda work: rights.decide(work, desk, case.id, [PartDecision(part.no, Do.GRANT) for part in case.open_parts]), house.dpo)


def test_a_new_phone_is_told_to_the_old_ones_cools_off_and_then_the_desk_puts_it_into_the_data(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant(to=[visits.house.bank_a])
    phone = "+77015550011"
    with signed_in(visits, browser, one, two=True, scripts=True) as page:
        visits.go(page, "/ru/me/ask/rectify")
        assert page.locator("[name='value.phone'], [name='value.email']").count() == 0
        page.click("fieldset a")
        assert page.url.endswith("/ru/me/contacts")
        add(visits, page, phone)
        assert page.locator("form[action$='/replace']").count() == 0, "while it cools off it cannot go into the data"
        visits.settle()
        assert any("жаңа растау тәсілі қосылды" in text for text in messages(visits, page, "ru", one.person.phone[-4:]))
        visits.house.clock.advance(timedelta(hours=72, seconds=1))
        sign_in(visits, page, one)
        step_up(visits, page, one)
        visits.go(page, "/ru/me/contacts")
        assert faults(page) == []
        press(page, "form[action$='/replace'] button")
        assert "Мобильный телефон" in page.locator(".parts").inner_text()
        (case,) = corrections(visits, one)
        granted(visits, case)
        visits.go(page, "/ru/me/data")
        assert phone in page.locator("main").inner_text()
        visits.go(page, "/ru/me/contacts")
        replaced = [text for text in page.locator("section.card").all_inner_texts() if "стоит не этот номер" in text]
        assert len(replaced) == 1, "now it is the former phone that the data do not name"
        assert one.person.phone[-2:] in replaced[0]
    assert visits.personal_in_addresses(one.person) == []


def test_the_old_contact_stops_a_new_phone_with_one_code(visits: Visits, browser: Browser) -> None:
    victim = visits.house.applicant()
    with signed_in(visits, browser, victim, two=True) as thief:
        add(visits, thief, "+77015550022")
        with visits.visitor(browser) as page:  # the owner, with the one thing that the thief does not have
            sign_in(visits, page, victim, contact=victim.person.email)
            visits.go(page, "/ru/me/contacts")
            press(page, "section.card:has-text('ещё не действует') form[action$='/end'] button")
        visits.go(thief, "/ru/me/contacts")
        assert "ещё не действует" not in thief.locator("main").inner_text()
        visits.house.clock.advance(timedelta(hours=72, seconds=1))
    with visits.visitor(browser) as page:
        before = messages(visits, page, "ru", "0022")
        visits.go(page, "/ru/me")
        page.fill("#iin", victim.person.iin)
        page.fill("#contact", "+77015550022")
        press(page)
        visits.settle()
        assert messages(visits, page, "ru", "0022") == before, "the number that was stopped gets no code"


def test_with_one_code_no_contact_is_added_ended_or_put_into_the_data(visits: Visits, browser: Browser) -> None:
    victim = visits.house.applicant()
    with signed_in(visits, browser, victim) as page:
        visits.go(page, "/ru/me/contacts")
        page.fill("#contact", "+77015550033")
        press(page, "form:has(#contact) button")
        assert "Второе подтверждение" in page.locator("h1").inner_text()
        visits.go(page, "/ru/me/contacts")
        press(page, "form[action$='/end'] button")
        assert "Второе подтверждение" in page.locator("h1").inner_text()
        visits.go(page, "/ru/me/ask/rectify")
        page.locator("[name='value.surname']").evaluate("e => { e.name = 'value.phone' }")
        page.fill("[name='value.phone']", "+77015550033")
        press(page, "#asking button[type=submit] >> nth=0")
        assert "72 часа" in page.locator("#values-error").inner_text()
        assert corrections(visits, victim) == []
