"""What this room keeps about a person, how it goes, and what stays; and how its restrictive events are carried out again after a
restore.
"""

from datetime import date
from typing import Final

from sandyq.audit.ledger import Event
from sandyq.clock import instant, micros
from sandyq.consent import records
from sandyq.consent.facts import NewGrant, Pressed, Proof, ShownText, Via
from sandyq.db import Work
from sandyq.errors import Misuse
from sandyq.law.vocabulary import GrantKind, GrantState
from sandyq.register import subjects
from sandyq.register.holder import Kept, Shown

ROWS: Final = "rows"
_GROUND = "94-V art. 25(2)(5)"
_TERM = "consent-proof"


class ConsentHolder:
    """Stops go with the subject; the proof of consent stays under its own term (design 12)."""

    name = "consent"
    steps = (ROWS,)

    def show(self, work: Work, subject: str) -> list[Shown]:
        """Every choice and every stop."""
        choices = [
            Shown(
                self.name,
                f"consent.{grant.kind.value}.{grant.state.value}",
                grant.id,
                since_us=micros(grant.given_at),
                ground=_GROUND,
                source=grant.via.value,
                purposes=(grant.purpose,) if grant.purpose else (),
                term_rule=_TERM,
                term_end=grant.kept_until,
            )
            for grant in records.proofs(work, subject)
        ]
        return choices + [Shown(self.name, "stop", channel, since_us=since) for channel, since in records.stops(work, subject).items()]

    def erase(self, work: Work, subject: str, step: str) -> int:
        """Delete the stops, and end what is still given: with the data gone there is nothing left to agree to."""
        if step != ROWS:
            raise Misuse("erasure_step_unknown", holder=self.name, step=step)
        live = [fact.id for fact in records.standing(work, subject).consents if fact.state is GrantState.GIVEN]
        records.add_ends(work, subject, live, records.End("destroyed"))
        return records.drop_stops(work, subject) + len(live)

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """Stops that are left."""
        return [f"consent_stop: {channel}" for channel in sorted(records.stops(work, subject))]

    def kept(self, work: Work, subject: str) -> list[Kept]:
        """The proofs, each with its day."""
        return [Kept(self.name, "consent_proof", grant, _GROUND, until, _TERM) for grant, until in records.kept(work, subject)]


class ConsentReplay:
    """Withdrawals, refusals and stops that a restored database does not know."""

    kinds = frozenset({"consent.withdraw", "consent.refuse", "consent.suppress"})

    def replay(self, work: Work, event: Event) -> None:
        """Carry one event out again. A person who came after the backup is not there any more: only the marks of contacts are left to keep."""
        if event.kind == "consent.suppress":
            marks = [bytes.fromhex(mark) for mark in event.body["marks"].split(",") if mark]
            records.add_suppressions(work, marks, date.fromisoformat(event.body["kept_until"]))
        if not subjects.alive(work, event.subject):
            return
        subjects.touch(work, event.subject)
        if event.kind == "consent.withdraw":
            end = records.End("withdrawn", due=event.body["due"], kept_until=event.body["kept_until"])
            records.add_ends(work, event.subject, event.body["grants"].split(","), end)
        elif event.kind == "consent.refuse":
            self._refuse(work, event)
        else:
            records.add_stops(work, event.subject, event.body["channels"].split(","), "")

    @staticmethod
    def _refuse(work: Work, event: Event) -> None:
        body = event.body
        # The ledger holds no digest of the text: the refusal binds again, its proof went with the lost days.
        grant = NewGrant(
            kind=GrantKind(body["grant_kind"]),
            state=GrantState.REFUSED,
            text=ShownText("", "", "", b"", complete=False),
            pressed=Pressed(body["pressed"]),
            purpose=body["purpose"],
            recipient=body["recipient"],
            channel=body["channel"],
            country=body["country"],
        )
        proof = Proof(Via(body["via"]), date.fromisoformat(body["kept_until"]), given_at=instant(event.at_us))
        records.add(work, event.subject, [(body["grant"], grant)], proof, "")
