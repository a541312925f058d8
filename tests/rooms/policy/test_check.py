"""`policy check`: each difference is found in the policy's own data, and goes when the data go."""

from pathlib import Path
from typing import Any

import pytest
from policy_offices import Office

from sandyq.law.vocabulary import Reading, SourceKind
from sandyq.policy import check, gaps, loader, trace
from sandyq.policy.differences import CONFLICTS, ROWS, SILENT
from sandyq.policy.facts import Edition

BY_ID = {row.id: row for row in ROWS}
CLOSED_BY_STRICT_READING = {
    "implied-consent",
    "transfer-without-consent",
    "transfer-abroad",
    "open-list-of-data",
    "storage-by-internal-document",
    "processing-after-withdrawal",
    "recipients-open",
    "purposes-too-wide",
    "contract-as-ground",
    "identification-without-act",
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture(scope="module")
def sample() -> Edition:
    return loader.load(*loader.sample_files())


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[str, ...]]:
    return trace.rules_by_clause(loader.load_pack().pack)


def test_every_row_has_its_own_name_and_names_clauses_of_the_policy(sample: Edition) -> None:
    assert len(BY_ID) == len(ROWS)
    assert {clause for row in ROWS for clause in row.clauses} <= set(sample.data["clauses"])
    assert all(row.law and row.problem and row.strict for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_published_policy_has_each_difference(sample: Edition, row: gaps.Row) -> None:
    assert sample.original is not None
    assert row.detect(sample.original)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.id not in CLOSED_BY_STRICT_READING and row.severity != "ok"], ids=lambda row: row.id
)
def test_the_overlay_closes_what_words_and_figures_can_close(sample: Edition, row: gaps.Row) -> None:
    assert not row.detect(sample.data)


def test_what_the_overlay_leaves_is_answered_by_a_rule_of_the_pack_that_cites_the_clause(sample: Edition, answers: Any) -> None:
    left = {row.id: row for row in check.report(sample, answers).differences if row.closed_by not in {"overlay", "policy"}}
    assert set(left) == CLOSED_BY_STRICT_READING
    assert {row.closed_by for row in left.values()} == {"strict reading"}
    assert all(row.rules for row in left.values())


def test_without_a_pack_nothing_counts_as_answered_by_the_strict_reading(sample: Edition) -> None:
    assert {row.id for row in check.report(sample).differences if not row.closed_by} == CLOSED_BY_STRICT_READING


def test_the_policy_alone_does_not_go_live_and_with_its_overlay_it_does(office: Office, answers: Any) -> None:
    alone = check.report(office.load(overlay=False), answers)
    assert {row.id for row in alone.blocking} == {row.id for row in SILENT}
    assert not check.report(office.load(), answers).blocking


@pytest.mark.parametrize(
    ("row", "file", "old", "new"),
    [
        ("implied-consent", "clauses.yaml", "says: [implied_consent]", "says: []"),
        ("transfer-without-consent", "clauses.yaml", "says: [transfer_without_consent, transfer_without_notice]", "says: []"),
        ("transfer-abroad", "clauses.yaml", "says: [abroad_unconditional]", "says: []"),
        ("foreign-mailbox", "policy.yaml", "support-quick-lead.ru", "quicklid.kz"),
        ("storage-by-internal-document", "clauses.yaml", "says: [term_by_internal_documents]", "says: []"),
        ("processing-after-withdrawal", "clauses.yaml", "says: [continue_after_withdrawal]", "says: []"),
        ("withdrawal-misworded", "clauses.yaml", "says: [right_to_give_consent]", "says: []"),
        ("recipients-open", "policy.yaml", ", open: true }", " }"),
        ("all-confidential", "clauses.yaml", "says: [all_confidential]", "says: []"),
        ("biometric-data", "policy.yaml", "phone, email, call_recording, ip_address", "phone, email, ip_address"),
        ("identification-without-act", "policy.yaml", "    term: aml", "    legal_duty: art. 5 of an act\n    term: aml"),
        ("silent-bin", "policy.yaml", "  roles: [owner, operator]", '  roles: [owner, operator]\n  bin: "170640999902"'),
        ("silent-responsible", "policy.yaml", "\ngrounds:", "\nresponsible: { role: { kk: а, ru: б, en: c } }\n\ngrounds:"),
    ],
)
def test_a_difference_goes_when_the_file_no_longer_says_it(office: Office, row: str, file: str, old: str, new: str) -> None:
    assert row in {found.id for found in check.report(office.load(overlay=False)).differences}
    office.change(old, new, file)
    assert row not in {found.id for found in check.report(office.load(overlay=False)).differences}


def test_a_gap_comes_back_when_the_overlay_no_longer_fills_it(office: Office) -> None:
    office.change('  bin: "170640999902"\n', "", "overlay.yaml")
    office.change("  application: { days: 90, internal_document: false }\n", "", "overlay.yaml")
    blocking = {row.id: row for row in check.report(office.load()).blocking}
    assert set(blocking) == {"silent-bin", "silent-terms"}


def test_a_difference_that_only_the_overlay_brings_is_found_too(office: Office) -> None:
    office.change("says: [blocking_by_third_party]", "says: []", "clauses.yaml")
    office.change("says: [right_to_demand_blocking]", "says: [blocking_by_third_party]", "overlay.yaml")
    row = next(row for row in check.report(office.load()).differences if row.id == "blocking-misworded")
    assert row.closed_by == ""


@pytest.mark.parametrize(
    ("contact", "found"),
    [
        ({"email_domain": "support-quick-lead.ru"}, True),
        ({"email": "pd@quicklid.kz"}, False),
        ({"email": "pd@quicklid.example"}, True),
        ({"email": "pd@quicklid.example", "hosted_in": "KZ"}, False),
        ({"email": "pd@quicklid.kz", "hosted_in": "RU"}, True),
        ({}, True),
    ],
)
def test_a_mailbox_outside_kazakhstan_is_found_by_its_domain_or_by_where_it_is_kept(contact: dict[str, str], found: bool) -> None:
    assert bool(gaps.foreign_mailbox({"contact": contact})) is found


def test_the_rights_of_4_1_are_read_as_the_law_has_them(sample: Edition) -> None:
    rows = {row.id: row for row in check.report(sample).differences}
    for row, clause in (("withdrawal-misworded", "4.1.5"), ("destruction-misworded", "4.1.4"), ("blocking-misworded", "4.1.3")):
        assert rows[row].clauses == (clause,)
        assert rows[row].closed_by == "overlay"
    assert sample.data["clauses"]["4.1.5"]["says"] == ["right_to_withdraw_consent"]


def test_the_sources_of_6_1_are_the_sources_of_the_law(sample: Edition) -> None:
    named = ("person", "representatives", "third parties", "relations", "telephone calls", "photo and video", "public sources")
    assert all(word in sample.clause("6.1", "en") for word in named)
    assert len(SourceKind) == len(named)


def test_the_table_shows_how_each_reading_treats_a_row(sample: Edition) -> None:
    strict, published = (check.report(sample, reading=reading).as_table() for reading in (Reading.STRICT, Reading.AS_PUBLISHED))
    assert len(strict) == len(published) == len(check.report(sample).as_dict()["differences"])
    assert all(len(row) == len(check.HEADINGS) for row in strict)
    at = check.HEADINGS.index("treatment")
    assert any(a[at] != b[at] for a, b in zip(strict, published, strict=True))
    assert [row[0] for row in strict] == sorted((row[0] for row in strict), key=["H", "M", "L", "ok"].index)


def test_the_modern_term_is_asked_for_in_every_kazakh_clause() -> None:
    assert gaps.old_terms({"clauses": {"2.1": {"kk": "Жеке деректер — мәліметтер"}, "2.2": {"kk": "Дербес деректер"}}}) == ("2.1",)


def test_conflicts_and_silences_are_all_in_the_table() -> None:
    assert len(ROWS) == len(CONFLICTS) + len(SILENT)
    assert {row.kind for row in CONFLICTS} == {"conflict"}
    assert {row.kind for row in SILENT} == {"gap"}
