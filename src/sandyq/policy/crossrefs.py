"""What one part of a policy file says about another: every name must lead somewhere, or a rule would silently find nothing."""

from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Any

from sandyq.policy.shape import NEEDED
from sandyq.policy.source import Faults, Place, Table
from sandyq.register.identifiers import check_digit

PLACEHOLDERS = frozenset({"operator", "bin", "address", "mailbox", "title", "subject", "recipient", "country", "channel"})
"""What a consent text may have filled in."""

CLAUSES_BY_PART = {"1": 5, "2": 20, "3": 10, "8": 3}
"""How many clauses the parts of a plain numbering have; parts 4 to 7 are nested and are compared by their names below."""

NESTED = {
    *(f"4.1.{n}" for n in range(1, 8)),
    *(f"5.1.{n}" for n in range(1, 8)),
    *(f"6.2.{n}" for n in range(1, 14)),
    *(f"7.1.{n}" for n in range(1, 6)),
    *("4.1", "5.1", "5.2", "5.3", "5.4", "6.1", "6.2", "6.3", "7.1", "7.2"),
}
ALL_CLAUSES = frozenset({f"{part}.{n}" for part, many in CLAUSES_BY_PART.items() for n in range(1, many + 1)} | NESTED)
"""The clauses of the published document, 1.1 to 8.3: the system's vocabulary."""


def check(table: Table, faults: Faults) -> None:
    """Note every missing key and every name that leads nowhere."""
    for rule in (_needed, _clauses, _fields, _purposes, _form, _recipients, _texts, _bin):
        rule(table, faults)


def clause_order(number: str) -> tuple[int, ...]:
    """A sort key: 3.2 before 3.10."""
    return tuple(int(part) for part in number.split("."))


def _at(table: Table, *path: str) -> Place:
    """Where the value at a path stands, or the nearest thing above it."""
    place, here = table.place, table
    for key in path:
        if not isinstance(here, Table) or key not in here:
            break
        place, here = here.places[key], here[key]
    return place


def _needed(table: Table, faults: Faults) -> None:
    for section in (
        "policy",
        "operator",
        "contact",
        "clauses",
        "grounds",
        "purposes",
        "categories",
        "choices",
        "form",
        "recipients",
        "terms",
    ):
        if not table.get(section):
            faults.add(table.place, f"the policy lacks `{section}`", f"add `{section}:` (see the sample office's policy.yaml)")
    for section, keys in NEEDED.items():
        rows = {section: table.get(section)} if section in {"policy", "operator", "form"} else table.get(section, {})
        for name, row in rows.items():
            if isinstance(row, Table):
                place = _at(table, section) if section == name else _at(table, section, name)
                for key in keys:
                    if key not in row:
                        faults.add(
                            place, f"`{section}.{name}` lacks `{key}`" if name != section else f"`{section}` lacks `{key}`", f"add `{key}`"
                        )


def _clauses(table: Table, faults: Faults) -> None:
    known = table.get("clauses", {})
    for number in sorted(ALL_CLAUSES - set(known), key=clause_order):
        faults.add(_at(table, "clauses"), f"clause {number} is missing", "give every clause of the document with its kk, ru and en wording")
    for section in ("purposes", "terms", "documents", "provisions"):
        for name, row in table.get(section, {}).items():
            if isinstance(row, Table) and "clause" in row and row["clause"] not in known:
                faults.add(row.places["clause"], f"`{section}.{name}` names clause {row['clause']}", "name a clause of this policy")
    for section in ("categories", "recipients", "grounds"):
        for number in table.get(section, {}):
            if number not in known:
                faults.add(
                    _at(table, section, number),
                    f"`{section}` has clause {number}, which the policy does not",
                    "name a clause of this policy",
                )


def _every_field(table: Table) -> set[str]:
    return {name for rows in table.get("categories", {}).values() for name in rows}


def _fields(table: Table, faults: Faults) -> None:
    seen: dict[str, str] = {}
    for clause, rows in table.get("categories", {}).items():
        for name, row in rows.items():
            if name in seen:
                faults.add(rows.places[name], f"field `{name}` is in {seen[name]} and in {clause}", "a field belongs to one category")
            seen[name] = clause
            if (row.get("kind") == "choice") != bool(row.get("choices")):
                faults.add(rows.places[name], f"field `{name}`: `choices` and `kind: choice` go together", "give both or neither")
            _lead(row.get("choices", ()), table.get("choices", {}), row, "choices", "give its words under `choices`", faults)


def _lead(names: Iterable[str], known: Iterable[str], row: Table, key: str, remedy: str, faults: Faults) -> None:
    """Each name of a list must be known."""
    there = set(known)
    listed = row.get(key)
    for n, name in enumerate(names):
        if name not in there:
            places = getattr(listed, "places", ())
            faults.add(places[n] if n < len(places) else row.place, f"`{key}` has `{name}`, which is not known", remedy)


def _purposes(table: Table, faults: Faults) -> None:
    fields, terms = _every_field(table) | {"*"}, set(table.get("terms", {}))
    for name, row in table.get("purposes", {}).items():
        _lead(row.get("fields", ()), fields, row, "fields", "list the field under its category in `categories`", faults)
        if row.get("term") not in terms and "term" in row:
            faults.add(row.places["term"], f"purpose `{name}` names term `{row['term']}`", f"name one of: {', '.join(sorted(terms))}")


def _form(table: Table, faults: Faults) -> None:
    form, purposes = table.get("form"), table.get("purposes", {})
    if not isinstance(form, Table) or "purpose" not in form:
        return
    purpose = purposes.get(form["purpose"])
    if purpose is None:
        faults.add(form.places["purpose"], f"the form names purpose `{form['purpose']}`", "name a purpose of this policy")
        return
    for key in ("required", "optional"):
        remedy = f"add the field to the purpose `{form['purpose']}`, or leave it out of the form (art. 7(9))"
        _lead(form.get(key, ()), purpose.get("fields", ()), form, key, remedy, faults)


def _recipients(table: Table, faults: Faults) -> None:
    for row in table.get("recipients", {}).values():
        _lead(row.get("purposes", ()), table.get("purposes", {}), row, "purposes", "name purposes of this policy", faults)


def _texts(table: Table, faults: Faults) -> None:
    purposes = table.get("purposes", {})
    for name, row in table.get("texts", {}).items():
        purpose = purposes.get(row.get("purpose"))
        if purpose is None:
            faults.add(
                _at(table, "texts", name, "purpose"), f"text `{name}` names purpose `{row.get('purpose')}`", "name a purpose of this policy"
            )
            continue
        _lead(row.get("fields", ()), purpose.get("fields", ()), row, "fields", f"name fields of the purpose `{row['purpose']}`", faults)
        allowed = set(row.get("needs", ())) | (PLACEHOLDERS - {"recipient", "country", "channel"})
        _placeholders(row, allowed, f"text `{name}`", faults)
    for row in table.get("channels", {}).values():
        _lead(row.get("fields", ()), _every_field(table), row, "fields", "name fields of `categories`", faults)
    if isinstance(table.get("frame"), Table):
        _placeholders(table["frame"], PLACEHOLDERS, "frame", faults)


def _placeholders(row: Table, allowed: Iterable[str], name: str, faults: Faults) -> None:
    for key, value in row.items():
        if isinstance(value, Table):
            for text, place in _texts_of(value):
                _holes(text, place, f"{name} `{key}`", set(allowed), faults)


def _texts_of(words: Table) -> Iterator[tuple[str, Place]]:
    for key, value in words.items():
        if isinstance(value, str):
            yield value, words.places[key]
        elif isinstance(value, Table):
            yield from _texts_of(value)


def _holes(text: str, place: Place, name: str, allowed: set[str], faults: Faults) -> None:
    try:
        holes = {hole for _, hole, _, _ in Formatter().parse(text) if hole is not None}
    except ValueError:
        faults.add(place, f"{name} has a brace without its twin", "write {{ or }} for a brace that is meant")
        return
    for hole in sorted(holes - allowed):
        faults.add(
            place,
            f"{name} has the placeholder `{{{hole}}}`",
            f"use one of: {', '.join(sorted(allowed))}; recipient, country and channel need `needs`",
        )


def _bin(table: Table, faults: Faults) -> None:
    number: Any = table.get("operator", {}).get("bin")
    if isinstance(number, str) and len(number) == 12 and number.isdigit() and check_digit(number[:11]) != int(number[11]):
        faults.add(_at(table, "operator", "bin"), "the BIN's check digit does not fit", "copy the BIN from the certificate of registration")
