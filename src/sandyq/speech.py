"""Sentences in Kazakh, Russian and English: the one place where a code becomes words.

Errors, findings and pages carry catalog keys (`error.iin_check_digit`); the `.po` files of `locale/` hold a sentence per key and language.
They are read straight from source at first use (no compiled copy that could drift), so a translator edits one file and restarts.
"""

import re
import string
import textwrap
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sandyq.errors import BadFile, FieldError, Misuse, SandyqError
from sandyq.law.decision import Finding

LANGUAGES = ("kk", "ru", "en")
"""What the product speaks; the first is what is spoken when nothing else is known."""

NATIVE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
ZONE = ZoneInfo("Asia/Almaty")

MAIL_WIDTH = 78
"""Columns of a line of plain text in a mail (RFC 5322, 2.1.1)."""

_FOLDER = Path(__file__).with_name("locale")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_ORDER = re.compile(r"Order (\S+?)(?: p\. (\S+))?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _Lenient(string.Formatter):
    """Fills what it is given and leaves the rest visible: a missing parameter must not turn an error page into another error."""

    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:
        return kwargs.get(str(key), "{" + str(key) + "}")


_FORMAT = _Lenient()
_CLAUSE = re.compile(r"^[1-9](?:\.[0-9]{1,2}){1,2}$")
_ARTICLE = re.compile(r"^(Labour Code|\S+) art\. ([^@]+?)(?: @([0-9]{4}-[0-9]{2}-[0-9]{2}))?$")
_CODES = {"255-VIII": "cite.code", "Labour Code": "cite.labour_code", "414-V": "cite.labour_code"}
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEAR_ALONE = re.compile(r"(\d{4})-(\W\W)-(\W\W)")
"""A date of which only the year is shown; people read it in the order of other dates."""


def read_po(path: Path) -> dict[str, str]:
    """The messages of one gettext source file: key to sentence. Raises BadFile with the line of what is wrong.

    Only what our catalogs use is read: comments, `msgid`, `msgstr` and continued strings; no plural forms, no contexts.
    """
    found: dict[str, str] = {}
    key, text, target = "", "", ""
    for number, raw in enumerate([*path.read_text(encoding="utf-8").splitlines(), 'msgid ""'], 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        word, _, quoted = line.partition(" ") if not line.startswith('"') else ("", "", line)
        if word == "msgid":
            if target == "msgstr" and key:
                if key in found:
                    raise BadFile(path.name, number, f"the key {key} stands twice", "Keep one of the two.")
                found[key] = text
            key, text, target = _unquote(quoted, path, number), "", "msgid"
        elif word == "msgstr":
            text, target = _unquote(quoted, path, number), "msgstr"
        elif word == "" and target == "msgid":
            key += _unquote(quoted, path, number)
        elif word == "" and target == "msgstr":
            text += _unquote(quoted, path, number)
        else:
            raise BadFile(path.name, number, f"{word} is not read here", "Use msgid, msgstr and quoted lines only.")
    return found


def _unquote(quoted: str, path: Path, number: int) -> str:
    if len(quoted) < 2 or not (quoted.startswith('"') and quoted.endswith('"')):
        raise BadFile(path.name, number, "a string is not in double quotes", "Close the quotes on the same line.")
    inner, out, at = quoted[1:-1], [], 0
    if "\\" not in inner:
        return inner
    while at < len(inner):
        if inner[at] == "\\" and at + 1 < len(inner):
            out.append(_ESCAPES.get(inner[at + 1], inner[at + 1]))
            at += 2
        else:
            out.append(inner[at])
            at += 1
    return "".join(out)


@cache
def catalog(language: str) -> Mapping[str, str]:
    """All sentences of one language."""
    return read_po(_FOLDER / f"{language}.po")


def has(key: str) -> bool:
    """Whether the catalogs know this key."""
    return key in catalog(LANGUAGES[0])


def say(language: str, key: str, /, **params: object) -> str:
    """The sentence of `key` in `language` with its parameters filled; an unknown key is shown as it is, so that it is seen and mended."""
    text = catalog(language if language in LANGUAGES else LANGUAGES[0]).get(key)
    if text is None:
        return key
    return _FORMAT.vformat(text, (), params) if "{" in text else text


def sentence(language: str, code: str, params: Mapping[str, object]) -> str:
    """What a person reads for an error code, or for the word of a finding where a refusal by law stands as a fault of the input; a code
    without its own sentence is told by a general one that names it."""
    key = f"error.{code}" if has(f"error.{code}") else f"finding.{code}"
    if not has(key):
        return say(language, "error.unknown", code=code)
    return say(language, key, **{name: _spoken(language, value) for name, value in params.items()})


def of_error(language: str, error: SandyqError) -> str:
    """The sentence of a raised error. A fault of our own code has one sentence for all its codes: they say nothing to who reads it."""
    if isinstance(error, Misuse) and not has(f"error.{error.code}"):
        return say(language, "error.misuse")
    return sentence(language, error.code, error.params)


def of_field(language: str, error: FieldError) -> str:
    """The sentence of one field error, with the clauses and articles that it cites."""
    return with_places(sentence(language, error.code, error.params), cited(language, error.cites))


def beside_field(language: str, error: FieldError) -> str:
    """The sentence of one field error beside its field: what the field is in the list of data (6.2.x) stands there already and says nothing of the fault."""
    places = [place for place in error.cites if not place.startswith("6.2.")]
    return with_places(sentence(language, error.code, error.params), cited(language, places))


def of_finding(language: str, finding: Finding) -> str:
    """The sentence of one finding of the law, with its clause and article."""
    return with_places(finding_alone(language, finding), cited(language, [c for c in (finding.clause, finding.article) if c]))


def finding_alone(language: str, finding: Finding) -> str:
    """The sentence of one finding without what it rests on, for a page that shows that beside it."""
    key = f"finding.{finding.code}"
    return say(language, key, **dict(finding.params)) if has(key) else say(language, "finding.unknown", code=finding.code)


def with_places(said: str, places: str) -> str:
    """A sentence and what it rests on, in brackets before its full stop; without places the sentence alone."""
    bare = said.removesuffix(".")
    return f"{bare} ({places}){said[len(bare) :]}" if places else said


def cited(language: str, places: Iterable[str]) -> str:
    """Clauses of the policy and articles of acts in one line: `6.2.1` as `clause 6.2.1`, `94-V art. 8` as the law and its article."""
    return ", ".join(_place(language, place) for place in places)


def _place(language: str, place: str) -> str:
    if _CLAUSE.match(place):
        return say(language, "cite.clause", clause=place)
    return article(language, place)


def article(language: str, place: str) -> str:
    """An article or a point of an order as the law pack writes it (`94-V art. 8(7) @2026-01-18`, `Order 395 p. 16`), for people; what has another shape stays
    as it stands."""
    head, more, order = place.partition(", Order ")
    if more:
        return f"{article(language, head)}, {article(language, f'Order {order}')}"
    if ordered := _ORDER.fullmatch(place):
        act = say(language, "cite.order", number=ordered[1])
        return say(language, "cite.point", act=act, point=ordered[2]) if ordered[2] else act
    found = _ARTICLE.match(place)
    if not found:
        return place
    number, where, since = found.groups()
    act = say(language, _CODES[number]) if number in _CODES else say(language, "cite.law", number=number)
    spoken = say(language, "cite.article", act=act, article=where)
    return say(language, "cite.redaction", article=spoken, day=day(language, date.fromisoformat(since))) if since else spoken


def when(language: str, at: datetime) -> str:
    """An instant as people in Kazakhstan read it: the day and the minute in Almaty."""
    local = at.astimezone(ZONE)
    return f"{day(language, local.date())}, {local:%H:%M}"


def day(language: str, on: date) -> str:
    """A date as the language writes it."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}" if language == "en" else f"{on:%d.%m.%Y}"


def value(language: str, kind: str, stored: str) -> str:
    """A field's value as people read it, by the kind that the policy gives the field: a date as the language writes it, a sum in groups of three, all others as
    they are stored."""
    if kind == "date" and _ISO_DAY.fullmatch(stored):
        return day(language, date.fromisoformat(stored))
    if kind == "date":
        return _YEAR_ALONE.sub(r"\3.\2.\1", stored)
    return f"{int(stored):,}".replace(",", "\u00a0") if kind == "money" and stored.isdecimal() else stored


def paragraphs(*texts: str) -> str:
    """The text of a mail: each text a paragraph, folded to `MAIL_WIDTH`; an address of a page stays whole, on a line of its own where it must."""
    folded = (textwrap.fill(text, MAIL_WIDTH, break_long_words=False, break_on_hyphens=False) for text in texts if text)
    return "\n\n".join(folded) + "\n"


def capital(text: str) -> str:
    """A text that begins a sentence."""
    return text[:1].upper() + text[1:]


def negotiate(accept_language: str, fallback: str = LANGUAGES[0]) -> str:
    """The best of our languages for an `Accept-Language` header (RFC 9110, 12.5.4); a malformed part is passed over."""
    best, weight = fallback, 0.0
    for part in accept_language[:500].split(","):
        tag, _, quality = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        try:
            given = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            continue
        if primary in LANGUAGES and weight < given <= 1.0:
            best, weight = primary, given
    return best


def _spoken(language: str, value: object) -> object:
    """A parameter as it is read: dates in the language's way, everything else as it stands."""
    if isinstance(value, datetime):
        return when(language, value)
    if isinstance(value, date):
        return day(language, value)
    return value
