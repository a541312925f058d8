"""The retention sweep: what has run out goes, what a state keeps is said aloud (8.1, 2.2; art. 18(1), 25(2)(4))."""

from datetime import date, timedelta

import pytest

from acts_world import destroyed, later, post, transfers, wired, withdrawn
from office import Applicant, House
from sandyq import destroy, relations, retain
from sandyq.block import Scope
from sandyq.distribute import Kind as Told
from sandyq.law.retention import Fate
from sandyq.law.vocabulary import GrantKind
from sandyq.register import items
from sandyq.requests import Kind


@pytest.fixture
def someone(office: House) -> Applicant:
    wired(office)
    made = office.applicant(to=[office.bank_a])
    post(office)
    return made


def looked(office: House, subject: str) -> retain.Looked:
    return office.do(lambda work: retain.sweep_one(work, office.office.gate, office.office.house, subject))


def swept(office: House) -> retain.Swept:
    return office.do(lambda work: retain.sweep(work, office.office.gate, office.office.house))


def run_out(office: House, subject: str) -> None:
    """The application ends; the day after, its purposes are reached."""
    end: date = office.clock.now().date()
    for relation in office.look(lambda work: relations.facts(work, subject)):
        office.do(lambda work, r=relation: relations.close_relation(work, subject, r.id, end, fulfilled=True))
    later(office, days=400)


def there(office: House, subject: str) -> set[str]:
    return {i.category for i in office.look(lambda work: items.legal(work, subject)) if i.klass == "data"}


def test_nothing_goes_before_its_term(office: House, someone: Applicant) -> None:
    assert looked(office, someone.subject) == retain.Looked()
    assert swept(office).planned == ()


def test_what_has_run_out_is_destroyed_and_the_recipients_are_told(office: House, someone: Applicant) -> None:
    run_out(office, someone.subject)
    assert swept(office).planned == (someone.subject,)
    assert [t.recipient for t in transfers(office, someone.subject, Told.DESTROY)] == [office.bank_a]
    destroyed(office)
    assert there(office, someone.subject) == set()
    assert swept(office).planned == ()


def test_a_sweep_plans_a_destruction_once(office: House, someone: Applicant) -> None:
    run_out(office, someone.subject)
    swept(office)
    swept(office)
    assert len(office.look(lambda work: destroy.plans(work, someone.subject))) == 1


def test_a_term_that_ends_under_a_block_waits_visibly_and_ends_with_the_release(office: House, someone: Applicant) -> None:
    """Scenario 9."""
    state = someone.done(Kind.BLOCK, reason="violation_claimed").target
    run_out(office, someone.subject)
    report = swept(office)
    assert (report.held_by_block, report.planned) == ((someone.subject,), ())
    assert there(office, someone.subject)
    proposal = someone.done(Kind.PROPOSE_RELEASE, reason="violation_not_confirmed", target=state).target
    someone.done(Kind.CONFIRM_RELEASE, office.dpo2, target=proposal)
    assert len(office.look(lambda work: destroy.plans(work, someone.subject))) == 1
    destroyed(office)
    assert there(office, someone.subject) == set()


def test_a_hold_keeps_what_has_run_out(office: House, someone: Applicant) -> None:
    someone.done(Kind.HOLD, reason="court_act")
    run_out(office, someone.subject)
    report = swept(office)
    assert (report.held_by_hold, report.planned) == ((someone.subject,), ())


def test_a_hold_whose_date_is_over_still_keeps_what_has_run_out(office: House, someone: Applicant) -> None:
    someone.done(Kind.HOLD, reason="court_act", until=(office.clock.now() + timedelta(days=2)).date())
    run_out(office, someone.subject)
    later(office, days=10)
    report = swept(office)
    assert (report.held_by_hold, report.planned) == ((someone.subject,), ())


def test_what_no_state_keeps_goes_beside_what_one_keeps(office: House, someone: Applicant) -> None:
    someone.done(Kind.HOLD, reason="court_act", scope=Scope(categories=frozenset({"6.2.1"})))
    run_out(office, someone.subject)
    found = looked(office, someone.subject)
    assert found.held == {Fate.HELD_BY_HOLD}
    assert found.planned
    destroyed(office)
    assert there(office, someone.subject) == {"6.2.1"}


def test_data_of_a_withdrawn_consent_go(office: House, someone: Applicant) -> None:
    withdrawn(office, someone.subject, GrantKind.PROCESSING)
    run_out(office, someone.subject)
    assert swept(office).planned == (someone.subject,)


def test_a_page_ends_where_the_next_begins(office: House) -> None:
    for _ in range(5):
        office.submit(office.person())
        office.clock.advance(timedelta(seconds=1))
    seen, after = 0, ""
    for _ in range(4):
        page = office.do(lambda work, a=after: retain.sweep(work, office.office.gate, office.office.house, a, 2))
        seen, after = seen + page.looked_at, page.after
        if not after:
            break
    assert seen == 5


def test_evidence_outlives_the_person_and_goes_at_the_end_of_its_own_term(office: House, someone: Applicant) -> None:
    def evidence() -> int:
        return sum(i.klass == "evidence" for i in office.look(lambda work: items.legal(work, someone.subject)))

    run_out(office, someone.subject)
    assert swept(office).planned == (someone.subject,)
    destroyed(office)
    assert evidence() >= 2, "the proof of consent and the certificate stay"
    assert swept(office).planned == ()
    later(office, days=3 * 366 + 10)
    assert swept(office).planned == (someone.subject,)
    destroyed(office)
    assert evidence() == 0
    assert swept(office).planned == ()


def test_an_application_that_led_to_nothing_ends_after_the_offices_term_and_its_data_go(office: House, someone: Applicant) -> None:
    later(office, days=90)
    assert swept(office).planned == (), "the last day of the term still counts"
    later(office, days=1)
    assert swept(office).planned == (), "it ends today, and its purposes were reached today"
    later(office, days=1)
    assert swept(office).planned == (someone.subject,)
    destroyed(office)
    assert there(office, someone.subject) == set()
