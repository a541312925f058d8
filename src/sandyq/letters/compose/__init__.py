"""Makes letters from plain parameters: a case's number, its clocks, what was done and refused. Nothing is read and nothing is written.

Each function gives a body that every language can word: a code without words, or a sentence without its filling, is refused here, before a letter is issued.
"""

from sandyq.letters.compose.answers import (
    authority,
    blocked,
    complaint,
    destroyed,
    not_me,
    objection,
    public,
    rectified,
    refused,
    released,
    withdrawn,
)
from sandyq.letters.compose.frame import APPEAL, GROUND, Frame, Part, Term, letterhead
from sandyq.letters.compose.inquiry import documents, identity, received
from sandyq.letters.compose.package import access

__all__ = [
    "APPEAL",
    "GROUND",
    "Frame",
    "Part",
    "Term",
    "access",
    "authority",
    "blocked",
    "complaint",
    "destroyed",
    "documents",
    "identity",
    "letterhead",
    "not_me",
    "objection",
    "public",
    "received",
    "rectified",
    "refused",
    "released",
    "withdrawn",
]
