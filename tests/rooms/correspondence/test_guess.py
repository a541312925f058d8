"""Guesses about a letter are hints: the common ways to ask are recognised in each language."""

import pytest

from sandyq.correspondence import guess
from sandyq.rights import Kind


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Сәлем", "kk"),
        ("Деректерімді беріңіз", "kk"),
        ("Прошу сообщить", "ru"),
        ("Please tell me", "en"),
        ("12 34", ""),
        ("", ""),
        ("Re: Деректер туралы хат", "ru"),
    ],
)
def test_the_language_is_seen_by_its_letters(text: str, language: str) -> None:
    assert guess.language(text) == language


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Қандай деректерім бар?", "access"),
        ("Прошу сообщить, какие данные хранятся", "access"),
        ("Please send me my data", "access"),
        ("Деректерімді бұғаттаңыз", "block"),
        ("Заблокируйте мои данные", "block"),
        ("Деректерімді жойыңыз", "destroy"),
        ("Удалите мои данные", "destroy"),
        ("Отзываю согласие", "withdraw"),
        ("I withdraw my consent", "withdraw"),
        ("Исправьте фамилию", "rectify"),
        ("Это не я подавал заявку", "not-me"),
        ("Претензия о возмещении ущерба", "complaint"),
        ("Сәлем", ""),
    ],
)
def test_the_right_is_seen_by_its_words(text: str, kind: str) -> None:
    assert guess.kind(text) == kind
    assert kind == "" or kind in list(Kind)
