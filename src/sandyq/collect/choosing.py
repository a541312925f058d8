"""A choice that a person makes later, on a page of their own: one consent, by itself, with the exact text that was in front of them (policy 2.18; art. 8)."""

from sandyq import block, consent
from sandyq.collect import acts
from sandyq.collect.facts import Choice, Submission
from sandyq.consent.facts import Proof, Via
from sandyq.db import Work
from sandyq.errors import Conflict, NotFound
from sandyq.gate import Gate
from sandyq.law.calendar import local_date
from sandyq.law.vocabulary import StateKind
from sandyq.register import items


def choose(
    work: Work, gate: Gate, subject: str, choice: Choice, *, language: str, door: str = "web", address: str = "", agent: str = ""
) -> str:
    """Record one choice of a person who is known, with its proof; gives the grant's id. Raises NotFound for a card that is not offered, Conflict when its text
    changed meanwhile or a block stops collecting (2.2)."""
    card = next((one for one in acts.cards(work, gate, language) if one.id == choice.card), None)
    if card is None:
        raise NotFound("consent_unknown")
    if card.text.sha256 != choice.sha256:
        raise Conflict("consent_changed")
    if choice.given and any(state.kind is StateKind.BLOCK for state in block.facts(work, subject)):
        raise Conflict("blocked_now")
    edition = gate.in_force(work).edition
    until = acts.evidence_end(edition, local_date(work.at))
    sent = Submission(language, door, {}, (choice,), address=address, agent=agent)
    evidence = items.put_evidence(work, gate.ring, subject, acts.how(sent, edition.form.purpose, until))
    return consent.give(work, subject, [acts.grant(card, choice, language)], Proof(Via.WEB_FORM, until, evidence))[0]
