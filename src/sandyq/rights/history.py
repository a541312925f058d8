"""What happened to a case: one event for each thing that was done, tied to its entry of the log (policy 8.3; the Law art. 25(3))."""

from types import MappingProxyType
from typing import Final

from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.rights import records
from sandyq.rights.facts import Case, Event
from sandyq.rights.states import CLAUSE

_ACTS: Final = MappingProxyType(
    {
        "opened": Act.CASE_OPENED,
        "identified": Act.CASE_IDENTIFIED,
        "not_identified": Act.CASE_NOT_IDENTIFIED,
        "documents": Act.CASE_DOCUMENTS,
        "documents_wanted": Act.CASE_DOCUMENTS,
        "decided": Act.CASE_DECIDED,
        "confirmed": Act.CASE_DECIDED,
        "declined": Act.CASE_DECIDED,
        "part_done": Act.CASE_PART,
        "part_refused": Act.CASE_PART,
        "part_not_held": Act.CASE_PART,
        "answered": Act.CASE_ANSWERED,
        "clock_met": Act.CASE_CLOCK,
        "clock_late": Act.CASE_CLOCK,
        "clock_missed": Act.CASE_CLOCK,
        "clock_paused": Act.CASE_CLOCK,
        "clock_resumed": Act.CASE_CLOCK,
        "reminded": Act.CASE_REMINDED,
        "rekinded": Act.CASE_REKINDED,
        "clock_dropped": Act.CASE_CLOCK,
    }
)
"""The entry that each event leaves; every other one is a move of the case."""
_REFUSED: Final = frozenset({"not_identified", "part_refused", "declined"})


def note(
    work: Work,
    case: Case,
    act: str,
    old: str = "",
    new: str = "",
    reason: str = "",
    *,
    leaf: str = "",
    decision: str = "",
    clause: str = "",
    article: str = "",
    digest: str = "",
) -> str:
    """One event of a case with its entry of the log (made here unless `leaf` is one already); gives the entry's id."""
    own = CLAUSE[case.kind]
    made = leaf or record(
        work,
        Leaf(
            _ACTS.get(act, Act.CASE_MOVED),
            case.person,
            clause or own[0],
            article or own[1],
            verdict="refused" if act in _REFUSED else "done",
            decision=decision,
            object=case.id,
            purpose=f"{case.kind.value}.{act}",
            body_digest=digest,
        ),
    )
    actor = work.actor
    by = "" if actor.kind == "subject" else actor.id
    records.add_event(work, case, Event(work.at, act, old, new, reason, actor.kind, by, made))
    return made
