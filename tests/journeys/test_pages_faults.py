"""What does not fit is said at the console all at once and by the name of its field, and no page leads where there is none (design 22; policy 8.3)."""

import re
from datetime import timedelta

import pytest
from console_clerk import Clerk
from page_visits import Visits

from rights_world import RightsDesk
from sandyq import rights, speech
from sandyq.rights import Kind, Wanted, What


@pytest.fixture(scope="module")
def clerk(visits: Visits) -> Clerk:
    visits.house.clock.advance(timedelta(seconds=61))
    return Clerk(visits)


def faults(page: str) -> list[str]:
    box = page[page.index('id="errors-title"') :]
    return re.findall(r"<li>([^<]+)</li>", box[: box.index("</ul>")])


def test_every_fault_of_an_order_that_is_entered_is_named_by_its_field_at_once(clerk: Clerk) -> None:
    answer = clerk.send(
        "/en/console/cases/new?kind=authority-order", "/cases/new", kind="authority-order", received_on="2027-01-01", iin="12"
    )
    assert answer.status_code == 400
    said = faults(answer.text)
    for key in ("desk.channel", "desk.received", "search.iin", "desk.paper", "desk.wants"):
        assert [line for line in said if line.startswith(f"{speech.say('en', key)}: ")], (key, said)


def test_a_decision_left_out_is_named_by_its_part(visits: Visits, clerk: Clerk) -> None:
    case = RightsDesk(visits.house).ask(visits.house.applicant(), Kind.DESTROY, Wanted(What.ALL))
    answer = clerk.send(f"/en/console/case/{case.id}", f"/case/{case.id}/decide", part1="")
    assert answer.status_code == 400
    assert [line for line in faults(answer.text) if line.startswith(f"{speech.say('en', 'case.decision')} 1: ")]


def test_another_language_of_a_page_that_answered_a_form_leads_to_a_page_that_there_is(visits: Visits, clerk: Clerk) -> None:
    someone = visits.house.applicant()
    case = RightsDesk(visits.house).ask(someone, Kind.ACCESS, Wanted(What.ALL))
    page, person = f"/en/console/case/{case.id}", f"/en/console/person/{someone.subject}"
    answered = [
        clerk.send(page, f"/case/{case.id}/read"),
        clerk.send(page, f"/case/{case.id}/act", deed="want_documents"),
        clerk.send(page, f"/case/{case.id}/answer", full="no", words="en"),
        clerk.send(page, "/cases/find", number="nobody's"),
        clerk.send(page, "/journal/find", number="nobody's"),
        clerk.send(page, "/deputy", member=""),
        clerk.send(person, f"/person/{someone.subject}/order", kind="block"),
        clerk.send(person, "/find", purpose=visits.house.purpose, kind="iin", value=someone.person.iin),
        clerk.send(page, "/personnel/find", kind="iin", value="1"),
        clerk.http.get("/en/console/cases/new?kind=rectify"),
    ]
    for answer in answered:
        assert answer.status_code < 500
        other = re.search(r'<a href="([^"]+)" lang="kk"', answer.text)
        assert other is not None, answer.url
        assert clerk.http.get(other[1].replace("&amp;", "&")).status_code == 200, (answer.url, other[1])
    assert 'name="kind" value="rectify"' in clerk.http.get(other[1]).text, "what the page was asked for goes along"


def options(page: str, name: str) -> dict[str, str]:
    """Value and words of what a list offers."""
    chosen = page[page.index(f'name="{name}"') :]
    return dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)</option>', chosen[: chosen.index("</select>")]))


def test_only_what_can_be_done_is_offered_and_every_limb_is_written_alike(visits: Visits, clerk: Clerk) -> None:
    desk, someone = RightsDesk(visits.house), visits.house.applicant()
    free = desk.ask(visits.house.applicant(), Kind.DESTROY, Wanted(What.ALL))
    offered = options(clerk.http.get(f"/en/console/case/{free.id}").text, "part1")
    assert {"grant:demanded", "grant:violation_confirmed"} <= offered.keys()
    assert [words for words in offered.values() if not re.search(r": [^A-Z]|^[^:]+$", words)] == []
    desk.ask(someone, Kind.BLOCK, Wanted(What.ALL))
    blocked = desk.ask(someone, Kind.DESTROY, Wanted(What.ALL))
    offered = options(clerk.http.get(f"/en/console/case/{blocked.id}").text, "part1")
    assert [value for value in offered if value.startswith("grant")] == ["grant:violation_confirmed"], (
        "out of a block only that is destroyed"
    )
    access, rectify = (
        desk.ask(someone, Kind.ACCESS, Wanted(What.ALL)),
        desk.ask(someone, Kind.RECTIFY, Wanted(What.FIELD, "city", "Алматы")),
    )
    given = [clerk.http.get(f"/en/console/case/{case.id}").text.count('value="add_paper"') for case in (access, rectify)]
    assert given == [0, 1]
    desk.do(rights.want_documents, access, ("power_of_attorney",))
    assert 'value="add_paper"' in clerk.http.get(f"/en/console/case/{access.id}").text, "a paper that was asked for may come"


def test_purposes_stand_in_the_order_of_the_clauses(clerk: Clerk) -> None:
    said = list(options(clerk.http.get("/en/console").text, "purpose").values())
    clauses = [[int(part) for part in words.split(" ")[0].split(".")] for words in said]
    assert len(clauses) > 5
    assert clauses == sorted(clauses)
