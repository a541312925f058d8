"""The answer to a request: what became of each part, by which limb, and where to complain (policy 4.1, 3.10; the Law art. 25(2)(6)-(7), 30)."""

from dataclasses import replace
from typing import Final

import msgspec

from sandyq import seal
from sandyq.collect import evidence_end
from sandyq.collect.acts import EVIDENCE_TERM
from sandyq.db import Work
from sandyq.errors import Conflict
from sandyq.law.calendar import local_date
from sandyq.register import items
from sandyq.register.items import NewItem
from sandyq.rights import clocks
from sandyq.rights.desk import CATEGORY, Rights, move, staff_only, taken
from sandyq.rights.facts import Case
from sandyq.rights.history import note
from sandyq.rights.kinds.handling import LISTED
from sandyq.rights.settling import settle
from sandyq.rights.states import CLAUSE, State

APPEAL: Final = ("authority", "court")
"""Where whoever is not content may complain (the Law art. 27-1, 30)."""


def answer(work: Work, r: Rights, case_id: str) -> str:
    """Answer a case whose every part has an end: the answer is sealed, vouched for by the log, and issued; the terms of answering are met. Gives the id of
    what was issued. Raises Conflict while parts are open."""
    staff_only(work)
    made = taken(work, case_id, State.CARRYING_OUT, State.OPEN)
    if made.open_parts:
        raise Conflict("case_parts_open", left=len(made.open_parts))
    if made.state is State.OPEN:
        made = move(work, made, State.CARRYING_OUT, "carrying_out")
    made = settle(work, r, made)
    issued = issue(work, r, made)
    made = clocks.meet(work, replace(made, answer=issued), clocks.AT_ANSWER)
    move(work, made, State.ANSWERED, "answered", made.outcome)
    return issued


def issue(work: Work, r: Rights, made: Case) -> str:
    """Seal what is answered as evidence of who asked; its digest stands in the log."""
    body = told(made)
    until = evidence_end(r.gate.in_force(work).edition, local_date(work.at))
    clause, article = CLAUSE[made.kind]
    sealed = NewItem(CATEGORY, {"answer": body.decode()}, ground=article, term_rule=EVIDENCE_TERM, term_end=until, klass="evidence")
    issued = items.put_evidence(work, r.gate.ring, made.subject, sealed)
    note(work, made, "issued", "", issued, clause=clause, article=article, digest=seal.digest(body).hex())
    return issued


def told(made: Case) -> bytes:
    """What became of each part, as canonical JSON: codes, clauses and articles alone."""
    parts = [
        {
            "what": part.what.value,
            "state": part.state.value,
            "reason": part.reason,
            "clause": part.clause,
            "article": part.article,
            "cited": list(part.cited),
        }
        for part in made.parts
        if part.reason != LISTED
    ]
    body = {"number": made.number, "kind": made.kind.value, "outcome": made.outcome, "parts": parts, "appeal": list(APPEAL)}
    return msgspec.json.encode(body, order="sorted")
