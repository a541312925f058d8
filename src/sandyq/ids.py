"""Random, time-ordered identifiers: 48 bits of milliseconds and 80 random bits, written as 26 characters (Crockford base 32).

They say nothing about a person; they sort by time of making, which keeps indexes dense.
"""

import os
import re
from functools import lru_cache

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = (_ALPHABET * 8).encode()  # one letter for each byte: 256 is eight times 32, so all are equally likely
_SHAPE = re.compile(r"^[0-7][0-9a-hjkmnp-tv-z]{25}$")


_BLOCK = 256
_drawn: list[str] = []  # letters of ids to come, from one call for randomness; each is taken once, whichever thread takes it
os.register_at_fork(after_in_child=_drawn.clear)  # or two processes would give the same ids


def new_id(us: int) -> str:
    """A fresh id for an instant in microseconds since 1970 (see `clock.micros`)."""
    try:
        return _time(us // 1000) + _drawn.pop()
    except IndexError:
        letters = os.urandom(16 * _BLOCK).translate(_LETTERS).decode()
        _drawn.extend([letters[at : at + 16] for at in range(0, len(letters), 16)])
        return new_id(us)


@lru_cache(maxsize=4)
def _time(ms: int) -> str:
    """The first ten letters, the same for all ids of one millisecond."""
    return "".join([_ALPHABET[ms >> shift & 31] for shift in range(45, -1, -5)])


def is_id(text: str) -> bool:
    """Whether `text` has the shape of an id: a door checks it before a value reaches a query."""
    return bool(_SHAPE.match(text))
