"""The house rules that a linter can hold (design.md section 7 of the project's docs), as functions from source text to findings.

Each rule gets the module's path inside the package and its syntax tree and yields (line, sentence).
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

Found = Iterator[tuple[int, str]]
Rule = Callable[[PurePosixPath, ast.Module, str], Found]

_SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX)|WITH\s+\w+\s+AS\s)",
    re.S,
)
_SQL_HOMES = {"outbox.py"}
_OUTSIDERS = {("demo", "check", "keeping.py")}  # reads and tampers with a copy of an office as somebody without our program would
_BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
_DOORS = {"web", "api", "cli", "demo", "clockwork.py", "clockwork", "app"}
_CLOCK_CALLS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "localtime", "gmtime"}
_CLOCK_OWNERS = {"datetime", "date", "time"}


def _strings(tree: ast.Module) -> Iterator[ast.Constant]:
    docs = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                docs.add(id(first.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node


def sql_only_in_records(path: PurePosixPath, tree: ast.Module, text: str) -> Found:
    """SQL stands in `records.py`, in `db/` and in the ground's outbox; an act names what it wants, not how it is stored."""
    if path.name in {"records.py", "store.py"} or path.name in _SQL_HOMES or path.parts[0] == "db" or path.parts in _OUTSIDERS:
        return
    for node in _strings(tree):
        if _SQL.match(str(node.value)):
            yield node.lineno, "SQL outside records.py: move the statement to the room's records.py"


def clock_only_in_clock(path: PurePosixPath, tree: ast.Module, text: str) -> Found:
    """Time is read through `sandyq.clock` alone, so that a sample office can move it and a test can freeze it."""
    if path.name == "clock.py":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCK_CALLS:
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if name in _CLOCK_OWNERS:
                yield node.lineno, f"{name}.{node.func.attr}() reads the clock: use sandyq.clock"


def commit_only_in_doors(path: PurePosixPath, tree: ast.Module, text: str) -> Found:
    """An act works in the caller's transaction: only a door opens or commits one."""
    if path.parts[0] in _DOORS or path.parts[0] == "db":
        return
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
        if node.func.attr in {"commit", "rollback"} or (node.func.attr in {"write", "submit"} and name in {"stores", "_stores"}):
            yield node.lineno, f"{node.func.attr}() outside a door: take the caller's Work instead"


def permit_never_copied(path: PurePosixPath, tree: ast.Module, text: str) -> Found:
    """A permit is used once in its own unit of work; nothing copies, replaces or pickles one."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        called = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
        if called in {"copy", "deepcopy", "replace", "dumps"}:
            for arg in node.args[:1]:
                if isinstance(arg, ast.Name) and "permit" in arg.id.lower():
                    yield node.lineno, f"{called}() of a permit"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(a.name in {"pickle", "marshal", "shelve"} for a in node.names):
            yield node.lineno, "pickle, marshal and shelve are not used here"


def names_of_the_field(path: PurePosixPath, tree: ast.Module, text: str) -> Found:
    """A module is named for what is in it."""
    for part in (*path.parts[:-1], path.stem):
        if part in _BANNED_NAMES:
            yield 1, f"'{part}' says nothing: name the module for what is in it"


def sizes(path: PurePosixPath, tree: ast.Module, text: str) -> Found:
    """Files at most 500 lines, functions at most 70."""
    lines = text.count("\n")
    if lines > 500:
        yield 1, f"{lines} lines: split the file (hard bound 500)"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > 70:
                yield node.lineno, f"{node.name}() has {length} lines (hard bound 70)"


def broad_except_has_reason(path: PurePosixPath, tree: ast.Module, text: str) -> Found:
    """A handler that catches everything says why, on its own line."""
    source = text.splitlines()
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
            if broad and "#" not in source[node.lineno - 1]:
                yield node.lineno, "a broad except without its reason beside it"


def public_docstrings(path: PurePosixPath, tree: ast.Module, text: str) -> Found:
    """Every module, public class and public function says what it is for."""
    if ast.get_docstring(tree) is None and text.strip():
        yield 1, "the module has no docstring"
    for node in tree.body:
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and ast.get_docstring(node) is None
        ):
            yield node.lineno, f"{node.name} has no docstring"


RULES: tuple[Rule, ...] = (
    sql_only_in_records,
    clock_only_in_clock,
    commit_only_in_doors,
    permit_never_copied,
    names_of_the_field,
    sizes,
    broad_except_has_reason,
    public_docstrings,
)
