"""Destructions that a restored database does not know are planned again, and run to their end before the office serves (design 16)."""

from collections.abc import Callable

from sandyq.audit.ledger import Event
from sandyq.db import Work
from sandyq.destroy import acts
from sandyq.destroy.acts import House


class DestroyReplay:
    """Plans again under the same id; what was done already finds nothing to do."""

    kinds = frozenset({"destroy.plan"})

    def __init__(self, house: Callable[[], House]) -> None:
        self._house = house

    def replay(self, work: Work, event: Event) -> None:
        """One destruction."""
        acts.again(work, self._house(), event.subject, event.body)
