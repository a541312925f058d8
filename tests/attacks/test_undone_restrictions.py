"""Restrictions undone by hand in a table: the gate believes the table, but the next check of tables, log and ledger names each of them."""

from datetime import timedelta

import pytest

from office import Applicant, House
from sandyq import consent
from sandyq.app import promises
from sandyq.app.start import start
from sandyq.audit.state import office_checks
from sandyq.audit.verify import verify
from sandyq.requests import Kind


def found(house: House) -> set[tuple[str, str]]:
    """(code, place) of what a check with the state finds."""
    office = house.office
    while office.sequencer.run_once(office.write):
        pass
    office.publisher.publish(office.stores)
    checks = [*office_checks(), *promises.checks(office.ledger, office.ring)]
    report = office.read(lambda work: verify(office.folder, office.publisher.key, work=work, witnesses=office.witnesses, checks=checks))
    return {(problem.code, problem.place) for problem in report.problems}


def sql(house: House, text: str, *params: object) -> None:
    assert house.do(lambda work: work.durable.run(text, *params)) > 0


@pytest.fixture
def restricted(office: House) -> Applicant:
    """Somebody with a block, a withdrawal of one consent and a refusal of others."""
    victim = office.applicant(to=[office.bank_a])
    given = [f.id for f in office.look(lambda work: consent.facts(work, victim.subject)) if f.state == "given" and f.recipient]
    victim.done(Kind.WITHDRAW, target=",".join(given))
    victim.done(Kind.BLOCK, reason="violation_claimed")
    office.clock.advance(timedelta(minutes=1))
    return victim


def test_restrictions_that_stand_are_no_finding(office: House, restricted: Applicant):
    assert restricted.subject
    assert found(office) == set()


def test_a_block_that_was_released_as_it_should_be_is_no_finding(office: House, restricted: Applicant):
    state = office.look(lambda work: work.durable.one("SELECT state_id FROM block_state WHERE subject_id = ?", restricted.subject))[0]
    proposal = restricted.done(Kind.PROPOSE_RELEASE, reason="violation_not_confirmed", target=state).target
    restricted.done(Kind.CONFIRM_RELEASE, by=office.dpo2, target=proposal)
    assert found(office) == set()


def test_a_destroyed_person_is_no_finding(office: House, restricted: Applicant):
    state = office.look(lambda work: work.durable.one("SELECT state_id FROM block_state WHERE subject_id = ?", restricted.subject))[0]
    proposal = restricted.done(Kind.PROPOSE_RELEASE, reason="to_be_destroyed", target=state).target
    restricted.done(Kind.CONFIRM_RELEASE, by=office.dpo2, target=proposal)
    start(office.office)
    assert found(office) == set()


UNDOING = {
    "a block ended by hand": (
        "UPDATE block_state SET ended_us = 1, outcome = 'set_in_error' WHERE subject_id = ?",
        "restriction_undone",
        "block_state",
    ),
    "a block deleted": ("DELETE FROM block_state WHERE subject_id = ?", "restriction_undone", "block_state"),
    "a withdrawal deleted": ("DELETE FROM consent_end WHERE subject_id = ?", "restriction_undone", "consent_end"),
    "a refusal turned into a consent": (
        "UPDATE consent_grant SET state = 'given', pressed = 'box_ticked' WHERE subject_id = ? AND state = 'refused'",
        "choices_rewritten",
        "consent_grant",
    ),
    "a consent given to a recipient nobody named": (
        "UPDATE consent_grant SET recipient = '01km27dz40mwk38bpja0dzty14' WHERE subject_id = ? AND recipient <> ''",
        "choices_rewritten",
        "consent_grant",
    ),
    "another text put under a consent": (
        "UPDATE consent_grant SET text_id = 'other' WHERE subject_id = ?",
        "choices_rewritten",
        "consent_grant",
    ),
    "a refusal taken out of the form": (
        "DELETE FROM consent_grant WHERE subject_id = ? AND state = 'refused'",
        "choices_rewritten",
        "consent_grant",
    ),
}


@pytest.mark.parametrize("way", UNDOING)
def test_is_found(office: House, restricted: Applicant, way: str):
    statement, code, place = UNDOING[way]
    sql(office, statement, restricted.subject)
    assert (code, place) in found(office)


def test_a_destroyed_person_brought_back_to_life_is_found(office: House, restricted: Applicant):
    test_a_destroyed_person_is_no_finding(office, restricted)
    sql(office, "UPDATE subject SET destroyed_us = NULL WHERE subject_id = ?", restricted.subject)
    assert ("restriction_undone", "subject") in found(office)


def test_taking_the_event_out_of_the_database_too_does_not_help(office: House, restricted: Applicant):
    sql(office, "DELETE FROM block_state WHERE subject_id = ?", restricted.subject)
    sql(office, "DELETE FROM restrictive_event WHERE subject_id = ?", restricted.subject)
    assert ("restriction_undone", "block_state") in found(office)
