"""The two sides of the wall meet in the person's own answer alone, by an IIN that both hold as verified (3.7, 4.1.1)."""

import pytest

from acts_world import wired
from office import Applicant, House
from personnel_world import candidate, employee, hr, take_on
from sandyq import access, personnel, requests, rights
from sandyq.audit import Act
from sandyq.audit.recording import decode
from sandyq.db import Actor, Work
from sandyq.errors import Denied
from sandyq.law.decision import Refusal
from sandyq.register import index, subjects
from sandyq.requests import DocumentKind


@pytest.fixture
def office(office: House) -> House:
    wired(office)
    return office


@pytest.fixture
def keeper(office: House) -> Actor:
    return hr(office)


def checked(office: House) -> Applicant:
    """A client whose IIN was verified at the desk."""
    someone = office.applicant()

    def verify(work: Work) -> None:
        index.confirm_iin(work, office.office.ring, someone.subject, someone.person.iin)
        subjects.verified(work, someone.subject, iin=True)

    office.do(verify)
    return someone


def other_side(office: House, subject: str, by: Actor, documents: tuple[str, ...] = ()) -> str:
    answer = office.do(lambda work: personnel.counterpart(work, office.office.gate, subject, documents), by)
    assert not isinstance(answer, Refusal), [reason.code for reason in answer.verdict.reasons]
    return answer


def oneself(subject: str) -> Actor:
    return Actor("subject", subject, "web")


def test_the_persons_own_answer_covers_both_sides(office: House, keeper: Actor) -> None:
    client = checked(office)
    made = take_on(office, keeper, employee(client.person))
    me = oneself(client.subject)
    assert other_side(office, client.subject, me) == made.subject

    def answer(work: Work) -> access.Answered | Refusal:
        other = personnel.counterpart(work, office.office.gate, client.subject)
        return access.package(
            work,
            office.office.gate,
            office.office.holders,
            client.subject,
            full=True,
            withholding=rights.withheld,
            counterpart=str(other),
            language="en",
        )

    told = office.do(answer, me)
    assert isinstance(told, access.Answered)
    roles = [held.role.code for held in told.package.people]
    assert len(roles) == 2
    assert len(set(roles)) == 2
    fields = {value.field for held in told.package.people for item in held.data for value in item.values}
    assert {"loan_amount", "salary_monthly"} <= fields


def test_it_works_from_either_side(office: House, keeper: Actor) -> None:
    client = checked(office)
    made = take_on(office, keeper, employee(client.person))
    assert other_side(office, made.subject, oneself(made.subject)) == client.subject


def test_the_responsible_person_joins_them_for_an_answer_on_a_request_that_is_on_file(office: House, keeper: Actor) -> None:
    client = checked(office)
    made = take_on(office, keeper, employee(client.person))
    paper = office.do(
        lambda work: requests.file_document(work, office.office.gate, client.subject, DocumentKind.STATEMENT, "letter 14"), office.dpo
    )
    assert other_side(office, client.subject, office.dpo, (paper,)) == made.subject
    answer = office.do(lambda work: personnel.counterpart(work, office.office.gate, client.subject), office.dpo)
    assert isinstance(answer, Refusal)


@pytest.mark.parametrize("who", ["clerk", "keeper", "somebody else", "the system"])
def test_nobody_else_joins_them_whether_there_is_something_to_join_or_not(office: House, keeper: Actor, who: str) -> None:
    client, alone = checked(office), checked(office)
    take_on(office, keeper, employee(client.person))
    actor = {
        "clerk": office.clerk,
        "keeper": keeper,
        "somebody else": oneself(alone.subject),
        "the system": Actor("system", "x", "x"),
    }[who]
    for subject in (client.subject, checked(office).subject):
        with pytest.raises(Denied, match="counterpart_only_for_own_answer"):
            other_side(office, subject, actor, (office.document(),))


def test_what_somebody_only_asserts_joins_nobody(office: House, keeper: Actor) -> None:
    asserted = office.applicant()
    take_on(office, keeper, employee(asserted.person))
    assert other_side(office, asserted.subject, oneself(asserted.subject)) == ""
    client = checked(office)
    take_on(office, keeper, candidate(client.person))  # nobody saw an identity document
    assert other_side(office, client.subject, oneself(client.subject)) == ""


def test_the_log_tells_nobody_whether_there_was_a_counterpart(office: House, keeper: Actor) -> None:
    joined, alone = checked(office), checked(office)
    take_on(office, keeper, employee(joined.person))

    def entries(subject: str) -> list[tuple[object, ...]]:
        def act(work: Work) -> list[tuple[object, ...]]:
            personnel.counterpart(work, office.office.gate, subject)
            found = [decode(leaf.body) for leaf in work.leaves]
            return [(e.act, e.clause, e.verdict, e.object, e.purpose, e.category, e.count) for e in found]

        return office.do(act, oneself(subject))

    assert entries(joined.subject) == entries(alone.subject)
    assert entries(alone.subject)[0][0] == Act.COUNTERPART_ASKED
