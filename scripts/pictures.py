"""The pictures of the README: pages of the pages' stand-in office, as a browser shows them. Usage: pictures.py [FOLDER].

Made-up data only. The pictures are for looking at; nothing compares them.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "rooms" / "web"))

from playwright.sync_api import sync_playwright  # noqa: E402  the stand-in lies beside the tests of the pages
from serving import served  # noqa: E402
from stand_in import Office  # noqa: E402
from walk import PAGES  # noqa: E402

SHOWN = {"consents": ("apply", "en", "#consents"), "receipt": ("receipt", "en", "h1")}
"""Name of the picture: the page, its language, and what stands at the top of the picture."""
SIZE = {"width": 1000, "height": 720}


def main() -> None:
    """Make them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "img"
    folder.mkdir(parents=True, exist_ok=True)
    office = Office()
    with served(office) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, (page_name, language, top) in SHOWN.items():
            context = browser.new_context(viewport=SIZE, color_scheme="light", java_script_enabled=True)
            page = context.new_page()
            PAGES[page_name](page, f"{base}/{language}", office)
            page.locator(top).first.evaluate("shown => window.scrollTo(0, shown.getBoundingClientRect().top + window.scrollY - 24)")
            page.screenshot(path=str(folder / f"{name}.png"))
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
