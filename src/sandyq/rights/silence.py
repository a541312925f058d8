"""Of which orders of authorities a person is not told, by the pack's table; and the act that lifts the silence, on a paper and by another member than who decided
(policy 4.1.1, 5.1.1; the Law art. 8-1(3), 9, 24(1)(1); docs/adr/0013-disclosures-in-an-answer.md)."""

from sandyq import block, correspondence, requests
from sandyq.access.silence import NOTHING, Hidden, Withheld, disclosing
from sandyq.db import Work
from sandyq.errors import Conflict, Denied, FieldError
from sandyq.gate import records as decisions
from sandyq.law import canon
from sandyq.law.calendar import local_date
from sandyq.law.disclosures import Silence, silent
from sandyq.policy.loader import load_disclosures
from sandyq.requests import Document
from sandyq.rights import records
from sandyq.rights.desk import Rights, demand, keep, of_subject, staff_only, taken
from sandyq.rights.facts import Case, Channel, Event, Part, What
from sandyq.rights.history import note
from sandyq.rights.kinds.authority import ASKED, DISCLOSE, EVENTS, GROUND, KINDS, PAPERS
from sandyq.rights.states import Kind, State

LIFTED = "disclosure_lifted"
"""The event of a case that its disclosure may be told of from then on."""


def withheld(work: Work, subject: str) -> Withheld:
    """What an answer to a person leaves out now. A demand that is not decided yet is left out like one that is carried out."""
    silences = [(made, limb) for made in of_subject(work, subject) if (limb := limb_of(work, made)) is not None]
    if not silences:
        return NOTHING
    ids = frozenset[str]().union(*(_belongs(work, made, subject) for made, _ in silences))
    found = Withheld(tuple(_hidden(made, limb) for made, limb in silences), ids)
    rested = frozenset[str]().union(*({made.id, *made.documents} for made, _ in silences))
    asked = ((id_, canon.ask_from_json(ask)) for id_, _, _, ask, _ in decisions.answers(work, subject))
    given_away = (id_ for id_, ask in asked if found.hides_ask(id_, ask) or (disclosing(ask) and not rested.isdisjoint(ask.documents)))
    return Withheld(found.disclosures, ids, frozenset(given_away))


def limb_of(work: Work, made: Case) -> Silence | None:
    """Why what a case gave to an authority or a court is not told of: data by its order, or the evidence of a complaint; None for any other case, and for one that
    may be told."""
    packed = _packing(work, made)
    if not packed and not _disclosures(made):
        return None
    lifted = any(event.act == LIFTED for event in records.events(work, made))
    return silent(load_disclosures(), GROUND, local_date(work.at), lifted=lifted)


def lift(work: Work, r: Rights, case_id: str, document: str) -> Case:
    """The body or a court allowed in writing that the person is told: `document` is the paper on file. Who decided on the disclosure does not lift the silence
    alone (design 21). Raises Conflict, Denied, Invalid, NotFound."""
    member = staff_only(work)
    made = taken(work, case_id, State.CARRYING_OUT, State.ANSWERED, State.CLOSED)
    if limb_of(work, made) is None:
        raise Conflict("nothing_withheld")
    if member in {part.by for part in _disclosures(made)} | {event.by_id for event in _packing(work, made)[:1]}:
        raise Denied("decision_needs_another_person")
    on_file = {paper.id for person in {made.about, made.subject} - {""} for paper in requests.documents(work, person)}
    allowed = document in on_file and document not in made.documents
    demand([] if allowed else [FieldError("document", "request_not_on_file", {}, ("5.1.1", "94-V art. 24(1)(1)"))])
    note(work, made, LIFTED, "", document)
    return keep(work, made)


def _disclosures(made: Case) -> list[Part]:
    return [part for part in made.parts if part.what is What.ORDER and part.target == DISCLOSE]


def _packing(work: Work, made: Case) -> list[Event]:
    """The events of a case that are about its evidence."""
    return [event for event in records.events(work, made) if event.act in EVENTS] if made.kind in KINDS else []


def _hidden(made: Case, limb: Silence) -> Hidden:
    return Hidden(made.id, made.number, tuple(part.target for part in made.parts if part.what is What.FIELD), limb)


def _belongs(work: Work, made: Case, subject: str) -> frozenset[str]:
    """The ids of everything that belongs to an order: itself, its papers, what was written, and its letters. A complaint is the person's own with its papers, and
    only what was asked and packed for a court is not theirs to know."""
    papers = [paper for paper in requests.documents(work, subject) if paper.id in made.documents]
    if made.kind is not Kind.AUTHORITY_ORDER:
        packing = _packing(work, made)
        asked = _asked_by(work, made, papers, packing)
        return frozenset({event.leaf for event in packing} | {id_ for paper in asked for id_ in (paper.id, paper.item)})
    letters = correspondence.of_case(work, made.id)
    ids = {made.id, made.item, made.told_item, made.former_item, made.entry, *made.documents, *(paper.item for paper in papers)}
    ids |= {named for entry in letters for named in (entry.id, entry.item)}
    return frozenset(ids - {""})


def _asked_by(work: Work, made: Case, papers: list[Document], packing: list[Event]) -> list[Document]:
    """The papers by which evidence of a complaint was asked, but for those that the person knows: they filed them, they came with the complaint, or a state over
    their data rests on them. Where a question does not say its paper, every paper of a court or authority may be it."""
    questions = {event.new for event in packing if event.act == ASKED}
    known = {state.document for state in block.history(work, made.about)} if made.about else set()
    known |= set() if made.channel is Channel.AUTHORITY else records.papers_at_first(work, made)
    may_be = [paper for paper in papers if paper.kind in PAPERS and (paper.id in questions or "" in questions)]
    return [paper for paper in may_be if paper.by_kind != "subject" and paper.id not in known]
