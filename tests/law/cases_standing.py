"""Cases on what is owed to the person, acts on standing, block, hold and lock, and destruction."""

from datetime import UTC, date, datetime

from case_shape import Case, allows, refuses
from law_world import CLERK, IN_2020, NOW, WORDS, ask, consent, facts, item, names, partner, person, relation, staff, state

from sandyq.law.vocabulary import ActorKind, Duty, GrantKind, GrantState, Occasion, Operation, StandingAct, StateKind

Op, S, G = Operation, StandingAct, GrantKind
B, H, L = StateKind.BLOCK, StateKind.HOLD, StateKind.LOCK
USE, DESTROY = Op.USE, Op.DESTROY
YES = consent()
ME = {"actor": ActorKind.SUBJECT}
DOC = {"documents": ("doc-1",)}
DESK = staff(*[("*", "*", act) for act in ("destroy", "block", "release", "hold", "unhold", "lock", "withdraw", "merge", "change", "use")])
OF_DESK = {"actor": CLERK, **DOC}
NAME, CONTACT = item("6.2.1", "surname"), item("6.2.7", "phone")
PAST, FUTURE = date(2026, 11, 1), date(2027, 11, 1)
DONE = relation(ended=PAST, fulfilled=True)
GONE = consent(state=GrantState.WITHDRAWN, withdrawn_at=NOW)
PROOF = item("6.2.13", "hobby", "", klass="evidence", term_end=FUTURE)
ON_CONTRACT = item("6.2.1", "surname", "contract", ground="9(10)")
ENDED_CONTRACT = relation(purposes="contract", ended=PAST, fulfilled=True)
STORED_CONTACT = item("6.2.7", "phone", "loan")
LOCKED = state(L)
OLD_CONTACT = item("6.2.7", "phone", klass="former")

OWED = [
    Case(
        "the person sees everything that is kept, with no consent alive",
        "4.1.1",
        "own-access",
        ask(USE, "surname phone", "correspondence", occasion=Occasion.OWN_ACCESS, **ME),
        facts(NAME, CONTACT, GONE),
        allows("surname phone"),
    ),
    Case(
        "a letter that asks for it is answered by staff on the request",
        "8.3",
        "own-access",
        ask(USE, "surname", "correspondence", occasion=Occasion.OWN_ACCESS, **OF_DESK),
        facts(NAME, DESK),
        allows("surname"),
    ),
    Case(
        "data are corrected on documents, consent or not, and recipients learn of it",
        "4.1.2",
        "correction",
        ask(Op.CHANGE, "surname", "", occasion=Occasion.CORRECTION_ON_DOCUMENTS, **ME, **DOC),
        facts(NAME),
        allows("surname", Duty.TELL_RECIPIENT),
    ),
    Case(
        "after a breach name, IIN and mobile number are used, and nothing else, not even sex or e-mail",
        "1.3",
        "breach-notice",
        ask(USE, "surname sex phone email income", "", occasion=Occasion.BREACH_NOTICE),
        facts(NAME, CONTACT),
        allows("surname phone"),
    ),
    Case("storing goes on to the end of the term", "2.13", "storage", ask(Op.STORE, "", ""), facts(CONTACT, GONE), allows("phone")),
    Case("a block is set at once", "4.1.3", "block-demand", ask(Op.BLOCK, "", "", **ME), facts(), allows("", Duty.TELL_RECIPIENT)),
    Case(
        "a block is lifted on a document",
        "2.2",
        "release",
        ask(S.RELEASE, "", "", occasion=Occasion.RELEASE, **OF_DESK),
        facts(state(B), DESK),
        allows(),
    ),
    Case("a claim holds the data", "4.1.7", "hold", ask(S.HOLD, "", "", **OF_DESK), facts(DESK), allows()),
    Case("a closed claim lets them go", "4.1.7", "unhold", ask(S.UNHOLD, "", "", **OF_DESK), facts(state(H), DESK), allows()),
    Case("data are put under a lock", "8.1", "lock", ask(S.LOCK, "", "", **ME), facts(), allows()),
    Case("consent is withdrawn at any time", "4.1.5", "withdraw", ask(S.WITHDRAW, "", "loan", **ME), facts(YES), allows()),
    Case(
        "but not while the loan is being paid back",
        "4.1.5",
        "withdraw-obligation",
        ask(S.WITHDRAW, "", "loan", **ME),
        facts(YES, relation()),
        refuses("withdrawal_obligation_open"),
    ),
    Case(
        "an unfulfilled contract is what 5.4 goes on for",
        "5.4",
        "withdraw-obligation",
        ask(S.WITHDRAW, "", "", **ME),
        facts(YES, relation("obligation")),
        refuses("withdrawal_obligation_open"),
    ),
    Case(
        "nor from what a law demands",
        "4.1.5",
        "withdraw-against-law",
        ask(S.WITHDRAW, "", "legal-duty", **ME),
        facts(YES),
        refuses("withdrawal_against_law"),
    ),
    Case("two records of one person meet on an identity check", "2.16", "merge", ask(S.MERGE, "", "", **OF_DESK), facts(DESK), allows()),
    Case(
        "a block obliges to tell who has the data",
        "4.1.3",
        "tell-recipients",
        ask(Op.BLOCK, "", "", **ME),
        facts(),
        allows("", Duty.TELL_RECIPIENT),
    ),
    Case(
        "a destruction obliges to tell who has the data",
        "4.1.4",
        "tell-recipients",
        ask(DESTROY, "", "", **ME),
        facts(CONTACT),
        allows("phone", Duty.TELL_RECIPIENT),
    ),
    Case(
        "a correction obliges to tell who has the data",
        "4.1.2",
        "tell-recipients",
        ask(Op.CHANGE, "surname", "", occasion=Occasion.CORRECTION_ON_DOCUMENTS, **ME, **DOC),
        facts(NAME),
        allows("surname", Duty.TELL_RECIPIENT),
    ),
]


def blocked(operation: Operation, **more: object) -> Case:
    """Each of the eight operations of 2.2, otherwise in order, is stopped."""
    recipient = {"recipient": "bank-a"} if operation is Op.DISTRIBUTE else {}
    purpose = "statistics" if operation is Op.DEPERSONALISE else "loan"
    field = "city" if operation is Op.DEPERSONALISE else "phone"
    carried = facts(
        consent(purpose=purpose),
        consent(G.COLLECTION),
        consent(G.RECIPIENT, recipient="bank-a"),
        partner(),
        CONTACT,
        DONE if operation is DESTROY else person(),
        state(B),
    )
    return Case(
        f"a block stops {operation}",
        "2.2",
        "block-2.2",
        ask(operation, field if operation is not DESTROY else "", purpose, **recipient),
        carried,
        refuses("stopped_by_block"),
    )


STATES = [blocked(operation) for operation in Op if operation not in (Op.STORE, Op.BLOCK)] + [
    Case(
        "a block of one category narrows, it does not refuse all",
        "2.2",
        "block-2.2",
        ask(USE, "surname phone"),
        facts(YES, NAME, CONTACT, state(B, categories=frozenset({"6.2.7"}))),
        allows("surname", withheld="i-6.2.7", code="stopped_by_block"),
    ),
    Case(
        "a block of everything asked refuses",
        "2.2",
        "block-2.2",
        ask(USE, "phone"),
        facts(YES, CONTACT, state(B, categories=frozenset({"6.2.7"}))),
        refuses("stopped_by_block"),
    ),
    Case(
        "a claim keeps data from destruction",
        "4.1.7",
        "hold-4.1.7",
        ask(DESTROY, "", "", **ME),
        facts(CONTACT, state(H)),
        refuses("stopped_by_hold"),
    ),
    Case("locked data are not used", "8.1", "lock-8.1", ask(USE, "phone"), facts(YES, CONTACT, LOCKED), refuses("stopped_by_lock")),
]

DESTRUCTION = [
    Case(
        "what has run out is destroyed",
        "8.1",
        "destroy-term",
        ask(DESTROY, "", ""),
        facts(item("6.2.7", "phone", term_end=PAST), YES),
        allows("phone"),
    ),
    Case(
        "destroyed by the sweep is destroyed for good",
        "2.5",
        "destroy-term",
        ask(DESTROY, "", ""),
        facts(item("6.2.7", "phone", term_end=PAST), NAME, YES),
        allows("phone", withheld="i-6.2.1"),
    ),
    Case(
        "relations that ended are a ground of destruction",
        "3.2",
        "destroy-relations",
        ask(DESTROY, "", ""),
        facts(item("6.2.7", "phone", ground="9(10)"), DONE, reading=WORDS),
        allows("phone"),
    ),
    Case(
        "a court's decision is a ground of destruction",
        "4.1.7",
        "destroy-court",
        ask(DESTROY, "", "", ground="18(3)", **OF_DESK),
        facts(item("6.2.7", "phone", ground="9(10)"), DESK, relation()),
        allows("phone"),
        at=datetime(2026, 7, 1, 6, tzinfo=UTC),
    ),
    Case(
        "what no consent carries is destroyed",
        "4.1.4",
        "destroy-unconsented",
        ask(DESTROY, "", ""),
        facts(item("6.2.7", "phone"), relation("application"), GONE),
        allows("phone"),
    ),
    Case(
        "a person has their data destroyed on demand",
        "4.1.4",
        "destroy-demand",
        ask(DESTROY, "", "", **ME),
        facts(CONTACT, YES),
        allows("phone"),
    ),
    Case(
        "staff carry the demand out on the request that is on file",
        "2.5",
        "destroy-demand",
        ask(DESTROY, "", "", **OF_DESK),
        facts(CONTACT, YES, DESK),
        allows("phone"),
    ),
    Case(
        "a confirmed violation is released and destroyed in one act",
        "2.2",
        "destroy-violation",
        ask(DESTROY, "", "", occasion=Occasion.RELEASE_AND_DESTROY, **OF_DESK),
        facts(CONTACT, YES, DESK, state(B)),
        allows("phone"),
    ),
    Case(
        "a version that a newer one replaced is destroyed",
        "4.1.2",
        "destroy-former",
        ask(DESTROY, "", "", items=names("i-6.2.7")),
        facts(OLD_CONTACT, YES),
        allows("phone"),
    ),
    Case(
        "what is wrong and cannot be corrected is destroyed on documents",
        "4.1.2",
        "destroy-uncorrectable",
        ask(DESTROY, "", "", items=names("i-6.2.7"), occasion=Occasion.CORRECTION_ON_DOCUMENTS, **OF_DESK),
        facts(CONTACT, YES, DESK),
        allows("phone"),
    ),
    Case(
        "a former version that an open obligation needs stays",
        "5.4",
        "destroy-obligation-open",
        ask(DESTROY, "", "", items=names("i-6.2.7 i-6.2.1")),
        facts(
            OLD_CONTACT,
            item("6.2.1", "surname", "contract", ground="9(10)", klass="former"),
            relation(purposes="contract"),
            YES,
            reading=WORDS,
        ),
        allows("phone", withheld="i-6.2.1", code="obligation_open"),
    ),
    Case(
        "a former version that legislation has kept stays",
        "8.1",
        "destroy-legal-term",
        ask(DESTROY, "", "", items=names("i-6.2.7 i-6.2.1")),
        facts(OLD_CONTACT, item("6.2.1", "surname", "contract", ground="9(10)", klass="former"), ENDED_CONTRACT),
        allows("phone", withheld="i-6.2.1", code="lock_instead"),
    ),
    Case(
        "what an open obligation needs stays",
        "5.4",
        "destroy-obligation-open",
        ask(DESTROY, "", "", **ME),
        facts(CONTACT, ON_CONTRACT, relation(purposes="contract"), YES, reading=WORDS),
        allows("phone", withheld="i-6.2.1", code="obligation_open"),
    ),
    Case(
        "what legislation has kept is locked instead",
        "8.1",
        "destroy-legal-term",
        ask(DESTROY, "", "", **ME),
        facts(CONTACT, ON_CONTRACT, ENDED_CONTRACT),
        allows("phone", withheld="i-6.2.1", code="lock_instead"),
    ),
    Case(
        "proof of consent outlives the data, to its own end",
        "2.5",
        "evidence-term",
        ask(DESTROY, "", "", occasion=Occasion.RELEASE_AND_DESTROY, **OF_DESK),
        facts(CONTACT, PROOF, DESK),
        allows("phone", withheld="i-6.2.13", code="evidence_kept"),
    ),
]

BESIDE = [
    Case(
        "under a block the person still sees their data",
        "4.1.1",
        "own-access",
        ask(USE, "phone", "", occasion=Occasion.OWN_ACCESS, **ME),
        facts(CONTACT, state(B)),
        allows("phone"),
    ),
    Case(
        "under a block a correction on documents passes",
        "4.1.2",
        "correction",
        ask(Op.CHANGE, "phone", "", occasion=Occasion.CORRECTION_ON_DOCUMENTS, **ME, **DOC),
        facts(CONTACT, state(B)),
        allows("phone"),
    ),
    Case(
        "a form for a blocked person is kept apart",
        "2.2",
        "purpose-3.1",
        ask(Op.COLLECT, "phone", actor=ActorKind.PUBLIC, occasion=Occasion.QUARANTINE),
        facts(consent(G.COLLECTION), state(B)),
        allows("phone"),
    ),
    Case(
        "under a block storing goes on, even past the term",
        "2.13",
        "storage",
        ask(Op.STORE, "", ""),
        facts(item("6.2.7", "phone", term_end=PAST), state(B)),
        allows("phone"),
    ),
    Case(
        "past the term nothing is stored",
        "8.1",
        "storage",
        ask(Op.STORE, "", ""),
        facts(item("6.2.7", "phone", term_end=PAST)),
        refuses("term_over"),
    ),
    Case(
        "a block whose date is over stops on: two people end it, not the calendar",
        "2.2",
        "block-2.2",
        ask(USE, "phone"),
        facts(YES, CONTACT, state(B, until=PAST)),
        refuses("stopped_by_block"),
    ),
    Case("a block that people ended stops nothing", "2.2", "purpose-3.1", ask(USE, "phone"), facts(YES, CONTACT), allows("phone")),
    Case(
        "a block whose date is over can be ended",
        "2.2",
        "release",
        ask(S.RELEASE, "", "", occasion=Occasion.RELEASE, **OF_DESK),
        facts(state(B, until=PAST), DESK),
        allows(),
    ),
    Case(
        "a hold whose date is over still keeps data from being destroyed",
        "4.1.7",
        "hold-4.1.7",
        ask(DESTROY, "", "", **ME),
        facts(CONTACT, YES, state(H, until=PAST)),
        refuses("stopped_by_hold"),
    ),
    Case(
        "a lock keeps what it covers to its own date, though the term of the data is over",
        "8.1",
        "lock-8.1",
        ask(DESTROY, "", ""),
        facts(item("6.2.7", "phone", term_end=PAST), YES, state(L, until=FUTURE)),
        refuses("stopped_by_lock"),
    ),
    Case(
        "after that date locked data can go",
        "8.1",
        "destroy-term",
        ask(DESTROY, "", ""),
        facts(item("6.2.7", "phone", term_end=PAST), YES, state(L, until=PAST)),
        allows("phone"),
    ),
    Case(
        "and are used by nobody until they do",
        "8.1",
        "lock-8.1",
        ask(USE, "phone"),
        facts(CONTACT, YES, state(L, until=PAST)),
        refuses("stopped_by_lock"),
    ),
    Case(
        "a block on one recipient leaves the use",
        "2.2",
        "purpose-3.1",
        ask(USE, "phone"),
        facts(YES, CONTACT, state(B, recipients=frozenset({"bank-a"}))),
        allows("phone"),
    ),
    Case(
        "a block of two items leaves no field that only they hold",
        "2.2",
        "block-2.2",
        ask(USE, "phone surname"),
        facts(
            YES,
            NAME,
            CONTACT,
            item("6.2.7", "phone", id="i-old"),
            state(B, items=frozenset({"i-6.2.7"})),
            state(B, id="s-2", items=frozenset({"i-old"})),
        ),
        allows("surname", withheld="i-6.2.7 i-old"),
    ),
    Case(
        "a hold beats the destruction of a confirmed violation",
        "4.1.7",
        "hold-4.1.7",
        ask(DESTROY, "", "", occasion=Occasion.RELEASE_AND_DESTROY, **OF_DESK),
        facts(CONTACT, DESK, state(H)),
        refuses("stopped_by_hold"),
    ),
    Case("a hold does not stop use", "4.1.7", "purpose-3.1", ask(USE, "phone"), facts(YES, CONTACT, state(H)), allows("phone")),
    Case(
        "a hold on one item lets the rest go",
        "4.1.7",
        "hold-4.1.7",
        ask(DESTROY, "", "", **ME),
        facts(NAME, CONTACT, state(H, items=frozenset({"i-6.2.1"}))),
        allows("phone", withheld="i-6.2.1"),
    ),
    Case(
        "locked data go when their term ends",
        "8.1",
        "destroy-term",
        ask(DESTROY, "", ""),
        facts(item("6.2.7", "phone", term_end=PAST), YES, LOCKED),
        allows("phone"),
    ),
    Case("and not before", "8.1", "lock-8.1", ask(DESTROY, "", "", **ME), facts(CONTACT, YES, LOCKED), refuses("stopped_by_lock")),
    Case(
        "a release without a document lifts nothing",
        "2.2",
        "release",
        ask(S.RELEASE, "", "", occasion=Occasion.RELEASE, actor=CLERK),
        facts(state(B), DESK),
        refuses("documents_wanted"),
    ),
    Case(
        "where nothing stands nothing is lifted",
        "2.2",
        "release",
        ask(S.RELEASE, "", "", occasion=Occasion.RELEASE, **OF_DESK),
        facts(DESK),
        refuses("nothing_stands"),
    ),
    Case(
        "marketing can be left while the loan runs",
        "4.1.5",
        "withdraw",
        ask(S.WITHDRAW, "", "marketing", **ME),
        facts(relation()),
        allows(),
    ),
    Case(
        "a recipient can be left while the loan runs",
        "4.1.5",
        "withdraw",
        ask(S.WITHDRAW, "", "loan", recipient="bank-a", **ME),
        facts(relation()),
        allows(),
    ),
    Case(
        "another purpose can be left while the loan runs",
        "4.1.5",
        "withdraw",
        ask(S.WITHDRAW, "", "quality", **ME),
        facts(relation()),
        allows(),
    ),
    Case(
        "before July 2026 a lawful processing was not deleted on demand",
        "4.1.4",
        "destroy-unconsented",
        ask(DESTROY, "", "", **ME),
        facts(CONTACT, consent(given_at=datetime(2026, 6, 1, 6, tzinfo=UTC))),
        refuses("consent_stands"),
        at=datetime(2026, 7, 11, 6, tzinfo=UTC),
    ),
    Case(
        "in 2020 unlawful data were destroyed too",
        "4.1.4",
        "destroy-unconsented",
        ask(DESTROY, "", "", **ME),
        facts(CONTACT, consent(state=GrantState.REFUSED, given_at=IN_2020)),
        allows("phone"),
        at=IN_2020,
    ),
    Case(
        "before July 2024 there was no breach notice",
        "1.3",
        "default",
        ask(USE, "phone", "", occasion=Occasion.BREACH_NOTICE),
        facts(CONTACT),
        refuses("nothing_permits"),
        at=datetime(2024, 6, 30, 6, tzinfo=UTC),
    ),
    Case(
        "what is left of a destroyed person is shown to them",
        "2.5",
        "own-access",
        ask(USE, "hobby", "", occasion=Occasion.OWN_ACCESS, **ME),
        facts(PROOF, person(destroyed=True)),
        allows("hobby"),
    ),
    Case(
        "and destroyed at its own end",
        "2.5",
        "destroy-term",
        ask(DESTROY, "", "", items=frozenset({"i-6.2.13"})),
        facts(item("6.2.13", "hobby", "", klass="evidence", term_end=PAST), person(destroyed=True)),
        allows("hobby"),
    ),
    Case(
        "in strict reading an ended purpose is over before the office's term",
        "8.1",
        "destroy-term",
        ask(DESTROY, "", ""),
        facts(item("6.2.7", "phone", ground="9(10)"), DONE),
        allows("phone"),
    ),
]

STANDING_CASES = [*OWED, *STATES, *DESTRUCTION]
