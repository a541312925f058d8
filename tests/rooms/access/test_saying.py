"""The answer as sections: what the pages show has words for every code, in three languages."""

import re

import pytest
from access_world import answered, published, rich

from acts_world import later
from office import House, values_of
from sandyq import speech, use
from sandyq.access import saying
from sandyq.access.saying import Section
from sandyq.block.facts import Reason
from sandyq.db import Actor
from sandyq.distribute import Kind, State
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import ActorKind, Occasion, Operation, StandingAct
from sandyq.parties.facts import DocumentKind
from sandyq.relations import RelationKind
from sandyq.requests import DocumentKind as Paper
from sandyq.requests import Kind as Order


def own(subject: str, purpose: str) -> Ask:
    """A look of the person at their own data."""
    return Ask(Operation.USE, subject, purpose, actor=ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)


def by_head(sections: tuple[Section, ...]) -> dict[str, Section]:
    return {section.head: section for section in sections}


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("access.operation", [*(one.value for one in Operation), *(one.value for one in StandingAct)]),
        ("access.transfer", [one.value for one in State]),
        ("access.sent", [one.value for one in Kind]),
        ("access.order", [*(one.value for one in Order), "form"]),
        ("access.paper", [*(one.value for one in Paper), *(one.value for one in DocumentKind)]),
        ("access.relation", [one.value for one in RelationKind]),
        ("access.role", ["client", "staff"]),
        ("reason", [one.value for one in Reason]),
    ],
)
def test_every_code_of_a_closed_list_has_its_words(prefix: str, codes: list[str]):
    assert [code for code in codes if not speech.has(f"{prefix}.{code}")] == []


def test_every_heading_sentence_and_column_has_its_words(office: House):
    for section in saying.sections(answered(office, rich(office).subject, log=published(office)).package):
        assert speech.has(f"access.section.{section.head}"), section.head
        assert [c for c in section.columns if not speech.has(f"access.column.{c}")] == []
        assert [s.code for s in section.said if not speech.has(f"access.said.{s.code}")] == []
        assert {len(row) for row in section.rows} <= {len(section.columns)}


@pytest.mark.parametrize(("full", "language"), [(True, "ru"), (True, "en"), (False, "kk"), (False, "en")])
def test_a_birth_day_is_told_as_the_language_writes_it_and_kept_exactly_beside(office: House, full: bool, language: str):
    someone = rich(office)
    born = someone.person.born
    package = answered(office, someone.subject, full=full, language=language).package
    (value,) = (v for item in package.people[0].data for v in item.values if v.field == "birth_date")
    assert value.value == (born.isoformat() if full else f"{born.year}-••-••")
    read = speech.day(language, born) if full else f"••.••.{born.year}"
    assert read in [row[2] for row in by_head(saying.sections(package))["data"].rows]


def test_no_code_of_a_language_a_file_or_an_instant_stands_in_an_answer(office: House):
    sections = saying.sections(answered(office, rich(office).subject, language="kk").package)
    cells = [cell for section in sections for row in section.rows for cell in row]
    assert [cell for cell in cells if "application/" in cell or ", kk, " in cell or re.search(r"\d{4}-\d\d-\d\dT", cell)] == []
    assert any("қазақша" in cell for cell in cells)


def test_the_seven_things_of_the_clause_are_sections(office: House):
    """4.1.1: the fact, purposes, sources and methods, the list, the terms; and to whom it went."""
    found = by_head(saying.sections(answered(office, rich(office).subject).package))
    assert {"fact", "purposes", "ways", "data", "terms", "recipients", "transfers", "looks", "rights"} <= set(found)
    assert [said.code for said in found["fact"].said] == ["held", "drawn_up", "free"]
    assert "Bank A" in found["recipients"].rows[0]


def test_values_are_read_as_people_read_them(office: House):
    someone = rich(office)
    rows = by_head(saying.sections(answered(office, someone.subject, language="ru").package))["data"].rows
    values = {label: value for _, label, value in rows}
    assert values["ИИН"] == values_of(someone.person)["iin"]
    assert values["Сумма займа (тенге)"] == "200\u00a0000"


def test_of_nothing_it_is_said_that_there_is_nothing(office: House):
    found = by_head(saying.sections(answered(office, office.applicant().subject).package))
    assert [said.code for said in found["recipients"].said] == ["none", "limits"]
    assert [said.code for said in found["looks"].said] == ["none"]


def test_a_masked_answer_says_so_and_how_to_see_more(office: House):
    given = answered(office, office.applicant().subject, full=False)
    assert "masked" in [said.code for said in by_head(saying.sections(given.package))["fact"].said]


@pytest.mark.parametrize("language", speech.LANGUAGES)
def test_a_page_shows_the_same_rows_in_words(office: House, language: str):
    given = answered(office, rich(office).subject, language=language, log=published(office))
    sections, tables = saying.sections(given.package), saying.tables(given.package)
    assert [table.rows for table in tables] == [section.rows for section in sections]
    assert all(table.head and "access." not in table.head for table in tables)
    assert not any("{" in said or "access." in said for table in tables for said in table.said)


def test_who_looked_is_told_once_with_its_count_and_days_while_the_document_keeps_each_look(office: House):
    someone = office.applicant()
    days = []
    for _ in range(4):
        later(office, days=1)
        days.append(speech.when("en", office.clock.now()))
        office.do(
            lambda work: use.show(work, office.office.gate, own(someone.subject, office.purpose)), Actor("subject", someone.subject, "web")
        )
    package = answered(office, someone.subject).package
    [row] = by_head(saying.sections(package))["looks"].rows
    assert row[0] == "you"
    assert row[-3:] == ("4", days[0], days[-1])
    assert len(package.people[0].looks) == 4
    assert len({look.leaf for look in package.people[0].looks}) == 4


def test_looks_of_another_role_or_purpose_are_rows_of_their_own(office: House):
    package = answered(office, rich(office).subject).package
    rows = by_head(saying.sections(package))["looks"].rows
    looks = package.people[0].looks
    assert len(rows) == len(
        {(look.by.code, look.role, look.act.code, look.purpose and look.purpose.code, look.categories) for look in looks}
    )
    assert sum(int(row[4]) for row in rows) == len(looks)


def test_decisions_of_the_program_are_told_one_by_one_and_no_two_alike(office: House):
    someone = office.applicant(to=[office.bank_a, office.bank_b])
    package = answered(office, someone.subject).package
    alone = [one for one in package.people[0].decisions if one.automated]
    found = by_head(saying.sections(package))
    rows = found["automated"].rows
    assert len(rows) == len(alone) == len(set(rows)) >= 2
    assert any("Bank A" in what for _, what, *_ in rows)
    assert any("Bank B" in what for _, what, *_ in rows)
    assert sum(int(row[3]) for row in found["decisions"].rows) == len(package.people[0].decisions) - len(alone)
