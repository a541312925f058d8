"""The retention sweep: what has reached the end of its term is destroyed; what a block or hold keeps is said so, visibly (policy 8.1, 2.2; art. 18, 25(2)(4))."""

from dataclasses import dataclass, replace
from datetime import datetime

from sandyq import destroy, distribute, relations
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.distribute import Kind as Follow
from sandyq.gate import Gate
from sandyq.gate.facts import gather
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.decision import Finding, Refusal, Verdict
from sandyq.law.retention import Fate, RetentionVerdict, due_for_destruction
from sandyq.law.vocabulary import ActorKind, Effect, Operation
from sandyq.policy.facts import Edition
from sandyq.register import items, subjects
from sandyq.relations.facts import RelationKind

PAGE = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """What one page of a sweep did. `after` is where the next page goes on; empty at the end."""

    after: str
    looked_at: int
    planned: tuple[str, ...] = ()
    held_by_block: tuple[str, ...] = ()
    held_by_hold: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def sweep(work: Work, gate: Gate, house: destroy.House, after: str = "", limit: int = PAGE) -> Swept:
    """Look at a page of subjects; plan the destruction of what is due. Whole people go when nothing of theirs is left to keep."""
    page = subjects.page(work, after, limit)
    fates = {subject: sweep_one(work, gate, house, subject) for subject in page}
    planned = tuple(subject for subject, fate in fates.items() if fate.planned)
    blocked = tuple(subject for subject, fate in fates.items() if Fate.HELD_BY_BLOCK in fate.held)
    held = tuple(subject for subject, fate in fates.items() if Fate.HELD_BY_HOLD in fate.held)
    refused = tuple(subject for subject, fate in fates.items() if fate.refused)
    if planned or blocked or held:
        record(work, Leaf(Act.SWEPT, clause="8.1", article="94-V art. 18(1)(1)", count=len(planned)))
    return Swept(page[-1] if len(page) == limit else "", len(page), planned, blocked, held, refused)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at one person found: a destruction planned or refused, and what keeps data whose term is over."""

    planned: str = ""
    refused: str = ""
    held: frozenset[Fate] = frozenset()
    former: str = ""  # the destruction of versions that newer ones replaced


def sweep_one(work: Work, gate: Gate, house: destroy.House, subject: str) -> Looked:
    """Look at one person: what is due goes, what a block or a hold keeps stays and is said so. Called at once after a release (scenario 9).

    Retained evidence goes at the end of its own term, long after the person, and without a certificate: it was the proof itself (design 12).
    """
    if any(p.next for p in destroy.plans(work, subject)):
        return Looked()
    force = gate.in_force(work)
    _lapse(work, force.edition, subject)
    ask = Ask(Operation.DESTROY, subject, "", actor=ActorKind.SYSTEM)
    facts = gather(work, ask, force.installed)
    every = {item.id: due_for_destruction(item, facts, force.book.policy, work.at) for item in facts.items}
    alive = subjects.alive(work, subject)
    verdicts = [every[item.id] for item in facts.items if item.klass == "data"] if alive else []
    if alive and not verdicts and facts.subject.kind == "provisional":
        return _sweep_stranger(work, gate, house, subject, list(every.values()))
    # While the person is there, their consents may still be in force and have to be proven (art. 25(2)(5)).
    proofs = frozenset(i.id for i in facts.items if i.klass == "evidence" and every[i.id].fate is Fate.DUE and not alive)
    found = _held(work, subject, verdicts)
    due = frozenset(v.item for v in verdicts if v.fate is Fate.DUE)
    if len(due) < len(verdicts):
        found = replace(found, former=_sweep_former(work, gate, house, subject))
    if due:
        return _destroy(work, gate, house, subject, due, found, whole=len(due) == len(verdicts))
    return _destroy(work, gate, house, subject, proofs, found, whole=False, certified=False) if proofs else found


def _held(work: Work, subject: str, verdicts: list[RetentionVerdict]) -> Looked:
    """What a block or a hold keeps although its term is over is said so."""
    for fate, (act, clause, article) in _HELD.items():
        kept = [v for v in verdicts if v.fate is fate]
        if kept:
            record(work, Leaf(act, subject, clause, article, verdict="refused", object=kept[0].looked_at[0], count=len(kept)))
    return Looked(held=frozenset(v.fate for v in verdicts) & _HELD.keys())


def _sweep_stranger(work: Work, gate: Gate, house: destroy.House, subject: str, file: list[RetentionVerdict]) -> Looked:
    """Somebody who wrote and never proved who they are is known by their file alone: when its term is over, and no request of theirs is worked on, the provisional
    person ends with a certificate, and the next look takes the file, like any evidence of who is gone (8.1; art. 12(2), 18(1)(1))."""
    found = _held(work, subject, file)
    if not file or any(verdict.fate is not Fate.DUE for verdict in file) or house.busy(work, subject):
        return found
    return _destroy(work, gate, house, subject, frozenset(verdict.item for verdict in file), found, whole=True)


@dataclass(frozen=True, slots=True)
class Former:
    """What became of versions that newer ones replaced: the destruction of those that nothing keeps, and why the others stay."""

    plan: str = ""
    kept: tuple[tuple[str, Finding], ...] = ()


def drop_former(work: Work, gate: Gate, house: destroy.House, subject: str, versions: frozenset[str], received_at: datetime) -> Former:
    """Destroy former versions of items (4.1.2); what an obligation, a term of legislation, a hold or a block keeps stays, and is said so."""
    if not versions:
        return Former()
    answer = gate.ask(work, _former_ask(subject, versions))
    if isinstance(answer, Refusal):
        return Former(kept=why_kept(answer.verdict, versions))
    basis = destroy.Basis("4.1.2", "94-V art. 12(2), 25(2)(8)", received_at)
    made = destroy.plan(work, house, answer, basis, certified=False)
    return Former(made.id, why_kept(answer.verdict, versions - made.items))


def why_kept(verdict: Verdict, versions: frozenset[str]) -> tuple[tuple[str, Finding], ...]:
    """For each version that stays the findings that keep it."""
    keeping = [f for f in verdict.findings if f.effect is Effect.NARROW or (f.effect is Effect.PROHIBIT and not verdict.permitted)]
    return tuple((item, f) for item in sorted(versions) for f in keeping if not f.items or item in f.items)


def former_kept(work: Work, gate: Gate, subject: str) -> tuple[tuple[str, Finding], ...]:
    """Why each former version of a person's data is still there, for who shows it (scenario 7); one that waits for its destruction has no reason."""
    versions = frozenset(items.former(work, subject))
    return why_kept(gate.weigh(work, _former_ask(subject, versions))[0], versions) if versions else ()


def _former_ask(subject: str, versions: frozenset[str]) -> Ask:
    return Ask(Operation.DESTROY, subject, "", actor=ActorKind.SYSTEM, items=versions)


def _sweep_former(work: Work, gate: Gate, house: destroy.House, subject: str) -> str:
    """Former versions whose keeping ended go; what is kept on is not decided again each day."""
    versions = frozenset(items.former(work, subject))
    if not versions:
        return ""
    verdict, _ = gate.weigh(work, _former_ask(subject, versions))
    return drop_former(work, gate, house, subject, versions, work.at).plan if verdict.permitted else ""


def _lapse(work: Work, edition: Edition, subject: str) -> None:
    """An application that led to nothing ends by itself after the term that the office set for applications; without such a term it stays open (8.1)."""
    day = local_date(work.at)
    for tie in relations.facts(work, subject):
        if tie.kind != RelationKind.APPLICATION or tie.ended is not None:
            continue
        purposes = [edition.policy.purposes[p] for p in tie.purposes if p in edition.policy.purposes]
        ends = [end for p in purposes if (end := edition.term_end(p.term, tie.started)) is not None]
        if ends and max(ends) < day:
            relations.close_relation(work, subject, tie.id, day, fulfilled=True)


_HELD = {
    Fate.HELD_BY_BLOCK: (Act.HELD_BY_BLOCK, "2.2", "94-V art. 1(3)"),
    Fate.HELD_BY_HOLD: (Act.HELD_BY_HOLD, "4.1.7", "94-V art. 24(1)(7)"),
}


def _destroy(
    work: Work, gate: Gate, house: destroy.House, subject: str, due: frozenset[str], found: Looked, *, whole: bool, certified: bool = True
) -> Looked:
    ask = Ask(Operation.DESTROY, subject, "", actor=ActorKind.SYSTEM, items=frozenset() if whole else due)
    answer = gate.ask(work, ask)
    if isinstance(answer, Refusal):
        return replace(found, refused=answer.decision)
    made = destroy.plan(work, house, answer, destroy.Basis("8.1", "94-V art. 18(1)(1), 25(2)(4)", work.at), certified=certified)
    tell_destroyed(work, made)
    return replace(found, planned=made.id)


def tell_destroyed(work: Work, made: destroy.Plan) -> list[str]:
    """Recipients destroy what they got of what goes here (4.1.4); gives the ids of the messages. Former versions alone are nothing that they hold."""
    fields = destroy.fields(work, made)
    return distribute.follow(work, made.subject, Follow.DESTROY, fields=fields, decision=made.decision) if made.whole or fields else []
