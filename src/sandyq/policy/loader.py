"""From files to a policy and a pack that the law can use, or to every fault at once with file, line and remedy.

A policy is `policy.yaml` with the files it includes, perhaps with an overlay laid over it. A pack is a folder of YAML files.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from sandyq.errors import BadFile, FieldError, Invalid
from sandyq.law import deadlines, disclosures
from sandyq.law.deadlines import DeadlineRule
from sandyq.law.disclosures import DisclosureRule
from sandyq.law.pack import Pack
from sandyq.law.policy import Policy, canonical_digest
from sandyq.policy import crossrefs, shape
from sandyq.policy.facts import Edition, PackEdition
from sandyq.policy.source import BadFiles, Faults, Listing, Place, Table, lay_over, plain, read


def load(policy: Path, overlay: Path | None = None) -> Edition:
    """Read a policy and its overlay. Raises `BadFiles` with all faults of both."""
    faults = Faults()
    original = _read(policy, shape.FILE, faults)
    merged = original
    synthetic = False
    if overlay is not None:
        over = _read(overlay, shape.OVERLAY, faults)
        _check_overlay(original, over, faults)
        synthetic = over.get("synthetic") is True
        merged = lay_over(original, over)
    faults.stop()
    crossrefs.check(merged, faults)
    faults.stop()
    return edition(plain(merged), original=plain(original), synthetic=synthetic)


def edition(data: Mapping[str, Any], *, original: Mapping[str, Any] | None = None, synthetic: bool = False) -> Edition:
    """An edition from merged plain data, as read from files or from the store."""
    return Edition(data, Policy.from_data(project(data)), original, synthetic)


def project(data: Mapping[str, Any]) -> dict[str, Any]:
    """The plain data that `law.policy.Policy.from_data` reads, made of the file's own layout; `wording` binds the text into its digest."""
    says = {number for number, row in data["clauses"].items() if "open_list" in row.get("says", ())}
    categories, fields = data["categories"], [name for rows in data["categories"].values() for name in rows]
    return {
        "id": data["policy"]["id"],
        "version": data["policy"]["version"],
        "approved_on": data["policy"]["approved_on"],
        "jurisdiction": data["policy"]["jurisdiction"],
        "operator": {"roles": list(data["operator"]["roles"])},
        "clauses": {number: {"part": number[0]} for number in data["clauses"]},
        "categories": {clause: {"fields": list(rows), "open": clause in says} for clause, rows in categories.items()},
        "fields": {name: _field(clause, row) for clause, rows in categories.items() for name, row in rows.items()},
        "purposes": {name: _purpose(row, fields) for name, row in data["purposes"].items()},
        "recipients": {clause: {"purposes": row["purposes"], "open": bool(row.get("open"))} for clause, row in data["recipients"].items()},
        "terms": {name: {key: value for key, value in row.items() if key != "internal_document"} for name, row in data["terms"].items()},
        "wording": canonical_digest(data),
    }


def _field(clause: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "category": clause,
        "validator": row["kind"],
        "identifier": bool(row.get("id")),
        "biometric": bool(row.get("bio")),
        "paper_id_copy": bool(row.get("paper_id_copy")),
        "essential": bool(row.get("essential")),
        "access": row.get("class", "restricted"),
        "mask": bool(row.get("mask")),
    }


def _purpose(row: Mapping[str, Any], every: list[str]) -> dict[str, Any]:
    fields = every if list(row["fields"]) == ["*"] else row["fields"]
    grounds = [ground for ground in row["grounds"] if ground not in {"implied", "public_source"}]
    return {**{key: value for key, value in row.items() if key != "label"}, "fields": fields, "grounds": grounds}


def _read(path: Path, form: shape.Fields, faults: Faults) -> Table:
    table = read(path, faults)
    shape.verify(table, form, faults)
    included = table.get("include")
    for name, place in zip(included, included.places, strict=True) if isinstance(included, Listing) else ():
        part = _include(path, str(name), place, faults)
        for key, value in part.items():
            if key in table:
                faults.add(part.places[key], f"`{key}` is also given in {path.name}", "keep one of the two")
            else:
                table.put(key, value, part.places[key])
    for key in ("include", "format"):
        table.pop(key, None)
    return table


def _include(path: Path, name: str, place: Place, faults: Faults) -> Table:
    folder = path.parent.resolve()
    target = (folder / name).resolve()
    if not target.is_relative_to(folder):
        faults.add(place, f"`{name}` is outside the policy's folder", "keep included files beside the policy")
        return Table(place)
    table = read(path.parent / name, faults)
    shape.verify(table, shape.INCLUDED, faults)
    return table


def _check_overlay(original: Table, over: Table, faults: Faults) -> None:
    own = original.get("policy")
    name = own.get("id") if isinstance(own, Table) else None
    if over.get("overlay_of") != name:
        place = over.places.get("overlay_of", over.place)
        faults.add(
            place, f"the overlay is for `{over.get('overlay_of')}`, the policy is `{name}`", "name the policy's own id in overlay_of"
        )


def sample_files() -> tuple[Path, Path]:
    """The sample office's policy and its synthetic overlay."""
    folder = Path(str(resources.files("sandyq.sample"))) / "quicklid"
    return folder / "policy.yaml", folder / "overlay.yaml"


def packs_folder() -> Path:
    """Where the packs of the program lie, one folder per jurisdiction in small letters."""
    return Path(str(resources.files("sandyq.law"))) / "packs"


def load_pack(folder: Path | None = None) -> PackEdition:
    """The pack of a folder (default: Kazakhstan's): `rules.yaml` and `deadlines.yaml`. Raises `BadFiles` with every rule at fault."""
    folder = folder or packs_folder() / "kz"
    faults = Faults()
    table = read(folder / "rules.yaml", faults)
    faults.stop()
    lined = plain(table, lines=True) | {"__file__": table.place.file}
    for row in lined["rules"] if isinstance(lined.get("rules"), list) else ():
        try:
            Pack.from_data({**lined, "rules": [row]})
        except BadFile as wrong:
            faults.found.append(wrong)
    faults.stop()
    rows, deadline_rules = _deadlines(folder / "deadlines.yaml")
    return PackEdition(plain(table), Pack.from_data(lined), rows, deadline_rules)


def pack_edition(data: Mapping[str, Any], deadline_data: Sequence[Mapping[str, Any]]) -> PackEdition:
    """A pack from plain data, as read back from the store."""
    return PackEdition(data, Pack.from_data(data), deadline_data, deadlines.from_data(deadline_data))


def load_deadlines(path: Path | None = None) -> tuple[DeadlineRule, ...]:
    """The deadline rules of a pack (default: Kazakhstan's). Raises `BadFiles`, each fault with the line of its entry."""
    return _deadlines(path or packs_folder() / "kz" / "deadlines.yaml")[1]


@cache
def load_disclosures(path: Path | None = None) -> tuple[DisclosureRule, ...]:
    """Which disclosures without consent a person is told of, by the table of a pack (default: Kazakhstan's). It decides what an answer says and nothing that is
    replayed, so it is the program's and not stored with a policy. Raises `BadFiles`."""
    faults = Faults()
    table = read(path or packs_folder() / "kz" / "disclosures.yaml", faults)
    entries = table.get("disclosures")
    if not isinstance(entries, list):
        faults.add(table.place, "the file has no list `disclosures`", "write `disclosures:` and its entries below")
    faults.stop()
    try:
        return disclosures.from_data(plain(entries))
    except Invalid as wrong:
        for error in wrong.errors:
            faults.add(table.place, f"{error.field}: {error.code}", _remedy(error))
        raise BadFiles(faults.found) from wrong


def _deadlines(path: Path) -> tuple[list[dict[str, Any]], tuple[DeadlineRule, ...]]:
    faults = Faults()
    table = read(path, faults)
    entries = table.get("deadlines")
    if not isinstance(entries, list):
        faults.add(table.place, "the file has no list `deadlines`", "write `deadlines:` and its entries below")
    faults.stop()
    rows = plain(entries)
    try:
        return rows, deadlines.from_data(rows)
    except Invalid as wrong:
        for error in wrong.errors:
            faults.add(_entry_place(table, error), f"{error.field}: {error.code}", _remedy(error))
        raise BadFiles(faults.found) from wrong


def _entry_place(table: Table, error: FieldError) -> Place:
    """`deadlines[3:breach].term` names entry 3: its line, or the line of its key where that is given."""
    number = error.field.removeprefix("deadlines[").split(":")[0].split("]")[0]
    entries = table["deadlines"]
    if not number.isdigit() or int(number) >= len(entries):
        return table.place
    entry = entries[int(number)]
    key = error.field.rsplit("].", 1)[-1].split(".")[0].split("[")[0]
    at: Place = entry.places.get(key, entry.place) if isinstance(entry, Table) else entries.places[int(number)]
    return at


def _remedy(error: FieldError) -> str:
    shown = ", ".join(f"{key}: {value}" for key, value in sorted(error.params.items()))
    return f"correct it ({shown})" if shown else "correct it"
