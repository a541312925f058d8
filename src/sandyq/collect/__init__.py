"""Collecting: the form, its consents, the codes that confirm it (policy 2.4, 2.18, 5.3, part 6)."""

from sandyq.collect.acts import (
    cards,
    confirm_code,
    decide,
    evidence_end,
    move,
    partners,
    resend_code,
    submissions,
    submit,
    undecided,
    waiting,
)
from sandyq.collect.choosing import choose
from sandyq.collect.facts import Card, Choice, CodeState, Received, Rejected, Stored, Submission, Waiting

__all__ = [
    "Card",
    "Choice",
    "CodeState",
    "Received",
    "Rejected",
    "Stored",
    "Submission",
    "Waiting",
    "cards",
    "choose",
    "confirm_code",
    "decide",
    "evidence_end",
    "move",
    "partners",
    "resend_code",
    "submissions",
    "submit",
    "undecided",
    "waiting",
]
