"""Gathers what the law must know for one ask: each standing room gives its facts, value-free (design 2)."""

from dataclasses import dataclass, field

from sandyq import block, consent, parties, relations, staff
from sandyq.db import Work
from sandyq.law.ask import Ask, ConsentFact, Facts, SubjectFact
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.policy.facts import Installed
from sandyq.register import items, subjects


@dataclass(frozen=True, slots=True)
class Prospect:
    """A person who is not in the register yet: what a submission would bring. Decided before anything is stored (5.3)."""

    subject: SubjectFact
    consents: tuple[ConsentFact, ...] = ()
    suppressed: frozenset[str] = field(default_factory=frozenset)


def gather(work: Work, ask: Ask, installed: Installed) -> Facts:
    """All facts on a known subject. Locks its standing row to read, so that no block can come between decision and opening (design 3)."""
    subject = subjects.standing(work, ask.subject)
    agreed = consent.standing(work, ask.subject)
    return Facts(
        subject=subject,
        reading=installed.reading,
        policy=installed.policy_digest,
        pack=installed.pack_digest,
        consents=agreed.consents,
        states=block.facts(work, ask.subject),
        relations=relations.facts(work, ask.subject),
        items=items.facts(work, ask.subject),
        recipient=parties.recipient_fact(work, ask.recipient) if _needs_recipient(ask) else None,
        staff=staff.fact(work, ask.actor_id) if ask.actor is ActorKind.STAFF else None,
        suppressed=agreed.suppressed,
        acceptance=installed.acceptance,
    )


def prospective(work: Work, ask: Ask, prospect: Prospect, installed: Installed) -> Facts:
    """The facts on somebody who is just sending a form."""
    return Facts(
        subject=prospect.subject,
        reading=installed.reading,
        policy=installed.policy_digest,
        pack=installed.pack_digest,
        consents=prospect.consents,
        recipient=parties.recipient_fact(work, ask.recipient) if _needs_recipient(ask) else None,
        suppressed=prospect.suppressed,
        acceptance=installed.acceptance,
    )


def _needs_recipient(ask: Ask) -> bool:
    return ask.operation is Operation.DISTRIBUTE and ask.recipient not in ("", "public")
