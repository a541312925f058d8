"""What stands after something was done about a case: its parts, its clocks, its outcome, and what is waited for."""

from collections.abc import Iterable
from dataclasses import replace

from sandyq.db import Work
from sandyq.rights import clocks, kinds, records
from sandyq.rights.delivery import available, delivered
from sandyq.rights.desk import Rights, keep, move
from sandyq.rights.facts import Case, Do, Outcome, Part, PartState
from sandyq.rights.history import note
from sandyq.rights.kinds.handling import LISTED, unconfirmed
from sandyq.rights.states import Kind, State, by_letter


def listed(work: Work, r: Rights, made: Case) -> Case:
    """Replace a part that names everything by what that is, so that each is decided by itself. Where there is nothing, that is said."""
    for part in made.open_parts:
        found = kinds.of(made).listed(work, r, made) if part.what.value == "all" else None
        if found is None:
            continue
        first = max(p.no for p in made.parts) + 1
        fresh = [Part(no, what, target) for no, (what, target) in enumerate(found, first)]
        all_ = replace(part, state=PartState.DONE if fresh else PartState.NOT_HELD, reason=LISTED if fresh else "nothing_held")
        made = put(work, made, [all_, *fresh])
    return made


def put(work: Work, made: Case, parts: Iterable[Part]) -> Case:
    """Keep parts, new or changed; each that ends is an event with its limb."""
    now = {part.no: part for part in made.parts}
    for part in parts:
        before = now.get(part.no)
        if part == before:
            continue
        records.put_part(work, made, part)
        if part.ended and part.reason != LISTED and not (before and before.ended):
            note(
                work,
                made,
                f"part_{part.state.value}",
                str(part.no),
                part.what.value,
                part.reason,
                decision=part.decision,
                clause=part.clause,
                article=part.article,
            )
        now[part.no] = part
    return replace(made, parts=tuple(now[no] for no in sorted(now)))


def at_once(work: Work, r: Rights, made: Case) -> Case:
    """Do what needs no decision of a person. A case in which nothing is left to decide goes on to its answer."""
    made = put(work, made, kinds.of(made).at_once(work, r, made))
    if made.open_parts:
        return settle(work, r, made)
    return settle(work, r, move(work, made, State.CARRYING_OUT, "carried_out_at_once"))


def settle(work: Work, r: Rights, made: Case) -> Case:
    """The clocks after something was done: those whose duty is done are met, those that a state stops pause; the outcome once every part has one."""
    made = clocks.settle(work, r.gate, made)
    if not made.open_parts and made.state not in (State.OPEN, State.RECEIVED):
        made = replace(made, outcome=outcome_of(made.parts).value)
        if not (made.kind is Kind.WITHDRAW and unconfirmed(work, made)):
            made = clocks.meet(work, made, {c.duty for c in made.clocks} - by_letter(made.outcome))
    return keep(work, made)


def waits_for(work: Work, made: Case) -> str:
    """What a case waits for before it can end: a second person, a proof from outside, a destruction, recipients, that its answer arrives; empty for
    nothing."""
    if made.state is State.SECOND_PERSON:
        return "second_person"
    going = [part for part in made.open_parts if part.choice == Do.GRANT.value]
    if any(not part.result for part in going):
        return "proof"
    if going:
        return "destruction"
    if unconfirmed(work, made):
        return "recipients"
    if made.state is State.ANSWERED and not delivered(work, made.id) and available(work, made):
        return "delivery"
    return ""


def outcome_of(parts: Iterable[Part]) -> Outcome:
    """How a case ended, by what became of what was asked."""
    said = [part for part in parts if part.reason != LISTED]
    refused = sum(part.state is PartState.REFUSED for part in said)
    if not refused:
        return Outcome.GRANTED
    return Outcome.REFUSED if refused == len(said) else Outcome.PARTLY
