"""An office's keys and folders."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from register_people import ACTOR

from sandyq.db import Stores, Work
from sandyq.register import keystore


@pytest.fixture
def write(stores: Stores) -> Callable[[Callable[[Work], Any]], Any]:
    return lambda fn: stores.write(fn, ACTOR)


@pytest.fixture
def keys(tmp_path: Path) -> keystore.FileKeys:
    return keystore.FileKeys(tmp_path / "keys")


@pytest.fixture
def ring(keys: keystore.FileKeys, write: Callable[..., Any]) -> keystore.Keyring:
    made = keystore.Keyring(keys)
    write(lambda work: keystore.found(work, made))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "media"
    place.mkdir()
    return place
