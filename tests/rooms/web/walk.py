"""The way to every page, as a person with a browser goes it: what the accessibility test and the screenshots both follow."""

from collections.abc import Callable

from playwright.sync_api import Page
from stand_in import CLAIM, CODE, SUBJECT, Office

Step = Callable[[Page, str, Office], None]


def _at(path: str) -> Step:
    def go(page: Page, base: str, office: Office) -> None:
        page.goto(f"{base}{path}")

    return go


def press(page: Page, button: str) -> None:
    """Press a button that sends a form, and wait for the page that answers."""
    with page.expect_navigation():
        page.click(button)


def fill_form(page: Page) -> None:
    """A whole form of a made-up person, in the language that is open."""
    for name, value in {
        "surname": "Сарсенова",
        "first_name": "Айару",
        "iin": "900101300017",
        "birth_date": "01.01.1990",
        "phone": "8 701 234 56 78",
        "city": "Алматы",
        "income_monthly": "350 000",
        "loan_amount": "200 000",
        "loan_term_months": "12",
    }.items():
        page.fill(f"[name='data.{name}']", value)
    for card in ("collection", "service", "recipient.bank-a"):
        page.check(f"[name='consent.{card}'][value=yes]")


def _form_with_errors(page: Page, base: str, office: Office) -> None:
    page.goto(f"{base}/apply")
    fill_form(page)
    page.fill("[name='data.iin']", "900101300018")
    page.fill("[name='data.phone']", "12")
    page.check("[name='consent.service'][value=no]")
    press(page, "main form button")


def _received(page: Page, base: str, office: Office) -> None:
    page.goto(f"{base}/apply")
    fill_form(page)
    press(page, "main form button")


def _wrong_code(page: Page, base: str, office: Office) -> None:
    page.goto(f"{base}/confirm")
    page.fill("#code", "000000")
    press(page, "main form button >> nth=0")


def _confirmed(page: Page, base: str, office: Office) -> None:
    page.goto(f"{base}/confirm")
    page.fill("#code", CODE)
    press(page, "main form button >> nth=0")


def _receipt_code(page: Page, base: str, office: Office) -> None:
    page.context.clear_cookies()
    page.goto(f"{base}/receipt")
    page.fill("#claim", CLAIM)
    press(page, "main form button")


def _receipt(page: Page, base: str, office: Office) -> None:
    office.applicant.gone = False
    _receipt_code(page, base, office)
    page.fill("#code", CODE)
    press(page, "main form button")
    page.click("details >> nth=0")


def _withdraw(page: Page, base: str, office: Office) -> None:
    _receipt(page, base, office)
    press(page, ".consent form button >> nth=0")


def _gone(page: Page, base: str, office: Office) -> None:
    _receipt(page, base, office)
    office.applicant.gone = True
    page.reload()


def _signed_in(page: Page, base: str, office: Office) -> None:
    page.goto(f"{base}/console")
    if page.locator("#login").count():
        page.fill("#login", "aigul")
        page.fill("#password", "correct horse")
        page.fill("#code", CODE)
        press(page, "main form button")


def _bad_sign_in(page: Page, base: str, office: Office) -> None:
    page.context.clear_cookies()
    page.goto(f"{base}/console")
    press(page, "main form button")


def _in_console(path: str) -> Step:
    def go(page: Page, base: str, office: Office) -> None:
        _signed_in(page, base, office)
        page.goto(f"{base}/console{path}")

    return go


def _find(page: Page, base: str, office: Office) -> None:
    _signed_in(page, base, office)
    page.goto(f"{base}/console")
    page.select_option("#purpose", "loan-application")
    page.fill("#value", "900101300017")
    press(page, "main form button")


def _find_refused(page: Page, base: str, office: Office) -> None:
    _signed_in(page, base, office)
    page.goto(f"{base}/console")
    page.select_option("#purpose", "quality")
    press(page, "main form button")


def _find_wrong(page: Page, base: str, office: Office) -> None:
    _signed_in(page, base, office)
    page.goto(f"{base}/console")
    press(page, "main form button")


def _open(purpose: str) -> Step:
    def go(page: Page, base: str, office: Office) -> None:
        _in_console(f"/person/{SUBJECT}")(page, base, office)
        page.check(f"#p-{purpose}")
        press(page, "main form button")

    return go


def _order(kind: str) -> Step:
    def go(page: Page, base: str, office: Office) -> None:
        _open("loan-application")(page, base, office)
        page.locator(f"form:has(input[name=kind][value={kind}]) [name=document]").first.fill("order 12")
        page.locator(f"form:has(input[name=kind][value={kind}]) select[name=reason]").first.select_option(index=1)
        press(page, f"form:has(input[name=kind][value={kind}]) button[type=submit] >> nth=0")

    return go


PAGES: dict[str, Step] = {
    "start": _at("/"),
    "apply": _at("/apply"),
    "apply-errors": _form_with_errors,
    "received": _received,
    "confirm-wrong": _wrong_code,
    "confirmed": _confirmed,
    "policy": _at("/policy"),
    "inbox": _at("/sample/inbox"),
    "receipt-claim": _at("/receipt"),
    "receipt-code": _receipt_code,
    "receipt": _receipt,
    "receipt-withdraw": _withdraw,
    "receipt-gone": _gone,
    "fault-404": _at("/nothing"),
    "console-bad-sign-in": _bad_sign_in,
    "console-find": _in_console(""),
    "console-found": _find,
    "console-find-refused": _find_refused,
    "console-find-wrong": _find_wrong,
    "console-purpose": _in_console(f"/person/{SUBJECT}"),
    "console-person": _open("loan-application"),
    "console-refused": _open("quality"),
    "console-standing": _open("marketing"),
    "console-sure": _order("destroy"),
    "console-ordered": _order("block"),
    "console-order-refused": _order("hold"),
    "console-asserted": _in_console("/asserted"),
    "console-unconfirmed": _in_console("/unconfirmed"),
    "console-to-decide": _in_console("/standing"),
    "console-log": _in_console("/log"),
}
