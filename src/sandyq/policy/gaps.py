"""Where a policy and the Law differ: one row for each difference, with a detector that looks at the policy's data.

A row is found only when its detector finds it; take the words out of the policy file and the row goes. `law` cites articles of the Law
94-V unless another act is named. Severity: H (high), M, L, or `ok` where the policy is stricter than the Law.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandyq.policy.shape import GROUNDS, LANGUAGES

Data = Mapping[str, Any]
Detector = Callable[[Data], tuple[str, ...]]
"""Gives what it found, as short notes (field names, ids, domains): empty when all is well."""

Severity = Literal["H", "M", "L", "ok"]


@dataclass(frozen=True, slots=True)
class Row:
    """One difference: where, against which article, how each reading treats it, and how it is found."""

    id: str
    kind: Literal["conflict", "gap"]
    clauses: tuple[str, ...]
    severity: Severity
    law: str
    problem: str
    as_published: str
    strict: str
    detect: Detector


def says(flag: str, *clauses: str) -> Detector:
    """Some clause (one of these, if any are named) states this."""

    def detect(data: Data) -> tuple[str, ...]:
        rows = data.get("clauses", {})
        return tuple(n for n in (clauses or rows) if flag in rows.get(n, {}).get("says", ()))

    return detect


def lacks(*path: str) -> Detector:
    """Nothing stands at this path of keys."""

    def detect(data: Data) -> tuple[str, ...]:
        value: Any = data
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return () if value else (".".join(path),)

    return detect


def both(first: Detector, second: Detector) -> Detector:
    """Both detectors find something; gives what the first found."""
    return lambda data: first(data) if second(data) else ()


def either(*detectors: Detector) -> Detector:
    """Any detector finds something."""
    return lambda data: tuple(note for detect in detectors for note in detect(data))


def foreign_mailbox(data: Data) -> tuple[str, ...]:
    """The contact address is not known to be kept in Kazakhstan (2.20, 8.3)."""
    contact = data.get("contact", {})
    domain = contact.get("email_domain") or contact.get("email", "").rpartition("@")[2]
    if contact.get("hosted_in") == "KZ" or (not contact.get("hosted_in") and domain.endswith(".kz")):
        return ()
    return (domain or "contact",)


def missing_grounds(data: Data) -> tuple[str, ...]:
    """Limbs of art. 9 that the policy does not list."""
    listed = {*data.get("grounds", {}).values(), *data.get("grounds_more", ())}
    return tuple(ground for ground in GROUNDS if ground.startswith("9(") and ground not in listed)


def biometric_in_mixed_purpose(data: Data) -> tuple[str, ...]:
    """Voice or pictures are listed for a purpose together with other data, rather than for one of their own."""
    bio = {name for rows in data.get("categories", {}).values() for name, row in rows.items() if row.get("bio")}
    mixed = (purpose for purpose, row in data.get("purposes", {}).items() if bio & set(row["fields"]) and set(row["fields"]) - bio)
    return tuple(mixed)


def terms_without_length(data: Data) -> tuple[str, ...]:
    """Rules left to an internal document that nobody wrote."""
    rows = data.get("terms", {}).items()
    return tuple(name for name, row in rows if row.get("internal_document") and not any(row.get(k) for k in ("years", "months", "days")))


def documents_not_approved(data: Data) -> tuple[str, ...]:
    """Internal documents of 1.5 without a date of approval."""
    return tuple(name for name, row in data.get("documents", {}).items() if not row.get("approved_on"))


def no_act_cited(data: Data) -> tuple[str, ...]:
    """Purposes of 3.9 that name no act laying the duty on the operator."""
    return tuple(name for name, row in data.get("purposes", {}).items() if row["clause"] == "3.9" and not row.get("legal_duty"))


def purpose_too_wide(data: Data) -> tuple[str, ...]:
    """Clauses whose words name no specific purpose, and purposes marked so."""
    marked = tuple(name for name, row in data.get("purposes", {}).items() if row.get("specific") is False)
    return says("purpose_not_specific")(data) + marked


def open_recipients(data: Data) -> tuple[str, ...]:
    """Recipient classes without a bound."""
    return tuple(clause for clause, row in data.get("recipients", {}).items() if row.get("open"))


def consent_text_lacks(*kinds: str) -> Detector:
    """No versioned text, in all three languages, for a consent of these kinds."""

    def detect(data: Data) -> tuple[str, ...]:
        have = {row["kind"] for row in data.get("texts", {}).values() if all(row["asks"].get(language) for language in LANGUAGES)}
        return tuple(kind for kind in kinds if kind not in have or not data.get("frame"))

    return detect


def old_terms(data: Data) -> tuple[str, ...]:
    """Clauses whose Kazakh wording uses a term that the Law does not."""
    outdated = ("жеке деректер", "жеке мәлімет")
    return tuple(number for number, row in data.get("clauses", {}).items() if any(term in row.get("kk", "").lower() for term in outdated))
