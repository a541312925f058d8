"""An office as it is founded, opened and closed."""

from dataclasses import replace

import pytest

from office import House
from sandyq import distribute
from sandyq.app import Office
from sandyq.clock import MovedClock
from sandyq.distribute.facts import State
from sandyq.errors import Conflict
from sandyq.law.decision import Refusal


def test_an_application_walks_through_a_fresh_office(office: House) -> None:
    someone = office.applicant(to=[office.bank_a])
    transfers = office.look(lambda work: distribute.history(work, someone.subject))
    assert [(t.recipient, t.state) for t in transfers] == [(office.bank_a, State.QUEUED)]
    shown = someone.show()
    assert not isinstance(shown, Refusal)
    values = {name: value for item in shown.items for name, value in item.values.items()}
    assert values["first_name"] == someone.person.first_name
    assert values["surname"] != someone.person.surname, "a masked field"
    assert len(office.find("iin", someone.person.iin).hits) == 1


def test_a_second_office_is_not_founded_over_the_first(office: House) -> None:
    office.close()
    with pytest.raises(Conflict, match="office_exists"):
        Office.create(office.settings, office.edition, office.pack, origin="other.example/log", clock=office.clock)


def test_an_opened_office_goes_on_where_it_was(office: House) -> None:
    someone = office.applicant()
    office.reopen()
    assert not isinstance(someone.show(), Refusal)


def test_what_an_office_was_created_as_counts_and_not_a_setting(office: House) -> None:
    office.close()
    opened = Office.open(replace(office.settings, sample=False), clock=MovedClock(office.clock.now()))
    assert opened.sample
    opened.close()
