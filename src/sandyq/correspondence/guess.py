"""What a letter seems to be: its language, and which right it speaks of. A hint to the desk, decided by nobody but a member of staff."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_KAZAKH: Final = frozenset("әғқңөұүһ")
_SHARED: Final = "і"  # Kazakh has it, and others too
_LEAST_LETTERS: Final = 3
_CYRILLIC = re.compile("[а-яёәғқңөұүһі]")
_LATIN = re.compile("[a-z]")
_SPEAKS_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "not-me": ("бұл мен емес", "мен емеспін", "это не я", "не подавал", "not me", "in my name"),
        "complaint": ("шағым", "зиян", "өтемақы", "жалоб", "претензи", "ущерб", "complain", "compensat", "damage"),
        "automated-objection": ("автоматты", "автоматизирован", "automated"),
        "withdraw": ("келісімімді қайтар", "келісімді кері", "отзываю", "отзыв согласия", "отозвать", "withdraw", "revoke"),
        "unblock": ("бұғаттан шығар", "разблокир", "unblock"),
        "block": ("бұғатта", "блокир", "приостановит", "block"),
        "destroy": ("жойы", "жойып", "өшір", "удал", "уничтож", "delete", "erase", "destroy"),
        "rectify": ("өзгерт", "түзет", "исправ", "измен", "уточн", "дополн", "rectif", "correct"),
        "public-sources": ("ашық дереккөз", "общедоступн", "public source"),
        "access": ("қандай дерек", "мәлімет бер", "какие данные", "предоставьте", "сообщите", "my data", "access"),
    }
)
"""Kinds of requests (`rights.states.Kind`) and words that speak of them, the more special first."""
_MOST: Final = 20_000


def language(text: str) -> str:
    """The language a letter is written in, or nothing when it says too little. A letter that only Kazakh has decides for Kazakh."""
    seen = text[:_MOST].lower()
    if not _KAZAKH.isdisjoint(seen) or seen.count(_SHARED) >= _LEAST_LETTERS:
        return "kk"
    cyrillic, latin = len(_CYRILLIC.findall(seen)), len(_LATIN.findall(seen))
    if max(cyrillic, latin) < _LEAST_LETTERS:
        return ""
    return "ru" if cyrillic >= latin else "en"


def kind(text: str) -> str:
    """The right that a letter speaks of, or nothing."""
    seen = text[:_MOST].lower()
    return next((name for name, words in _SPEAKS_OF.items() if any(word in seen for word in words)), "")
