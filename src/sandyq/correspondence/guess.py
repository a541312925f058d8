"""What a letter seems to be: its language, and which rights it speaks of. A hint to the desk, decided by nobody but a member of staff.

A right is spoken of where a clause asks for it about the writer's own data; "do not delete" asks for nothing, and neither does what was quoted of our
own mail. A letter may ask for two things, and most mail asks for none.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

_KAZAKH: Final = frozenset("әғқңөұүһ")
_SHARED: Final = "і"  # Kazakh has it, and others too
_LEAST_LETTERS: Final = 3
_CYRILLIC = re.compile("[а-яёәғқңөұүһі]")
_LATIN = re.compile("[a-z]")
_MOST: Final = 20_000
_CLAUSE_END: Final = re.compile(r"[.!?;\n]+|,(?=\s)|\s(?:а|но|but|бірақ|ал)\s")
_QUOTED: Final = re.compile(
    r"^[ \t]*>.*$"
    r"|^[ \t]*(?:-{2,}\s*(?:original|исходное|пересылаемое|бастапқы)\b|on .{5,200}\bwrote:\s*$|.{5,200}(?:пишет|написал\(?а?\)?|жазды):\s*$)[\s\S]*\Z",
    re.MULTILINE,
)
"""Lines that a reply quotes, and everything after the line that introduces a quotation. What may stand before is of the same line, so that a letter of empty
lines costs no more than another."""

_OWN: Final = re.compile(
    r"дерек|дербес|мәлімет|менің|маған|мені|мен туралы|келісім|өтінім|өтініш|атым|тегім|жсн"
    r"|данн|персональн|обо мне|\bмо(?:и|его|их|ю|ей|й|я|е|ём)\b|\bмне\b|\bменя\b|\bмной\b|согласи|заявк|анкет|\bиин\b|решени"
    r"|\bmy\b|\bme\b|\bi\b|\bdata\b|consent|\biin\b|access request"
)
"""A letter that asks for a right speaks of the writer, of data, of a consent or an application."""

_ALWAYS_NOT: Final = re.compile(
    r"\bне (?:надо|нужно|прошу|хочу|хотел[аи]? бы|требую|желаю|собираюсь|следует|стоит|планирую)\b"
    r"|\b(?:do|does|did) not (?:want|wish|ask|need|intend)\b|\bdon'?t (?:want|wish|ask|need|intend)\b|\bno need to\b|\bnot asking\b"
    r"|қаже(?:т емес|ті жоқ|т етпе)|керек (?:емес|жоқ)|керегі жоқ|сұрамаймын|талап етпеймін|қаламаймын"
)
"""A clause that says of itself that nothing is wanted."""
_NOT_BEFORE: Final = re.compile(r"(?:\bне|\bnot|\bn['’]t|\bdon['’]?t|\bnever|\bникогда не)\s+(?:[\w-]+\s+)?$")
_NEAR: Final = 60
"""How far from what is asked for a "not" can stand: a word or two."""
_NOT_AFTER: Final = re.compile(r"^\w*\s+(?:емес|жоқ|алма|берме)")

_ASKS: Final = Path(__file__).with_name("asks.toml")
_SAYS_NOT_ITSELF: Final = frozenset({"not-me", "automated-objection", "public-sources"})
"""Kinds that are asked for with a "not" of their own: it was not I, not by a machine, do not publish."""


def language(text: str) -> str:
    """The language a letter is written in, or nothing when it says too little. A letter that only Kazakh has decides for Kazakh."""
    seen = text[:_MOST].lower()
    if not _KAZAKH.isdisjoint(seen) or seen.count(_SHARED) >= _LEAST_LETTERS:
        return "kk"
    cyrillic, latin = len(_CYRILLIC.findall(seen)), len(_LATIN.findall(seen))
    if max(cyrillic, latin) < _LEAST_LETTERS:
        return ""
    return "ru" if cyrillic >= latin else "en"


@cache
def _rights() -> Mapping[str, re.Pattern[str]]:
    """Kinds of requests (`rights.states.Kind`) and how a clause asks for them, the more special first."""
    read: dict[str, dict[str, list[str]]] = tomllib.loads(_ASKS.read_text("utf-8"))
    return {kind: re.compile("|".join(p for patterns in by_language.values() for p in patterns)) for kind, by_language in read.items()}


def kind(text: str) -> str:
    """The right that a letter speaks of before all others, or nothing."""
    return next(iter(kinds(text)), "")


def kinds(text: str) -> tuple[str, ...]:
    """Every right that a letter asks for, the more special first; nothing for a letter that is no request, as far as can be seen."""
    seen = _QUOTED.sub("", text[:_MOST].lower().replace("ё", "е"))
    if not _OWN.search(seen):
        return ()
    clauses = [clause for clause in _CLAUSE_END.split(seen) if clause and clause.strip()]
    return tuple(name for name, pattern in _rights().items() if any(_asked(name, pattern, clause) for clause in clauses))


def _asked(name: str, pattern: re.Pattern[str], clause: str) -> bool:
    """Whether a clause asks for a right, and does not say that it is not asked for."""
    own_not = name in _SAYS_NOT_ITSELF
    if not own_not and _ALWAYS_NOT.search(clause):
        return False
    return any(own_not or not _denied(clause, found) for found in pattern.finditer(clause))


def _denied(clause: str, found: re.Match[str]) -> bool:
    near = clause[max(0, found.start() - _NEAR) : found.start()], clause[found.end() : found.end() + _NEAR]
    return bool(_NOT_BEFORE.search(near[0]) or _NOT_AFTER.search(near[1]))
