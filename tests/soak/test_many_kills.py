"""The kills of `tests/attacks/test_kills.py`, hundreds of each kind and on each engine instead of fifteen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TIMES = int(os.environ.get("SANDYQ_TEST_KILLS", "300")) // 15
KILLS = Path(__file__).parents[1] / "attacks" / "test_kills.py"
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_hundreds_of_kills_of_each_kind_lose_nothing_that_was_acknowledged() -> None:
    env = {**os.environ, "SANDYQ_TEST_FAULTS": str(max(1, TIMES))}
    ended = subprocess.run([sys.executable, "-m", "pytest", "-s", "-v", "-n", "0", str(KILLS)], cwd=ROOT, env=env, check=False)
    assert ended.returncode == 0
