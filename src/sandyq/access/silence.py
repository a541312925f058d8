"""What an answer on access does not tell: a disclosure to a state body of which the law does not let the person know, and everything that would give it away
(policy 4.1.1, 5.1; the Law art. 8-1(3), 9, 24(1)(1); docs/adr/0013-disclosures-in-an-answer.md).

Each answer says the same about it, whether there was something or nothing, and leaves the same entry in the log: a commitment under the person's salt, which the
operator can open before an auditor or a court, and nobody else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sandyq import seal
from sandyq.audit import Act, Leaf, record
from sandyq.audit.recording import Entry, commitment
from sandyq.db import Work
from sandyq.law.ask import Ask
from sandyq.law.disclosures import Silence, limbs
from sandyq.law.vocabulary import Occasion
from sandyq.policy.loader import load_disclosures

CLAUSE: Final = "4.1.1"
ARTICLE: Final = "94-V art. 24(1)(1), 8-1(3), 9"


@dataclass(frozen=True, slots=True)
class Hidden:
    """One disclosure that is not told of: its case, what the body gets, and the limb."""

    case: str
    number: str
    fields: tuple[str, ...]
    limb: Silence


@dataclass(frozen=True, slots=True)
class Withheld:
    """Everything about one person that an answer to them leaves out: the disclosures, and by id the case, papers, letters, items and decisions that belong to them."""

    disclosures: tuple[Hidden, ...] = ()
    ids: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()

    def hides(self, entry: Entry) -> bool:
        """Whether an entry of the log would give one away."""
        return bool(self.ids) and (not self.ids.isdisjoint((entry.id, entry.object, entry.parent)) or entry.decision in self.decisions)

    def hides_ask(self, decision: str, ask: Ask) -> bool:
        """Whether a decision would."""
        return decision in self.decisions or bool(self.ids & {*ask.documents, *ask.items})

    def without(self, ids: Iterable[str]) -> list[str]:
        """What is left of some ids."""
        return [id_ for id_ in ids if id_ not in self.ids]


NOTHING: Final = Withheld()
Withholding = Callable[[Work, str], Withheld]
"""Gives what is withheld from an answer to a person; `rights` knows the orders of authorities."""


def disclosing(ask: Ask) -> bool:
    """Whether a decision was to give data to a state body."""
    return ask.occasion is Occasion.AUTHORITY_DISCLOSURE


def noted(work: Work, subject: str, answer: str, found: Withheld, on: date) -> str:
    """The entry under each answer: under which limbs something may be withheld from it, and a commitment to what was, if anything. The same for everybody."""
    articles = ", ".join(dict.fromkeys(limb.article for limb in limbs(load_disclosures(), on)))
    sealed = committed(work, subject, answer, found)
    return record(work, Leaf(Act.ANSWER_LIMITED, subject, CLAUSE, articles[:400], object="disclosures", body_digest=sealed, parent=answer))


def committed(work: Work, subject: str, answer: str, found: Withheld) -> str:
    """The commitment to what an answer withheld: HMAC under the person's salt over the answer's entry and the cases, as hex; empty where the salt is shredded."""
    cases = ",".join(sorted(one.case for one in found.disclosures))
    return commitment(work, subject, seal.digest(f"withheld:{answer}:{cases}".encode()).hex())
