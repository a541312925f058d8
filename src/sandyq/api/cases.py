"""Requests of people over HTTP: open, list, identify, decide, answer; every act of the rights desk (4.1.1-4.1.7, 8.3; the Law art. 24, 25).

An answer names ids, codes, days and clauses alone. What a person wrote opens at an address of its own, through the gate.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from sandyq import rights
from sandyq.api import reading
from sandyq.api.caseshapes import (
    Days,
    RequestCase,
    RequestDecided,
    RequestLetter,
    Requests,
    RequestText,
    case_body,
    decided_body,
    events_body,
    line,
    statistics_body,
    suggestion_body,
    today_body,
)
from sandyq.api.door import Answer, Call
from sandyq.app import once
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid
from sandyq.identity import Level
from sandyq.ids import is_id
from sandyq.rights import Case, Channel, Do, Kind, NewCase, PartDecision, Stage, Wanted, What
from sandyq.rights.facts import NEVER
from sandyq.staff import Caller, Power

Id = Annotated[str, msgspec.Meta(pattern=reading.ID)]
OrEmpty = Annotated[str, msgspec.Meta(max_length=26)]
Asked = Literal[
    "access",
    "rectify",
    "block",
    "unblock",
    "destroy",
    "withdraw",
    "public-sources",
    "complaint",
    "automated-objection",
    "authority-order",
    "not-me",
]
"""The kinds of requests, in words of their own: an order's kinds are others."""
Line = Annotated[str, msgspec.Meta(max_length=200)]
Lines = Annotated[list[Line], msgspec.Meta(max_length=8)]
_MOST_LINES = 500


class Want(msgspec.Struct, forbid_unknown_fields=True):
    """One thing that is asked: `id` is what it is about (an item, a consent, a field of the policy, `yes` or `no`, `moral` ...), `value` what was written
    of it; it is sealed."""

    what: What
    id: Annotated[str, msgspec.Meta(max_length=60)] = ""
    value: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class NewRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A request of a person. `asker` and `about` are subjects; without an asker one is made. `level` is how well who asks has proved it: 0 nothing, 1 typed, 2
    one code, 3 two factors, 4 at the desk. `documents` are papers on file. An authority's order has its own day and last day."""

    kind: Asked
    channel: Channel
    asker: OrEmpty = ""
    about: OrEmpty = ""
    language: Annotated[str, msgspec.Meta(max_length=2)] = "kk"
    received_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    text: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
    contact: Line = ""
    level: Annotated[int, msgspec.Meta(ge=0, le=4)] = 0
    representative: OrEmpty = ""
    wants: Annotated[list[Want], msgspec.Meta(max_length=500)] = []
    documents: Annotated[list[Id], msgspec.Meta(max_length=50)] = []
    entry: OrEmpty = ""
    ordered_on: date | None = None
    ordered_due: date | None = None


class Identified(msgspec.Struct, forbid_unknown_fields=True):
    """Whose data are meant, how well that is proved, and the check that proved it. With `document` a member has just seen an identity document of this kind:
    then that is the proof, the person may be named by `iin` as it was read off the document, and the number counts as verified. It is not kept."""

    about: OrEmpty = ""
    level: Annotated[int, msgspec.Meta(ge=0, le=4)] = 4
    proof: OrEmpty = ""
    document: Annotated[str, msgspec.Meta(max_length=30)] = ""
    iin: Annotated[str, msgspec.Meta(max_length=20)] = ""


class Papers(msgspec.Struct, forbid_unknown_fields=True):
    """Papers on file that belong to the request from now on. `came_on` is the day on which they came, where that was not today."""

    documents: Annotated[list[Id], msgspec.Meta(max_length=50)]
    came_on: date | None = None


class WantedPapers(msgspec.Struct, forbid_unknown_fields=True):
    """Which papers are asked for, and to whom a printed letter goes (lines of name and address; none: it is fetched from the portal)."""

    wanted: Annotated[list[Line], msgspec.Meta(min_length=1, max_length=6)]
    addressee: Lines = []


class OnePart(msgspec.Struct, forbid_unknown_fields=True):
    """The decision on one part. `reason` is a word of the kind's closed list, or `law`; `cited` the obligation, contract or state that a refusal rests on."""

    no: int
    do: Do
    reason: Annotated[str, msgspec.Meta(max_length=60)] = ""
    cited: OrEmpty = ""
    document: OrEmpty = ""


class Decisions(msgspec.Struct, forbid_unknown_fields=True):
    """One decision for each open part."""

    decisions: Annotated[list[OnePart], msgspec.Meta(max_length=500)]


class Confirmed(msgspec.Struct, forbid_unknown_fields=True):
    """Whether the second member confirms what the first decided."""

    confirm: bool


class CarriedOutside(msgspec.Struct, forbid_unknown_fields=True):
    """A part that was done elsewhere, and its proof on file."""

    part: int
    document: Id


class Addressed(msgspec.Struct, forbid_unknown_fields=True):
    """To whom a printed letter goes: lines of name and address; none: it is fetched from the portal."""

    addressee: Lines = []


class Assigned(msgspec.Struct, forbid_unknown_fields=True):
    """The member who has the request; empty gives it back to everybody."""

    member: OrEmpty = ""


class OtherKind(msgspec.Struct, forbid_unknown_fields=True):
    """Which kind of request a letter is, as a member read it, and what it asks one by one; without `wants` everything."""

    kind: Asked
    wants: Annotated[list[Want], msgspec.Meta(max_length=500)] = []


class Ended(msgspec.Struct, forbid_unknown_fields=True):
    """How it ends without a decision: taken back by the person, or the duplicate of another request."""

    how: Annotated[str, msgspec.Meta(pattern="^(retracted|duplicate)$")]
    of: OrEmpty = ""


class Reopened(msgspec.Struct, forbid_unknown_fields=True):
    """Why it is looked at again: appeal, answer_wrong, not_meant, court."""

    why: Annotated[str, msgspec.Meta(pattern="^(appeal|answer_wrong|not_meant|court)$")] = "appeal"


class Lifted(msgspec.Struct, forbid_unknown_fields=True):
    """The paper on file by which a body or a court allows that the person is told of its order."""

    document: Id


class NewStage(msgspec.Struct, forbid_unknown_fields=True):
    """The stage that a complaint goes on to, and the paper it rests on; `release` is the second member's end of the hold."""

    stage: Annotated[str, msgspec.Meta(pattern="^(examined|offered|settled|court|closed|release)$")]
    document: OrEmpty = ""


class NewDeputy(msgspec.Struct, forbid_unknown_fields=True):
    """Who stands in for a member over some days, both inside."""

    member: Id
    deputy: Id
    since: date
    until: date


async def open_request(call: Call) -> Answer:
    """Put a request of a person on file. What was written is sealed, its clocks run from the day of receipt; what only narrows takes effect at once."""
    given, raw = await call.body(NewRequest)
    wants = tuple(Wanted(want.what, want.id, want.value) for want in given.wants)
    fields = {name: getattr(given, name) for name in given.__struct_fields__}
    new = NewCase(**(fields | {"kind": Kind(given.kind), "wants": wants, "documents": tuple(given.documents), "level": Level(given.level)}))

    def act(work: Work, caller: Caller) -> RequestCase:
        return case_body(work, rights.open_case(work, call.office.rights, new))

    made = await call.once(Power.REQUESTS, raw, act, once.Keeping(_kept, _again))
    return Answer(made, 201)


def _kept(made: RequestCase) -> str:
    return made.id


def _again(work: Work, case: str) -> RequestCase:
    return case_body(work, rights.case(work, case))


async def listed(call: Call) -> Answer:
    """Requests by their nearest last day; the next page goes on behind the last line's `due` and `id`, given as `behind=DUE,ID`."""
    after_due, _, after = call.query("behind").partition(",")
    wanted = rights.Filter(
        open_only=call.query("all") != "yes",
        kind=_word(call, "kind", Kind),
        state=_word(call, "standing", rights.State),
        member=call.query("member"),
        about=call.query("about"),
        day=_day(call, "day"),
    )
    found = await call.act(Power.REQUESTS, lambda work, _: rights.listing(work, wanted, (after_due, after)))
    return Answer(Requests([line(one) for one in found]))


async def today(call: Call) -> Answer:
    """The day's work: overdue first, due today, soon, what is stuck, what waits for a second person. With `member` what falls to that member.
    What the caller is reminded of stands beside it."""
    member = call.query("member")
    return Answer(today_body(await call.act(Power.REQUESTS, lambda work, caller: rights.today(work, member, reader=caller.actor.id))))


async def statistics(call: Call) -> Answer:
    """How the terms of requests received on these days were kept, kind by kind."""
    since, until = _day(call, "since") or date(2000, 1, 1), _day(call, "until") or NEVER.replace(year=2100)
    found = await call.act(Power.REQUESTS, lambda work, _: rights.statistics(work, since, until))
    return Answer(statistics_body(found))


async def show(call: Call) -> Answer:
    """One request: its clocks with every counted day, its parts, what it waits for. The look is on record."""
    case_id, calendar = call.id("case"), call.office.calendar

    def look(work: Work, caller: Caller) -> RequestCase:
        return case_body(work, seen(work, case_id), calendar)

    return Answer(await call.act(Power.REQUESTS, look))


def seen(work: Work, case_id: str) -> Case:
    """A case that somebody looks at: no value is shown, and the look is on record all the same."""
    made = rights.case(work, case_id)
    record(work, Leaf(Act.SHOWN, made.person, "2.12", "94-V art. 14", object=made.id, count=len(made.parts)))
    return made


async def history(call: Call) -> Answer:
    """What happened to a request, each with its entry of the log."""
    case_id = call.id("case")
    return Answer(events_body(await call.act(Power.REQUESTS, lambda work, _: rights.events(work, case_id))))


async def text(call: Call) -> Answer:
    """What the person wrote, opened through the gate; the look is on record."""
    case_id = call.id("case")
    return Answer(RequestText(await call.act(Power.REQUESTS, lambda work, _: rights.written(work, call.office.rights, case_id))))


async def suggestion(call: Call) -> Answer:
    """What the law finds on every open part, with its reasons; nothing is decided."""
    case_id, language = call.id("case"), call.language
    found: rights.Suggestion = await call.act(Power.REQUESTS, lambda work, _: rights.suggest(work, call.office.rights, case_id))
    return Answer(suggestion_body(found, language))


async def identify(call: Call) -> Answer:
    """Who asks is proved: the request goes to the desk, and what leaves no choice takes effect."""
    given, _ = await call.body(Identified)
    if given.document:
        return await _done(call, lambda work, r, id_: rights.at_desk(work, r, id_, given.document, about=given.about, iin=given.iin))
    if not is_id(given.about):
        raise Invalid([FieldError("about", "not_a_reference" if given.about else "missing", {}, ("8.3", "94-V art. 10(2)"))])
    return await _done(call, lambda work, r, id_: rights.identified(work, r, id_, given.about, Level(given.level), given.proof))


async def not_identified(call: Call) -> Answer:
    """Nobody proved who asks: answered with that reason; a proof opens the request again."""
    given, _ = await call.body(Addressed)
    return await _done(call, lambda work, r, id_: rights.not_identified(work, r, id_, tuple(given.addressee)))


async def documents(call: Call) -> Answer:
    """Papers on file belong to a request; a term that runs from documents starts."""
    given, _ = await call.body(Papers)
    return await _done(call, lambda work, r, id_: rights.add_documents(work, r, id_, tuple(given.documents), given.came_on))


async def want_documents(call: Call) -> Answer:
    """The person is told by a letter which papers are wanting."""
    given, _ = await call.body(WantedPapers)
    return await _done(call, lambda work, r, id_: rights.want_documents(work, r, id_, tuple(given.wanted), tuple(given.addressee)))


async def decide(call: Call) -> Answer:
    """Decide every open part and carry out what is granted; where it takes two, it waits for the second."""
    given, _ = await call.body(Decisions)
    parts = [PartDecision(d.no, d.do, d.reason, d.cited, d.document) for d in given.decisions]
    return await _decided(call, lambda work, r, id_: rights.decide(work, r, id_, parts))


async def confirm(call: Call) -> Answer:
    """The second member confirms a decision, which is then carried out, or declines it."""
    given, _ = await call.body(Confirmed)

    def act(work: Work, r: rights.Rights, id_: str) -> rights.Decided:
        if given.confirm:
            return rights.confirm(work, r, id_)
        made = rights.decline(work, r, id_)
        return rights.Decided(made.id, made.state)

    return await _decided(call, act)


async def carried(call: Call) -> Answer:
    """A part that was done elsewhere, such as a removal from a public place, is proved."""
    given, _ = await call.body(CarriedOutside)
    return await _decided(call, lambda work, r, id_: rights.carried_outside(work, r, id_, given.part, given.document))


async def answer(call: Call) -> Answer:
    """Answer a request whose every part has an end: the letter is sealed, vouched for by the log and issued."""
    given, raw = await call.body(Addressed)
    case_id = call.id("case")

    def act(work: Work, caller: Caller) -> str:
        return rights.answer(work, call.office.rights, case_id, tuple(given.addressee))

    keeping: once.Keeping[str] = once.Keeping(lambda entry: entry, lambda work, entry: entry)
    return Answer(RequestLetter(await call.once(Power.REQUESTS, raw, act, keeping)))


async def assign(call: Call) -> Answer:
    """Give a request to a member of staff."""
    given, _ = await call.body(Assigned)
    return await _done(call, lambda work, r, id_: rights.assign(work, r, id_, given.member))


async def resend(call: Call) -> Answer:
    """Send an answer that did not arrive another way: on paper to an addressee, or by a mail to the address in the register."""
    given, raw = await call.body(Addressed)
    case_id, r = call.id("case"), call.office.rights
    keeping: once.Keeping[str] = once.Keeping(lambda entry: entry, lambda work, entry: entry)
    sent = await call.once(Power.REQUESTS, raw, lambda work, _: rights.resend(work, r, case_id, tuple(given.addressee)), keeping)
    return Answer(RequestLetter(sent))


async def rekind(call: Call) -> Answer:
    """Say which kind a request is, or confirm the one a letter was taken for; the terms of that kind run from the day of receipt."""
    given, _ = await call.body(OtherKind)
    wants = tuple(Wanted(want.what, want.id, want.value) for want in given.wants)
    return await _done(call, lambda work, r, id_: rights.rekind(work, r, id_, Kind(given.kind), wants))


async def end(call: Call) -> Answer:
    """End a request without a decision: the person took it back, or the same was asked before."""
    given, _ = await call.body(Ended)
    if given.how == "retracted":
        return await _done(call, rights.retract)
    return await _done(call, lambda work, r, id_: rights.duplicate(work, r, id_, given.of))


async def lift(call: Call) -> Answer:
    """Let an answer on access tell of what an authority got: it allowed so in writing. Another member than who decided on the disclosure does this."""
    given, _ = await call.body(Lifted)
    return await _done(call, lambda work, r, id_: rights.lift(work, r, id_, given.document))


async def reopen(call: Call) -> Answer:
    """Look at a request again; what was answered gets a fresh term."""
    given, _ = await call.body(Reopened)
    return await _done(call, lambda work, r, id_: rights.reopen(work, r, id_, given.why))


async def stage(call: Call) -> Answer:
    """A complaint goes on to another stage; from its examination on exactly the items in dispute are held, until two members end that."""
    given, _ = await call.body(NewStage)
    if given.stage == "release":
        return await _done(call, rights.release)
    return await _done(call, lambda work, r, id_: rights.stage(work, r, id_, Stage(given.stage), given.document))


async def deputy(call: Call) -> Answer:
    """Name who stands in for a member: what falls due on these days goes to the deputy."""
    given, _ = await call.body(NewDeputy)

    def act(work: Work, caller: Caller) -> Days:
        rights.name_deputy(work, given.member, given.deputy, given.since, given.until)
        return Days(given.member, given.deputy, given.since, given.until)

    return Answer(await call.act(Power.REQUESTS, act))


# --- what they share -------------------------------------------------------------------------------------------------------------------------


async def _done(call: Call, act: Callable[[Work, rights.Rights, str], Case]) -> Answer:
    """One act on the case of the path; the case as it stands then."""
    case_id, r = call.id("case"), call.office.rights
    return Answer(await call.act(Power.REQUESTS, lambda work, _: case_body(work, act(work, r, case_id))))


async def _decided(call: Call, act: Callable[[Work, rights.Rights, str], rights.Decided]) -> Answer:
    case_id, r = call.id("case"), call.office.rights

    def unit(work: Work, caller: Caller) -> RequestDecided:
        return decided_body(act(work, r, case_id), rights.case(work, case_id))

    return Answer(await call.act(Power.REQUESTS, unit))


def _day(call: Call, name: str) -> date | None:
    given = call.query(name)
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Invalid([FieldError(name, "not_a_date", {"given": "?", "form": "YYYY-MM-DD"})]) from None


def _word(call: Call, name: str, words: Any) -> str:
    given = call.query(name)
    if given and given not in {word.value for word in words}:
        raise Invalid([FieldError(name, "not_in_list", {"allowed": ", ".join(word.value for word in words)})])
    return given
