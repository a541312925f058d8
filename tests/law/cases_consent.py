"""Cases on consent, purposes, the approved list and sources."""

from datetime import UTC, date, datetime

from case_shape import Case, allows, refuses
from law_world import GIVEN, IN_2020, NOW, PUBLISHED, SIMULATED, THIRD, WORDS, ask, consent, facts, item, partner, person, relation, staff

from sandyq.law.vocabulary import ActorKind, Duty, GrantKind, GrantState, Occasion, Operation

Op, G = Operation, GrantKind
USE, COLLECT = Op.USE, Op.COLLECT
YES, OLD = consent(), consent(given_at=IN_2020, complete=False)
COLLECTION = consent(G.COLLECTION)
NAME = item("6.2.1", "surname iin")
CITED = {"citation": "191-IV art. 5"}
BEFORE_2022 = datetime(2022, 2, 28, 18, 30, tzinfo=UTC)  # 28 February 2022, half past midnight of 1 March in Almaty


def simulated(*things: object) -> object:
    return facts(*things, reading=WORDS, extra=SIMULATED)


def purpose_case(clause: str, purpose: str, field: str, *more: object, **settings: object) -> Case:
    """Consent to a purpose carries use for it: one row for each clause of part 3."""
    name = f"consent to {purpose} carries its use"
    return Case(
        name, clause, f"purpose-{clause}", ask(USE, field, purpose, **settings), facts(consent(purpose=purpose), *more), allows(field)
    )


GRANTS = [
    Case(
        "a refusal is not a consent",
        "4.1.6",
        "grant-given",
        ask(USE, "phone"),
        facts(consent(state=GrantState.REFUSED)),
        refuses("consent_refused"),
    ),
    Case(
        "a withdrawn consent carries nothing from that moment",
        "4.1.5",
        "grant-not-withdrawn",
        ask(USE, "phone"),
        facts(consent(state=GrantState.WITHDRAWN, withdrawn_at=NOW)),
        refuses("consent_withdrawn"),
    ),
    Case(
        "an expired consent carries nothing",
        "4.1.5",
        "grant-in-term",
        ask(USE, "phone"),
        facts(consent(expires_at=NOW)),
        refuses("consent_expired"),
    ),
    Case(
        "a consent does not reach back before it was given",
        "4.1.5",
        "grant-in-term",
        ask(USE, "phone"),
        facts(consent(given_at=NOW.replace(day=21))),
        refuses("consent_not_yet"),
    ),
    Case(
        "a consent without a term ends when all it served has ended",
        "8.1",
        "grant-purpose-not-reached",
        ask(USE, "phone"),
        facts(YES, relation(ended=date(2026, 11, 1), fulfilled=True)),
        refuses("consent_purpose_reached"),
    ),
    Case(
        "strictly, writing to the office is not a consent",
        "5.3",
        "grant-express",
        ask(USE, "phone"),
        facts(consent(implied=True)),
        refuses("consent_implied"),
    ),
    Case(
        "by the policy's words an application carries no statistics",
        "5.3",
        "grant-express",
        ask(USE, "city", "statistics"),
        simulated(consent(purpose="statistics", implied=True)),
        refuses("consent_implied"),
    ),
    Case(
        "a consent nobody can prove is none",
        "2.18",
        "grant-proven",
        ask(USE, "phone"),
        facts(consent(proven=False)),
        refuses("consent_unproven"),
    ),
    Case(
        "a consent of 2026 without the eight items is none",
        "2.18",
        "grant-complete",
        ask(USE, "phone"),
        facts(consent(complete=False)),
        refuses("consent_incomplete"),
    ),
]

PURPOSES = [
    purpose_case("3.1", "loan", "phone"),
    purpose_case("3.2", "contract", "phone"),
    purpose_case("3.3", "quality", "phone"),
    purpose_case("3.4", "legal-duty", "phone"),
    purpose_case("3.6", "statistics", "city"),
    purpose_case("3.7", "labour", "education", person(wall="staff")),
    purpose_case("3.9", "identification", "surname", **CITED),
    purpose_case("3.10", "correspondence", "email"),
    Case(
        "by the policy's words other functions are a purpose",
        "3.5",
        "purpose-3.5",
        ask(USE, "surname", "other"),
        simulated(consent(purpose="other")),
        allows("surname"),
    ),
    Case(
        "marketing by SMS on a yes to SMS",
        "3.8",
        "purpose-3.8",
        ask(USE, "phone", "marketing", channel="sms"),
        facts(consent(G.MARKETING, "marketing", channel="sms")),
        allows("phone"),
    ),
    Case("the form is collected on consent to collecting", "2.4", "purpose-3.1", ask(COLLECT, "phone"), facts(COLLECTION), allows("phone")),
    Case("what was collected is entered on consent", "2.3", "purpose-3.1", ask(Op.ACCUMULATE, "phone"), facts(YES), allows("phone")),
    Case("each processing operation rests on consent", "2.11", "purpose-3.1", ask(Op.SUPPLEMENT, "phone"), facts(YES), allows("phone")),
    Case("use rests on consent to the purpose", "2.12", "purpose-3.1", ask(USE, "surname"), facts(YES, NAME), allows("surname")),
    Case("consent is the ground", "5.1", "purpose-3.2", ask(USE, "phone", "contract"), facts(consent(purpose="contract")), allows("phone")),
    Case(
        "an unknown purpose is no purpose", "3.1", "purpose-known", ask(USE, "phone", "curiosity"), facts(YES), refuses("purpose_unknown")
    ),
    Case(
        "strictly, other functions say too little",
        "3.5",
        "purpose-specific",
        ask(USE, "surname", "other"),
        facts(consent(purpose="other")),
        refuses("purpose_not_specific"),
    ),
    Case(
        "a purpose that rests on consent alone does not rest on a law",
        "5.1",
        "ground-of-purpose",
        ask(USE, "email", "correspondence", ground="9(10)", **CITED),
        facts(),
        refuses("ground_not_of_purpose"),
    ),
    Case(
        "identification without the act cited is refused",
        "3.9",
        "citation-3.9",
        ask(USE, "iin", "identification"),
        facts(consent(purpose="identification")),
        refuses("citation_missing"),
    ),
    Case(
        "a general yes is not a yes to quality control",
        "3.3",
        "own-consent",
        ask(USE, "phone", "quality"),
        facts(consent(purpose="")),
        refuses("own_consent_missing"),
    ),
    Case(
        "data taken for a loan do not serve letters on an implied yes",
        "2.12",
        "declared-purpose",
        ask(USE, "surname", "contract"),
        simulated(consent(purpose="contract", implied=True), NAME),
        refuses("other_purpose"),
    ),
    Case(
        "personnel purposes do not reach a client",
        "3.7",
        "hr-wall",
        ask(USE, "surname", "labour"),
        facts(consent(purpose="labour")),
        refuses("hr_wall"),
    ),
    Case(
        "a grant for every purpose does not block behind the wall",
        "3.7",
        "hr-staff",
        ask(Operation.BLOCK, "", "", actor=ActorKind.STAFF, occasion=Occasion.RESTRICTIVE, documents=("doc-1",)),
        facts(person(wall="staff"), staff(("*", "*", "block"), ("loan", "*", "use"))),
        refuses("hr_wall"),
    ),
    Case(
        "client purposes do not reach an employee's record",
        "3.7",
        "hr-wall",
        ask(USE, "surname"),
        facts(YES, person(wall="staff")),
        refuses("hr_wall"),
    ),
    Case(
        "statistics are depersonalised on a yes to statistics",
        "2.6",
        "purpose-3.6",
        ask(Op.DEPERSONALISE, "city", "statistics"),
        facts(consent(purpose="statistics")),
        allows("city"),
    ),
    Case(
        "no identifier goes into depersonalised data",
        "2.6",
        "irreversible",
        ask(Op.DEPERSONALISE, "city iin", "statistics"),
        facts(consent(purpose="statistics")),
        allows("city"),
    ),
    Case(
        "statistics go to nobody with names in them",
        "3.6",
        "statistics-depersonalised",
        ask(Op.DISTRIBUTE, "city", "statistics", recipient="bank-a"),
        facts(consent(purpose="statistics"), consent(G.RECIPIENT, "", recipient="bank-a"), partner(agreed="city", purpose="statistics")),
        refuses("only_depersonalised"),
    ),
]

# for each category a field that the loan does not need, though a generous consent lists it
EXCESS = {
    "6.2.1": "sex",
    "6.2.2": "living_conditions",
    "6.2.3": "education",
    "6.2.4": "family_status",
    "6.2.5": "diploma_copy",
    "6.2.6": "property",
    "6.2.7": "email",
    "6.2.8": "office_photo",
    "6.2.9": "debts",
    "6.2.10": "payment_record",
    "6.2.11": "social_page",
    "6.2.12": "ip_address",
    "6.2.13": "hobby",
}
LISTS = [
    Case(
        f"of {category} only what the purpose needs",
        category,
        f"category-{category}",
        ask(COLLECT, f"phone {field}"),
        facts(consent(G.COLLECTION, fields=f"phone {field}")),
        allows("phone", code="not_on_purpose_list"),
    )
    for category, field in EXCESS.items()
] + [
    Case(
        "a field that the policy does not list is refused",
        "6.2.13",
        "field-listed",
        ask(COLLECT, "phone shoe_size"),
        facts(COLLECTION),
        refuses("field_not_listed"),
    ),
    Case(
        "by the policy's words an unlisted field wants a justification",
        "6.2.13",
        "open-list",
        ask(COLLECT, "phone shoe_size"),
        simulated(consent(G.COLLECTION, fields="phone shoe_size")),
        refuses("justification_missing"),
    ),
    Case(
        "no paper copy of an identity document",
        "6.2.5",
        "paper-id-copy",
        ask(COLLECT, "document_copy id_paper_copy"),
        facts(COLLECTION),
        allows("document_copy", code="paper_id_copy"),
    ),
    Case(
        "a voice is used only where the consent names it",
        "6.2.8",
        "biometric-named",
        ask(USE, "phone voice"),
        facts(YES),
        allows("phone", code="biometric_not_named"),
    ),
]

SOURCES = [
    Case(
        "what was published is collected with its source",
        "5.2",
        "public-source",
        ask(COLLECT, "public_office", source=PUBLISHED, source_reference="a register"),
        facts(),
        allows("public_office", Duty.CITE_SOURCE),
    ),
    Case(
        "what was published serves the purpose it was taken for",
        "5.2",
        "public-source",
        ask(USE, "public_office"),
        facts(item("6.2.3", "public_office", source=PUBLISHED, source_cited=True)),
        allows("public_office", Duty.CITE_SOURCE),
    ),
    Case(
        "without its source it is not collected",
        "5.2",
        "source-reference",
        ask(COLLECT, "public_office", source=PUBLISHED),
        facts(),
        refuses("source_reference_missing"),
    ),
    Case(
        "no machine reads public sources to fill the base",
        "5.2",
        "no-scraping",
        ask(COLLECT, "public_office", source=PUBLISHED, source_reference="a register", automated=True),
        facts(consent(G.AUTOMATED)),
        refuses("extraction_from_public_sources"),
    ),
    Case(
        "a third party hands data over only with its guarantee",
        "6.3",
        "guarantee-6.3",
        ask(COLLECT, "phone", source=THIRD),
        facts(COLLECTION),
        refuses("guarantee_missing"),
    ),
    Case(
        "what came without a guarantee is not touched",
        "6.1",
        "guarantee-6.3",
        ask(USE, "phone surname"),
        facts(YES, NAME, item("6.2.7", "phone", source=THIRD, guaranteed=False)),
        allows("surname", withheld="i-6.2.7"),
    ),
]

MARKETING = [
    Case(
        "who said stop is not written to",
        "3.8",
        "marketing-suppressed",
        ask(USE, "phone", "marketing", channel="sms"),
        facts(consent(G.MARKETING, "marketing", channel="sms"), suppressed=frozenset({"sms"})),
        refuses("channel_suppressed"),
    ),
    Case(
        "marketing names its channel",
        "3.8",
        "marketing-channel",
        ask(USE, "phone", "marketing"),
        facts(consent(G.MARKETING, "marketing", channel="sms")),
        refuses("channel_missing"),
    ),
    Case(
        "our marketing consent does not feed a partner's marketing",
        "3.8",
        "marketing-for-others",
        ask(Op.DISTRIBUTE, "phone", "marketing", recipient="bank-a", channel="sms"),
        facts(
            consent(G.MARKETING, "marketing", channel="sms"),
            consent(G.RECIPIENT, "", recipient="bank-a"),
            partner(agreed="phone", purpose="marketing"),
        ),
        refuses("marketing_of_others"),
    ),
    Case(
        "a machine alone decides only with consent to that",
        "4.1.7",
        "automated-consent",
        ask(USE, "phone", automated=True),
        facts(YES),
        refuses("automated_without_consent"),
    ),
]

# what else must hold, with the rule that answers; the dates are the point of most of them
BESIDE = [
    Case(
        "a consent given after midnight in Almaty is of the day after the relation ended, whatever the day in Greenwich",
        "8.1",
        "grant-purpose-not-reached",
        ask(USE, "phone"),
        facts(consent(given_at=datetime(2026, 11, 1, 20, tzinfo=UTC)), relation(ended=date(2026, 11, 1), fulfilled=True)),
        allows("phone"),
    ),
    Case(
        "of two consents the later refusal counts",
        "4.1.5",
        "purpose-3.1",
        ask(USE, "phone"),
        facts(YES, consent(id="c-2", state=GrantState.REFUSED, given_at=NOW)),
        refuses("consent_overridden"),
    ),
    Case(
        "a new yes after a withdrawal carries again",
        "4.1.5",
        "purpose-3.1",
        ask(USE, "phone"),
        facts(consent(id="c-0", state=GrantState.WITHDRAWN, withdrawn_at=GIVEN.replace(day=2)), consent(given_at=GIVEN.replace(day=3))),
        allows("phone"),
    ),
    Case(
        "consent to collecting is not consent to processing",
        "4.1.5",
        "purpose-3.1",
        ask(USE, "phone"),
        facts(COLLECTION),
        refuses("no_consent"),
    ),
    Case(
        "only the listed data are carried",
        "2.18",
        "purpose-3.1",
        ask(USE, "phone surname"),
        facts(consent(fields="phone")),
        allows("phone"),
    ),
    Case(
        "a list with none of it carries nothing",
        "2.18",
        "purpose-3.1",
        ask(USE, "phone"),
        facts(consent(fields="city")),
        refuses("consent_lists_none"),
    ),
    Case(
        "in December 2020 a consent needed no list of eight items",
        "2.18",
        "purpose-3.1",
        ask(USE, "phone"),
        facts(OLD),
        allows("phone"),
        at=BEFORE_2022,
    ),
    Case(
        "a consent of 2020 is measured by the law of 2020 even now", "2.18", "purpose-3.1", ask(USE, "phone"), facts(OLD), allows("phone")
    ),
    Case(
        "by the policy's words an application carries the service it asks for",
        "5.3",
        "purpose-3.1",
        ask(USE, "phone"),
        simulated(consent(implied=True, proven=False, complete=False)),
        allows("phone"),
    ),
    Case(
        "and no marketing",
        "5.3",
        "purpose-3.8",
        ask(USE, "phone", "marketing", channel="sms"),
        simulated(consent(G.MARKETING, "marketing", implied=True)),
        refuses("no_consent"),
    ),
    Case(
        "yes to e-mail is not yes to SMS",
        "3.8",
        "purpose-3.8",
        ask(USE, "phone", "marketing", channel="sms"),
        facts(consent(G.MARKETING, "marketing", channel="email")),
        refuses("no_consent"),
    ),
    Case(
        "before 2024 a paper copy could be kept",
        "6.2.5",
        "purpose-3.1",
        ask(COLLECT, "id_paper_copy"),
        facts(consent(G.COLLECTION, given_at=datetime(2023, 5, 1, 6, tzinfo=UTC))),
        allows("id_paper_copy"),
        at=datetime(2023, 6, 1, 6, tzinfo=UTC),
    ),
    Case(
        "a paper copy with its exception cited",
        "6.2.5",
        "purpose-3.1",
        ask(COLLECT, "id_paper_copy", citation="94-V art. 7(10)"),
        facts(COLLECTION),
        allows("id_paper_copy"),
    ),
    Case(
        "a consent that names the voice carries it",
        "6.2.8",
        "purpose-3.1",
        ask(USE, "voice"),
        facts(consent(fields="voice")),
        allows("voice"),
    ),
    Case(
        "in 2020 published data needed no reference",
        "5.2",
        "public-source",
        ask(COLLECT, "public_office", source=PUBLISHED),
        facts(),
        allows("public_office"),
        at=IN_2020,
    ),
    Case(
        "collected in 2020 they need none now",
        "5.2",
        "public-source",
        ask(USE, "public_office"),
        facts(item("6.2.3", "public_office", source=PUBLISHED, collected_at=IN_2020)),
        allows("public_office"),
    ),
    Case(
        "before 2026 a machine could decide",
        "4.1.7",
        "purpose-3.1",
        ask(USE, "phone", automated=True),
        facts(consent(given_at=datetime(2025, 1, 9, 6, tzinfo=UTC))),
        allows("phone"),
        at=datetime(2025, 6, 2, 6, tzinfo=UTC),
    ),
    Case(
        "a machine decides with consent to that",
        "4.1.7",
        "purpose-3.1",
        ask(USE, "phone", automated=True),
        facts(YES, consent(G.AUTOMATED)),
        allows("phone"),
    ),
    Case(
        "a consent given after the last loan ended carries on",
        "8.1",
        "purpose-3.1",
        ask(USE, "phone"),
        facts(consent(given_at=NOW), relation(ended=date(2026, 11, 1), fulfilled=True)),
        allows("phone"),
    ),
    Case("nothing asked is nothing permitted", "2.12", "purpose-3.1", ask(USE), facts(YES), refuses("")),
]

CONSENT_CASES = [*GRANTS, *PURPOSES, *LISTS, *SOURCES, *MARKETING]
