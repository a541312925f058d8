"""What this room keeps about a person, how it goes; and how states set after a backup are set again."""

from datetime import date
from typing import Final

from sandyq.audit.ledger import Event
from sandyq.block import records
from sandyq.block.facts import Reason, Scope, State
from sandyq.clock import instant, micros
from sandyq.db import Work
from sandyq.errors import Misuse
from sandyq.law.vocabulary import StateKind
from sandyq.register import subjects
from sandyq.register.holder import Kept, Shown

ROWS: Final = "rows"


class BlockHolder:
    """States go with the subject: the log and the request file tell that they were."""

    name = "block"
    steps = (ROWS,)

    def show(self, work: Work, subject: str) -> list[Shown]:
        """Every state, those that are over too."""
        return [
            Shown(
                self.name,
                f"{state.kind.value}.{state.reason.value}",
                state.id,
                category=",".join(sorted(state.scope.categories)),
                since_us=micros(state.since),
                ground=state.basis.article,
                source=state.by_kind,
                purposes=tuple(sorted(state.scope.purposes)),
                term_end=state.until,
            )
            for state in records.history(work, subject)
        ]

    def erase(self, work: Work, subject: str, step: str) -> int:
        """Delete the states and the proposals to end them."""
        if step != ROWS:
            raise Misuse("erasure_step_unknown", holder=self.name, step=step)
        return records.drop(work, subject)

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """States and proposals that are left."""
        left = [f"block_state: {state.id}" for state in records.history(work, subject)]
        return left + [f"release_proposal: {proposal}" for proposal in records.proposals(work, subject)]

    def kept(self, work: Work, subject: str) -> list[Kept]:
        """Nothing stays."""
        return []


class BlockReplay:
    """States that a restored database does not know. Releases are not replayed: a state too many is decided by people again."""

    kinds = frozenset({"block.set"})

    def replay(self, work: Work, event: Event) -> None:
        """Set the state again, as it was; a person who came after the backup is not there any more."""
        if not subjects.alive(work, event.subject):
            return
        subjects.touch(work, event.subject)
        body = event.body
        scope = Scope(*(frozenset(body[part].split(",")) - {""} for part in ("categories", "items", "purposes", "recipients")))
        state = State(
            id=body["state"],
            subject=event.subject,
            kind=StateKind(body["state_kind"]),
            reason=Reason(body["reason"]),
            scope=scope,
            document=body["document"],
            since=instant(event.at_us),
            until=date.fromisoformat(body["until"]) if body["until"] else None,
            by_kind=body["by_kind"],
            by_id=body["by_id"],
            leaf="",
        )
        records.add(work, state, event.at_us, "")
