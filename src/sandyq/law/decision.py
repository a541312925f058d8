"""What the law answers: a verdict with all its findings, and the permit or refusal that the gate makes of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from sandyq.errors import Misuse
from sandyq.frozen import quick
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import Duty, Effect


@quick
@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found.

    `clause` is the policy's, `article` the act's with its redaction (`94-V art. 8(7) @2026-01-18`), `looked_at` the ids of the consent,
    state, relation or term it rests on, `fields` what it concerns (empty: all that was asked), `items` the item versions it concerns
    (empty: not told by item).
    """

    rule: str
    effect: Effect
    clause: str
    article: str
    code: str  # catalog key of the sentence a person reads
    looked_at: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset()
    duty: Duty | None = None
    confirmed: bool = True
    params: tuple[tuple[str, str], ...] = ()
    items: frozenset[str] = frozenset()


@quick
@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of `law.decide`: permitted or not, the fields allowed, and every finding in a canonical order.

    `withheld` are the items inside the ask that must not be touched even so: they are not opened, and a destruction leaves them standing.
    """

    permitted: bool
    fields: frozenset[str]
    findings: tuple[Finding, ...]
    duties: frozenset[Duty] = frozenset()
    masks: frozenset[str] = frozenset()  # fields shown masked
    pack: str = ""
    policy: str = ""
    rules: str = ""  # revision of the rules' code
    judged_on: date | None = None
    withheld: frozenset[str] = frozenset()

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that decided: the prohibitions of a refusal (else what narrowed it to nothing), or what permitted and narrowed."""
        if self.permitted:
            wanted = {Effect.PERMIT, Effect.NARROW, Effect.DUTY}
        else:
            wanted = {Effect.PROHIBIT} if any(f.effect is Effect.PROHIBIT for f in self.findings) else {Effect.NARROW}
        return tuple(f for f in self.findings if f.effect in wanted) or self.findings


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Permit:
    """Leave to do one thing once, inside the unit of work that asked. It is known by identity and is never copied or serialised."""

    ask: Ask
    verdict: Verdict
    decision: str
    fields: frozenset[str] = field(default_factory=frozenset)

    def __reduce__(self) -> NoReturn:
        raise Misuse("permit_serialised")

    def __copy__(self) -> NoReturn:
        raise Misuse("permit_copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise Misuse("permit_copied")


@quick
@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal with all its reasons: a value, not an exception."""

    ask: Ask
    verdict: Verdict
    decision: str
