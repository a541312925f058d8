"""Consent: what makes a grant count (the Law art. 8, 24(1)(5), 25(2)(5)), and what it carries for each purpose of part 3."""

from sandyq.law.ask import ConsentFact
from sandyq.law.calendar import local_date
from sandyq.law.decision import Finding
from sandyq.law.retention import ended, serving
from sandyq.law.rules import NOTHING, Cited, Context, grant_test, predicate, union
from sandyq.law.vocabulary import Effect, GrantKind, GrantState, Operation


@grant_test
def grant_given(ctx: Context, rule: Cited, grant: ConsentFact) -> str:
    """A refusal is kept as a grant that says no (4.1.6, art. 8(1))."""
    return "consent_refused" if grant.state is GrantState.REFUSED else ""


@grant_test
def grant_not_withdrawn(ctx: Context, rule: Cited, grant: ConsentFact) -> str:
    """A withdrawal counts at once here; the 15 working days of art. 8(7) are a limit for finishing, not a leave to go on."""
    withdrawn = grant.state is GrantState.WITHDRAWN or (grant.withdrawn_at is not None and grant.withdrawn_at <= ctx.at)
    return "consent_withdrawn" if withdrawn else ""


@grant_test
def grant_in_term(ctx: Context, rule: Cited, grant: ConsentFact) -> str:
    """Its own term, art. 8(4)(3) and 8(5): not before it was given, not after it ran out."""
    if grant.given_at > ctx.at:
        return "consent_not_yet"
    return "consent_expired" if grant.expires_at is not None and grant.expires_at <= ctx.at else ""


@grant_test
def grant_purpose_not_reached(ctx: Context, rule: Cited, grant: ConsentFact) -> str:
    """A consent without a term holds until the purposes named in it are reached (art. 8(6)): till all relations that serve them ended."""
    if grant.expires_at is not None or not ctx.facts.relations or not grant.purpose:
        return ""
    ties = serving(ctx.facts.relations, grant.purpose)
    for tie in ties:
        if not ended(tie, ctx.day):
            return ""
    if not ties:
        return ""
    last = max(tie.ended for tie in ties if tie.ended)
    return "consent_purpose_reached" if local_date(grant.given_at) <= last else ""


@grant_test
def grant_express(ctx: Context, rule: Cited, grant: ConsentFact) -> str:
    """5.3 takes an application for a consent: never by the Law's reading, and by the policy's words only for what is tied to it."""
    if not grant.implied:
        return ""
    purpose = ctx.policy.purposes.get(grant.purpose)
    tied = grant.kind in (GrantKind.COLLECTION, GrantKind.PROCESSING) and purpose is not None and purpose.implied
    return "" if tied and not ctx.strict else "consent_implied"


@grant_test
def grant_proven(ctx: Context, rule: Cited, grant: ConsentFact) -> str:
    """The operator proves consent, or has none (art. 25(2)(5), 8(1))."""
    return "" if grant.proven else "consent_unproven"


@grant_test
def grant_complete(ctx: Context, rule: Cited, grant: ConsentFact) -> str:
    """The eight items of art. 8(4) are asked of a consent that was given when they were law."""
    return "consent_incomplete" if not grant.complete and rule.in_force(grant.given_at) else ""


def carried(ctx: Context, rule: Cited, kind: GrantKind, channel: str = "") -> tuple[Finding, ...]:
    """Permit what the live grants of this kind list; else say why there is none. A grant without a list carries the purpose's list."""
    good, bad = ctx.grants(rule, kind, channel=channel)
    if not good:
        return bad
    if len(good) == 1:
        listed = good[0].fields
        ids: tuple[str, ...] = (good[0].id,)
    else:
        listed = union(tuple([g.fields for g in good])) if all(g.fields for g in good) else frozenset()
        ids = tuple(sorted(g.id for g in good))
    if not listed and ctx.purpose is not None:
        listed = ctx.purpose.fields
    if ctx.asked <= listed:
        return rule.permit("consent_given", ids)
    fields = ctx.asked & listed
    return rule.permit("consent_given", ids, fields) if fields else rule.prohibit("consent_lists_none", ids)


@predicate
def consent_to_purpose(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Collecting and processing for a purpose on consent to it, each by itself (5.1, 4.1.5, art. 7(1), 7(8), 14)."""
    if ctx.purpose is None or ctx.purpose.marketing:
        return NOTHING
    return carried(ctx, rule, GrantKind.COLLECTION if ctx.operation is Operation.COLLECT else GrantKind.PROCESSING)


@predicate
def consent_to_marketing(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Marketing needs its own yes for the very channel (3.8, art. 7(8), 14); by the policy's words any express yes to marketing."""
    if ctx.operation is Operation.COLLECT:
        return carried(ctx, rule, GrantKind.COLLECTION)
    own = carried(ctx, rule, GrantKind.MARKETING, ctx.ask.channel if ctx.strict else "")
    if ctx.strict or any(f.effect is Effect.PERMIT for f in own):
        return own
    return carried(ctx, rule, GrantKind.PROCESSING)


@predicate
def own_consent(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A purpose that asks for its own consent is not carried by a general one, nor, strictly, by an implied one (art. 7(8))."""
    purpose = ctx.purpose
    if purpose is None or "own_consent" not in purpose.requires:
        return NOTHING
    if any(g.purpose == purpose.id and not ctx.fault(g) for g in ctx.facts.consents):
        return NOTHING
    return rule.prohibit("own_consent_missing")


@predicate
def declared_purpose(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Data collected for other purposes serve this one only on an express consent to it (art. 14, 15(2))."""
    purpose = ctx.ask.purpose
    other = [item for item in ctx.items if item.purposes and purpose not in item.purposes]
    if not other or ctx.purpose is None:
        return NOTHING
    kind = GrantKind.MARKETING if ctx.purpose.marketing else GrantKind.PROCESSING
    good, _ = ctx.grants(rule, kind)
    if any(not grant.implied for grant in good):
        return NOTHING
    return rule.narrow("other_purpose", items=ctx.ids(other))


@predicate
def automated_consent(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A decision by a machine alone that touches rights needs consent or a law (art. 19-1)."""
    if ctx.ask.ground != "consent" and ctx.ask.citation:
        return NOTHING
    good, bad = ctx.grants(rule, GrantKind.AUTOMATED)
    return NOTHING if good else (*rule.prohibit("automated_without_consent"), *bad)


@predicate
def biometric_named(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Voice and face serve only where a consent names them (6.2.8; Digital Code art. 48)."""
    marked = ctx.asked & ctx.policy.biometric
    if not marked:
        return NOTHING
    collecting = ctx.operation is Operation.COLLECT
    good, _ = ctx.grants(rule, GrantKind.COLLECTION if collecting else GrantKind.PROCESSING)
    named = frozenset().union(*[grant.fields for grant in good])
    return rule.narrow("biometric_not_named", marked - named) if marked - named else NOTHING
