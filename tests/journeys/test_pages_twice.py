"""A form of the console that is sent twice (a double press, another try after a lost answer) does what one sending does (design 18; policy 8.3)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from console_clerk import Clerk
from page_visits import Visits

from personnel_world import EMPLOYED, hr, values
from rights_world import RightsDesk
from sandyq import correspondence, rights, staff
from sandyq.rights import Kind, Wanted, What


@pytest.fixture
def clerk(visits: Visits) -> Iterator[Clerk]:
    visits.house.clock.advance(timedelta(seconds=61))
    made = Clerk(visits)
    yield made
    made.http.close()


def test_a_request_pressed_twice_at_each_step_from_entry_to_the_letter_sent_again_is_one_request(visits: Visits, clerk: Clerk) -> None:
    house = visits.house
    someone = house.applicant()
    new = "/en/console/cases/new?kind=access"
    where = clerk.twice(
        new, "/cases/new", kind="access", channel="paper", request_language="kk", document="14", paper="statement", text="What?"
    )
    case = where.rpartition("/")[2]
    page, to = f"/en/console/case/{case}", f"/case/{case}"
    clerk.twice(page, f"{to}/act", deed="take")
    clerk.twice(page, f"{to}/identify", document_kind="identity_card", iin=someone.person.iin)
    clerk.twice(page, f"{to}/act", deed="add_paper", given="15", paper="statement")
    clerk.twice(page, f"{to}/decide", part1="grant:")
    clerk.twice(page, f"{to}/act", deed="answer", to="Made up\nSample Street 1")
    answer = house.look(lambda work: rights.case(work, case)).answer
    delivery = f"/journal/{answer}/delivery"
    clerk.twice(page, delivery, case=case, what="posted", note="KZ 123")
    clerk.twice(page, delivery, {"file": ("back.pdf", b"%PDF-1.7\nmade up")}, case=case, what="returned", reason="addressee_gone")
    house.office.write(lambda work: rights.progress(work, house.office.rights, case))
    clerk.twice(page, f"{to}/act", deed="resend", to="Made up\nSample Street 2")
    letters = [e for e in house.look(lambda work: correspondence.of_case(work, case)) if e.digest]
    assert len(letters) == 2, "the answer, and the one time it was sent again"


def test_an_order_a_deputy_and_somebody_taken_on_are_one_each(visits: Visits, clerk: Clerk) -> None:
    someone = visits.house.applicant()
    person, to = f"/en/console/person/{someone.subject}", f"/person/{someone.subject}/order"
    clerk.twice(person, to, kind="block", reason="violation_claimed", document="1")
    members = {m.login: m.id for m in visits.house.look(staff.members)}
    clerk.twice("/en/console/desk", "/deputy", member=members["dpo-2"], since="2026-08-03", until="2026-08-05")
    hr(visits.house)
    hired = values(visits.house.person(), salary_monthly="450000")
    grounds = {f"ground.{p}": ground.code for p, ground in EMPLOYED.items()} | {f"citation.{p}": g.citation for p, g in EMPLOYED.items()}
    typed = {"role": "employee", "started": "2026-08-03", "paper": "contract 1", "identity_seen": "yes"}
    typed |= {f"data.{name}": value for name, value in hired.items()}
    department = Clerk(visits, "hr-1", "correct horse battery hr")
    department.twice("/en/console/personnel/new", "/personnel/new", **typed, **grounds)


def test_the_same_form_shown_anew_is_another_wish(visits: Visits, clerk: Clerk) -> None:
    case = RightsDesk(visits.house).ask(visits.house.applicant(), Kind.ACCESS, Wanted(What.ALL))
    page, to = f"/en/console/case/{case.id}", f"/case/{case.id}/act"
    before = clerk.rows()["durable.rights_document"]
    for _ in range(2):
        assert clerk.send(page, to, deed="add_paper", given="15", paper="statement").status_code == 303
    assert clerk.rows()["durable.rights_document"] == before + 2
