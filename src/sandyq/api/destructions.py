"""A destruction: its plan, the receipts of its steps, and its certificate as canonical JSON or PDF (2.5, 4.1.4)."""

import asyncio
from datetime import datetime
from typing import Final

import msgspec

from sandyq import destroy, requests, speech
from sandyq.api import faults
from sandyq.api.door import Answer, Call, problem_answer
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid, NotFound
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.letters.certificate import CertificateBody, render_pdf
from sandyq.staff import Caller, Power

_FORMATS: Final = ("json", "pdf")
_CERTIFICATE: Final = "certificate"


class Step(msgspec.Struct):
    """What one step removed: so many things and keys of a category."""

    step: str
    category: str
    things: int
    keys: int
    done_at: datetime


class Destruction(msgspec.Struct):
    """A destruction as it stands. `remaining` are the steps left, the next one first; `certificate` is the evidence that holds the certificate."""

    id: str
    subject: str
    whole: bool
    clause: str
    article: str
    decision: str
    received_at: datetime
    planned_at: datetime
    deleted_at: datetime | None
    done_at: datetime | None
    remaining: list[str]
    receipts: list[Step]
    leaf: str
    certificate: str


async def show(call: Call) -> Answer:
    """A destruction and its receipts."""
    subject, plan_id = call.id("subject"), call.id("plan")

    def look(work: Work, caller: Caller) -> Destruction:
        made = destroy.one(work, subject, plan_id)
        return _destruction(made, destroy.receipts(work, made))

    return Answer(await call.act(Power.ORDERS, look))


def _destruction(made: destroy.Plan, receipts: list[destroy.Receipt]) -> Destruction:
    return Destruction(
        made.id,
        made.subject,
        made.whole,
        made.basis.clause,
        made.basis.article,
        made.decision,
        made.basis.received_at,
        made.planned_at,
        made.deleted_at,
        made.done_at,
        list(made.remaining),
        [Step(r.step, r.category, r.things, r.keys, r.done_at) for r in receipts],
        made.leaf,
        made.certificate,
    )


async def certificate(call: Call) -> Answer:
    """The certificate: the bytes that the log vouches for, or a PDF of them in a language."""
    subject, plan_id = call.id("subject"), call.id("plan")
    form, language = call.query("format", "json"), call.query("language", call.language)
    wrong = [FieldError("format", "not_in_list", {"allowed": ", ".join(_FORMATS)})] if form not in _FORMATS else []
    wrong += [FieldError("language", "not_in_list", {"allowed": ", ".join(speech.LANGUAGES)})] if language not in speech.LANGUAGES else []
    if wrong:
        raise Invalid(wrong)

    def read(work: Work, caller: Caller) -> bytes | Refusal:
        return _read(work, call, caller, destroy.one(work, subject, plan_id))

    raw = await call.act(Power.ORDERS, read)
    if isinstance(raw, Refusal):
        return problem_answer(faults.refused(raw, call.language), call.language)
    if form == "json":
        return Answer(raw)
    pdf = await asyncio.to_thread(render_pdf, CertificateBody.from_json(raw), language)
    return Answer(pdf, media_type="application/pdf")


def _read(work: Work, call: Call, caller: Caller, made: destroy.Plan) -> bytes | Refusal:
    if not made.certificate:
        raise NotFound("certificate_not_yet")
    gate = call.office.gate
    ask = Ask(
        Operation.USE,
        made.subject,
        gate.in_force(work).edition.form.purpose,
        actor=ActorKind(caller.actor.kind),
        actor_id=caller.actor.id,
        occasion=Occasion.OWN_ACCESS,
        items=frozenset({made.certificate}),
        documents=_papers(work, made),
    )
    answer = gate.ask(work, ask)
    if isinstance(answer, Refusal):
        return answer
    return gate.open(work, answer)[made.certificate].values[_CERTIFICATE].encode()


def _papers(work: Work, made: destroy.Plan) -> tuple[str, ...]:
    """The paper that the order rests on: the person's own request, on which they are owed the certificate (4.1.1)."""
    return tuple(r.document for r in requests.of_subject(work, made.subject) if r.target == made.id and r.document)
