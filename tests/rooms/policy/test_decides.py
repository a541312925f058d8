"""The sample policy and the pack, decided together as the office would: the file is not only well formed, it works."""

from datetime import UTC, datetime

import pytest

from sandyq.law.ask import Ask, ConsentFact, Facts, ItemFact, RecipientFact, SubjectFact
from sandyq.law.decide import Book, decide
from sandyq.law.decision import Verdict
from sandyq.law.vocabulary import ActorKind, GrantKind, GrantState, Operation
from sandyq.policy import loader, texts
from sandyq.policy.texts import TextContext

SAMPLE = loader.load(*loader.sample_files())
BOOK = Book(loader.load_pack().pack, SAMPLE.policy)
NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
FORM = frozenset((*SAMPLE.form.required, *SAMPLE.form.optional))
PERSON = SubjectFact("s", kind="verified", iin_verified=True, phone_verified=True)


def _grant(text_id: str, context: TextContext | None = None, recipient: str = "", channel: str = "") -> ConsentFact:
    """The grant that agreeing to a text of the form makes."""
    shown = texts.render(SAMPLE, text_id, "kk", context)
    fields = frozenset(shown.fields)
    return ConsentFact(
        text_id,
        GrantKind(shown.kind),
        GrantState.GIVEN,
        NOW,
        purpose=shown.purpose,
        recipient=recipient,
        channel=channel,
        fields=fields,
        proven=True,
        complete=True,
    )


def _items(fields: frozenset[str], purpose: str) -> tuple[ItemFact, ...]:
    by_category: dict[str, set[str]] = {}
    for name in fields:
        by_category.setdefault(SAMPLE.fields[name].category, set()).add(name)
    return tuple(ItemFact(clause, clause, frozenset(names), NOW, purposes=frozenset({purpose})) for clause, names in by_category.items())


def _decide(ask: Ask, *consents: ConsentFact, recipient: RecipientFact | None = None) -> Verdict:
    items = () if ask.operation is Operation.COLLECT else _items(FORM, "loan-application")
    return decide(ask, Facts(PERSON, consents=consents, items=items, recipient=recipient), BOOK, NOW)


def test_the_form_with_its_consent_to_collecting_is_taken_whole() -> None:
    ask = Ask(Operation.COLLECT, "s", "loan-application", FORM, ActorKind.PUBLIC)
    assert _decide(ask, _grant("collection")).fields == FORM
    assert not _decide(ask).permitted


@pytest.mark.parametrize("name", ["photo", "shoe_size"])
def test_a_field_that_the_purpose_does_not_list_is_not_taken(name: str) -> None:
    ask = Ask(Operation.COLLECT, "s", "loan-application", FORM | {name}, ActorKind.PUBLIC)
    assert name not in _decide(ask, _grant("collection")).fields


def test_consent_to_the_service_carries_use_for_it_and_nothing_else() -> None:
    service = _grant("service")
    assert _decide(Ask(Operation.USE, "s", "loan-application", FORM), service).fields == FORM
    for purpose in ("marketing", "statistics", "quality", "other-functions", "identification"):
        assert not _decide(Ask(Operation.USE, "s", purpose, frozenset({"phone"})), service).permitted


def test_marketing_goes_by_the_channel_that_was_agreed_to_only() -> None:
    grant = _grant("marketing", TextContext(channel="sms"), channel="sms")
    by_sms = Ask(Operation.USE, "s", "marketing", frozenset({"phone"}), channel="sms")
    by_mail = Ask(Operation.USE, "s", "marketing", frozenset({"email"}), channel="email")
    assert _decide(by_sms, grant).permitted
    assert not _decide(by_mail, grant).permitted


def test_a_lead_goes_to_the_recipient_that_was_named_with_the_fields_of_its_text() -> None:
    agreed = ("iin", "surname", "first_name", "phone", "loan_amount")
    grant = _grant("recipient", TextContext(recipient="Үлгі Банк", fields=agreed), recipient="a")
    for party, given in (("a", True), ("b", False)):
        fact = RecipientFact(party, "7.1.1", agreed=frozenset(("loan-application", name) for name in agreed), undertaking=True)
        ask = Ask(Operation.DISTRIBUTE, "s", "loan-application", FORM, recipient=party)
        verdict = _decide(ask, _grant("service"), grant, recipient=fact)
        assert verdict.permitted is given
        if given:
            assert verdict.fields == frozenset(agreed)
