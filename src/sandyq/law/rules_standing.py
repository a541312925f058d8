"""Block, hold and lock, and the grounds of destruction.

Policy 2.2, 4.1.4, 4.1.7, 8.1; the Law art. 18, 24(1)(4), 25(2); Digital Code art. 41.
"""

from sandyq.law.ask import FORMER, ItemFact, StateFact
from sandyq.law.decision import Finding
from sandyq.law.precedence import overdue, reach, stands, stops
from sandyq.law.retention import ended, open_obligation, serving, storage_term
from sandyq.law.rules import NOTHING, Cited, Context, predicate
from sandyq.law.vocabulary import ActorKind, Duty, GrantKind, Operation, StateKind


@predicate
def state_stops(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Every state of one kind (`params.kind`) that stands: refuses what it covers whole, narrows what it covers in part."""
    if not ctx.facts.states:
        return NOTHING
    found: tuple[Finding, ...] = NOTHING
    for state in ctx.facts.states:
        if state.kind == rule.params["kind"] and stands(state, ctx.at):
            found += _stopped(ctx, rule, state)
    return found


def _stopped(ctx: Context, rule: Cited, state: StateFact) -> tuple[Finding, ...]:
    if not stops(state.kind, ctx.operation, ctx.ask.occasion, term_over=overdue(state, ctx.day)):
        return NOTHING
    category = ctx.policy.category_of
    touched = reach(state, ctx.ask, ctx.asked, ctx.items, {f: category(f) for f in ctx.asked} if state.categories else {})
    code = f"stopped_by_{state.kind.value}"
    if state.kind is StateKind.LOCK and ctx.operation is Operation.DESTROY:
        return _locked(ctx, rule, state, ctx.ids(ctx.items) if touched.whole else touched.items)
    if touched.nothing:
        return NOTHING
    all_items = ctx.operation is Operation.DESTROY and touched.items >= ctx.ids(ctx.items)
    if touched.whole or all_items or (ctx.asked and touched.fields >= ctx.asked):
        return rule.prohibit(code, (state.id,))
    return rule.narrow(code, touched.fields, touched.items, (state.id,))


def _locked(ctx: Context, rule: Cited, state: StateFact, touched: frozenset[str]) -> tuple[Finding, ...]:
    """A lock with a date keeps all it covers to that date; one without gives up what has reached the end of its own term."""
    dated = state.until is not None
    kept = ctx.ids(i for i in ctx.items if i.id in touched and (dated or not storage_term(i, ctx.facts, ctx.policy, ctx.at).over(ctx.day)))
    if not kept:
        return NOTHING
    code = f"stopped_by_{state.kind.value}"
    whole = kept >= ctx.ids(ctx.items)
    return rule.prohibit(code, (state.id,)) if whole else rule.narrow(code, items=kept, looked_at=(state.id,))


def _for_items(ctx: Context, rule: Cited, items: list[ItemFact], code: str, lack: str) -> tuple[Finding, ...]:
    if not items:
        return rule.prohibit(lack)
    ids = ctx.ids(items)
    return rule.permit(code, (), items=frozenset() if len(ids) == len(ctx.items) else ids)


@predicate
def destroy_term_over(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """The storage term ended (8.1, art. 18(1)(1)), or the purpose was reached (art. 25(2)(4))."""
    over = [i for i in ctx.items if storage_term(i, ctx.facts, ctx.policy, ctx.at).over(ctx.day)]
    return _for_items(ctx, rule, over, "term_over", "term_not_over")


@predicate
def destroy_relations_ended(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """The legal relations that the data served ended (art. 18(1)(2))."""
    gone = [i for i in ctx.items if i.klass == "data" and i.purposes and all(_all_ended(ctx, p) for p in i.purposes)]
    return _for_items(ctx, rule, gone, "relations_ended", "relations_not_ended")


def _all_ended(ctx: Context, purpose: str) -> bool:
    ties = serving(ctx.facts.relations, purpose)
    return bool(ties) and all(ended(t, ctx.day) for t in ties)


@predicate
def destroy_unconsented(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Data kept on consent for which no consent counts (4.1.4, art. 24(1)(4); since 2022 art. 18(1)(4))."""
    bare = [i for i in ctx.items if i.klass == "data" and i.ground == "consent" and not _consented(ctx, rule, i)]
    return _for_items(ctx, rule, bare, "processed_without_consent", "consent_stands")


def _consented(ctx: Context, rule: Cited, item: ItemFact) -> bool:
    kinds = (GrantKind.PROCESSING, GrantKind.MARKETING)
    return any(ctx.grants(rule, kind, purpose=purpose)[0] for purpose in item.purposes for kind in kinds)


@predicate
def destroy_former(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A version that a newer one replaced serves no purpose any more (4.1.2, art. 12(2), 25(2)(8)); what keeps it all the same has rules of its own."""
    former = [i for i in ctx.items if i.klass == FORMER]
    return _for_items(ctx, rule, former, "former_version", "nothing_former") if former else NOTHING


@predicate
def destroy_on_demand(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """The person may demand deletion whatever the ground (Digital Code art. 41); staff carry it out on the request that is on file."""
    if ctx.ask.actor is ActorKind.STAFF and not ctx.ask.documents:
        return rule.prohibit("request_wanted")
    data = [i for i in ctx.items if i.klass == "data"]
    return _for_items(ctx, rule, data, "deletion_demanded", "nothing_to_destroy") if ctx.items else rule.permit("deletion_demanded")


@predicate
def destroy_obligation_open(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """What an unfulfilled obligation needs stays (art. 8(2); Digital Code art. 41(3))."""
    live = [r for r in ctx.facts.relations if open_obligation(r, ctx.day)]
    if not live:
        return NOTHING
    needed = [i for i in ctx.items if i.klass in ("data", FORMER) and any(serving(live, purpose) for purpose in i.purposes)]
    ids = tuple(sorted(r.id for r in live))
    return rule.narrow("obligation_open", items=ctx.ids(needed), looked_at=ids) if needed else NOTHING


@predicate
def destroy_legal_term(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """What legislation makes the office keep is locked, not destroyed, until that term ends (8.1, art. 12(2); Digital Code art. 41(3))."""
    kept = [i for i in ctx.items if (t := storage_term(i, ctx.facts, ctx.policy, ctx.at)).by_law and not t.over(ctx.day)]
    return rule.narrow("lock_instead", items=ctx.ids(kept)) if kept else NOTHING


@predicate
def evidence_term(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Retained evidence stays to the end of its own term (2.5, art. 25(2)(5)): the certificate lists it as kept."""
    kept = [i for i in ctx.items if i.klass == "evidence" and (i.term_end is None or i.term_end >= ctx.day)]
    return rule.narrow("evidence_kept", items=ctx.ids(kept)) if kept else NOTHING


@predicate
def tell_recipients(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Who received the data learns of the act and confirms it (4.1.1-4.1.4)."""
    return rule.oblige(Duty.TELL_RECIPIENT, "tell_recipients")
