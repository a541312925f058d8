"""Carrying consents over when a provisional subject turns out to be a known person (design 11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sandyq.consent import records
from sandyq.consent.acts import give
from sandyq.consent.facts import NewGrant, Proof, ProvenGrant, Via
from sandyq.db import Work
from sandyq.law.vocabulary import GrantState


@dataclass(frozen=True, slots=True)
class _Sending:
    """What the choices of one form share."""

    via: Via
    given_at: datetime
    evidence: str
    kept_until: date


def carry(work: Work, old: str, new: str, evidence: Mapping[str, str]) -> dict[str, str]:
    """Record the choices of `old` again for `new`, each with its original instant, text and phone code; gives new grant ids by the old ones.

    `evidence` names, for each evidence item of `old`, its copy with `new`. What was withdrawn or has ended stays where it is: it carries nothing.
    A refusal that is carried over ends an earlier yes to the same thing, as it would have if the form had come under `new` (4.1.6).
    """
    made: dict[str, str] = {}
    kept = [grant for grant in records.proofs(work, old) if grant.state is not GrantState.WITHDRAWN and grant.ended_at is None]
    for sending, grants in _by_sending(kept).items():
        proof = Proof(sending.via, sending.kept_until, evidence.get(sending.evidence, ""), sending.given_at)
        ids = give(work, new, [_again(grant) for grant in grants], proof)
        made.update(zip([grant.id for grant in grants], ids, strict=True))
    leaves = {grant.id: grant.leaf for grant in records.proofs(work, new)}
    codes = {code: [made[g.id] for g in kept if code in g.codes] for grant in kept for code in grant.codes}
    for code, ids in codes.items():
        records.add_code(work, new, code, ids, leaves[ids[0]])
    return made


def _by_sending(grants: list[ProvenGrant]) -> dict[_Sending, list[ProvenGrant]]:
    found: dict[_Sending, list[ProvenGrant]] = {}
    for g in grants:
        found.setdefault(_Sending(g.via, g.given_at, g.evidence, g.kept_until), []).append(g)
    return found


def _again(g: ProvenGrant) -> NewGrant:
    return NewGrant(g.kind, g.state, g.text, g.pressed, g.purpose, g.recipient, g.channel, g.country, g.fields, g.expires_at, g.implied)
