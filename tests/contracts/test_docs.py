"""The documentation says what the code does: what is made from the code is fresh, and every link, file, function, command, setting, target
and code of an error that a page names is there.
"""

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sandyq.app import office
from sandyq.cli import serve
from sandyq.collect import acts, codes
from sandyq.demo import run
from sandyq.policy import trace
from sandyq.settings import NOT_SETTINGS, SETTINGS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "sandyq"


def _made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_made", ROOT / "scripts" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


made = _made()
PAGES = [*made.pages(), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _spoken(page: Path) -> str:
    """What the writer said: the page without the parts that are made."""
    return made.MARKS.sub("", page.read_text(encoding="utf-8"))


def _prose(page: Path) -> str:
    return _FENCE.sub("", _spoken(page))


def _quoted(page: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", _prose(page))


def _missing(found: Iterator[str]) -> list[str]:
    return sorted(set(found))


# --- what is made from the code ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", made.pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_parts_made_from_the_code_are_fresh(page):
    text = page.read_text(encoding="utf-8")
    assert text == made.fresh(text), "run scripts/docs.py"


def test_every_part_stands_on_some_page():
    text = "\n".join(page.read_text(encoding="utf-8") for page in made.pages())
    assert {name for name in made.PARTS if f"<!-- made: {name} -->" not in text} == set()


def test_an_old_part_is_noticed():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert made.fresh(text.replace("`port`", "`portt`")) == text


def test_a_table_names_every_setting():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [s.name for s in SETTINGS if f"| `{s.name}` | `{s.env}`" not in text] == []


# --- what pages name ---------------------------------------------------------------------------------------------------------------------


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def _dead_links(page: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or (anchor and anchor not in _anchors(found)):
            yield target


@each_page
def test_links_lead_somewhere(page):
    assert _missing(_dead_links(page)) == []


@each_page
def test_functions_that_are_named_exist(page):
    named = [word for word in _quoted(page) if re.fullmatch(r"(?:[a-z_0-9]+\.)*[a-z_0-9]+:[A-Za-z_][A-Za-z_.0-9]*", word)]
    assert _missing(word for word in named if not trace.find_code(f"sandyq.{word.removeprefix('sandyq.')}")) == []


def test_the_walk_through_an_application_names_its_functions():
    assert len([word for word in _quoted(ROOT / "docs" / "life-of-one-application.md") if trace.find_code(f"sandyq.{word}")]) > 50


def _file_words(page: Path) -> Iterator[str]:
    for word in _quoted(page):
        if re.fullmatch(r"(?:src|docs|tests|scripts|verifier|bench|\.ci)/[\w./*-]*(?:::\w+)?", word):
            yield word


def _there(word: str) -> bool:
    file, _, function = word.partition("::")
    if function:
        return bool(trace.find_test(word.removeprefix("tests/"), ROOT / "tests"))
    return bool(list(ROOT.glob(file.rstrip("/"))))


@each_page
def test_files_and_tests_that_are_named_exist(page):
    assert _missing(word for word in _file_words(page) if not _there(word)) == []


def test_a_test_that_is_not_there_is_noticed():
    assert _there("tests/contracts/test_docs.py::test_a_test_that_is_not_there_is_noticed")
    assert not _there("tests/contracts/test_docs.py::test_of_something_else")


def _command_words(page: Path) -> Iterator[tuple[str, ...]]:
    text = _spoken(page)
    lines = re.findall(r"`(?:\S*/)?sandyq ([^`\n]+)`", _FENCE.sub("", text))
    for fence in _FENCE.findall(text):
        lines += re.findall(r"^(?:\$ )?(?:\S*/)?sandyq (.+)$", fence, re.MULTILINE)
    for line in lines:
        yield tuple(word for word in line.split() if word not in {"...", "--json"})


def _known(words: tuple[str, ...], tree: dict[tuple[str, ...], str]) -> bool:
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in {"--language", "-l"} else words[1:]
    if not words:
        return True
    options = (words[0].split("|"), words[1].split("|") if len(words) > 1 else [""])
    wanted = {(first, second) for first in options[0] for second in options[1]}
    return all(
        (first,) in tree or (first, second) in tree or (not second and any(path[0] == first for path in tree)) for first, second in wanted
    )


@each_page
def test_commands_that_are_named_exist(page):
    tree = made.command_tree()
    assert _missing(" ".join(words) for words in _command_words(page) if not _known(words, tree)) == []


def test_a_command_that_is_not_there_is_noticed():
    tree = made.command_tree()
    assert _known(("policy", "check", "policy.yaml"), tree)
    assert not _known(("policy", "burn"), tree)
    assert not _known(("vanish",), tree)


@each_page
def test_make_targets_that_are_named_exist(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"(?:`|^)make ([a-z]+)", _spoken(page), re.MULTILINE)
    assert _missing(word for word in named if word not in targets) == []


@each_page
def test_names_in_the_environment_exist(page):
    known = {s.env for s in SETTINGS} | {f"{s.env}_FILE" for s in SETTINGS if s.secret} | NOT_SETTINGS
    assert (
        _missing(
            word
            for word in re.findall(r"\bSANDYQ_[A-Z_]*[A-Z]\b", _spoken(page))
            if word not in known and not word.startswith("SANDYQ_TEST_")
        )
        == []
    )


def test_the_source_cites_decisions_that_are_listed():
    listed = {int(number) for number in re.findall(r"^(\d+)\. ", (ROOT / "docs" / "design.md").read_text(encoding="utf-8"), re.MULTILINE)}
    cited = {int(number) for path in SOURCE.rglob("*.py") for number in re.findall(r"\(design (\d+)", path.read_text(encoding="utf-8"))}
    assert cited
    assert cited <= listed


def test_decision_records_are_numbered_without_gaps():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "adr").glob("0*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


# --- why an office does not start --------------------------------------------------------------------------------------------------------

_RAISED = {
    "app": {"NotReady", "Fault", "OutOfOrder"},
    "db": {"NotReady", "Problem"},
    "register": {"NotReady"},
    "policy": {"NotReady"},
    "audit": {"Tampered"},
}
_OF_A_REQUEST = {"entry_missing", "proof_wrong", "frontier_malformed", "verifier_key_malformed"}
"""Faults of one entry or one caller; they do not keep an office from starting."""


def _start_codes() -> set[str]:
    found = set()
    for room, names in _RAISED.items():
        for path in (SOURCE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value):
                    continue
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                wanted = names | ({"add"} if path.name == "start.py" and room == "audit" else set())
                if called in wanted:
                    found.add(node.args[0].value)
    return found - _OF_A_REQUEST


def test_every_reason_not_to_start_has_its_remedy_on_the_page():
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    section = text.partition("## When it does not start")[2].partition("\n## ")[0]
    explained = {word for row in re.findall(r"^\| (`[^|]+)\|", section, re.MULTILINE) for word in re.findall(r"`([a-z_]+)`", row)}
    assert {"store_old", "ledger_cut", "database_forked"} <= _start_codes()
    assert _start_codes() - explained == set()


# --- dependencies ------------------------------------------------------------------------------------------------------------------------


def _table() -> dict[str, tuple[bool, list[str]]]:
    """Package -> (whether the places are those where it may not be imported, the places)."""
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| [^|]+ \| ([^|]+) \|$", _spoken(ROOT / "docs" / "dependencies.md"), re.MULTILINE)
    return {name: (said.startswith("everywhere but"), re.findall(r"`([\w./]+)`", said)) for name, said in rows}


def _wrong_places(name: str, table: dict[str, tuple[bool, list[str]]], files: set[str]) -> set[str]:
    but, places = table[name]
    return {file for file in files if any(file.startswith(place) for place in places) is but}


def test_the_table_of_dependencies_has_each_once():
    assert sorted(_table()) == sorted(made.runtime())


def test_packages_are_imported_only_where_the_table_says():
    table, used = _table(), made.importers()
    names = {made.IMPORTED_AS.get(name, name.replace("-", "_")): name for name in table}
    assert set(used) - set(names) == set(), "imported, and no dependency of the program"
    assert {names[top]: wrong for top, files in used.items() if (wrong := _wrong_places(names[top], table, files))} == {}


def test_each_dependency_is_used():
    used = made.importers()
    unused = {name for name in made.runtime() if made.IMPORTED_AS.get(name, name.replace("-", "_")) not in used}
    assert unused == {name for name, (but, places) in _table().items() if not but and not places}


def test_an_import_in_a_wrong_place_is_noticed():
    assert _wrong_places("cryptography", _table(), {"seal.py", "web/site.py"}) == {"web/site.py"}
    assert _wrong_places("msgspec", _table(), {"law/decide.py", "api/door.py"}) == {"law/decide.py"}


# --- nothing of the machine it was written on --------------------------------------------------------------------------------------------

_HOSTS = ("pypi.org", "pythonhosted.org", "registry.npmjs.org", "proxy.golang.org")
_MACHINE = re.compile(r"(?<![\w.}])/(?:work|root|home|Users|tmp/brief)/\w|" + "|".join(map(re.escape, _HOSTS)))


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout: git does not list the files")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and name != "uv.lock"]


def test_no_tracked_text_names_a_place_on_a_machine_or_a_registry():
    found = []
    for path in _tracked():
        if not path.exists() or path == Path(__file__).resolve():
            continue
        raw = path.read_bytes()
        if b"\0" not in raw[:4096]:
            found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in _MACHINE.finditer(raw.decode(errors="replace"))]
    assert found == []


@pytest.mark.parametrize("text", ["cd /ro" + "ot/x", "https://py" + "pi.org/simple"])
def test_such_a_place_would_be_noticed(text):
    assert _MACHINE.search(text)


def test_the_script_mends_an_old_page_and_only_names_it_when_asked_to_check(tmp_path, monkeypatch, capsys):
    page = tmp_path / "page.md"
    old = "<!-- made: exit-codes -->\nlong ago\n<!-- end of exit-codes -->\n"
    page.write_text(old, encoding="utf-8")
    monkeypatch.setattr(made, "ROOT", tmp_path)
    monkeypatch.setattr(made, "pages", lambda: [page])
    monkeypatch.setattr(sys, "argv", ["docs.py", "--check"])
    assert made.main() == 1
    assert page.read_text(encoding="utf-8") == old
    monkeypatch.setattr(sys, "argv", ["docs.py"])
    assert made.main() == 0
    assert "| 10 | `NotReady` |" in page.read_text(encoding="utf-8")
    assert "old: page.md" in capsys.readouterr().out


# --- words and numbers of the prose ------------------------------------------------------------------------------------------------------


def test_log_lines_to_look_for_are_written_somewhere():
    section = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8").partition("## Watch")[2].partition("\n## ")[0]
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    named = re.findall(r"`([a-z]+_[a-z]+)`", section)
    assert len(named) >= 4
    assert [word for word in named if f'"{word}"' not in source] == []


@pytest.mark.parametrize(
    ("page", "said", "found", "wanted"),
    [
        ("docs/operate.md", "Certificates count on 30 days", office.KEY_BACKUP.days, 30),
        ("docs/operate.md", "turns them every 30 days", office.KEY_INTERVAL.days, 30),
        ("docs/adr/0005-generations-of-keys.md", "one each 30 days", office.KEY_INTERVAL.days, 30),
        ("docs/adr/0006-asserted-submissions.md", "a short term of 30 days", acts.QUARANTINE_DAYS, 30),
        ("docs/life-of-one-application.md", "within five minutes", codes.LIFE_US, 300_000_000),
        ("docs/life-of-one-application.md", "and five tries", codes.TRIES, 5),
        ("docs/operate.md", "requests under way get ten seconds", serve._GRACE, 10),
        ("README.md", "200 made-up people", run.PEOPLE, 200),
    ],
)
def test_numbers_of_the_prose_are_those_of_the_code(page, said, found, wanted):
    assert said in " ".join((ROOT / page).read_text(encoding="utf-8").split())
    assert found == wanted
