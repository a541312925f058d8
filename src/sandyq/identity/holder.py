"""What this room keeps about a person, how it goes; and what shut a door after a backup and has to shut it again."""

from typing import Final

from sandyq.audit.ledger import Event
from sandyq.clock import micros
from sandyq.db import Work
from sandyq.errors import Misuse
from sandyq.identity import records
from sandyq.identity.facts import FactorState
from sandyq.register import items
from sandyq.register.holder import Kept, Shown

KEYS: Final = "keys"
ROWS: Final = "rows"


class IdentityHolder:
    """Contacts, authenticators, sessions, codes and desk checks go with the subject; what is sealed of a contact first."""

    name = "identity"
    steps = (KEYS, ROWS)

    def show(self, work: Work, subject: str) -> list[Shown]:
        """Each factor and each desk check."""
        proved = [
            Shown(self.name, f"factor.{one.kind.value}.{one.state.value}", one.id, "6.2.7", micros(one.added_at), "6.2.7", one.origin)
            for one in records.factors(work, subject)
        ]
        seen = [
            Shown(self.name, f"desk_check.{one.document_kind.value}", one.id, since_us=micros(one.at), ground="2.16", source="staff")
            for one in records.checks(work, subject)
        ]
        return proved + seen

    def erase(self, work: Work, subject: str, step: str) -> int:
        """First the keys and items of contacts, so that a step run again finds nothing; then every row."""
        if step == ROWS:
            return records.erase(work, subject)
        if step != KEYS:
            raise Misuse("erasure_step_unknown", holder=self.name, step=step)
        sealed = self._items(work, subject)
        items.erase_keys(work, subject, sealed)
        items.erase_rows(work, subject, sealed)
        return len(sealed)

    def _items(self, work: Work, subject: str) -> list[str]:
        named = {one.item for one in records.factors(work, subject) if one.item}
        return sorted(item.item_id for item in items.known(work, subject) if item.item_id in named) if named else []

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """Rows and sealed contacts that are left."""
        return [*records.left(work, subject), *(f"item: {one}" for one in self._items(work, subject))]

    def kept(self, work: Work, subject: str) -> list[Kept]:
        """Nothing stays."""
        return []


class IdentityReplay:
    """A contact that was ended, reissued or bounced after the backup opens nothing again."""

    kinds = frozenset({"identity.lost"})

    def replay(self, work: Work, event: Event) -> None:
        """Shut it again; one that came after the backup is not there any more."""
        state = FactorState(event.body["state"])
        records.set_state(work, event.subject, event.body["factor"], tuple(FactorState), state)
        records.drop_sessions_of(work, event.subject)
