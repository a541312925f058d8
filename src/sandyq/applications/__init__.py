"""From a confirmed application to the partners it was agreed for (policy 3.1, 7.1.1, 7.2).

A lead goes only after the phone's code, only to recipients that the person named, only with the fields agreed with each; every no is on record.
"""

from dataclasses import dataclass

from sandyq import collect, distribute
from sandyq.audit import Act, Leaf, record
from sandyq.collect.facts import CodeState
from sandyq.db import Work
from sandyq.distribute.facts import HELD, Kind, State
from sandyq.gate import Gate
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal, Verdict
from sandyq.law.vocabulary import ActorKind, Operation


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of a lead for one recipient: a transfer, or the verdict that refused it."""

    recipient: str
    transfer: str
    verdict: Verdict
    decision: str


def route(work: Work, gate: Gate, subject: str) -> list[Routed]:
    """Ask for each recipient and queue what is permitted. A recipient that holds a lead of this person, or is about to, is passed over."""
    edition = gate.in_force(work).edition
    purpose = edition.form.purpose
    busy = {t.recipient for t in distribute.history(work, subject) if t.kind is Kind.LEAD and t.state in (*HELD, State.QUEUED)}
    routed = []
    for partner in collect.partners(work, gate, edition):
        if partner.id in busy:
            continue
        ask = Ask(Operation.DISTRIBUTE, subject, purpose, frozenset(partner.fields), ActorKind.SYSTEM, recipient=partner.id)
        answer = gate.ask(work, ask)
        transfer = "" if isinstance(answer, Refusal) else distribute.queue(work, answer)
        routed.append(Routed(partner.id, transfer, answer.verdict, answer.decision))
    if routed:
        sent = sum(bool(r.transfer) for r in routed)
        record(work, Leaf(Act.APPLICATION_ROUTED, subject, "3.1", "94-V art. 15", purpose=purpose, count=sent))
    return routed


def confirm(work: Work, gate: Gate, secret: str, code: str) -> tuple[CodeState, list[Routed]]:
    """The phone code of a form came back: tie it to the consents and send the lead on its way, unless the desk has to look first."""
    state, subject, _ = collect.confirm_code(work, gate, secret, code)
    return state, route(work, gate, subject) if state.ok else []
