"""What all letters have: the frame around the text, the clocks, the parts of a request and how each ended."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from sandyq import speech
from sandyq.letters import reading
from sandyq.letters.certificate import Basis, LogPlace, Told
from sandyq.letters.letter import Cell, LetterBody, Letterhead, Reason, Said, Section, Words, say

APPEAL: Final = ("authorised_body", "prosecutor", "court")
"""Where an answer may be appealed (the Law art. 28, 30; Order 395 p. 24)."""

GROUND: Final = MappingProxyType(
    {
        "confidential": "94-V art. 10(2), 11",
        "free": "94-V art. 25(2)(9)",
        "copies": "94-V art. 7(10)",
        "release": "94-V art. 25(2)(8)",
        "removal": "94-V art. 6",
        "hold": "94-V art. 24(1)(7)",
        "damages": "94-V art. 24(1)(7)",
        "consent": "94-V art. 8(7), 19-1",
        "goes_on": "5.4 94-V art. 8(2), 8(7)",
    }
)
"""Articles that letters cite of themselves, beside those that a decision brings."""

NONE: Final = Basis("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the text of any letter. `answers` is the case's number and `kind` what was asked for, `made_at` is UTC, `addressee` the lines of name and
    address for paper; `signatory` and `executor` are roles of the wording."""

    number: str
    answers: str
    kind: str
    office: Letterhead
    language: str
    made_at: datetime
    received_on: date | None
    due: date | None
    basis: Basis
    log: LogPlace
    addressee: tuple[str, ...] = ()
    signatory: str = "responsible"
    executor: str = "desk"

    def __repr__(self) -> str:  # the addressee is a person
        return f"Frame({self.kind}, {self.number})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One clock: which duty, what starts it (`receipt`, `documents`, `confirmed`, `not_confirmed`), how long, its last day once it runs, and the rule's place."""

    duty: str
    start: str
    amount: int
    unit: str
    last: date | None
    basis: Basis
    calendar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that was asked for and how it ended: `done`, `refused`, `not_held` or `open`. A refused one brings its reason's code, filling and place."""

    what: Cell
    state: str
    reason: str = ""
    params: tuple[tuple[str, str], ...] = ()
    basis: Basis = field(default=NONE)

    @property
    def refusal(self) -> Reason | None:
        """The reason as the letter states it; None for what was not refused."""
        return Reason(self.reason, self.basis, self.params, self.what) if self.state == "refused" else None


def letterhead(words: Callable[..., str]) -> Letterhead:
    """The head of the paper from the policy in force; `words` is the edition's `words`."""

    def three(*path: str) -> Words:
        return Words(*(words(*path, language=language) for language in speech.LANGUAGES))

    return Letterhead(three("operator", "name"), words("operator", "bin", language="kk"), three("operator", "address"), _email(words))


def _email(words: Callable[..., str]) -> str:
    return words("contact", "email", language="kk")


def body(
    frame: Frame,
    template: str,
    said: Iterable[Said],
    sections: Iterable[Section] = (),
    *,
    reasons: Iterable[Reason] = (),
    appeal: tuple[str, ...] = (),
) -> LetterBody:
    """The body of a letter, held against its wording in all three languages. Raises Misuse when a code has no words or a sentence is not filled."""
    made = LetterBody(
        template=template,
        number=frame.number,
        answers=frame.answers,
        office=frame.office,
        signatory=frame.signatory,
        executor=frame.executor,
        language=frame.language,
        dated=frame.made_at.astimezone(speech.ZONE).date(),
        made_at=frame.made_at,
        received_on=frame.received_on,
        due=frame.due,
        basis=frame.basis,
        addressee=frame.addressee,
        said=tuple(said),
        sections=tuple(sections),
        reasons=tuple(reasons),
        appeal=appeal,
        log=frame.log,
    )
    for language in speech.LANGUAGES:
        reading.read(made, language)
    return made


def refusals(parts: Iterable[Part]) -> list[Reason]:
    """The reasons of what was refused, item by item (the Law art. 25(2)(7))."""
    return [part.refusal for part in parts if part.refusal is not None]


def outcome(parts: tuple[Part, ...]) -> list[Section]:
    """How each part ended, as a table; nothing where there is at most one part, for the text says it then."""
    if len(parts) < 2:
        return []
    rows = tuple((part.what, Said(f"state-{part.state}"), place(part.basis)) for part in parts)
    return [Section("outcome", (say("outcome_below"),), ("item", "outcome", "basis"), rows)]


def told(recipients: tuple[Told, ...]) -> Section:
    """Whom the recipients were told, and who confirmed."""
    if not recipients:
        return Section("told", (say("told_none"),))
    rows = tuple((one.name, at(one.told_at, "not_told"), at(one.confirmed_at, "not_confirmed")) for one in recipients)
    return Section("told", (say("told_some"),), ("recipient", "told", "confirmed"), rows, (say("told_note"),))


def at(instant: datetime | None, missing: str) -> Said:
    """An instant in a row, or the word for its lack."""
    return say("value_at", value_at=instant) if instant else Said(missing)


def on(day: date | None, missing: str) -> Said:
    """A date in a row, or the word for its lack."""
    return say("value_on", value_on=day) if day else Said(missing)


def place(basis: Basis) -> Cell:
    """A clause and article in a row; empty where there is none."""
    both = " ".join(filter(None, (basis.clause, basis.article)))
    return say("value_basis", value_basis=both) if both else ""
