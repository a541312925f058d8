"""What this room keeps about a person, how it goes; and the endings that a restored database does not know."""

from typing import Final

from sandyq.audit.ledger import Event
from sandyq.db import Work
from sandyq.errors import Misuse
from sandyq.parties import records
from sandyq.register.holder import Kept, Shown

ROWS: Final = "rows"


class PartiesHolder:
    """Representations go with either of the two people; recipients and sources are the office's own affairs."""

    name = "parties"
    steps = (ROWS,)

    def show(self, work: Work, subject: str) -> list[Shown]:
        """Representations on either side."""
        return [
            Shown(
                self.name, f"representative.{one.kind.value}", one.id, ground="6.1", purposes=tuple(sorted(one.scope)), term_end=one.until
            )
            for one in records.naming(work, subject)
        ]

    def erase(self, work: Work, subject: str, step: str) -> int:
        """Delete representations that name the subject."""
        if step != ROWS:
            raise Misuse("erasure_step_unknown", holder=self.name, step=step)
        return records.drop_representatives(work, subject)

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """Representations that are left."""
        return [f"representative: {one.id}" for one in records.naming(work, subject)]

    def kept(self, work: Work, subject: str) -> list[Kept]:
        """Nothing stays."""
        return []


class PartiesReplay:
    """A partner that was stopped after the backup stays stopped."""

    kinds = frozenset({"parties.suspend", "parties.end"})

    def replay(self, work: Work, event: Event) -> None:
        """Stop the feed, or end the recipient, again."""
        if event.kind == "parties.suspend":
            records.set_feed(work, event.body["recipient"], "suspended", event.body["reason"])
        else:
            records.end_recipient(work, event.body["recipient"])
