"""Grounds other than consent: the cases of art. 9, public sources, what goes on after a withdrawal, and what the person is owed."""

import re

from sandyq.law.decision import Finding
from sandyq.law.precedence import stands
from sandyq.law.retention import ended, open_obligation, serving, storage_term
from sandyq.law.rules import NOTHING, Cited, Context, predicate
from sandyq.law.vocabulary import ActorKind, Duty, GrantKind, GrantState, Occasion, Operation, SourceKind

# An article is named in any of the three languages: "art. 5", "ст. 5", "статья 5", "5-бап".
_ARTICLE = re.compile(r"\b(?:art(?:icle)?|ст(?:атья|атьи)?)\.?\s*\d|\d+\s*-?\s*ба[пб]", re.IGNORECASE)


@predicate
def article_9(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """One case of art. 9, by who may rely on it: `params.who` is disclosure, employer, reasoned, cited or none of a private operator."""
    who, ask = rule.params["who"], ctx.ask
    if who == "none":
        return rule.prohibit("ground_not_for_private_operator")
    if who == "disclosure" and ask.occasion is not Occasion.AUTHORITY_DISCLOSURE:
        return rule.prohibit("ground_only_for_disclosure")
    if who == "employer" and not (ctx.purpose and ctx.purpose.hr):
        return rule.prohibit("ground_only_for_employer")
    if not ask.citation.strip():
        return rule.prohibit("citation_missing")
    if rule.params.get("article") and not _ARTICLE.search(ask.citation):
        return rule.prohibit("citation_needs_article")
    if who == "disclosure" and not ask.recipient:
        return rule.prohibit("recipient_missing")
    if who in ("disclosure", "reasoned"):
        if ask.actor is not ActorKind.STAFF:
            return rule.prohibit("person_must_decide")
        if not ask.documents:
            return rule.prohibit("documents_wanted")
    return rule.permit("ground_of_article_9", ask.documents)


@predicate
def public_source(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Data from public sources need no consent (5.2, art. 7(5)) for the purposes they were taken for.

    A field that is also held from elsewhere does not ride along.
    """
    if ctx.operation is Operation.COLLECT:
        return rule.permit("from_public_source") if ctx.ask.source is SourceKind.PUBLIC_SOURCE else NOTHING
    public = [i for i in ctx.items if i.source is SourceKind.PUBLIC_SOURCE and ctx.ask.purpose in i.purposes]
    if not public:
        return NOTHING
    kept = {i.id for i in public}
    elsewhere = frozenset().union(*[i.fields for i in ctx.items if i.id not in kept])
    fields = (frozenset().union(*[i.fields for i in public]) - elsewhere) & ctx.asked
    return rule.permit("from_public_source", tuple(sorted(kept)), fields) if fields else NOTHING


@predicate
def continued_after_withdrawal(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """5.4: after a withdrawal a person may decide that processing goes on for a named contract or obligation, and records it.

    Strict asks for an obligation still unfulfilled (art. 8(2)); by the policy's words a relation that was not ended is enough. What was
    refused from the start, marketing and statistics never go on this way.
    """
    purpose = ctx.purpose
    if purpose is None or purpose.marketing or purpose.statistics:
        return rule.prohibit("purpose_does_not_go_on")
    kinds = (GrantKind.PROCESSING, GrantKind.COLLECTION)
    if not any(g.state is GrantState.WITHDRAWN and g.kind in kinds and g.purpose in ("", purpose.id) for g in ctx.facts.consents):
        return rule.prohibit("nothing_withdrawn")
    ties = [t for t in serving(ctx.facts.relations, purpose.id) if t.started <= ctx.day]
    live = [t for t in ties if (open_obligation(t, ctx.day) if ctx.strict else not ended(t, ctx.day))]
    if not live:
        return rule.prohibit("no_open_obligation", tuple(sorted(t.id for t in ties)))
    if not ctx.ask.citation.strip():
        return rule.prohibit("citation_missing")
    if not (ctx.ask.documents or ctx.ask.actor is ActorKind.STAFF):
        return rule.prohibit("person_must_decide")
    looked_at = tuple(sorted(t.id for t in live))
    return (*rule.permit("goes_on_for_obligation", looked_at), *rule.oblige(Duty.RECORD_DECISION, "decision_recorded"))


@predicate
def own_access(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A person sees what is kept about them, whatever else stands (4.1.1, art. 24(1)(1)); staff answer only a request that is on file."""
    if ctx.ask.actor is ActorKind.STAFF and not ctx.ask.documents:
        return rule.prohibit("request_wanted")
    return rule.permit("own_data", ctx.ask.documents)


@predicate
def on_documents(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """An act that needs a document, and no consent."""
    return rule.permit(rule.params["code"], ctx.ask.documents) if ctx.ask.documents else rule.prohibit("documents_wanted")


@predicate
def unconditional(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """An act that only narrows, or that is owed: it waits for nothing."""
    return rule.permit(rule.params["code"])


@predicate
def lift_state(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A state is lifted on a document, and only if one stands (2.2, art. 25(2)(8))."""
    kinds = rule.params["kinds"]
    standing = tuple(sorted(s.id for s in ctx.facts.states if s.kind in kinds and stands(s, ctx.at)))
    if not standing:
        return rule.prohibit("nothing_stands")
    return rule.permit(rule.params["code"], (*standing, *ctx.ask.documents)) if ctx.ask.documents else rule.prohibit("documents_wanted")


@predicate
def breach_contacts(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """After a breach, who is concerned and how to reach them, and nothing else (art. 25(2)(8), Order 481): fields of `params.kinds`."""
    kinds, known = rule.params["kinds"], ctx.policy.fields
    fields = frozenset(f for f in ctx.asked if f in known and known[f].validator in kinds)
    return rule.permit("breach_notice", (), fields) if fields else rule.prohibit("only_contacts_for_breach")


@predicate
def storage(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Storing goes on to the end of the term (8.1), and beyond it while a block, hold or lock stands (2.2)."""
    if any(stands(s, ctx.at) for s in ctx.facts.states):
        return rule.permit("stored_under_state", tuple(sorted(s.id for s in ctx.facts.states)))
    over = [i for i in ctx.items if storage_term(i, ctx.facts, ctx.policy, ctx.at).over(ctx.day)]
    if ctx.items and len(over) == len(ctx.items):
        return rule.prohibit("term_over", tuple(sorted(i.id for i in over)))
    return rule.permit("term_running")


@predicate
def withdraw_obligation(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """No withdrawal while an obligation that the purpose serves is unfulfilled (4.1.5, art. 8(2)); channels and recipients can be left."""
    ask, purpose = ctx.ask, ctx.purpose
    if ask.channel or ask.recipient or (purpose is not None and (purpose.marketing or purpose.statistics)):
        return NOTHING
    ties = serving(ctx.facts.relations, ask.purpose) if ask.purpose else ctx.facts.relations
    live = tuple(sorted(t.id for t in ties if open_obligation(t, ctx.day)))
    return rule.prohibit("withdrawal_obligation_open", live) if live else NOTHING


@predicate
def withdraw_against_law(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """No withdrawal from what a law demands (4.1.5, art. 8(2)): the purpose names the act."""
    duty = ctx.purpose.legal_duty if ctx.purpose else ""
    return rule.prohibit("withdrawal_against_law", params=(("act", duty),)) if duty else NOTHING


@predicate
def merge_on_check(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Two subjects become one on a staff identity check with its document; a staff record never meets a client's (3.7, design 11)."""
    if ctx.facts.subject.wall == "staff":
        return rule.prohibit("hr_wall")
    return rule.permit("identity_checked", ctx.ask.documents) if ctx.ask.documents else rule.prohibit("documents_wanted")
