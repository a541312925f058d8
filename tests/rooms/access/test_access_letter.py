"""The answer as a letter: its sections have words in the wording of the letter, and it can be set as text and PDF."""

import pytest
from access_world import answered, published, rich

from office import House
from sandyq import speech
from sandyq.access import letter
from sandyq.access.facts import Package
from sandyq.letters.letter import LetterBody
from sandyq.letters.render import render_pdf, render_text

HERE = "https://pd.example"


def set_in_words(house: House, package: Package, leaf: str) -> LetterBody:
    """The letter around an answer."""
    day = house.clock.now().date()
    return letter.body(package, leaf, house.edition.words, number="20260319-ABCDE-1", answers="20260319-ABCDE", received_on=day, due=None)


@pytest.mark.parametrize("language", speech.LANGUAGES)
def test_it_can_be_set_as_text_and_as_pdf_in_each_language(office: House, language: str):
    someone = rich(office)
    given = answered(office, someone.subject, language=language, log=published(office))
    body = set_in_words(office, given.package, given.leaf)
    text = render_text(body, base_url=HERE)
    for value in (someone.person.iin, someone.person.surname, someone.person.phone, "Bank A"):
        assert value in text
    assert render_pdf(body, base_url=HERE).startswith(b"%PDF-1.7")


def test_of_a_person_of_whom_nothing_is_held_the_letter_says_so(office: House):
    from sandyq.register import subjects

    subject = office.do(lambda work: subjects.create(work, office.office.ring))
    body = set_in_words(office, answered(office, subject, language="en").package, "")
    facts = next(section for section in body.sections if section.head == "fact")
    assert "not_held" in [said.code for said in facts.said]
