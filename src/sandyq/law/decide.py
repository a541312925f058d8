"""One decision: every rule that can matter is asked, any prohibition wins, nothing permitted means refused, an error refuses.

`Book` is the pack and the policy compiled together. Which rules can matter depends only on the kind of the ask and the day, so that
choice is made once per kind and kept. The order in which rules are asked and facts are listed never changes the verdict.
"""

import hashlib
from bisect import bisect_right
from datetime import date, datetime, timedelta
from importlib.resources import files
from operator import attrgetter, itemgetter
from typing import Any

from sandyq.law.ask import Ask, Facts
from sandyq.law.calendar import day_ends, local_date
from sandyq.law.decision import Finding, Verdict
from sandyq.law.pack import Pack
from sandyq.law.policy import Policy
from sandyq.law.rules import Cited, Context, Rule, Tests, Version, union, version_at
from sandyq.law.vocabulary import Duty, Effect, Operation, StandingAct

Selection = tuple[tuple[Cited, ...], Tests]

_EMPTY: frozenset[str] = frozenset()
_PERMIT, _PROHIBIT, _NARROW, _MASK = Effect.PERMIT, Effect.PROHIBIT, Effect.NARROW, Duty.MASK
_NO_DUTIES: frozenset[Duty] = frozenset()
_DAY = timedelta(days=1)
_KEPT_SELECTIONS = 4096
_WITHOUT_FIELDS = frozenset({*StandingAct, Operation.DESTROY, Operation.BLOCK, Operation.STORE})
_NO_GROUND = ("5.1", "94-V art. 7(1), 9")


def _revision() -> str:
    """SHA-256 over the source of everything that takes part in a decision."""
    taken = ("decide.py", "pack.py", "policy.py", "precedence.py", "retention.py", "terms.py", "ask.py", "decision.py", "vocabulary.py")
    digest = hashlib.sha256()
    for source in sorted(files("sandyq.law").iterdir(), key=lambda entry: entry.name):
        if source.name in taken or (source.name.startswith("rules") and source.name.endswith(".py")):
            digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


RULES_REVISION = _revision()
"""What the rules' code was, as a digest: a replay under another revision names its difference."""


class Book:
    """A pack and a policy, compiled for deciding. Treat it as frozen: what it keeps inside is only a memory of choices already made."""

    def __init__(self, pack: Pack, policy: Policy) -> None:
        self.pack = pack
        self.policy = policy
        self.digest = hashlib.sha256(f"{pack.digest}:{policy.digest}:{RULES_REVISION}".encode()).hexdigest()
        self.grounds = frozenset().union(*[rule.when.get("grounds", _EMPTY) for rule in pack.rules])
        edges = {edge for rule in pack.rules for v in rule.versions for edge in (v.begins, v.ends) if edge is not None}
        self._edges = sorted(edges)
        self._selections: dict[tuple[Any, ...], Selection] = {}
        self._cited: dict[tuple[str, date], Cited] = {}
        far = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
        self._today: tuple[datetime, datetime, date, int] = (far, far, far.date(), 0)

    def day(self, at: datetime) -> tuple[date, int]:
        """The date in Kazakhstan and the epoch of the pack (between two changes of law) that an instant lies in."""
        begins, ends, day, epoch = self._today
        if begins <= at < ends:
            return day, epoch
        day = local_date(at)
        epoch = bisect_right(self._edges, at)  # the law changes at midnight, so a day lies in one epoch
        self._today = (day_ends(day - _DAY), day_ends(day), day, epoch)
        return day, epoch

    def prepare(self, ask: Ask, facts: Facts, at: datetime) -> tuple[Context, tuple[Cited, ...]]:
        """The context of an ask and the rules that can matter to it."""
        day, epoch = self.day(at)
        ctx = Context(ask, facts, self.policy, (), at, day)
        purpose, party = ctx.purpose, facts.recipient
        key = (
            ask.operation,
            ask.occasion,
            facts.reading,
            ask.actor,
            purpose.id if purpose else "",
            ask.ground if ask.ground in self.grounds else "?",
            (party.kind if party.kind in self.policy.recipients else "?") if party else ask.recipient if ask.recipient == "public" else "",
            purpose is None or not ctx.asked <= purpose.fields,
            ask.automated,
            ask.source,
            ctx.has,
            epoch,
        )
        chosen = self._selections.get(key)
        if chosen is None:
            chosen = self._select(key, at)
            if len(self._selections) < _KEPT_SELECTIONS:
                self._selections[key] = chosen
        ctx.tests = chosen[1]
        return ctx, chosen[0]

    def _select(self, key: tuple[Any, ...], at: datetime) -> Selection:
        rules = sorted((r for r in self.pack.rules if self._matters(r, key)), key=lambda r: r.id)
        cited = [c for rule in rules if (c := self._cite(rule, at)) is not None]
        return tuple(c for c in cited if c.predicate is not None), tuple((c.test, c) for c in cited if c.test is not None)

    def _matters(self, rule: Rule, key: tuple[Any, ...]) -> bool:
        operation, occasion, reading, actor, purpose_id, ground, recipient, excess, automated, source, has, _ = key
        if (rule.operations and operation not in rule.operations) or rule.needs & ~has:
            return False
        given = {"readings": reading, "actors": actor, "occasions": occasion, "grounds": ground, "recipients": recipient, "sources": source}
        when = rule.when
        if any(str(value) not in when[name] for name, value in given.items() if name in when):
            return False
        if occasion in when.get("not_occasions", ()) or ground in when.get("not_grounds", ()):
            return False
        if "purposes" in when and not when["purposes"] & self._purpose_words(purpose_id):
            return False
        return bool(when.get("excess", excess) == excess and when.get("automated", automated) == automated)

    def _purpose_words(self, purpose_id: str) -> frozenset[str]:
        """What a selector may call a purpose: its clause, its flags, what it requires; `?` for one that the policy does not have."""
        purpose = self.policy.purposes.get(purpose_id)
        if purpose is None:
            return frozenset({"?"})
        flags = {
            "marketing": purpose.marketing,
            "statistics": purpose.statistics,
            "hr": purpose.hr,
            "general": not purpose.specific,
            "listed_grounds": bool(purpose.grounds),
        }
        return frozenset({purpose.clause, *purpose.requires, *(name for name, on in flags.items() if on)})

    def _cite(self, rule: Rule, at: datetime) -> Cited | None:
        version: Version | None = version_at(rule.versions, at)
        if version is None and rule.judged_at == "event":
            version = rule.versions[-1]  # it judges a day of its own; the latest text names the article
        if version is None:
            return None
        key = (rule.id, version.first)
        if key not in self._cited:
            self._cited[key] = Cited(rule, version)
        return self._cited[key]


def decide(ask: Ask, facts: Facts, book: Book, at: datetime) -> Verdict:
    """Whether the operation may be done, to which fields, on which clauses and articles. Pure; `at` is aware UTC.

    A permit lists exactly the fields allowed, the items to leave alone (`withheld`), the fields to mask and the duties that follow.
    """
    try:
        ctx, rules = book.prepare(ask, facts, at)
    except Exception as error:  # whatever is wrong with the facts, the answer is a refusal that says so
        return _refused_by_error(book, "context", error)
    carrying: list[Finding] = []
    lacking: list[Finding] = []
    found: list[Finding] = []
    told: list[Finding] = []
    last, in_order = "", True  # rules are asked in the order of their ids, so what they find usually stands in it
    for rule in rules:
        try:
            findings = rule.predicate(ctx, rule) if rule.predicate else ()
            if not findings:
                continue
            for finding in findings:
                told.append(finding)
                in_order = in_order and last < finding.rule
                last = finding.rule
            if not rule.permits:
                found.extend(findings)
                continue
            for finding in findings:
                effect = finding.effect
                (carrying if effect is _PERMIT else lacking if effect is _PROHIBIT else found).append(finding)
        except Exception as error:  # a rule that cannot be judged refuses
            found.append(_failed(rule.id, rule.clause, rule.article, error))
            in_order = False
    if not in_order or (carrying and lacking):
        told = carrying + found if carrying else lacking + found
        return _verdict(ctx, book, carrying, found, canonical(told))
    return _verdict(ctx, book, carrying, found, tuple(told))


def _verdict(ctx: Context, book: Book, carrying: list[Finding], found: list[Finding], findings: tuple[Finding, ...]) -> Verdict:
    """What the findings come to: what carries, what else was found, and all that is told, in canonical order."""
    owed: list[Finding] = []
    narrowed = prohibited = False
    for finding in found:
        if finding.effect is _PROHIBIT:
            prohibited = True
        elif finding.effect is _NARROW:
            narrowed = True
        if finding.duty is not None:
            owed.append(finding)
    if carrying:
        fields, withheld = _allowed(ctx, carrying, found if narrowed else [])
        permitted = not prohibited
        if permitted and not fields and not _nothing_needed(ctx, withheld):
            permitted = False
            if not narrowed:
                findings = canonical([*findings, _plain("nothing_asked")])
    else:
        fields, withheld, permitted = _EMPTY, _EMPTY, False
        if not prohibited and all(f.effect is not _PROHIBIT for f in findings):
            findings = canonical([*findings, _plain("nothing_permits")])
    masks, duties = _EMPTY, _NO_DUTIES
    if not permitted:
        fields = _EMPTY
    elif owed:
        masks = fields & _EMPTY.union(*[f.fields for f in owed if f.duty is _MASK])
        duties = frozenset([f.duty for f in owed if f.duty is not None and (f.duty is not _MASK or masks)])
    return Verdict(
        permitted,
        fields,
        findings,
        duties,
        masks,
        book.pack.digest,
        book.policy.digest,
        RULES_REVISION,
        ctx.day,
        withheld,
    )


def _allowed(ctx: Context, carrying: list[Finding], found: list[Finding]) -> tuple[frozenset[str], frozenset[str]]:
    """The fields left, and the items to leave alone: what no ground carries and what any rule took away."""
    if len(carrying) == 1:
        fields, carried = carrying[0].fields or ctx.asked, carrying[0].items
    else:
        fields = union(tuple([f.fields for f in carrying])) if all(f.fields for f in carrying) else ctx.asked
        carried = _EMPTY.union(*[f.items for f in carrying]) if all(f.items for f in carrying) else _EMPTY
    taken: list[frozenset[str]] = []
    for finding in found:
        if finding.effect is _NARROW:
            if finding.fields:
                fields -= finding.fields
            if finding.items:
                taken.append(finding.items)
    if not carried and not taken:
        return fields, _EMPTY
    withheld = taken[0] if len(taken) == 1 else _EMPTY.union(*taken)
    if carried:
        withheld |= frozenset([i.id for i in ctx.items]) - carried
    held: list[frozenset[str]] = []
    free: list[frozenset[str]] = []
    for item in ctx.items:
        (held if item.id in withheld else free).append(item.fields)
    if held:
        fields -= union(tuple(held)) - union(tuple(free))
    return fields, withheld


def _nothing_needed(ctx: Context, withheld: frozenset[str]) -> bool:
    """Whether the operation makes sense with no field: acts on the person do, unless every item was taken out of them."""
    if ctx.operation not in _WITHOUT_FIELDS:
        return False
    return not ctx.items or any(item.id not in withheld for item in ctx.items)


def _failed(rule: str, clause: str, article: str, error: Exception) -> Finding:
    return Finding(rule, Effect.PROHIBIT, clause, article, "rule_failed", params=(("error", type(error).__name__),))


def _refused_by_error(book: Book, where: str, error: Exception) -> Verdict:
    finding = _failed(where, *_NO_GROUND, error)
    return Verdict(False, _EMPTY, (finding,), pack=book.pack.digest, policy=book.policy.digest, rules=RULES_REVISION)


def _plain(code: str) -> Finding:
    return Finding("default", Effect.PROHIBIT, *_NO_GROUND, code)


def canonical(findings: list[Finding]) -> tuple[Finding, ...]:
    """Findings in the one order that depends on nothing but themselves, each once."""
    if len(findings) == 1:
        return (findings[0],)
    if len({f.rule for f in findings}) == len(findings):  # the usual case: no rule found two things
        return tuple(sorted(findings, key=_by_rule))
    keyed = sorted([(_order(f), f) for f in findings], key=itemgetter(0))
    return tuple([f for n, (key, f) in enumerate(keyed) if n == 0 or keyed[n - 1][0] != key])


_by_rule = attrgetter("rule")


def _order(f: Finding) -> tuple[Any, ...]:
    return (f.rule, f.effect, f.code, f.looked_at, sorted(f.fields), sorted(f.items), f.duty or "", f.params)
