"""Answering a person's right to know: one act gathers everything from every room and every holder, and the log vouches for what was given
(policy 4.1.1; the Law art. 24(1)(1), 25(2)(6), 25(2)(9)).

A block does not stop it (2.2), a destroyed person gets what is left, and the two sides of the wall of 3.7 meet here and nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from sandyq import block, collect, consent, destroy, distribute, parties, relations, requests, seal, staff
from sandyq.access import gathering, rooms, traces
from sandyq.access.facts import SECTIONS, Held, LogState, Package
from sandyq.access.office import APPEAL, RIGHTS, limits, operator, policy_in_force, rights
from sandyq.access.parts import Decision, Item, Person, Stop
from sandyq.access.silence import Hidden, Withheld, Withholding, noted
from sandyq.access.words import Codes
from sandyq.audit import Act, Leaf, history, record
from sandyq.audit.note import SignedCheckpoint
from sandyq.block import records as states
from sandyq.clock import instant
from sandyq.consent import records as agreed
from sandyq.db import Work
from sandyq.distribute import records as ledger
from sandyq.errors import Denied
from sandyq.gate import Gate
from sandyq.gate import records as decided
from sandyq.gate.facts import gather
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.decision import Permit, Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.parties import records as acting
from sandyq.parties.facts import Recipient
from sandyq.register import items, media, subjects
from sandyq.register.holder import Holder
from sandyq.register.items import Legal
from sandyq.register.keystore import datakeys
from sandyq.register.subjects import Seen

CLAUSE: Final = "4.1.1"
ARTICLE: Final = "94-V art. 24(1)(1), 25(2)(6), 25(2)(9)"
OWN_SECTIONS: Final = frozenset(
    {"register", "consent", "block", "relations", "parties", "distribute", "collect", "audit_salt", "leaf_link"}
)
"""Holders whose rooms have sections of their own; what any other holder shows stands among `others`."""
_WHOLE_LOG: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was given: its entry of the log, which vouches for `digest`, and the decision it rests on. `withheld` is for the desk alone: what the person is
    not told, and under which limb."""

    package: Package
    leaf: str
    decision: str
    digest: str
    withheld: tuple[Hidden, ...] = ()


def package(
    work: Work,
    gate: Gate,
    holders: Sequence[Holder],
    subject: str,
    *,
    full: bool,
    withholding: Withholding,
    counterpart: str = "",
    documents: tuple[str, ...] = (),
    language: str = "kk",
    log: SignedCheckpoint | None = None,
) -> Answered | Refusal:
    """Everything about a person, as one document. `counterpart` is the same person on the other side of the wall (`personnel` knows it).

    `full` shows values in clear: for a person who proved two factors, or a desk check; else they are masked. Staff name the request they
    answer in `documents`. `withholding` says of which disclosures to authorities the person must not learn. `log` is the checkpoint that
    the answer carries. Raises Denied (`answer_incomplete`) when the grants of a member of staff would leave something out: half an answer
    is none. A refusal of the gate is a value.
    """
    found: list[tuple[Held, str, Withheld]] = []
    names = {party.id: party for party in parties.recipients(work, gate.ring.office("parties"))}
    codes = Codes(gate.in_force(work).edition, language, {party.id: party.name for party in names.values()})
    roles = {member.id: member.role for member in staff.members(work)}
    for one in (subject, counterpart) if counterpart else (subject,):
        silence = withholding(work, one)
        told = _Telling(work, gate, holders, one, codes, names, roles, full, silence).told(documents)
        if isinstance(told, Refusal):
            return told
        found.append((*told, silence))
    made = Package(
        language=language,
        made_at=work.at,
        full=full,
        operator=operator(codes),
        policy=policy_in_force(codes, gate.in_force(work).installed),
        people=tuple(held for held, _, _ in found),
        rights=(*rights(codes, RIGHTS), *limits(codes, local_date(work.at))),
        appeal=rights(codes, APPEAL),
        log=_log_state(log),
    )
    digest = made.digest
    leaf = _recorded(work, subject, *found[0], digest)
    for held, decision, silence in found[1:]:
        # vouched for by itself: an entry that named the other one would join the two in the log (3.7)
        _recorded(work, counterpart, held, decision, silence, seal.digest(msgspec.json.encode(held, order="sorted")).hex())
    return Answered(made, leaf, found[0][1], digest, tuple(one for *_, silence in found for one in silence.disclosures))


def own_access(
    work: Work, gate: Gate, subject: str, *, items: frozenset[str], fields: frozenset[str], documents: tuple[str, ...], wall: str = "client"
) -> Ask:
    """The question of art. 24(1)(1) as whoever works here asks it: these items and fields of a person, for the purpose of their side of the wall."""
    edition = gate.in_force(work).edition
    hr = next((purpose.id for purpose in edition.policy.purposes.values() if purpose.hr), "")
    return Ask(
        Operation.USE,
        subject,
        hr if wall == "staff" else edition.form.purpose,
        fields,
        actor=ActorKind(work.actor.kind),
        actor_id=work.actor.id,
        occasion=Occasion.OWN_ACCESS,
        documents=documents,
        items=items,
    )


def _log_state(log: SignedCheckpoint | None) -> LogState | None:
    if log is None:
        return None
    return LogState(origin=log.head.origin, size=log.head.size, root=log.head.root.hex(), checkpoint=str(log.note))


def _recorded(work: Work, subject: str, held: Held, decision: str, silence: Withheld, digest: str) -> str:
    """One entry for the answer, one under it for each kind of thing that was told, and one, the same for everybody, for what may be withheld."""
    count = sum(len(item.values) for item in (*held.data, *held.evidence))
    leaf = record(work, Leaf(Act.EXPORTED, subject, CLAUSE, ARTICLE, decision=decision, count=count, body_digest=digest))
    for section in SECTIONS:
        things = getattr(held, section)
        if things:
            clauses = ",".join(dict.fromkeys(item.category.code for item in things)) if section in ("data", "evidence") else ""
            under = Leaf(Act.EXPORTED, subject, CLAUSE, ARTICLE, object=section, category=clauses, count=len(things), parent=leaf)
            record(work, under)
    noted(work, subject, leaf, silence, local_date(work.at))
    return leaf


@dataclass(frozen=True, slots=True)
class _Telling:
    """One subject of an answer."""

    work: Work
    gate: Gate
    holders: Sequence[Holder]
    subject: str
    codes: Codes
    names: Mapping[str, Recipient]
    roles: Mapping[str, str]
    full: bool
    silence: Withheld

    def told(self, documents: tuple[str, ...]) -> tuple[Held, str] | Refusal:
        work, subject = self.work, self.subject
        seen = subjects.see(work, subject)
        legal = [one for one in items.legal(work, subject) if one.item_id not in self.silence.ids]
        readable = datakeys.ids(work, subject)
        asked = self._ask(seen, legal, readable, documents)
        permit = self.gate.ask(work, asked)
        if isinstance(permit, Refusal):
            return permit
        self._complete(permit)
        facts = gather(work, asked, self.gate.in_force(work).installed)
        opened = self.gate.open(work, permit) if asked.items else {}
        log = [row for row in history.about(work, subject, limit=_WHOLE_LOG)[::-1] if not self.silence.hides(row.entry)]
        answers = [one for one in decided.answers(work, subject) if one[0] not in self.silence.decisions]
        decisions = traces.decisions(self.codes, answers)
        alone = frozenset(one.id for one in decisions if one.automated)
        known = gathering.Known(self.codes, facts, self.codes.edition.policy, work.at, self.full, log, alone)
        data, evidence = gathering.items(known, legal, opened)
        held = self._held(seen, known, data, evidence, decisions)
        bodies = traces.disclosed(self.codes, answers)
        return msgspec.structs.replace(held, recipients=(*held.recipients, *bodies)), permit.decision

    def _ask(self, seen: Seen, legal: Sequence[Legal], readable: set[str], documents: tuple[str, ...]) -> Ask:
        """Every version of every item by name, so that the law sees them all; of a destroyed person what is kept as evidence. With nothing to
        open the question is asked all the same: whether this answer may be given to whoever asks."""
        gone = seen.destroyed_at is not None
        named = frozenset(i.item_id for i in legal if i.item_id in readable and not (gone and i.klass == "data"))
        known = frozenset(self.codes.edition.policy.fields)
        fields = frozenset().union(*(i.fields for i in legal if i.item_id in named)) if named else known
        return own_access(self.work, self.gate, self.subject, items=named, fields=fields, documents=documents, wall=seen.fact.wall)

    @staticmethod
    def _complete(permit: Permit) -> None:
        if permit.ask.fields - permit.fields or permit.verdict.withheld:
            raise Denied("answer_incomplete", remedy="let somebody answer whose grants cover every category")

    def _held(
        self, seen: Seen, known: gathering.Known, data: tuple[Item, ...], evidence: tuple[Item, ...], decisions: tuple[Decision, ...]
    ) -> Held:
        work, subject, codes = self.work, self.subject, self.codes
        proofs = rooms.consents(codes, consent.proofs(work, subject))
        sent = distribute.history(work, subject)
        forms = rooms.forms(codes, collect.submissions(work, subject))
        plans = destroy.plans(work, subject)
        kept_back = self.silence.ids
        return Held(
            role=codes.word("access.role", seen.fact.wall),
            held=bool(data or evidence),
            person=_person(seen),
            data=data,
            evidence=evidence,
            files=gathering.files(known, [one for one in media.of(work, subject) if one.item_id not in kept_back]),
            purposes=codes.clauses(dict.fromkeys(p.code for item in data for p in item.purposes)),
            sources=tuple({item.source.kind.code: item.source.kind for item in data}.values()),
            methods=traces.methods(codes, forms, data, proofs, decisions),
            consents=proofs,
            stops=tuple(Stop(channel=name, since=instant(us)) for name, us in sorted(agreed.stops(work, subject).items())),
            transfers=rooms.transfers(codes, sent),
            recipients=rooms.recipients(codes, sent, self.names, ledger.refs(work, subject)),
            states=rooms.states(codes, block.history(work, subject), states.settled(work, subject)),
            relations=rooms.relations(codes, relations.all_of(work, subject)),
            representatives=rooms.representatives(subject, acting.naming(work, subject)),
            forms=forms,
            orders=rooms.orders(codes, requests.of_subject(work, subject)),
            documents=rooms.documents(codes, [one for one in requests.documents(work, subject) if one.id not in kept_back]),
            decisions=decisions,
            destructions=rooms.destructions(work, codes, plans),
            looks=traces.looks(codes, known.log, self.roles),
            log=traces.entries(codes, known.log),
            others=traces.others(
                one for h in self.holders if h.name not in OWN_SECTIONS for one in h.show(work, subject) if one.id not in kept_back
            ),
            kept=traces.kept(
                codes, (one for h in self.holders for one in h.kept(work, subject) if one.id not in kept_back) if plans else ()
            ),
        )


def _person(seen: Seen) -> Person:
    return Person(
        subject=seen.fact.id,
        kind=seen.fact.kind,
        since=seen.created_at,
        iin_verified=seen.fact.iin_verified,
        phone_verified=seen.fact.phone_verified,
        destroyed_at=seen.destroyed_at,
    )
