"""The words of a letter: the wording of its template joined with what letters share, and codes put into sentences.

A template and its wording carry a version in their name; `parts` names the shared files with theirs. A landed version is never reworded, so that an
old letter reads as it did. A code without words is a mistake of ours and never printed.
"""

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from sandyq import speech
from sandyq.errors import Misuse
from sandyq.letters import citing, paper
from sandyq.letters.certificate import Basis
from sandyq.letters.letter import WORDS, Cell, Said

_TEMPLATES: Final = Path(__file__).with_name("templates")
_ARTICLE: Final = re.compile(r"[1-9](?:\.\d+){1,2}")


class _Strict(string.Formatter):
    """Refuses a sentence whose filling is missing: a letter with a hole in it does not leave."""

    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:
        if str(key) not in kwargs:
            raise Misuse("letter_unfilled", parameter=str(key))
        return kwargs[str(key)]


_FORMAT: Final = _Strict()


@dataclass(frozen=True)
class Wording:
    """All words of one template in one language, by table: `say`, `head`, `column`, `name`, `reason`, `appeal`, `role`, and single ones of the layout."""

    language: str
    template: str
    tables: Mapping[str, Any]

    def word(self, key: str) -> str:
        """One word of the layout."""
        return str(self._of("", key))

    def of(self, table: str, code: str) -> str:
        """The word or sentence of a code in a table. Raises Misuse("letter_code") when there is none."""
        return str(self._of(table, code))

    def said(self, said: Said) -> str:
        """A sentence filled in."""
        if said.code == WORDS:
            return dict(said.params)[self.language]
        return self.filled(self.of("say", said.code), said.params)

    def filled(self, text: str, params: tuple[tuple[str, str], ...], *, short: bool = False) -> str:
        """A text with its parameters, each read as the end of its name says; with `short`, dates as tables write them."""
        return _FORMAT.vformat(text, (), {name: self._value(name, value, short) for name, value in params})

    def cell(self, cell: Cell) -> str:
        """What stands in a row: text as it is; a code as its name, never as a sentence of the same code."""
        if isinstance(cell, str):
            return cell
        if cell.code == WORDS:
            return self.said(cell)
        text = self.name(cell.code) if cell.code not in _TYPED else "{" + cell.code + "}"
        return self.filled(text, cell.params, short=True)

    def name(self, code: str) -> str:
        """A name that letters know; what a finding is called where it is not one of them."""
        return str(self.tables["name"].get(code) or self._of("reason", code))

    def basis(self, basis: Basis) -> str:
        """Clause and article as official letters cite them."""
        return citing.basis(basis.clause, basis.article, self.tables["cite"], self.language)

    def long_day(self, on: date) -> str:
        """A date with its month in words."""
        return paper.long_day(on, self.tables)

    def _of(self, table: str, code: str) -> Any:
        found = (self.tables[table] if table else self.tables).get(code)
        if found is None:
            raise Misuse("letter_code", template=self.template, table=table or "layout", code=code)
        return found

    def _value(self, name: str, value: str, short: bool) -> str:
        if name.endswith("_on"):
            on = date.fromisoformat(value)
            return speech.day(self.language, on) if short else self.long_day(on)
        if name.endswith("_at"):
            at = datetime.fromisoformat(value)
            local = at.astimezone(speech.ZONE)
            long = self.word("long_instant").format(date=self.long_day(local.date()), time=f"{local:%H:%M}")
            return speech.when(self.language, at) if short else long
        if name.endswith("_code"):
            return self.name(value)
        return self.basis(cited(value)) if name.endswith("_basis") else value


_TYPED: Final = frozenset({"value_on", "value_at", "value_code", "value_basis"})
"""Codes of cells that are one typed value and no sentence: `say("value_on", value_on=day)`."""


def cited(place: str) -> Basis:
    """A basis from one text: a clause number, an article, or a clause, a space and an article."""
    head, _, rest = place.partition(" ")
    return Basis(head, rest) if _ARTICLE.fullmatch(head) else Basis("", place)


@cache
def wording(template: str, language: str) -> Wording:
    """The words of a template in one language. Raises Misuse for a template or a language that the product does not have."""
    if language not in speech.LANGUAGES:
        raise Misuse("letter_language", language=language)
    own = _read(template)
    tables: dict[str, Any] = {"say": {}, "head": {}, "column": {}, "name": {}, "reason": {}, "appeal": {}, "role": {}}
    for part in [*(_read(name) for name in own.get("parts", ())), own]:
        for key, value in part[language].items():
            tables[key] = {**tables.get(key, {}), **value} if isinstance(value, dict) else value
    return Wording(language, template, tables)


@cache
def _read(name: str) -> Mapping[str, Any]:
    try:
        with (_TEMPLATES / f"{name}.toml").open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise Misuse("letter_template", template=name[:40]) from None
