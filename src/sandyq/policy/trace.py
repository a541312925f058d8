"""`policy trace`: clause -> rule -> code -> test, for every clause of the published document.

What a rule of the pack carries is read from the pack, the registry of predicates and the case table of the law's tests. What a room carries
stands in `places.yaml` and is looked up in the source, so that a name which no longer exists is found. A clause that nothing carries fails,
unless `places.yaml` says that it comes later.
"""

import ast
import importlib.util
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

from sandyq.law.pack import Pack
from sandyq.law.rules import GRANT_TESTS, REGISTRY
from sandyq.policy import shape
from sandyq.policy.crossrefs import ALL_CLAUSES, clause_order
from sandyq.policy.shape import Fields, Many, Named, Text
from sandyq.policy.source import Faults, plain, read

Status = Literal["built", "incomplete", "not built yet", "missing"]
HEADINGS = ("clause", "status", "rule", "code", "test")

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = Path(__file__).with_name("places.yaml")
_PLACE = Fields({"clauses": Many(Text()), "code": Text(), "test": Text()}, required=("clauses", "code", "test"))
_FILE = Fields({"places": Many(_PLACE, unique=False), "later": Named(Text(), shape._CLAUSE)}, required=("places", "later"))


class Case(Protocol):
    """One row of the law's case table, as far as the trace reads it."""

    @property
    def name(self) -> str: ...
    @property
    def clause(self) -> str: ...
    @property
    def rule(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Link:
    """One way in which a clause is carried: by a rule or a room's code, `where` it stands (file:line), and the tests that hold it."""

    rule: str
    code: str
    where: str
    tests: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Code and a test are both there."""
        return bool(self.where and self.tests)


@dataclass(frozen=True, slots=True)
class Traced:
    """One clause."""

    clause: str
    status: Status
    links: tuple[Link, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Every clause in its order. `tests_at_hand` is false for an installed program without its tests: then tests cannot be named."""

    clauses: tuple[Traced, ...]
    tests_at_hand: bool

    @property
    def failed(self) -> tuple[Traced, ...]:
        """Clauses that nothing carries, or whose code or test is gone."""
        return tuple(row for row in self.clauses if row.status in {"missing", "incomplete"})

    def as_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {"tests_at_hand": self.tests_at_hand, "failed": len(self.failed), "clauses": [asdict(row) for row in self.clauses]}

    def as_table(self) -> list[tuple[str, ...]]:
        """Rows of text under `HEADINGS`, one for each link."""
        rows: list[tuple[str, ...]] = []
        for row in self.clauses:
            links = row.links or (Link("", row.note, "", ()),)
            rows += [(row.clause, row.status, link.rule, link.where or link.code, "; ".join(link.tests)) for link in links]
        return rows


def rules_by_clause(pack: Pack) -> dict[str, tuple[str, ...]]:
    """The ids of the pack's rules for each clause that they name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for rule in pack.rules:
        for clause in rule.clauses:
            found[clause].append(rule.id)
    return {clause: tuple(ids) for clause, ids in found.items()}


def report(pack: Pack, tests: Path | None = None, cases: Iterable[Case] | None = None) -> Report:
    """Trace every clause. `tests` is the folder of the tests (default: beside the source), `cases` the law's case table (default: read there).

    Raises `BadFiles` when `places.yaml` is wrong.
    """
    folder = tests if tests is not None else _PACKAGE.parents[1] / "tests"
    named = _case_names(find_cases(folder) if cases is None else cases)
    places, later = read_places()
    links: defaultdict[str, list[Link]] = defaultdict(list)
    for rule in pack.rules:
        for clause in rule.clauses:
            links[clause].append(Link(rule.id, rule.code, _where(rule.code), named.get((clause, rule.id), ())))
    for place in places:
        link = Link("", place["code"], find_code(place["code"]), find_test(place["test"], folder))
        for clause in place["clauses"]:
            links[clause].append(link)
    at_hand = folder.is_dir()
    rows = (_traced(clause, links.get(clause, []), later, at_hand) for clause in sorted(ALL_CLAUSES, key=clause_order))
    return Report(tuple(rows), at_hand)


def _traced(clause: str, links: Sequence[Link], later: Mapping[str, str], at_hand: bool) -> Traced:
    stale = [link for link in links if not link.rule and not (link.where and (link.tests or not at_hand))]
    carried = any(link.whole or (link.where and not at_hand) for link in links)
    if stale:
        return Traced(clause, "incomplete", tuple(links), "a place names code or a test that is not there")
    if carried:
        return Traced(clause, "built", tuple(links), later.get(clause, ""))
    if clause in later:
        return Traced(clause, "not built yet", tuple(links), later[clause])
    return Traced(
        clause, "incomplete" if links else "missing", tuple(links), "code without a test" if links else "nothing carries this clause"
    )


def read_places(path: Path = _PLACES) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """What rooms carry, and what comes later. Raises `BadFiles`."""
    faults = Faults()
    table = read(path, faults)
    shape.verify(table, _FILE, faults)
    for row in table.get("places", ()):
        for clause in row.get("clauses", ()):
            if clause not in ALL_CLAUSES:
                faults.add(row.place, f"`clauses` names {clause}", "name a clause of the published document, 1.1 to 8.3")
    faults.stop()
    return plain(table["places"]), plain(table["later"])


def _case_names(cases: Iterable[Case]) -> dict[tuple[str, str], tuple[str, ...]]:
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for case in cases:
        found[(case.clause, case.rule)].append(case.name)
    return {key: tuple(names) for key, names in found.items()}


def find_cases(tests: Path) -> Sequence[Case]:
    """The case table of the law's tests, `law/cases.py`: empty when the tests are not at hand."""
    path = tests / "law" / "cases.py"
    spec = importlib.util.spec_from_file_location("cases", path) if path.exists() else None
    if spec is None or spec.loader is None:
        return ()
    if "cases" in sys.modules:
        return list(sys.modules["cases"].CASES)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    sys.modules["cases"] = module
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
        del sys.modules["cases"]
    return list(module.CASES)


def _where(code: str) -> str:
    """file:line of a registered predicate or grant test."""
    function: Any = REGISTRY.get(code) or GRANT_TESTS.get(code)
    if function is None:
        return ""
    function = inspect.unwrap(function)
    return f"{_shown(Path(inspect.getfile(function)))}:{function.__code__.co_firstlineno}"


def _shown(path: Path) -> str:
    return str(path.relative_to(_PACKAGE.parent)) if path.is_relative_to(_PACKAGE.parent) else path.name


@cache
def _tree(path: Path) -> ast.Module | None:
    return ast.parse(path.read_text(encoding="utf-8")) if path.exists() else None


def find_code(name: str) -> str:
    """file:line of `sandyq.room.module:Class.attribute` without importing it; empty when there is no such thing."""
    module, _, inside = name.partition(":")
    base = _PACKAGE.parent.joinpath(*module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    node: ast.AST | None = _tree(path)
    for part in inside.split("."):
        node = next((child for child in getattr(node, "body", ()) if part in _names(child)), None)
    return f"{_shown(path)}:{getattr(node, 'lineno', 1)}" if node is not None else ""


def _names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def find_test(name: str, tests: Path) -> tuple[str, ...]:
    """`rooms/policy/test_load.py::test_name` (or `::TestClass::test_name`) when that test is there, else nothing."""
    file, *path = name.split("::")
    tree = _tree(tests / file)
    return (name,) if tree is not None and path and _stands(tree.body, path) else ()


def _stands(body: Sequence[ast.stmt], path: Sequence[str]) -> bool:
    found = [node for node in body if path[0] in _names(node)]
    if len(path) == 1:
        return bool(found)
    return any(isinstance(node, ast.ClassDef) and _stands(node.body, path[1:]) for node in found)
