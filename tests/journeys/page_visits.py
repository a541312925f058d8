"""A whole sample office behind its pages: a real server on the loopback, its due work running, and browsers without scripts that visit it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import uvicorn
from playwright.sync_api import Browser, Page

from chromium import NEEDS_BROWSER, chromium  # noqa: F401 for the files of journeys
from office import House
from sandyq import staff
from sandyq.app import start as starting
from sandyq.app.chores import chores
from sandyq.clock import MovedClock
from sandyq.clockwork import Clockwork
from sandyq.http.limits import Buckets, Rate
from sandyq.policy.facts import Edition, PackEdition
from sandyq.sample.people import Person
from sandyq.settings import Settings
from sandyq.web.app import create

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
AUGUST = datetime(2026, 8, 3, 10, 0, tzinfo=ZoneInfo("Asia/Almaty"))
"""A Monday on which the Digital Code is in force."""
GIVES = ("collection", "service")
_CODE = re.compile(r"\b[a-z]+(?:[._][a-z]+)+\b")
_NAMES = frozenset({"mega-zaim.kz", "mail.example", "quicklid.example", "sample.example", "example.kz", "day.month.year"})


class Visits:
    """The office, its address, and every address that its visitors opened."""

    def __init__(self, house: House, base: str, clockwork: Clockwork) -> None:
        self.house = house
        self.base = base
        self.clockwork = clockwork
        self.opened: list[str] = []

    # --- visitors ------------------------------------------------------------------------------------------------------------------------

    @contextmanager
    def visitor(self, browser: Browser, size: dict[str, int] | None = None, *, scripts: bool = False) -> Iterator[Page]:
        """One person with a browser of their own."""
        context = browser.new_context(viewport=size or PHONE, java_script_enabled=scripts, accept_downloads=True)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("request", lambda request: self.opened.append(unquote(request.url)))
        page.set_default_timeout(15_000)
        try:
            yield page
        finally:
            context.close()

    def go(self, page: Page, path: str) -> None:
        page.goto(f"{self.base}{path}")

    def personal_in_addresses(self, person: Person) -> list[str]:
        """Addresses that were opened and hold something of a person."""
        secrets = (person.iin, person.surname, person.first_name, person.phone, person.phone[-10:], person.email)
        return [url for url in self.opened if any(secret in url for secret in secrets)]

    # --- what people do ------------------------------------------------------------------------------------------------------------------

    def fill(self, page: Page, person: Person, language: str = "kk", consents: tuple[str, ...] = GIVES) -> None:
        self.go(page, f"/{language}/apply")
        for name, value in {
            "surname": person.surname,
            "first_name": person.first_name,
            "iin": person.iin,
            "birth_date": person.born.strftime("%d.%m.%Y"),
            "phone": person.phone,
            "city": "Алматы",
            "income_monthly": "350 000",
            "loan_amount": "200 000",
            "loan_term_months": "12",
        }.items():
            page.fill(f"[name='data.{name}']", value)
        for card in consents:
            page.check(f"[name='consent.{card}'][value=yes]")

    def apply(self, page: Page, person: Person, language: str = "kk", consents: tuple[str, ...] = GIVES) -> str:
        """Send the form; gives the claim code that the page shows."""
        self.fill(page, person, language, consents)
        press(page)
        self.settle()  # this form's message is there before another is asked for
        return page.locator(".claim .code").inner_text()

    def sms(self, page: Page, language: str = "kk", tail: str = "") -> str:
        """The newest code on the phone of the sample, as the person would read it in another tab."""
        self.settle()
        phone = page.context.new_page()
        self.go(phone, f"/{language}/sample/inbox")
        shown = phone.locator(".messages[aria-labelledby=sms] li").filter(has_text=tail).first.inner_text()
        phone.close()
        found = re.search(r"\b(\d{6})\b", shown)
        assert found is not None
        return found.group(1)

    def confirm(self, page: Page, person: Person, language: str = "kk") -> None:
        code = self.sms(page, language, person.phone[-4:])
        page.fill("#code", code)
        press(page)

    def receipt(self, page: Page, claim: str, person: Person, language: str = "kk") -> None:
        self.go(page, f"/{language}/receipt")
        page.fill("#claim", claim)
        press(page)
        page.fill("#code", self.sms(page, language, person.phone[-4:]))
        press(page)

    def sign_in(self, page: Page, login: str, language: str = "en") -> None:
        house = self.house
        key = house.office.ring.office("staff")
        self.go(page, f"/{language}/console")
        page.fill("#login", login)
        page.fill("#password", f"correct horse {login[::-1]}")
        page.fill("#code", house.look(lambda work: staff.sample_code(work, key, login, sample=True)))
        press(page)

    def find(self, page: Page, person: Person) -> None:
        if not page.locator("#purpose").count():
            press(page, "nav.console-nav a[href$='/console']")
        page.select_option("#purpose", self.house.purpose)
        page.fill("#value", person.iin)
        press(page)

    def open_first(self, page: Page) -> None:
        press(page, "table form button >> nth=0")

    def order(self, page: Page, kind: str, **fields: str) -> None:
        """Fill and send the form of an order on the page of a person."""
        form = page.locator(f"form:has(input[name=kind][value={kind}])").first
        for name, value in fields.items():
            target = form.locator(f"[name={name}]")
            target.select_option(value) if target.evaluate("e => e.tagName") == "SELECT" else target.fill(value)
        with page.expect_navigation():
            form.locator("button[type=submit]").click()

    def settle(self) -> None:
        """Let the due work be done now."""
        self.clockwork.run_once()


class Look:
    """Looks at each page and keeps what is wrong with it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[tuple[str, str, str]] = []

    def at(self, name: str) -> None:
        from axe_playwright_python.sync_playwright import Axe

        page = self.page
        self.wrong += [(name, found["id"], found["nodes"][0]["html"][:120]) for found in Axe().run(page).response["violations"]]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            self.wrong.append((name, "wide", str(width)))
        words = page.evaluate(
            "[...document.querySelectorAll('body *:not(code):not(.digest)')]"
            ".map(e => [...e.childNodes].filter(n => n.nodeType == 3).map(n => n.data).join(' ')).join(' ')"
        )
        codes = {word for word in _CODE.findall(words) if not any(word in name or name.endswith(word) for name in _NAMES)}
        self.wrong += [(name, "code", word) for word in sorted(codes)]


def press(page: Page, button: str = "main form button >> nth=0") -> None:
    """Press a button that sends a form, and wait for the page that answers."""
    with page.expect_navigation():
        page.click(button)


@contextmanager
def at_work(folder: Path, edition: Edition, pack: PackEdition) -> Iterator[Visits]:
    """An office of the sample policy on SQLite, serving."""
    settings = Settings(folder / "office", sample=True)
    settings.folder.mkdir()
    house = House(settings, MovedClock(AUGUST, running=True), edition, pack)
    starting.start(house.office)
    app = create(house.office, reads=Buckets(Rate(10_000, 600_000)), writes=Buckets(Rate(10_000, 600_000)))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    started = threading.Event()
    while not server.started and thread.is_alive():
        started.wait(0.02)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Visits(house, f"http://127.0.0.1:{port}", Clockwork(chores(house.office)))
    finally:
        server.should_exit = True
        thread.join(10)
        house.close()
