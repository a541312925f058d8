"""Asking for codes to learn who is a client: the answer, the statements and the limits are the same for everybody (design 11, 20)."""

from collections.abc import Callable
from typing import Any

import pytest

from acts_world import destroyed as driven
from identity_world import Portal, carried
from office import PUBLIC, House, values_of
from sandyq import identity
from sandyq.errors import TooMany
from sandyq.identity import codes
from sandyq.requests import Kind
from sandyq.sample.people import Person

NOBODY = "950101300004"
TIES = "INSERT INTO subject_leaf"
"""What the commit adds for an entry about somebody who is there: one row that travels with the commit (docs/threats.md says so)."""
COUNTED = {"run", "many", "one", "all", "seldom", "lock_shared", "claim", "soon"}


class Counted:
    """Stands before a store and keeps the statements that passed."""

    def __init__(self, tx: Any, kept: list[str]) -> None:
        self._tx, self._kept = tx, kept

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._tx, name)
        if name not in COUNTED:
            return attribute

        def counted(sql: str, *rest: Any) -> Any:
            self._kept.append(" ".join(sql.split()))
            return attribute(sql, *rest)

        return counted


def statements(office: House, act: Callable[[Any], Any]) -> tuple[Any, list[str]]:
    kept: list[str] = []

    def watched(work: Any) -> Any:
        for store in ("durable", "perishable"):
            work.__dict__[store] = Counted(getattr(work, store), kept)
        return act(work)

    answer = office.do(watched, PUBLIC)
    return answer, [sql for sql in kept if not sql.startswith(TIES)]


def known(office: House) -> Person:
    return office.applicant().person


def stranger(office: House) -> Person:
    return office.person()


def unconfirmed(office: House) -> Person:
    person = office.person()
    office.submit(person)
    return person


def blocked(office: House) -> Person:
    someone = office.applicant()
    someone.done(Kind.BLOCK, reason="violation_claimed")
    return someone.person


def destroyed(office: House) -> Person:
    someone = office.applicant()
    someone.destroy()
    driven(office)
    return someone.person


def reissued(office: House) -> Person:
    someone, newer = office.applicant(), office.person()
    office.confirm(newer, office.submit(newer, values={**values_of(newer), "phone": someone.person.phone}))
    return someone.person


KINDS = [stranger, unconfirmed, blocked, destroyed, reissued]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_asking_for_a_code_gives_the_same_answer_for_the_same_statements(office: House, kind: Callable[[House], Person]) -> None:
    one, other, gate = known(office), kind(office), office.office.gate

    def asked(person: Person, browser: str) -> tuple[Any, list[str]]:
        return statements(office, lambda w: identity.ask_code(w, gate, person.iin, "phone", person.phone, browser, "192.0.2.1"))

    assert asked(one, "b1") == asked(other, "b2")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_wrong_code_gives_the_same_answer_for_the_same_statements(office: House, kind: Callable[[House], Person]) -> None:
    portals = []
    for number, person in enumerate((known(office), kind(office))):
        portal = Portal(office, f"b{number}")
        portal.ask(person.iin, person.phone)
        portals.append(portal)

    def entered(portal: Portal) -> tuple[Any, list[str]]:
        wrong = f"{(int(portal.code()) + 1) % 1_000_000:06d}"
        return statements(office, lambda w: identity.enter(w, portal.gate, portal.browser, wrong))

    assert entered(portals[0]) == entered(portals[1])


@pytest.mark.parametrize("kind", [stranger, unconfirmed, destroyed, reissued], ids=lambda kind: kind.__name__)
def test_nothing_is_sent_and_the_code_that_was_never_sent_opens_nothing(office: House, kind: Callable[[House], Person]) -> None:
    person = kind(office)
    carried(office)
    before = len(office.office.sms.latest())  # type: ignore[attr-defined]
    portal = Portal(office)
    portal.ask(person.iin, person.phone)
    carried(office)
    assert len(office.office.sms.latest()) == before  # type: ignore[attr-defined]
    assert portal.enter(portal.code()) == ""


def test_the_iin_of_one_and_the_phone_of_another_lead_to_nobody(office: House) -> None:
    one, other = known(office), known(office)
    portal = Portal(office)
    portal.ask(one.iin, other.phone)
    assert portal.enter(portal.code()) == ""


@pytest.mark.parametrize("of", [known, stranger], ids=lambda kind: kind.__name__)
def test_the_limit_of_a_contact_comes_at_the_same_time_for_known_and_unknown(office: House, of: Callable[[House], Person]) -> None:
    person = of(office)
    for number in range(codes.PER_CONTACT):
        Portal(office, f"b{number}", f"192.0.2.{number}").ask(person.iin, person.phone)
    with pytest.raises(TooMany) as caught:
        Portal(office, "b", "192.0.2.99").ask(person.iin, person.phone)
    assert caught.value.params["limit"] == "contact"


def test_many_contacts_cannot_be_tried_with_one_iin_nor_many_people_from_one_address(office: House) -> None:
    victim = known(office)
    with pytest.raises(TooMany) as caught:
        for number in range(codes.PER_PERSON + 1):
            Portal(office, f"b{number}", f"192.0.2.{number}").ask(victim.iin, f"+7701{number:07d}")
    assert caught.value.params["limit"] == "person"
    with pytest.raises(TooMany) as caught:
        for number in range(codes.PER_ADDRESS + 1):
            Portal(office, f"c{number}", "198.51.100.7").ask(office.person().iin, f"+7702{number:07d}")
    assert caught.value.params["limit"] == "address"


def test_a_blocked_person_still_gets_in_to_see_what_is_kept(office: House) -> None:
    person = blocked(office)
    portal = Portal(office)
    portal.ask(person.iin, person.phone)
    carried(office)
    assert office.office.sms.latest(person.phone[-4:])  # type: ignore[attr-defined]
    assert portal.enter(portal.code())
