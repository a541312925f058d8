"""Answers on access on a request that is on file: whose it is, and how well whoever asks proved who they are (policy 4.1.1, 8.3)."""

import pytest

from office import Applicant, House
from personnel_world import employee, hr, take_on
from sandyq import requests, rights
from sandyq.access import Answered
from sandyq.app import answers
from sandyq.db import Actor, Work
from sandyq.errors import Denied, Invalid
from sandyq.identity import Level
from sandyq.law.decision import Refusal
from sandyq.register import index, subjects
from sandyq.requests import DocumentKind


def case(house: House, about: str, level: Level, kind: rights.Kind = rights.Kind.ACCESS) -> str:
    """A request on paper, identity established at a level."""
    new = rights.NewCase(kind, rights.Channel.PAPER, asker=about, about=about, language="ru", level=level)
    return house.do(lambda work: rights.open_case(work, house.office.rights, new), house.dpo).id


def given(house: House, subject: str, document: str, *, full: bool = False) -> Answered | Refusal:
    return house.do(lambda work: answers.on_request(house.office, work, subject, document, full=full, language="ru"), house.dpo)


@pytest.fixture
def applicant(office: House) -> Applicant:
    return office.applicant()


def test_a_case_about_the_person_is_a_request_and_with_a_desk_check_values_are_full(office: House, applicant: Applicant):
    made = given(office, applicant.subject, case(office, applicant.subject, Level.DESK), full=True)
    assert isinstance(made, Answered)
    assert applicant.person.iin in made.package.to_json().decode()


def test_with_one_code_values_are_masked_and_full_ones_are_refused(office: House, applicant: Applicant):
    document = case(office, applicant.subject, Level.CODE)
    made = given(office, applicant.subject, document)
    assert isinstance(made, Answered)
    assert applicant.person.iin not in made.package.to_json().decode()
    with pytest.raises(Denied, match="identity_too_low"):
        given(office, applicant.subject, document, full=True)


def test_somebody_elses_case_or_paper_is_no_request_of_this_person(office: House, applicant: Applicant):
    other = office.applicant()
    paper = office.do(lambda work: requests.file_document(work, office.office.gate, other.subject, DocumentKind.STATEMENT, "5"), office.dpo)
    for document in (case(office, other.subject, Level.DESK), paper, office.document()):
        with pytest.raises(Invalid) as caught:
            given(office, applicant.subject, document)
        assert [error.code for error in caught.value.errors] == ["request_not_on_file"]


def test_an_answer_to_the_person_carries_the_checkpoint_of_the_log(office: House, applicant: Applicant):
    while office.office.sequencer.run_once(office.office.write):
        pass
    office.office.publisher.publish(office.office.stores)
    made = office.do(
        lambda work: answers.to_the_person(office.office, work, applicant.subject, full=True, language="kk"),
        Actor("subject", applicant.subject, "web"),
    )
    assert isinstance(made, Answered)
    assert made.package.log is not None


def both_sides(office: House) -> tuple[Applicant, str]:
    """A client whose IIN was verified, employed here, too."""
    someone = office.applicant()

    def verify(work: Work) -> None:
        index.confirm_iin(work, office.office.ring, someone.subject, someone.person.iin)
        subjects.verified(work, someone.subject, iin=True)

    office.do(verify)
    return someone, take_on(office, hr(office), employee(someone.person)).subject


def test_an_answer_on_a_request_joins_client_and_employee_of_one_person(office: House):
    client, hired = both_sides(office)
    made = given(office, client.subject, case(office, client.subject, Level.DESK), full=True)
    assert isinstance(made, Answered)
    assert [(held.role.code, held.person.subject) for held in made.package.people] == [("client", client.subject), ("staff", hired)]
    fields = {value.field for held in made.package.people for item in held.data for value in item.values}
    assert {"loan_amount", "salary_monthly"} <= fields


def test_the_persons_own_answer_joins_them_and_that_of_a_representative_stays_on_its_side(office: House):
    client, _ = both_sides(office)

    def answer(by: str) -> Answered | Refusal:
        actor = Actor("subject", by, "web")
        return office.do(lambda work: answers.to_the_person(office.office, work, client.subject, full=True, language="kk"), actor)

    own, for_them = answer(client.subject), answer(office.applicant().subject)
    assert isinstance(own, Answered)
    assert isinstance(for_them, Answered)
    assert [held.role.code for held in own.package.people] == ["client", "staff"]
    assert [held.role.code for held in for_them.package.people] == ["client"]


def test_a_member_who_does_not_reach_both_sides_gives_no_answer_whether_there_are_two_or_one(office: House):
    client, _ = both_sides(office)
    for subject in (client.subject, office.applicant().subject):
        document = case(office, subject, Level.DESK)
        with pytest.raises(Denied, match="answer_incomplete"):
            office.do(
                lambda work, s=subject, d=document: answers.on_request(office.office, work, s, d, full=False, language="kk"), office.clerk
            )
