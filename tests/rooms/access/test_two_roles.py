"""Client and employee of one person: only the person's own answer joins the two sides of the wall (policy 3.7; scenario 15)."""

import json

import pytest
from access_world import answered, asked, entries, numbered, told

from office import Applicant, House
from sandyq.access import Answered, letter, saying
from sandyq.audit import history
from sandyq.db import Work
from sandyq.law.ask import Ask
from sandyq.law.decision import Permit
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.register import items, subjects
from sandyq.register.items import NewItem

SALARY_ACCOUNT = "KZ86125KZT5004100100"


@pytest.fixture
def both(office: House) -> tuple[Applicant, str]:
    """A client who is an employee, too, under another subject behind the wall."""
    applicant = office.applicant()

    def hire(work: Work) -> str:
        gate = office.office.gate
        staff_side = subjects.create(work, office.office.ring, wall="staff")
        fields = {"bank_account": SALARY_ACCOUNT}
        ask = Ask(
            Operation.CHANGE,
            staff_side,
            "labour",
            frozenset(fields),
            ActorKind.STAFF,
            office.dpo.id,
            Occasion.CORRECTION_ON_DOCUMENTS,
            documents=(work.new_id(),),
        )
        permit = gate.ask(work, ask)
        assert isinstance(permit, Permit)
        items.put(work, office.office.ring, permit, [NewItem("6.2.6", fields, purposes=("labour",), term_rule="labour")])
        return staff_side

    return applicant, office.do(hire, office.dpo)


def test_the_persons_own_answer_covers_both_sides_each_under_its_role(office: House, both: tuple[Applicant, str]):
    applicant, staff_side = both
    read = told(answered(office, applicant.subject, counterpart=staff_side))
    client, employee = read["people"]
    assert (client["role"]["code"], employee["role"]["code"]) == ("client", "staff")
    assert applicant.person.iin in json.dumps(client)
    assert [value["value"] for item in employee["data"] for value in item["values"]] == [SALARY_ACCOUNT]
    assert [purpose["code"] for purpose in employee["purposes"]] == ["labour"]
    assert SALARY_ACCOUNT not in json.dumps(client)


def test_without_the_counterpart_nothing_of_the_other_side_is_told(office: House, both: tuple[Applicant, str]):
    applicant, staff_side = both
    text = answered(office, applicant.subject).package.to_json().decode()
    assert SALARY_ACCOUNT not in text
    assert staff_side not in text


def test_the_log_does_not_join_the_two_sides(office: House, both: tuple[Applicant, str]):
    applicant, staff_side = both
    answered(office, applicant.subject, counterpart=staff_side)
    ours, theirs = entries(office, applicant.subject, "use.exported"), entries(office, staff_side, "use.exported")
    numbered(office)
    ids = [{row.entry.id for row in office.look(lambda work, s=side: history.about(work, s, limit=1000))} for side in both_ids(both)]
    assert not ids[0] & ids[1]
    shared = ({e.body_digest for e in ours} & {e.body_digest for e in theirs}) - {""}
    assert shared == set()
    assert {e.parent for e in theirs} <= {"", *(e.id for e in theirs)}
    assert {e.decision for e in ours} & {e.decision for e in theirs} <= {""}


def both_ids(both: tuple[Applicant, str]) -> tuple[str, str]:
    return both[0].subject, both[1]


def test_page_and_letter_have_a_heading_for_each_side(office: House, both: tuple[Applicant, str]):
    applicant, staff_side = both
    given = answered(office, applicant.subject, counterpart=staff_side, language="kk")
    heads = [section.head for section in saying.sections(given.package)]
    assert [head for head in heads if head.startswith("side.")] == ["side.client", "side.staff"]
    body = letter.body(given.package, given.leaf, office.edition.words, number="1", answers="2", received_on=None, due=None)
    assert SALARY_ACCOUNT in body.to_json().decode()


def test_the_responsible_person_answers_for_both_sides_and_the_call_centre_for_neither(office: House, both: tuple[Applicant, str]):
    applicant, staff_side = both
    paper = (office.document(),)
    assert isinstance(asked(office, applicant.subject, by=office.dpo, counterpart=staff_side, documents=paper), Answered)
    with pytest.raises(Exception, match="answer_incomplete"):
        asked(office, applicant.subject, by=office.clerk, counterpart=staff_side, documents=paper)
