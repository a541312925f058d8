"""The way of a transfer through the outbox: decided again, marked `sending`, committed, sent, recorded (design 3, 18)."""

from dataclasses import dataclass

import msgspec

from sandyq import parties
from sandyq.audit import Act, Leaf, record
from sandyq.clock import Clock
from sandyq.db import Work
from sandyq.distribute import records
from sandyq.distribute.acts import OUTBOX_KIND, PARTIES_KEY, escalate, withhold
from sandyq.distribute.facts import BASIS, SUPERSEDED_BY, Kind, State, Transfer
from sandyq.gate import Gate
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.outbox import Outcome, Parcel, Row
from sandyq.post import webhook
from sandyq.post.webhook import WebhookSender
from sandyq.register import items


@dataclass(frozen=True, slots=True)
class TransferCarrier:
    """Carries leads and follow-ups. `wire` is the true clock even in a sample office whose own clock was moved: recipients check the stamp."""

    gate: Gate
    sender: WebhookSender
    wire: Clock
    kind: str = OUTBOX_KIND

    def prepare(self, work: Work, row: Row) -> Parcel | None:
        """The signed message, or None when it must not go (any more)."""
        subject, _, transfer_id = row.ref.partition(":")
        made = records.one(work, subject, transfer_id)
        if made is None or made.state not in (State.QUEUED, State.SENDING):
            return None
        content = self._lead(work, made) if made.kind is Kind.LEAD else self._follow_up(work, made)
        if content is None:
            return None
        key = self.gate.ring.office(PARTIES_KEY)
        party = parties.recipient(work, key, made.recipient)
        secrets = parties.secrets(work, key, made.recipient)
        body = msgspec.json.encode(content)
        headers = webhook.signed_headers(secrets.webhook[0], made.id, self.wire.now(), body)
        clause, article = BASIS[made.kind]
        record(work, Leaf(Act.TRANSFER_SENDING, subject, clause, article, object=made.id, purpose=made.purpose, recipient=made.recipient))
        return Parcel(row.ref, made.recipient, body, party.endpoint, headers)

    def _lead(self, work: Work, made: Transfer) -> dict[str, object] | None:
        ask = Ask(Operation.DISTRIBUTE, made.subject, made.purpose, made.fields, ActorKind.SYSTEM, recipient=made.recipient)
        answer = self.gate.ask(work, ask)
        if isinstance(answer, Refusal):
            self._refused(work, made, answer)
            return None
        values = items.values(self.gate.open(work, answer))
        if not records.sending(work, made, values, answer.decision):
            return None
        return self._frame(work, made, {"purpose": made.purpose, "fields": values})

    @staticmethod
    def _refused(work: Work, made: Transfer, answer: Refusal) -> None:
        """Not sent again. One that was tried before may have arrived without our hearing of it: its recipient counts as a holder from then on."""
        if made.state is State.QUEUED:
            withhold(work, made, "refused_at_sending", answer.decision)
        elif records.settle(work, made, (State.SENDING,), State.FAILED, "refused_at_sending"):
            clause, article = BASIS[made.kind]
            leaf = Leaf(
                Act.TRANSFER_FAILED,
                made.subject,
                clause,
                article,
                verdict="refused",
                decision=answer.decision,
                object=made.id,
                recipient=made.recipient,
            )
            record(work, leaf)

    def _follow_up(self, work: Work, made: Transfer) -> dict[str, object] | None:
        history = [t for t in records.of_subject(work, made.subject) if t.recipient == made.recipient]
        if any(t.id > made.id and t.kind in SUPERSEDED_BY[made.kind] and t.reaches(made) for t in history):
            records.settle(work, made, (State.QUEUED, State.SENDING), State.WITHHELD, "superseded")
            return None  # after days of silence the older word must not arrive behind the newer one
        if made.kind is Kind.CORRECT:
            return self._correction(work, made, [t.id for t in history if t.kind is Kind.LEAD and t.purpose == made.purpose])
        if not records.sending(work, made, made.fields, made.decision):
            return None
        of: dict[str, object] = {"of": [t.id for t in history if t.kind is Kind.LEAD]}
        return self._frame(work, made, of if made.whole else {**of, "fields": sorted(made.fields)})

    def _correction(self, work: Work, made: Transfer, leads: list[str]) -> dict[str, object] | None:
        """The values as they stand now, as far as the recipient may have them now; of the rest, that they must not be used any more."""
        ask = Ask(Operation.DISTRIBUTE, made.subject, made.purpose, made.fields, ActorKind.SYSTEM, recipient=made.recipient)
        answer = self.gate.ask(work, ask)
        values = {} if isinstance(answer, Refusal) else items.values(self.gate.open(work, answer))
        if not records.sending(work, made, made.fields, answer.decision):
            return None
        stop = sorted(made.fields - values.keys())
        return self._frame(work, made, {"of": leads, "purpose": made.purpose, "fields": values, "stop": stop})

    def _frame(self, work: Work, made: Transfer, more: dict[str, object]) -> dict[str, object]:
        clause, article = BASIS[made.kind]
        person = records.ref(work, made.subject, made.recipient) or ""
        data = {"transfer": made.id, "person": person, "clause": clause, "article": article, **more}
        return {"type": made.kind.value, "timestamp": self.wire.now().isoformat(), "data": data}

    def send(self, parcel: Parcel) -> Outcome:
        """POST it."""
        return self.sender.send(parcel)

    def record(self, work: Work, row: Row, outcome: Outcome, *, given_up: bool) -> None:
        """Write down how it went. An acknowledgement may have come before we get here: then the state is past `sending` already."""
        subject, _, transfer_id = row.ref.partition(":")
        made = records.one(work, subject, transfer_id)
        if made is None:
            return
        clause, article = BASIS[made.kind]
        if outcome.ok:
            records.settle(work, made, (State.SENDING,), State.SENT, outcome.code)
            act, verdict = Act.TRANSFER_SENT, "done"
        elif given_up and made.kind is not Kind.LEAD:
            escalate(work, made, outcome.code)
            return
        else:
            if given_up:
                records.settle(work, made, (State.SENDING,), State.FAILED, outcome.code)
            act, verdict = Act.TRANSFER_FAILED, "failed"
        record(work, Leaf(act, subject, clause, article, verdict=verdict, object=made.id, recipient=made.recipient))
