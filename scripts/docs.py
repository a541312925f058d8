"""Writes the parts of the documentation that are made from the code, so that they cannot drift. Usage: docs.py [--check].

A part stands between `<!-- made: NAME -->` and `<!-- end of NAME -->`; whoever edits a page edits around it. `--check` changes nothing and ends
with 1 when a part is not what the code says. The names are the keys of `PARTS`.
"""

import ast
import inspect
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

from sandyq.access import schema
from sandyq.app.office import Office
from sandyq.cli import exits
from sandyq.cli.main import app
from sandyq.collect.form import Partner, cards
from sandyq.law.rules import GRANT_TESTS, REGISTRY, Rule
from sandyq.policy import loader, trace
from sandyq.policy.facts import FieldSpec
from sandyq.register.identifiers import KINDS
from sandyq.settings import SETTINGS
from sandyq.web import paper

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "sandyq"
MARKS = re.compile(r"(<!-- made: ([a-z-]+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(headings) + " |", "|" + " --- |" * len(headings)]
    return "\n".join(lines + ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]) + "\n"


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


def first_sentence(text: str | None) -> str:
    """The first sentence of a docstring."""
    return re.split(r"\.(?=\s+[A-Z`])", " ".join((text or "").split()), maxsplit=1)[0].rstrip(".")


# --- settings, commands, exits -----------------------------------------------------------------------------------------------------------


def settings() -> str:
    """Every setting."""
    rows = [
        (f"`{s.name}`", f"`{s.env}`" + (f" or `{s.env}_FILE`" if s.secret else ""), s.kind.__name__, f"`{_default(s.default)}`", s.help)
        for s in SETTINGS
    ]
    return table(("in `sandyq.toml`", "in the environment", "kind", "default", "meaning"), rows)


def _default(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


def walk(group: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every command that runs something, with the first sentence of its help."""
    inner = getattr(group, "commands", None)
    if inner is None:
        yield path, first_sentence(getattr(group, "help", ""))
        return
    for name in sorted(inner):
        yield from walk(inner[name], (*path, name))


def command_tree() -> dict[tuple[str, ...], str]:
    """The commands of the program."""
    import typer.main

    return dict(walk(typer.main.get_command(app)))


def commands() -> str:
    """Every command."""
    return table(("command", "does"), [(f"`sandyq {' '.join(path)}`", said) for path, said in command_tree().items()])


def exit_codes() -> str:
    """Every exit code."""
    fixed = [
        (exits.DONE, "", "done"),
        (exits.ANSWER_IS_NO, "", "it worked, and the answer is no: refused by law, a gap in the policy, a log that does not verify"),
        (exits.USAGE, "", "wrong use of the command line"),
    ]
    named = [(code, f"`{kind.__name__}`", meaning) for kind, code, meaning in exits.TABLE]
    return table(("code", "error", "meaning"), sorted([*fixed, *named, (exits.INTERRUPTED, "", "interrupted from the keyboard")]))


# --- the form ----------------------------------------------------------------------------------------------------------------------------


def form() -> str:
    """The fields of the sample office's form, as the form itself shows them."""
    edition = loader.load(*loader.sample_files())
    rows = []
    for section in paper.form(edition, (), "en").sections:
        for shown in section.fields:
            spec = edition.fields[shown.id]
            labels = " / ".join(spec.label[language] for language in ("kk", "ru", "en"))
            wanted = "yes" if shown.required else "no"
            rows.append((f"`{shown.id}`", labels, shown.category, wanted, shown.purpose, shown.why, _checked(spec)))
    return table(("field", "label (kk / ru / en)", "category", "required", "purpose", "why it is asked", "how it is checked"), rows)


def _checked(spec: FieldSpec) -> str:
    if spec.choices:
        return "one of " + ", ".join(f"`{choice}`" for choice in spec.choices)
    if spec.kind == "integer":
        said = "A whole number"
    elif spec.kind == "file":
        said = f"A file of at most {(spec.most or 0) // 1024} KB"
    else:
        said = first_sentence(inspect.getdoc(KINDS[spec.kind]))
    if spec.kind in {"integer", "money"} and spec.least is not None and spec.most is not None:
        said += f"; from {spec.least} to {spec.most}"
    return said


def consents() -> str:
    """The consents of the form, for a partner at home and one abroad, and the items that each text has."""
    edition = loader.load(*loader.sample_files())
    fields = edition.form.required
    partners = (Partner("A", "partner A", "KZ", fields), Partner("B", "partner B", "GE", fields))
    offered = cards(edition, partners, "en")
    rows = [(f"`{card.id}`", card.text.title, card.kind.value, "yes" if card.required else "no") for card in offered]
    items = "\n".join(f"{number}. {item.label}" for number, item in enumerate(offered[0].text.items, 1))
    return table(("consent", "what it says yes to", "kind", "needed for the service"), rows) + f"\nThe items of each text:\n\n{items}\n"


# --- rooms -------------------------------------------------------------------------------------------------------------------------------


def floors() -> list[list[str]]:
    """The rooms, floor by floor from the top, as the import contract has them."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(each for each in config["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    return [[room.strip(" ()") for room in layer.split("|")] for layer in contract["layers"]]


def room_table() -> str:
    """Floor by floor: what each room is for, in the words of its own docstring."""
    rows = []
    for number, rooms in enumerate(floors(), 1):
        for room in rooms:
            path = _room_file(room)
            if path is not None:
                said = first_sentence(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))))
                rows.append((number, f"`{room}`", said, f"`src/sandyq/{path.relative_to(SOURCE)}`"))
    return table(("floor", "room", "what it is", "starts in"), rows)


def _room_file(room: str) -> Path | None:
    for path in (SOURCE / f"{room}.py", SOURCE / room / "__init__.py"):
        if path.exists():
            return path
    return None


def tables() -> str:
    """Every table of both stores with its columns and the comment above it."""
    rows = []
    for store in ("durable", "perishable"):
        for path in sorted((SOURCE / "db" / "schema" / store).glob("*.sql")):
            text = path.read_text(encoding="utf-8")
            for found in re.finditer(r"((?:^--[^\n]*\n)*)^CREATE TABLE (\w+) \(\n(.*?)^\)", text, re.MULTILINE | re.DOTALL):
                note = " ".join(line.lstrip("- ") for line in found[1].splitlines())
                columns = [line.split()[0] for line in found[3].splitlines() if re.match(r"\s+[a-z_]+ [A-Z]", line)]
                rows.append((store, path.stem.partition("_")[2], f"`{found[2]}`", ", ".join(columns), note))
    return table(("store", "room's file", "table", "columns", "note"), rows)


def acts() -> str:
    """The public functions of the rooms from the standing floor to the desk, with their first sentence."""
    rooms = [room for floor in floors() for room in floor]
    wanted = rooms[rooms.index("requests") : rooms.index("register")]
    rows = []
    for room in sorted(wanted):
        module = __import__(f"sandyq.{room}", fromlist=["*"])
        for name in sorted(_public(module)):
            thing = getattr(module, name)
            if inspect.isfunction(thing):
                rows.append((f"`{room}`", f"`{name}`", first_sentence(inspect.getdoc(thing))))
    return table(("room", "function", "what it does"), rows)


def _public(module: object) -> Iterable[str]:
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return listed
    return [
        name for name, thing in vars(module).items() if not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__
    ]  # type: ignore[attr-defined]


def holders() -> str:
    """Who answers for what is kept about a person, in the order in which a destruction asks them."""
    office = Office.__new__(Office)
    office.ring = office.settings = _Anything()  # type: ignore[assignment]  # holders only remember where things are
    rows = []
    for holder in Office._holders(office):
        rows.append((f"`{holder.name}`", ", ".join(holder.steps), first_sentence(inspect.getdoc(type(holder)))))
    return table(("holder", "steps of an erasure", "in its own words"), rows)


class _Anything:
    """Stands where a holder is given something that it only keeps."""

    def __getattr__(self, name: str) -> "_Anything":
        return self


# --- the law -----------------------------------------------------------------------------------------------------------------------------


def clauses() -> str:
    """Clause by clause: how far it is built, by which rules and which code."""
    rows = []
    for row in trace.report(loader.load_pack().pack, ROOT / "tests").clauses:
        rules = ", ".join(f"`{link.rule}`" for link in row.links if link.rule)
        code = ", ".join(f"`{link.code.removeprefix('sandyq.')}`" for link in row.links if not link.rule)
        rows.append((row.clause, row.status, rules, code, row.note))
    return table(("clause", "status", "rules", "code beside the rules", "still to come"), rows)


def rules() -> str:
    """Every rule of the pack: effect, article by dates, mark, source."""
    rows = []
    for rule in sorted(loader.load_pack().pack.rules, key=lambda rule: (rule.id, rule.line)):
        effect = "test of a grant" if rule.grant_test else str(rule.effect)
        readings = ", ".join(sorted(rule.when.get("readings", ()))) or "both"
        mark = rule.mark if all(v.confirmed == (rule.mark == "C") for v in rule.versions) else f"{rule.mark} (in part)"
        rows.append((f"`{rule.id}`", _said(rule), effect, readings, _dated(rule), mark, rule.source))
    return table(("rule", "what it looks at", "effect", "reading", "article, and in force", "mark", "source"), rows)


def _said(rule: Rule) -> str:
    return first_sentence(inspect.getdoc(inspect.unwrap(REGISTRY.get(rule.code) or GRANT_TESTS[rule.code])))


def _dated(rule: Rule) -> str:
    parts = []
    for version in rule.versions:
        days = f"from {version.first}" + (f" to {version.last}" if version.last else "")
        parts.append(f"{version.article} ({days})")
    return "; ".join(parts)


def deadlines() -> str:
    """Every deadline of the law."""
    rows = []
    for rule in loader.load_pack().deadlines:
        days = "; ".join(f"from {i.since}" + (f" to {i.until}" if i.until else "") for i in rule.in_force)
        rows.append(
            (
                f"`{rule.duty}`",
                rule.nature.value,
                str(rule.term),
                ", ".join(rule.starts),
                days,
                str(rule.source),
                rule.mark.value,
                ", ".join(rule.clauses),
            )
        )
    return table(("duty", "nature", "term", "starts", "in force", "source", "mark", "clauses"), rows)


# --- dependencies ------------------------------------------------------------------------------------------------------------------------

IMPORTED_AS = {"pyyaml": "yaml", "psycopg-pool": "psycopg_pool", "argon2-cffi": "argon2"}


def runtime() -> list[str]:
    """Names of the runtime dependencies in pyproject.toml, those of extras too."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = [each for wanted in config["project"].get("optional-dependencies", {}).values() for each in wanted]
    return [re.split(r"[^A-Za-z0-9._-]", each, maxsplit=1)[0] for each in [*config["project"]["dependencies"], *extras]]


def importers() -> dict[str, set[str]]:
    """For each third-party package that the source imports, the files that do."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom) and not node.level
                else []
            )
            for name in names:
                top = name.partition(".")[0]
                if top and top != "sandyq" and top not in sys.stdlib_module_names:
                    found[top].add(str(path.relative_to(SOURCE)))
    return dict(found)


def dependencies() -> str:
    """What is locked: version, licence, day of its release, size of its wheel."""
    locked = {each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]}
    rows = []
    for name in sorted(runtime()):
        package = locked[name]
        rows.append((f"`{name}`", package["version"], _licence(name), _released(package), _size(_carrier(name, locked))))
    return table(("package", "locked", "licence", "released", "wheel"), rows) + f"\n{_closure(locked)}\n"


def _carrier(name: str, locked: dict[str, dict]) -> dict:
    return locked.get(f"{name}-binary", locked[name])


def _licence(name: str) -> str:
    about = metadata.metadata(name)
    classified = [c.rpartition(":: ")[2] for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    given = about.get("License-Expression") or ", ".join(classified) or (about.get("License") or "").partition("\n")[0]
    return given or "not stated"


def _released(package: dict) -> str:
    files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
    return min(str(each["upload-time"]) for each in files)[:10] if files and all("upload-time" in each for each in files) else "unknown"


def _size(package: dict) -> str:
    fitting = [
        w
        for w in package.get("wheels", ())
        if re.search(r"(cp311|cp31?0?-abi3|py3|py2\.py3)[^/]*(manylinux[^/]*x86_64|none-any)", w["url"])
    ]
    sizes = [w["size"] for w in fitting or package.get("wheels", ()) if "size" in w]
    return f"{max(sizes) / 1024:,.0f} KB" if sizes else "unknown"


def _closure(locked: dict[str, dict]) -> str:
    seen, todo = set(), ["sandyq"]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        package = locked[name]
        extras = [d for group in package.get("optional-dependencies", {}).values() for d in group] if name == "psycopg" else []
        todo += [d["name"] for d in [*package.get("dependencies", ()), *extras] if "sys_platform == 'win32'" not in d.get("marker", "")]
    return f"With what these need in turn, {len(seen) - 1} packages are installed."


# --- decisions ---------------------------------------------------------------------------------------------------------------------------


def decisions() -> str:
    """The list of decision records."""
    rows = []
    for path in sorted((DOCS / "adr").glob("0*.md")):
        lines = path.read_text(encoding="utf-8").splitlines()
        status = next(line.removeprefix("Status: ").rstrip(".") for line in lines if line.startswith("Status: "))
        rows.append((f"[{path.stem[:4]}]({path.name})", lines[0].lstrip("# ").partition(". ")[2], status))
    return table(("number", "decision", "status"), rows)


PARTS: dict[str, Callable[[], str]] = {
    "settings": settings,
    "commands": commands,
    "exit-codes": exit_codes,
    "form": form,
    "consents": consents,
    "rooms": room_table,
    "tables": tables,
    "acts": acts,
    "holders": holders,
    "clauses": clauses,
    "rules": rules,
    "deadlines": deadlines,
    "dependencies": dependencies,
    "decisions": decisions,
}


def fresh(text: str) -> str:
    """A page with its parts made anew."""
    return MARKS.sub(lambda found: found[1] + PARTS[found[2]]() + found[3], text)


def pages() -> list[Path]:
    """Every page of the documentation."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def main() -> int:
    """Write the parts, or with `--check` name the pages whose parts are old."""
    old = 0
    for path in pages():
        text = path.read_text(encoding="utf-8")
        made = fresh(text)
        if made != text:
            old += 1
            print(("old: " if "--check" in sys.argv else "written: ") + str(path.relative_to(ROOT)))
            if "--check" not in sys.argv:
                path.write_text(made, encoding="utf-8")
    old += _schema()
    return int("--check" in sys.argv and old > 0)


def _schema() -> int:
    """The published schema of an answer on access beside the pages; 1 when it was old."""
    path = DOCS / "schemas" / schema.NAME
    if path.exists() and path.read_bytes() == schema.text():
        return 0
    print(("old: " if "--check" in sys.argv else "written: ") + str(path.relative_to(ROOT)))
    if "--check" not in sys.argv:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(schema.text())
    return 1


if __name__ == "__main__":
    sys.exit(main())
