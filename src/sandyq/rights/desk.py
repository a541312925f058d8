"""The desk as it works: what it needs of the office, how a case is found, moved and kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sandyq.audit import Act, Leaf, record
from sandyq.collect import evidence_end
from sandyq.collect.acts import EVIDENCE_TERM
from sandyq.db import Work
from sandyq.errors import Conflict, Denied, FieldError, Invalid, NotFound
from sandyq.gate import Gate
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.letters.certificate import LogPlace
from sandyq.register import items, subjects
from sandyq.register.holder import Holder
from sandyq.register.items import NewItem
from sandyq.requests import Desk
from sandyq.rights import clocks, records
from sandyq.rights.facts import Case, Event
from sandyq.rights.history import note
from sandyq.rights.states import ENDED, State, may_move

CATEGORY: Final = "6.2.5"
GROUND: Final = "94-V art. 25(2)(5), 25(3)(3)"
TEXT, CONTACT = "request_text", "request_contact"
TOLD: Final = "told"
"""As what staff read a letter: with it, what stands in the letter for each part is what they read, also where that is nothing."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What the rights desk works with: the desk of orders, every holder of the office, where the log stands behind an entry,
    where a person reads about a case, and whether the office has outgoing mail."""

    desk: Desk
    holders: tuple[Holder, ...]
    place: Callable[[Work, str], LogPlace]
    link: Callable[[Case], str]
    mails: bool = False

    @property
    def gate(self) -> Gate:
        """The only way to a person's data."""
        return self.desk.gate


def case(work: Work, case_id: str) -> Case:
    """One case with its clocks and parts. Raises NotFound."""
    found = records.one(work, case_id, local_date(work.at))
    if found is None:
        raise NotFound("case_unknown")
    return found


def by_number(work: Work, number: str) -> Case | None:
    """The case that a letter or a mail names by its number."""
    return records.by_number(work, number.strip().upper(), local_date(work.at))


def of_subject(work: Work, subject: str) -> list[Case]:
    """Every case that a person asked or that is about them, oldest first."""
    return [case(work, id_) for id_ in records.ids_of(work, subject)]


def events(work: Work, case_id: str) -> list[Event]:
    """What happened to a case, oldest first. Raises NotFound."""
    return records.events(work, case(work, case_id))


def taken(work: Work, case_id: str, *states: State) -> Case:
    """A case for this unit of work to act on, in one of these states. Raises NotFound, Conflict."""
    found = case(work, case_id)
    if (states and found.state not in states) or not records.lock(work, found):
        raise Conflict("case_not_there", state=found.state.value, allowed=", ".join(states))
    return found


def move(work: Work, made: Case, state: State, act: str, reason: str = "", *, decision: str = "") -> Case:
    """Go to another state by the closed table, with its event. Whatever ends is over now, but for a refusal for want of identity, whose letter has to leave
    first (`delivery.watch`); what is opened again is not. Raises Conflict."""
    if not may_move(made.state, state):
        raise Conflict("case_may_not_move", old=made.state.value, new=state.value)
    note(work, made, act, made.state.value, state.value, reason, decision=decision)
    moved = replace(made, state=state, closed_at=made.closed_at if state in ENDED else None)
    return over(work, moved) if state in ENDED and state is not State.NOT_IDENTIFIED else keep(work, moved)


def over(work: Work, made: Case) -> Case:
    """Nothing is left to do about a case: nobody is reminded of it, and it names no person who is gone."""
    ended = replace(made, closed_at=made.closed_at or work.at)
    if ended.about and ended.about != ended.subject and not subjects.alive(work, ended.about):
        ended = replace(ended, about="", representative="")
    records.drop_reminders(work, ended)
    return keep(work, ended)


def keep(work: Work, made: Case) -> Case:
    """Write a case back with the nearest of its last days."""
    kept = replace(made, due=clocks.first_due(made.clocks))
    records.keep(work, kept)
    return kept


def staff_only(work: Work) -> str:
    """The member of staff who acts. Raises Denied for anybody else."""
    if work.actor.kind != ActorKind.STAFF:
        raise Denied("case_needs_staff")
    return work.actor.id


def written(work: Work, r: Rights, case_id: str) -> dict[str, str]:
    """What the person wrote: `request_text`, `request_contact` and the value of each part (`part_1`), as they wrote it or as staff read it in their letter; of
    a correction also the value that was there before (`former_1`). Opened through the gate on the case itself; an entry of the log says who looked.
    Raises NotFound, Denied when the law refuses."""
    made = case(work, case_id)
    named = tuple(filter(None, (made.item, made.told_item, made.former_item)))
    if not named:
        return {}
    actor = work.actor
    ask = Ask(
        Operation.USE,
        made.subject,
        r.gate.in_force(work).edition.form.purpose,
        actor=ActorKind(actor.kind),
        actor_id=actor.id,
        occasion=Occasion.OWN_ACCESS,
        documents=(made.id,),
        items=frozenset(named),
    )
    answer = r.gate.ask(work, ask)
    if isinstance(answer, Refusal):
        raise Denied("case_not_readable", decision=answer.decision)
    opened = r.gate.open(work, answer)
    record(work, Leaf(Act.SHOWN, made.subject, "3.10", "94-V art. 25(2)(6)", decision=answer.decision, object=made.id, count=len(opened)))
    said = {item: dict(opened[item].values) if item in opened else {} for item in named}
    own = {name: value for name, value in said.get(made.item, {}).items() if not (made.told_item and name.startswith("part_"))}
    told = {name: value for name, value in said.get(made.told_item, {}).items() if name != TOLD}
    return own | told | said.get(made.former_item, {})


def sealed(work: Work, r: Rights, subject: str, fields: Mapping[str, str]) -> str:
    """Seal what was written as evidence of who asks, under the term of correspondence; gives the item's id, or nothing for nothing."""
    filled = {name: value for name, value in fields.items() if value}
    if not filled:
        return ""
    until = evidence_end(r.gate.in_force(work).edition, local_date(work.at))
    return items.put_evidence(
        work, r.gate.ring, subject, NewItem(CATEGORY, filled, ground=GROUND, term_rule=EVIDENCE_TERM, term_end=until, klass="evidence")
    )


def check_papers(documents: tuple[str, ...], where: str) -> list[FieldError]:
    """Faults of papers that are named by no id."""
    from sandyq.ids import is_id

    return [FieldError(f"{where}[{n}]", "not_a_reference", {}, ("94-V art. 25(2)(8)",)) for n, d in enumerate(documents) if not is_id(d)]


def demand(faults: list[FieldError]) -> None:
    """Raises Invalid with every fault, when there are any."""
    if faults:
        raise Invalid(faults)
