"""What can stand over a person's data: block, hold and lock, and the two people that it takes to end one (policy 2.2, 4.1.3, 4.1.7)."""

from sandyq.block.acts import (
    EVERYTHING,
    block,
    confirm_release,
    decline_release,
    facts,
    history,
    hold,
    lock,
    overdue,
    propose_release,
    waiting_for_second,
)
from sandyq.block.facts import ENDING, OUTCOMES, REASONS, Basis, Outcome, Proposal, Reason, Scope, State
from sandyq.block.holder import BlockHolder, BlockReplay
from sandyq.block.records import COLUMNS

__all__ = [
    "COLUMNS",
    "ENDING",
    "EVERYTHING",
    "OUTCOMES",
    "REASONS",
    "Basis",
    "BlockHolder",
    "BlockReplay",
    "Outcome",
    "Proposal",
    "Reason",
    "Scope",
    "State",
    "block",
    "confirm_release",
    "decline_release",
    "facts",
    "history",
    "hold",
    "lock",
    "overdue",
    "propose_release",
    "waiting_for_second",
]
