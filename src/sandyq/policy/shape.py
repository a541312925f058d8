"""The shape of the policy file: which keys there are, what each holds, and what to say when one is wrong.

The shape is data (`FILE`); `verify` walks a file against it and notes every fault. Keys that the shape does not know are refused with the
nearest one that it does know.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandyq.law.vocabulary import GrantKind
from sandyq.policy.source import Faults, Listing, Place, Table

LANGUAGES = ("kk", "ru", "en")
KINDS = ("iin", "phone", "email", "name", "date", "money", "integer", "text", "choice", "file", "url", "ip", "iban")
MASKS = ("initial", "last2", "last4", "year", "email", "hidden")
EVENTS = ("collected", "relation_end", "consent_end", "purpose_end")
REQUIRES = ("citation", "own_consent")
SAYS = (
    "abroad_unconditional",
    "all_confidential",
    "blocking_by_third_party",
    "consent_without_contents",
    "contact_by_email_only",
    "continue_after_withdrawal",
    "contract_as_ground",
    "definition_of_2013",
    "definition_of_2026",
    "depersonalisation_misnamed",
    "depersonalisation_named",
    "document_copies",
    "electronic_copies_only",
    "guarantee_instead_of_consent",
    "implied_consent",
    "law_named_officially",
    "law_named_two_ways",
    "marketing_all_channels",
    "name_spelled_two_ways",
    "one_official_name",
    "open_list",
    "ordered_mistranslated",
    "ordered_set",
    "public_source_without_reference",
    "purpose_not_specific",
    "right_to_demand_blocking",
    "right_to_demand_destruction",
    "right_to_demand_processing",
    "right_to_give_consent",
    "right_to_withdraw_consent",
    "roles_merged",
    "statistics_to_third_parties",
    "term_by_internal_documents",
    "transfer_without_consent",
    "transfer_without_notice",
)
"""What a clause can state in a form that `policy check` compares with the Law."""

ART_9 = ("1", "2", "2-1", "3", "4", "5", "5-1", "6", "7", "8", "9", "9-1", "9-2", "9-3", "9-4", "9-5", "10")
GROUNDS = ("consent", "implied", "public_source", *(f"9({limb})" for limb in ART_9))

_CLAUSE = re.compile(r"[1-8](\.[1-9]\d?){1,2}")
_NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


@dataclass(frozen=True)
class Text:
    """One line of text, perhaps of a given pattern or from a closed list."""

    pattern: str = ""
    choices: tuple[str, ...] = ()
    remedy: str = "write text"
    empty: bool = False

    def verify(self, value: Any, place: Place, name: str, faults: Faults) -> None:
        if not isinstance(value, str) or not (value.strip() or self.empty):
            faults.add(place, f"`{name}` must be text", f"{self.remedy}; put quotes round a number")
        elif self.choices and value not in self.choices:
            faults.add(place, f"`{name}: {value}` is not known", _nearest(value, self.choices))
        elif self.pattern and not re.fullmatch(self.pattern, value):
            faults.add(place, f"`{name}: {value}` has the wrong form", self.remedy)


@dataclass(frozen=True)
class Whole:
    """A whole number between bounds."""

    least: int = 0
    most: int = 10**12

    def verify(self, value: Any, place: Place, name: str, faults: Faults) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            faults.add(place, f"`{name}` must be a whole number", f"write a number from {self.least} to {self.most}, without quotes")


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def verify(self, value: Any, place: Place, name: str, faults: Faults) -> None:
        if not isinstance(value, bool):
            faults.add(place, f"`{name}` must be true or false", "write `true` or `false`, or leave the line out")


@dataclass(frozen=True)
class Day:
    """A date, `YYYY-MM-DD`."""

    def verify(self, value: Any, place: Place, name: str, faults: Faults) -> None:
        try:
            date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            faults.add(place, f"`{name}` is not a date: {value}", "write it as YYYY-MM-DD")


@dataclass(frozen=True)
class Words:
    """The same words in Kazakh, Russian and English."""

    def verify(self, value: Any, place: Place, name: str, faults: Faults) -> None:
        if not isinstance(value, Table):
            faults.add(place, f"`{name}` must have kk, ru and en", "write { kk: ..., ru: ..., en: ... }")
            return
        Fields({language: Text() for language in LANGUAGES}, required=LANGUAGES).verify(value, place, name, faults)


@dataclass(frozen=True)
class Many:
    """A list."""

    of: "Shape"
    unique: bool = True

    def verify(self, value: Any, place: Place, name: str, faults: Faults) -> None:
        if not isinstance(value, Listing):
            faults.add(place, f"`{name}` must be a list", "write it as [a, b], even with one entry")
            return
        for n, entry in enumerate(value):
            self.of.verify(entry, value.places[n], f"{name}[{n}]", faults)
            if self.unique and entry in value[:n]:
                faults.add(value.places[n], f"`{name}` has `{entry}` twice", "keep one")


@dataclass(frozen=True)
class Fields:
    """A mapping with known keys."""

    known: Mapping[str, "Shape"]
    required: tuple[str, ...] = ()

    def verify(self, value: Any, place: Place, name: str, faults: Faults) -> None:
        if not isinstance(value, Table):
            faults.add(place, f"`{name}` must be a mapping", f"write `key: value` lines; it may have {', '.join(self.known)}")
            return
        for key, inner in value.items():
            if key not in self.known:
                faults.add(value.places[key], f"`{key}` is not a key of `{name}`", _nearest(key, tuple(self.known)))
            else:
                self.known[key].verify(inner, value.places[key], f"{name}.{key}" if name else key, faults)
        for key in self.required:
            if key not in value:
                faults.add(place, f"`{name}` lacks `{key}`", f"add `{key}`")


@dataclass(frozen=True)
class Named:
    """A mapping whose keys are names of one form (clauses, ids)."""

    of: "Shape"
    form: re.Pattern[str] = _NAME
    remedy: str = "use small Latin letters, digits, - and _"

    def verify(self, value: Any, place: Place, name: str, faults: Faults) -> None:
        if not isinstance(value, Table):
            faults.add(place, f"`{name}` must be a mapping", "write `key: value` lines")
            return
        for key, inner in value.items():
            if not self.form.fullmatch(key):
                faults.add(value.places[key], f"`{key}` cannot be a name in `{name}`", self.remedy)
            self.of.verify(inner, value.places[key], f"{name}.{key}", faults)


Shape = Text | Whole | Flag | Day | Words | Many | Fields | Named


def _nearest(given: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(given, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"use one of: {', '.join(known)}"


_clause = Text(pattern=_CLAUSE.pattern, remedy='write a clause number in quotes, such as "3.1"')
_name = Text(pattern=_NAME.pattern, remedy="use small Latin letters, digits, - and _")
_names = Many(_name)
_by_clause = {"form": _CLAUSE, "remedy": 'write the clause number in quotes, such as "6.2.1"'}
_grounds = Many(Text(choices=GROUNDS))
_field = Fields(
    {
        "kind": Text(choices=KINDS),
        "label": Words(),
        "choices": Many(Text()),
        "min": Whole(least=-(10**12)),
        "max": Whole(),
        "id": Flag(),
        "bio": Flag(),
        "paper_id_copy": Flag(),
        "essential": Flag(),
        "class": Text(choices=("restricted", "public")),
        "mask": Text(choices=MASKS),
    },
    required=("kind", "label"),
)
_text = Fields(
    {
        "version": Text(),
        "kind": Text(choices=tuple(GrantKind)),
        "purpose": _name,
        "fields": _names,
        "needs": Many(Text(choices=("recipient", "country", "channel"))),
        **{key: Words() for key in ("title", "asks", "term", "third_parties", "cross_border", "public_sources", "also")},
    },
    required=("version", "kind", "purpose", "title", "asks", "term"),
)
ITEMS = ("operator", "subject", "term", "third_parties", "cross_border", "public_sources", "data", "other")
"""The eight items of art. 8(4), in the Law's order."""

_TOP: dict[str, Shape] = {
    "policy": Fields(
        {
            "id": _name,
            "version": Text(),
            "approved_on": Day(),
            "approved_by": Words(),
            "jurisdiction": Text(pattern="[A-Z]{2}", remedy="write the two-letter code of a country, such as KZ"),
            "site": Text(),
            "title": Words(),
        }
    ),
    "operator": Fields(
        {
            "name": Words(),
            "roles": Many(Text(choices=("owner", "operator"))),
            "bin": Text(pattern=r"\d{12}", remedy="write the 12 digits of the BIN in quotes"),
            "address": Words(),
            "roles_named": Words(),
            "size_class": Text(choices=("small", "medium", "large")),
        }
    ),
    "contact": Fields(
        {
            "email": Text(pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+", remedy="write one e-mail address"),
            "email_domain": Text(),
            "hosted_in": Text(pattern="[A-Z]{2}", remedy="write the two-letter code of the country where the mailbox is kept"),
        }
    ),
    "responsible": Fields({"role": Words(), "email": Text(), "phone": Text()}, required=("role",)),
    "parts": Named(Words(), form=re.compile("[1-8]"), remedy="parts are numbered 1 to 8"),
    "clauses": Named(Fields({**{key: Text() for key in LANGUAGES}, "says": Many(Text(choices=SAYS))}), **_by_clause),  # type: ignore[arg-type]
    "grounds": Named(Text(choices=GROUNDS), **_by_clause),  # type: ignore[arg-type]
    "grounds_more": _grounds,
    "purposes": Named(
        Fields(
            {
                "clause": _clause,
                "label": Words(),
                "fields": Many(Text()),
                "grounds": _grounds,
                "requires": Many(Text(choices=REQUIRES)),
                "specific": Flag(),
                "implied": Flag(),
                "marketing": Flag(),
                "statistics": Flag(),
                "hr": Flag(),
                "legal_duty": Text(),
                "term": _name,
            }
        )
    ),
    "categories": Named(Named(_field), **_by_clause),  # type: ignore[arg-type]
    "choices": Named(Words()),
    "form": Fields({"purpose": _name, "required": _names, "optional": _names}),
    "recipients": Named(Fields({"label": Words(), "purposes": _names, "open": Flag()}), **_by_clause),  # type: ignore[arg-type]
    "terms": Named(
        Fields(
            {
                "event": Text(choices=EVENTS),
                "clause": _clause,
                "article": Text(),
                "years": Whole(most=200),
                "months": Whole(most=2400),
                "days": Whole(most=73000),
                "set_by": Text(choices=("law", "office")),
                "internal_document": Flag(),
            }
        )
    ),
    "documents": Named(Fields({"clause": _clause, "title": Words(), "drawn_from": Many(Text()), "approved_on": Day()})),
    "provisions": Named(Fields({"clause": _clause, "article": Text(), "duty": _name, **{key: Text() for key in LANGUAGES}})),
    "frame": Fields(
        {
            **{key: Words() for key in ("heading", "operator", "unnamed_subject", "no_transfer", "withdrawal")},
            "items": Fields({key: Words() for key in ITEMS}, required=ITEMS),
        },
        required=("heading", "operator", "unnamed_subject", "no_transfer", "withdrawal", "items"),
    ),
    "channels": Named(Fields({**{key: Text() for key in LANGUAGES}, "fields": _names}, required=(*LANGUAGES, "fields"))),
    "texts": Named(_text),
}
_HEAD: dict[str, Shape] = {"format": Whole(1, 1), "include": Many(Text())}

INCLUDED = Fields(_TOP)
FILE = Fields(_HEAD | _TOP, required=("format",))
OVERLAY = Fields(_HEAD | _TOP | {"synthetic": Flag(), "overlay_of": _name}, required=("format", "overlay_of"))

NEEDED: Mapping[str, tuple[str, ...]] = {
    "policy": ("id", "version", "approved_on", "approved_by", "jurisdiction", "site", "title"),
    "operator": ("name", "roles"),
    "purposes": ("clause", "label", "fields", "grounds", "term"),
    "terms": ("event", "clause", "article"),
    "recipients": ("label", "purposes"),
    "clauses": LANGUAGES,
    "documents": ("clause", "title", "drawn_from"),
    "provisions": ("clause", "article", *LANGUAGES),
    "form": ("purpose", "required", "optional"),
}
"""What must be there once an overlay is laid on: an overlay alone may give a single key."""


def verify(table: Table, shape: Fields, faults: Faults) -> None:
    """Note every key and value of a file that does not fit its shape."""
    shape.verify(table, table.place, "", faults)
