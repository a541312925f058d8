"""From the policy in force to what people read: the form with its consent cards, and the policy page. Pure; the ids made here come back with the form.

Ids of consent cards: the id of the text, then a dot and what fills it: `recipient.<party>`, `cross-border.<party>`, `marketing.<channel>`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sandyq import speech
from sandyq.policy import render, texts
from sandyq.policy.facts import Edition, FieldSpec
from sandyq.web.views import ClauseView, ConsentCard, FieldView, FormView, PartView, PolicyView, SectionView

CHANNELS = ("sms", "email", "phone")
"""The marketing channels that the form asks about, each by itself (3.8)."""

_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("person", ("surname", "first_name", "patronymic", "iin", "birth_date", "sex", "family_status")),
    ("contact", ("phone", "email", "city", "residence_address")),
    ("work", ("workplace", "work_years", "profession", "education", "income_monthly", "expenses_monthly", "obligations_monthly")),
    ("loan", ("loan_amount", "loan_term_months", "loan_purpose")),
    ("documents", ("id_card_number", "document_copy")),
)
_WHY = {
    "why.iin": ("iin",),
    "why.name": ("surname", "first_name", "patronymic"),
    "why.birth_date": ("birth_date",),
    "why.phone": ("phone",),
    "why.email": ("email",),
    "why.place": ("city", "residence_address"),
    "why.income": ("income_monthly", "expenses_monthly", "obligations_monthly"),
    "why.work": ("workplace", "work_years", "profession", "education"),
    "why.loan": ("loan_amount", "loan_term_months", "loan_purpose"),
    "why.document": ("document_copy", "id_card_number"),
}
_WHY_OF = {field: key for key, fields in _WHY.items() for field in fields}
_GROUPS = {
    "collection": "service",
    "service": "service",
    "recipient": "partners",
    "cross-border": "abroad",
    "automated": "automated",
    "marketing": "marketing",
    "public-sources": "public",
}
_NEEDED = frozenset({"collection", "service"})


@dataclass(frozen=True, slots=True)
class Receiver:
    """A partner that the form asks about. `country` is a code, `place` its name in the asked language; `fields` are what its contract covers."""

    id: str
    name: str
    country: str = "KZ"
    place: str = ""
    fields: tuple[str, ...] = ()


def form(edition: Edition, receivers: Iterable[Receiver], language: str) -> FormView:
    """The loan form as this edition asks for it."""
    spec = edition.form
    wanted = (*spec.required, *spec.optional)
    placed = {name for _, names in _SECTIONS for name in names}
    groups = [*_SECTIONS, ("more", tuple(name for name in wanted if name not in placed))]
    sections = tuple(
        SectionView(group, f"section.{group}", tuple(_field(edition, name, language) for name in names if name in wanted))
        for group, names in groups
        if any(name in wanted for name in names)
    )
    return FormView(edition.digest, sections, tuple(_cards(edition, tuple(receivers), language)))


def policy(edition: Edition, reading: str, in_force_from: datetime, language: str) -> PolicyView:
    """The policy page."""
    page = render.page(edition, language)
    parts = tuple(PartView(part.number, part.title, tuple(map(_clause, part.clauses))) for part in page.parts)
    more = tuple(map(_clause, page.supplements))
    approved = date.fromisoformat(str(page.approved_on))
    return PolicyView(page.title, page.version, approved, in_force_from, page.digest, reading, parts, more)


def _clause(clause: render.ClauseText) -> ClauseView:
    return ClauseView(clause.number, clause.text, clause.depth, clause.notes)


def _field(edition: Edition, name: str, language: str) -> FieldView:
    spec: FieldSpec = edition.fields[name]
    purpose = edition.form.purpose
    why = speech.say(language, _WHY_OF.get(name, "why.default"), purpose=edition.purpose(purpose, language))
    choices = tuple((value, edition.choice(value, language)) for value in spec.choices)
    clause = str(edition.data["purposes"][purpose]["clause"])
    required = name in edition.form.required
    return FieldView(name, spec.label[language], spec.kind, spec.category, clause, why, required, choices, spec.least, spec.most)


def _cards(edition: Edition, receivers: tuple[Receiver, ...], language: str) -> Iterator[ConsentCard]:
    yield _card(edition, "collection", "", texts.TextContext(), language)
    yield _card(edition, "service", "", texts.TextContext(), language)
    for party in receivers:
        yield _card(edition, "recipient", party.id, texts.TextContext(recipient=party.name, fields=party.fields), language)
    for party in receivers:
        if party.country != "KZ":
            context = texts.TextContext(recipient=party.name, country=party.place or party.country, fields=party.fields)
            yield _card(edition, "cross-border", party.id, context, language)
    yield _card(edition, "automated", "", texts.TextContext(), language)
    for channel in CHANNELS:
        yield _card(edition, "marketing", channel, texts.TextContext(channel=channel), language)
    yield _card(edition, "public-sources", "", texts.TextContext(), language)


def _card(edition: Edition, text: str, about: str, context: texts.TextContext, language: str) -> ConsentCard:
    shown = texts.render(edition, text, language, context)
    items = tuple((str(number), item.label, item.value) for number, item in enumerate(shown.items, 1))
    title = shown.title[:1].upper() + shown.title[1:]
    name = f"{text}.{about}" if about else text
    return ConsentCard(name, shown.kind, title, shown.asks, items, shown.sha256, shown.version, text in _NEEDED, _GROUPS[text])
