"""What runs for long runs only when it is asked for: `make soak`."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip everything of this folder unless the marker was named."""
    if "slow" in str(config.getoption("-m")):
        return
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="runs for long: make soak"))
