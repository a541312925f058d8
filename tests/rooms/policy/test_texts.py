"""The consent texts: complete in three languages, exact, and bound by their digest."""

import hashlib
import re
from pathlib import Path

import pytest
from policy_offices import Office

from sandyq.errors import Misuse, NotFound
from sandyq.law.vocabulary import GrantKind
from sandyq.policy import loader, texts
from sandyq.policy.facts import Edition
from sandyq.policy.texts import TextContext

SAMPLE = loader.load(*loader.sample_files())
CONTEXT = TextContext(recipient="Үлгі Банк", country="RU", channel="sms")
EACH = [(name, language) for name in SAMPLE.data["texts"] for language in ("kk", "ru", "en")]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.mark.parametrize(("name", "language"), EACH)
def test_every_text_has_the_eight_items_in_order_in_each_language(name: str, language: str) -> None:
    shown = texts.render(SAMPLE, name, language, CONTEXT)
    assert [item.id for item in shown.items] == [
        "operator",
        "subject",
        "term",
        "third_parties",
        "cross_border",
        "public_sources",
        "data",
        "other",
    ]
    assert "170640999902" in shown.items[0].value
    assert all(item.value.strip() for item in shown.items)
    numbered = [line for line in shown.text.splitlines() if re.match(r"[1-8]\. ", line)]
    assert numbered == [f"{n}. {item.label}: {item.value}" for n, item in enumerate(shown.items, 1)]


@pytest.mark.parametrize(("name", "language"), EACH)
def test_the_digest_is_of_the_exact_text_and_nothing_is_left_to_fill(name: str, language: str) -> None:
    shown = texts.render(SAMPLE, name, language, CONTEXT)
    assert shown.sha256 == hashlib.sha256(shown.text.encode()).hexdigest()
    assert "{" not in shown.text
    assert shown == texts.render(SAMPLE, name, language, CONTEXT)


@pytest.mark.parametrize(("name", "language"), EACH)
def test_the_list_of_data_names_each_field_by_its_label(name: str, language: str) -> None:
    shown = texts.render(SAMPLE, name, language, CONTEXT)
    assert shown.fields
    assert shown.items[6].value == ", ".join(SAMPLE.label(field, language) for field in shown.fields)
    assert set(shown.fields) <= SAMPLE.policy.purposes[shown.purpose].fields


def test_there_is_a_text_for_every_kind_of_grant() -> None:
    assert {row["kind"] for row in SAMPLE.data["texts"].values()} == set(GrantKind)


def test_languages_versions_and_contexts_have_digests_of_their_own() -> None:
    one = texts.render(SAMPLE, "recipient", "kk", CONTEXT)
    others = [
        texts.render(SAMPLE, "recipient", "ru", CONTEXT),
        texts.render(SAMPLE, "recipient", "kk", TextContext(recipient="Үлгі МҚҰ")),
        texts.render(SAMPLE, "recipient", "kk", TextContext(recipient="Үлгі Банк", fields=("iin",))),
        texts.render(SAMPLE, "recipient", "kk", TextContext(recipient="Үлгі Банк", subject="Үлгі Үлгіұлы")),
    ]
    assert len({one.sha256, *(other.sha256 for other in others)}) == 5


def test_before_anyone_is_known_the_text_is_the_same_for_everybody() -> None:
    shown = texts.render(SAMPLE, "service", "en")
    assert shown.items[1].value == "the person who named themselves in this form"
    named = texts.render(SAMPLE, "service", "en", TextContext(subject="Made Up {Person}"))
    assert named.items[1].value == "Made Up {Person}"


def test_a_transfer_text_names_its_recipient_and_only_the_cross_border_one_says_yes_to_abroad() -> None:
    transfer = texts.render(SAMPLE, "recipient", "en", CONTEXT)
    assert transfer.items[3].value == "Yes, only “Үлгі Банк”."
    assert transfer.items[4].value == "No."
    abroad = texts.render(SAMPLE, "cross-border", "en", CONTEXT)
    assert abroad.items[4].value == "Yes, country: RU."


def test_a_marketing_text_lists_only_what_its_channel_needs() -> None:
    assert texts.render(SAMPLE, "marketing", "ru", TextContext(channel="email")).fields == ("first_name", "email")
    assert texts.render(SAMPLE, "marketing", "ru", TextContext(channel="sms")).fields == ("first_name", "phone")


def test_a_text_without_what_it_needs_is_our_mistake_and_an_unknown_one_is_not_found() -> None:
    with pytest.raises(Misuse, match="recipient"):
        texts.render(SAMPLE, "recipient", "kk")
    for name, language in (("nothing", "kk"), ("service", "de")):
        with pytest.raises(NotFound):
            texts.render(SAMPLE, name, language)
    with pytest.raises(NotFound):
        texts.render(SAMPLE, "marketing", "kk", TextContext(channel="pigeon"))
    with pytest.raises(NotFound):
        texts.render(SAMPLE, "service", "kk", TextContext(fields=("shoe_size",)))


def _kazakh(edition: Edition) -> list[str]:
    found: list[str] = []

    def look(value: object) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("kk"), str):
                found.append(value["kk"])
            for inner in value.values():
                look(inner)

    look(edition.data)
    return found


def test_kazakh_texts_use_the_laws_modern_terms() -> None:
    words = _kazakh(SAMPLE)
    assert len(words) > 200
    for outdated in ("жеке деректер", "жеке мәлімет", "айқындау —", "құпия ақпарат"):
        assert not [text for text in words if outdated in text.lower()]
    assert any("иесіздендіру" in text.lower() for text in words)
    assert any("дербес деректер" in text.lower() for text in words)


def test_every_kazakh_text_is_kazakh_and_every_russian_one_russian() -> None:
    def same(value: object) -> list[str]:
        if not isinstance(value, dict):
            return []
        own = [value["kk"]] if value.get("kk") and value.get("kk") == value.get("ru") else []
        return own + [text for inner in value.values() for text in same(inner)]

    allowed = {"SMS", "факс", "Браузер"}  # the same word in both languages
    assert set(same(SAMPLE.data)) <= allowed


def test_a_changed_word_changes_the_digest_of_the_text_and_of_the_policy(office: Office) -> None:
    before = office.load()
    office.change("I agree that my voice is recorded", "I agree my voice is recorded", "texts/consents.yaml")
    after = office.load()
    assert after.digest != before.digest
    assert texts.render(after, "call-recording", "en").sha256 != texts.render(before, "call-recording", "en").sha256
    assert texts.render(after, "call-recording", "kk").sha256 == texts.render(before, "call-recording", "kk").sha256
