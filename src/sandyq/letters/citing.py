"""Cites clauses and articles the way official letters do: `94-V art. 25(2)(8)` as `подп. 8) п. 2 ст. 25 Закона`.

What the law pack writes is kept in bodies as it is; the words are those of a wording, so that an old letter is cited as it was.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Final

from sandyq import speech

_PLACE: Final = re.compile(r"(\d+(?:-\d+)*)((?:\(\d+(?:-\d+)*\))*)")
_REDACTION: Final = re.compile(r"\s*@(?:(\d{4}(?:-\d\d){0,2})|not read)$")
_ACTS: Final = (
    (re.compile(r"94-V"), "law"),
    (re.compile(r"(?:Digital Code )?255-VIII"), "code"),
    (re.compile(r"Labour Code"), "labour"),
    (re.compile(r"Consumer Law.*|Law on consumer protection"), "consumer"),
    (re.compile(r"Tax Code.*"), "tax"),
    (re.compile(r"(?:Law )?573(?: on credit bureaus)?"), "bureaus"),
    (re.compile(r"AML law 191-IV"), "laundering"),
    (re.compile(r"Order (?P<order>\d+(?:/НҚ)?).*"), "rules"),
)
_BARE: Final = frozenset({"1", "9"})
"""Articles of the Law that have sub-paragraphs right below them: `art. 9(1)` is подп. 1) ст. 9, where `art. 8(1)` is п. 1 ст. 8."""


def basis(clause: str, article: str, forms: Mapping[str, str], language: str) -> str:
    """A clause of the policy and the articles of acts in one line; either may be empty."""
    said = [forms["clause"].format(clause=clause)] if clause else []
    return "; ".join([*said, *(_act(part, forms, partial(_redaction, language)) for part in _acts(article))])


def _redaction(language: str, day: str) -> str:
    """The day of a redaction, which may lack its day and month, as the language writes it."""
    return speech.day(language, date.fromisoformat(day)) if len(day) == 10 else ".".join(reversed(day.split("-")))


def _acts(article: str) -> Iterator[str]:
    """One act with its places at a time: they stand apart by a semicolon, or by a comma before the next act's name."""
    for part in article.split(";"):
        yield from (piece.strip() for piece in re.split(r", (?=[^,(]*? (?:art|p)\. ?\d)", part) if piece.strip())


def _act(text: str, forms: Mapping[str, str], day: Callable[[str], str]) -> str:
    redaction = _REDACTION.search(text)
    named, mark, places = re.sub(_REDACTION, "", text).partition(" art. ")
    if not mark:
        named, mark, places = named.partition(" p. ")
    found = next(((kind, hit) for act, kind in _ACTS if (hit := act.fullmatch(named))), None)
    if found is None or not mark:
        order = re.match(r"Order (\d+(?:/НҚ)?)", named)
        return forms["rules_whole"].format(order=order[1]) if order else text
    kind, hit = found
    worded = ", ".join(_place(place.strip(), kind, forms) for place in places.split(","))
    said = forms[kind].format(places=worded, **hit.groupdict(""))
    since = redaction[1] if redaction else None
    return forms["redaction" if len(since) == 10 else "redaction_year"].format(place=said, day=day(since)) if since else said


def _place(text: str, kind: str, forms: Mapping[str, str]) -> str:
    found = _PLACE.fullmatch(text)
    if not found:
        return text
    number, inner = found[1], re.findall(r"\(([^)]+)\)", found[2])
    if kind == "rules":
        return forms["point"].format(a=number)
    if not inner:
        return forms["a"].format(a=number)
    if len(inner) == 1:
        form = "as" if kind == "law" and number in _BARE else "ap"
        return forms[form].format(a=number, p=inner[0], s=inner[0])
    return forms["aps"].format(a=number, p=inner[0], s=inner[1])
