"""From the policy in force to what people read: the form with its consent cards, and the policy page. Pure."""

from collections.abc import Iterable
from datetime import date, datetime

from sandyq import speech
from sandyq.collect import Card
from sandyq.policy import render
from sandyq.policy.facts import Edition, FieldSpec
from sandyq.web.views import ConsentCard, FieldView, FormView, PolicyView, SectionView

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
    "why.family": ("family_status",),
    "why.document": ("document_copy", "id_card_number"),
}
_WHY_OF = {field: key for key, fields in _WHY.items() for field in fields}


def form(edition: Edition, cards: Iterable[Card], language: str) -> FormView:
    """The loan form as this edition asks for it, with the consents that are offered now (`collect.cards`)."""
    spec = edition.form
    wanted = (*spec.required, *spec.optional)
    placed = {name for _, names in _SECTIONS for name in names}
    groups = [*_SECTIONS, ("more", tuple(name for name in wanted if name not in placed))]
    sections = tuple(
        SectionView(group, f"section.{group}", tuple(_field(edition, name, language) for name in names if name in wanted))
        for group, names in groups
        if any(name in wanted for name in names)
    )
    return FormView(edition.digest, sections, tuple(map(_card, cards)))


def policy(edition: Edition, reading: str, in_force_from: datetime, language: str) -> PolicyView:
    """The policy page."""
    page = render.page(edition, language)
    return PolicyView(page, date.fromisoformat(str(page.approved_on)), in_force_from, reading)


def _field(edition: Edition, name: str, language: str) -> FieldView:
    spec: FieldSpec = edition.fields[name]
    purpose = edition.form.purpose
    why = speech.say(language, _WHY_OF.get(name, "why.default"), purpose=edition.purpose(purpose, language))
    choices = tuple((value, edition.choice(value, language)) for value in spec.choices)
    clause = str(edition.data["purposes"][purpose]["clause"])
    required = name in edition.form.required
    return FieldView(name, spec.label[language], spec.kind, spec.category, clause, why, required, choices, spec.least, spec.most)


def _card(card: Card) -> ConsentCard:
    text = card.text
    items = tuple((str(number), item.label, item.value) for number, item in enumerate(text.items, 1))
    title = text.title[:1].upper() + text.title[1:]
    return ConsentCard(card.id, card.kind.value, title, text.asks, items, text.sha256, text.version, card.required, card.group)
