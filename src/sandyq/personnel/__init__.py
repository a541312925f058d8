"""Staff and candidates as subjects apart, behind the wall of 3.7: own purposes, terms and grants (policy 3.7; the Law art. 14)."""

from sandyq.personnel.acts import check, end, find, show, standing, take_on
from sandyq.personnel.counterpart import counterpart, for_answer, reaches_both
from sandyq.personnel.facts import WALL, Ended, Ground, NewPerson, Role, Standing, Taken

__all__ = [
    "WALL",
    "Ended",
    "Ground",
    "NewPerson",
    "Role",
    "Standing",
    "Taken",
    "check",
    "counterpart",
    "end",
    "find",
    "for_answer",
    "reaches_both",
    "show",
    "standing",
    "take_on",
]
