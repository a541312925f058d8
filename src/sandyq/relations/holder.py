"""What this room keeps about a person and how it goes."""

from typing import Final

from sandyq.clock import micros
from sandyq.db import Work
from sandyq.errors import Misuse
from sandyq.register.holder import Kept, Shown
from sandyq.relations import records

ROWS: Final = "rows"


class RelationsHolder:
    """Relations go with the subject; what legislation makes the office keep of a contract is an item of its own class."""

    name = "relations"
    steps = (ROWS,)

    def show(self, work: Work, subject: str) -> list[Shown]:
        """Every relation, ended ones too."""
        return [
            Shown(
                self.name,
                relation.kind.value,
                relation.id,
                since_us=micros(relation.opened_at),
                ground="3.2",
                source=relation.party,
                purposes=tuple(sorted(relation.purposes)),
                term_end=relation.ended,
            )
            for relation in records.all_of(work, subject)
        ]

    def erase(self, work: Work, subject: str, step: str) -> int:
        """Delete the relations."""
        if step != ROWS:
            raise Misuse("erasure_step_unknown", holder=self.name, step=step)
        return records.drop(work, subject)

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """Relations that are left."""
        return [f"relation: {relation.id}" for relation in records.all_of(work, subject)]

    def kept(self, work: Work, subject: str) -> list[Kept]:
        """Nothing stays."""
        return []
