"""Sets a letter in type: a Typst template, a wording and a view become PDF/A-2b, wholly in memory.

Only the fonts beside this file are used, never the machine's, so that a letter looks the same everywhere and has every Kazakh letter.
A template and its wording share a name that ends in their version, which is printed: an old letter can be made again as it was.
"""

import io
import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from sandyq.errors import Misuse
from sandyq.speech import LANGUAGES

FONTS: Final = Path(__file__).with_name("fonts")
_TEMPLATES: Final = Path(__file__).with_name("templates")
_UNPRINTABLE: Final = re.compile(
    "[^\n\u0020-\u007e\u00a0-\u024f\u0400-\u052f\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u20b8\u20bd\u2116\u2122]"
)
"""What the shipped fonts have no glyph for, or what does not show (other scripts, pictures, marks of direction, control characters)."""


@cache
def wording(template: str, language: str) -> Mapping[str, Any]:
    """The words of a template in one language. Raises Misuse for a language that the product does not speak."""
    if language not in LANGUAGES:
        raise Misuse("letter_language", language=language)
    with (_TEMPLATES / f"{template}.toml").open("rb") as file:
        words: dict[str, Any] = tomllib.load(file)[language]
    return words


@cache
def _source(template: str) -> bytes:
    return (_TEMPLATES / f"{template}.typ").read_bytes()


@cache
def _fonts() -> Any:
    import typst  # here and below: 30 MB that a process which prints nothing should not load

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def typeset(template: str, view: Mapping[str, Any], at: datetime) -> bytes:
    """PDF/A-2b of a template filled with a view (plain JSON data, every string already in its language); `at` is its date of making.

    Strings reach Typst as data, never as its markup. A character that the fonts lack is shown as U+FFFD, for PDF/A forbids a missing glyph.
    """
    import typst

    made = typst.compile(
        _source(template),
        font_paths=_fonts(),
        sys_inputs={"view": json.dumps(_printable(view), ensure_ascii=False)},
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise Misuse("letter_not_made", template=template)
    return made


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNPRINTABLE.sub("\ufffd", unicodedata.normalize("NFC", value))
    if isinstance(value, Mapping):
        return {key: _printable(inner) for key, inner in value.items()}
    return value if isinstance(value, int) else [_printable(inner) for inner in value]


def long_day(on: date, words: Mapping[str, Any]) -> str:
    """A date with its month in words, by the wording of a template."""
    return str(words["long_date"].format(day=on.day, month=words["months"][on.month - 1], year=on.year))


def qr_svg(line: str) -> str:
    """A QR code (ISO/IEC 18004, correction level M) of one line, as SVG text."""
    import segno

    drawn = io.BytesIO()
    segno.make(line, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()
