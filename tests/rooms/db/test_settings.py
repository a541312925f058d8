"""Settings: one folder, one file, the environment wins, and nothing misspelt is passed over."""

from dataclasses import fields
from pathlib import Path

import pytest

from sandyq.errors import BadFile
from sandyq.settings import SETTINGS, Settings


def office(tmp_path: Path, text: str = "") -> Path:
    (tmp_path / "sandyq.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_an_office_without_a_file_has_the_defaults_of_the_table(tmp_path: Path) -> None:
    made = Settings.load(tmp_path, {})
    assert all(getattr(made, each.name) == each.default for each in SETTINGS)
    assert made.durable_file == tmp_path / "durable.db"
    assert made.base_url == "http://127.0.0.1:8780"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    folder = office(tmp_path, 'port = 9000\nsample = true\nledger_path = "/elsewhere/ledger"\n')
    made = Settings.load(folder, {"SANDYQ_PORT": "9100", "PATH": "/bin", "SANDYQ_OFFICE": "x", "SANDYQ_TEST_SEED": "1"})
    assert (made.port, made.sample, made.ledger_dir) == (9100, True, Path("/elsewhere/ledger"))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\nprot = 9000\n", 2, ["prot", "'port'"]),
        ("[database]\nurl = 1\n", 1, ["database"]),
        ('port = "9000"\n', 1, ["port", "a whole number", "8780"]),
        ("port = true\n", 1, ["port", "a whole number"]),
        ("sample = 1\n", 1, ["sample", "true or false"]),
        ("host = 1\n", 1, ["host", "text"]),
        ("port = -1\n", 1, ["port"]),
        ("port = 70000\n", 1, ["port"]),
        ("pool_size = 0\n", 1, ["pool_size"]),
        ("# c\nport = \n", 2, ["TOML"]),
        ("a = 1\na = 2\n", 2, ["TOML"]),
        ('engine = "oracle"\n', 1, ["oracle", "sqlite or postgres"]),
        ('engine = "postgres"\n', 1, ["durable_dsn"]),
        ('engine = "postgres"\ndurable_dsn = "d"\nperishable_dsn = "d"\n', 3, ["same database"]),
        ('perishable_path = "durable.db"\n', 1, ["same file"]),
        ("workers = 2\n", 1, ["SQLite"]),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_remedy(tmp_path: Path, text: str, line: int, words: list[str]) -> None:
    with pytest.raises(BadFile) as found:
        Settings.load(office(tmp_path, text), {})
    assert found.value.params["line"] == line
    assert found.value.params["remedy"]
    assert all(word in str(found.value) for word in words)


@pytest.mark.parametrize("variable", ["SANDYQ_PROT", "SANDYQ_PORT_FILE"])
def test_an_unknown_variable_is_refused_by_name(tmp_path: Path, variable: str) -> None:
    with pytest.raises(BadFile, match=variable):
        Settings.load(tmp_path, {variable: "1"})


@pytest.mark.parametrize("value", ["nine", "", "-1", "1.5"])
def test_a_number_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(BadFile, match="SANDYQ_PORT"):
        Settings.load(tmp_path, {"SANDYQ_PORT": value})


def test_a_secret_may_come_from_a_file_and_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("host=db password=hush\n")
    made = Settings.load(
        tmp_path,
        {"SANDYQ_ENGINE": "postgres", "SANDYQ_DURABLE_DSN_FILE": str(tmp_path / "secret"), "SANDYQ_PERISHABLE_DSN": "host=other"},
    )
    assert made.durable_dsn == "host=db password=hush"
    assert "hush" not in repr(made)


def test_a_secret_file_that_is_missing_empty_or_doubled_fails_loudly(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    for env in (
        {"SANDYQ_DURABLE_DSN_FILE": str(tmp_path / "none")},
        {"SANDYQ_DURABLE_DSN_FILE": str(tmp_path / "empty")},
        {"SANDYQ_DURABLE_DSN_FILE": str(tmp_path / "sandyq.toml"), "SANDYQ_DURABLE_DSN": "x"},
    ):
        with pytest.raises(BadFile, match="SANDYQ_DURABLE_DSN_FILE"):
            Settings.load(office(tmp_path, "port = 1\n"), env)


def test_the_table_lists_every_setting_with_its_meaning() -> None:
    assert [each.name for each in SETTINGS] == [each.name for each in fields(Settings) if each.name != "folder"]
    assert all(len(each.help) > 10 for each in SETTINGS)
    assert {each.name for each in SETTINGS if each.secret} == {
        "durable_dsn",
        "perishable_dsn",
        "imap_password",
        "smtp_password",
        "pades_password",
    }
