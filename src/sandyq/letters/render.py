"""A letter made visible: as PDF/A-2b, as plain text, and the notice that is mailed in its place without personal data (policy 3.10, 8.3)."""

import re
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from sandyq import speech
from sandyq.errors import Misuse
from sandyq.letters import paper
from sandyq.letters.letter import LetterBody
from sandyq.letters.reading import HEAD_LANGUAGES, Block, Reading, in_language, read
from sandyq.speech import LANGUAGES

LAYOUT: Final = "letter-1"
NOTICES: Final = "notice-1"
_ABBREVIATED: Final = re.compile(r"\b(ст\.|п\.|подп\.|art\.|p\.) (?=\d)")
_COUNTED: Final = re.compile(r"\b(\d{1,2}) (?=[^\W\d_])")
_WIDE: Final = frozenset("ыжшщюмфЫЖШЩЮМФ@mwMW—%")
_NARROW: Final = frozenset("іїilIjtfr.,:;'()|!-/")
_FEW: Final = 5  # columns; a table of more is set smaller
_WORD: Final = re.compile(r"\S+")
_INSTANT: Final = re.compile(r"\d\d\.\d\d\.\d{4}, \d\d:\d\d|\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d|\S+")
_ROW_MAY_BREAK = 600  # characters
# Widths in tenths of an em:
_PAGE: Final = 560  # 170 mm at 8.5 points
_SMALL_PAGE: Final = 635  # the same at 7.5 points
_PAD: Final = 12  # the two sides of a cell
_LEAST: Final = 36  # of any column
_LONG_WORD: Final = 120  # a longer word is cut
_USUAL: Final = 6  # of a letter
_LONG_CELL: Final = 360  # more text than this does not widen its column


def verify_url(base_url: str, digest: str) -> str:
    """The public page that tells whether a letter of this digest was issued."""
    return f"{base_url.rstrip('/')}/verify?d={digest}"


def render_pdf(body: LetterBody, language: str = "", *, base_url: str) -> bytes:
    """The letter as PDF/A-2b in its own language or another. The same body, language and address give the same bytes.

    `base_url` is where the office is reached; the QR code leads from there to `/verify`. Raises Misuse for another language or an unknown code.
    """
    made = read(body, language)
    view = {
        "language": made.language,
        "title": made.title,
        "author": in_language(body.office.name, made.language),
        "head": [list(made.office[code]) for code in HEAD_LANGUAGES],
        "number": made.number,
        "dated": made.dated,
        "answers": made.answers,
        "addressee": list(made.addressee),
        "greeting": made.greeting,
        "blocks": [_laid_out(block) for block in made.blocks],
        "signatory": made.signatory,
        "signature": made.signature,
        "executor": made.executor,
        "legend": made.legend,
        "log": [list(row) for row in made.log],
        "footer": {**made.footer, "named": f"{made.footer['template']} {made.template}"},
        "qr": paper.qr_svg(verify_url(base_url, body.digest)),
    }
    return paper.typeset(LAYOUT, view, body.made_at)


def _laid_out(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "text": _bound(block.text),
        "columns": list(block.columns),
        "rows": [[_bound(cell) for cell in row] if block.kind == "list" else list(row) for row in block.rows],
        "shares": _shares(block),
        "small": len(block.columns) > _FEW,
        "breaks": [sum(map(len, row)) > _ROW_MAY_BREAK for row in block.rows],
    }


def _bound(text: str) -> str:
    """Keeps `ст. 25`, `18 ноября` and their like on one line. Not in tables, whose cells may be values that a reader copies."""
    return _COUNTED.sub("\\1\u00a0", _ABBREVIATED.sub("\\1\u00a0", text))


def _shares(block: Block) -> list[int]:
    """How the width of the page is shared among columns: room for the longest word of each (and for a day with its time, where there is room for all), and what
    is left over by how much text each holds."""
    page = _SMALL_PAGE if len(block.columns) > _FEW else _PAGE
    columns = [[head, *(row[number] for row in block.rows)] for number, head in enumerate(block.columns)]
    least = [_least(cells, _INSTANT) for cells in columns]
    if sum(least) > page:
        least = [_least(cells, _WORD) for cells in columns]
    usual = [sum(map(len, cells)) // len(cells) * _USUAL for cells in columns]
    wanted = [max(0, min(much, _LONG_CELL) - own) for much, own in zip(usual, least, strict=True)]
    spare, more = page - sum(least), sum(wanted)
    return [own + (extra if more <= spare else max(0, extra * spare // more)) for own, extra in zip(least, wanted, strict=True)]


def _least(cells: Sequence[str], whole: re.Pattern[str]) -> int:
    longest = max((_wide(word) for cell in cells[1:] for word in whole.findall(cell)), default=1)
    bold = max(map(_wide, cells[0].split()), default=1) * 11 // 10
    return max(_LEAST, min(max(longest, bold), _LONG_WORD) + _PAD)


def _wide(word: str) -> int:
    """About how wide a word is set, in tenths of an em: wide and narrow letters of the three alphabets counted as what they are."""
    return sum(9 if c in _WIDE else 4 if c in _NARROW else 7 if c.isupper() else 6 for c in word)


def render_text(body: LetterBody, language: str = "", *, base_url: str) -> str:
    """The whole letter as plain text: what the PDF says, a table's rows as numbered records. For screen readers, paper without a printer's shop, and archives."""
    made = read(body, language)
    lines = ["\n".join(made.office[code]) for code in HEAD_LANGUAGES]
    lines += ["\n".join(filter(None, (f"{made.number}, {made.dated}", made.answers))), "\n".join(made.addressee), made.title.upper()]
    lines += [_wrapped(made.greeting), *(_plain(block) for block in made.blocks)]
    lines += [
        f"{made.signatory}: ____________ ({made.signature})",
        made.executor,
        _wrapped(made.legend),
        _proof(made, base_url, body.digest),
    ]
    return "\n\n".join(line for line in lines if line) + "\n"


def _proof(made: Reading, base_url: str, digest: str) -> str:
    rows = "\n".join(f"{label}: {value}" for label, value in made.log)
    return f"{rows}\n{verify_url(base_url, digest)}\n{made.footer['template']} {made.template}"


def _plain(block: Block) -> str:
    if block.kind == "list":
        return "\n".join(_wrapped(f"{no}) {row[0]}", indent=3) for no, row in enumerate(block.rows, 1))
    if block.kind == "table":
        return "\n\n".join(_record(no, block.columns, row) for no, row in enumerate(block.rows, 1))
    return block.text.upper() if block.kind == "heading" else _wrapped(block.text)


def _record(no: int, columns: Sequence[str], row: Sequence[str]) -> str:
    said = [f"{column}: {cell}" for column, cell in zip(columns, row, strict=True) if cell]
    first = _wrapped(f"{no}. {said[0]}", indent=3)
    return "\n".join([first, *(textwrap.indent(_wrapped(line, indent=2), "   ") for line in said[1:])])


def _wrapped(text: str, indent: int = 0) -> str:
    lines = textwrap.fill(_bound(text), speech.MAIL_WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
    return lines.replace("\u00a0", " ")


def notice_text(event: str, number: str, link: str, language: str) -> tuple[str, str]:
    """Subject and text of a mail that says what happened and where to read it, and nothing about the person: number, event, link (policy 8.3).

    `event` is a letter's name without its version (`access`, `destroyed`) or one of the notices' own; Raises Misuse for one that has no words.
    """
    words = _notices(language)
    if event not in words["events"]:
        raise Misuse("letter_notice", event=event)
    said = words["events"][event]
    text = speech.paragraphs(words["greeting"], said.format(number=number), words["open"].format(link=link), words["foot"])
    return words["subject"].format(number=number), text


@cache
def _notices(language: str) -> Mapping[str, Any]:
    if language not in LANGUAGES:
        raise Misuse("letter_language", language=language)
    with (Path(__file__).with_name("templates") / f"{NOTICES}.toml").open("rb") as file:
        words: dict[str, Any] = tomllib.load(file)[language]
    return words
