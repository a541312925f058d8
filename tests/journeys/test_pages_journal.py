"""The journal of correspondence in a real browser without scripts: found by its numbers, opened, delivered with a receipt, returned, filed as a table (3.10)."""

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from page_visits import DESK, NEEDS_BROWSER, PHONE, Look, Visits, press
from playwright.sync_api import Browser, Page

from sandyq import correspondence
from sandyq.clock import micros
from sandyq.correspondence import Channel, Entry, Incoming, Outgoing, Scan
from sandyq.letters import samples
from sandyq.register import media

pytestmark = NEEDS_BROWSER
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
PDF = b"%PDF-1.7\n made up receipt\n%%EOF"


def enter(visits: Visits, page: Page, language: str = "en") -> None:
    """Sign in with a fresh code: one that was used counts no more."""
    visits.house.clock.advance(timedelta(seconds=61))
    visits.sign_in(page, "dpo-1", language)


def came(visits: Visits, number: str) -> Entry:
    house = visits.house
    scan = Scan("16.png", media.receive(house.settings.media_dir, (PNG,), micros(house.clock.now())))
    text = "Деректерімді бұғаттаңыз"
    paper = Incoming(channel=Channel.PAPER, sender="Үлгі Сыналова", text=text, number=number, language="kk", scans=(scan,))
    return house.do(lambda work: correspondence.receive(work, house.office.gate, paper), house.dpo).entry


def letter(visits: Visits, subject: str) -> Entry:
    house = visits.house
    number = house.look(lambda work: work.new_id())[-5:].upper()
    body = replace(samples.letters("short")["complaint"], number=f"20260803-{number}")
    new = Outgoing(
        subject=subject, case="", body=body.to_json(), kind=body.template, language="kk", channels=(Channel.PAPER,), addressee=("А. Ә.",)
    )
    return house.do(lambda work: correspondence.issue(work, house.office.gate, new))


def now(visits: Visits, entry: Entry) -> Entry:
    return visits.house.look(lambda work: correspondence.one(work, entry.id))


def note(page: Page, entry: Entry, what: str, *, words: str = "", reason: str = "", scan: bool = False) -> None:
    form = page.locator(f"form[action$='/journal/{entry.id}/delivery']")
    page.locator("details", has=form).locator("summary").click()
    form.locator("[name=what]").select_option(what)
    if words:
        form.locator("[name=note]").fill(words)
    if reason:
        form.locator("[name=reason]").select_option(reason)
    if scan:
        form.locator("[name=file]").set_input_files({"name": "receipt.pdf", "mimeType": "application/pdf", "buffer": PDF})
    with page.expect_navigation():
        form.locator("button[type=submit]").click()


def find(visits: Visits, page: Page, number: str) -> str:
    visits.go(page, "/en/console/journal")
    page.fill("#number", number)
    press(page, "form[action$='/journal/find'] button")
    return page.inner_text("main")


def see(page: Page, entry: Entry) -> str:
    press(page, f"form[action$='/journal/{entry.id}/seen'] button")
    return page.inner_text("main")


def test_a_letter_is_posted_delivered_with_its_receipt_and_found_by_its_waybill(visits: Visits, browser: Browser, tmp_path: Path) -> None:
    paper = came(visits, "14/2")
    sent = letter(visits, paper.subject)
    with visits.visitor(browser, DESK) as page:
        enter(visits, page)
        assert paper.number in find(visits, page, "№ 14/2")
        assert "Деректерімді бұғаттаңыз" in see(page, paper)
        visits.go(page, "/en/console/journal?waiting=yes")
        text = page.inner_text("main")
        assert "look at it" in text
        assert "print it and post it" in text
        assert "Сыналова" not in text
        note(page, paper, "registered")
        assert now(visits, paper).next == ""
        note(page, sent, "posted", words="KZ 123 456")
        note(page, sent, "delivered", words="signed by the addressee", scan=True)
        assert now(visits, sent).state is correspondence.State.DELIVERED
        assert sent.number in find(visits, page, "kz-123-456")
        text = see(page, sent)
        assert "KZ 123 456" in text
        assert "signed by the addressee" in text
        with page.expect_download() as loaded:
            page.click("form[action$='/scan']:not(:has([name=show])) button")
        assert loaded.value.path().read_bytes() == PDF
    assert not any("123" in url for url in visits.opened if "journal" in url)


def test_a_returned_letter_names_its_reason_waits_for_the_desk_and_goes_again(visits: Visits, browser: Browser) -> None:
    sent = letter(visits, came(visits, "15").subject)
    with visits.visitor(browser, DESK) as page:
        enter(visits, page)
        visits.go(page, "/en/console/journal")
        note(page, sent, "posted", words="KZ 9")
        note(page, sent, "returned", reason="addressee_gone", words="KZ 9")
        visits.go(page, "/en/console/journal?waiting=yes")
        assert "find another way" in page.inner_text("main")
        assert "addressee gone" in see(page, sent)
        note(page, sent, "again")
        assert now(visits, sent).state is correspondence.State.QUEUED
        visits.go(page, "/en/console/journal")
        with page.expect_download() as loaded:
            page.click("form[action$='/journal/register'] button")
        rows = list(csv.reader(loaded.value.path().read_text("utf-8-sig").splitlines()))
        assert sent.number in {row[1] for row in rows[1:]}
        assert not any("Сыналова" in cell or "KZ 9" in cell for row in rows for cell in row)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_page_of_the_journal_has_a_fault_for_assistive_tools_a_sideways_scroll_or_a_bare_code(
    visits: Visits, browser: Browser, language: str
) -> None:
    paper = came(visits, "16")
    letter(visits, paper.subject)
    with visits.visitor(browser, PHONE, scripts=True) as page:
        enter(visits, page, language)
        look = Look(page)
        for path in ("journal", "journal?waiting=yes"):
            visits.go(page, f"/{language}/console/{path}")
            for summary in page.locator("details summary").all():
                summary.click()
            look.at(path)
        press(page, f"form[action$='/journal/{paper.id}/seen'] button")
        look.at("seen")
        press(page, "form:has([name=show]) button")
        look.at("scan")
        assert page.evaluate("document.querySelector('.scan img').naturalWidth") == 1, "the picture is on the screen"
        assert look.wrong == []
