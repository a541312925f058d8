"""What is done with a case before it is decided: open it, establish who asks, take documents, give it to somebody, end it without a decision, open it again
(policy 4.1, 8.3; the Law art. 10(2), 24, 25(2)(6)-(7))."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sandyq import correspondence
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import Conflict, Denied, FieldError
from sandyq.identity import Deed, Level, allowed
from sandyq.ids import is_id
from sandyq.law.calendar import day_ends, local_date
from sandyq.law.vocabulary import ActorKind
from sandyq.register import subjects
from sandyq.rights import clocks, kinds, records, reminding
from sandyq.rights.desk import CONTACT, TEXT, Rights, case, check_papers, demand, keep, move, sealed, staff_only, taken
from sandyq.rights.facts import Case, NewCase, Part, Stage, Wanted, What
from sandyq.rights.history import note
from sandyq.rights.settling import at_once, listed
from sandyq.rights.states import CLAUSE, DEED, ENDED, Kind, Limb, State
from sandyq.speech import LANGUAGES

_MOST_TEXT: Final = 20_000
_MOST_PARTS: Final = 500
_OPEN_STATES: Final = (State.OPEN, State.WANTING_DOCUMENTS, State.IDENTIFYING)


def open_case(work: Work, r: Rights, new: NewCase) -> Case:
    """Put a request on file: sealed, numbered, its clocks running from the day of receipt. What the law leaves no choice about takes effect at once, if
    the person has proved enough. Raises Invalid with every fault at once, NotFound."""
    _check(work, r, new)
    asker = new.asker or subjects.create(work, r.gate.ring)
    received = new.received_at or work.at
    case_id = work.new_id()
    made = Case(
        asker,
        case_id,
        _number(work, case_id, local_date(received)),
        new.kind,
        State.RECEIVED,
        new.about,
        new.channel,
        new.language,
        received,
        work.at,
        new.level,
        new.representative,
        "",
        "",
        None,
        _sealed(work, r, asker, new),
        new.entry,
        stage=first_stage(new.kind),
        plausible=new.plausible,
        parts=parts_of(new),
        documents=new.documents,
    )
    records.add(work, made, note(work, made, "opened", "", State.RECEIVED.value, new.channel.value))
    for part in made.parts:
        records.put_part(work, made, part)
    records.add_documents(work, made, new.documents, made.received_at)
    if new.entry:
        correspondence.register(work, new.entry, "" if _opened_another(work, new.entry) else case_id)
    made = _clocks(work, r, made, new)
    return to_desk(work, r, made) if proved(made) else move(work, made, State.IDENTIFYING, "identity_wanted")


def _opened_another(work: Work, entry: str) -> bool:
    """Whether a letter opened a case already: it stays with the first, and the second names it."""
    first = correspondence.one(work, entry).case
    return bool(first) and case(work, first).entry == entry


def first_stage(kind: Kind) -> str:
    """Where a complaint begins; other kinds have no stages."""
    return Stage.RECEIVED.value if kind is Kind.COMPLAINT else ""


def _clocks(work: Work, r: Rights, made: Case, new: NewCase) -> Case:
    day = local_date(made.received_at)
    made = clocks.start(work, r.gate, made, Limb.RECEIPT, day)
    made = clocks.start_shortest(work, r.gate, made, day)
    if made.documents:
        made = clocks.start(work, r.gate, made, Limb.DOCUMENTS, day)
    return clocks.start_ordered(work, r.gate, made, new.ordered_on or day, new.ordered_due) if new.ordered_due else made


def _number(work: Work, case_id: str, day: date) -> str:
    """The day of receipt and five letters of the case's id; another five when those were taken that day."""
    for end in range(len(case_id), 10, -1):
        number = f"{day:%Y%m%d}-{case_id[end - 5 : end].upper()}"
        if not records.taken(work, number):
            return number
    raise Conflict("case_number_taken")


def _sealed(work: Work, r: Rights, asker: str, new: NewCase) -> str:
    """What was written becomes evidence of who asks."""
    return sealed(work, r, asker, {TEXT: new.text, CONTACT: new.contact, **{f"part_{n}": w.value for n, w in enumerate(new.wants, 1)}})


def parts_of(new: NewCase) -> tuple[Part, ...]:
    """What is asked, one by one; without a word about it, everything."""
    wants = new.wants or (Wanted(What.ALL),)
    return tuple(Part(no, want.what, want.id) for no, want in enumerate(wants, 1))


def _check(work: Work, r: Rights, new: NewCase) -> None:
    faults = check_papers(new.documents, "documents")
    if new.language not in LANGUAGES:
        faults.append(FieldError("language", "not_in_list", {"allowed": ", ".join(LANGUAGES)}))
    if len(new.text) > _MOST_TEXT:
        faults.append(FieldError("text", "text_too_long", {"most": _MOST_TEXT}))
    if len(new.wants) > _MOST_PARTS:
        faults.append(FieldError("wants", "too_many", {"most": _MOST_PARTS}))
    if new.received_at is not None and new.received_at > work.at:
        faults.append(FieldError("received_at", "date_in_future", cites=("4.1",)))
    if new.ordered_due and new.ordered_on and new.ordered_due < new.ordered_on:
        faults.append(FieldError("ordered_due", "before_start", {}, ("5.1.1",)))
    faults += unordered(new)
    faults += unnamed(r, work, new)
    faults += [
        FieldError(name, "not_a_reference") for name in ("representative", "entry") if getattr(new, name) and not is_id(getattr(new, name))
    ]
    faults += kinds.faults(new)
    demand(faults)
    for subject in filter(None, (new.asker, new.about)):
        subjects.see(work, subject)


_IDS: Final = frozenset({What.ITEM, What.GRANT, What.RECIPIENT, What.STATE, What.DECISION, What.SUBMISSION})
"""What is named by an id of ours. Words of closed lists are checked by their kind; nothing else may stand in clear."""


def unordered(new: NewCase) -> list[FieldError]:
    """The order of an authority is on file: nobody's word stands for it."""
    bare = new.kind is Kind.AUTHORITY_ORDER and not new.documents
    return [FieldError("documents", "missing", {}, ("5.1.1", "94-V art. 27(2)"))] if bare else []


def unnamed(r: Rights, work: Work, new: NewCase) -> list[FieldError]:
    """Faults of what parts name: no text of a caller's own becomes a target."""
    fields = r.gate.in_force(work).edition.fields
    found = []
    for n, want in enumerate(new.wants):
        wrong = not is_id(want.id) if want.what in _IDS else want.what in (What.ALL,) and want.id != ""
        if wrong or (want.what is What.PLACE and want.id and not is_id(want.id)):
            found.append(FieldError(f"wants[{n}].id", "not_a_reference", {}, (CLAUSE[new.kind][0],)))
        if want.what is What.FIELD and want.id not in fields:
            found.append(FieldError(f"wants[{n}].id", "field_unlisted", {"name": "?"}, ("6.2",)))
    return found


def needed(made: Case) -> Deed:
    """What somebody must be allowed to do for this case: more for a withdrawal of everything, and for a yes to publication."""
    whole = any(part.what is What.ALL for part in made.parts)
    if made.kind is Kind.WITHDRAW and whole:
        return Deed.WITHDRAW_ALL
    if made.kind is Kind.PUBLIC_SOURCES and any(part.target == "yes" for part in made.parts):
        return Deed.AGREE_PUBLIC
    return DEED[made.kind]


def proved(made: Case) -> bool:
    """Whether whoever asks has proved enough for what is asked."""
    return bool(made.about) and allowed(made.level, needed(made))


def to_desk(work: Work, r: Rights, made: Case) -> Case:
    """Identity is established: parts that name everything are listed, and what leaves no choice is done."""
    made = move(work, made, State.OPEN, "identified" if made.state is not State.RECEIVED else "to_desk")
    return at_once(work, r, listed(work, r, made))


def identified(work: Work, r: Rights, case_id: str, about: str, level: Level, proof: str = "") -> Case:
    """Who asks is proved: `about` is whose data are meant, `proof` the id of the check or session. A case that was answered for want of proof is opened
    again, with a fresh term. Raises Conflict, NotFound, Denied when the level is not enough."""
    made = taken(work, case_id, State.IDENTIFYING, State.NOT_IDENTIFIED, State.RECEIVED)
    subjects.see(work, about)
    if made.about and made.about != about:
        raise Conflict("case_about_somebody_else")
    known = replace(made, about=about, level=max(level, made.level))
    if not proved(known):
        raise Denied("identity_too_low", wanted=needed(made).value)
    if made.state is State.NOT_IDENTIFIED:
        known = clocks.start(work, r.gate, replace(known, outcome="", answer=""), Limb.RECEIPT, local_date(work.at))
    if proof and is_id(proof):
        note(work, known, "proof", "", proof)  # no paper of the case: an identity document proves no new name
    return to_desk(work, r, known)


def add_documents(work: Work, r: Rights, case_id: str, documents: tuple[str, ...], came_on: date | None = None) -> Case:
    """Papers on file belong to a case from now on; a term that runs from documents starts on the day on which they came, today where none is named: papers
    that lay in the mailbox over a holiday came on the day of their mail (4.1.2, art. 25(2)(8)). Raises Invalid, Conflict."""
    faults = check_papers(documents, "documents") or ([] if documents else [FieldError("documents", "missing", {}, ("4.1.2",))])
    on = came_on or local_date(work.at)
    if on > local_date(work.at):
        faults.append(FieldError("came_on", "date_in_future", {}, ("4.1.2",)))
    demand(faults)
    made = taken(work, case_id, *_OPEN_STATES)
    on = max(on, local_date(made.received_at))
    records.add_documents(work, made, documents, work.at if on == local_date(work.at) else day_ends(on) - timedelta(seconds=1))
    note(work, made, "documents", "", str(len(documents)))
    made = clocks.start(work, r.gate, replace(made, documents=(*made.documents, *documents)), Limb.DOCUMENTS, on)
    if made.state is State.WANTING_DOCUMENTS:
        return move(work, made, State.OPEN, "documents_came")
    return keep(work, made)


def assign(work: Work, r: Rights, case_id: str, member: str) -> Case:
    """Give a case to a member of staff; empty gives it back to everybody. What was reminded of goes along."""
    staff_only(work)
    demand([FieldError("member", "not_a_reference")] if member and not is_id(member) else [])
    made = taken(work, case_id)
    note(work, made, "assigned", made.assignee, member)
    given = replace(made, assignee=member, deputy=records.deputy_of(work, member, local_date(work.at)) if member else "")
    reminding.hand_over(work, given, mails=r.mails)
    return keep(work, given)


def name_deputy(work: Work, member: str, deputy: str, since: date, until: date) -> None:
    """What falls due for a member over these days goes to another one. Raises Invalid."""
    staff_only(work)
    faults = [FieldError("until", "before_start")] if until < since else []
    faults += [] if is_id(member) else [FieldError("member", "not_a_reference")]
    if not is_id(deputy) or deputy == member:
        faults.append(FieldError("deputy", "not_another_member"))
    demand(faults)
    leaf = record(work, Leaf(Act.DEPUTY_NAMED, clause="8.2", article="94-V art. 25(3)", object=deputy))
    records.put_deputy(work, member, deputy, since, until, leaf)


def retract(work: Work, r: Rights, case_id: str) -> Case:
    """The person takes the request back: they themselves, or staff on their word that is on file. What was done stays done."""
    made = taken(work, case_id)
    own = work.actor.kind == ActorKind.SUBJECT and work.actor.id in (made.subject, made.about)
    if not own:
        staff_only(work)
    return move(work, clocks.rest(work, made, "retracted"), State.RETRACTED, "retracted")


def duplicate(work: Work, r: Rights, case_id: str, of: str) -> Case:
    """The same was asked before: `of` is the case that goes on. Both are of one asker or about one person. Raises Conflict."""
    staff_only(work)
    first, made = case(work, of), taken(work, case_id)
    people = {made.subject, made.about} & {first.subject, first.about} - {""}
    if of == case_id or first.kind is not made.kind or first.state in ENDED or not people:
        raise Conflict("case_not_a_duplicate")
    made = clocks.rest(work, replace(made, duplicate_of=of), "duplicate")
    return move(work, made, State.DUPLICATE, "duplicate", first.number)


def reopen(work: Work, r: Rights, case_id: str, why: str = "appeal") -> Case:
    """Look at a case again: an appeal, an answer that was wrong, a retraction that was not meant. What rested runs on to its day; what was answered gets
    a fresh term, and its refused parts are open again. Raises Conflict."""
    staff_only(work)
    made = taken(work, case_id, State.ANSWERED, State.CLOSED, State.DUPLICATE, State.RETRACTED)
    if not made.about or not subjects.alive(work, made.about):
        raise Conflict("case_about_nobody")
    answered = made.state in (State.ANSWERED, State.CLOSED)
    made = move(work, replace(made, outcome="", duplicate_of=""), State.OPEN, "reopened", why if why in _WHY else "appeal")
    made = clocks.wake(work, made)
    if answered:
        made = clocks.start(work, r.gate, made, Limb.RECEIPT, local_date(work.at))
        made = _parts_again(work, made)
    if not proved(made):
        return move(work, made, State.IDENTIFYING, "identity_wanted")
    return keep(work, made)


_WHY: Final = frozenset({"appeal", "answer_wrong", "not_meant", "court"})


def _parts_again(work: Work, made: Case) -> Case:
    fresh = {part.no: Part(part.no, part.what, part.target) for part in made.parts if part.state.value == "refused"}
    _kept(work, made, fresh.values())
    return replace(made, parts=tuple(fresh.get(part.no, part) for part in made.parts))


def _kept(work: Work, made: Case, parts: Iterable[Part]) -> None:
    for part in parts:
        records.put_part(work, made, part)
