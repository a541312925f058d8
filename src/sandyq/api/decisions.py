"""The decision API for the company's other systems: ask the law about a known person, on record, or simulate with facts given (design 1, 2, 4)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from sandyq.api import faults
from sandyq.api.door import Answer, Call
from sandyq.api.people import Id, Word, check_fields, check_purpose
from sandyq.consent.facts import CHANNELS
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid, SandyqError
from sandyq.ids import is_id
from sandyq.law import canon
from sandyq.law.ask import Ask, Facts
from sandyq.law.decide import decide
from sandyq.law.decision import Permit, Refusal, Verdict
from sandyq.law.vocabulary import ActorKind, Occasion, Operation, Reading
from sandyq.staff import Caller, Power

Ground = Annotated[str, msgspec.Meta(pattern=r"^(consent|[0-9]{1,2}(-[0-9])?\([0-9]{1,2}(-[0-9]{1,2})?\)|[0-9]\.[0-9]{1,2})$")]
Citation = Annotated[str, msgspec.Meta(pattern=r"^[0-9IVXLCDM-]{1,12} art\. [0-9(), -]{1,20}$")]
_PUBLIC = "public"
_SIMULATED = ("simulation", "yes")


class NewAsk(msgspec.Struct, forbid_unknown_fields=True):
    """A question about a person of the register. Who asks is the owner of the token. `recipient` is the id of a party, or `public`; `ground` a code of
    art. 9 where it is not consent, with the `citation` of the act relied on."""

    operation: Operation
    subject: Id
    purpose: Word
    fields: Annotated[list[Word], msgspec.Meta(max_length=100)] = []
    recipient: Annotated[str, msgspec.Meta(max_length=26)] = ""
    channel: Annotated[str, msgspec.Meta(max_length=20)] = ""
    occasion: Occasion = Occasion.ORDINARY
    ground: Ground = "consent"
    citation: Citation | None = None
    automated: bool = False


class Simulation(msgspec.Struct, forbid_unknown_fields=True):
    """A question with its facts, as `sandyq decide --example` prints them: ids, dates and flags, never a person's values. Nothing is stored."""

    ask: dict[str, Any]
    facts: dict[str, Any] = {}
    reading: Reading | None = None
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class DecideBody(msgspec.Struct, forbid_unknown_fields=True):
    """Either `ask` or `simulate`. With `explain` every finding comes back, not only those that decided."""

    ask: NewAsk | None = None
    simulate: Simulation | None = None
    explain: bool = False


class Decided(msgspec.Struct):
    """The answer of the law. A refusal is an answer here, with status 200. `decision` is empty for a simulation; `duties` follow from a permit."""

    permitted: bool
    fields: list[str]
    masks: list[str]
    duties: list[str]
    reading: str
    judged_on: date | None
    reasons: tuple[faults.Reason, ...]
    policy: str
    pack: str
    rules: str
    decision: str = ""


async def ask(call: Call) -> Answer:
    """Ask the law."""
    given, _ = await call.body(DecideBody)
    if (given.ask is None) is (given.simulate is None):
        raise Invalid([FieldError("ask", "one_of", {"names": "ask, simulate"})])
    asked, simulated, explain = given.ask, given.simulate, given.explain

    def act(work: Work, caller: Caller) -> Decided:
        if asked is not None:
            return _recorded(work, call, caller, asked, explain)
        return _simulated(work, call, simulated or Simulation({}), explain)

    return Answer(await call.act(Power.DECIDE, act))


def _recorded(work: Work, call: Call, caller: Caller, asked: NewAsk, explain: bool) -> Decided:
    gate = call.office.gate
    check_purpose(work, gate, asked.purpose)
    check_fields(work, gate, asked.fields)
    _check_ids(asked)
    made = Ask(
        asked.operation,
        asked.subject,
        asked.purpose,
        frozenset(asked.fields),
        ActorKind(caller.actor.kind),
        caller.actor.id if caller.staff else "",
        asked.occasion,
        asked.recipient,
        asked.channel,
        asked.ground,
        asked.citation or "",
        automated=asked.automated,
    )
    answer: Permit | Refusal = gate.ask(work, made)
    return _decided(call, answer.verdict, gate.in_force(work).installed.reading, explain, answer.decision)


def _check_ids(asked: NewAsk) -> None:
    wrong = []
    if asked.recipient not in ("", _PUBLIC) and not is_id(asked.recipient):
        wrong.append(FieldError("ask.recipient", "not_an_id"))
    if asked.channel and asked.channel not in CHANNELS:
        wrong.append(FieldError("ask.channel", "not_in_list", {"allowed": ", ".join(sorted(CHANNELS))}, ("3.8",)))
    if wrong:
        raise Invalid(wrong)


def _simulated(work: Work, call: Call, given: Simulation, explain: bool) -> Decided:
    facts_row = {"subject": {"id": "somebody"}, **given.facts, **({"reading": given.reading.value} if given.reading else {})}
    subject = facts_row["subject"].get("id", "somebody") if isinstance(facts_row["subject"], dict) else "somebody"
    ask_row = {"subject": subject, "purpose": "", **given.ask}
    faulty = [*_unreadable("ask", ask_row, _ask_of), *_unreadable("facts", facts_row, _facts_of)]
    if faulty:
        raise Invalid(faulty)
    made, facts = _ask_of(ask_row), _facts_of(facts_row)
    facts = replace(facts, extra=tuple({*facts.extra, _SIMULATED}))
    force = call.office.gate.in_force(work)
    verdict = decide(made, facts, force.book, given.at or work.at)
    return _decided(call, verdict, facts.reading, explain, "")


def _ask_of(row: dict[str, Any]) -> Ask:
    return canon.ask_from_json(msgspec.json.encode(row).decode())


def _facts_of(row: dict[str, Any]) -> Facts:
    return canon.facts_from_json(msgspec.json.encode(row).decode())


_LEAST: dict[str, dict[str, Any]] = {"ask": {"operation": "use", "subject": "x", "purpose": "x"}, "facts": {"subject": {"id": "x"}}}


def _unreadable(name: str, row: dict[str, Any], reader: Any) -> list[FieldError]:
    """Every key of a section that cannot be read by itself."""
    if _reads(row, reader):
        return []
    wrong = [key for key, value in row.items() if not _reads({**_LEAST[name], key: value}, reader)]
    missing = [key for key in _LEAST[name] if key not in row]
    found = [FieldError(f"simulate.{name}.{key[:60]}", "not_readable") for key in sorted(wrong)]
    found += [FieldError(f"simulate.{name}.{key}", "missing") for key in missing]
    return found or [FieldError(f"simulate.{name}", "not_readable")]


def _reads(row: dict[str, Any], reader: Any) -> bool:
    try:
        reader(row)
    except (SandyqError, RecursionError):
        return False
    return True


def _decided(call: Call, verdict: Verdict, how: Reading, explain: bool, decision: str) -> Decided:
    findings = verdict.findings if explain else verdict.reasons
    return Decided(
        verdict.permitted,
        sorted(verdict.fields),
        sorted(verdict.masks),
        sorted(duty.value for duty in verdict.duties),
        how.value,
        verdict.judged_on,
        faults.reasons(call.language, findings),
        verdict.policy,
        verdict.pack,
        verdict.rules,
        decision,
    )
