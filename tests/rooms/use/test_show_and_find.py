"""Showing and finding people: only for a purpose, only what the grant says, each person seen on record (policy 2.12, 8.2, 3.7; design 5, 10)."""

from collections import Counter
from datetime import timedelta

import pytest

from office import Applicant, House
from sandyq import use
from sandyq.audit import history
from sandyq.block import Scope
from sandyq.db import Actor
from sandyq.errors import Invalid
from sandyq.law.decision import Refusal
from sandyq.register import index, subjects
from sandyq.requests import Kind
from sandyq.use import ShownPerson


def acts(office: House, someone: Applicant) -> Counter[str]:
    return Counter(row.entry.act for row in office.look(lambda work: history.about(work, someone.subject)))


def number(office: House) -> None:
    """Give every waiting entry its number (SQLite has done so already)."""
    while office.office.sequencer.run_once(office.office.write):
        pass


@pytest.fixture
def someone(office: House) -> Applicant:
    return office.applicant()


def test_a_look_shows_masked_what_the_policy_masks_and_leaves_one_entry(office: House, someone: Applicant) -> None:
    seen = someone.show()
    assert isinstance(seen, ShownPerson)
    values = {name: value for item in seen.items for name, value in item.values.items()}
    assert values["surname"][0] == someone.person.surname[0]
    assert {item.legal.category for item in seen.items} == {"6.2.1", "6.2.7"}, "what the grant of the call centre covers"
    assert set(someone.secrets) & set(values.values()) == {someone.person.first_name}
    assert seen.permit.verdict.masks
    number(office)
    assert acts(office, someone)["use.shown"] == 1


def test_a_refused_look_shows_nothing_and_is_on_record(office: House, someone: Applicant) -> None:
    stranger = Actor("staff", office.document(), "console")
    assert isinstance(office.show(someone.subject, stranger), Refusal)
    number(office)
    found = acts(office, someone)
    assert found["gate.refused"] >= 1
    assert found["use.shown"] == 0


def test_a_search_leaves_one_entry_for_each_person_shown(office: House) -> None:
    first = office.applicant()
    office.clock.advance(timedelta(seconds=1))
    received = office.submit(first.person)
    found = office.find("iin", first.person.iin)
    assert {hit.subject for hit in found.hits} == {first.subject, received.subject}
    number(office)
    for subject in (first.subject, received.subject):
        entries = [row.entry.act for row in office.look(lambda work, s=subject: history.about(work, s))]
        assert entries.count("use.found") == 1


def test_a_line_of_results_is_masked_whole(office: House, someone: Applicant) -> None:
    (hit,) = office.find("phone", someone.person.phone).hits
    shown = " ".join(hit.values.values())
    assert not any(secret in shown for secret in someone.secrets)
    assert hit.values["iin"].endswith(someone.person.iin[-2:])
    assert repr(hit).count(someone.person.surname) == 0


def test_a_blocked_person_is_found_by_an_exact_identifier_and_only_as_there(office: House, someone: Applicant) -> None:
    someone.done(Kind.BLOCK, reason="violation_claimed")
    (hit,) = office.find("iin", someone.person.iin).hits
    assert (hit.state, dict(hit.values)) == ("blocked", {})
    query = use.Query(surname=someone.person.surname, birth_year=str(someone.person.born.year))
    found = office.do(lambda work: use.find(work, office.office.gate, query, office.purpose), office.clerk)
    assert found.hits == ()


def test_who_has_no_grant_learns_not_even_that_a_blocked_person_is_there(office: House, someone: Applicant) -> None:
    someone.done(Kind.BLOCK, reason="violation_claimed")
    stranger = Actor("staff", office.document(), "console")
    assert office.find("iin", someone.person.iin, stranger).hits == ()
    other = office.do(lambda work: use.find(work, office.office.gate, use.Query("iin", someone.person.iin), "marketing"), office.clerk)
    assert other.hits == ()


def test_a_block_of_one_category_hides_that_category_alone(office: House, someone: Applicant) -> None:
    someone.done(Kind.BLOCK, reason="violation_claimed", scope=Scope(categories=frozenset({"6.2.7"})))
    seen = someone.show()
    assert isinstance(seen, ShownPerson)
    assert {item.legal.category for item in seen.items} == {"6.2.1"}


@pytest.mark.parametrize(
    "query",
    [
        use.Query(surname="Ахметов"),
        use.Query(surname="Ахметов", first_name="Нұрлан", phone_tail="12"),
        use.Query("colour", "red"),
        use.Query("iin", "123456789012"),
        use.Query(surname="Ахметов", birth_year="85"),
        use.Query(),
    ],
)
def test_too_few_or_malformed_criteria_are_refused(office: House, query: use.Query) -> None:
    with pytest.raises(Invalid):
        office.do(lambda work: use.find(work, office.office.gate, query, office.purpose), office.clerk)


def test_a_name_is_found_in_other_spellings_with_a_second_criterion(office: House, someone: Applicant) -> None:
    query = use.Query(surname=someone.person.surname.upper(), first_name=someone.person.first_name, phone_tail=someone.person.phone[-4:])
    found = office.do(lambda work: use.find(work, office.office.gate, query, office.purpose), office.clerk)
    assert [hit.subject for hit in found.hits] == [someone.subject]


def test_the_call_centre_does_not_reach_behind_the_personnel_wall(office: House, someone: Applicant) -> None:
    """3.7: a record on the staff side is neither shown nor found by client staff, whatever wall they name."""
    ring = office.office.ring

    def hired(work):
        subject = subjects.create(work, ring, wall="staff")
        index.put(work, ring, subject, index.Identifiers(iin=someone.person.iin, asserted=True, wall="staff"))
        return subject

    employee = office.do(hired)
    assert employee not in {hit.subject for hit in office.find("iin", someone.person.iin).hits}
    query = use.Query("iin", someone.person.iin)
    behind = office.do(lambda work: use.find(work, office.office.gate, query, office.purpose, wall="staff"), office.clerk)
    assert behind.hits == ()
    assert isinstance(office.show(employee), Refusal)


def test_what_is_searched_for_never_shows_when_printed(office: House, someone: Applicant) -> None:
    assert someone.person.iin not in repr(use.Query("iin", someone.person.iin))
