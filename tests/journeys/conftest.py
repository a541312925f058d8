"""What journeys through pages share: one browser and one founded office to a file. A file whose tests need an office each has a `visits` of its own."""

from collections.abc import Iterator

import pytest
from page_visits import Visits, at_work, chromium
from playwright.sync_api import Browser

from office import sample


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visits]:
    with at_work(tmp_path_factory.mktemp("office"), *sample()) as made:
        yield made
