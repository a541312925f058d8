"""The closed table of what a proof of identity allows (design 20, `docs/adr/0010-who-is-asking.md`).

Pure: no act looks elsewhere for what a person may do. A deed that the table does not name is refused.
"""

from enum import IntEnum, StrEnum
from types import MappingProxyType


class Level(IntEnum):
    """How well somebody has proved who they are; each level may what the lower ones may."""

    NONE = 0
    ASSERTED = 1  # typed, proved by nothing
    CODE = 2  # one code on a verified contact
    TWO_FACTORS = 3  # a second, different factor: another contact, an authenticator
    DESK = 4  # a member of staff saw an identity document, or a representative's power


class Deed(StrEnum):
    """What somebody may want to do about a person's data."""

    ASK = "ask"  # open a case of any kind that then waits for identity
    SEE_CASES = "see_cases"
    SEE_MASKED = "see_masked"
    ASK_ACCESS = "ask_access"
    RECTIFY = "rectify"
    BLOCK = "block"
    OBJECT = "object"  # to an automated decision, art. 19-1
    COMPLAIN = "complain"
    WITHDRAW_ONE = "withdraw_one"
    REFUSE_PUBLIC = "refuse_public"
    STOP_MARKETING = "stop_marketing"
    AGREE_PUBLIC = "agree_public"
    SEE_FULL = "see_full"
    EXPORT = "export"
    WITHDRAW_ALL = "withdraw_all"
    DESTROY = "destroy"
    UNBLOCK = "unblock"
    CHANGE_CONTACT = "change_contact"
    MERGE = "merge"
    REPLACE_FACTORS = "replace_factors"  # after a lost phone


_LEAST = MappingProxyType(
    {
        Deed.ASK: Level.NONE,
        Deed.SEE_CASES: Level.CODE,
        Deed.SEE_MASKED: Level.CODE,
        Deed.ASK_ACCESS: Level.CODE,
        Deed.RECTIFY: Level.CODE,
        Deed.BLOCK: Level.CODE,
        Deed.OBJECT: Level.CODE,
        Deed.COMPLAIN: Level.CODE,
        Deed.WITHDRAW_ONE: Level.CODE,
        Deed.REFUSE_PUBLIC: Level.CODE,
        Deed.STOP_MARKETING: Level.CODE,
        Deed.AGREE_PUBLIC: Level.TWO_FACTORS,
        Deed.SEE_FULL: Level.TWO_FACTORS,
        Deed.EXPORT: Level.TWO_FACTORS,
        Deed.WITHDRAW_ALL: Level.TWO_FACTORS,
        Deed.DESTROY: Level.TWO_FACTORS,
        Deed.UNBLOCK: Level.TWO_FACTORS,
        Deed.CHANGE_CONTACT: Level.TWO_FACTORS,
        Deed.MERGE: Level.DESK,
        Deed.REPLACE_FACTORS: Level.DESK,
    }
)


_CLAUSES = MappingProxyType(
    {
        "any": frozenset({Deed.ASK, Deed.SEE_CASES}),
        "4.1.1": frozenset({Deed.SEE_MASKED, Deed.SEE_FULL, Deed.ASK_ACCESS, Deed.EXPORT}),
        "4.1.2": frozenset({Deed.RECTIFY}),
        "4.1.3": frozenset({Deed.BLOCK, Deed.UNBLOCK}),
        "4.1.4": frozenset({Deed.DESTROY}),
        "4.1.5": frozenset({Deed.WITHDRAW_ONE, Deed.WITHDRAW_ALL, Deed.STOP_MARKETING}),
        "4.1.6": frozenset({Deed.REFUSE_PUBLIC, Deed.AGREE_PUBLIC}),
        "4.1.7": frozenset({Deed.COMPLAIN, Deed.OBJECT}),
    }
)


def clause_of(deed: Deed) -> str:
    """The right (4.1.x) that a deed is an exercise of: what a representative's document has to name. `any` needs no more than a document; an empty
    text is for nobody but the person: factors, contacts and merging."""
    return next((clause for clause, deeds in _CLAUSES.items() if deed in deeds), "")


def least(deed: Deed) -> Level:
    """The lowest level that may do it."""
    return _LEAST[deed]


def allowed(level: Level, deed: Deed) -> bool:
    """Whether somebody of this level may do it. What only narrows asks for less than what shows, widens or cannot be undone."""
    return level >= _LEAST[deed]
