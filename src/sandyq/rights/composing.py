"""The letter that answers a request: what it says by kind, from the parts, the clocks and what recipients confirmed (policy 3.10, 4.1; the Law art. 25(2)(6)-(7)).

The words are those of `letters`; here it is only said which, and filled. Values of the person come through the gate, and are sealed with the letter.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from sandyq import access, block, destroy, personnel, requests
from sandyq.access.saying import sections
from sandyq.access.words import KEPT, Wording
from sandyq.correspondence.acts import number
from sandyq.db import Work
from sandyq.errors import Denied
from sandyq.identity import Level
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.deadlines import Term
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.letters import compose
from sandyq.letters.certificate import Basis, Kept
from sandyq.letters.compose import Frame
from sandyq.letters.compose import Part as LetterPart
from sandyq.letters.compose import Term as LetterTerm
from sandyq.letters.letter import Cell, LetterBody, Said
from sandyq.policy.facts import Edition
from sandyq.rights import clocks
from sandyq.rights.desk import Rights, written
from sandyq.rights.facts import NEVER, Case, Outcome, Part, PartState, What
from sandyq.rights.kinds.authority import DISCLOSE, GROUND
from sandyq.rights.kinds.complaint import hold_of
from sandyq.rights.kinds.handling import LISTED
from sandyq.rights.kinds.not_me import MERGE
from sandyq.rights.kinds.objection import factors
from sandyq.rights.naming import Naming
from sandyq.rights.silence import withheld
from sandyq.rights.states import AT_ANSWER, CLAUSE, Kind, Limb

OFFICE_OF_AUTHORITY: Final = "authority"
"""The recipient that a disclosure under art. 9(1) names: the body itself stands in the paper that is on file."""


@dataclass(frozen=True, slots=True)
class Writing:
    """One letter in the making."""

    work: Work
    r: Rights
    made: Case
    frame: Frame

    @property
    def names(self) -> Naming:
        """What its parts are called."""
        return Naming(self.work, self.r, self.made)

    @property
    def edition(self) -> Edition:
        """The policy in force."""
        return self.r.gate.in_force(self.work).edition

    def value(self, field: str, value: str) -> str:
        """A field's value as the letter's reader reads it."""
        return Wording(self.edition, self.made.language, {}).value(field, value)

    def done(self, *whats: What) -> list[Part]:
        """Parts of some kinds that were carried out."""
        return [p for p in self.made.parts if p.what in whats and p.state is PartState.DONE and p.reason != LISTED]


def frame(work: Work, r: Rights, made: Case, leaf: str, addressee: tuple[str, ...] = ()) -> Frame:
    """What stands around any letter of a case. `leaf` is the entry of what is answered."""
    clause, article = CLAUSE[made.kind]
    answering = [c.due for c in made.clocks if c.duty in AT_ANSWER] or [c.due for c in made.clocks if c.due != NEVER]
    return Frame(
        number=number(local_date(work.at), work.new_id()),
        answers=made.number,
        kind=made.kind.value,
        office=compose.letterhead(r.gate.in_force(work).edition.words),
        language=made.language,
        made_at=work.at,
        received_on=local_date(made.received_at),
        due=answering[-1] if answering else None,
        basis=Basis(clause, article),
        log=r.place(work, leaf),
        addressee=addressee,
    )


def answer(work: Work, r: Rights, made: Case, leaf: str, addressee: tuple[str, ...] = ()) -> LetterBody:
    """The answer to a case whose every part has an end. Raises Denied when the law does not let this member answer."""
    w = Writing(work, r, made, frame(work, r, made, leaf, addressee))
    whole = made.outcome == Outcome.REFUSED.value and made.kind not in _OWN_REFUSAL
    return compose.refused(w.frame, w.names.parts()) if whole else _KINDS[made.kind](w)


def not_identified(work: Work, r: Rights, made: Case, leaf: str, addressee: tuple[str, ...] = ()) -> LetterBody:
    """Nobody proved who asks: that is the reason, and a proof undoes it."""
    return compose.refused(frame(work, r, made, leaf, addressee), not_identified=True)


def wanting(work: Work, r: Rights, made: Case, leaf: str, wanted: tuple[str, ...], addressee: tuple[str, ...] = ()) -> LetterBody:
    """Which papers are wanted (codes such as `proof_of_value`), and the term that their coming starts."""
    rules = clocks.rules_of(made.kind, Limb.DOCUMENTS, local_date(work.at), r.gate.in_force(work).deadlines)
    duty = rules[0].duty if rules else "access-answer"
    length = rules[0].term if rules else Term.parse("3wd")
    basis = Basis(CLAUSE[made.kind][0], str(rules[0].source) if rules else CLAUSE[made.kind][1])
    term = LetterTerm(duty=duty, start="documents", amount=length.n, unit=length.unit.value, last=None, basis=basis)
    return compose.documents(frame(work, r, made, leaf, addressee), tuple(Said(code) for code in wanted), term, None)


# --- kind by kind ----------------------------------------------------------------------------------------------------------------------------


def _access(w: Writing) -> LetterBody:
    full = w.made.level >= Level.TWO_FACTORS
    papers = (w.made.id,)
    other = "" if w.made.representative else personnel.for_answer(w.work, w.r.gate, w.made.about, papers)
    if isinstance(other, Refusal):
        raise Denied("case_not_readable", decision=other.decision)
    answered = access.package(
        w.work,
        w.r.gate,
        w.r.holders,
        w.made.about,
        full=full,
        withholding=withheld,
        counterpart=other,
        documents=papers,
        language=w.made.language,
    )
    if isinstance(answered, Refusal):
        raise Denied("case_not_readable", decision=answered.decision)
    return compose.access(w.frame, sections(answered.package))


def _rectified(w: Writing) -> LetterBody:
    said = written(w.work, w.r, w.made.id)
    rows: list[tuple[Cell, Cell, Cell, Cell]] = []
    for part in w.done(What.FIELD):
        was = said.get(f"former_{part.no}") or said.get(f"former_gone_{part.no}") or ""
        now = said.get(f"part_{part.no}", "")
        rows.append((w.names.cell(part), w.value(part.target, was) or "–", w.value(part.target, now) or "–", Said("proof_of_value")))
    gone, kept = (any(name.startswith("former_gone_") is which for name in said if name.startswith("former_")) for which in (True, False))
    return compose.rectified(w.frame, tuple(rows), w.names.recipients(), w.names.parts(), kept=kept, gone=gone)


def _blocked(w: Writing) -> LetterBody:
    done = w.done(What.ALL, What.ITEM, What.RECIPIENT)
    states = {s.id: s for s in block.history(w.work, w.made.about)}
    since = [states[part.result].since for part in done if part.result in states]
    scope = tuple(w.names.cell(part) for part in done if part.what is not What.ALL)
    return compose.blocked(w.frame, min(since, default=None), scope, w.names.recipients(), w.names.parts())


def _released(w: Writing) -> LetterBody:
    done = w.done(What.STATE)
    states = {s.id: s for s in block.history(w.work, w.made.about)}
    ended = [at for part in done if part.target in states and (at := states[part.target].ended_at) is not None]
    return compose.released(w.frame, done[0].reason if done else "", max(ended, default=None), w.names.recipients(), w.names.parts())


def _destroyed(w: Writing) -> LetterBody:
    plans = [p.result for p in w.done(What.ALL, What.ITEM) if p.result]
    made = destroy.one(w.work, w.made.about, plans[0]) if plans else None
    told = destroy.account(w.work, w.r.desk.house, made) if made else None
    names = w.names
    if told is None:
        return compose.destroyed(w.frame, "", None, None, parts=names.parts())
    return compose.destroyed(
        w.frame,
        told.number,
        told.deleted_at,
        told.unrecoverable_by,
        told.gone,
        tuple(map(_kept, told.kept)),
        names.recipients(),
        names.parts(),
        names.category,
    )


def _kept(one: Kept) -> Kept:
    return one if one.what[:1].isdigit() or one.what in KEPT else replace(one, what="evidence")


def _withdrawn(w: Writing) -> LetterBody:
    due = next((c.due for c in w.made.clocks if c.duty == "withdrawal-stop"), None)
    names = w.names
    stopped = tuple(
        (names.cell(p), due if p.told else None)  # our own use stops at once; recipients have the term of the law
        for p in w.done(What.GRANT, What.CHANNEL)
    )
    going = [p for p in w.made.parts if p.state is PartState.REFUSED and p.cited]
    goes_on = tuple((names.cell(p), Basis(p.clause, p.article), None) for p in going)
    return compose.withdrawn(w.frame, stopped, goes_on, names.recipients(), names.parts())


def _public(w: Writing) -> LetterBody:
    said = written(w.work, w.r, w.made.id)
    choice = next(p.target for p in w.made.parts if p.what is What.PUBLICATION)
    today = local_date(w.work.at)
    places: list[tuple[Cell, date | None]] = []
    for part in w.made.parts:
        if part.what is What.PLACE:
            places.append((said.get(f"part_{part.no}") or w.names.cell(part), today if part.state is PartState.DONE else None))
    return compose.public(w.frame, choice, tuple(places), w.names.parts())


def _complaint(w: Writing) -> LetterBody:
    found = {"granted": "upheld", "partly": "partly", "refused": "rejected"}[w.made.outcome]
    upheld = tuple(w.names.cell(p) for p in w.done(What.CLAIM))
    return compose.complaint(w.frame, found, upheld, hold=bool(hold_of(w.made)), parts=w.names.parts())


def _objection(w: Writing) -> LetterBody:
    told = tuple(map(w.names.factors, factors(w.work, w.made)))
    return compose.objection(w.frame, "changed" if w.done(What.ALL, What.DECISION) else "kept", told, parts=w.names.parts())


def _authority(w: Writing) -> LetterBody:
    parts = list(w.names.parts())
    for part in w.done(What.ORDER):
        if part.target == DISCLOSE:
            parts += _disclosed(w, part)
    ordered = next((c.started for c in w.made.clocks if c.duty == clocks.ORDERED), local_date(w.made.received_at))
    return compose.authority(w.frame, _paper_number(w), ordered, tuple(parts), w.names.recipients())


def _disclosed(w: Writing, part: Part) -> list[LetterPart]:
    """The fields that an order names, opened for it alone; the transfer to the body is a decision of its own (5.1.1, art. 9(1))."""
    named = frozenset(p.target for p in w.made.parts if p.what is What.FIELD)
    actor = w.work.actor
    ask = Ask(
        Operation.DISTRIBUTE,
        w.made.about,
        w.r.gate.in_force(w.work).edition.form.purpose,
        named,
        ActorKind(actor.kind),
        actor.id,
        Occasion.AUTHORITY_DISCLOSURE,
        OFFICE_OF_AUTHORITY,
        ground=GROUND,
        citation="94-V art. 9(1)",
        documents=(part.document or w.made.id,),
    )
    permit = w.r.gate.ask(w.work, ask)
    if isinstance(permit, Refusal):
        raise Denied("case_not_readable", decision=permit.decision)
    opened = w.r.gate.open(w.work, permit)
    edition, language = w.edition, w.made.language
    values = {name: value for item in opened.values() for name, value in item.values.items()}
    told = [f"{edition.label(name, language)}: {w.value(name, value)}" for name, value in values.items() if name in edition.fields]
    return [LetterPart(what=line, state="done", basis=Basis("5.1.1", "94-V art. 9(1)")) for line in told]


def _paper_number(w: Writing) -> str:
    """The order's own number, as it was put on file; empty papers are named by the case."""
    for subject in filter(None, (w.made.about, w.made.subject)):
        for paper in requests.documents(w.work, subject):
            if paper.id in w.made.documents:
                return _opened(w, subject, paper.item).get("document_number", w.made.number)
    return w.made.number


def _opened(w: Writing, subject: str, item: str) -> dict[str, str]:
    actor, purpose = w.work.actor, w.r.gate.in_force(w.work).edition.form.purpose
    kind = ActorKind(actor.kind)
    ask = Ask(
        Operation.USE, subject, purpose, frozenset(), kind, actor.id, Occasion.OWN_ACCESS, documents=(w.made.id,), items=frozenset({item})
    )
    permit = w.r.gate.ask(w.work, ask)
    if isinstance(permit, Refusal):
        return {}
    opened = w.r.gate.open(w.work, permit)
    return dict(opened[item].values) if item in opened else {}


def _not_me(w: Writing) -> LetterBody:
    done = w.done(What.SUBMISSION)
    found = "kept" if not done else "merged" if done[0].reason == MERGE else "split"
    return compose.not_me(w.frame, found, w.names.parts(), guarded=bool(done))


_OWN_REFUSAL: Final = frozenset({Kind.COMPLAINT, Kind.AUTOMATED_OBJECTION, Kind.AUTHORITY_ORDER, Kind.NOT_ME})
"""Kinds whose letter says by itself that nothing came of it."""
_KINDS: Final[MappingProxyType[Kind, Callable[[Writing], LetterBody]]] = MappingProxyType(
    {
        Kind.ACCESS: _access,
        Kind.RECTIFY: _rectified,
        Kind.BLOCK: _blocked,
        Kind.UNBLOCK: _released,
        Kind.DESTROY: _destroyed,
        Kind.WITHDRAW: _withdrawn,
        Kind.PUBLIC_SOURCES: _public,
        Kind.COMPLAINT: _complaint,
        Kind.AUTOMATED_OBJECTION: _objection,
        Kind.AUTHORITY_ORDER: _authority,
        Kind.NOT_ME: _not_me,
    }
)
