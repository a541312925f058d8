"""An answer as sections of text and tables: portal and console show them, so that both say the same; the letter has its own lists (`letter.py`).

A section has codes for its heading, sentences and columns (`access.section.*`, `access.said.*`, `access.column.*` of the catalogs); its
rows are finished text in the language of the answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from sandyq import speech
from sandyq.access.facts import Held, Package
from sandyq.access.parts import Coded, Consent, Decision, Form, Item, Look, Standing, Value

_DASH: Final = "–"
Rows = Iterable[tuple[str, ...]]


_THINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "factor": ("portal.factor", "portal.factor_state"),
        "desk_check": ("seen",),
        "case": ("case.kind", "case.state"),
        "in": ("case.channel",),
        "out": ("case.channel",),
    }
)
"""The lists of words of what rooms without a section show, part by part of their codes."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence by its code, and what it is filled with."""

    code: str
    params: tuple[tuple[str, str], ...] = ()


NONE: Final = (Said("none"),)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, its sentences and a table, by codes; the rows are text already."""

    head: str
    said: tuple[Said, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def __repr__(self) -> str:  # rows are values of a person
        return f"Section({self.head}, {len(self.rows)} rows)"


@dataclass(frozen=True, slots=True)
class Table:
    """A section in words, for a page."""

    head: str
    said: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:  # rows are values of a person
        return f"Table({len(self.rows)} rows)"


def tables(package: Package) -> tuple[Table, ...]:
    """The sections in words, in the language of the answer."""
    say, language = speech.say, package.language
    return tuple(
        Table(
            say(language, f"access.section.{section.head}"),
            tuple(say(language, f"access.said.{said.code}", **_spoken(language, said)) for said in section.said),
            tuple(say(language, f"access.column.{column}") for column in section.columns),
            section.rows,
        )
        for section in sections(package)
    )


def sections(package: Package) -> tuple[Section, ...]:
    """The whole answer; each side of the wall of 3.7 under its own heading where there are two."""
    told = _Telling(package)
    found: list[Section] = []
    for held in package.people:
        if len(package.people) > 1:
            found.append(Section(f"side.{held.role.code}"))
        found += told.person(held)
    return (*found, *told.office())


class _Telling:
    """One answer in its language."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._language = package.language

    def person(self, held: Held) -> list[Section]:
        made = [self._fact(held), *self._what(held), *self._agreed(held), *self._happened(held)]
        return [section for section in made if section.rows or section.said]

    def office(self) -> tuple[Section, ...]:
        package = self._package
        policy = package.policy
        named = Said("policy", (("title", policy.title), ("version", policy.version), ("digest", policy.policy)))
        log = package.log
        place = (Said("log", (("origin", log.origin), ("size", str(log.size)), ("root", log.root))),) if log else ()
        rights: dict[str, list[str]] = {}
        for right in (*package.rights, *package.appeal):
            rights.setdefault(right.words, []).append(right.basis.words)
        listed = tuple((words, "; ".join(places)) for words, places in rights.items())
        return Section("rights", (named,), ("right", "basis"), listed), *((Section("log", place),) if place else ())

    # --- what is held --------------------------------------------------------------------------------------------------------------------

    def _fact(self, held: Held) -> Section:
        package = self._package
        gone = held.person.destroyed_at
        if gone:
            first = Said("destroyed_then", (("gone_at", gone.isoformat()),))
        else:
            first = Said("held" if held.held else "not_held", (("operator", package.operator.name),))
        hidden = () if package.full or not held.held else (Said("masked"),)
        return Section("fact", (first, Said("drawn_up", (("made_at", package.made_at.isoformat()),)), Said("free"), *hidden))

    def _what(self, held: Held) -> list[Section]:
        now = [item for item in held.data if item.current]
        before = [item for item in held.data if not item.current]
        ways = dict.fromkeys((self._say(f"access.step.{m.kind}"), _lower(m.words), self._yes(m.automated)) for m in held.methods)
        return [
            self._table("purposes", ("purpose",), [(aim.words,) for aim in held.purposes]),
            self._table("ways", ("step", "way", "automated"), ways),
            self._table("data", ("category", "field", "value"), self._values(now), none=True),
            self._table("terms", ("category", "source", "ground", "purposes", "collected", "term", "until"), map(self._legal, now)),
            self._table("former", ("category", "field", "value", "replaced"), self._former(before)),
            self._table("evidence", ("category", "field", "value", "ground", "until"), self._proofs(held.evidence)),
            self._table(
                "files",
                ("file", "kind", "size", "received"),
                [(f.label, f.kind.rpartition("/")[2].upper(), str(f.size), self._when(f.received_at)) for f in held.files],
            ),
        ]

    def _values(self, items: Iterable[Item]) -> Rows:
        return [(_named(item.category), value.label, self._value(value)) for item in items for value in item.values]

    def _former(self, items: Iterable[Item]) -> Rows:
        return [
            (_named(item.category), value.label, self._value(value), self._when(item.superseded_at))
            for item in items
            for value in item.values
        ]

    def _proofs(self, items: Iterable[Item]) -> Rows:
        return [
            (_named(item.category), value.label, self._value(value), item.ground.words, self._day(item.term.last_day))
            for item in items
            for value in item.values
        ]

    def _legal(self, item: Item) -> tuple[str, ...]:
        source = f"{item.source.kind.words}: {item.source.detail}" if item.source.detail else item.source.kind.words
        ground = f"{item.ground.words}: {item.citation}" if item.citation else item.ground.words
        return (
            _named(item.category),
            source,
            ground,
            _words(item.purposes),
            self._when(item.collected_at),
            item.term.words,
            self._day(item.term.last_day),
        )

    # --- what was agreed and given on ----------------------------------------------------------------------------------------------------

    def _agreed(self, held: Held) -> list[Section]:
        went = [
            (
                t.recipient.words,
                self._say(f"access.sent.{t.kind}"),
                _words(t.fields),
                self._when(t.sent_at),
                t.state.words,
                self._when(t.confirmed_at),
            )
            for t in held.transfers
        ]
        got = [(r.name, r.clause, _words(r.fields), self._when(r.first_at), self._when(r.last_at)) for r in held.recipients]
        return [
            self._table(
                "consents", ("consent", "state", "given", "text", "via", "ended", "until"), map(self._consent, held.consents), none=True
            ),
            self._table("stops", ("via", "since"), [(self._channel(stop.channel), self._when(stop.since)) for stop in held.stops]),
            self._recipients(got),
            self._table("transfers", ("recipient", "what", "fields", "sent", "state", "confirmed"), went),
        ]

    def _recipients(self, got: Rows) -> Section:
        """Who got what. That some bodies may not be named is said in every answer, whether there were any or none."""
        rows, limits = tuple(got), tuple(right.basis.words for right in self._package.rights if right.code == "limit")
        said = (*(() if rows else NONE), *((Said("limits", (("places", "; ".join(limits)),)),) if limits else ()))
        return Section("recipients", said, ("recipient", "clause", "fields", "first", "last") if rows else (), rows)

    def _consent(self, consent: Consent) -> tuple[str, ...]:
        about = [part.words for part in (consent.purpose, consent.recipient) if part] + [self._channel(consent.channel), consent.country]
        title = ": ".join([consent.kind.words, *([", ".join(filter(None, about))] if any(about) else [])])
        return (
            title,
            consent.state.words,
            self._when(consent.given_at),
            f"{consent.text_version}, {self._say(f'access.language.{consent.language}')}, {consent.sha256}",
            consent.via.words,
            self._when(consent.ended_at),
            self._day(consent.proof_kept_until),
        )

    # --- what happened -------------------------------------------------------------------------------------------------------------------

    def _happened(self, held: Held) -> list[Section]:
        ties = [
            (self._say(f"access.relation.{t.kind}"), self._day(t.started), self._day(t.ended), _words(t.purposes)) for t in held.relations
        ]
        acting = [
            (
                self._say("access.acting.for_you" if r.for_you else "access.acting.by_you"),
                self._say(f"access.paper.{r.kind}"),
                speech.cited(self._language, r.scope),
                self._day(r.since),
                self._day(r.until),
            )
            for r in held.representatives
        ]
        gone = [(self._when(d.planned_at), d.basis.words, self._when(d.deleted_at)) for d in held.destructions]
        more = [
            (self._say(f"access.holder.{t.holder}"), self._thing(t.what), self._when(t.since), self._day(t.last_day)) for t in held.others
        ]
        kept = [(k.what.words, k.ground, self._day(k.last_day)) for k in held.kept]
        return [
            self._table("states", ("state", "reason", "basis", "since", "ended", "outcome"), map(self._state, held.states)),
            self._table("relations", ("what", "since", "ended", "purposes"), ties),
            self._table("representatives", ("what", "kind", "rights", "since", "until"), acting),
            self._table("requests", ("what", "received", "state", "due", "decided"), self._requests(held)),
            self._table(
                "automated",
                ("when", "what", "verdict", "reasons"),
                [(self._when(d.at), *self._decided(d)) for d in held.decisions if d.automated],
            ),
            self._table("decisions", ("what", "verdict", "reasons", "count", "first", "last"), self._grouped(held)),
            self._table("destructions", ("planned", "basis", "deleted"), gone),
            self._table("looks", ("by", "act", "purpose", "categories", "count", "first", "last"), self._looks(held.looks), none=True),
            self._table("others", ("holder", "what", "since", "until"), more),
            self._table("kept", ("what", "basis", "until"), kept),
        ]

    def _thing(self, what: str) -> str:
        """A thing of a room without a section of its own: the words of each part of its code, such as `factor.phone.ok` or `case.access.closed`."""
        kind, *rest = what.split(".")
        lists = _THINGS.get(kind, ())
        said = [self._say(f"{prefix}.{code}") for prefix, code in zip(lists, rest, strict=False)]
        head = self._say(f"access.thing.{kind}")
        return f"{head}: {', '.join(said)}" if said else head

    def _state(self, state: Standing) -> tuple[str, ...]:
        outcome = state.outcome.words if state.outcome else ""
        return (
            state.kind.words,
            state.reason.words,
            state.basis.words,
            self._when(state.since),
            self._when(state.ended_at),
            outcome or _DASH,
        )

    def _requests(self, held: Held) -> Rows:
        rows: list[tuple[datetime, tuple[str, ...]]] = [(form.received_at, self._form(form)) for form in held.forms]
        for order in held.orders:
            what, state = self._say(f"access.order.{order.kind}"), self._say(f"access.done.{order.state}")
            row = (what, self._when(order.received_at), state, self._day(order.due), self._when(order.decided_at))
            rows.append((order.received_at, row))
        for paper in held.documents:
            what, state = self._say(f"access.paper.{paper.kind}"), self._say("access.done.filed")
            rows.append((paper.filed_at, (what, self._when(paper.filed_at), state, _DASH, _DASH)))
        return [row for _, row in sorted(rows, key=lambda pair: pair[0])]

    def _form(self, form: Form) -> tuple[str, ...]:
        return self._say("access.order.form"), self._when(form.received_at), self._say(f"access.done.{form.state}"), _DASH, _DASH

    def _decided(self, one: Decision) -> tuple[str, ...]:
        about = [one.recipient.words if one.recipient else "", one.purpose.words if one.purpose else ""]
        return (
            ", ".join(filter(None, (self._say(f"access.operation.{one.operation}"), *about))),
            self._say("access.verdict.permitted" if one.permitted else "access.verdict.refused"),
            " ".join(speech.with_places(r.words, r.basis.words) for r in one.reasons),
        )

    def _grouped(self, held: Held) -> Rows:
        """Decisions on what people did, alike ones in one row; each by itself stands in the document. What the program decided alone is not grouped."""
        return self._counted((self._decided(d), d.at) for d in held.decisions if not d.automated)

    def _looks(self, looks: Iterable[Look]) -> Rows:
        """Who looked, as what, for which purpose, at which categories: how often, first and last. Each look by itself stands in the document."""
        return self._counted((self._look(look), look.at) for look in looks)

    def _look(self, look: Look) -> tuple[str, ...]:
        who = f"{look.by.words} ({look.role})" if look.role else look.by.words
        return who, look.act.words, look.purpose.words if look.purpose else _DASH, ", ".join(look.categories) or _DASH

    def _counted(self, rows: Iterable[tuple[tuple[str, ...], datetime]]) -> Rows:
        """Alike rows once, with their count, the first and the last of their instants; in the order of the first."""
        found: dict[tuple[str, ...], list[datetime]] = {}
        for row, at in rows:
            found.setdefault(row, []).append(at)
        return [(*row, str(len(times)), self._when(min(times)), self._when(max(times))) for row, times in found.items()]

    # --- words ---------------------------------------------------------------------------------------------------------------------------

    def _table(self, head: str, columns: tuple[str, ...], rows: Rows, *, none: bool = False) -> Section:
        """A table; an empty one is left out, unless that nothing is there is itself an answer."""
        made = tuple(rows)
        return Section(head, (), columns, made) if made else Section(head, NONE if none else ())

    def _say(self, key: str) -> str:
        return speech.say(self._language, key) if speech.has(key) else key.rpartition(".")[2]

    def _channel(self, channel: str) -> str:
        return speech.say(self._language, f"via.{channel}") if speech.has(f"via.{channel}") else channel

    def _value(self, value: Value) -> str:
        if value.length:
            return speech.say(self._language, "access.said.long", length=value.length, digest=value.digest)
        return value.words or value.value

    def _when(self, at: datetime | None) -> str:
        return speech.when(self._language, at) if at else _DASH

    def _day(self, on: date | None) -> str:
        return speech.day(self._language, on) if on else _DASH

    def _yes(self, yes: bool) -> str:
        return self._say("access.yes" if yes else "access.no")


def _named(category: Coded) -> str:
    """A category with its clause, by which the list of looks names it."""
    return f"{category.code} {category.words}"


def _spoken(language: str, said: Said) -> dict[str, str]:
    """The filling of a sentence of a page; an instant (`_at`) as tables write it."""
    return {name: speech.when(language, datetime.fromisoformat(value)) if name.endswith("_at") else value for name, value in said.params}


def _lower(text: str) -> str:
    """Words of a list that stand in one column with others of small letters; an abbreviation stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _words(codes: Sequence[Coded]) -> str:
    return ", ".join(code.words for code in codes) or _DASH
