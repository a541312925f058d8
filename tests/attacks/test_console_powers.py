"""Who has one power tries the pages of another: the same answer in the console as over the API, whoever asks (8.2; the Law art. 10(1), 22(1))."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

import pyotp
import pytest

from office import CHEAP, House
from rights_world import RightsDesk
from sandyq import correspondence, staff
from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Incoming
from sandyq.db import Actor
from sandyq.errors import Denied
from sandyq.rights import Kind
from sandyq.staff import NewMember, Power, Role, SignedIn
from sandyq.web.adapters.journal import JournalDesk
from sandyq.web.views import Visit

DAY = date(2026, 3, 19)
VISIT = Visit("ru", "", "", "")


def session(house: House, role: str, *powers: Power) -> str:
    """Somebody with these powers signs in at the console; gives the secret of the session."""
    key, password, login = house.office.ring.office("staff"), "correct horse 77", role.replace("_", "-")

    def hire(work):
        staff.define_role(work, Role(role, frozenset(), frozenset(powers)))
        return staff.add(work, key, NewMember(login, role, password, undertaking_on=DAY), cost=CHEAP)

    made = house.do(hire)
    code = pyotp.TOTP(made.totp_secret).at(int(house.clock.now().timestamp()))
    door, terms = Actor("public", "", "console"), staff.SignInTerms(cost=CHEAP)
    done = house.do(lambda work: staff.authenticate(work, key, login, password, code, terms), door)
    assert isinstance(done, SignedIn)
    return done.secret


Look = Callable[[JournalDesk, str, str], Coroutine[Any, Any, object]]
LOOKS: dict[str, Look] = {
    "the list": lambda desk, token, entry: desk.journal(token, DAY, DAY, "", VISIT),
    "a number": lambda desk, token, entry: desk.find_entry(token, "KZ 1", DAY, DAY, VISIT),
    "the table": lambda desk, token, entry: desk.register(token, DAY, DAY, VISIT),
    "what was written": lambda desk, token, entry: desk.opened(token, entry, VISIT),
    "a proof": lambda desk, token, entry: desk.delivery(token, entry, "registered", DAY, "", VISIT),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=list(LOOKS))
def test_the_journal_is_for_who_has_its_power_and_requests_alone_are_not_enough(office: House, look: Look) -> None:
    mail = Incoming(channel=Way.MAIL, sender="somebody@sample.example", text="Made up", identity=b"j" * 32)
    entry = office.do(lambda work: correspondence.receive(work, office.office.gate, mail)).entry.id
    desk = JournalDesk(office.office)
    outside, inside = session(office, "requests_only", Power.REQUESTS), session(office, "chancery", Power.JOURNAL)
    with pytest.raises(Denied) as denied:
        asyncio.run(look(desk, outside, entry))
    assert dict(denied.value.params)["power"] == "journal"
    asyncio.run(look(desk, inside, entry))


def test_who_has_the_journal_alone_opens_no_request(office: House) -> None:
    case = RightsDesk(office).ask(office.applicant(), Kind.ACCESS)
    desk, token = JournalDesk(office.office), session(office, "chancery", Power.JOURNAL)
    with pytest.raises(Denied):
        asyncio.run(desk.case(token, case.id, VISIT, read=True))
