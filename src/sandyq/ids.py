"""Random, time-ordered identifiers: 48 bits of milliseconds and 80 random bits, written as 26 characters (Crockford base 32).

They say nothing about a person; they sort by time of making, which keeps indexes dense.
"""

import os
import re

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_SHAPE = re.compile(r"^[0-7][0-9a-hjkmnp-tv-z]{25}$")


def new_id(us: int) -> str:
    """A fresh id for an instant in microseconds since 1970 (see `clock.micros`)."""
    number = (us // 1000 & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def is_id(text: str) -> bool:
    """Whether `text` has the shape of an id: a door checks it before a value reaches a query."""
    return bool(_SHAPE.match(text))
