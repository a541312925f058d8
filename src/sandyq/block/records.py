"""Tables of states and of proposals to end them."""

from collections.abc import Iterable
from datetime import date

import msgspec

from sandyq.block.facts import Outcome, Proposal, Reason, Scope, Settled, State
from sandyq.clock import instant
from sandyq.db import Row, Statement, Work
from sandyq.law.ask import StateFact
from sandyq.law.vocabulary import StateKind
from sandyq.register.holder import Column, Kind

_TERM = "with-subject"

_CLASSES: tuple[tuple[str, Kind, str], ...] = (
    ("block_state", "pseudonym", "subject_id state_id items document by_id decision leaf"),
    ("block_state", "none", "kind reason categories purposes recipients since_us until by_kind ended_us outcome"),
    ("release_proposal", "pseudonym", "subject_id proposal_id state_id document proposed_by decision settled_by settled_decision"),
    ("release_proposal", "none", "outcome proposed_us settled_us settled_as"),
)

COLUMNS = {f"{table}.{column}": Column(kind, "block", _TERM) for table, kind, columns in _CLASSES for column in columns.split()}

_names = msgspec.json.Decoder(list[str]).decode


def _text(names: Iterable[str]) -> str:
    return msgspec.json.encode(sorted(names)).decode()


_FACTS = (
    "SELECT state_id, kind, since_us, until, categories, items, purposes, recipients, reason FROM block_state"
    " WHERE subject_id = ? AND ended_us IS NULL"
)


def asked_by_gate(subject: str) -> tuple[Statement, ...]:
    """The read of `facts`, to be sent ahead."""
    return ((_FACTS, (subject,)),)


def facts(work: Work, subject: str) -> tuple[StateFact, ...]:
    """What stands over a subject now."""
    rows = work.durable.all(_FACTS, subject)  # few, so they are put in order here
    return tuple([_fact(row) for row in sorted(rows)]) if rows else ()


def _fact(row: Row) -> StateFact:
    state_id, kind, since, until, categories, items, purposes, recipients, reason = row
    return StateFact(
        id=state_id,
        kind=StateKind(kind),
        since=instant(since),
        until=date.fromisoformat(until) if until else None,
        categories=frozenset(_names(categories)),
        items=frozenset(_names(items)),
        purposes=frozenset(_names(purposes)),
        recipients=frozenset(_names(recipients)),
        reason=reason,
    )


_STATE = (
    "SELECT state_id, subject_id, kind, reason, categories, items, purposes, recipients, document, since_us, until, by_kind, by_id, leaf,"
    " ended_us, outcome FROM block_state WHERE subject_id = ?"
)


_HISTORY = _STATE + " ORDER BY state_id"


def asked_by_desk(subject: str, proposal_id: str = "") -> tuple[Statement, ...]:
    """The reads of `history`, and of `proposal` where one is named, to be sent ahead."""
    proposed = ((_ONE_PROPOSAL, (subject, proposal_id)),) if proposal_id else ()
    return (_HISTORY, (subject,)), *proposed


def history(work: Work, subject: str) -> list[State]:
    """Every state a subject ever had, oldest first."""
    return [_state(row) for row in work.durable.all(_HISTORY, subject)]


def state(work: Work, subject: str, state_id: str) -> State | None:
    """One state of a subject, who has few."""
    return next((found for found in history(work, subject) if found.id == state_id), None)


def _state(row: Row) -> State:
    (
        state_id,
        subject,
        kind,
        reason,
        categories,
        items,
        purposes,
        recipients,
        document,
        since,
        until,
        by_kind,
        by_id,
        leaf,
        ended,
        outcome,
    ) = row
    return State(
        id=state_id,
        subject=subject,
        kind=StateKind(kind),
        reason=Reason(reason),
        scope=Scope(*(frozenset(_names(part)) for part in (categories, items, purposes, recipients))),
        document=document,
        since=instant(since),
        until=date.fromisoformat(until) if until else None,
        by_kind=by_kind,
        by_id=by_id,
        leaf=leaf,
        ended_at=None if ended is None else instant(ended),
        outcome=Outcome(outcome) if outcome else None,
    )


def add(work: Work, state: State, since_us: int, decision: str) -> None:
    """Insert a state; one that is there already (a replay) stays as it is."""
    scope = state.scope
    work.durable.soon(
        "INSERT INTO block_state (subject_id, state_id, kind, reason, categories, items, purposes, recipients, document, since_us,"
        " until, by_kind,"
        " by_id, decision, outcome, leaf) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?) ON CONFLICT (subject_id,"
        " state_id) DO NOTHING",
        *(state.subject, state.id, state.kind.value, state.reason.value),
        *(_text(part) for part in (scope.categories, scope.items, scope.purposes, scope.recipients)),
        *(state.document, since_us, state.until.isoformat() if state.until else "", state.by_kind, state.by_id, decision, state.leaf),
    )


def end(work: Work, subject: str, state_id: str, outcome: Outcome) -> bool:
    """End a state that stands; False when it does not."""
    return bool(
        work.durable.run(
            "UPDATE block_state SET ended_us = ?, outcome = ? WHERE subject_id = ? AND state_id = ? AND ended_us IS NULL",
            *(work.us, outcome.value, subject, state_id),
        )
    )


def past_until(work: Work, day: date, limit: int) -> list[tuple[str, str]]:
    """(subject, state) of states that stand although their date is over: somebody must decide."""
    rows = work.durable.all(
        "SELECT subject_id, state_id FROM block_state WHERE ended_us IS NULL AND until <> '' AND until < ? ORDER BY until,"
        " state_id LIMIT ?",
        *(day.isoformat(), limit),
    )
    return [(subject, state_id) for subject, state_id in rows]


def propose(work: Work, subject: str, state_id: str, outcome: Outcome, document: str, decision: str) -> str:
    """Insert a proposal; one that was open for the same state is replaced."""
    settle(work, subject, state_id, "replaced", decision)
    proposal_id = work.new_id()
    work.durable.soon(
        "INSERT INTO release_proposal (subject_id, proposal_id, state_id, outcome, document, proposed_us, proposed_by, decision,"
        " settled_by,"
        " settled_as, settled_decision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '', '')",
        *(subject, proposal_id, state_id, outcome.value, document, work.us, work.actor.id, decision),
    )
    return proposal_id


def settle(work: Work, subject: str, state_id: str, settled_as: str, decision: str) -> None:
    """Close the open proposal of a state, where there is one."""
    work.durable.soon(
        "UPDATE release_proposal SET settled_us = ?, settled_by = ?, settled_as = ?, settled_decision = ?"
        " WHERE subject_id = ? AND state_id = ? AND settled_us IS NULL",
        *(work.us, work.actor.id, settled_as, decision, subject, state_id),
    )


_PROPOSAL = (
    "SELECT proposal_id, subject_id, state_id, outcome, document, proposed_us, proposed_by FROM release_proposal WHERE settled_us IS NULL"
)


_ONE_PROPOSAL = _PROPOSAL + " AND subject_id = ? AND proposal_id = ?"


def proposal(work: Work, subject: str, proposal_id: str) -> Proposal | None:
    """An open proposal."""
    row = work.durable.one(_ONE_PROPOSAL, subject, proposal_id)
    return _proposal(row) if row else None


def open_proposals(work: Work, limit: int) -> list[Proposal]:
    """What waits for a second person, oldest first."""
    return [_proposal(row) for row in work.durable.all(_PROPOSAL + " ORDER BY proposed_us LIMIT ?", limit)]


def proposals(work: Work, subject: str) -> list[str]:
    """Ids of every proposal about a subject, settled ones too."""
    rows = work.durable.all("SELECT proposal_id FROM release_proposal WHERE subject_id = ? ORDER BY proposal_id", subject)
    return [str(proposal_id) for (proposal_id,) in rows]


def settled(work: Work, subject: str) -> list[Settled]:
    """Every proposal about a subject and what became of it, oldest first."""
    rows = work.durable.all(
        "SELECT state_id, outcome, proposed_us, settled_us, settled_as FROM release_proposal WHERE subject_id = ? ORDER BY proposal_id",
        subject,
    )
    return [
        Settled(state_id, Outcome(outcome), instant(proposed), None if ended is None else instant(ended), settled_as)
        for state_id, outcome, proposed, ended, settled_as in rows
    ]


def _proposal(row: Row) -> Proposal:
    proposal_id, subject, state_id, outcome, document, at, by = row
    return Proposal(proposal_id, subject, state_id, Outcome(outcome), document, instant(at), by)


def drop(work: Work, subject: str) -> int:
    """Delete the states of a subject and their proposals; gives how many states went."""
    work.durable.run("DELETE FROM release_proposal WHERE subject_id = ?", subject)
    return work.durable.run("DELETE FROM block_state WHERE subject_id = ?", subject)
