"""The evidence of a request for a court or an authority over HTTP: one member asks, another has it packed (4.1.7, 5.1.1; the Law art. 9(1))."""

import asyncio

import msgspec

from sandyq import rights
from sandyq.api import faults
from sandyq.api.cases import OrEmpty
from sandyq.api.caseshapes import RequestCase, case_body
from sandyq.api.door import Answer, Call, problem_answer
from sandyq.app import evidence as packing
from sandyq.db import Work
from sandyq.law.decision import Refusal
from sandyq.staff import Caller, Power


class EvidenceAsked(msgspec.Struct, forbid_unknown_fields=True):
    """Ask for the evidence, on the paper of the court or authority (`document`, on file; none where the request has one already); or with `drop` take the
    question back."""

    document: OrEmpty = ""
    drop: bool = False


async def ask(call: Call) -> Answer:
    """The first of two members asks that the evidence of a complaint or an authority's order is packed, or takes that back."""
    given, _ = await call.body(EvidenceAsked)
    case_id, r = call.id("case"), call.office.rights

    def act(work: Work, caller: Caller) -> RequestCase:
        made = rights.drop_evidence(work, r, case_id) if given.drop else rights.ask_evidence(work, r, case_id, given.document)
        return case_body(work, made)

    return Answer(await call.act(Power.REQUESTS, act))


async def package(call: Call) -> Answer:
    """The second member has it packed: one ZIP that `sandyq_verify.py evidence` checks without this program. It is packed once; the log vouches for it."""
    case_id, office = call.id("case"), call.office

    def act(work: Work, caller: Caller) -> rights.Evidence | Refusal:
        return packing.made(office, work, case_id)

    made = await call.act(Power.REQUESTS, act)
    if isinstance(made, Refusal):
        return problem_answer(faults.refused(made, call.language), call.language)
    headers = (("content-disposition", f'attachment; filename="{packing.name(made)}"'),)
    return Answer(await asyncio.to_thread(packing.packed, office, made), media_type=packing.MEDIA_TYPE, headers=headers)
