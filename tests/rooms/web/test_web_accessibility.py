"""Every page in a real browser: axe finds nothing, nothing is wider than a phone, nothing needs a script."""

import pytest
from serving import served
from stand_in import Office
from walk import PAGES

from chromium import NEEDS_BROWSER, chromium

pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def office():
    return Office()


@pytest.fixture(scope="module")
def base(office):
    with served(office) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.mark.parametrize(("language", "scheme"), [("kk", "light"), ("ru", "dark"), ("en", "light")])
def test_axe_finds_nothing_and_no_page_is_wider_than_a_small_phone_or_breaks_its_own_policy(browser, base, office, language, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme=scheme)
    page, found, said = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    for name, step in PAGES.items():
        step(page, f"{base}/{language}", office)
        found += [(name, v["id"], v["nodes"][0]["html"][:120]) for v in Axe().run(page).response["violations"]]
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [(name, "wide", width)] if width > 320 else []
    context.close()
    assert found == []
    assert [text for text in said if "Content Security Policy" in text] == []


def test_enter_in_a_field_sends_the_form_and_does_not_change_its_language(browser, base, office):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/ru/apply")
    page.locator('input[name="data.surname"]').fill("Сарсенова")
    page.locator(".languages button[value=kk]").click()
    assert page.locator("html").get_attribute("lang") == "kk"
    assert page.locator('input[name="data.surname"]').input_value() == "Сарсенова"
    page.locator('input[name="data.surname"]').press("Enter")
    assert page.locator("html").get_attribute("lang") == "kk"
    assert page.locator(".errors").count() == 1, "it was sent, and what is missing is told"
    context.close()


def test_the_whole_way_works_without_scripts_and_by_keyboard(browser, base, office):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/en/")
    page.keyboard.press("Tab")
    assert page.locator(".skip:focus").count() == 1
    page.keyboard.press("Enter")
    PAGES["receipt"](page, f"{base}/en", office)
    assert page.locator("h1").inner_text() == "My receipt"
    context.close()
