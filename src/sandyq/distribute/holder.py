"""What the ledger of transfers keeps about a person, and recalls that a restored database must make again."""

from sandyq.audit.ledger import Event
from sandyq.clock import micros
from sandyq.db import Work
from sandyq.distribute import acts, records
from sandyq.distribute.facts import Kind, State
from sandyq.errors import Misuse
from sandyq.register.holder import Kept, Shown

REFS = "refs"
_CLAUSE = "94-V art. 22(1)(5)"


class DistributeHolder:
    """The ledger stays as the account of transfers that the law asks for; it names fields, never values. A recipient's reference goes when no recipient needs to
    be told any more."""

    name = "distribute"
    steps = (REFS,)

    def show(self, work: Work, subject: str) -> list[Shown]:
        """Each transfer."""
        return [
            Shown(
                self.name,
                f"transfer.{t.kind.value}",
                t.id,
                since_us=micros(t.queued_at),
                ground="7.1",
                source=t.recipient,
                purposes=(t.purpose,),
            )
            for t in records.of_subject(work, subject)
        ]

    def erase(self, work: Work, subject: str, step: str) -> int:
        """Drop the references with recipients that hold nothing or have confirmed."""
        if step != REFS:
            raise Misuse("step_unknown", holder=self.name, step=step)
        return records.drop_refs(work, subject, set(records.refs(work, subject)) - self._waiting(work, subject))

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """References that nothing needs any more."""
        return [f"partner_ref: {r}" for r in sorted(set(records.refs(work, subject)) - self._waiting(work, subject))]

    def kept(self, work: Work, subject: str) -> list[Kept]:
        """The account of transfers, and the references that an unconfirmed destruction still needs."""
        kept = [Kept(self.name, "transfer_account", t.id, _CLAUSE, None, "log") for t in records.of_subject(work, subject)]
        return kept + [
            Kept(self.name, "partner_reference", r, "4.1.4", None, "until_confirmed") for r in sorted(self._waiting(work, subject))
        ]

    @staticmethod
    def _waiting(work: Work, subject: str) -> set[str]:
        open_ = [t for t in records.of_subject(work, subject) if t.kind is Kind.DESTROY and t.state is not State.WITHHELD]
        return {t.recipient for t in open_ if not t.confirmed}


class DistributeReplay:
    """A recall that was queued after the backup is queued again; the recipient tells a repeat by the transfer's id."""

    kinds = frozenset({"distribute.recall"})

    def replay(self, work: Work, event: Event) -> None:
        """Put the recall back, once."""
        acts.requeue(work, event.subject, event.body)
