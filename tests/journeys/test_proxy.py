"""An office behind a proxy: only the proxy that the settings name is believed on who is calling."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

CALLS = 300
"""More than one address may read at once."""


def _program(*words: str) -> list[str]:
    return [sys.executable, "-m", "sandyq.cli.main", *words]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("behind-a-proxy") / "office"
    subprocess.run(_program("init", "--office", str(folder), "--sample"), check=True, capture_output=True)
    return folder


def _answers(folder: Path, trusted: str) -> set[int]:
    """The kinds of answers to calls that name ever other callers."""
    env = {**os.environ, "SANDYQ_TRUSTED_PROXY": trusted}
    words = _program("serve", "--office", str(folder), "--port", "0", "--no-work")
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            url = re.search(r"http://\S+", server.stdout.readline())
            assert url is not None
            with httpx.Client(base_url=url[0], trust_env=False) as client:
                found = {client.get("/kk/policy", headers={"X-Forwarded-For": f"203.0.113.{n % 250}"}).status_code for n in range(CALLS)}
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
    return found


def test_callers_behind_a_trusted_proxy_are_counted_one_by_one(founded: Path) -> None:
    assert _answers(founded, "127.0.0.1") == {200}


def test_who_is_not_the_named_proxy_is_not_believed(founded: Path) -> None:
    assert _answers(founded, "") == {200, 429}
    assert _answers(founded, "192.0.2.1") == {200, 429}
