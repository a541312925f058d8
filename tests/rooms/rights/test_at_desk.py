"""Who asks shows an identity document at the desk: found by the IIN on it, compared, verified, and nothing of it kept (2.16, 8.3; the Law art. 7(10), 10(2))."""

from dataclasses import replace

import pytest

from office import House
from personnel_world import employee, hr, take_on
from rights_world import RightsDesk
from sandyq import personnel, rights
from sandyq.app import SYSTEM
from sandyq.errors import Conflict, Denied, FieldError, Invalid
from sandyq.identity import Level
from sandyq.register import subjects
from sandyq.rights import Kind, State, Wanted, What

CARD = "identity_card"


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


def faults(error: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in error.value.errors]


def test_the_iin_of_the_document_finds_the_person_and_counts_as_verified(desk: RightsDesk) -> None:
    someone = desk.house.applicant()
    case = desk.stranger(Kind.ACCESS, Wanted(What.ALL))
    made = desk.do(rights.at_desk, case, CARD, iin=someone.person.iin)
    assert (made.about, made.level, made.state) == (someone.subject, Level.DESK, State.OPEN)
    assert desk.house.look(lambda work: subjects.see(work, someone.subject)).fact.iin_verified
    acts = [entry.act for entry in desk.log()]
    assert "use.searched" in acts
    assert "identity.desk_checked" in acts


def test_a_number_that_does_not_fit_its_check_digit_is_nobodys_and_an_unknown_one_is_said_to_be_unknown(desk: RightsDesk) -> None:
    case, nobody = desk.stranger(Kind.ACCESS, Wanted(What.ALL)), desk.house.person()
    for iin, code in (
        (nobody.iin[:-1] + str((int(nobody.iin[-1]) + 1) % 10), "iin_check_digit"),
        (nobody.iin, "iin_of_nobody"),
        ("", "missing"),
    ):
        with pytest.raises(Invalid) as error:
            desk.do(rights.at_desk, case, CARD, iin=iin)
        assert faults(error) == [("iin", code)]
    assert desk.now(case).state is State.IDENTIFYING


def test_of_several_who_assert_one_iin_the_verified_one_is_meant_and_without_one_the_member_names_whom(desk: RightsDesk) -> None:
    house = desk.house
    real = house.applicant()
    other = house.submit(replace(house.person(), iin=real.person.iin, born=real.person.born))
    with pytest.raises(Invalid) as error:
        desk.do(rights.at_desk, desk.stranger(Kind.ACCESS, Wanted(What.ALL)), CARD, iin=real.person.iin)
    assert error.value.errors == (FieldError("iin", "iin_of_several", {"count": 2}, ("8.3", "94-V art. 10(2)")),)
    desk.do(rights.at_desk, desk.stranger(Kind.ACCESS, Wanted(What.ALL)), CARD, about=real.subject, iin=real.person.iin)
    again = desk.do(rights.at_desk, desk.stranger(Kind.BLOCK, Wanted(What.ALL)), CARD, iin=real.person.iin)
    assert again.about == real.subject != other.subject


def test_a_document_of_somebody_else_than_the_person_named_proves_nothing(desk: RightsDesk) -> None:
    someone, other = desk.house.applicant(), desk.house.applicant()
    case = desk.stranger(Kind.ACCESS, Wanted(What.ALL))
    with pytest.raises(Conflict) as error:
        desk.do(rights.at_desk, case, CARD, about=someone.subject, iin=other.person.iin)
    assert error.value.code == "iin_not_asserted"
    assert desk.now(case).about == ""
    assert not desk.house.look(lambda work: subjects.see(work, someone.subject)).fact.iin_verified


def test_whoever_is_blocked_is_found_all_the_same(desk: RightsDesk) -> None:
    someone = desk.house.applicant()
    desk.ask(someone, Kind.BLOCK, Wanted(What.ALL))
    made = desk.do(rights.at_desk, desk.stranger(Kind.ACCESS, Wanted(What.ALL)), CARD, iin=someone.person.iin)
    assert made.about == someone.subject


def test_an_employee_is_found_only_by_a_member_who_reaches_both_sides_and_both_sides_join_then(desk: RightsDesk) -> None:
    house = desk.house
    client = house.applicant()
    member, house_only = hr(house), house.person()
    worker = take_on(house, member, employee(client.person))
    other = take_on(house, member, employee(house_only))
    made = desk.do(rights.at_desk, desk.stranger(Kind.ACCESS, Wanted(What.ALL)), CARD, iin=client.person.iin)
    assert made.about == client.subject
    joined = house.do(lambda work: personnel.counterpart(work, house.office.gate, client.subject, (made.id,)), house.dpo)
    assert joined == worker.subject
    assert desk.do(rights.at_desk, desk.stranger(Kind.ACCESS, Wanted(What.ALL)), CARD, iin=house_only.iin).about == other.subject
    with pytest.raises(Invalid) as error:
        desk.do(rights.at_desk, desk.stranger(Kind.ACCESS, Wanted(What.ALL)), CARD, iin=house_only.iin, by=house.clerk)
    assert faults(error) == [("iin", "iin_of_nobody")]


def test_only_staff_see_documents(desk: RightsDesk) -> None:
    someone = desk.house.applicant()
    case = desk.stranger(Kind.ACCESS, Wanted(What.ALL))
    with pytest.raises(Denied):
        desk.do(rights.at_desk, case, CARD, about=someone.subject, by=SYSTEM)


def test_a_search_by_document_shows_nothing(desk: RightsDesk) -> None:
    """The entry of the log counts who was found and names nobody."""
    someone = desk.house.applicant()
    desk.do(rights.at_desk, desk.stranger(Kind.ACCESS, Wanted(What.ALL)), CARD, iin=someone.person.iin)
    [searched] = [entry for entry in desk.log() if entry.act == "use.searched"]
    assert (searched.object, searched.count, searched.clause) == ("iin", 1, "8.3")
