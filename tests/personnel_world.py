"""A personnel department for tests: its member, and people to be taken on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from office import CHEAP, House
from sandyq import personnel, staff
from sandyq.db import Actor
from sandyq.law.decision import Refusal
from sandyq.personnel import Ground, NewPerson, Role, Taken
from sandyq.sample.people import Person

BY_LAW = Ground("9(2-1)", "Labour Code art. 28")
TAX = Ground("9(10)", "Tax Code 2026 art. 206(3)")
EMPLOYED: Mapping[str, Ground] = {"labour": BY_LAW, "pay-and-tax": TAX}


def hr(house: House) -> Actor:
    """A member of the personnel department."""

    def hire(work: Any) -> str:
        key = house.office.ring.office("staff")
        new = staff.NewMember("hr-1", "hr", "correct horse battery hr", undertaking_on=date(2026, 1, 1))
        return staff.add(work, key, new, cost=CHEAP).id

    return Actor("staff", house.do(hire), "console")


def values(person: Person, **more: str) -> dict[str, str]:
    """What personnel work asks of this person."""
    return {
        "iin": person.iin,
        "surname": person.surname,
        "first_name": person.first_name,
        "birth_date": person.born.isoformat(),
        "phone": person.phone,
        "education": "higher",
        "position": "Есепші",
        **more,
    }


def employee(person: Person, **more: Any) -> NewPerson:
    """An employee on the grounds of the law, whose identity document was seen."""
    given = {"salary_monthly": "450000", **more.pop("values", {})}
    settings: dict[str, Any] = {
        "role": Role.EMPLOYEE,
        "grounds": EMPLOYED,
        "started": date(2026, 3, 2),
        "paper": "contract 12",
        "identity_seen": True,
    }
    return NewPerson(**{**settings, "values": values(person, **given), **more})


def candidate(person: Person, **more: Any) -> NewPerson:
    """A candidate who signed the consents."""
    settings: dict[str, Any] = {
        "role": Role.CANDIDATE,
        "grounds": {"candidate": Ground()},
        "started": date(2026, 3, 18),
        "paper": "consent of 18 March",
    }
    return NewPerson(**{**settings, "values": values(person), **more})


def take_on(house: House, by: Actor, new: NewPerson, subject: str = "") -> Taken:
    """Take somebody on; it must be permitted."""
    answer = house.do(lambda work: personnel.take_on(work, house.office.gate, new, subject), by)
    assert not isinstance(answer, Refusal), [(r.rule, r.code) for r in answer.verdict.reasons]
    return answer
