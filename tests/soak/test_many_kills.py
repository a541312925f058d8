"""The kills of `tests/attacks/test_kills.py`, hundreds of each kind and on each engine instead of fifteen; both engines side by side."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import pytest

TIMES = int(os.environ.get("SANDYQ_TEST_KILLS", "210")) // 15
KILLS = Path(__file__).parents[1] / "attacks" / "test_kills.py"
ROOT = Path(__file__).parents[2]
HALVES = {"sqlite": "sqlite", "postgres": "not sqlite"}
"""Which tests of the file are run at the same time as which."""


@pytest.mark.slow
def test_hundreds_of_kills_of_each_kind_lose_nothing_that_was_acknowledged() -> None:
    env = {**os.environ, "SANDYQ_TEST_FAULTS": str(max(1, TIMES))}
    command = [sys.executable, "-m", "pytest", "-s", "-v", "-n", "0", str(KILLS), "-k"]
    halves = {
        name: subprocess.Popen([*command, of], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for name, of in HALVES.items()
    }
    threads = [threading.Thread(target=_told, args=(name, half.stdout)) for name, half in halves.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: half.wait() for name, half in halves.items()} == dict.fromkeys(HALVES, 0)


def _told(name: str, lines: IO[str]) -> None:
    """What one half says, with its name before each line."""
    for line in lines:
        if line.strip():
            print(f"  {name}: {line.rstrip()}", file=sys.stderr, flush=True)
