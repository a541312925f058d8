"""What a row says against what its entry vouched for: acknowledgements, receipts of a destruction and rights of staff, changed by hand in the tables."""

from datetime import timedelta
from pathlib import Path

import pytest
from test_restore import bring_back, programs, round_of_work
from test_undone_restrictions import found, sql

from acts_world import Wire, acknowledge, destroyed, later, post, transfers, wired
from office import SYSTEM, Applicant, House
from sandyq import distribute, staff
from sandyq.app import backup, start
from sandyq.law.vocabulary import ActorKind
from sandyq.staff import NewMember, Power

__all__ = ["programs"]  # the client programs of the server under test, for the backup


@pytest.fixture
def wire(office: House) -> Wire:
    return wired(office)


@pytest.fixture
def someone(office: House, wire: Wire) -> Applicant:
    """A person whose lead bank A has confirmed."""
    made = office.applicant(to=[office.bank_a])
    post(office)
    later(office, seconds=5)
    (lead,) = transfers(office, made.subject)
    acknowledge(office, lead)
    return made


class TestAcknowledgements:
    def test_one_that_came_as_it_should_is_no_finding(self, office: House, someone: Applicant) -> None:
        assert [t.state for t in transfers(office, someone.subject)] == ["acknowledged"]
        assert found(office) == set()

    @pytest.mark.parametrize(
        "change",
        ["acked_us = acked_us - 86400000000", "ack_digest = NULL", "recipient = '01km27dz40mwk38bpja0dzty14'"],
        ids=["another time", "another message", "another recipient"],
    )
    def test_a_forged_one_is_found(self, office: House, someone: Applicant, change: str) -> None:
        sql(office, f"UPDATE transfer SET {change} WHERE subject_id = ?", someone.subject)
        assert ("acknowledgement_forged", "transfer") in found(office)

    def test_one_that_nobody_gave_is_found(self, office: House, wire: Wire) -> None:
        made = office.applicant(to=[office.bank_a])
        post(office)
        sql(office, "UPDATE transfer SET state = 'acknowledged', acked_us = 1784000000000000 WHERE subject_id = ?", made.subject)
        assert found(office) == {("acknowledgement_forged", "transfer")}

    def test_one_that_was_taken_back_is_found(self, office: House, someone: Applicant) -> None:
        sql(office, "UPDATE transfer SET state = 'sent', acked_us = NULL WHERE subject_id = ?", someone.subject)
        assert found(office) == {("acknowledgement_undone", "transfer")}

    def test_a_transfer_that_was_deleted_is_found(self, office: House, someone: Applicant) -> None:
        sql(office, "DELETE FROM transfer WHERE subject_id = ?", someone.subject)
        assert ("entry_without_row", "transfer") in found(office)


class TestReceipts:
    @pytest.fixture
    def gone(self, office: House, someone: Applicant) -> Applicant:
        someone.destroy()
        destroyed(office)
        return someone

    def test_a_destruction_as_it_should_be_is_no_finding(self, office: House, gone: Applicant) -> None:
        assert office.look(lambda work: distribute.history(work, gone.subject))
        assert found(office) == set()

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM destruction_receipt WHERE subject_id = ?",
            "DELETE FROM destruction_receipt WHERE subject_id = ? AND step = 'register:rows' AND category = '6.2.1'",
            "UPDATE destruction_receipt SET keys = keys + 1 WHERE subject_id = ? AND step = 'register:keys' AND category = '6.2.1'",
            "UPDATE destruction_receipt SET step = 'register:other' WHERE subject_id = ? AND step = 'register:rows'",
        ],
        ids=["all deleted", "one deleted", "a count changed", "moved to another step"],
    )
    def test_a_receipt_that_does_not_fit_is_found(self, office: House, gone: Applicant, statement: str) -> None:
        sql(office, statement, gone.subject)
        assert ("receipt_rewritten", "destruction_receipt") in found(office)

    def test_another_time_of_deletion_is_found(self, office: House, gone: Applicant) -> None:
        sql(office, "UPDATE destruction SET deleted_us = deleted_us - 1 WHERE subject_id = ?", gone.subject)
        assert found(office) == {("deletion_rewritten", "destruction")}

    def test_a_plan_that_was_deleted_is_found(self, office: House, gone: Applicant) -> None:
        sql(office, "DELETE FROM destruction WHERE subject_id = ?", gone.subject)
        assert ("entry_without_row", "destruction") in found(office)


class TestRights:
    def test_what_was_changed_as_it_should_be_is_no_finding(self, office: House) -> None:
        member = office.clerk.id
        office.do(lambda work: staff.grant(work, member, ("*", "*", "change")), SYSTEM)
        office.do(lambda work: staff.revoke_grant(work, member, ("*", "*", "change")), SYSTEM)
        office.do(lambda work: staff.set_role(work, member, "auditor"), SYSTEM)
        given = office.do(
            lambda work: staff.issue_token(work, ActorKind.SYSTEM, "site", frozenset({Power.COLLECT}), work.at + timedelta(days=1)), SYSTEM
        )
        office.do(lambda work: staff.revoke_token(work, given.id), SYSTEM)
        office.do(lambda work: staff.deactivate(work, member), SYSTEM)
        assert found(office) == set()

    @pytest.mark.parametrize(
        "change",
        [
            "role = 'admin'",
            """grants = '[["*","*","destroy"]]'""",
            "undertaking_on = '2020-01-01'",
            "login = 'somebody-else'",
            "password_hash = 'of another'",
        ],
        ids=["role", "grants", "undertaking", "login", "password"],
    )
    def test_a_member_changed_by_hand_is_found(self, office: House, change: str) -> None:
        sql(office, f"UPDATE staff_member SET {change} WHERE member_id = ?", office.clerk.id)
        assert ("rights_rewritten", "staff_member") in found(office)

    def test_a_member_who_left_and_is_let_in_again_by_hand_is_found(self, office: House) -> None:
        later(office, seconds=1)
        office.do(lambda work: staff.deactivate(work, office.clerk.id), SYSTEM)
        sql(office, "UPDATE staff_member SET active = 1 WHERE member_id = ?", office.clerk.id)
        assert found(office) == {("rights_rewritten", "staff_member")}

    def test_a_former_role_given_back_by_hand_is_found(self, office: House) -> None:
        before = office.look(lambda work: staff.member(work, office.dpo.id)).role
        later(office, seconds=1)
        office.do(lambda work: staff.set_role(work, office.dpo.id, "auditor"), SYSTEM)
        sql(office, "UPDATE staff_member SET role = ? WHERE member_id = ?", before, office.dpo.id)
        assert found(office) == {("rights_rewritten", "staff_member")}

    def test_a_role_that_was_widened_by_hand_is_found(self, office: House) -> None:
        role = office.look(lambda work: staff.member(work, office.clerk.id)).role
        sql(office, """UPDATE staff_role SET grants = '[["*","*","destroy"]]' WHERE role = ?""", role)
        assert found(office) == {("rights_rewritten", "staff_role")}

    def test_a_member_who_was_put_in_by_hand_is_found(self, office: House) -> None:
        rest = "role, grants, password_hash, totp, totp_step, undertaking_on, active, failures, locked_until_us, added_us"
        copied = f"INSERT INTO staff_member (member_id, login, {rest}) SELECT member_id || 'x', login || 'x', {rest} FROM staff_member WHERE member_id = ?"
        sql(office, copied, office.dpo.id)
        assert found(office) == {("row_without_entry", "staff_member")}

    def test_a_token_that_was_widened_or_revived_by_hand_is_found(self, office: House) -> None:
        end = office.clock.now() + timedelta(days=1)
        one, two = (
            office.do(lambda work: staff.issue_token(work, ActorKind.SYSTEM, "site", frozenset({Power.COLLECT}), end), SYSTEM) for _ in "ab"
        )
        office.do(lambda work: staff.revoke_token(work, two.id), SYSTEM)
        sql(office, """UPDATE api_token SET scopes = '["collect","decide"]' WHERE token_id = ?""", one.id)
        assert found(office) == {("rights_rewritten", "api_token")}
        sql(office, """UPDATE api_token SET scopes = '["collect"]' WHERE token_id = ?""", one.id)
        assert found(office) == set()
        sql(office, "UPDATE api_token SET revoked_us = NULL WHERE token_id = ?", two.id)
        assert found(office) == {("rights_rewritten", "api_token")}


def test_what_the_log_knows_from_after_a_backup_is_no_forgery_after_the_restore(office: House, tmp_path: Path) -> None:
    """Rows are again as they were; what has happened since the restore is held against the log as before."""
    start.start(office.office)
    wired(office)
    one, two = office.applicant(to=[office.bank_a]), office.applicant(to=[office.bank_a])
    post(office)
    clerk = office.clerk.id
    office.do(lambda work: staff.grant(work, clerk, ("*", "*", "change")), SYSTEM)
    later(office, seconds=5)
    yesterday = backup.make(office.office, tmp_path / "backups")
    later(office, seconds=5)
    office.do(lambda work: staff.grant(work, clerk, ("*", "*", "block")), SYSTEM)
    new = NewMember("late-1", "auditor", "a horse of late days", None)
    late = office.do(lambda work: staff.add(work, office.office.ring.office("staff"), new), SYSTEM).id
    for made in transfers(office, one.subject):
        acknowledge(office, made)
    two.destroy()
    office.do(lambda work: staff.deactivate(work, office.dpo2.id), SYSTEM)
    round_of_work(office)

    bring_back(office, yesterday)
    wired(office)
    round_of_work(office)

    members = {member.id: member for member in office.look(staff.members)}
    assert members[clerk].grants == {("*", "*", "change")}
    assert late not in members
    assert not members[office.dpo2.id].active, "who was shut out stays out"
    assert found(office) == set()
    later(office, seconds=5)
    office.do(lambda work: staff.set_role(work, clerk, "auditor"), SYSTEM)
    sql(office, "UPDATE staff_member SET grants = '[]' WHERE member_id = ?", clerk)
    assert found(office) == {("rights_rewritten", "staff_member")}
