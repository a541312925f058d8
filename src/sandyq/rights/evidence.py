"""An evidence package for a court or an authority: what happened to one request, so that somebody outside can check it without us (4.1.7, 5.1.1; the Law
art. 9(1), 24(1)(7), 25(2)(5)). The form and what it holds stand in docs/adr/0012-evidence-package.md.

It takes two members of staff, like everything that leaves the house in bulk, and a paper of the court or authority that is on file. The gate decides it as
a disclosure. It holds no value of the person: ids, days, digests, and the entries of the log about this person, each to be proved by the door.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sandyq import consent, correspondence, distribute, parties, requests
from sandyq.audit import Act, history
from sandyq.audit.recording import Entry
from sandyq.db import Work
from sandyq.errors import Conflict, Denied, FieldError, NotReady, SandyqError
from sandyq.law.ask import Ask
from sandyq.law.calendar import Calendar
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.rights import clocks, records
from sandyq.rights.composing import OFFICE_OF_AUTHORITY
from sandyq.rights.desk import Rights, demand, staff_only, taken
from sandyq.rights.facts import Case, Clock, Event, Part
from sandyq.rights.history import note
from sandyq.rights.kinds.authority import ASKED, DROPPED, EVENTS, GROUND, KINDS, MADE, PAPERS

FORMAT: Final = "sandyq-evidence-1"
_ACKNOWLEDGED: Final = frozenset({Act.TRANSFER_ACKNOWLEDGED.value, Act.RECALL_CONFIRMED.value})
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was packed: the document as canonical JSON, the entry that vouches for its digest, the entries whose proofs belong beside it, and by the entry of
    each the documents that consents were logged with."""

    case: str
    number: str
    made_at: datetime
    body: bytes
    digest: str
    leaf: str
    entries: tuple[str, ...]
    choices: Mapping[str, bytes]


def ask_evidence(work: Work, r: Rights, case_id: str, document: str = "") -> Case:
    """The first of two members asks that the evidence of a case is packed for the court or authority whose paper is on file: `document`, or one that the case
    has already. It may come long after the answer. Raises Conflict, Invalid."""
    staff_only(work)
    made = taken(work, case_id)
    if made.kind not in KINDS or not made.about:
        raise Conflict("case_has_no_evidence")
    if document:
        records.add_documents(work, made, (document,), work.at)
        made = replace(made, documents=(*made.documents, document))
    paper = _paper(work, made, document)
    demand([] if paper else [FieldError("document", "paper_of_authority_wanted", {}, ("5.1.1", "94-V art. 9(1)"))])
    if asked_by(work, made):
        raise Conflict("evidence_asked_already")
    note(work, made, ASKED, new=paper)
    return made


def drop_evidence(work: Work, r: Rights, case_id: str) -> Case:
    """Nothing is packed: either member takes the question back. Raises Conflict."""
    staff_only(work)
    made = taken(work, case_id)
    if not asked_by(work, made):
        raise Conflict("evidence_not_asked")
    note(work, made, DROPPED)
    return made


def asked_by(work: Work, made: Case) -> str:
    """Who asked for the evidence that is not packed yet; empty where nobody did."""
    last = _question(work, made)
    return last.by_id if last else ""


def pack_evidence(work: Work, r: Rights, case_id: str, calendar: Calendar, published: int) -> Evidence | Refusal:
    """The second member has it packed, once. The entries of the log that `published` (the size of the checkpoint) covers can be proved now; what is newer is
    named as such. A refusal by law is a value. Raises Conflict where nobody asked, Denied for whoever asked, NotReady before the first checkpoint."""
    if not published:
        raise NotReady("log_not_published", remedy="ask again in a second")
    member = staff_only(work)
    made = taken(work, case_id)
    first = asked_by(work, made)
    if not first:
        raise Conflict("evidence_not_asked")
    if first == member:
        raise Denied("decision_needs_another_person")
    permit = r.gate.ask(work, _ask(work, r, made))
    if isinstance(permit, Refusal):
        return permit
    work.spend(permit)
    rows = _rows(work, made)
    covered = tuple(row.entry.id for row in rows if row.number < published)
    body = _canonical(_document(work, r, made, calendar, [row.entry for row in rows], covered, permit.decision))
    digest = hashlib.sha256(body).hexdigest()
    leaf = note(work, made, MADE, decision=permit.decision, digest=digest)
    return Evidence(made.id, made.number, work.at, body, digest, leaf, covered, _choices(work, made.about))


def _question(work: Work, made: Case) -> Event | None:
    """The event by which the evidence was asked that is not packed yet."""
    last = next((e for e in reversed(records.events(work, made)) if e.act in EVENTS), None)
    return last if last and last.act == ASKED else None


def _paper(work: Work, made: Case, named: str = "") -> str:
    """The paper of a court or an authority by which the evidence is asked: the one that is named, else the newest of this case. What the person brought with
    their complaint comes last: an act of a court in their own favour asks us for nothing."""
    on_file = [p for subject in {made.about, made.subject} for p in requests.documents(work, subject)]
    fitting = [p for p in on_file if p.id in made.documents and p.kind in PAPERS and p.id == (named or p.id)]
    return max(fitting, key=lambda p: (p.by_kind != "subject", p.filed_at, p.id)).id if fitting else ""


def _asking(work: Work, made: Case) -> str:
    question = _question(work, made)
    return (question.new if question else "") or _paper(work, made) or made.id


def _ask(work: Work, r: Rights, made: Case) -> Ask:
    actor, purpose = work.actor, r.gate.in_force(work).edition.form.purpose
    return Ask(
        Operation.DISTRIBUTE,
        made.about,
        purpose,
        frozenset(),
        ActorKind(actor.kind),
        actor.id,
        Occasion.AUTHORITY_DISCLOSURE,
        OFFICE_OF_AUTHORITY,
        ground=GROUND,
        citation="94-V art. 9(1)",
        documents=(_asking(work, made),),
    )


def _rows(work: Work, made: Case) -> list[history.Numbered]:
    """Every numbered entry about the person, oldest first. Who asked may be somebody else: one who had proved nothing yet, or a representative with a life of
    their own; of their entries those of this case alone belong here."""
    rows = _about(work, made.about)
    if made.subject != made.about:
        letters = correspondence.of_case(work, made.id)
        own = {made.id, made.entry, *(letter.id for letter in letters)} - {""}
        leaves = {event.leaf for event in records.events(work, made)} | {letter.leaf for letter in letters}
        rows += [row for row in _about(work, made.subject) if row.entry.object in own or row.entry.id in leaves]
    found = {row.number: row for row in rows}
    return [found[number] for number in sorted(found)]


def _about(work: Work, subject: str) -> list[history.Numbered]:
    found: list[history.Numbered] = []
    page = history.about(work, subject, limit=_PAGE)
    while page:
        found += page
        page = history.about(work, subject, before=found[-1].number, limit=_PAGE)
    return found


def _choices(work: Work, subject: str) -> dict[str, bytes]:
    """By the entry that vouches for it: the document of each giving of consents."""
    by_leaf: dict[str, list[tuple[str, consent.ProvenGrant]]] = {}
    for grant in consent.proofs(work, subject):
        by_leaf.setdefault(grant.leaf, []).append((grant.id, grant))
    return {leaf: consent.choices_body(rows) for leaf, rows in by_leaf.items()}


# --- the document ----------------------------------------------------------------------------------------------------------------------------


def _document(
    work: Work, r: Rights, made: Case, calendar: Calendar, entries: Sequence[Entry], covered: tuple[str, ...], decision: str
) -> dict[str, Any]:
    names = {party.id: party.name for party in parties.recipients(work, r.gate.ring.office("parties"))}
    events = records.events(work, made)
    later = {e.id for e in entries} | {event.leaf for event in events}
    force = r.gate.in_force(work)
    return {
        "format": FORMAT,
        "made_at": _when(work.at),
        "decision": decision,
        "policy": force.installed.policy_digest,
        "pack": force.installed.pack_digest,
        "subject": made.about,
        "case": _case(made),
        "clocks": [_clock(clock, calendar) for clock in made.clocks],
        "parts": [_part(part) for part in made.parts],
        "events": [
            {
                "at": _when(e.at),
                "act": e.act,
                "from": e.old,
                "to": e.new,
                "reason": e.reason,
                "by": e.by_kind,
                "by_id": e.by_id,
                "leaf": e.leaf,
            }
            for e in events
        ],
        "letters": [
            {
                "number": e.number,
                "on": _when(e.on),
                "direction": e.direction.value,
                "channel": e.channel.value,
                "digest": e.digest,
                "leaf": e.leaf,
            }
            for e in correspondence.of_case(work, made.id)
        ],
        "consents": [_consent(grant, names) for grant in consent.proofs(work, made.about)],
        "transfers": [_transfer(t, names) for t in distribute.history(work, made.about)],
        "acknowledgements": [
            {"transfer": e.object, "recipient": e.recipient, "at": e.at, "digest": e.body_digest, "leaf": e.id}
            for e in entries
            if e.act in _ACKNOWLEDGED
        ],
        "entries": list(covered),
        "later": sorted(later - set(covered)),
    }


def _case(made: Case) -> dict[str, Any]:
    return {
        "id": made.id,
        "number": made.number,
        "kind": made.kind.value,
        "channel": made.channel.value,
        "state": made.state.value,
        "outcome": made.outcome,
        "stage": made.stage,
        "received_at": _when(made.received_at),
    }


def _clock(clock: Clock, calendar: Calendar) -> dict[str, Any]:
    counted = []
    try:
        due = clocks.explain(clock, calendar)
        counted = [{"day": _day(d.date), "counts": d.counted, "why": getattr(d.reason, "code", "")} for d in due.counted] if due else []
    except SandyqError:  # a term that leaves the table of days: its last day stands, its count cannot be shown
        pass
    return {
        "duty": clock.duty,
        "rule": clock.rule,
        "started": _day(clock.started),
        "term": clock.term,
        "due": _day(clock.due),
        "state": clock.state.value,
        "met_at": _when(clock.met_at),
        "paused_for": clock.paused_for,
        "calendar": clock.calendar,
        "counted": counted,
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "no": part.no,
        "what": part.what.value,
        "state": part.state.value,
        "reason": part.reason,
        "clause": part.clause,
        "article": part.article,
        "decision": part.decision,
    }


def _consent(grant: consent.ProvenGrant, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": grant.id,
        "kind": grant.kind.value,
        "state": grant.state.value,
        "purpose": grant.purpose,
        "recipient": names.get(grant.recipient, grant.recipient),
        "text": grant.text.id,
        "version": grant.text.version,
        "language": grant.text.language,
        "sha256": grant.text.sha256.hex(),
        "via": grant.via.value,
        "given_at": _when(grant.given_at),
        "ended_at": _when(grant.ended_at),
        "leaf": grant.leaf,
    }


def _transfer(transfer: distribute.Transfer, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": transfer.id,
        "recipient": names.get(transfer.recipient, transfer.recipient),
        "kind": transfer.kind.value,
        "purpose": transfer.purpose,
        "fields": sorted(transfer.fields),
        "state": transfer.state.value,
        "decision": transfer.decision,
        "sent_at": _when(transfer.sent_at),
        "confirmed_at": _when(transfer.acked_at),
        "leaf": transfer.leaf,
    }


def _canonical(document: Mapping[str, Any]) -> bytes:
    """Keys in order, no blanks, UTF-8: the same document has the same bytes everywhere."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _when(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _day(on: date) -> str:
    return on.isoformat()
