"""The house rules hold, and each rule is shown to find what it is for."""

import ast
import sys
from pathlib import Path, PurePosixPath

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import house_rules as house

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "sandyq"
MODULES = sorted(PACKAGE.rglob("*.py"))

OFFENCES = {
    "sql_only_in_records": ("use/acts.py", 'work.durable.run("DELETE FROM item WHERE item_id = ?", "x")'),
    "clock_only_in_clock": ("use/acts.py", "import datetime\nx = datetime.datetime.now()"),
    "commit_only_in_doors": ("use/acts.py", "office.stores.write(print)"),
    "permit_never_copied": ("use/acts.py", "import copy\ncopy.copy(permit)"),
    "names_of_the_field": ("use/utils.py", '"""x"""'),
    "sizes": ("use/acts.py", "def long() -> None:\n" + "    pass\n" * 71),
    "broad_except_has_reason": ("use/acts.py", "try:\n    pass\nexcept Exception:\n    pass"),
    "public_docstrings": ("use/acts.py", '"""x"""\ndef public() -> None:\n    pass'),
}


@pytest.mark.parametrize("rule", house.RULES, ids=lambda r: r.__name__)
def test_the_source_keeps_the_rule(rule):
    found = []
    for path in MODULES:
        text = path.read_text()
        inner = PurePosixPath(path.relative_to(PACKAGE).as_posix())
        found += [f"{inner}:{line}: {what}" for line, what in rule(inner, ast.parse(text), text)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("rule", house.RULES, ids=lambda r: r.__name__)
def test_the_rule_finds_an_offence(rule):
    path, text = OFFENCES[rule.__name__]
    assert list(rule(PurePosixPath(path), ast.parse(text), text))
