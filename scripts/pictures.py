"""The pictures of the README and of the pages on letters, taken from a sample office that runs: `make demo` in one terminal, then
pictures.py ADDRESS [FOLDER] in another. `pictures.py letters [FOLDER]` makes those of the letters alone, `pictures.py desk [FOLDER]` those of the rights desk,
from an office of its own on days of August 2026; neither needs one that runs.

A made-up person fills in the form, confirms the phone and opens the receipt. The pictures are for looking at; nothing compares them.
"""

import re
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from sandyq.letters import samples
from sandyq.letters.render import render_pdf

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "img"
SIZE = {"width": 1000, "height": 720}
PERSON = {
    "surname": "Сарсенова",
    "first_name": "Айару",
    "iin": "920202400026",
    "birth_date": "02.02.1992",
    "phone": "8 701 765 43 21",
    "city": "Алматы",
    "income_monthly": "350 000",
    "loan_amount": "200 000",
    "loan_term_months": "12",
}
PARTNERS_TIME = 4_000  # milliseconds until the partners have confirmed


def picture(page: Page, path: Path, top: str) -> None:
    """What a person sees when `top` stands at the upper edge."""
    page.locator(top).first.evaluate("shown => window.scrollTo(0, shown.getBoundingClientRect().top + window.scrollY - 24)")
    page.screenshot(path=str(path))


def press(page: Page) -> None:
    """Send the page's first form, and wait for the answer."""
    with page.expect_navigation():
        page.click("main form button >> nth=0")


def code(context: BrowserContext, base: str) -> str:
    """The last code that came to the sample's phone."""
    phone = context.new_page()
    phone.goto(f"{base}/en/sample/inbox")
    found = re.findall(r"\b\d{6}\b", phone.inner_text(".messages[aria-labelledby=sms]"))
    phone.close()
    return found[0]


def apply(page: Page, base: str, folder: Path) -> str:
    """Fill the form in and confirm the phone; gives the receipt code."""
    page.goto(f"{base}/en/apply")
    picture(page, folder / "consents.png", "#consents")
    for name, value in PERSON.items():
        page.fill(f"[name='data.{name}']", value)
    for name in page.locator("[name^='consent.'][value=yes]").evaluate_all("every => every.map(each => each.name)"):
        if re.match(r"consent\.(collection|service|recipient)", name):
            page.check(f"[name='{name}'][value=yes]")
    press(page)
    claim = re.search(r"\b[0-9A-Z]{5}(-[0-9A-Z]{5}){3}\b", page.inner_text("main"))
    assert claim is not None
    page.fill("#code", code(page.context, base))
    press(page)
    return claim[0]


def receipt(page: Page, base: str, claim: str, folder: Path) -> None:
    """Open the receipt."""
    page.wait_for_timeout(PARTNERS_TIME)
    page.goto(f"{base}/en/receipt")
    page.fill("#claim", claim)
    press(page)
    page.wait_for_timeout(PARTNERS_TIME)
    page.fill("#code", code(page.context, base))
    press(page)
    page.click("details >> nth=0")
    picture(page, folder / "receipt.png", "h1")


LETTERS = (("received", "kk"), ("withdrawn", "ru"), ("access", "en"))
DOTS_PER_INCH = "72"


def letters(folder: Path) -> None:
    """The first page of some letters, through the tool that prints PDF as pictures (`pdftoppm` of poppler)."""
    for kind, language in LETTERS:
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(render_pdf(samples.letters("usual", language)[kind], base_url=samples.BASE_URL))
            file.flush()
            size = ["-r", DOTS_PER_INCH, "-f", "1", "-l", "1", "-singlefile", "-png"]
            subprocess.run(["pdftoppm", *size, file.name, str(folder / f"letter-{kind}-{language}")], check=True)


def desk(folder: Path) -> None:
    """The day of the rights desk, and one request: an office of made-up people that the journeys of the tests know how to found."""
    tests = Path(__file__).resolve().parents[1] / "tests"
    sys.path[:0] = [str(tests), str(tests / "journeys")]
    from page_visits import AUGUST, at_work, chromium

    from office import sample
    from rights_world import RightsDesk
    from sandyq.rights import Kind, Wanted, What, assign

    with tempfile.TemporaryDirectory() as place, at_work(Path(place), *sample()) as visits, chromium() as browser:
        house, worked = visits.house, RightsDesk(visits.house)
        people = [house.applicant(to=(house.bank_a,)) for _ in range(6)]
        late = worked.ask(people[0], Kind.ACCESS)
        worked.do(assign, late, house.dpo.id)
        house.clock.move(AUGUST + timedelta(days=3))
        worked.ask(people[1], Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңабекова"))
        worked.ask(people[2], Kind.BLOCK)
        unblock = worked.ask(people[2], Kind.UNBLOCK)
        worked.grant(unblock, reason="violation_not_confirmed")
        request = worked.ask(people[3], Kind.DESTROY)
        worked.ask(people[4], Kind.COMPLAINT, Wanted(What.CLAIM, "moral", "100000"))
        worked.do(assign, worked.ask(people[5], Kind.WITHDRAW), house.dpo.id)
        house.clock.move(AUGUST + timedelta(days=7))
        worked.remind()
        visits.settle()
        with visits.visitor(browser, SIZE, scripts=True) as page:
            visits.sign_in(page, "dpo-1")
            for name, path in (("desk-today", "desk"), ("desk-request", f"case/{request.id}")):
                visits.go(page, f"/en/console/{path}")
                picture(page, folder / f"{name}.png", "main h1")


def main() -> None:
    """Make them."""
    base, folder = sys.argv[1].rstrip("/"), Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    if base == "desk":
        desk(folder)
        return
    letters(folder)
    if base == "letters":
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_context(viewport=SIZE, color_scheme="light").new_page()
        receipt(page, base, apply(page, base, folder), folder)
        browser.close()


if __name__ == "__main__":
    main()
