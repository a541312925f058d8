"""What a rule is: one article as data (dates, clause, effect, parameters) and one predicate of code that the data name.

A predicate gets the `Context` of one ask and its `Cited` rule (the version in force) and gives findings; a grant test gets a grant too and
gives the code of what is wrong with it, or nothing. Predicates never see each other's findings, so their order cannot matter.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from sandyq.errors import Misuse
from sandyq.law.ask import FORMER, Ask, ConsentFact, Facts, ItemFact
from sandyq.law.calendar import day_ends
from sandyq.law.decision import Finding
from sandyq.law.policy import Policy, Purpose
from sandyq.law.vocabulary import Duty, Effect, GrantKind, GrantState, Reading, SourceKind

T = TypeVar("T")
Predicate = Callable[["Context", "Cited"], Iterable[Finding]]
GrantTest = Callable[["Context", "Cited", ConsentFact], str]

REGISTRY: dict[str, Predicate] = {}
"""Predicates by the name that the pack's `code:` gives."""

GRANT_TESTS: dict[str, GrantTest] = {}
"""Tests of a single grant, by name: a grant that fails any of them carries nothing."""

NOTHING: tuple[Finding, ...] = ()
_EMPTY: frozenset[str] = frozenset()
_PERSON = SourceKind.PERSON


def predicate(function: Predicate) -> Predicate:
    """Register a predicate under its own name."""
    _register(REGISTRY, function.__name__, function)
    return function


def grant_test(function: GrantTest) -> GrantTest:
    """Register a test of a grant under its own name."""
    _register(GRANT_TESTS, function.__name__, function)
    return function


def _register(registry: dict[str, T], name: str, function: T) -> None:
    if name in REGISTRY or name in GRANT_TESTS:
        raise Misuse("rule_registered_twice", name=name)
    registry[name] = function


NEEDS = {
    "states": 1,
    "odd_items": 2,  # either of the last two: packs that were stored before these were told apart say it
    "other_purpose": 4,  # an item that was not taken for the purpose asked
    "relations": 8,
    "destroyed": 16,
    "provisional": 32,
    "wall": 64,  # purpose and record on different sides of the HR wall
    "biometric": 128,  # a biometric field is asked for
    "masked": 256,  # a field is asked for that the policy masks
    "evidence": 512,  # retained evidence
    "from_elsewhere": 1024,  # an item from elsewhere than the person; when collecting: a source that is not the person
    "behind_wall": 2048,  # the record stands on the staff side of the HR wall
    "former": 4096,  # a version that a newer one replaced, named in the ask
}
"""What a rule may say it needs to find anything at all, so that it is not asked where the facts have none of it."""


@dataclass(frozen=True)
class Version:
    """One redaction of a rule: the days it was in force (both inside), the article's place then, and its parameters."""

    first: date
    last: date | None
    article: str
    params: Mapping[str, Any]
    confirmed: bool

    @cached_property
    def begins(self) -> datetime:
        """The instant at which the first day begins in Kazakhstan."""
        return day_ends(self.first - timedelta(days=1))

    @cached_property
    def ends(self) -> datetime | None:
        """The instant at which the last day is over; nothing while it is open."""
        return day_ends(self.last) if self.last else None


@dataclass(frozen=True)
class Rule:
    """A rule of the pack with its code. `when` selects the asks it looks at, so that a decision runs only what can matter to it."""

    id: str
    code: str
    effect: Effect
    clauses: tuple[str, ...]
    versions: tuple[Version, ...]
    operations: frozenset[str]
    when: Mapping[str, Any]
    needs: int
    judged_at: str
    mark: str
    source: str
    recorded: date
    line: int
    predicate: Predicate | None = None
    grant_test: GrantTest | None = None


class Cited:
    """A rule as it stands at one date. Findings that name no ids are made once and kept."""

    __slots__ = ("_derived", "_kept", "article", "clause", "confirmed", "id", "params", "permits", "predicate", "rule", "test")

    def __init__(self, rule: Rule, version: Version) -> None:
        self.rule = rule
        self.id = rule.id
        self.clause = rule.clauses[0] if rule.clauses else ""
        self.article = f"{version.article} @{version.first.isoformat()}"
        self.params = version.params
        self.confirmed = version.confirmed
        self.permits = rule.effect is Effect.PERMIT
        self.predicate = rule.predicate
        self.test = rule.grant_test
        self._kept: dict[tuple[Any, ...], tuple[Finding, ...]] = {}
        self._derived: dict[tuple[Any, ...], frozenset[str]] = {}

    def in_force(self, at: datetime) -> bool:
        """Whether any version of the rule was in force at the instant of an event: for rules with `judged_at: event`."""
        return any(v.begins <= at and (v.ends is None or at < v.ends) for v in self.rule.versions)

    def finding(
        self,
        effect: Effect,
        code: str,
        looked_at: tuple[str, ...] = (),
        fields: frozenset[str] = _EMPTY,
        items: frozenset[str] = _EMPTY,
        duty: Duty | None = None,
        params: tuple[tuple[str, str], ...] = (),
    ) -> tuple[Finding, ...]:
        """One finding of this rule, as the tuple that a predicate gives."""
        if looked_at or items or params:
            return (Finding(self.id, effect, self.clause, self.article, code, looked_at, fields, duty, self.confirmed, params, items),)
        key = (effect, code, fields, duty)
        kept = self._kept.get(key)
        if kept is None:
            kept = (Finding(self.id, effect, self.clause, self.article, code, (), fields, duty, self.confirmed),)
            if len(self._kept) < 1024:
                self._kept[key] = kept
        return kept

    def derived(self, key: tuple[Any, ...], make: Callable[[], frozenset[str]]) -> frozenset[str]:
        """A set that follows from `key`, this rule and the policy alone, and from nothing of a person: made once and kept."""
        kept = self._derived.get(key)
        if kept is None:
            kept = make()
            if len(self._derived) < 1024:
                self._derived[key] = kept
        return kept

    def permit(
        self, code: str, looked_at: tuple[str, ...] = (), fields: frozenset[str] = _EMPTY, items: frozenset[str] = _EMPTY
    ) -> tuple[Finding, ...]:
        """Permits these fields (none named: all asked) in these items (none named: all)."""
        return self.finding(Effect.PERMIT, code, looked_at, fields, items)

    def prohibit(self, code: str, looked_at: tuple[str, ...] = (), params: tuple[tuple[str, str], ...] = ()) -> tuple[Finding, ...]:
        """Forbids the whole ask. From a rule whose effect is `permit` it only says why this ground does not carry it."""
        return self.finding(Effect.PROHIBIT, code, looked_at, params=params)

    def narrow(
        self, code: str, fields: frozenset[str] = _EMPTY, items: frozenset[str] = _EMPTY, looked_at: tuple[str, ...] = ()
    ) -> tuple[Finding, ...]:
        """Takes these fields, or these items, away from whatever is permitted."""
        return self.finding(Effect.NARROW, code, looked_at, fields, items)

    def oblige(self, duty: Duty, code: str, fields: frozenset[str] = _EMPTY) -> tuple[Finding, ...]:
        """Something must be done when this is permitted."""
        return self.finding(Effect.DUTY, code, (), fields, duty=duty)

    def note(self, code: str, looked_at: tuple[str, ...] = ()) -> tuple[Finding, ...]:
        """Worth telling; changes nothing."""
        return self.finding(Effect.NOTE, code, looked_at)


Tests = tuple[tuple[GrantTest, Cited], ...]


@lru_cache(maxsize=4096)
def union(parts: tuple[frozenset[str], ...]) -> frozenset[str]:
    """All fields of some sets: the same few in every ask, and what is kept once need not be hashed again."""
    return _EMPTY.union(*parts)


class Context:
    """One ask with everything the predicates look at, computed once."""

    __slots__ = ("_faults", "ask", "asked", "at", "day", "facts", "has", "items", "operation", "policy", "purpose", "strict", "tests")

    def __init__(self, ask: Ask, facts: Facts, policy: Policy, tests: Tests, at: datetime, day: date) -> None:
        self.ask = ask
        self.facts = facts
        self.policy = policy
        self.tests = tests
        self.at = at
        self.day = day
        self.operation = ask.operation
        self.purpose: Purpose | None = policy.purposes.get(ask.purpose)
        self.strict = facts.reading is Reading.STRICT
        self.items = facts.items
        if ask.items:
            self.items = tuple(item for item in facts.items if item.id in ask.items)
        # An ask for everything means the data; retained evidence is asked for by name.
        self.asked = ask.fields or union(tuple([item.fields for item in self.items if item.klass == "data" or ask.items]))
        self.has = self._has()
        self._faults: dict[str, tuple[Finding, ...]] = {}

    def _has(self) -> int:
        """What the facts have, as bits of NEEDS."""
        facts, purpose, policy = self.facts, self.ask.purpose, self.policy
        subject = facts.subject
        has = 1 if facts.states else 0
        if facts.relations:
            has |= 8
        if subject.destroyed or subject.kind == "destroyed":
            has |= 16
        if subject.kind == "provisional":
            has |= 32
        if subject.wall == "staff":
            has |= 2048
        if self.purpose is not None and self.purpose.hr != (subject.wall == "staff"):
            has |= 64
        if not policy.biometric.isdisjoint(self.asked):
            has |= 128
        if not policy.masked.isdisjoint(self.asked):
            has |= 256
        if self.ask.source is not _PERSON:
            has |= 1026
        for item in self.items:
            if item.source is not _PERSON:
                has |= 1026
            if item.klass == FORMER:
                has |= 4096
            elif item.klass != "data":
                has |= 514
            if purpose not in item.purposes:
                has |= 4
        return has

    def grants(
        self, rule: Cited, kind: GrantKind, *, purpose: str | None = None, recipient: str = "", channel: str = "", country: str = ""
    ) -> tuple[list[ConsentFact], tuple[Finding, ...]]:
        """The live grants of one kind for this ask (or another purpose), and why the others of that kind do not count.

        A grant that names no purpose, channel or country covers every one; it covers one recipient only. A later refusal or withdrawal of
        the same thing ends the earlier grants.
        """
        if purpose is None:
            purpose = self.ask.purpose
        found = []
        for grant in self.facts.consents:
            if (
                grant.kind is kind
                and (grant.purpose == purpose or not grant.purpose)
                and grant.recipient == recipient
                and (not channel or grant.channel in ("", channel))
                and (not country or grant.country in ("", country))
            ):
                found.append(grant)
        if not found:
            return found, rule.prohibit("no_consent", params=(("grant", kind.value),))
        good = []
        bad: list[Finding] = []
        ended = _last_end(found) if len(found) > 1 else None
        for grant in found:
            fault = self.fault(grant)
            if fault:
                bad.extend(fault)
            elif ended is not None and grant.given_at <= ended:
                bad.extend(rule.prohibit("consent_overridden", (grant.id,)))
            else:
                good.append(grant)
        return good, tuple(bad)

    def fault(self, grant: ConsentFact) -> tuple[Finding, ...]:
        """What the grant tests in force find wrong with a grant; nothing when it is good."""
        known = self._faults.get(grant.id)
        if known is None:
            known = self._faults[grant.id] = self._tested(grant)
        return known

    def _tested(self, grant: ConsentFact) -> tuple[Finding, ...]:
        for test, rule in self.tests:
            code = test(self, rule, grant)
            if code:
                return rule.prohibit(code, (grant.id,))
        return NOTHING

    def ids(self, items: Iterable[ItemFact]) -> frozenset[str]:
        """The ids of some items, as a set for a finding."""
        return frozenset([item.id for item in items])


def _last_end(grants: list[ConsentFact]) -> datetime | None:
    """The last instant at which one of these was refused or withdrawn: it ends all that were given until then."""
    ends = [g.withdrawn_at or g.given_at for g in grants if g.state is not GrantState.GIVEN]
    return max(ends) if ends else None


def version_at(versions: tuple[Version, ...], at: datetime) -> Version | None:
    """The version in force at an instant. Versions are ordered and never overlap; of a gap there is none."""
    n = bisect_right([v.begins for v in versions], at) - 1
    if n < 0:
        return None
    ends = versions[n].ends
    return versions[n] if ends is None or at < ends else None
