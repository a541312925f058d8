"""A clause that a room carries counts only when breaking the room's code makes the named test fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandyq.policy import trace

TESTS = Path(__file__).resolve().parents[1]
PLACES, _ = trace.read_places()
ROUNDS = 2
"""A test that stands at two places runs once for each."""


def _round(number: int) -> list[int]:
    """The places whose test was named this many times before them."""
    tests = [place["test"] for place in PLACES]
    return [at for at, test in enumerate(tests) if tests[:at].count(test) == number]


def _run(places: list[int]) -> dict[str, str]:
    """What became of the test of each place while its code is broken: PASSED or FAILED."""
    names = sorted({str(TESTS / PLACES[at]["test"]) for at in places})
    wanted = ",".join(map(str, places))
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-n",
            "0",
            "-p",
            "breaking",
            "-o",
            "addopts=",
            "--import-mode=importlib",
            "-rA",
            "-q",
            "--no-header",
            "--tb=no",
            *names,
        ],
        cwd=TESTS.parent,
        env={**os.environ, "PLACES": wanted, "PYTHONPATH": str(TESTS / "contracts")},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    lines = [line.split() for line in made.stdout.splitlines() if line.startswith(("PASSED", "FAILED", "ERROR"))]
    assert lines, made.stdout + made.stderr
    return {words[1].removeprefix("tests/"): words[0] for words in lines}


def test_no_test_stands_at_more_places_than_there_are_rounds() -> None:
    assert _round(ROUNDS) == []


@pytest.mark.parametrize("number", range(ROUNDS))
def test_breaking_the_code_of_a_place_makes_its_test_fail(number: int) -> None:
    places = _round(number)
    became = _run(places)
    ran = {test.partition("[")[0] for test in became}
    assert ran == {PLACES[at]["test"] for at in places}
    assert {test for test, state in became.items() if state != "FAILED"} == set()
