"""Folds the spellings of one name together, for the keyed name tokens of the index (design 10).

A name may come in Kazakh or Russian Cyrillic, in the Latin alphabets of 2017 (apostrophes), 2018 (acutes) and 2021 (umlauts), or in
passport transliteration; a surname may carry a Russian or Kazakh case ending or the feminine ending. `fold` gives one coarse Latin
skeleton for the scripts; `stems` adds, for a search, the forms with a case ending taken off. Coarse is right here: a token holds a
birth year or a phone tail too.
"""

import re
import unicodedata

_CYRILLIC = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "z", "и": "i", "й": "i",
    "і": "i", "ы": "i", "ї": "i", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh",
    "ъ": "", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_TRANSLATED = str.maketrans(_CYRILLIC)
_LATIN = {
    "ı": "i",
    "ý": "u",
    "ş": "sh",
    "ç": "ch",
    "ŋ": "n",
    "ə": "a",
    "ß": "s",
    "ø": "o",
    "y": "i",
    "w": "u",
    "q": "k",
    "x": "ks",
    "c": "ch",
}
_DIGRAPHS = (
    ("shch", "sh"), ("sch", "sh"), ("dzh", "j"), ("dj", "j"), ("zh", "j"), ("kh", "h"), ("gh", "g"),
    ("ck", "k"), ("yo", "e"), ("ye", "e"), ("sh", "ş"), ("ch", "ç"),
)  # fmt: skip
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")
_LETTERS = re.compile(r"[^a-z]+")
_REPEAT = re.compile(r"(.)\1+")
_ALIKE = (("dj", "j"), ("ng", "n"), ("ui", "u"), ("ie", "e"))
_SURNAME = re.compile(r"^(.{2,}(?:ov|ev|in))(?:a|u|oi|oiu|im|om|ih|e)$")
_ADJECTIVE = re.compile(r"^(.{3,}sk)(?:ii?|aia|ogo|omu|im|oi|uiu|om)$")
_KAZAKH_CASE = (
    "nin", "din", "tin", "ga", "ge", "ka", "ke", "na", "ne", "ni", "di", "ti", "da", "de", "ta", "te", "nda", "nde",
    "dan", "den", "tan", "ten", "nan", "nen", "men", "ben", "pen",
)  # fmt: skip  # genitive, dative, accusative, locative, ablative, instrumental, after folding
_RUSSIAN_CASE = re.compile(r"^(.{3,})(?:a|u|om|em|e|i|oi)$")


def _script(word: str) -> str:
    lowered = word.lower()
    if not _CYRILLIC.keys().isdisjoint(lowered):
        return lowered.translate(_TRANSLATED)
    bare = "".join(
        c if c in _LATIN else unicodedata.normalize("NFD", c)[0]
        for c in unicodedata.normalize("NFC", lowered)
        if not unicodedata.combining(c)
    )
    for pair, letter in _DIGRAPHS:
        bare = bare.replace(pair, letter)
    return "".join(_LATIN.get(c, c) for c in bare)


def _word(word: str) -> str:
    script = _script(word)
    letters = _REPEAT.sub(r"\1", script if script.isascii() and script.isalpha() else _LETTERS.sub("", script))
    for pair, into in _ALIKE:
        if pair in letters:
            letters = _REPEAT.sub(r"\1", letters.replace(pair, into))
    return letters


def fold(name: str) -> str:
    """The skeleton of a name in Latin letters, the same for every script and alphabet it is written in; empty when nothing is left."""
    return _word(name) if name.isalpha() else "".join([_word(part) for part in _BETWEEN.split(name)])


def fold_surname(name: str) -> str:
    """`fold`, with surnames in -ov, -ev, -in and -sky brought to the masculine nominative stem."""
    return _stem(_word(name)) if name.isalpha() else "".join([_stem(_word(part)) for part in _BETWEEN.split(name)])


def _stem(folded: str) -> str:
    for pattern in (_SURNAME, _ADJECTIVE):
        found = pattern.match(folded)
        if found:
            return found.group(1)
    return folded


def stems(name: str) -> tuple[str, ...]:
    """What a typed surname may be in the nominative: its own fold first, then each with a case ending taken off. For searching only."""
    whole = fold_surname(name)
    found = {whole: None}
    russian = _RUSSIAN_CASE.match(whole)
    if russian:
        found[_stem(russian.group(1))] = None
    for ending in _KAZAKH_CASE:
        if whole.endswith(ending) and len(whole) - len(ending) >= 3:
            found[_stem(whole[: -len(ending)])] = None
            found[whole[: 1 - len(ending)]] = None  # folding merged the stem's last letter with the ending's first
    return tuple(key for key in found if key)


def initial(name: str) -> str:
    """The first letter of the fold, or nothing."""
    return fold(name)[:1]
