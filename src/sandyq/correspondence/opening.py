"""Reading what was written: through the gate, for the person themselves or a member of staff with a grant, each look an entry of the log."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Final

from sandyq.audit import Act, Leaf, record
from sandyq.correspondence import records
from sandyq.correspondence.facts import Channel, Content, Entry, File, Proof
from sandyq.db import Work
from sandyq.errors import Denied, NotFound
from sandyq.gate import Gate
from sandyq.law.ask import Ask
from sandyq.law.decision import Permit, Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.policy.facts import Edition
from sandyq.register import identifiers, items, media

_READERS: Final = frozenset({ActorKind.SUBJECT, ActorKind.STAFF})


def purpose(edition: Edition) -> str:
    """The policy's purpose of correspondence (3.10); the form's where a policy names none."""
    found = (name for name, row in edition.policy.purposes.items() if row.clause == "3.10")
    return next(found, edition.form.purpose)


def permit(work: Work, gate: Gate, entry: Entry, item: str, actor: ActorKind, actor_id: str = "", *more: str) -> Permit | Refusal:
    """Ask for a piece of evidence (and `more`) by name: what a person wrote and was answered is theirs to have (4.1.1), whatever stands. The paper that staff
    rest on is the entry itself."""
    aim = purpose(gate.in_force(work).edition)
    asked = Ask(
        Operation.USE,
        entry.subject,
        aim,
        actor=actor,
        actor_id=actor_id,
        occasion=Occasion.OWN_ACCESS,
        documents=(entry.id,),
        items=frozenset({item, *more}),
    )
    return gate.ask(work, asked)


def _reader(work: Work) -> tuple[ActorKind, str]:
    """Who reads: the actor of the work. The door has made sure that a subject reads of themselves alone."""
    kind = ActorKind(work.actor.kind)
    if kind not in _READERS:
        raise Denied("actor_may_not")
    return kind, work.actor.id if kind is ActorKind.STAFF else ""


def said(work: Work, gate: Gate, entry: Entry) -> Mapping[str, str]:
    """What an entry says, opened for the office's own answer to who wrote it; nothing when the gate refuses."""
    answer = permit(work, gate, entry, entry.item, ActorKind.SUBJECT)
    return {} if isinstance(answer, Refusal) else gate.open(work, answer, [entry.item])[entry.item].values


def addressee(work: Work, gate: Gate, entry: Entry) -> tuple[str, str]:
    """Where a mail of ours goes, and the Message-ID that it answers: the address of the mail that came, or the e-mail that the register has. Empty when
    there is none, or the gate refuses."""
    if entry.answers:
        asked = records.one(work, entry.answers)
        values = said(work, gate, asked) if asked and asked.channel is Channel.MAIL else {}
        if values:
            return identifiers.email(values.get("sender", "")).value, values.get("message_id", "")
    aim = purpose(gate.in_force(work).edition)
    ask = Ask(Operation.USE, entry.subject, aim, frozenset({"email"}), ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)
    answer = gate.ask(work, ask)
    return ("" if isinstance(answer, Refusal) else items.values(gate.open(work, answer)).get("email", "")), ""


def read(work: Work, gate: Gate, entry: Entry) -> Content | Refusal:
    """Open what an entry says. Raises Denied for who is neither the person nor staff, NotFound when its evidence is gone."""
    if not entry.item:
        raise NotFound("item_gone")
    kind, who = _reader(work)
    noted = {event.id: event.item for event in records.events(work, entry.id) if event.item}
    answer = permit(work, gate, entry, entry.item, kind, who, *noted.values())
    if isinstance(answer, Refusal):
        return answer
    opened = gate.open(work, answer, [entry.item, *noted.values()])
    values = opened[entry.item].values
    leaf = record(work, Leaf(Act.LETTER_READ, entry.subject, "3.10", "94-V art. 14", decision=answer.decision, object=entry.id))
    proofs = tuple(
        Proof(event, opened[item].values.get("proof", ""), _attachments(work, entry, opened[item].values, item))
        for event, item in noted.items()
        if item in opened
    )
    return Content(entry, _shown(values), _attachments(work, entry, values, entry.item), _files(values), leaf, proofs)


def letter(work: Work, gate: Gate, entry: Entry) -> bytes | Refusal:
    """The body of an issued letter, the very bytes that the log vouches for."""
    found = read(work, gate, entry)
    if isinstance(found, Refusal):
        return found
    body = found.values.get("letter")
    if body is None:
        raise NotFound("entry_no_letter")
    return body.encode()


def attachment(work: Work, gate: Gate, folder: Path, entry: Entry, media_id: str) -> Iterator[bytes] | Refusal:
    """The clear bytes of one attached scan of an entry or of its proofs. Raises NotFound, Tampered."""
    homes = {entry.item, *(event.item for event in records.events(work, entry.id))} - {""}
    found = next((e for e in media.of(work, entry.subject) if e.media_id == media_id and e.item_id in homes), None)
    if found is None:
        raise NotFound("upload_unknown")
    kind, who = _reader(work)
    answer = permit(work, gate, entry, found.item_id, kind, who)
    if isinstance(answer, Refusal):
        return answer
    record(work, Leaf(Act.LETTER_READ, entry.subject, "3.10", "94-V art. 14", decision=answer.decision, object=entry.id, count=1))
    return media.open(work, gate.ring, answer, folder, media_id)


def _shown(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if not name.startswith(("file_", "attachment_"))}


def _attachments(work: Work, entry: Entry, values: Mapping[str, str], item: str) -> tuple[tuple[str, str, str], ...]:
    """In the order in which they came."""
    found = [(int(e.field.rpartition("_")[2]), e) for e in media.of(work, entry.subject) if e.item_id == item]
    return tuple((e.media_id, values.get(e.field, ""), e.kind) for _, e in sorted(found, key=itemgetter(0)))


def _files(values: Mapping[str, str]) -> tuple[File, ...]:
    found = []
    for name in sorted((n for n in values if n.endswith("_kind") and n.startswith("file_")), key=lambda n: int(n.split("_")[1])):
        place = name.removesuffix("_kind")
        try:
            found.append(File(values.get(place, ""), values[name], base64.b64decode(values.get(f"{place}_data", ""))))
        except binascii.Error:
            continue
    return tuple(found)
