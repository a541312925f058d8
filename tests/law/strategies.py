"""Random asks and facts over the small policy, for the properties and for the corpus of stored decisions."""

from datetime import date, datetime, timedelta

from hypothesis import strategies as st
from law_world import FIELDS, GIVEN, NOW, PERSON, PURPOSES, SIMULATED

from sandyq.law.ask import Ask, ConsentFact, Facts, ItemFact, RecipientFact, RelationFact, StaffFact, StateFact, SubjectFact
from sandyq.law.vocabulary import (
    ActorKind,
    GrantKind,
    GrantState,
    Occasion,
    Operation,
    Reading,
    SourceKind,
    StandingAct,
    StateKind,
)

MOMENTS = [
    datetime.fromisoformat(f"{day}T06:00:00+00:00") for day in ("2020-12-23", "2022-02-01", "2023-05-05", "2025-03-03", "2026-03-03")
]
instants = st.sampled_from([*MOMENTS, GIVEN, NOW - timedelta(days=1), NOW])
purposes = st.sampled_from(sorted(PURPOSES))
fields = st.frozensets(st.sampled_from(["iin", "surname", "phone", "income", "voice", "city", "email", "credit_history"]), max_size=5)
categories = st.frozensets(st.sampled_from(["6.2.1", "6.2.6", "6.2.7"]), max_size=2)
operations = st.sampled_from([*Operation, *StandingAct])
DAYS = [None, date(2026, 1, 1), NOW.date(), date(2030, 1, 1)]


def ids(letter: str) -> st.SearchStrategy[str]:
    return st.integers(0, 99).map(lambda n: f"{letter}{n:02}")


ANY_STATE = st.sampled_from(list(GrantState))


def consents(states: st.SearchStrategy[GrantState] = ANY_STATE) -> st.SearchStrategy[ConsentFact]:
    return st.builds(
        ConsentFact,
        id=ids("c"),
        kind=st.sampled_from([GrantKind.PROCESSING, *GrantKind]),
        state=states,
        given_at=instants,
        purpose=st.one_of(st.just("loan"), purposes, st.just("")),
        recipient=st.sampled_from(["", "a", "b"]),
        channel=st.sampled_from(["", "sms", "email"]),
        country=st.sampled_from(["", "DE"]),
        fields=fields,
        expires_at=st.sampled_from([None, NOW, NOW + timedelta(days=9)]),
        withdrawn_at=st.none(),
        implied=st.booleans(),
        proven=st.sampled_from([True, True, False]),
        complete=st.sampled_from([True, True, False]),
    )


states = st.builds(
    StateFact,
    id=ids("s"),
    kind=st.sampled_from(list(StateKind)),
    since=st.sampled_from([GIVEN, NOW]),
    until=st.sampled_from(DAYS),
    categories=categories,
    items=st.frozensets(ids("i"), max_size=1),
    purposes=st.frozensets(purposes, max_size=1),
    recipients=st.frozensets(st.sampled_from(["a", "b"]), max_size=1),
)
items = st.builds(
    ItemFact,
    id=ids("i"),
    category=st.sampled_from(["6.2.1", "6.2.6", "6.2.7", "6.2.8"]),
    fields=st.frozensets(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=4),
    collected_at=instants,
    source=st.sampled_from([SourceKind.PERSON, *SourceKind]),
    ground=st.sampled_from(["consent", "9(10)"]),
    purposes=st.frozensets(purposes, max_size=2),
    term_end=st.sampled_from(DAYS),
    guaranteed=st.booleans(),
    source_cited=st.booleans(),
    klass=st.sampled_from(["data", "data", "evidence"]),
)
relations = st.builds(
    RelationFact,
    id=ids("r"),
    kind=st.sampled_from(["contract", "obligation", "employment", "application"]),
    started=st.sampled_from([date(2020, 1, 1), date(2026, 11, 1)]),
    ended=st.sampled_from([None, date(2026, 11, 5)]),
    fulfilled=st.booleans(),
    purposes=st.frozensets(purposes, max_size=2),
)
recipients = st.builds(
    RecipientFact,
    id=st.sampled_from(["a", "b"]),
    kind=st.sampled_from([f"7.1.{n}" for n in range(1, 6)]),
    country=st.sampled_from(["KZ", "KZ", "DE", ""]),
    agreed=st.frozensets(st.tuples(st.just("loan"), st.sampled_from(["phone", "surname", "iin"])), max_size=3),
    undertaking=st.sampled_from([True, True, False]),
    active=st.sampled_from([True, True, False]),
    suspended=st.sampled_from([False, False, True]),
)
clerks = st.builds(
    StaffFact,
    id=st.just("clerk"),
    grants=st.frozensets(
        st.tuples(st.sampled_from(["loan", "*"]), st.sampled_from(["*", "6.2.1", "6.2.7"]), st.sampled_from(["use", "destroy", "block"])),
        max_size=3,
    ),
    undertaking=st.sampled_from([True, True, False]),
    active=st.sampled_from([True, True, False]),
)
subjects = st.builds(
    SubjectFact,
    id=st.just(PERSON),
    kind=st.sampled_from(["provisional", "verified", "verified", "destroyed"]),
    phone_verified=st.booleans(),
    wall=st.sampled_from(["client", "client", "staff"]),
    destroyed=st.sampled_from([False, False, False, True]),
    matches_known=st.booleans(),
)


def by_id(rows: list) -> tuple:  # type: ignore[type-arg]
    """Ids are unique in truth."""
    return tuple({row.id: row for row in rows}.values())


facts = st.builds(
    Facts,
    subject=subjects,
    reading=st.sampled_from([Reading.STRICT, Reading.STRICT, Reading.AS_PUBLISHED]),
    consents=st.lists(consents(), max_size=5).map(by_id),
    states=st.lists(states, max_size=2).map(by_id),
    relations=st.lists(relations, max_size=2).map(by_id),
    items=st.lists(items, max_size=4).map(by_id),
    recipient=st.one_of(st.none(), recipients),
    staff=st.one_of(st.none(), clerks),
    suppressed=st.frozensets(st.sampled_from(["sms", "email", "*"]), max_size=1),
    acceptance=st.sampled_from(["", "act-1"]),
    notice_promised=st.booleans(),
    extra=st.sampled_from([(), SIMULATED]),
)
asks = st.builds(
    Ask,
    operation=operations,
    subject=st.just(PERSON),
    purpose=st.one_of(st.just("loan"), purposes, st.sampled_from(["", "unknown"])),
    fields=fields,
    actor=st.sampled_from([ActorKind.SYSTEM, *ActorKind]),
    occasion=st.sampled_from([Occasion.ORDINARY, Occasion.ORDINARY, *Occasion]),
    recipient=st.sampled_from(["", "a", "public"]),
    channel=st.sampled_from(["", "sms"]),
    ground=st.sampled_from(["consent", "consent", "consent", "5.4", "18(3)", "9(1)", "9(10)", "9(6)", "made up"]),
    citation=st.sampled_from(["", "191-IV art. 5"]),
    documents=st.sampled_from([(), ("doc-1",)]),
    items=st.frozensets(ids("i"), max_size=1),
    automated=st.booleans(),
    source=st.sampled_from([SourceKind.PERSON, *SourceKind]),
    source_reference=st.sampled_from(["", "a register"]),
    guarantee=st.sampled_from(["", "doc-2"]),
)


def friendly(operation: Operation) -> st.SearchStrategy[tuple[Ask, Facts]]:
    """Asks that are often permitted, so that a property about taking away has something to take from."""
    ask = st.builds(Ask, st.just(operation), st.just(PERSON), st.just("loan"), fields, recipient=st.just("a"))
    yes = ConsentFact("c-yes", GrantKind.PROCESSING, GrantState.GIVEN, GIVEN, "loan", proven=True, complete=True)
    grants = (
        yes,
        ConsentFact("c-col", GrantKind.COLLECTION, GrantState.GIVEN, GIVEN, "loan", proven=True, complete=True),
        ConsentFact("c-a", GrantKind.RECIPIENT, GrantState.GIVEN, GIVEN, "loan", "a", proven=True, complete=True),
    )
    party = RecipientFact("a", "7.1.1", agreed=frozenset(("loan", f) for f in FIELDS), undertaking=True)
    known = st.builds(
        Facts,
        st.just(SubjectFact(PERSON, "verified", True, True)),
        consents=st.lists(consents(), max_size=2).map(lambda more: grants + by_id(more)),
        states=st.lists(states, max_size=1).map(by_id),
        items=st.lists(items, max_size=3).map(by_id),
        recipient=st.just(party),
    )
    return st.tuples(ask, known)
