"""Reading what was typed: days, instants, words of a closed list. Each fault names its option and what would have been right."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from sandyq.errors import FieldError, Invalid

E = TypeVar("E", bound=StrEnum)


def day(place: str, text: str) -> date:
    """A day such as 2026-03-19. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid([FieldError(place, "not_a_date", {"given": text[:20], "form": "2026-03-19"})]) from None


def morning(place: str, text: str) -> datetime:
    """The beginning of a day in Kazakhstan, as the instant at which a paper came in."""
    from zoneinfo import ZoneInfo

    on = day(place, text)
    return datetime(on.year, on.month, on.day, 9, tzinfo=ZoneInfo("Asia/Almaty"))


def word(place: str, text: str, words: type[E]) -> E:
    """One word of a closed list. Raises Invalid with the list."""
    return next(iter(_words(place, [text], words)))


def words(place: str, text: str, words: type[E]) -> tuple[E, ...]:
    """Words of a closed list with commas between."""
    return tuple(_words(place, [part.strip() for part in text.split(",") if part.strip()], words))


def _words(place: str, given: Iterable[str], words: type[E]) -> Iterable[E]:
    for text in given:
        try:
            yield words(text)
        except ValueError:
            raise Invalid([FieldError(place, "not_in_list", {"given": text[:40], "allowed": ", ".join(words)})]) from None


def names(text: str) -> frozenset[str]:
    """Ids with commas between."""
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def reference(place: str, text: str) -> str:
    """The reference of a paper: an id, or `new` for a fresh one. Raises Invalid."""
    from sandyq.clock import SystemClock, micros
    from sandyq.ids import is_id, new_id

    if text == "new":
        return new_id(micros(SystemClock().now()))
    if not is_id(text):
        raise Invalid([FieldError(place, "not_a_reference", {"given": text[:40], "form": "new"}, ("94-V art. 25(2)(8)",))])
    return text
