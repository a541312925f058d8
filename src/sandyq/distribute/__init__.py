"""Giving data to recipients, and making sure that what narrows reaches them (policy 2.14, part 7)."""

from sandyq.distribute.acts import (
    Resumed,
    acknowledge,
    chase,
    correct,
    correct_again,
    follow,
    history,
    move,
    named,
    queue,
    resume,
    unconfirmed,
)
from sandyq.distribute.carrier import TransferCarrier
from sandyq.distribute.facts import CONFIRMS, Kind, State, Transfer
from sandyq.distribute.holder import DistributeHolder, DistributeReplay
from sandyq.distribute.records import confirmations, open_follow_ups

__all__ = [
    "CONFIRMS",
    "DistributeHolder",
    "DistributeReplay",
    "Kind",
    "Resumed",
    "State",
    "Transfer",
    "TransferCarrier",
    "acknowledge",
    "chase",
    "confirmations",
    "correct",
    "correct_again",
    "follow",
    "history",
    "move",
    "named",
    "open_follow_ups",
    "queue",
    "resume",
    "unconfirmed",
]
