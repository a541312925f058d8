"""The policy page as plain data: parts, clauses and the tables that hang on them, in one language.

Nothing here is markup: the template at the door escapes every string. Internal documents (1.5) are drafted from the same data.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sandyq.errors import NotFound
from sandyq.policy.crossrefs import clause_order
from sandyq.policy.facts import LANGUAGES, Edition


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One clause. `depth` is 0 for 6.2 and 1 for 6.2.1; `notes` are what the tables say of it (fields, a purpose's name)."""

    number: str
    anchor: str
    text: str
    depth: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One of the eight parts."""

    number: str
    title: str
    clauses: tuple[ClauseText, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole policy in one language; `supplements` are the provisions that an overlay adds, marked apart from the published text."""

    language: str
    title: str
    version: str
    approved_on: str
    approved_by: str
    operator: str
    digest: str
    synthetic: bool
    parts: tuple[Part, ...]
    supplements: tuple[ClauseText, ...] = ()
    documents: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data for `--json` and templates."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft of an internal document: titled tables drawn from the policy. `approved_on` is empty until a person approves it."""

    id: str
    clause: str
    title: str
    approved_on: str
    tables: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = field(default=())


def page(edition: Edition, language: str) -> Page:
    """The policy page in `kk`, `ru` or `en`. Raises NotFound for another language."""
    _known(language)
    data = edition.data
    return Page(
        language=language,
        title=edition.words("policy", "title", language=language),
        version=data["policy"]["version"],
        approved_on=data["policy"]["approved_on"],
        approved_by=edition.words("policy", "approved_by", language=language),
        operator=edition.words("operator", "name", language=language),
        digest=edition.digest,
        synthetic=edition.synthetic,
        parts=tuple(_part(edition, number, words[language], language) for number, words in sorted(data["parts"].items())),
        supplements=tuple(
            ClauseText(row["clause"], f"p-{name}", row[language], 0, (row["article"],)) for name, row in data.get("provisions", {}).items()
        ),
        documents=tuple(data.get("documents", {})),
    )


def _known(language: str) -> None:
    if language not in LANGUAGES:
        raise NotFound("language_unknown", language=language)


def _part(edition: Edition, number: str, title: str, language: str) -> Part:
    numbers = sorted((clause for clause in edition.data["clauses"] if clause.split(".")[0] == number), key=clause_order)
    return Part(number, title, tuple(_clause(edition, clause, language) for clause in numbers))


def _clause(edition: Edition, number: str, language: str) -> ClauseText:
    data = edition.data
    fields = [row["label"][language] for row in data["categories"].get(number, {}).values()]
    purposes = [row["label"][language] for row in data["purposes"].values() if row["clause"] == number]
    classes = [data["recipients"][number]["label"][language]] if number in data["recipients"] else []
    anchor = "c-" + number.replace(".", "-")
    return ClauseText(number, anchor, data["clauses"][number][language], number.count(".") - 1, (*fields, *purposes, *classes))


def document(edition: Edition, document_id: str, language: str) -> Draft:
    """A draft of one internal document of 1.5. Raises NotFound for an unknown document or language."""
    _known(language)
    row = edition.data.get("documents", {}).get(document_id)
    if row is None:
        raise NotFound("document_unknown", document=document_id)
    tables = tuple((name, _TABLES[name](edition, language)) for name in row["drawn_from"] if name in _TABLES)
    return Draft(document_id, row["clause"], row["title"][language], row.get("approved_on", ""), tables)


Rows = tuple[tuple[str, ...], ...]


def _categories(edition: Edition, language: str) -> Rows:
    rows = edition.data["categories"].items()
    return tuple((clause, name, row["label"][language], row["kind"]) for clause, fields in rows for name, row in fields.items())


def _purposes(edition: Edition, language: str) -> Rows:
    rows = edition.data["purposes"].items()
    return tuple(
        (row["clause"], name, row["label"][language], ", ".join(row["fields"]), ", ".join(row["grounds"]), row["term"])
        for name, row in rows
    )


def _recipients(edition: Edition, language: str) -> Rows:
    return tuple((clause, row["label"][language], ", ".join(row["purposes"])) for clause, row in edition.data["recipients"].items())


def _terms(edition: Edition, language: str) -> Rows:
    return tuple((name, row["event"], term_length(row), row["clause"], row["article"]) for name, row in edition.data["terms"].items())


def _grounds(edition: Edition, language: str) -> Rows:
    own = tuple((clause, ground) for clause, ground in edition.data["grounds"].items())
    return own + tuple(("", ground) for ground in edition.data.get("grounds_more", ()))


def _provisions(edition: Edition, language: str) -> Rows:
    return tuple((row["clause"], row["article"], row[language]) for row in edition.data.get("provisions", {}).values())


def _contact(edition: Edition, language: str) -> Rows:
    responsible = edition.data.get("responsible", {})
    role = responsible.get("role", {}).get(language, "")
    return ((edition.words("contact", "email", language=language), role, responsible.get("email", "")),)


_TABLES: Mapping[str, Callable[[Edition, str], Rows]] = {
    "categories": _categories,
    "purposes": _purposes,
    "recipients": _recipients,
    "terms": _terms,
    "grounds": _grounds,
    "provisions": _provisions,
    "contact": _contact,
}


def term_length(row: Mapping[str, Any]) -> str:
    """`5y`, `6m 10d`; empty when the rule gives no length."""
    return " ".join(f"{row[key]}{key[0]}" for key in ("years", "months", "days") if row.get(key))
