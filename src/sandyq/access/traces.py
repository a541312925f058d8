"""What happened with a person's data: decisions, looks, the entries of the log, and the ways in which data were collected and processed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from sandyq import speech
from sandyq.access.parts import Coded, Consent, Decision, Entry, Form, Item, Kept, Look, Method, Reason, Recipient, Thing
from sandyq.access.words import Codes
from sandyq.audit import Act
from sandyq.audit.history import Numbered
from sandyq.clock import instant
from sandyq.law.vocabulary import ActorKind, Effect, Occasion, Operation
from sandyq.register.holder import Kept as Stays
from sandyq.register.holder import Shown

LOOKS: Final = frozenset({Act.SHOWN.value, Act.FOUND.value, Act.EXPORTED.value, Act.CLAIMED.value})


class _Finding(msgspec.Struct, frozen=True):
    """A finding of a stored verdict, as much of it as a person is told."""

    effect: Effect
    clause: str = ""
    article: str = ""
    code: str = ""
    params: tuple[tuple[str, str], ...] = ()


class _Verdict(msgspec.Struct, frozen=True):
    fields: tuple[str, ...] = ()
    findings: tuple[_Finding, ...] = ()


class _Ask(msgspec.Struct, frozen=True):
    operation: str = ""
    purpose: str = ""
    recipient: str = ""
    occasion: str = "ordinary"
    actor: str = "system"
    automated: bool = False


_ask = msgspec.json.Decoder(_Ask).decode
_verdict = msgspec.json.Decoder(_Verdict).decode


def decisions(codes: Codes, answers: Iterable[tuple[str, int, bool, str, str]]) -> tuple[Decision, ...]:
    """Every decision about the person, oldest first, with the reasons that decided."""
    found = []
    for decision, at_us, permitted, asked, judged in answers:
        ask, verdict = _ask(asked), _verdict(judged)
        found.append(
            Decision(
                id=decision,
                at=instant(at_us),
                operation=ask.operation,
                purpose=codes.aim(ask.purpose) if ask.purpose else None,
                recipient=codes.party(ask.recipient) if ask.recipient else None,
                occasion=ask.occasion,
                by=codes.word("who", ask.actor),
                automated=ask.automated or (ask.operation == Operation.DISTRIBUTE and ask.actor == ActorKind.SYSTEM),
                permitted=permitted,
                fields=len(verdict.fields),
                reasons=_reasons(codes, verdict.findings, permitted),
            )
        )
    return tuple(found)


def disclosed(codes: Codes, answers: Iterable[tuple[str, int, bool, str, str]]) -> tuple[Recipient, ...]:
    """State bodies that got data without consent and of which the person may know: each disclosure by itself, by its clause, fields and day (5.1, art. 9)."""
    found = []
    for decision, at_us, permitted, asked, judged in answers:
        ask, verdict = _ask(asked), _verdict(judged)
        if permitted and ask.occasion == Occasion.AUTHORITY_DISCLOSURE:
            clause = next((f.clause for f in verdict.findings if f.effect is Effect.PERMIT), "")
            found.append(
                Recipient(
                    id=decision,
                    name=codes.recipient(ask.recipient),
                    clause=clause,
                    country="KZ",
                    fields=codes.named(verdict.fields),
                    first_at=instant(at_us),
                    last_at=instant(at_us),
                    told_to_destroy=False,
                    reference=False,
                )
            )
    return tuple(found)


def _reasons(codes: Codes, findings: Sequence[_Finding], permitted: bool) -> tuple[Reason, ...]:
    """The findings that decided, as `Verdict.reasons` picks them."""
    wanted = {Effect.PERMIT, Effect.NARROW, Effect.DUTY} if permitted else {Effect.PROHIBIT}
    chosen = [f for f in findings if f.effect in wanted] or [f for f in findings if f.effect is Effect.NARROW] or findings
    return tuple(_reason(codes, f) for f in chosen)


def _reason(codes: Codes, finding: _Finding) -> Reason:
    key = f"finding.{finding.code}"
    words = codes.say(key, **dict(finding.params)) if speech.has(key) else codes.say("finding.unknown", code=finding.code)
    return Reason(code=finding.code, basis=codes.rests(finding.clause, finding.article), words=words)


def entries(codes: Codes, log: Iterable[Numbered]) -> tuple[Entry, ...]:
    """Every entry of the log about the person, oldest first; whoever acted is told by kind alone."""
    return tuple(
        Entry(
            number=number,
            id=entry.id,
            at=instant(entry.at),
            act=codes.word("act", entry.act),
            by=codes.word("who", entry.actor_kind),
            basis=codes.rests(entry.clause, entry.article),
            verdict=entry.verdict,
        )
        for number, entry in log
    )


def looks(codes: Codes, log: Iterable[Numbered], roles: Mapping[str, str]) -> tuple[Look, ...]:
    """Who looked, oldest first: looks, finds and exports of whomever, and what staff were refused. A look of a member of staff has the role that they have
    now."""
    purposes = codes.edition.policy.purposes
    return tuple(
        Look(
            at=instant(entry.at),
            act=codes.word("act", entry.act),
            by=codes.word("who", entry.actor_kind),
            role=codes.word("role", roles[entry.actor]).words if entry.actor in roles else "",
            purpose=codes.aim(entry.purpose) if entry.purpose in purposes else None,
            categories=tuple(part for part in entry.category.split(",") if part),
            count=entry.count,
            verdict=entry.verdict,
            leaf=entry.id,
        )
        for _, entry in log
        if (entry.act in LOOKS and not (entry.parent and entry.act == Act.EXPORTED))
        or _refused_look(entry.act, entry.actor_kind, entry.object)
    )


def _refused_look(act: str, by: str, operation: str) -> bool:
    return act == Act.REFUSED.value and by == ActorKind.STAFF.value and operation == Operation.USE.value


def methods(
    codes: Codes, forms: Iterable[Form], data: Iterable[Item], consents: Iterable[Consent], decided: Iterable[Decision]
) -> tuple[Method, ...]:
    """How data were collected (doors, sources, ways of consent) and processed (operations that were decided on)."""
    collected = [("access.door", form.door) for form in forms] + [("source", item.source.kind.code) for item in data]
    collected += [("via", consent.via.code) for consent in consents]
    processed = {(d.operation, d.automated) for d in decided if d.permitted}
    ways = [_method(codes, "collect", prefix, code, automated=False) for prefix, code in dict.fromkeys(collected)]
    return (*ways, *(_method(codes, "process", "access.operation", code, automated=alone) for code, alone in sorted(processed)))


def _method(codes: Codes, kind: str, prefix: str, code: str, *, automated: bool) -> Method:
    name = f"{prefix.removeprefix('access.')}.{code}"
    return Method(kind=kind, code=name, words=codes.coded(prefix, code), automated=automated)


def others(shown: Iterable[Shown]) -> tuple[Thing, ...]:
    """What rooms keep that have no section of their own, as each shows it."""
    return tuple(
        Thing(
            holder=one.holder,
            what=one.what,
            id=one.id,
            category=one.category,
            since=instant(one.since_us) if one.since_us else None,
            ground=one.ground,
            source=one.source,
            purposes=tuple(sorted(one.purposes)),
            term_rule=one.term_rule,
            last_day=one.term_end,
        )
        for one in shown
    )


def kept(codes: Codes, stays: Iterable[Stays]) -> tuple[Kept, ...]:
    """What outlives a destruction."""
    return tuple(
        Kept(
            holder=one.holder,
            what=Coded(code=one.what, words=codes.kept(one.what)),
            id=one.id,
            ground=one.ground,
            last_day=one.until,
            term_rule=one.term_rule,
        )
        for one in stays
    )
