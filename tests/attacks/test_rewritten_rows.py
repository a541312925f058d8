"""Orders, forms, requests, transfers, ends of relations and items, changed or taken out by hand in their tables: the next check with the state names each."""

from datetime import timedelta

import pytest
from test_undone_restrictions import found, sql

from acts_world import destroyed, later, post, wired
from office import Applicant, House
from rights_world import RightsDesk
from sandyq import relations, rights
from sandyq.law.calendar import local_date
from sandyq.requests import Kind


@pytest.fixture
def victim(office: House) -> Applicant:
    """Somebody with a lead at a bank, an order on file and an ended relation."""
    wired(office)
    made = office.applicant(to=[office.bank_a])
    post(office)
    made.done(Kind.BLOCK, reason="violation_claimed")
    later(office, seconds=5)
    return made


def test_what_nobody_touched_is_no_finding(office: House, victim: Applicant) -> None:
    assert found(office) == set()


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("DELETE FROM request WHERE subject_id = ?", ("entry_without_row", "request.leaf_id")),
        ("UPDATE request SET kind = 'hold' WHERE subject_id = ?", ("row_rewritten", "request.leaf_id")),
        ("UPDATE request SET decided_us = decided_us - 86400000000 WHERE subject_id = ?", ("row_rewritten", "request.leaf_id")),
        ("DELETE FROM submission WHERE subject_id = ?", ("entry_without_row", "submission.leaf_id")),
        ("UPDATE submission SET received_us = received_us + 1 WHERE subject_id = ?", ("row_rewritten", "submission.leaf_id")),
        ("DELETE FROM transfer WHERE subject_id = ?", ("entry_without_row", "transfer.leaf_id")),
        ("UPDATE transfer SET queued_us = queued_us + 1 WHERE subject_id = ?", ("row_rewritten", "transfer.leaf_id")),
        ("DELETE FROM decision WHERE subject_id = ?", ("entry_without_row", "decision.decision_id")),
        ("UPDATE relation SET ended = '2026-03-01', fulfilled = 1, closed_us = 1772300000000000 WHERE subject_id = ?", ("end_rewritten", "relation")),
        ("UPDATE relation SET ended = '2026-03-01' WHERE subject_id = ?", ("end_rewritten", "relation")),
        ("UPDATE relation SET fulfilled = 1 WHERE subject_id = ?", ("end_rewritten", "relation")),
        ("UPDATE item SET term_end = '2046-01-01' WHERE subject_id = ?", ("item_rewritten", "item")),
        ("UPDATE item SET ground = '94-V art. 9(2)' WHERE subject_id = ?", ("item_rewritten", "item")),
        ("UPDATE item SET purposes = '[\"marketing\"]' WHERE subject_id = ?", ("item_rewritten", "item")),
        ("UPDATE consent_grant SET expires_us = 900000000000000000 WHERE subject_id = ?", ("rows_unreadable", "consent_grant")),
    ],
)  # fmt: skip
def test_is_found(office: House, victim: Applicant, statement: str, wanted: tuple[str, str]) -> None:
    sql(office, statement, victim.subject)
    assert wanted in found(office)


def test_an_item_that_was_taken_out_is_found_once_nothing_can_be_under_way(office: House, victim: Applicant) -> None:
    sql(office, "DELETE FROM item WHERE subject_id = ? AND category = '6.2.1'", victim.subject)
    assert found(office) == set()
    office.clock.advance(timedelta(hours=2))
    assert found(office) == {("row_missing", "item")}


def test_a_destruction_leaves_nothing_that_looks_like_a_forgery(office: House) -> None:
    wired(office)
    made = office.applicant(to=[office.bank_a])
    post(office)
    made.destroy()
    destroyed(office)
    office.clock.advance(timedelta(hours=2))
    assert found(office) == set()


def test_a_request_of_a_person_that_was_taken_out_is_found(office: House, victim: Applicant) -> None:
    desk = RightsDesk(office)
    desk.ask(victim, rights.Kind.ACCESS)
    assert found(office) == set()
    sql(office, "DELETE FROM rights_case WHERE subject_id = ?", victim.subject)
    assert ("entry_without_row", "rights_case.case_id") in found(office)


def test_an_end_that_was_entered_and_is_taken_back_by_hand_is_found(office: House, victim: Applicant) -> None:
    [relation] = office.look(lambda work: relations.all_of(work, victim.subject))
    day = local_date(office.clock.now())
    office.do(lambda work: relations.close_relation(work, victim.subject, relation.id, day, fulfilled=True))
    assert found(office) == set()
    sql(office, "UPDATE relation SET ended = '', fulfilled = 0, closed_us = NULL WHERE subject_id = ?", victim.subject)
    assert found(office) == {("end_rewritten", "relation")}
