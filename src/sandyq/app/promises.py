"""What was promised against what the tables say: restrictions undone and consents rewritten by hand in a table (design 15, 16; docs/threats.md).

The comparison of tables with the log finds rows that vanished. It does not find a block whose row was given an end, a withdrawal whose row was
deleted, a refusal that became a consent. The ledger outside the databases still knows the restrictions, the log knows which of them were ended by an
act, and the entry of each form vouches for the choices made in it.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from sandyq import block, consent, seal
from sandyq.app import vouched
from sandyq.audit import Act
from sandyq.audit.ledger import Event, Ledger
from sandyq.audit.problem import Findings
from sandyq.audit.recording import Entry
from sandyq.audit.state import StateCheck, Ties
from sandyq.consent import ProvenGrant
from sandyq.db import Work
from sandyq.law.calendar import local_date
from sandyq.law.vocabulary import GrantState
from sandyq.register import subjects
from sandyq.register.keystore import Keyring

_PAGE: Final = 500
_ENDS: Final = frozenset({Act.RELEASED, Act.UNHELD})


class Promises:
    """One comparison of `audit.verify`: every restriction of the ledger stands, or was ended by an act that is in the log, or its person is gone."""

    name = "ledger"
    acts = _ENDS

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._ended: set[str] = set()

    def see(self, entry: Entry) -> None:
        """Remember which state was ended."""
        self._ended.add(entry.object)

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Add each restriction that stands no more and that no act has ended. What ended while its entry has no number yet is left to the next check."""
        ended, self._ended = self._ended, set()
        for event in self._ledger.events():
            for what in self._undone(work, event, ended, certain=not ties.waiting):
                found.add("restriction_undone", what, value=event.id)

    def _undone(self, work: Work, event: Event, ended: set[str], *, certain: bool) -> Iterator[str]:
        if event.kind == "destroy.plan" and not event.body["items"]:
            if subjects.alive(work, event.subject):
                yield "subject"
        elif event.kind not in ("block.set", "consent.withdraw", "consent.refuse") or not subjects.alive(work, event.subject):
            return
        elif event.kind == "block.set":
            yield from self._state(work, event, ended, certain=certain)
        else:
            yield from self._grants(work, event)

    @staticmethod
    def _state(work: Work, event: Event, ended: set[str], *, certain: bool) -> Iterator[str]:
        state = next((one for one in block.history(work, event.subject) if one.id == event.body["state"]), None)
        if state is None or (state.ended_at is not None and state.id not in ended and certain):
            yield "block_state"

    @staticmethod
    def _grants(work: Work, event: Event) -> Iterator[str]:
        """A proof that has reached its own end is gone, and nothing is agreed to by it."""
        now = {fact.id: fact for fact in consent.facts(work, event.subject)}
        for grant in event.body["grants" if event.kind == "consent.withdraw" else "grant"].split(","):
            fact = now.get(grant)
            if fact is not None and fact.state is GrantState.GIVEN and fact.withdrawn_at is None:
                yield "consent_end" if event.kind == "consent.withdraw" else "consent_grant"


class Choices:
    """One comparison of `audit.verify`: the choices of each form are those that its entry vouches for."""

    name = "consent_grant"
    acts = frozenset({Act.CONSENT_GIVEN, Act.CONSENT_REFUSED})

    def __init__(self) -> None:
        self._vouched: dict[str, str] = {}

    def see(self, entry: Entry) -> None:
        """Remember the digest of the choices."""
        self._vouched[entry.id] = entry.body_digest

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Make the document of each form again from its rows. Some of them may be gone only when their proof has reached its end."""
        vouched, self._vouched = self._vouched, {}
        after, page = "", subjects.page(work, limit=_PAGE)
        while page:
            for subject in page:
                for leaf, grants in self._forms(work, subject).items():
                    digest = seal.digest(consent.choices_body((grant.id, grant) for grant in grants)).hex()
                    whole = min(grant.kept_until for grant in grants) >= local_date(work.at)
                    if whole and vouched.get(leaf, digest) != digest:
                        found.add("choices_rewritten", self.name, value=leaf)
            after = page[-1]
            page = subjects.page(work, after, _PAGE)

    @staticmethod
    def _forms(work: Work, subject: str) -> dict[str, list[ProvenGrant]]:
        forms: dict[str, list[ProvenGrant]] = defaultdict(list)
        for grant in consent.proofs(work, subject):
            if grant.leaf:
                forms[grant.leaf].append(grant)
        return forms


def checks(ledger: Ledger, ring: Keyring) -> list[StateCheck]:
    """All of them, those of `app.vouched` too, fresh for each verification."""
    return [Promises(ledger), Choices(), *vouched.checks(ring)]
