"""What people do on their own pages: sign in by code, confirm a second way, ask."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from page_visits import Visits, press
from playwright.sync_api import Browser, Page

from office import Applicant

PHONE = {"width": 390, "height": 844}
_AXE = Axe()


def sign_in(visits: Visits, page: Page, someone: Applicant, language: str = "ru", contact: str = "") -> None:
    """By IIN and phone, or another contact."""
    where = contact or someone.person.phone
    visits.go(page, f"/{language}/me")
    page.fill("#iin", someone.person.iin)
    page.fill("#contact", where)
    press(page)
    page.fill("#code", code(visits, page, language, where.partition("@")[2] or where[-4:]))
    press(page)
    assert page.url.endswith(f"/{language}/me"), page.locator("main").inner_text()


def code(visits: Visits, page: Page, language: str, where: str) -> str:
    """The newest code that came to a phone (its tail) or an address (its first letter and domain)."""
    visits.settle()
    found = [text for text in messages(visits, page, language, where) if re.search(r"\b\d{6}\b", text)]
    return re.search(r"\b(\d{6})\b", found[0]).group(1)  # type: ignore[union-attr]


def messages(visits: Visits, page: Page, language: str, where: str) -> list[str]:
    """What came to a contact, newest first."""
    phone = page.context.new_page()
    visits.go(phone, f"/{language}/sample/inbox")
    found = [one.inner_text() for one in phone.locator(".messages li").all() if where in one.inner_text()]
    phone.close()
    return found


def step_up(visits: Visits, page: Page, someone: Applicant, language: str = "ru") -> None:
    """Confirm the address that the form named, and with it a second way."""
    domain = someone.person.email.partition("@")[2]
    visits.go(page, f"/{language}/me/contacts")
    if page.locator("form:has(input[name=known])").count():
        press(page, "form:has(input[name=known]) button")
        page.fill("#code", code(visits, page, language, domain))
        press(page, "main form button >> nth=0")
    visits.go(page, f"/{language}/me/step")
    press(page, "form:has(input[name=kind][value=email]) button")
    page.fill("#code", code(visits, page, language, domain))
    press(page)


@contextmanager
def signed_in(
    visits: Visits, browser: Browser, someone: Applicant, language: str = "ru", *, two: bool = False, scripts: bool = False
) -> Iterator[Page]:
    """A person in their own pages on a phone without scripts."""
    with visits.visitor(browser, PHONE, scripts=scripts) as page:
        sign_in(visits, page, someone, language)
        if two:
            step_up(visits, page, someone, language)
        yield page


def ask(visits: Visits, page: Page, kind: str, language: str = "ru", **fields: str) -> str:
    """Send a request of a kind; gives the text of the page that answers."""
    visits.go(page, f"/{language}/me/ask/{kind}")
    for name, value in fields.items():
        if name == "publication":
            page.check(f"[name=publication][value={value}]")
        else:
            page.fill(f"[name='{name.replace('__', '.')}']", value)
    press(page, "main form button[type=submit] >> nth=0")
    return page.locator("main").inner_text()


def faults(page: Page) -> list[str]:
    """What axe finds."""
    found = _AXE.run(page).response
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
