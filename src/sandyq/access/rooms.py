"""From what the rooms of standing, acts and desk know of a person to the parts of the answer: consents, transfers, states, orders, destructions."""

from collections.abc import Iterable, Mapping, Sequence

from sandyq import destroy
from sandyq.access.parts import (
    Code,
    Consent,
    Destruction,
    Document,
    Form,
    Gone,
    Order,
    Recipient,
    Relation,
    Release,
    Representative,
    Standing,
    Transfer,
)
from sandyq.access.words import Codes
from sandyq.block.facts import Settled, State
from sandyq.clock import instant
from sandyq.collect.records import SubmissionRow
from sandyq.consent import ProvenGrant
from sandyq.db import Work
from sandyq.distribute import Kind
from sandyq.distribute import Transfer as Sent
from sandyq.distribute.facts import BASIS, HELD
from sandyq.parties.facts import Recipient as Party
from sandyq.parties.facts import Representative as Acting
from sandyq.relations.facts import Relation as Tie
from sandyq.requests import Document as Paper
from sandyq.requests import Request


def consents(codes: Codes, proofs: Iterable[ProvenGrant]) -> tuple[Consent, ...]:
    """Every choice with its proof, oldest first."""
    return tuple(_consent(codes, grant) for grant in proofs)


def _consent(codes: Codes, grant: ProvenGrant) -> Consent:
    text = grant.text
    return Consent(
        id=grant.id,
        kind=codes.word("consent", grant.kind.value),
        state=codes.word("grant", grant.state.value),
        purpose=codes.aim(grant.purpose) if grant.purpose else None,
        recipient=codes.party(grant.recipient) if grant.recipient else None,
        channel=grant.channel,
        country=grant.country,
        fields=codes.named(grant.fields),
        text=text.id,
        text_version=text.version,
        language=text.language,
        sha256=text.sha256.hex(),
        complete=text.complete,
        pressed=grant.pressed.value,
        via=codes.word("via", grant.via.value),
        door=grant.door,
        given_at=grant.given_at,
        expires_at=grant.expires_at,
        confirmed=tuple(Code(sent_at=code.sent_at, verified_at=code.verified_at) for code in grant.codes),
        evidence=grant.evidence,
        leaf=grant.leaf,
        ended_at=grant.ended_at,
        stops_by=grant.withdrawal_due,
        withdrawal_leaf=grant.withdrawal_leaf,
        proof_kept_until=grant.kept_until,
    )


def transfers(codes: Codes, history: Iterable[Sent]) -> tuple[Transfer, ...]:
    """The ledger of transfers, oldest first: leads, and what followed them."""
    return tuple(
        Transfer(
            id=sent.id,
            recipient=codes.party(sent.recipient),
            kind=sent.kind.value,
            state=codes.word("access.transfer", sent.state.value),
            purpose=codes.aim(sent.purpose),
            fields=codes.named(sent.fields),
            queued_at=sent.queued_at,
            sent_at=sent.sent_at,
            confirmed_at=sent.acked_at,
            confirmed=sent.confirmed,
            reminders=sent.chased,
            basis=codes.rests(*BASIS[sent.kind]),
            leaf=sent.leaf,
        )
        for sent in history
    )


def recipients(codes: Codes, history: Sequence[Sent], parties: Mapping[str, Party], refs: Iterable[str]) -> tuple[Recipient, ...]:
    """Who has, or must be taken to have, data: each with all fields that ever went, and whether it was told to destroy them."""
    known, found = set(refs), []
    for party_id in dict.fromkeys(sent.recipient for sent in history if sent.kind is Kind.LEAD and sent.state in HELD):
        leads = [sent for sent in history if sent.recipient == party_id and sent.kind is Kind.LEAD and sent.state in HELD]
        times = [lead.sent_at or lead.sending_at or lead.queued_at for lead in leads]
        party = parties.get(party_id)
        found.append(
            Recipient(
                id=party_id,
                name=codes.recipient(party_id),
                clause=party.clause if party else "",
                country=party.country if party else "",
                fields=codes.named(frozenset().union(*(lead.fields for lead in leads))),
                first_at=min(times),
                last_at=max(times),
                told_to_destroy=any(sent.recipient == party_id and sent.kind is Kind.DESTROY for sent in history),
                reference=party_id in known,
            )
        )
    return tuple(found)


def states(codes: Codes, history: Iterable[State], proposals: Sequence[Settled]) -> tuple[Standing, ...]:
    """Every state that ever stood over the data, oldest first, with the proposals to end it."""
    return tuple(
        Standing(
            id=state.id,
            kind=codes.word("order", state.kind.value),
            reason=codes.word("reason", state.reason.value),
            basis=codes.rests(state.basis.clause, state.basis.article),
            categories=tuple(codes.clause(category) for category in sorted(state.scope.categories)),
            items=tuple(sorted(state.scope.items)),
            purposes=codes.aims(state.scope.purposes),
            recipients=tuple(codes.party(party) for party in sorted(state.scope.recipients)),
            since=state.since,
            until=state.until,
            ended_at=state.ended_at,
            outcome=codes.word("outcome", state.outcome.value) if state.outcome else None,
            releases=tuple(
                Release(
                    outcome=codes.word("outcome", one.outcome.value),
                    proposed_at=one.proposed_at,
                    settled_at=one.settled_at,
                    settled_as=one.settled_as,
                )
                for one in proposals
                if one.state == state.id
            ),
        )
        for state in history
    )


def relations(codes: Codes, ties: Iterable[Tie]) -> tuple[Relation, ...]:
    """Contracts, applications, obligations, employment."""
    return tuple(
        Relation(
            id=tie.id,
            kind=tie.kind.value,
            started=tie.started,
            ended=tie.ended,
            fulfilled=tie.fulfilled,
            purposes=codes.aims(tie.purposes),
            party=codes.party(tie.party) if tie.party else None,
        )
        for tie in ties
    )


def representatives(subject: str, acting: Iterable[Acting]) -> tuple[Representative, ...]:
    """Who may act for the person, and for whom the person may act: by which document and how long. The other one is not named."""
    return tuple(
        Representative(
            id=one.id,
            kind=one.kind.value,
            for_you=one.subject == subject,
            scope=tuple(sorted(one.scope)),
            since=one.since,
            until=one.until,
            ended_at=one.ended_at,
        )
        for one in acting
    )


def forms(codes: Codes, rows: Iterable[SubmissionRow]) -> tuple[Form, ...]:
    """The forms that came in. That the desk looks at one first is not told apart from its being handled (design 11)."""
    return tuple(
        Form(
            id=row.id,
            state="waiting_code" if row.state == "waiting_code" else "received",
            door=row.door,
            language=row.language,
            purpose=codes.aim(row.purpose),
            received_at=instant(row.received_us),
            leaf=row.leaf,
        )
        for row in rows
    )


def orders(codes: Codes, requests: Iterable[Request]) -> tuple[Order, ...]:
    """The orders on the person, refused ones too."""
    return tuple(
        Order(
            id=one.id,
            kind=one.kind.value,
            state=one.state,
            reason=one.reason,
            by=codes.word("who", one.by_kind),
            received_at=one.received_at,
            due=one.due,
            decided_at=one.decided_at,
            decision=one.decision,
        )
        for one in requests
    )


def documents(codes: Codes, papers: Iterable[Paper]) -> tuple[Document, ...]:
    """The papers on file."""
    return tuple(
        Document(id=one.id, kind=one.kind.value, item=one.item, by=codes.word("who", one.by_kind), filed_at=one.filed_at) for one in papers
    )


def destructions(work: Work, codes: Codes, plans: Iterable[destroy.Plan]) -> tuple[Destruction, ...]:
    """Every destruction with what each of its steps removed."""
    return tuple(
        Destruction(
            id=plan.id,
            whole=plan.whole,
            items=tuple(sorted(plan.items)),
            basis=codes.rests(plan.basis.clause, plan.basis.article),
            planned_at=plan.planned_at,
            deleted_at=plan.deleted_at,
            done_at=plan.done_at,
            next_step=plan.next,
            certificate=plan.certificate,
            leaf=plan.leaf,
            gone=tuple(
                Gone(step=one.step, category=one.category, things=one.things, keys=one.keys, done_at=one.done_at)
                for one in destroy.receipts(work, plan)
            ),
        )
        for plan in plans
    )
