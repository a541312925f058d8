"""What an entry of the log was about, for the person whose data it is: a permission says what was permitted, to whom, what for, and on which data
(policy 4.1.1; the Law art. 24(1)(1))."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from sandyq import consent, distribute, rights, speech
from sandyq.audit import Act
from sandyq.audit.history import Numbered
from sandyq.audit.recording import Entry
from sandyq.db import Work
from sandyq.gate import records as decisions
from sandyq.law import canon
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import GrantState
from sandyq.web.adapters.words import Words

_DECIDED: Final = frozenset({Act.DECIDED.value, Act.REFUSED.value})
_CONSENTED: Final = frozenset({Act.CONSENT_GIVEN.value, Act.CONSENT_REFUSED.value})
_CASES: Final = "rights."
_TRANSFERS: Final = "distribute."
_MOST: Final = 10
"""Fields that are named one by one; more say nothing to a reader."""


class Told:
    """The words for the entries of one person. What they name is read at most once, and only where an entry needs it."""

    def __init__(self, work: Work, words: Words, subject: str) -> None:
        self._work, self._words, self._subject = work, words, subject

    def heading(self, row: Numbered) -> str:
        """What was done: of a decision what it permitted or refused."""
        entry = row.entry
        found = self._decisions.get(entry.decision) if entry.act in _DECIDED else None
        if found is None:
            return self._words.say(f"act.{entry.act}")
        result = "deed.permitted" if entry.act == Act.DECIDED.value else "deed.refused"
        return self._words.say(result, deed=self._words.deed(found[0]))

    def details(self, row: Numbered) -> str:
        """To whom, what for, on which data; of consents how many, of a request which one. Empty where the heading says it all."""
        entry, words = row.entry, self._words
        if entry.act in _DECIDED and entry.decision in self._decisions:
            ask, fields = self._decisions[entry.decision]
            return words.details(ask, fields if len(fields) <= _MOST else ())
        if entry.act in _CONSENTED:
            return self._consents(entry)
        if entry.act == Act.APPLICATION_ROUTED.value:
            return words.say("deed.recipients", count=entry.count)
        if entry.act.startswith(_CASES):
            return self._request(entry)
        if entry.recipient and entry.act.startswith(_TRANSFERS):
            return words.say("deed.to", recipient=words.recipient(entry.recipient))
        return ""

    def purpose(self, row: Numbered) -> str:
        """What for, in words: the purpose; of a message that follows a transfer what it orders; of a look for a request which one."""
        entry, words = row.entry, self._words
        if entry.purpose and not entry.act.startswith(_CASES):
            return words.purpose(entry.purpose)
        sent = self._transfers.get(entry.object) if entry.act.startswith(_TRANSFERS) else None
        if sent is not None:
            return words.purpose(sent.purpose) if sent.kind is distribute.Kind.LEAD else words.say(f"order.{sent.kind.value}")
        return self._request(entry) or (words.say(key) if speech.has(key := f"portal.for.{entry.clause}") else "")

    def _request(self, entry: Entry) -> str:
        case = self._cases.get(entry.object)
        if case is None:
            return ""
        key = f"portal.kind.{case.kind.value}"
        return self._words.say("deed.request", number=case.number, kind=self._words.say(key)) if speech.has(key) else f"№ {case.number}"

    def _consents(self, entry: Entry) -> str:
        states = [grant.state for grant in self._grants if grant.leaf == entry.id]
        refused = states.count(GrantState.REFUSED)
        return self._words.say("deed.consents", given=len(states) - refused, refused=refused) if states else ""

    @cached_property
    def _decisions(self) -> Mapping[str, tuple[Ask, frozenset[str]]]:
        found = {}
        for id_, _, permitted, asked, verdict in decisions.answers(self._work, self._subject):
            ask = canon.ask_from_json(asked)
            found[id_] = (ask, canon.verdict_from_json(verdict).fields if permitted else ask.fields)
        return found

    @cached_property
    def _transfers(self) -> Mapping[str, distribute.Transfer]:
        return {one.id: one for one in distribute.history(self._work, self._subject)}

    @cached_property
    def _grants(self) -> list[consent.ProvenGrant]:
        return list(consent.proofs(self._work, self._subject))

    @cached_property
    def _cases(self) -> Mapping[str, rights.Case]:
        return {case.id: case for case in rights.of_subject(self._work, self._subject)}
