"""Purposes, the approved list of data, and where data come from (policy parts 3 and 6; the Law art. 7, 12(1), 14, 17, 25(2)(1))."""

from sandyq.law.decision import Finding
from sandyq.law.rules import NOTHING, Cited, Context, predicate
from sandyq.law.vocabulary import Duty, Effect, Operation, SourceKind


@predicate
def purpose_known(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Only purposes that were set beforehand and stand in the policy (art. 7(8), 14)."""
    return NOTHING if ctx.purpose is not None else rule.prohibit("purpose_unknown")


@predicate
def purpose_specific(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A purpose that says nothing in particular (3.5) is none for the Law (art. 7(8))."""
    return rule.prohibit("purpose_not_specific") if ctx.purpose is not None and not ctx.purpose.specific else NOTHING


@predicate
def ground_of_purpose(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """The policy may say on which grounds a purpose can rest at all (5.1)."""
    purpose, ground = ctx.purpose, ctx.ask.ground
    if purpose is None or not purpose.grounds or ground in purpose.grounds:
        return NOTHING
    if ground == "5.4" and "consent" in purpose.grounds:
        return NOTHING
    return rule.prohibit("ground_not_of_purpose", params=(("ground", ground),))


@predicate
def citation_required(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A purpose that rests on a duty by law (3.9) is available only with the act cited."""
    missing = ctx.purpose is not None and "citation" in ctx.purpose.requires and not ctx.ask.citation.strip()
    return rule.prohibit("citation_missing") if missing else NOTHING


@predicate
def purpose_list(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Nothing beyond the purpose's approved list, category by category (6.2.x, art. 7(9), 12(1)): `params.category`."""
    if ctx.purpose is None:
        return NOTHING
    category, listed = rule.params["category"], ctx.purpose.fields
    known = ctx.policy.fields
    extra = frozenset(f for f in ctx.asked if f not in listed and f in known and known[f].category == category)
    return rule.narrow("not_on_purpose_list", extra) if extra else NOTHING


@predicate
def field_listed(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A field that the policy does not list is not collected or used (art. 7(9), 25(2)(1)): the open list of 6.2.13 does not carry it."""
    unknown = frozenset(ctx.asked - ctx.policy.fields.keys())
    return rule.finding(Effect.PROHIBIT, "field_not_listed", fields=unknown) if unknown else NOTHING


@predicate
def open_list(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """By the policy's words 6.2.13 admits other data, with the justification written down."""
    unknown = frozenset(ctx.asked - ctx.policy.fields.keys())
    if not unknown:
        return NOTHING
    return rule.note("open_list_used") if ctx.ask.citation.strip() else rule.prohibit("justification_missing")


@predicate
def hr_wall(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Personnel data and client data do not meet (3.7): the purpose and the record stand on the same side."""
    if ctx.purpose is None or ctx.purpose.hr == (ctx.facts.subject.wall == "staff"):
        return NOTHING
    return rule.prohibit("hr_wall")


@predicate
def paper_id_copy(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """No paper copies of identity documents (art. 7(10)) unless the exception is cited."""
    copies = ctx.asked & ctx.policy.paper_id_copies
    if not copies:
        return NOTHING
    return rule.note("paper_copy_excepted") if ctx.ask.citation.strip() else rule.narrow("paper_id_copy", copies)


@predicate
def guarantee(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Data from a third party only with its guarantee on file (6.3); what came without one is not touched."""
    if ctx.operation is Operation.COLLECT:
        wanted = ctx.ask.source is SourceKind.THIRD_PARTY and not ctx.ask.guarantee
        return rule.prohibit("guarantee_missing") if wanted else NOTHING
    bare = [i for i in ctx.items if i.source is SourceKind.THIRD_PARTY and not i.guaranteed]
    return rule.narrow("guarantee_missing", items=ctx.ids(bare)) if bare else NOTHING


@predicate
def source_reference(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Published data are collected again only with a reference to their source (5.2, art. 7(5)), judged at the day of collecting."""
    if ctx.operation is Operation.COLLECT:
        if ctx.ask.source is not SourceKind.PUBLIC_SOURCE or not rule.in_force(ctx.at):
            return NOTHING
        return rule.oblige(Duty.CITE_SOURCE, "cite_source") if ctx.ask.source_reference else rule.prohibit("source_reference_missing")
    public = [i for i in ctx.items if i.source is SourceKind.PUBLIC_SOURCE and rule.in_force(i.collected_at)]
    if not public:
        return NOTHING
    bare = [i for i in public if not i.source_cited]
    return rule.narrow("source_reference_missing", items=ctx.ids(bare)) if bare else rule.oblige(Duty.CITE_SOURCE, "cite_source")


@predicate
def no_scraping(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """No extraction from public sources by machine to make or widen a base (art. 7(11))."""
    return rule.prohibit("extraction_from_public_sources") if ctx.ask.source is SourceKind.PUBLIC_SOURCE else NOTHING


@predicate
def marketing_suppressed(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Who said stop on a channel is not reached on it, whatever consent stands (3.8)."""
    stopped = ctx.facts.suppressed
    return rule.prohibit("channel_suppressed") if "*" in stopped or ctx.ask.channel in stopped else NOTHING


@predicate
def marketing_channel(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A marketing use names its channel, or no yes to a channel can answer it (3.8)."""
    return NOTHING if ctx.ask.channel else rule.prohibit("channel_missing")


@predicate
def marketing_for_others(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """3.8 is the operator's own marketing: contacts go to who delivers the message (7.1.2), or to a partner agreed to for this."""
    party = ctx.facts.recipient
    if party is None or party.kind == "7.1.2":
        return NOTHING
    named = [g for g in ctx.facts.consents if g.recipient == party.id and g.purpose == ctx.ask.purpose and not ctx.fault(g)]
    return NOTHING if named else rule.prohibit("marketing_of_others")


@predicate
def statistics_depersonalised(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Statistics leave the house only depersonalised (3.6, art. 17(1))."""
    return rule.prohibit("only_depersonalised")


@predicate
def irreversible(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """What goes into depersonalised data holds no identifier, hashed or not (2.6, art. 1(7))."""
    marks = ctx.asked & ctx.policy.identifiers
    return rule.narrow("identifier_in_depersonalised", marks) if marks else NOTHING
