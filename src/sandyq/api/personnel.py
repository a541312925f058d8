"""Personnel work over HTTP, for the department that has the power `personnel`: take on, find, show, end (3.7). Nothing here looks at clients."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from sandyq import personnel, use
from sandyq.api import faults
from sandyq.api.decisions import Ground
from sandyq.api.door import Answer, Call, problem_answer
from sandyq.api.people import Find, Hit, Hits, Id, Shown, Word, item_of
from sandyq.app import once
from sandyq.db import Work
from sandyq.law.decision import Refusal
from sandyq.personnel import NewPerson, Role
from sandyq.personnel.facts import Ground as Basis
from sandyq.staff import Caller, Power


class NewGround(msgspec.Struct, forbid_unknown_fields=True):
    """On what one purpose rests: `consent` that was signed, or a case of art. 9 with the act cited."""

    purpose: Word
    ground: Ground = "consent"
    citation: Annotated[str, msgspec.Meta(max_length=200)] = ""


class NewRecord(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody to be taken on, or (`subject`) somebody behind the wall to be taken on anew: the data come whole then. `paper` tells the contract or the
    signed consents from others; it is sealed. `identity_seen`: a member saw an identity document."""

    role: Role
    data: Annotated[dict[Word, Annotated[str, msgspec.Meta(max_length=4000)]], msgspec.Meta(max_length=50)]
    grounds: Annotated[list[NewGround], msgspec.Meta(min_length=1, max_length=10)]
    started: date
    paper: Annotated[str, msgspec.Meta(max_length=200)]
    language: Annotated[str, msgspec.Meta(pattern="^(kk|ru|en)$")] = "kk"
    identity_seen: bool = False
    given_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    subject: Annotated[str, msgspec.Meta(max_length=26)] = ""


class Recorded(msgspec.Struct):
    """Who was taken on: the subject behind the wall, the relation, the items kept."""

    subject: str
    relation: str
    items: list[str]


class Open(msgspec.Struct, forbid_unknown_fields=True):
    """Whose data to open, for which purpose of 3.7."""

    subject: Id
    purpose: Word


class End(msgspec.Struct, forbid_unknown_fields=True):
    """When an employment or a candidacy ended, and whether all that was owed under it is done."""

    subject: Id
    ended: date
    fulfilled: bool = True


class Over(msgspec.Struct):
    """An end that was entered."""

    subject: str
    relation: str
    ended: date


async def take_on(call: Call) -> Answer:
    """Take on a candidate or an employee, behind the wall of 3.7."""
    given, raw = await call.body(NewRecord)
    grounds = {g.purpose: Basis(g.ground, g.citation) for g in given.grounds}
    new = NewPerson(given.role, given.data, grounds, given.started, given.paper, given.language, given.identity_seen, given.given_at)

    def act(work: Work, caller: Caller) -> Recorded | Refusal:
        made = personnel.take_on(work, call.office.gate, new, given.subject)
        return made if isinstance(made, Refusal) else Recorded(made.subject, made.relation, list(made.items))

    answer = await call.once(Power.PERSONNEL, raw, act, once.Keeping(_kept, _again))
    if isinstance(answer, Refusal):
        return problem_answer(faults.refused(answer, call.language), call.language)
    return Answer(answer, 201)


def _kept(answer: Recorded | Refusal) -> str:
    """Ids alone; what was refused may be asked again."""
    return "" if isinstance(answer, Refusal) else msgspec.json.encode(answer).decode()


def _again(work: Work, kept: str) -> Recorded | Refusal:
    return msgspec.json.decode(kept, type=Recorded)


async def find(call: Call) -> Answer:
    """Find people behind the wall, for a purpose of 3.7. The search and each person shown are entries of the log."""
    given, _ = await call.body(Find)
    query = use.Query(given.kind, given.value, given.surname, given.first_name, given.birth_year, given.phone_tail)
    found = await call.act(Power.PERSONNEL, lambda work, _: personnel.find(work, call.office.gate, query, given.purpose))
    return Answer(Hits([Hit(h.subject, h.state, dict(h.values), h.since) for h in found.hits], found.capped))


async def show(call: Call) -> Answer:
    """Open somebody behind the wall for a purpose of 3.7, or be refused with every reason; either is on record."""
    given, _ = await call.body(Open)
    shown = await call.act(Power.PERSONNEL, lambda work, _: personnel.show(work, call.office.gate, given.subject, given.purpose))
    if isinstance(shown, Refusal):
        return problem_answer(faults.refused(shown, call.language), call.language)
    masked = sorted(shown.permit.verdict.masks)
    return Answer(Shown(shown.subject, shown.permit.decision, shown.leaf, masked, [item_of(item) for item in shown.items]))


async def end(call: Call) -> Answer:
    """Enter the end of an employment or a candidacy: from it the terms of storage run."""
    given, _ = await call.body(End)

    def act(work: Work, caller: Caller) -> personnel.Ended | Refusal:
        return personnel.end(work, call.office.gate, given.subject, given.ended, fulfilled=given.fulfilled)

    made = await call.act(Power.PERSONNEL, act)
    if isinstance(made, Refusal):
        return problem_answer(faults.refused(made, call.language), call.language)
    return Answer(Over(made.subject, made.relation, made.ended))
