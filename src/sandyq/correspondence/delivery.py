"""What becomes of a letter after it was queued: posted, delivered, fetched, returned, bounced, given up (3.10: proof of delivery, returned mail)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from sandyq import identity, outbox
from sandyq.audit import Act, Leaf, record
from sandyq.collect import evidence_end
from sandyq.correspondence import opening, records, tokens
from sandyq.correspondence.facts import MOVES, Channel, Direction, Entry, Event, Reason, Scan, State
from sandyq.correspondence.holder import GROUND, TERM
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid
from sandyq.gate import Gate
from sandyq.law.calendar import local_date
from sandyq.register import identifiers, items, media
from sandyq.register.items import NewItem

_CATEGORY: Final = "6.2.5"
_ACTS: Final = {
    State.REGISTERED: Act.LETTER_REGISTERED,
    State.QUEUED: Act.LETTER_QUEUED,
    State.SENT: Act.LETTER_SENT,
    State.DELIVERED: Act.LETTER_DELIVERED,
    State.FETCHED: Act.LETTER_FETCHED,
    State.RETURNED: Act.LETTER_RETURNED,
    State.BOUNCED: Act.LETTER_BOUNCED,
    State.FAILED: Act.LETTER_FAILED,
}
_PAGE: Final = 500
_BAD: Final = frozenset({State.RETURNED, State.BOUNCED, State.FAILED})


def happened(
    work: Work, entry: Entry, state: State, reason: Reason = Reason.NONE, *, item: str = "", on: date | None = None, scans: int = 0
) -> Entry:
    """The entry moves on, with an event and an entry of the log. Raises Conflict when it may not, or somebody was faster."""
    if state not in MOVES[entry.state]:
        raise Conflict("entry_moved_on", state=entry.state.value, wanted=state.value)
    if not records.move(work, entry, state):
        raise Conflict("entry_moved_on", state=entry.state.value, wanted=state.value)
    verdict = "failed" if state in _BAD else "done"
    leaf = record(work, Leaf(_ACTS[state], entry.subject, "3.10", "94-V art. 25(2)(6)", verdict, object=entry.id, count=scans))
    actor = work.actor
    made = Event(entry.subject, work.new_id(), entry.id, state, reason, item, on, work.at, actor.kind, actor.id, leaf)
    records.add_event(work, made)
    return replace(entry, state=state)


def posted(work: Work, gate: Gate, entry: Entry, waybill: str, on: date | None = None) -> Entry:
    """A printed letter went to the post or a courier under a waybill. Raises Invalid, Conflict."""
    _on_paper(entry)
    item = _proof(work, gate, entry, waybill, (), on)
    return happened(work, entry, State.SENT, item=item, on=on)


def delivered(work: Work, gate: Gate, entry: Entry, on: date | None, *, note: str = "", scans: Sequence[Scan] = ()) -> Entry:
    """There is proof that it arrived: a receipt, a signature, what the courier said (`note`, sealed), a scan. Raises Invalid, Conflict."""
    if not note and not scans and entry.channel is not Channel.MAIL:
        raise Invalid([FieldError("proof", "missing", cites=("3.10",))])
    item = _proof(work, gate, entry, note, scans, on)
    return happened(work, entry, State.DELIVERED, item=item, on=on, scans=len(scans))


def returned(work: Work, gate: Gate, entry: Entry, on: date, reason: Reason, *, note: str = "", scans: Sequence[Scan] = ()) -> Entry:
    """The post or courier brought it back. The address is then known to be wrong: the desk finds another way. Raises Invalid, Conflict."""
    _on_paper(entry)
    item = _proof(work, gate, entry, note, scans, on)
    return happened(work, entry, State.RETURNED, reason, item=item, on=on, scans=len(scans))


def fetched(work: Work, entry: Entry) -> Entry:
    """The person opened the letter on their pages, also one that was posted or came back; again is nothing new."""
    return entry if entry.state is State.FETCHED else happened(work, entry, State.FETCHED)


def bounced(work: Work, gate: Gate, entry: Entry, reason: Reason = Reason.MAILBOX_REFUSED) -> Entry:
    """The address takes no mail: whoever signs in with it must come to the desk first. A report that comes twice, or after the letter was fetched,
    changes nothing."""
    if entry.direction is not Direction.OUT or State.BOUNCED not in MOVES[entry.state]:
        return entry
    address, _ = opening.addressee(work, gate, entry)
    if address:
        identity.bounced(work, gate, "email", address)
    return happened(work, entry, State.BOUNCED, reason)


def again(work: Work, entry: Entry) -> Entry:
    """Send once more what bounced, came back or was given up. Raises Conflict."""
    moved = happened(work, entry, State.QUEUED)
    if entry.channel is Channel.MAIL:
        outbox.put(work, "mail", f"{entry.subject}:{entry.id}")
    return moved


def stopped(work: Work) -> int:
    """After a restore nothing old leaves: each mail that waited is given up visibly, so that the desk decides whether it goes again (design 16)."""
    count, after = 0, ""
    while found := records.queued(work, Channel.MAIL, after, _PAGE):
        for entry in found:
            happened(work, entry, State.FAILED, Reason.GIVEN_UP)
        count, after = count + len(found), found[-1].id
    return count


def _on_paper(entry: Entry) -> None:
    if entry.channel not in (Channel.PAPER, Channel.COURIER) or entry.direction is not Direction.OUT:
        raise Conflict("entry_not_on_paper")


def _proof(work: Work, gate: Gate, entry: Entry, note: str, scans: Sequence[Scan], on: date | None) -> str:
    """Waybill and proof, sealed; they name people and places."""
    checked = identifiers.line(note)
    faults = [FieldError("note", checked.error)] if checked.error else []
    if on is not None and on > local_date(work.at):
        faults.append(FieldError("on", "date_in_future", cites=("3.10",)))
    if faults:
        raise Invalid(faults)
    if not checked.value and not scans:
        return ""
    if checked.value:
        records.put_mark(work, tokens.mark(gate.ring, checked.value), entry.subject, entry.id)
    fields = {"proof": checked.value} | {f"attachment_{n}": scan.name for n, scan in enumerate(scans, 1)}
    until = evidence_end(gate.in_force(work).edition, local_date(work.at))
    sealed = NewItem(_CATEGORY, fields, ground=GROUND, term_rule=TERM, term_end=until, klass="evidence")
    item = items.put_evidence(work, gate.ring, entry.subject, sealed)
    for place, scan in enumerate(scans, 1):
        media.keep(work, gate.ring, entry.subject, scan.upload, item, f"attachment_{place}")
    return item
