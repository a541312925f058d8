"""Distribution: who may receive, what, across which border, and what the person is told.

Policy 4.1.6 and part 7; the Law art. 7(6), 10, 15, 16, 19.
"""

from sandyq.law.decision import Finding
from sandyq.law.rules import NOTHING, Cited, Context, predicate, union
from sandyq.law.rules_consent import carried
from sandyq.law.vocabulary import Duty, GrantKind, SourceKind

PUBLIC = "public"
HOME = "KZ"


@predicate
def recipient_class(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A transfer to a recipient of this class of 7.1, on the consent to the purpose that it serves (art. 15(2)).

    7.1.5 opens to anyone: strict takes it only with the person's yes to this very recipient.
    """
    party = ctx.facts.recipient
    group = ctx.policy.recipients.get(party.kind) if party else None
    if party is None or group is None or ctx.purpose is None:
        return rule.prohibit("recipient_class_unknown")
    if group.purposes and ctx.purpose.id not in group.purposes:
        return rule.prohibit("purpose_not_of_class")
    if group.open and ctx.strict:
        named, bad = ctx.grants(rule, GrantKind.RECIPIENT, recipient=party.id)
        if not named:
            return (*rule.prohibit("open_class_without_ground"), *bad)
    if ctx.purpose.marketing:
        return carried(ctx, rule, GrantKind.MARKETING, ctx.ask.channel if ctx.strict else "")
    return carried(ctx, rule, GrantKind.PROCESSING)


@predicate
def public_consent(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """To the public only what the person agreed to make public (4.1.6, art. 7(3)); never asked is no."""
    return carried(ctx, rule, GrantKind.PUBLIC_SOURCES)


@predicate
def access_class(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A field of restricted access (art. 6, 1.3) goes to the public only where the person's yes names it."""
    good, _ = ctx.grants(rule, GrantKind.PUBLIC_SOURCES)
    named = frozenset().union(*[g.fields for g in good])
    closed = ctx.asked - named - ctx.policy.public
    return rule.narrow("restricted_access", closed) if closed else NOTHING


@predicate
def third_party_consent(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Each recipient by its own yes, and only what that yes lists (against 7.2: art. 7(6), 15(1))."""
    good, bad = ctx.grants(rule, GrantKind.RECIPIENT, recipient=ctx.ask.recipient)
    if not good:
        return (*rule.prohibit("recipient_without_consent"), *bad)
    if not all(g.fields for g in good):
        return NOTHING
    listed = union(tuple([g.fields for g in good]))
    if ctx.asked <= listed:
        return NOTHING
    outside = ctx.asked - listed
    return rule.narrow("recipient_consent_lists_less", outside, looked_at=tuple(sorted(g.id for g in good)))


@predicate
def transfer_by_policy(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """By the words of 7.2 the recipient gets data without another consent: said aloud, so that it is seen. A refusal still counts."""
    said_no = [g for g in ctx.facts.consents if g.kind is GrantKind.RECIPIENT and g.recipient == ctx.ask.recipient]
    if said_no:
        good, bad = ctx.grants(rule, GrantKind.RECIPIENT, recipient=ctx.ask.recipient)
        if not good:
            return bad
    return rule.note("transfer_by_policy")


@predicate
def cross_border(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Over the border only with a yes to that, save to listed states that ensure protection (7.1, art. 16). Unknown is abroad."""
    party = ctx.facts.recipient
    if party is None or party.country == HOME or party.country in rule.params.get("ensuring", ()):
        return NOTHING
    good, bad = ctx.grants(rule, GrantKind.CROSS_BORDER, country=party.country or "?")
    return NOTHING if good else (*rule.prohibit("cross_border_without_consent"), *bad)


@predicate
def cross_border_by_policy(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """By the words of 7.1 data may go abroad: said aloud."""
    party = ctx.facts.recipient
    return NOTHING if party is None or party.country == HOME else rule.note("cross_border_by_policy", (party.id,))


@predicate
def recipient_named(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A transfer goes to somebody that the register of recipients knows (2.14)."""
    party = ctx.facts.recipient
    if ctx.ask.recipient == PUBLIC:
        return NOTHING
    return NOTHING if party is not None and party.id == ctx.ask.recipient else rule.prohibit("recipient_unknown")


@predicate
def recipient_active(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A recipient whose contract ended, or whose feed is suspended for not answering, gets nothing (7.1)."""
    party = ctx.facts.recipient
    if party is None or (party.active and not party.suspended):
        return NOTHING
    return rule.prohibit("recipient_suspended" if party.suspended else "recipient_inactive", (party.id,))


@predicate
def recipient_undertaking(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Nothing to who did not undertake to keep the Law (art. 10(1))."""
    party = ctx.facts.recipient
    return NOTHING if party is None or party.undertaking else rule.prohibit("recipient_without_undertaking", (party.id,))


@predicate
def recipient_agreed(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """No field beyond what the contract with the recipient covers for this purpose (7.1, art. 12(1))."""
    party = ctx.facts.recipient
    if party is None:
        return NOTHING
    purpose, agreed = ctx.ask.purpose, party.agreed
    outside = frozenset([f for f in ctx.asked if (purpose, f) not in agreed])
    return rule.narrow("not_agreed_with_recipient", outside, looked_at=(party.id,)) if outside else NOTHING


@predicate
def credit_not_passed_on(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """A credit report got from a bureau or another third party is not passed on (6.2.9; the credit bureau law art. 21(3)(3))."""
    got = [i for i in ctx.items if i.category == rule.params["category"] and i.source is SourceKind.THIRD_PARTY]
    return rule.narrow("credit_report_not_passed_on", items=ctx.ids(got)) if got else NOTHING


@predicate
def notice_of_transfer(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Where notice of a transfer was promised, it is given within 10 working days (art. 19(1))."""
    return rule.oblige(Duty.NOTIFY_SUBJECT, "notify_subject") if ctx.facts.notice_promised else NOTHING


@predicate
def phone_confirmed(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """What somebody typed into the form leaves the house only after the code sent to that phone came back."""
    subject = ctx.facts.subject
    return NOTHING if subject.kind != "provisional" or subject.phone_verified else rule.prohibit("phone_not_confirmed")


@predicate
def known_person_waits(ctx: Context, rule: Cited) -> tuple[Finding, ...]:
    """Data that name a person we already know wait for the desk: it may be somebody else who typed them."""
    subject = ctx.facts.subject
    return rule.prohibit("waits_for_desk") if subject.kind == "provisional" and subject.matches_known else NOTHING
