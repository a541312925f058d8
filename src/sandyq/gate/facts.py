"""Gathers what the law must know for one ask: each standing room gives its facts, value-free (design 2)."""

from dataclasses import dataclass, field

from sandyq import block, consent, parties, relations, staff
from sandyq.block import records as states
from sandyq.consent import records as agreed
from sandyq.db import Statement, Work
from sandyq.frozen import quick
from sandyq.law.ask import Ask, ConsentFact, Facts, SubjectFact
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.parties import records as recipients
from sandyq.policy import acts as policy
from sandyq.policy import records as editions
from sandyq.policy.facts import Installed
from sandyq.register import items, subjects
from sandyq.register import records as register
from sandyq.relations import records as ties
from sandyq.staff import records as members


@quick
@dataclass(frozen=True, slots=True)
class Prospect:
    """A person who is not in the register yet: what a submission would bring. Decided before anything is stored (5.3)."""

    subject: SubjectFact
    consents: tuple[ConsentFact, ...] = ()
    suppressed: frozenset[str] = field(default_factory=frozenset)


def look_ahead(work: Work, ask: Ask, *also: Statement) -> None:
    """Ask for everything that `gather` will read, and `also` for what the act reads next, in one round trip, the standing row locked first."""
    if work.durable.engine == "sqlite":
        return  # there is no network between
    standing, current = register.asked_by_gate(ask.subject)
    asked = [current, *agreed.asked_by_gate(ask.subject), *states.asked_by_gate(ask.subject), *ties.asked_by_gate(ask.subject)]
    if _needs_recipient(ask):
        asked.append(recipients.asked_by_gate(ask.recipient))
    if ask.actor is ActorKind.STAFF and not members.known(work, ask.actor_id):
        asked.append(members.asked_by_gate(ask.actor_id))
    if not policy.known(work):
        asked.append(editions.asked_by_gate(work.us))
    work.durable.ahead(standing, *asked, *also)


def gather(work: Work, ask: Ask, installed: Installed) -> Facts:
    """All facts on a known subject. Locks its standing row to read, so that no block can come between decision and opening (design 3)."""
    look_ahead(work, ask)
    return gathered(work, ask, installed)


def gathered(work: Work, ask: Ask, installed: Installed) -> Facts:
    """`gather` for who looked ahead already."""
    subject = subjects.standing(work, ask.subject)
    given = consent.standing(work, ask.subject)
    return Facts(
        subject=subject,
        reading=installed.reading,
        policy=installed.policy_digest,
        pack=installed.pack_digest,
        consents=given.consents,
        states=block.facts(work, ask.subject),
        relations=relations.facts(work, ask.subject),
        items=items.facts(work, ask.subject) + items.former_facts(work, ask.subject, ask.items),
        recipient=parties.recipient_fact(work, ask.recipient) if _needs_recipient(ask) else None,
        staff=staff.fact(work, ask.actor_id) if ask.actor is ActorKind.STAFF else None,
        suppressed=given.suppressed,
        acceptance=installed.acceptance,
    )


def prospective(work: Work, ask: Ask, prospect: Prospect, installed: Installed) -> Facts:
    """The facts on somebody who is just sending a form, or whom staff take on."""
    return Facts(
        subject=prospect.subject,
        reading=installed.reading,
        policy=installed.policy_digest,
        pack=installed.pack_digest,
        consents=prospect.consents,
        recipient=parties.recipient_fact(work, ask.recipient) if _needs_recipient(ask) else None,
        staff=staff.fact(work, ask.actor_id) if ask.actor is ActorKind.STAFF else None,
        suppressed=prospect.suppressed,
        acceptance=installed.acceptance,
    )


def _needs_recipient(ask: Ask) -> bool:
    return ask.operation is Operation.DISTRIBUTE and ask.recipient not in ("", "public")
