"""The system's browser for tests of pages: its headless form where there is one, which draws the same pages for half the processor time."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
ABSENT = CHROMIUM is None and not os.environ.get("CI")
NEEDS_BROWSER = [pytest.mark.browser, pytest.mark.skipif(ABSENT, reason="no Chromium on this machine")]


@contextmanager
def chromium() -> "Iterator[Browser]":
    """A browser that ends with the block."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "no Chromium on this machine (apt-get install chromium-headless-shell)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
