"""The answer on access: everything that the Law art. 24(1)(1) lists, in tables that may run over pages (policy 4.1.1)."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sandyq.letters.compose.frame import APPEAL, Frame, Part, body, outcome, refusals
from sandyq.letters.letter import Cell, LetterBody, Said, Section, say


class Sentence(Protocol):
    """A sentence of the answer: its code and filling."""

    @property
    def code(self) -> str: ...

    @property
    def params(self) -> tuple[tuple[str, str], ...]: ...


class Listed(Protocol):
    """One section of the answer as the room `access` gives it: codes for its words, rows of text."""

    @property
    def head(self) -> str: ...

    @property
    def said(self) -> Sequence[Sentence]: ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def rows(self) -> tuple[tuple[Cell, ...], ...]: ...


def access(frame: Frame, found: Iterable[Listed], parts: tuple[Part, ...] = ()) -> LetterBody:
    """The complete answer, free of charge. `found` are the sections of the room `access`, whose codes the wording knows; what the request asked for beyond them ends
    by its `parts`."""
    refused = refusals(parts)
    sections = [Section(one.head, tuple(Said(each.code, each.params) for each in one.said), one.columns, one.rows) for one in found]
    held = any(section.rows for section in sections)
    said = [
        say("answer" if held else "answer_none", answers=frame.answers),
        *([say("in_term", last_on=frame.due)] if frame.due else []),
        *([say("part_refused")] if refused else []),
    ]
    return body(frame, "access-1", said, [*sections, *outcome(parts)], reasons=refused, appeal=APPEAL)
