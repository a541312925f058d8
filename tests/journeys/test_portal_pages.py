"""A person's own pages in three languages: words for everything, nothing for axe to find, no side scrolling on a phone, all by keyboard."""

import re

import pytest
from page_visits import NEEDS_BROWSER, Visits, press
from playwright.sync_api import Browser, Page
from portal_visits import PHONE, ask, code, faults, sign_in, signed_in, step_up

from office import Applicant
from sandyq import identity, parties
from sandyq.parties import DocumentKind, NewRepresentative

pytestmark = NEEDS_BROWSER
PAGES = ("", "/data", "/consents", "/requests", "/ask", "/downloads", "/contacts", "/signins", "/step")
FORMS = ("access", "rectify", "block", "destroy", "public-sources", "complaint", "automated-objection", "not-me")


_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def looked_at(page: Page, where: str) -> list[str]:
    """What is wrong with a page: faults of axe, keys without words, width, also of the same phone at 200 % with everything unfolded (WCAG 1.4.4)."""
    text = page.locator("body").inner_text()
    raw = re.findall(r"\b(?:portal|error|act|told)\.[a-z]\S*", text)
    found = [*faults(page), *raw, *(["wider than the phone"] if page.evaluate(_WIDE) else [])]
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.set_viewport_size({"width": PHONE["width"] // 2, "height": PHONE["height"] // 2})
    found += ["wider than the phone at 200 %"] if page.evaluate(_WIDE) else []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return [f"{where}: {one}" for one in found]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_each_page_has_words_fits_a_phone_and_gives_axe_nothing(visits: Visits, browser: Browser, language: str) -> None:
    one = visits.house.applicant(to=[visits.house.bank_a])
    found = []
    with visits.visitor(browser, PHONE, scripts=True) as page:
        visits.go(page, f"/{language}/apply")
        found += looked_at(page, "the form")
        visits.go(page, f"/{language}/me")
        found += looked_at(page, "sign in")
        press(page)
        found += looked_at(page, "sign in with faults")
        sign_in(visits, page, one, language)
        for path in PAGES:
            visits.go(page, f"/{language}/me{path}")
            found += looked_at(page, path)
        step_up(visits, page, one, language)
        for kind in FORMS:
            visits.go(page, f"/{language}/me/ask/{kind}")
            found += looked_at(page, kind)
        ask(visits, page, "rectify", language)
        found += looked_at(page, "rectify with faults")
        ask(visits, page, "block", language)
        found += looked_at(page, "a request")
        for path in ("/requests", "/data", "/ask/unblock"):
            visits.go(page, f"/{language}/me{path}")
            found += looked_at(page, path)
        visits.go(page, f"/{language}/me/contacts")
        press(page, "form[action$='/totp'] button")
        found += looked_at(page, "authenticator")
        visits.go(page, f"/{language}/me/consents")
        press(page, "section:has(#all) button")
        found += looked_at(page, "withdraw")
    assert found == []


def test_the_sign_in_is_done_by_keyboard_alone(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with visits.visitor(browser) as page:
        visits.go(page, "/kk/me")
        page.focus("#iin")
        page.keyboard.type(one.person.iin)
        page.keyboard.press("Tab")
        page.keyboard.type(one.person.phone)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.focus("#code")
        page.keyboard.type(code(visits, page, "kk", one.person.phone[-4:]))
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith("/kk/me")


def mandate(visits: Visits, of: Applicant, person: Applicant, scope: set[str]) -> str:
    house = visits.house
    new = NewRepresentative(
        person.subject, DocumentKind.POWER_OF_ATTORNEY, house.document(), frozenset(scope), house.clock.now().date(), None
    )
    return house.do(lambda work: parties.add_representative(work, of.subject, new))


def test_a_representative_acts_here_within_the_document_and_the_person_is_told(visits: Visits, browser: Browser) -> None:
    mother, son = visits.house.applicant(), visits.house.applicant()
    ended = mandate(visits, son, mother, {"4.1.1", "4.1.3"})
    with signed_in(visits, browser, mother, two=True) as page:
        visits.go(page, "/ru/me")
        press(page, "section:has(#others) form button")
        visits.go(page, "/ru/me/data")
        assert son.person.iin in page.locator("main").inner_text()
        assert mother.person.iin not in page.locator("main").inner_text()
        response = page.goto(f"{visits.base}/ru/me/ask/destroy")
        assert response is not None
        assert response.status == 403
        assert "документе" in page.locator("main").inner_text()
        ask(visits, page, "block", text="по просьбе сына")
        assert "заблокированы" in page.locator("main").inner_text()
        visits.house.do(lambda work: parties.end_representative(work, son.subject, ended))
        visits.go(page, "/ru/me/data")
        assert son.person.iin not in page.locator("main").inner_text()


def test_a_new_phone_counts_after_72_hours_and_can_be_taken_out_meanwhile(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with signed_in(visits, browser, one, two=True) as page:
        visits.go(page, "/ru/me/contacts")
        page.fill("#contact", "+7 701 555 44 33")
        press(page, "form:has(#contact) button")
        page.fill("#code", code(visits, page, "ru", "4433"))
        press(page)
        assert "ещё не действует" in page.locator("main").inner_text()
        cooling = page.locator("section.card", has_text="ещё не действует")
        with page.expect_navigation():
            cooling.locator("button").click()
        assert "ещё не действует" not in page.locator("main").inner_text()
        assert len(visits.house.look(lambda work: identity.contacts(work, one.subject))) == 2
