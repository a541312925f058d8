"""Cases on distribution, the border, the grounds of art. 9, and who asks."""

from datetime import UTC, date, datetime

from case_shape import Case, allows, refuses
from law_world import (
    CLERK,
    GIVEN,
    IN_2020,
    NOW,
    SIMULATED,
    THIRD,
    WORDS,
    ask,
    consent,
    facts,
    item,
    partner,
    person,
    relation,
    staff,
)

from sandyq.law.vocabulary import ActorKind, Duty, GrantKind, GrantState, Occasion, Operation, StandingAct

Op, G = Operation, GrantKind
USE, SEND = Op.USE, Op.DISTRIBUTE
YES = consent()
TO_A = consent(G.RECIPIENT, "loan", recipient="bank-a")
DOC = ("doc-1",)
LAW = {"citation": "191-IV art. 5"}
COURT = {"occasion": Occasion.AUTHORITY_DISCLOSURE, "recipient": "court", "actor": CLERK, "documents": DOC, "citation": "order 7"}
REGULATOR = {**COURT, "recipient": "regulator"}
SENDER = staff(("loan", "*", "distribute"), ("loan", "*", "use"))
LEAD = ask(SEND, "phone surname", recipient="bank-a")
PUBLIC = ask(SEND, "surname public_office", recipient="public")


def words(*things: object, **more: object) -> object:
    return facts(*things, reading=WORDS, extra=SIMULATED, **more)


def of_class(kind: str, purpose: str = "loan", field: str = "phone") -> Case:
    """A transfer to a recipient of each class of 7.1 on the person's yes."""
    yes = consent(G.MARKETING, purpose, channel="sms") if purpose == "marketing" else consent(purpose=purpose)
    settings = {"channel": "sms"} if purpose == "marketing" else {}
    return Case(
        f"a recipient of {kind} gets what the person agreed to",
        kind,
        f"recipient-{kind}",
        ask(SEND, field, purpose, recipient="bank-a", **settings),
        facts(yes, consent(G.RECIPIENT, purpose, recipient="bank-a"), partner(kind, field, purpose)),
        allows(field),
    )


TRANSFERS = [
    of_class("7.1.1"),
    of_class("7.1.2", "marketing"),
    of_class("7.1.3"),
    of_class("7.1.4", "contract"),
    of_class("7.1.5"),
    Case(
        "a transfer is a distribution to somebody named",
        "2.14",
        "recipient-7.1.1",
        LEAD,
        facts(YES, TO_A, partner()),
        allows("phone surname"),
    ),
    Case(
        "strictly, no transfer without the person's yes to that recipient",
        "7.2",
        "third-party-consent",
        LEAD,
        facts(YES, partner()),
        refuses("recipient_without_consent"),
    ),
    Case(
        "the recipient gets only what the yes to it lists",
        "7.2",
        "third-party-consent",
        LEAD,
        facts(YES, consent(G.RECIPIENT, fields="phone", recipient="bank-a"), partner()),
        allows("phone", code="recipient_consent_lists_less"),
    ),
    Case(
        "by the policy's words the transfer goes, and it is said aloud",
        "7.2",
        "transfer-by-policy",
        LEAD,
        words(YES, partner()),
        allows("phone surname", code="transfer_by_policy"),
    ),
    Case(
        "even by the policy's words a refusal of that recipient counts",
        "7.2",
        "transfer-by-policy",
        LEAD,
        words(YES, consent(G.RECIPIENT, recipient="bank-a", state=GrantState.REFUSED), partner()),
        refuses(""),
    ),
    Case(
        "nothing goes abroad without a yes to that",
        "7.1",
        "cross-border",
        LEAD,
        facts(YES, TO_A, partner(country="RU")),
        refuses("cross_border_without_consent"),
    ),
    Case(
        "by the policy's words it goes abroad, and it is said aloud",
        "7.1",
        "cross-border-by-policy",
        LEAD,
        words(YES, partner(country="RU")),
        allows("phone surname", code="cross_border_by_policy"),
    ),
    Case(
        "nothing goes to somebody the register does not know",
        "2.17",
        "recipient-named",
        LEAD,
        facts(YES, TO_A),
        refuses("recipient_unknown"),
    ),
    Case(
        "a suspended recipient gets nothing",
        "7.1.1",
        "recipient-active",
        LEAD,
        facts(YES, TO_A, partner(suspended=True)),
        refuses("recipient_suspended"),
    ),
    Case(
        "who did not undertake to keep the Law gets nothing",
        "7.1.4",
        "recipient-undertaking",
        LEAD,
        facts(YES, TO_A, partner(undertaking=False)),
        refuses("recipient_without_undertaking"),
    ),
    Case(
        "no field beyond the contract with the recipient",
        "7.1.1",
        "recipient-agreed",
        LEAD,
        facts(YES, TO_A, partner(agreed="phone")),
        allows("phone"),
    ),
    Case(
        "a credit report from a bureau is not passed on",
        "6.2.9",
        "credit-not-passed-on",
        ask(SEND, "phone credit_history", recipient="bank-a"),
        facts(YES, TO_A, partner(agreed="phone credit_history"), item("6.2.9", "credit_history", source=THIRD)),
        allows("phone", withheld="i-6.2.9"),
    ),
    Case(
        "a promised notice of a transfer is owed",
        "7.2",
        "notice-19",
        LEAD,
        facts(YES, TO_A, partner(), notice_promised=True),
        allows("phone surname", Duty.NOTIFY_SUBJECT),
    ),
    Case(
        "a lead waits for the code sent to its phone",
        "2.16",
        "phone-confirmed",
        LEAD,
        facts(YES, TO_A, partner(), person(kind="provisional", phone_verified=False)),
        refuses("phone_not_confirmed"),
    ),
    Case(
        "a lead that names a known person waits for the desk",
        "2.16",
        "known-person-waits",
        LEAD,
        facts(YES, TO_A, partner(), person(kind="provisional", matches_known=True)),
        refuses("waits_for_desk"),
    ),
    Case(
        "to the public on the person's yes",
        "4.1.6",
        "to-the-public",
        PUBLIC,
        facts(consent(G.PUBLIC_SOURCES, fields="surname public_office")),
        allows("surname public_office"),
    ),
    Case(
        "a restricted field goes public only where the yes names it",
        "1.3",
        "access-class",
        PUBLIC,
        facts(consent(G.PUBLIC_SOURCES)),
        allows("public_office", code="restricted_access"),
    ),
    Case(
        "the policy's weaker words are not used live without acceptance",
        "7.2",
        "reading-accepted",
        LEAD,
        facts(YES, partner(), reading=WORDS),
        refuses("reading_not_accepted"),
    ),
]


def ninth(code: str, clause: str, sentence: str, question: object, known: object, expect: object) -> Case:
    return Case(sentence, clause, "ground-" + code.replace("(", "-").replace(")", ""), question, known, expect)  # type: ignore[arg-type]


def disclosed(code: str, clause: str, sentence: str) -> Case:
    """Handed to a state body by staff, on a document."""
    return ninth(code, clause, sentence, ask(SEND, "phone", ground=code, **COURT), facts(SENDER), allows("phone"))


def never_ours(code: str, clause: str, sentence: str) -> Case:
    question = ask(USE, "phone", ground=code, **LAW)
    return ninth(code, clause, sentence, question, facts(), refuses("ground_not_for_private_operator"))


def by_law(code: str, clause: str, sentence: str) -> Case:
    return ninth(code, clause, sentence, ask(USE, "phone", ground=code, **LAW), facts(), allows("phone"))


def reasoned(code: str, clause: str, sentence: str) -> Case:
    question = ask(USE, "phone", ground=code, actor=CLERK, documents=DOC, **LAW)
    return ninth(code, clause, sentence, question, facts(SENDER), allows("phone"))


GROUNDS = [
    disclosed("9(1)", "5.1.1", "a court is answered without consent"),
    disclosed("9(2)", "5.1.2", "state statistics are answered without consent"),
    ninth(
        "9(2-1)",
        "5.1.7",
        "an employer reports for military registration",
        ask(USE, "surname", "labour", ground="9(2-1)", **LAW),
        facts(person(wall="staff")),
        allows("surname"),
    ),
    never_ours("9(3)", "5.1.3", "statistics of state bodies are no ground of ours"),
    by_law("9(4)", "5.1.4", "a ratified treaty is a ground once cited"),
    reasoned("9(5)", "5.1.5", "constitutional rights, on a written reason, by a person"),
    never_ours("9(5-1)", "5.1.7", "the pension fund's ground is not ours"),
    never_ours("9(6)", "5.1.7", "the press's ground is not ours"),
    by_law("9(7)", "5.1.7", "a publication that a law demands"),
    reasoned("9(8)", "5.1.6", "a duty to give data that the person failed"),
    disclosed("9(9)", "5.1.7", "the financial regulator is answered"),
    disclosed("9(9-1)", "5.1.7", "the revenue bodies are answered"),
    by_law("9(9-2)", "5.1.7", "a reserve copy that a law demands"),
    by_law("9(9-3)", "5.1.7", "an entrepreneur's own business data"),
    disclosed("9(9-4)", "5.1.7", "a bankruptcy procedure is answered"),
    never_ours("9(9-5)", "5.1.7", "the state property register's ground is not ours"),
    by_law("9(10)", "5.1.7", "another law, with its article"),
    Case(
        "after a withdrawal a person decides that an obligation is finished first",
        "5.4",
        "goes-on-5.4",
        ask(USE, "phone", ground="5.4", citation="loan 7", actor=CLERK),
        facts(consent(state=GrantState.WITHDRAWN, withdrawn_at=NOW), relation(), SENDER),
        allows("phone", Duty.RECORD_DECISION),
    ),
]

RECRUIT = staff(("loan", "6.2.7", "use"))
PEOPLE = [
    Case(
        "the public form collects and does nothing else",
        "2.15",
        "public-only-collects",
        ask(USE, "phone", actor=ActorKind.PUBLIC),
        facts(YES),
        refuses("actor_may_not"),
    ),
    Case(
        "a partner may ask for a block and nothing else",
        "8.2",
        "partner-only-blocks",
        ask(USE, "phone", actor=ActorKind.PARTNER),
        facts(YES),
        refuses("actor_may_not"),
    ),
    Case(
        "a person sees their data and does not use them for our purposes",
        "8.2",
        "subject-own-use",
        ask(USE, "phone", actor=ActorKind.SUBJECT),
        facts(YES),
        refuses("actor_may_not"),
    ),
    Case(
        "a person changes data on documents",
        "4.1.2",
        "subject-corrects-on-documents",
        ask(Op.CHANGE, "phone", actor=ActorKind.SUBJECT),
        facts(YES),
        refuses("documents_wanted"),
    ),
    Case(
        "a person does not pass data on in our name",
        "8.2",
        "subject-not-operator",
        ask(SEND, "phone", recipient="bank-a", actor=ActorKind.SUBJECT),
        facts(YES, TO_A, partner()),
        refuses("actor_may_not"),
    ),
    Case(
        "a machine does not lift a hold",
        "8.2",
        "person-decides",
        ask(StandingAct.UNHOLD, documents=DOC),
        facts(),
        refuses("person_must_decide"),
    ),
    Case(
        "staff who left see nothing",
        "8.2",
        "staff-active",
        ask(USE, "phone", actor=CLERK),
        facts(YES, staff(("loan", "*", "use"), active=False)),
        refuses("staff_inactive"),
    ),
    Case(
        "staff sign before they see",
        "1.3",
        "staff-undertaking",
        ask(USE, "phone", actor=CLERK),
        facts(YES, staff(("loan", "*", "use"), undertaking=False)),
        refuses("staff_without_undertaking"),
    ),
    Case(
        "staff without a grant see nothing",
        "8.2",
        "staff-grants",
        ask(USE, "phone", actor=CLERK),
        facts(YES, staff(("contract", "*", "use"))),
        refuses("staff_without_grant"),
    ),
    Case(
        "staff see only their categories",
        "1.3",
        "staff-grants",
        ask(USE, "phone surname", actor=CLERK),
        facts(YES, RECRUIT),
        allows("phone", code="outside_staff_grant"),
    ),
    Case(
        "staff see sensitive fields masked",
        "1.3",
        "staff-masks",
        ask(USE, "phone iin", actor=CLERK),
        facts(YES, staff(("loan", "*", "use"))),
        allows("phone iin", Duty.MASK, masks="iin"),
    ),
    Case(
        "who is known only by a form sees sensitive fields masked",
        "1.3",
        "provisional-masks",
        ask(USE, "phone iin", actor=ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS),
        facts(person(kind="provisional")),
        allows("phone iin", Duty.MASK, masks="iin"),
    ),
    Case(
        "a destroyed person's id is used for nothing",
        "2.5",
        "subject-destroyed",
        ask(USE, "phone"),
        facts(YES, person(destroyed=True)),
        refuses("subject_destroyed"),
    ),
    Case(
        "retained evidence is not used for a purpose",
        "2.5",
        "evidence-apart",
        ask(USE, "phone surname"),
        facts(YES, item("6.2.7", "phone"), item("6.2.1", "surname", klass="evidence")),
        allows("phone", withheld="i-6.2.1"),
    ),
]

BESIDE = [
    Case(
        "a partner's word is enough to ask for a block", "4.1.3", "block-demand", ask(Op.BLOCK, actor=ActorKind.PARTNER), facts(), allows()
    ),
    Case(
        "in December 2020 a transfer within the purpose needed no further yes",
        "7.2",
        "recipient-7.1.1",
        LEAD,
        facts(consent(given_at=IN_2020, complete=False), partner()),
        allows("phone surname"),
        at=datetime(2020, 12, 24, 6, tzinfo=UTC),
    ),
    Case(
        "in March 2022 it did",
        "7.2",
        "third-party-consent",
        LEAD,
        facts(consent(given_at=IN_2020, complete=False), partner()),
        refuses("recipient_without_consent"),
        at=datetime(2022, 3, 1, 6, tzinfo=UTC),
    ),
    Case(
        "across the border already in 2020 only with a yes",
        "7.1",
        "cross-border",
        LEAD,
        facts(consent(given_at=IN_2020), partner(country="RU")),
        refuses("cross_border_without_consent"),
        at=datetime(2020, 12, 24, 6, tzinfo=UTC),
    ),
    Case(
        "a court of another state gets nothing as if it were one of this state",
        "7.1",
        "cross-border",
        ask(SEND, "phone", "loan", ground="9(1)", **{**COURT, "recipient": "bank-a"}),
        facts(YES, SENDER, partner(country="RU")),
        refuses("cross_border_without_consent"),
    ),
    Case(
        "a treaty opens the border to it",
        "5.1.4",
        "ground-9-4",
        ask(SEND, "phone", "loan", recipient="bank-a", ground="9(4)", actor=CLERK, documents=DOC, citation="treaty of 1993, art. 5"),
        facts(YES, SENDER, partner(country="RU")),
        allows("phone"),
    ),
    Case(
        "a breach is not told over the border",
        "7.1",
        "cross-border",
        ask(SEND, "phone", "", recipient="bank-a", occasion=Occasion.BREACH_NOTICE, actor=ActorKind.SYSTEM),
        facts(YES, partner(country="RU")),
        refuses("cross_border_without_consent"),
    ),
    Case(
        "a yes to that country opens the border",
        "7.1",
        "recipient-7.1.1",
        LEAD,
        facts(YES, TO_A, partner(country="DE"), consent(G.CROSS_BORDER, country="DE")),
        allows("phone surname"),
    ),
    Case(
        "a yes to another country does not",
        "7.1",
        "cross-border",
        LEAD,
        facts(YES, TO_A, partner(country="RU"), consent(G.CROSS_BORDER, country="DE")),
        refuses("cross_border_without_consent"),
    ),
    Case(
        "a recipient of unknown country is abroad",
        "7.1",
        "cross-border",
        LEAD,
        facts(YES, TO_A, partner(country="")),
        refuses("cross_border_without_consent"),
    ),
    Case(
        "a yes to A is no yes to B",
        "7.2",
        "third-party-consent",
        ask(SEND, "phone", recipient="bank-b"),
        facts(YES, TO_A, partner(id="bank-b")),
        refuses("recipient_without_consent"),
    ),
    Case(
        "a withdrawn yes to A stops the next transfer",
        "4.1.5",
        "grant-not-withdrawn",
        LEAD,
        facts(YES, consent(G.RECIPIENT, recipient="bank-a", state=GrantState.WITHDRAWN, withdrawn_at=NOW), partner()),
        refuses("consent_withdrawn"),
    ),
    Case(
        "strictly, 7.1.5 opens to nobody by itself",
        "7.1.5",
        "recipient-7.1.5",
        LEAD,
        facts(YES, partner("7.1.5")),
        refuses("open_class_without_ground"),
    ),
    Case(
        "a class that does not serve the purpose gets nothing",
        "7.1.4",
        "recipient-7.1.4",
        LEAD,
        facts(YES, TO_A, partner("7.1.4")),
        refuses("purpose_not_of_class"),
    ),
    Case("never asked about publishing is no", "4.1.6", "to-the-public", PUBLIC, facts(YES), refuses("no_consent")),
    Case(
        "a court's question without a paper is not answered",
        "5.1.1",
        "ground-9-1",
        ask(SEND, "phone", ground="9(1)", **{**COURT, "documents": ()}),
        facts(SENDER),
        refuses("documents_wanted"),
    ),
    Case(
        "a machine answers no court",
        "5.1.1",
        "ground-9-1",
        ask(SEND, "phone", ground="9(1)", **{**COURT, "actor": ActorKind.SYSTEM}),
        facts(),
        refuses("person_must_decide"),
    ),
    Case(
        "art. 9(1) is no ground to use data ourselves",
        "5.1.1",
        "ground-9-1",
        ask(USE, "phone", ground="9(1)", **LAW),
        facts(),
        refuses("ground_only_for_disclosure"),
    ),
    Case(
        "another law without its article is not cited",
        "5.1.7",
        "ground-9-10",
        ask(USE, "phone", ground="9(10)", citation="some law"),
        facts(),
        refuses("citation_needs_article"),
    ),
    Case(
        "another law in Kazakh, with its article",
        "5.1.7",
        "ground-9-10",
        ask(USE, "phone", ground="9(10)", citation="191-IV заңның 5-бабы"),
        facts(),
        allows("phone"),
    ),
    Case(
        "military registration is the employer's ground alone",
        "5.1.7",
        "ground-9-2-1",
        ask(USE, "phone", ground="9(2-1)", **LAW),
        facts(),
        refuses("ground_only_for_employer"),
    ),
    Case(
        "a ground that came in July 2026 did not carry before",
        "5.1.7",
        "default",
        ask(USE, "phone", ground="9(9-5)", **LAW),
        facts(),
        refuses("nothing_permits"),
        at=datetime(2026, 7, 11, 6, tzinfo=UTC),
    ),
    Case("a made-up ground is none", "5.1", "default", ask(USE, "phone", ground="contract"), facts(YES), refuses("nothing_permits")),
    Case(
        "5.4 carries nothing where nothing was withdrawn",
        "5.4",
        "goes-on-5.4",
        ask(USE, "phone", ground="5.4", citation="loan 7", actor=CLERK),
        facts(relation(), SENDER),
        refuses("nothing_withdrawn"),
    ),
    Case(
        "strictly, 5.4 ends with the obligation",
        "5.4",
        "goes-on-5.4",
        ask(USE, "phone", ground="5.4", citation="loan 7", actor=CLERK),
        facts(consent(state=GrantState.WITHDRAWN, withdrawn_at=NOW), relation(fulfilled=True), SENDER),
        refuses("no_open_obligation"),
    ),
    Case(
        "by the policy's words a relation that was not ended is enough",
        "5.4",
        "goes-on-5.4",
        ask(USE, "phone", ground="5.4", citation="loan 7", actor=CLERK),
        words(consent(state=GrantState.WITHDRAWN, withdrawn_at=NOW), relation(fulfilled=True), SENDER),
        allows("phone", Duty.RECORD_DECISION),
    ),
    Case(
        "a machine does not decide that processing goes on",
        "5.4",
        "goes-on-5.4",
        ask(USE, "phone", ground="5.4", citation="loan 7"),
        facts(consent(state=GrantState.WITHDRAWN, withdrawn_at=NOW), relation()),
        refuses("person_must_decide"),
    ),
    Case(
        "an accepted reading is live",
        "7.2",
        "reading-accepted",
        LEAD,
        facts(YES, partner(), reading=WORDS, acceptance="act-1"),
        allows("phone surname", code="reading_accepted"),
    ),
    Case(
        "a reveal grant shows what is masked",
        "1.3",
        "purpose-3.1",
        ask(USE, "phone iin", actor=CLERK),
        facts(YES, staff(("loan", "*", "use"), ("loan", "6.2.1", "reveal"))),
        allows("phone iin"),
    ),
    Case("staff nobody knows see nothing", "8.2", "staff-active", ask(USE, "phone", actor=CLERK), facts(YES), refuses("staff_unknown")),
    Case(
        "a lawful contract ended before does not matter to a lead",
        "7.1.1",
        "recipient-7.1.1",
        LEAD,
        facts(YES, TO_A, partner(), relation(purposes="contract", ended=date(2026, 1, 1), fulfilled=True, started=GIVEN.date())),
        allows("phone surname"),
    ),
]

TRANSFER_CASES = [*TRANSFERS, *GROUNDS, *PEOPLE]
