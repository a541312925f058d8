"""Answers on access on a request that is on file: whose it is, and how well whoever asks proved who they are (policy 4.1.1, 8.3)."""

import pytest

from office import Applicant, House
from sandyq import requests, rights
from sandyq.access import Answered
from sandyq.app import answers
from sandyq.errors import Denied, Invalid
from sandyq.identity import Level
from sandyq.law.decision import Refusal
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
    from sandyq.db import Actor

    while office.office.sequencer.run_once(office.office.write):
        pass
    office.office.publisher.publish(office.office.stores)
    made = office.do(
        lambda work: answers.to_the_person(office.office, work, applicant.subject, full=True, language="kk"),
        Actor("subject", applicant.subject, "web"),
    )
    assert isinstance(made, Answered)
    assert made.package.log is not None
