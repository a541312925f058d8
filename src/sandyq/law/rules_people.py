"""Who asks, and about whom: actors, staff and their grants, destroyed subjects, the reading (policy 1.3, 2.5, 8.2; the Law art. 11)."""

from sandyq.law.decision import Finding
from sandyq.law.rules import NOTHING, Cited, Context, predicate
from sandyq.law.vocabulary import Duty, Occasion, Operation, StandingAct

ANY = "*"
REVEAL = "reveal"
"""The operation of a staff grant that shows sensitive fields unmasked."""


@predicate
def never(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Forbids whatever the rule's selectors pick out: the data say it all."""
    return rule.prohibit(rule.params["code"])


@predicate
def hr_staff(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Behind the wall of 3.7 only those act who have a grant for a purpose of labour relations, whatever else they may do."""
    staff = ctx.facts.staff
    if ctx.facts.subject.wall != "staff" or staff is None:
        return NOTHING
    labour = {purpose.id for purpose in ctx.policy.purposes.values() if purpose.hr}
    return NOTHING if any(purpose in labour for purpose, _, _ in staff.grants) else rule.prohibit("hr_wall", (staff.id,))


@predicate
def staff_active(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Staff act as somebody who is on the list and still works here (8.2)."""
    staff = ctx.facts.staff
    return NOTHING if staff is not None and staff.active else rule.prohibit("staff_inactive" if staff else "staff_unknown")


@predicate
def staff_undertaking(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Nobody touches personal data before the undertaking of confidentiality is signed (1.3, art. 11)."""
    staff = ctx.facts.staff
    return NOTHING if staff is None or staff.undertaking else rule.prohibit("staff_without_undertaking", (staff.id,))


@predicate
def staff_grants(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Staff see and do what their grants say: purpose by category by operation (8.2).

    A grant for every purpose counts only for acts on the person (block, destroy, release, answers), never for ordinary use.
    """
    staff = ctx.facts.staff
    if staff is None:
        return NOTHING
    ask = ctx.ask
    act = ask.operation
    if (ask.purpose, ANY, act) in staff.grants:
        return NOTHING
    personal = ask.occasion is not Occasion.ORDINARY or isinstance(ask.operation, StandingAct)
    personal = personal or ask.operation in (Operation.BLOCK, Operation.DESTROY)
    own = rule.derived(
        (staff.grants, act, ask.purpose, personal),
        lambda: frozenset(c for p, c, o in staff.grants if o == act and (p == ask.purpose or (personal and p == ANY))),
    )
    if not own:
        return rule.prohibit("staff_without_grant", (staff.id,))
    if ANY in own:
        return NOTHING
    category = ctx.policy.category_of
    fields = rule.derived((own, ctx.asked), lambda: frozenset(f for f in ctx.asked if category(f) not in own))
    items = frozenset([i.id for i in ctx.items if i.category not in own])
    if ask.operation is Operation.DESTROY:
        fields = frozenset()
    return rule.narrow("outside_staff_grant", fields, items, (staff.id,)) if fields or items else NOTHING


@predicate
def staff_masks(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Sensitive fields are shown masked unless the grant says reveal (1.3, 8.2)."""
    staff, purpose = ctx.facts.staff, ctx.ask.purpose
    if staff is None or (purpose, ANY, REVEAL) in staff.grants:
        return NOTHING
    category = ctx.policy.category_of
    masked = rule.derived(
        (staff.grants, purpose, ctx.asked),
        lambda: frozenset(f for f in ctx.asked & ctx.policy.masked if (purpose, category(f), REVEAL) not in staff.grants),
    )
    return rule.oblige(Duty.MASK, "shown_masked", masked) if masked else NOTHING


@predicate
def provisional_masks(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Who is known only by what was typed sees sensitive fields masked (design 11, 20)."""
    if ctx.facts.subject.kind != "provisional":
        return NOTHING
    masked = ctx.asked & ctx.policy.masked
    return rule.oblige(Duty.MASK, "shown_masked", masked) if masked else NOTHING


@predicate
def subject_destroyed(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Of a destroyed subject only retained evidence is left, for who is owed it and until its own end (2.5)."""
    if not ctx.facts.subject.destroyed and ctx.facts.subject.kind != "destroyed":
        return NOTHING
    evidence = bool(ctx.items) and all(i.klass == "evidence" for i in ctx.items)
    owed = ctx.ask.occasion in (Occasion.OWN_ACCESS, Occasion.AUTHORITY_DISCLOSURE)
    if evidence and (owed or ctx.operation in (Operation.STORE, Operation.DESTROY)):
        return NOTHING
    return rule.prohibit("subject_destroyed")


@predicate
def evidence_apart(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Retained evidence proves; it is not used, passed on or changed for a purpose (2.5, art. 25(2)(5))."""
    kept = frozenset([i.id for i in ctx.items if i.klass == "evidence"])
    return rule.narrow("evidence_only_proves", items=kept) if kept else NOTHING


@predicate
def reading_accepted(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """The policy's weaker words are used live only on the head's recorded acceptance; a simulation says so in the facts."""
    if ctx.facts.acceptance:
        return rule.note("reading_accepted", (ctx.facts.acceptance,))
    simulated = ("simulation", "yes") in ctx.facts.extra
    return rule.oblige(Duty.RECORD_ACCEPTANCE, "simulated") if simulated else rule.prohibit("reading_not_accepted")
