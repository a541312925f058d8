"""Which disclosures without consent an answer on access tells of, and which it must not: dated rules by ground of art. 9, as data of the pack
(policy 4.1.1, 5.1; the Law art. 8-1(3), 24(1)(1)).

Pure. What may be told is judged by the law of the day of telling. A rule that nobody has confirmed in the act's own text may only tighten: it may keep silent and
never tell, for who was told cannot be untold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sandyq.errors import FieldError, Invalid
from sandyq.law.deadlines import Entry, Interval, Mark


class Telling(StrEnum):
    """Whether a person is told of a disclosure under a ground."""

    ALWAYS = "always"
    LIFTED = "lifted"  # only once the body or a court has allowed it in writing


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """One ground of art. 9 on some days: whether the person is told, by which clauses and article, and how sure that is."""

    id: str
    ground: str
    told: Telling
    clauses: tuple[str, ...]
    article: str
    source: str
    mark: Mark
    in_force: tuple[Interval, ...]
    note: str = ""

    def stands(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return any(day in interval for interval in self.in_force)

    @property
    def clause(self) -> str:
        """The clause of the ground itself: the last that is named."""
        return self.clauses[-1]


@dataclass(frozen=True, slots=True)
class Silence:
    """Why a disclosure is not told of: clause and article of its limb."""

    clause: str
    article: str
    rule: str = ""


UNKNOWN: Final = Silence("5.1.7", "94-V art. 9")
"""The limb of a ground that no rule of the day names: nothing says that it may be told."""


def silent(rules: Sequence[DisclosureRule], ground: str, on: date, *, lifted: bool) -> Silence | None:
    """Why the person is not told on a day of a disclosure under this ground; None where they are. `lifted`: a paper on file allows it."""
    if lifted:
        return None
    found = [rule for rule in rules if rule.ground == ground and rule.stands(on)]
    against = [rule for rule in found if rule.told is not Telling.ALWAYS]
    if found and not against:
        return None
    return Silence(against[0].clause, against[0].article, against[0].id) if against else UNKNOWN


def limbs(rules: Sequence[DisclosureRule], on: date) -> tuple[Silence, ...]:
    """Every limb under which a disclosure may be kept silent on a day: what each answer says, whether there was one or none."""
    return tuple(Silence(rule.clause, rule.article, rule.id) for rule in rules if rule.told is not Telling.ALWAYS and rule.stands(on))


_KNOWN: Final = frozenset({"id", "ground", "told", "clauses", "article", "source", "mark", "in_force", "note"})


def from_data(entries: Sequence[Mapping[str, object]]) -> tuple[DisclosureRule, ...]:
    """Rules from plain data. Raises `Invalid` with every fault, each naming its entry by number."""
    faults: list[FieldError] = []
    rules = [_rule(Entry(entry, f"disclosures[{n}]", faults, _KNOWN)) for n, entry in enumerate(entries)]
    if faults:
        raise Invalid(faults)
    return tuple(rules)


def _rule(entry: Entry) -> DisclosureRule:
    made = DisclosureRule(
        id=entry.text("id"),
        ground=entry.text("ground"),
        told=Telling(entry.one_of("told", Telling)),
        clauses=entry.texts("clauses"),
        article=entry.text("article"),
        source=entry.text("source"),
        mark=Mark(entry.one_of("mark", Mark)),
        in_force=entry.intervals("in_force"),
        note=entry.text("note", ""),
    )
    if made.told is Telling.ALWAYS and made.mark is not Mark.CONFIRMED:
        entry.fault("mark", "unconfirmed_loosens", given=made.mark.value)
    return made
