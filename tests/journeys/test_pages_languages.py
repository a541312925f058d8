"""Every page of a real office in three languages: nothing that axe finds, nothing wider than a phone, no code where a sentence belongs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from page_visits import NEEDS_BROWSER, Look, Visits, at_work, press
from playwright.sync_api import Browser

from office import sample

pytestmark = NEEDS_BROWSER


@pytest.fixture
def visits(tmp_path: Path) -> Iterator[Visits]:
    with at_work(tmp_path, *sample()) as made:
        yield made


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_page_has_a_fault_for_assistive_tools_a_sideways_scroll_or_a_bare_code(visits: Visits, browser: Browser, language: str) -> None:
    house, person = visits.house, visits.house.person()
    with visits.visitor(browser, scripts=True) as page:
        look = Look(page)
        for path in ("/", "/apply", "/policy", "/receipt", "/sample/inbox", "/verify", "/console", "/nothing"):
            visits.go(page, f"/{language}{path}")
            look.at(path)
        visits.fill(page, person, language, consents=())
        page.fill("[name='data.iin']", "1")
        press(page)
        look.at("faults")
        claim = visits.apply(page, person, language, ("collection", "service", f"recipient.{house.bank_a}"))
        look.at("received")
        visits.confirm(page, person, language)
        look.at("confirmed")
        visits.receipt(page, claim, person, language)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        look.at("receipt")
        visits.apply(page, person, language, ("collection", "service"))

        visits.sign_in(page, "dpo-1", language)
        look.at("today")
        press(page, "nav.console-nav a[href$='/console']")
        look.at("find")
        visits.find(page, person)
        look.at("found")
        visits.open_first(page)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        look.at("person")
        subject = page.url.rpartition("/")[2]
        visits.order(page, "block", reason="violation_claimed", document="1")
        look.at("ordered")
        visits.go(page, f"/{language}/console/person/{subject}")
        look.at("purposes")
        page.check(f"#p-{house.purpose}")
        press(page)
        look.at("standing")
        visits.order(page, "destroy", reason="demanded", document="2")
        look.at("sure")
        press(page)
        look.at("refused")
        for path in ("/asserted", "/unconfirmed", "/standing", "/log"):
            visits.go(page, f"/{language}/console{path}")
            look.at(path)
    assert look.wrong == []
    assert visits.personal_in_addresses(person) == []
