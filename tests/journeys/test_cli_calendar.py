"""`sandyq calendar` as a person at a terminal meets it: real processes, what they print and how they end."""

import json
import os
import subprocess
import sys

import pytest

import warm_program


def run(*args, **env):
    done = warm_program.run(*args, timeout=60, env={**os.environ, "LC_ALL": "C.UTF-8", **env})
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_three_working_days_over_nauryz_end_on_the_27th_and_nothing_else_is_printed():
    done = run("calendar", "due", "2026-03-19", "3wd")
    assert (done.returncode, done.stdout, done.stderr) == (0, "2026-03-27\n", "")


@pytest.mark.parametrize(
    ("start", "term", "last"),
    [
        ("2026-03-20", "15wd", "2026-04-15"),
        ("2026-02-28", "10cd", "2026-03-10"),
        ("2026-02-26", "10cd", "2026-03-10"),
        ("2026-03-19", "0d", "2026-03-19"),
        ("2025-12-31", "1wd", "2026-01-05"),
        ("2026-08-28", "1wd", "2026-08-31"),
        ("2024-01-31", "1m", "2024-02-29"),
        ("2021-03-19", "5y", "2026-03-19"),
    ],
)
def test_a_term_ends_on_its_day(start, term, last):
    assert run("calendar", "due", start, term).stdout == f"{last}\n"


def test_explain_shows_every_day_why_it_counts_and_ends_with_the_date():
    lines = run("calendar", "due", "2026-03-19", "3wd", "--explain").stdout.splitlines()
    told = {words[0]: words for line in lines[:-1] if (words := line.split()) and words[0].startswith("2026-03-")}
    assert list(told) == [f"2026-03-{day}" for day in range(19, 28)]
    assert [day for day, words in told.items() if words[2:3] and words[2].isdigit()] == ["2026-03-20", "2026-03-26", "2026-03-27"]
    assert "moved from 2026-03-21" in " ".join(told["2026-03-24"])
    assert any("2026 are not known" in line for line in lines)
    assert lines[-1] == "2026-03-27"


def test_json_holds_the_date_the_days_the_calendar_and_the_warnings():
    done = run("calendar", "due", "2026-03-19", "3wd", "--json")
    found = json.loads(done.stdout)
    assert (found["due"], found["start"], found["term"]) == ("2026-03-27", "2026-03-19", "3wd")
    assert [day["date"] for day in found["days"] if day["counted"]] == ["2026-03-20", "2026-03-26", "2026-03-27"]
    assert found["days"][5] == {
        "date": "2026-03-24",
        "counted": False,
        "kind": "moved_day_off",
        "holiday": "nauryz",
        "counterpart": "2026-03-21",
        "citation": None,
        "estimated": False,
    }
    assert [warning["code"] for warning in found["warnings"]] == ["unconfirmed_year"]
    assert found["calendar"].startswith("kz-")


def test_a_year_is_shown_with_its_working_days_and_its_special_days():
    found = json.loads(run("calendar", "show", "2026", "--json").stdout)
    assert found["total"] == 247
    assert sum(found["working_days"]) == 247
    assert found["working_days"][2] == 18
    kinds = {day["date"]: day["kind"] for day in found["days"]}
    assert kinds["2026-03-25"] == "moved_day_off"
    assert "2026-08-30" not in kinds
    text = run("calendar", "show", "2026").stdout
    assert "247" in text
    assert "kurban ait" in text


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("due", "19.03.2026", "3wd"), 2, "2026-03-19"),
        (("due", "2026-02-30", "3wd"), 2, "YEAR-MONTH-DAY"),
        (("due", "2026-03-19", "3 weeks"), 3, "3wd 10cd 6m 5y"),
        (("due", "2026-03-19", "9999y"), 3, "200y"),
        (("due", "2030-12-30", "30wd"), 13, "2030-12-31"),
        (("due", "2026-03-19"), 2, "Missing argument"),
        (("show", "1999"), 13, "2000-01-01"),
        (("show", "next"), 2, "integer"),
        (("sow", "2026"), 2, "No such command"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_what_to_do_and_ends_with_its_code(args, code, said):
    done = run("calendar", *args)
    assert done.returncode == code
    assert done.stdout == ""
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr


def test_an_error_is_json_too_when_json_was_asked_for():
    done = run("calendar", "due", "2030-12-30", "30wd", "--json")
    told = json.loads(done.stderr)
    assert (done.returncode, told["error"], told["exit"]) == (13, "calendar_outside", 13)
    assert told["params"]["last"] == "2030-12-31"
    assert any("scripts/make_calendar.py" in sentence for sentence in told["sentences"])


@pytest.mark.parametrize(
    "command", [(), ("calendar",), ("calendar", "due"), ("calendar", "show"), ("policy",), ("policy", "check"), ("decide",)]
)
def test_every_level_has_help(command):
    done = run(*command, "--help")
    assert done.returncode == 0
    assert "Usage: sandyq" in done.stdout


def test_a_leaf_commands_help_has_an_example():
    for command in (("calendar", "due"), ("calendar", "show"), ("policy", "check"), ("policy", "trace"), ("policy", "render"), ("decide",)):
        assert "Example:" in run(*command, "--help").stdout


def test_a_reader_that_stops_reading_is_no_error():
    done = subprocess.run(
        f"{warm_program.SANDYQ} calendar show 2026 --json | head -1", shell=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "{\n"
    assert "Traceback" not in done.stderr


def test_a_start_imports_nothing_that_help_and_calendar_do_not_need():
    heavy = {
        "litestar",
        "typst",
        "cryptography",
        "apsw",
        "psycopg",
        "httpx",
        "yaml",
        "jinja2",
        "phonenumbers",
        "sandyq.db",
        "sandyq.speech",
    }
    code = "import sys, sandyq.cli.main; print('\\n'.join(sys.modules))"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout.split())
    assert "sandyq.cli.calendar" in loaded
    assert not heavy & loaded
