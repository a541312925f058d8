"""What the form asks: its cards of consent and the check of what was filled in, every fault at once (6.2, 2.18, design 22)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sandyq.collect.facts import Card, Choice, Submission
from sandyq.errors import FieldError
from sandyq.frozen import quick
from sandyq.law.vocabulary import GrantKind
from sandyq.policy import answers, texts
from sandyq.policy.facts import Edition
from sandyq.policy.texts import TextContext

CHANNELS = ("phone", "sms", "email")
"""Marketing channels that the form offers; the others of 3.8 need data that it does not ask for."""
HOME = "KZ"
_LISTED = ("6.2", "94-V art. 7(9)")
_CONSENTED = ("5.3", "94-V art. 8")


@dataclass(frozen=True, slots=True)
class Partner:
    """A recipient as the form names it: what its consent is about."""

    id: str
    name: str
    country: str
    fields: tuple[str, ...]


def cards(edition: Edition, partners: Iterable[Partner], language: str) -> tuple[Card, ...]:
    """Every consent of the form, each by itself, with its exact text in a language; collecting and processing for the service alone are required (2.18, 3.1)."""
    key = (edition.digest, tuple(partners), language)
    kept = _KEPT.get(key)
    if kept is None:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        kept = _KEPT[key] = _cards(edition, key[1], language)
    return kept


_KEPT: dict[tuple[str, tuple[Partner, ...], str], tuple[Card, ...]] = {}
"""Rendered cards by policy, partners and language: the same for everybody, so rendered once."""
_MOST_KEPT = 64


def _cards(edition: Edition, partners: Iterable[Partner], language: str) -> tuple[Card, ...]:
    made = [
        Card("collection", GrantKind.COLLECTION, texts.render(edition, "collection", language), "service", required=True),
        Card("service", GrantKind.PROCESSING, texts.render(edition, "service", language), "service", required=True),
        Card("automated", GrantKind.AUTOMATED, texts.render(edition, "automated", language), "automated"),
    ]
    for party in partners:
        context = TextContext(recipient=party.name, country=party.country, fields=party.fields)
        made.append(
            Card(
                f"recipient.{party.id}",
                GrantKind.RECIPIENT,
                texts.render(edition, "recipient", language, context),
                "partners",
                recipient=party.id,
            )
        )
        if party.country != HOME:
            text = texts.render(edition, "cross-border", language, context)
            made.append(Card(f"cross-border.{party.id}", GrantKind.CROSS_BORDER, text, "abroad", recipient=party.id, country=party.country))
    made.append(Card("public-sources", GrantKind.PUBLIC_SOURCES, texts.render(edition, "public-sources", language), "public"))
    for channel in CHANNELS:
        text = texts.render(edition, "marketing", language, TextContext(channel=channel))
        made.append(Card(f"marketing.{channel}", GrantKind.MARKETING, text, "marketing", channel=channel))
    return tuple(made)


@quick
@dataclass(frozen=True, slots=True)
class Filled:
    """A form after its check: normal values by field, the cards chosen, and what is wrong."""

    values: Mapping[str, str]
    chosen: tuple[tuple[Card, Choice], ...]
    errors: tuple[FieldError, ...]


def check(edition: Edition, offered: Sequence[Card], submission: Submission, today: date, *, asked_expressly: bool = True) -> Filled:
    """Normal forms of all fields and the choices on all cards, or every fault with its place; the verdict of the law comes apart from this.

    `today` bounds a day of birth. `asked_expressly` is off where sending the form may itself count as the yes (5.3): then no card needs an answer.
    """
    asked = edition.asked
    sent = [stored.field for stored in submission.uploads]
    files = {name for name in sent if name in asked and edition.fields[name].kind == "file"}
    typed = {name: value.strip() for name, value in submission.values.items() if value.strip()}
    errors: list[FieldError] = []
    values: dict[str, str] = {stored.field: stored.upload.media_id for stored in submission.uploads if stored.field in files}
    for name, value in typed.items():
        spec = edition.fields.get(name)
        if spec is None or spec.kind == "file" or name not in asked:
            errors.append(FieldError(f"data.{name[:60]}", "field_unlisted", {"name": name[:40]}, _LISTED))
            continue
        normal, fault = answers.normal(spec, value, today, adult=True)
        if fault is not None:
            errors.append(fault)
        values[name] = normal
    errors += [FieldError(f"file.{name[:60]}", "field_unlisted", {"name": name[:40]}, _LISTED) for name in sent if name not in files]
    errors += [FieldError(f"file.{name}", "twice") for name in sorted(files) if sent.count(name) > 1]
    missing = [name for name in edition.form.required if name not in typed and name not in files]
    errors += [FieldError(f"data.{name}", "missing", {}, (edition.fields[name].category,)) for name in missing]
    chosen, wrong = _choices(offered, submission.choices)
    if asked_expressly:
        wrong += _unanswered(offered, chosen)
    return Filled(values, chosen, tuple(errors + wrong))


def _choices(offered: Sequence[Card], made: Sequence[Choice]) -> tuple[tuple[tuple[Card, Choice], ...], list[FieldError]]:
    known = {card.id: card for card in offered}
    errors = [FieldError(f"consent.{c.card[:60]}", "consent_unknown", {}, ("2.18",)) for c in made if c.card not in known]
    chosen = [(known[c.card], c) for c in made if c.card in known]
    seen: set[str] = set()
    for card, choice in chosen:
        if choice.sha256 != card.text.sha256:
            errors.append(FieldError(f"consent.{card.id}", "consent_changed", {}, ("2.18", "94-V art. 25(2)(5)")))
        if card.id in seen:
            errors.append(FieldError(f"consent.{card.id}", "twice"))
        seen.add(card.id)
    return tuple(chosen), errors


def _unanswered(offered: Sequence[Card], chosen: Iterable[tuple[Card, Choice]]) -> list[FieldError]:
    """The required cards that got no yes: never answered, or answered no."""
    answers = {card.id: choice.given for card, choice in chosen}
    return [
        FieldError(f"consent.{card.id}", "consent_needed" if card.id in answers else "consent_missing", {}, _CONSENTED)
        for card in offered
        if card.required and not answers.get(card.id, False)
    ]
