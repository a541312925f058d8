"""Pictures of every page: two widths, light and dark, three languages. Usage: screenshots.py FOLDER [--only PAGE,...] [--language kk,ru,en] [--whole].

Runs the pages' stand-in office on a free port; the pictures are for looking at, nothing compares them.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "rooms" / "web"))

from playwright.sync_api import sync_playwright
from serving import served
from stand_in import Office
from walk import PAGES

WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")


def main() -> None:
    """Walk to each page and keep its picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default=",".join(PAGES))
    parser.add_argument("--language", default="kk,ru,en")
    parser.add_argument("--width", default=",".join(map(str, WIDTHS)))
    parser.add_argument("--scheme", default=",".join(SCHEMES))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    office = Office()
    with served(office) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width in map(int, asked.width.split(",")):
            for scheme in asked.scheme.split(","):
                for language in asked.language.split(","):
                    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=False)
                    page = context.new_page()
                    for name in asked.only.split(","):
                        office.applicant.withdrawn.clear()
                        office.applicant.gone = False
                        PAGES[name](page, f"{base}/{language}", office)
                        page.screenshot(path=str(asked.folder / f"{name}-{language}-{width}-{scheme}.png"), full_page=True)
                    context.close()
        browser.close()


if __name__ == "__main__":
    main()
