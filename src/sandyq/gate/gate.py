"""The only way to do anything with personal data: ask, get a permit or a refusal, use the permit once in the same unit of work.

`ask` locks the subject's standing row, gathers facts, calls the law, stores the decision with everything a replay needs, and logs it. A refusal is
a value: the caller commits it, so that it stays on record, and tells its reasons.
"""

from collections.abc import Callable, Mapping

from sandyq.audit import Act, Leaf, record
from sandyq.db import Statement, Work
from sandyq.gate import records
from sandyq.gate.facts import Prospect, gather, gathered, look_ahead, prospective
from sandyq.gate.records import Decision
from sandyq.law import canon
from sandyq.law.ask import Ask, Facts
from sandyq.law.calendar import Calendar
from sandyq.law.decide import decide
from sandyq.law.decision import Finding, Permit, Refusal, Verdict
from sandyq.law.vocabulary import Effect, Operation
from sandyq.policy.facts import InForce
from sandyq.register import items
from sandyq.register.items import Opened
from sandyq.register.keystore import Keyring


class Gate:
    """Decides and opens. One per process; it holds no state of a subject and no permit."""

    def __init__(self, ring: Keyring, in_force: Callable[[Work], InForce], calendar: Callable[[], Calendar]) -> None:
        self.ring = ring
        self.in_force = in_force
        self.calendar = calendar

    def ask(self, work: Work, ask: Ask, *also: Statement) -> Permit | Refusal:
        """Decide on a known subject. `also` are reads that the act makes next; on a remote store they travel with those of the gate. Raises NotFound
        when there is no subject of that id."""
        look_ahead(work, ask, *also)
        force = self.in_force(work)
        return self._decided(work, ask, gathered(work, ask, force.installed), force)

    def ask_before(self, work: Work, ask: Ask, prospect: Prospect) -> Permit | Refusal:
        """Decide on somebody who is not in the register yet, from what the submission would bring."""
        force = self.in_force(work)
        work.salts[ask.subject] = b""  # so that the entry of the decision does not look for the salt of somebody who has none yet
        return self._decided(work, ask, prospective(work, ask, prospect, force.installed), force)

    def weigh(self, work: Work, ask: Ask) -> tuple[Verdict, Facts]:
        """What the answer would be, without a permit and without storing it (for an explanation or a suggestion)."""
        force = self.in_force(work)
        facts = gather(work, ask, force.installed)
        return decide(ask, facts, force.book, work.at), facts

    def open(self, work: Work, permit: Permit, item_ids: list[str] | None = None) -> Mapping[str, Opened]:
        """Use the permit to read: item id to its opened fields, only those permitted. The only path to plaintext."""
        return items.open(work, self.ring, permit, item_ids)

    def _decided(self, work: Work, ask: Ask, facts: Facts, force: InForce) -> Permit | Refusal:
        verdict = decide(ask, facts, force.book, work.at)
        decision = work.new_id()
        body = canon.facts_to_json(facts)
        made = Decision(
            subject=ask.subject,
            id=decision,
            at_us=work.us,
            permitted=verdict.permitted,
            ask=canon.ask_to_json(ask),
            facts=body,
            pack=verdict.pack,
            policy=verdict.policy,
            rules=verdict.rules,
            verdict=canon.verdict_to_json(verdict),
        )
        records.store(work, made, bytes.fromhex(canon.digest(body)))
        record(work, _leaf(ask, verdict, decision))
        if not verdict.permitted:
            return Refusal(ask, verdict, decision)
        permit = Permit(ask, verdict, decision, verdict.fields)
        work.grant(permit)
        return permit


def _leaf(ask: Ask, verdict: Verdict, decision: str) -> Leaf:
    ground = _ground(ask, verdict)
    return Leaf(
        Act.DECIDED if verdict.permitted else Act.REFUSED,
        subject=ask.subject,
        clause=ground.clause,
        article=ground.article,
        verdict="permitted" if verdict.permitted else "refused",
        decision=decision,
        object=ask.operation.value,
        purpose=ask.purpose,
        recipient=ask.recipient,
        count=len(verdict.fields),
    )


def _ground(ask: Ask, verdict: Verdict) -> Finding:
    """The finding that the entry cites: a block before all, then what the policy says of this operation, then the first that decided."""
    wanted = Effect.PERMIT if verdict.permitted else Effect.PROHIBIT
    found = [f for f in verdict.reasons if f.effect is wanted]
    own = "7." if ask.operation is Operation.DISTRIBUTE else ""
    return min(found, key=lambda f: (f.clause != "2.2", not f.clause.startswith(own)), default=_NOTHING)


_NOTHING = Finding(rule="default", effect=Effect.PROHIBIT, clause="5.1", article="94-V art. 7(1)", code="nothing_permits")
