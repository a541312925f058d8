"""What is known of a policy once it is read: its words for people, its compiled form for the law, and the versions in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sandyq.errors import NotFound
from sandyq.frozen import quick
from sandyq.law.calendar import Decree
from sandyq.law.deadlines import DeadlineRule
from sandyq.law.decide import Book
from sandyq.law.pack import Pack
from sandyq.law.policy import Policy, canonical_digest
from sandyq.law.terms import Term, Unit
from sandyq.law.vocabulary import Reading

LANGUAGES = ("kk", "ru", "en")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field as the doors need it: how to check it, how to show it. `category` is the clause 6.2.x, `most` is characters, bytes or the
    greatest value, as `kind` says."""

    id: str
    category: str
    kind: str
    label: Mapping[str, str]
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    mask: str = ""
    identifier: bool = False
    biometric: bool = False


@dataclass(frozen=True, slots=True)
class FormSpec:
    """The loan form: its purpose and its fields in their order."""

    purpose: str
    required: tuple[str, ...]
    optional: tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """One edition of the office's policy: the merged data with all wording, and what the rules see of it.

    `digest` is SHA-256 over the whole of it, wording included; it is what decisions and consents are bound to. `original` is the published
    text without the overlay, for `policy check`; it is absent in an edition read back from the store.
    """

    data: Mapping[str, Any]
    policy: Policy
    original: Mapping[str, Any] | None = field(default=None, compare=False)
    synthetic: bool = False

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the edition."""
        return self.policy.digest

    @cached_property
    def fields(self) -> Mapping[str, FieldSpec]:
        """All fields by id, in the order of the file."""
        return {name: _spec(name, clause, row) for clause, rows in self.data["categories"].items() for name, row in rows.items()}

    @cached_property
    def form(self) -> FormSpec:
        """The application form."""
        row = self.data["form"]
        return FormSpec(row["purpose"], tuple(row["required"]), tuple(row["optional"]))

    @cached_property
    def asked(self) -> frozenset[str]:
        """The fields of the form."""
        return frozenset((*self.form.required, *self.form.optional))

    def label(self, field_id: str, language: str) -> str:
        """What a person reads for a field. NotFound for a field that the policy does not list."""
        if field_id not in self.fields:
            raise NotFound("field_unknown", field=field_id)
        return self.fields[field_id].label[language]

    def choice(self, value: str, language: str) -> str:
        """What a person reads for a value of a choice field; the value itself when the policy has no words for it."""
        words = self.data["choices"].get(value)
        return str(words[language]) if words else value

    def purpose(self, purpose_id: str, language: str) -> str:
        """What a person reads for a purpose."""
        return str(self.data["purposes"][purpose_id]["label"][language])

    def clause(self, number: str, language: str) -> str:
        """The wording of a clause."""
        return str(self.data["clauses"][number][language])

    def term_end(self, rule_id: str, start: date) -> date | None:
        """The last day of a term of the policy that starts on a day; None where the policy leaves its length open (8.1)."""
        rule = self.policy.terms[rule_id]
        if not (rule.years or rule.months or rule.days):
            return None
        return Term(rule.days, Unit.DAYS).last_day(Term(rule.years * 12 + rule.months, Unit.MONTHS).last_day(start))

    def words(self, *path: str, language: str) -> str:
        """Words at a path of keys, such as `operator name` or `policy title`; empty when the policy does not give them."""
        value: Any = self.data
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return str(value.get(language, "")) if isinstance(value, Mapping) else str(value or "")


def _spec(name: str, clause: str, row: Mapping[str, Any]) -> FieldSpec:
    return FieldSpec(
        id=name,
        category=clause,
        kind=row["kind"],
        label=row["label"],
        choices=tuple(row.get("choices", ())),
        least=row.get("min"),
        most=row.get("max"),
        mask=row.get("mask", ""),
        identifier=bool(row.get("id")),
        biometric=bool(row.get("bio")),
    )


@quick
@dataclass(frozen=True, slots=True)
class Installed:
    """A policy version in force: which texts, under which reading, since when, and by whose acceptance where the reading needs one."""

    id: str
    policy_digest: str
    pack_digest: str
    deadlines_digest: str
    reading: Reading
    in_force_from: datetime
    installed_by: str
    acceptance: str = ""  # id of the recorded acceptance of `as_published`


@dataclass(frozen=True)
class PackEdition:
    """A pack as read: the plain data that is stored and the compiled rules; the deadlines of the law lie beside it."""

    data: Mapping[str, Any]
    pack: Pack
    deadline_data: Sequence[Mapping[str, Any]]
    deadlines: tuple[DeadlineRule, ...]

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the rules."""
        return self.pack.digest

    @cached_property
    def deadlines_digest(self) -> str:
        """Hex SHA-256 of the deadline rules."""
        return canonical_digest(self.deadline_data)


@dataclass(frozen=True, slots=True)
class Entered:
    """A decreed change of the calendar as the office entered it: when, and by whom."""

    decree: Decree
    at: datetime
    by: str


@quick
@dataclass(frozen=True, slots=True)
class InForce:
    """What the office goes by at an instant: the installed version, its wording, its compiled book, the deadlines of the law."""

    installed: Installed
    edition: Edition
    book: Book
    deadlines: tuple[DeadlineRule, ...]
