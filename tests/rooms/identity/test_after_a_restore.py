"""What a restored database must not open again: contacts that were ended, bounced or reissued after the backup, and every session (design 16)."""

import pytest

from identity_world import Portal, both
from office import PUBLIC, House, values_of
from sandyq import identity
from sandyq.audit import ledger
from sandyq.db import Work
from sandyq.identity import FactorState


def as_before(office: House, subject: str) -> None:
    """The database as a backup had it: the contacts in use, the events of the ledger unknown."""

    def back(work: Work) -> None:
        work.durable.run("UPDATE factor SET state = 'ok', ended_us = NULL WHERE subject_id = ?", subject)
        work.durable.run("DELETE FROM restrictive_event")

    office.office.ship()
    office.do(back)


def replayed(office: House) -> None:
    """The restrictive events that the ledger holds are carried out again."""
    events = list(office.office.ledger.events())
    office.do(lambda work: ledger.replay(work, events, office.office.replayers))


@pytest.mark.parametrize("state", [FactorState.ENDED, FactorState.BOUNCED, FactorState.REISSUED])
def test_a_contact_that_was_shut_after_the_backup_stays_shut(office: House, state: FactorState) -> None:
    someone = office.applicant()
    portal = both(office, someone)
    phone, mail = portal.factors(someone.subject)
    if state is FactorState.ENDED:
        office.do(lambda work: identity.end_factor(work, portal.gate, portal.secret, mail.id), PUBLIC)
        shut = mail
    elif state is FactorState.BOUNCED:
        office.do(lambda work: identity.bounced(work, portal.gate, "email", someone.person.email))
        shut = mail
    else:
        newer = office.person()
        office.confirm(newer, office.submit(newer, values={**values_of(newer), "phone": someone.person.phone}))
        shut = phone
    as_before(office, someone.subject)
    assert {one.state for one in portal.factors(someone.subject)} == {FactorState.OK}
    replayed(office)
    left = {one.id: one.state for one in portal.factors(someone.subject)}
    assert left.get(shut.id, FactorState.ENDED) is state


def test_nobody_is_signed_in_after_a_restore(office: House) -> None:
    portal = Portal(office).sign_in(office.applicant().person)
    assert portal.who()
    assert office.do(identity.drop_all) == 1
    assert portal.who() is None
