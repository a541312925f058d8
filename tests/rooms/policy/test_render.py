"""The policy page and the drafts of internal documents, as data."""

import json

import pytest

from sandyq.errors import NotFound
from sandyq.policy import crossrefs, loader, render

SAMPLE = loader.load(*loader.sample_files())


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_has_eight_parts_with_every_clause_once_in_order(language: str) -> None:
    page = render.page(SAMPLE, language)
    assert [part.number for part in page.parts] == list("12345678")
    numbers = [clause.number for part in page.parts for clause in part.clauses]
    assert numbers == sorted(crossrefs.ALL_CLAUSES, key=crossrefs.clause_order)
    assert numbers.index("3.10") > numbers.index("3.9")
    assert all(clause.text for part in page.parts for clause in part.clauses)
    assert len({clause.anchor for part in page.parts for clause in part.clauses}) == len(numbers)
    json.dumps(page.as_dict())


def test_the_page_tells_version_approver_date_and_that_the_overlay_is_synthetic() -> None:
    page = render.page(SAMPLE, "en")
    assert (page.version, page.approved_on, page.approved_by) == ("2020-12-22+sample.1", "2020-12-22", "General director")
    assert page.synthetic
    assert page.supplements
    alone = render.page(loader.load(loader.sample_files()[0]), "en")
    assert not alone.synthetic
    assert not alone.supplements


def test_a_category_shows_its_fields_and_a_purpose_its_name() -> None:
    clauses = {clause.number: clause for part in render.page(SAMPLE, "ru").parts for clause in part.clauses}
    assert "ИИН" in clauses["6.2.1"].notes
    assert clauses["6.2.1"].depth == 1
    assert clauses["6.2"].depth == 0
    assert "Маркетинг собственных услуг" in clauses["3.8"].notes


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_internal_documents_are_drafted_from_the_policy_and_name_their_approval(language: str) -> None:
    for name in SAMPLE.data["documents"]:
        draft = render.document(SAMPLE, name, language)
        assert draft.approved_on == "2026-01-05"
        assert draft.title
        assert draft.tables
        assert all(rows for _, rows in draft.tables)
    listed = dict(render.document(SAMPLE, "list-of-data", language).tables)["categories"]
    assert {row[1] for row in listed} == set(SAMPLE.fields)
    assert render.document(loader.load(loader.sample_files()[0]), "list-of-data", language).approved_on == ""


def test_a_language_or_document_that_is_not_there_is_not_found() -> None:
    for call in (
        lambda: render.page(SAMPLE, "de"),
        lambda: render.document(SAMPLE, "nothing", "kk"),
        lambda: render.document(SAMPLE, "instruction", "x"),
    ):
        with pytest.raises(NotFound):
            call()
