"""Finding a person without keeping anything readable: keyed tokens (design 10)."""

from sandyq.register.index.tokens import (
    CAP,
    EXACT,
    Found,
    Identifiers,
    Match,
    confirm_iin,
    erase,
    erase_orphans,
    find,
    meeting,
    name_and_tail,
    name_and_year,
    put,
    put_many,
    verify_gone,
)
from sandyq.register.index.turning import rechain, rechain_all, rotate, settle

__all__ = [
    "CAP",
    "EXACT",
    "Found",
    "Identifiers",
    "Match",
    "confirm_iin",
    "erase",
    "erase_orphans",
    "find",
    "meeting",
    "name_and_tail",
    "name_and_year",
    "put",
    "put_many",
    "rechain",
    "rechain_all",
    "rotate",
    "settle",
    "verify_gone",
]
