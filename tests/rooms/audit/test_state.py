"""Tables against the log, on both engines."""

import pytest

from sandyq import audit
from sandyq.audit import Act, Leaf
from sandyq.audit.state import LeafCheck, RowCheck, office_checks
from sandyq.db import Actor, Work

CLERK = Actor("staff", "clerk-1", "console", "sys-user")
SUBJECT = "01hzzzzzzzzzzzzzzzzzzzzzz1"
DECIDED = frozenset({Act.DECIDED})


def decided(work: Work) -> str:
    """A decision and its entry, as the gate leaves them."""
    decision = work.new_id()
    leaf = audit.record(work, Leaf(Act.DECIDED, subject=SUBJECT, decision=decision, verdict="permitted"))
    work.durable.run(
        "INSERT INTO decision (subject_id, decision_id, at_us, permitted, ask, facts, pack, policy, rules, verdict)"
        " VALUES (?, ?, 0, 1, '', ?, '', '', '', '')",
        SUBJECT,
        decision,
        b"",
    )
    work.durable.run("INSERT INTO consent_stop (subject_id, channel, since_us, leaf) VALUES (?, ?, 0, ?)", SUBJECT, decision, leaf)
    return decision


def problems(office, *checks) -> set[tuple[str, str]]:
    report = office.verify(checks=checks)
    return {(each.code, each.place) for each in report.problems}


@pytest.fixture
def kept(office):
    office.decisions = [office.stores.write(decided, CLERK) for _ in range(4)]
    office.publish()
    return office


def test_an_office_whose_tables_agree_with_its_log_has_nothing_found(kept) -> None:
    assert problems(kept, *office_checks()) == set()


def test_a_fresh_office_with_every_table_is_asked_without_fault(office) -> None:
    office.publish()
    assert problems(office, *office_checks()) == set()


def test_entries_that_wait_for_their_number_count_as_logged(kept) -> None:
    kept.stores.write(decided, CLERK)
    assert problems(kept, *office_checks()) == set()


def test_a_decision_that_was_deleted_is_missed_while_its_person_is_there(kept) -> None:
    kept.sql(f"DELETE FROM decision WHERE decision_id = '{kept.decisions[1]}'")
    report = kept.verify(checks=tuple(office_checks()))
    assert [(each.code, each.place, each.params["value"]) for each in report.problems] == [
        ("entry_without_row", "decision.decision_id", kept.decisions[1])
    ]


def test_a_decision_that_went_with_its_person_is_not_missed(kept) -> None:
    kept.sql("DELETE FROM decision", "DELETE FROM subject_leaf", "DELETE FROM consent_stop")
    assert problems(kept, *office_checks()) == set()
    assert problems(kept, RowCheck("decision", "decision_id", "decision", DECIDED, "log")) == {
        ("entry_without_row", "decision.decision_id")
    }


def test_a_decision_that_was_written_past_the_gate_is_found(kept) -> None:
    kept.sql(f"UPDATE decision SET decision_id = '01hzzzzzzzzzzzzzzzzzzzzzz8' WHERE decision_id = '{kept.decisions[0]}'")
    assert ("row_without_entry", "decision.decision_id") in problems(kept, *office_checks())


def test_a_row_that_names_an_entry_which_is_not_there_is_found(kept) -> None:
    kept.sql("INSERT INTO consent_stop (subject_id, channel, since_us, leaf) VALUES ('x', 'sms', 0, '01hzzzzzzzzzzzzzzzzzzzzzz8')")
    assert problems(kept, LeafCheck("consent_stop", "leaf")) == {("row_without_entry", "consent_stop.leaf")}


def test_a_link_to_an_entry_which_is_not_there_is_found(kept) -> None:
    kept.sql(f"INSERT INTO subject_leaf (subject_id, leaf_id) VALUES ('{SUBJECT}', '01hzzzzzzzzzzzzzzzzzzzzzz8')")
    assert problems(kept, *office_checks()) == {("row_without_entry", "subject_leaf.leaf_id")}


def test_a_term_may_end_a_row_but_nobody_may_add_one(kept) -> None:
    check = RowCheck("decision", "decision_id", "decision", DECIDED, "term")
    kept.sql(f"DELETE FROM decision WHERE decision_id = '{kept.decisions[1]}'")
    assert problems(kept, check) == set()
