"""The made-up applicants of the sample: what each types into the form, what each agrees to, in kk or ru."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from sandyq.collect import Card, Choice
from sandyq.sample.people import Person

_LOANS = (50_000, 100_000, 150_000, 200_000, 300_000, 500_000, 750_000, 1_000_000)
_TERMS = (3, 6, 9, 12, 18, 24, 36)
ALWAYS = frozenset({"collection", "service"})


@dataclass(frozen=True)
class Wish:
    """What one applicant wants: the sum, the term, the partners to be asked, and the rest of the boxes."""

    amount: int
    months: int
    partners: frozenset[str]
    more: frozenset[str]

    @property
    def boxes(self) -> frozenset[str]:
        """The cards that are agreed to."""
        return ALWAYS | {f"recipient.{partner}" for partner in self.partners} | self.more


def wish(rng: random.Random, partners: Sequence[str]) -> Wish:
    """A made-up wish; the first partner is asked more often than the others, some people ask none."""
    asked = frozenset(partner for n, partner in enumerate(partners) if rng.random() < (0.75, 0.45)[min(n, 1)])
    extra = (("automated", 0.6), ("public-sources", 0.2), ("marketing.sms", 0.25), ("marketing.email", 0.2), ("marketing.phone", 0.1))
    return Wish(rng.choice(_LOANS), rng.choice(_TERMS), asked, frozenset(card for card, likely in extra if rng.random() < likely))


def values(person: Person, wanted: Wish) -> dict[str, str]:
    """The form's fields as this person types them."""
    return {
        "iin": person.iin,
        "surname": person.surname,
        "first_name": person.first_name,
        "patronymic": person.patronymic,
        "birth_date": person.born.isoformat(),
        "phone": person.phone,
        "email": person.email,
        "city": person.city,
        "residence_address": person.address,
        "income_monthly": person.income,
        "loan_amount": str(wanted.amount),
        "loan_term_months": str(wanted.months),
    }


def choices(cards: Sequence[Card], boxes: frozenset[str]) -> tuple[Choice, ...]:
    """A choice on every card, with the digest of the text that was shown."""
    return tuple(Choice(card.id, card.id in boxes, card.text.sha256) for card in cards)
