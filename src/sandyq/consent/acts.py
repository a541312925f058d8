"""What is done with consents: give or refuse, confirm by code, withdraw. One function, one entry of the log, the caller's unit of work."""

from collections.abc import Iterable, Sequence
from datetime import date
from operator import itemgetter

import msgspec

from sandyq import seal
from sandyq.audit import Act, Leaf, ledger, record
from sandyq.clock import micros
from sandyq.consent import records
from sandyq.consent.facts import CodeProof, ConsentStanding, NewGrant, PerGrant, Proof, ProvenGrant, Withdrawal, check, matter
from sandyq.db import Work
from sandyq.errors import Conflict, Misuse, NotFound
from sandyq.law.ask import Ask, ConsentFact
from sandyq.law.calendar import Calendar, local_date
from sandyq.law.deadlines import DeadlineRule, due_date, rule_for
from sandyq.law.decision import Permit
from sandyq.law.vocabulary import GrantKind, GrantState, StandingAct
from sandyq.register import subjects

_WITHDRAWAL_STOP = "withdrawal-stop"


def facts(work: Work, subject: str) -> tuple[ConsentFact, ...]:
    """Every choice of the person, oldest first; the law weighs which of them counts. What was never asked is not there."""
    return records.choices(work, subject)


def standing(work: Work, subject: str) -> ConsentStanding:
    """`facts` and the stopped channels."""
    return records.standing(work, subject)


def proofs(work: Work, subject: str) -> list[ProvenGrant]:
    """The person's consent page: every choice ever made, with its proof and its end, oldest first (2.18, art. 25(2)(5))."""
    return records.proofs(work, subject)


def give(work: Work, subject: str, grants: Sequence[NewGrant], proof: Proof, *, new_subject: bool = False) -> list[str]:
    """Record the choices of one submission, given and refused alike, and return their ids in order.

    `new_subject` says that the person was created in this very work: then nobody can be deciding on them, and there is nothing older that a
    refusal would end. Otherwise a refusal is an act that narrows: it locks out running decisions and stands in the ledger.
    Raises Invalid with every fault (2.18, 3.8; the Law art. 8, 25(2)(5)).
    """
    check(tuple(grants))
    if proof.given_at is not None and proof.given_at > work.at:
        raise Conflict("consent_given_in_the_future")
    rows = [(work.new_id(), grant) for grant in grants]
    refused = [(grant_id, grant) for grant_id, grant in rows if grant.state is GrantState.REFUSED]
    if refused and not new_subject:
        subjects.touch(work, subject)
        _note_refusals(work, subject, refused, proof)
    all_refused = len(refused) == len(rows)
    leaf = record(
        work,
        Leaf(
            Act.CONSENT_REFUSED if all_refused else Act.CONSENT_GIVEN,
            subject=subject,
            clause="2.18",
            article="94-V art. 8",
            count=len(rows),
            body_digest=seal.digest(choices_body(rows)).hex(),
        ),
    )
    records.add(work, subject, rows, proof, leaf)
    return [grant_id for grant_id, _ in rows]


def choices_body(rows: Iterable[tuple[str, NewGrant | ProvenGrant]]) -> bytes:
    """The document that the log entry of `give` vouches for: each choice with the digest of its text, as canonical JSON.

    It can be made again from `proofs`, so that the person's page can show it beside the proof of the log.
    """
    lines = []
    for grant_id, g in sorted(rows, key=_first):
        before, after = _line_kept(g) if isinstance(g, NewGrant) else _line(g)
        lines.append(before + msgspec.json.encode(grant_id) + after)
    return b"[" + b",".join(lines) + b"]"


def _line(g: NewGrant | ProvenGrant) -> tuple[bytes, bytes]:
    """A line of `choices_body`, before and after the id of the choice."""
    line = {  # by the order of the keys: this is canonical JSON
        "channel": g.channel,
        "country": g.country,
        "fields": msgspec.Raw(records.as_text(g.fields).encode()),
        "given": not _is_refusal(g),
        "id": "",
        "kind": g.kind.value,
        "language": g.text.language,
        "pressed": g.pressed.value,
        "purpose": g.purpose,
        "recipient": g.recipient,
        "sha256": g.text.sha256.hex(),
        "text": g.text.id,
        "version": g.text.version,
    }
    before, _, after = msgspec.json.encode(line).partition(b'"id":""')  # in a value a quote is escaped, so this is the key
    return before + b'"id":', after


_line_kept = PerGrant(_line)
_first = itemgetter(0)


def _is_refusal(grant: NewGrant | ProvenGrant) -> bool:
    return grant.state is GrantState.REFUSED


def _note_refusals(work: Work, subject: str, refused: Iterable[tuple[str, NewGrant]], proof: Proof) -> None:
    for grant_id, grant in refused:
        ledger.note(
            work,
            "consent.refuse",
            subject,
            grant=grant_id,
            grant_kind=grant.kind.value,
            purpose=grant.purpose,
            recipient=grant.recipient,
            channel=grant.channel,
            country=grant.country,
            pressed=grant.pressed.value,
            via=proof.via.value,
            kept_until=proof.kept_until.isoformat(),
        )


def confirm_by_code(work: Work, subject: str, code: CodeProof, *, leaf: str) -> None:
    """Tie a confirmed one-time code to the consents it confirmed: all that are given. `leaf` is the entry of the act that checked the
    code.
    """
    given = [fact.id for fact in facts(work, subject) if fact.state is GrantState.GIVEN and not fact.implied]
    records.add_code(work, subject, code, given, leaf)


def withdrawal_due(at_date: date, rules: Iterable[DeadlineRule], calendar: Calendar) -> date | None:
    """The last day to stop after a withdrawal on this local date (art. 8(7)); None where the law of that day sets no term."""
    rule = rule_for(rules, _WITHDRAWAL_STOP, at_date)
    return due_date(at_date, rule.term, calendar) if rule else None


def withdraw(
    work: Work,
    permit: Permit,
    grant_ids: Sequence[str],
    *,
    rules: Iterable[DeadlineRule],
    calendar: Calendar,
    kept_until: date,
) -> Withdrawal:
    """End consents: some of them, or all. Our own use stops with this act; the recipients' part has its term (4.1.5, art. 8(7), 24(1)(5)).

    Every live grant on the same matter ends with the named one. The proof stays until `kept_until` at least. Raises NotFound for a grant
    that is not this person's, Conflict when one is not given, Misuse when the permit was given for something else.
    """
    subject = _spend(work, permit)
    ended = _live_on_same_matters(records.proofs(work, subject), grant_ids, permit.ask)
    due = withdrawal_due(local_date(work.at), rules, calendar)
    subjects.touch(work, subject)
    ids = sorted(grant.id for grant in ended)
    body = msgspec.json.encode({"withdrawn": ids, "due": due.isoformat() if due else ""}, order="sorted")
    leaf = record(
        work,
        Leaf(
            Act.CONSENT_WITHDRAWN,
            subject=subject,
            clause="4.1.5",
            article="94-V art. 8(7)",
            decision=permit.decision,
            purpose=permit.ask.purpose,
            recipient=permit.ask.recipient,
            count=len(ids),
            body_digest=seal.digest(body).hex(),
        ),
    )
    due_text, kept = due.isoformat() if due else "", kept_until.isoformat()
    records.add_ends(work, subject, ids, records.End("withdrawn", permit.decision, due_text, calendar.version if due else "", kept, leaf))
    ledger.note(work, "consent.withdraw", subject, grants=",".join(ids), due=due_text, kept_until=kept)
    return Withdrawal(tuple(ids), frozenset(g.recipient for g in ended if g.recipient), work.at, due, leaf)


def _spend(work: Work, permit: Permit) -> str:
    if permit.ask.operation is not StandingAct.WITHDRAW:
        raise Misuse("permit_for_another_act", asked=permit.ask.operation.value, act="withdraw")
    work.spend(permit)
    return permit.ask.subject


def _live_on_same_matters(history: Sequence[ProvenGrant], grant_ids: Sequence[str], ask: Ask) -> list[ProvenGrant]:
    known = {grant.id: grant for grant in history}
    named = [known.get(grant_id) for grant_id in grant_ids]
    if not named or None in named:
        raise NotFound("consent_unknown")
    if any(grant.state is not GrantState.GIVEN for grant in named if grant):
        raise Conflict("consent_not_given_now")
    for grant in named:
        if grant and (
            (ask.purpose and grant.purpose not in ("", ask.purpose)) or (ask.recipient and grant.recipient not in ("", ask.recipient))
        ):
            raise Misuse("permit_for_another_consent", asked=ask.purpose, consent=grant.purpose)
    matters = {matter(grant) for grant in named if grant}
    return [grant for grant in history if grant.state is GrantState.GIVEN and matter(grant) in matters]


def marketing_granted_after(work: Work, subject: str, channel: str, us: int) -> bool:
    """Whether the person opted in to a channel, expressly and with proof, later than an instant (microseconds)."""
    return any(
        grant.kind is GrantKind.MARKETING and grant.channel == channel and grant.state is GrantState.GIVEN and not grant.implied
        for grant in records.proofs(work, subject)
        if micros(grant.given_at) > us
    )


def drop_run_out(work: Work, day: date, limit: int = 500) -> list[tuple[str, str]]:
    """Delete proofs whose own term ended before `day`; returns (subject, evidence item) of each, for the register to destroy. No entry of
    the log: the sweep that calls this writes it."""
    gone: dict[str, list[tuple[str, str]]] = {}
    for subject, grant, evidence in records.run_out(work, day, limit):
        gone.setdefault(subject, []).append((grant, evidence))
    for subject, grants in gone.items():
        records.drop_grants(work, subject, [grant for grant, _ in grants])
    return [(subject, evidence) for subject, grants in gone.items() for _, evidence in grants if evidence]
