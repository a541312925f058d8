"""The retention sweep: what has reached the end of its term is destroyed; what a block or hold keeps is said so, visibly (policy 8.1, 2.2; art. 18, 25(2)(4))."""

from dataclasses import dataclass

from sandyq import destroy, distribute
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.distribute import Kind as Follow
from sandyq.gate import Gate
from sandyq.gate.facts import gather
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.retention import Fate, due_for_destruction
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.register import subjects

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
    fates: dict[str, list[str]] = {}
    for subject in page:
        fates.setdefault(sweep_one(work, gate, house, subject), []).append(subject)
    planned, blocked, held, refused = (tuple(fates.get(word, ())) for word in ("planned", "block", "hold", "refused"))
    if planned or blocked or held:
        record(work, Leaf(Act.SWEPT, clause="8.1", article="94-V art. 18(1)(1)", count=len(planned)))
    return Swept(page[-1] if len(page) == limit else "", len(page), planned, blocked, held, refused)


def sweep_one(work: Work, gate: Gate, house: destroy.House, subject: str) -> str:
    """Look at one person: `planned`, `block` or `hold` (what keeps it), `refused`, or empty when nothing is due. Called at once after a release (scenario 9)."""
    if not subjects.alive(work, subject) or any(p.next for p in destroy.plans(work, subject)):
        return ""
    force = gate.in_force(work)
    ask = Ask(Operation.DESTROY, subject, "", actor=ActorKind.SYSTEM)
    facts = gather(work, ask, force.installed)
    verdicts = [due_for_destruction(item, facts, force.book.policy, work.at) for item in facts.items if item.klass == "data"]
    for fate, act, word in ((Fate.HELD_BY_BLOCK, Act.HELD_BY_BLOCK, "block"), (Fate.HELD_BY_HOLD, Act.HELD_BY_HOLD, "hold")):
        kept = [v for v in verdicts if v.fate is fate]
        if kept:
            clause = "2.2" if word == "block" else "4.1.7"
            record(work, Leaf(act, subject, clause, "94-V art. 1(3)", verdict="refused", object=kept[0].looked_at[0], count=len(kept)))
            return word
    due = frozenset(v.item for v in verdicts if v.fate is Fate.DUE)
    return _destroy(work, gate, house, subject, due, whole=len(due) == len(verdicts)) if due else ""


def _destroy(work: Work, gate: Gate, house: destroy.House, subject: str, due: frozenset[str], *, whole: bool) -> str:
    ask = Ask(Operation.DESTROY, subject, "", actor=ActorKind.SYSTEM, items=frozenset() if whole else due)
    answer = gate.ask(work, ask)
    if isinstance(answer, Refusal):
        return "refused"
    if whole:
        distribute.follow(work, subject, Follow.DESTROY, decision=answer.decision)
    destroy.plan(work, house, answer, destroy.Basis("8.1", "94-V art. 18(1)(1), 25(2)(4)", work.at))
    return "planned"
