"""What an authority got is told or not told by the pack's table: the person must not learn what may not be told, the desk sees what is withheld and why, and the
log commits to it without telling anybody else (4.1.1, 5.1.1; the Law art. 8-1(3), 9, 24(1)(1))."""

import json
from datetime import date
from typing import Any

import pytest

from acts_world import later
from office import Applicant, House
from rights_world import RightsDesk
from sandyq import access, correspondence, requests, rights
from sandyq.access import Answered, saying
from sandyq.access.silence import NOTHING, committed
from sandyq.app import evidence as packing
from sandyq.audit import Act, history
from sandyq.db import Actor
from sandyq.errors import Conflict, Denied, Invalid
from sandyq.letters import render
from sandyq.letters.letter import LetterBody
from sandyq.register import items
from sandyq.requests import DocumentKind
from sandyq.rights import Case, Channel, Kind, Wanted, What


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


def paper(office: House, subject: str, number: str) -> str:
    return office.do(
        lambda work: requests.file_document(work, office.office.gate, subject, DocumentKind.AUTHORITY_DEMAND, number), office.dpo
    )


def demanded(desk: RightsDesk, office: House, someone: Applicant) -> Case:
    """An authority orders in writing that two fields be given to it."""
    wants = (Wanted(What.ORDER, "disclose"), Wanted(What.FIELD, "surname"), Wanted(What.FIELD, "phone"))
    more = {"channel": Channel.AUTHORITY, "ordered_on": date(2026, 3, 16), "ordered_due": date(2026, 3, 25)}
    return desk.ask(someone, Kind.AUTHORITY_ORDER, *wants, documents=(paper(office, someone.subject, "order 17"),), **more)


def disclosed(desk: RightsDesk, office: House, someone: Applicant) -> Case:
    """And gets them, by two members."""
    case = demanded(desk, office, someone)
    desk.grant(case)
    later(office, seconds=1)
    desk.do(rights.confirm, case, by=office.dpo2)
    desk.do(rights.answer, case)
    return desk.now(case)


def own(office: House, someone: Applicant, language: str = "en") -> Answered:
    """The person's own answer."""
    while office.office.sequencer.run_once(office.office.write):
        pass
    given = office.do(
        lambda work: access.package(
            work, office.office.gate, office.office.holders, someone.subject, full=True, withholding=rights.withheld, language=language
        ),
        Actor("subject", someone.subject, "web"),
    )
    assert isinstance(given, Answered)
    return given


def shape(answered: Answered) -> dict[str, Any]:
    """How much of what stands in each section: what would differ if something were given away."""
    [held] = json.loads(answered.package.to_json())["people"]
    return {name: len(rows) for name, rows in held.items() if isinstance(rows, list)}


def page(answered: Answered) -> str:
    return repr(saying.tables(answered.package))


class TestNotTold:
    def test_the_answer_is_that_of_somebody_of_whom_nobody_asked(self, desk: RightsDesk, office: House) -> None:
        asked, other = office.applicant(), office.applicant()
        case = disclosed(desk, office, asked)
        given, twin = own(office, asked), own(office, other)
        assert shape(given) == shape(twin)
        text = given.package.to_json().decode() + page(given)
        letters = office.look(lambda work: rights.withheld(work, asked.subject)).ids
        assert len(letters) >= 4, "the case, its paper and the letter with their contents"
        assert not [one for one in (*letters, case.number, "order 17", "authority_demand", "authority-order") if one in text]
        said = {right["basis"]["article"] for right in json.loads(given.package.to_json())["rights"] if right["code"] == "limit"}
        assert said == {right["basis"]["article"] for right in json.loads(twin.package.to_json())["rights"] if right["code"] == "limit"}
        assert any("9(1)" in article for article in said)

    def test_a_demand_that_is_not_decided_yet_is_not_told_either(self, desk: RightsDesk, office: House) -> None:
        asked, other = office.applicant(), office.applicant()
        demanded(desk, office, asked)
        assert shape(own(office, asked)) == shape(own(office, other))

    def test_page_and_letter_say_in_every_answer_that_some_bodies_are_not_named(self, desk: RightsDesk, office: House) -> None:
        asked, other = office.applicant(), office.applicant()
        disclosed(desk, office, asked)
        for language in ("kk", "ru", "en"):
            texts = []
            for someone in (asked, other):
                [table] = [t for t, s in _both(own(office, someone, language)) if s.head == "recipients"]
                texts.append(table)
            assert texts[0] == texts[1]
            assert "9(1)" in " ".join(texts[0].said)
        case = desk.ask(asked, Kind.ACCESS)
        desk.grant(case)
        entry = desk.do(rights.answer, case)
        raw = office.do(lambda work: correspondence.letter(work, desk.r.gate, correspondence.one(work, entry)), office.dpo)
        text = " ".join(render.render_text(LetterBody.from_json(raw), "en", base_url="").split())
        assert "this sentence stands in every answer" in text
        assert "order 17" not in text

    def test_the_desk_sees_what_is_withheld_and_under_which_limb(self, desk: RightsDesk, office: House) -> None:
        asked = office.applicant()
        case = disclosed(desk, office, asked)
        [hidden] = own(office, asked).withheld
        assert (hidden.case, hidden.number, set(hidden.fields)) == (case.id, case.number, {"surname", "phone"})
        assert (hidden.limb.clause, hidden.limb.article) == ("5.1.1", "94-V art. 9(1), 8-1(3)")
        assert own(office, office.applicant()).withheld == ()

    def test_the_log_commits_to_what_was_withheld_and_looks_the_same_for_everybody(self, desk: RightsDesk, office: House) -> None:
        asked, other = office.applicant(), office.applicant()
        disclosed(desk, office, asked)
        found = {}
        for someone in (asked, other):
            given = own(office, someone)
            [entry] = [e for e in desk.log() if e.act == Act.ANSWER_LIMITED.value and e.parent == given.leaf]
            found[someone.subject] = (given, entry)
        entries = [entry for _, entry in found.values()]
        assert len({(e.clause, e.article, e.object, e.count, e.verdict, len(e.body_digest)) for e in entries}) == 1
        assert "9(1)" in entries[0].article
        given, entry = found[asked.subject]
        silence = office.look(lambda work: rights.withheld(work, asked.subject))
        assert office.do(lambda work: committed(work, asked.subject, given.leaf, silence)) == entry.body_digest
        assert office.do(lambda work: committed(work, asked.subject, given.leaf, NOTHING)) != entry.body_digest, (
            "the operator cannot deny it"
        )

    def test_an_order_to_block_is_told_as_before(self, desk: RightsDesk, office: House) -> None:
        someone = office.applicant()
        more = {"channel": Channel.AUTHORITY, "ordered_on": date(2026, 3, 16), "ordered_due": date(2026, 3, 25)}
        order = paper(office, someone.subject, "order 18")
        desk.ask(someone, Kind.AUTHORITY_ORDER, Wanted(What.ORDER, "block"), documents=(order,), **more)
        assert office.look(lambda work: rights.withheld(work, someone.subject)) == NOTHING
        assert order in own(office, someone).package.to_json().decode()


class TestLifted:
    def test_once_the_body_allowed_it_the_answer_lists_the_disclosure_with_day_and_fields(self, desk: RightsDesk, office: House) -> None:
        asked = office.applicant()
        case = disclosed(desk, office, asked)
        allowed = paper(office, asked.subject, "letter of the court 3")
        desk.do(rights.lift, case, allowed, by=office.dpo2)
        given = own(office, asked)
        assert given.withheld == ()
        [recipient] = json.loads(given.package.to_json())["people"][0]["recipients"]
        assert (recipient["clause"], {field["code"] for field in recipient["fields"]}) == ("5.1.1", {"surname", "phone"})
        assert recipient["name"] != "authority", "in words"
        assert "disclosure_lifted" in desk.acts(case)

    def test_neither_who_decided_nor_anybody_without_a_paper_lifts_it(self, desk: RightsDesk, office: House) -> None:
        asked = office.applicant()
        case = disclosed(desk, office, asked)
        allowed = paper(office, asked.subject, "letter of the court 3")
        with pytest.raises(Denied, match="decision_needs_another_person"):
            desk.do(rights.lift, case, allowed)
        for document in ("", case.documents[0], office.document()):
            with pytest.raises(Invalid):
                desk.do(rights.lift, case, document, by=office.dpo2)
        assert own(office, asked).withheld

    def test_there_is_nothing_to_lift_in_any_other_request(self, desk: RightsDesk, office: House) -> None:
        case = desk.ask(office.applicant(), Kind.ACCESS)
        desk.grant(case)
        with pytest.raises(Conflict, match="nothing_withheld"):
            desk.do(rights.lift, case, office.document(), by=office.dpo2)


def test_the_persons_pages_do_not_show_the_entries_of_it(desk: RightsDesk, office: House) -> None:
    asked = office.applicant()
    case = disclosed(desk, office, asked)
    desk.log()
    silence = office.look(lambda work: rights.withheld(work, asked.subject))
    rows = office.look(lambda work: history.about(work, asked.subject, limit=1000))
    left = [row.entry for row in rows if not silence.hides(row.entry)]
    assert len(left) < len(rows)
    assert not [entry for entry in left if entry.clause == "5.1.1" or "authority" in entry.purpose or entry.object == case.id]


def _both(given: Answered) -> list[tuple[saying.Table, saying.Section]]:
    return list(zip(saying.tables(given.package), saying.sections(given.package), strict=True))


def test_that_a_complaint_was_packed_for_a_court_is_not_told_and_the_complaint_itself_is(desk: RightsDesk, office: House) -> None:
    asked, other = office.applicant(), office.applicant()
    cases = []
    for someone in (asked, other):
        case = desk.ask(someone, Kind.COMPLAINT, Wanted(What.CLAIM, "moral"))
        desk.grant(case)
        desk.do(rights.answer, case)
        cases.append(case)
    later(office, seconds=1)
    order = paper(office, asked.subject, "court 5")
    desk.do(rights.ask_evidence, cases[0], order)
    silence = office.look(lambda work: rights.withheld(work, asked.subject))
    assert order in silence.ids
    assert cases[0].id not in silence.ids
    given = own(office, asked)
    assert shape(given) == shape(own(office, other))
    assert "authority_demand" not in given.package.to_json().decode()
    assert [one.case for one in given.withheld] == [cases[0].id]
    with pytest.raises(Denied):
        desk.do(rights.lift, cases[0], paper(office, asked.subject, "letter 6"))


class TestAComplainantsOwnPapers:
    """4.1.7: who complains knows what they brought, and keeps knowing it when a court asks for the evidence."""

    def acted(self, office: House, subject: str, number: str, by: Actor | None = None) -> str:
        file = lambda work: requests.file_document(work, office.office.gate, subject, DocumentKind.COURT_ACT, number)  # noqa: E731
        return office.do(file, by or office.dpo)

    def told(self, office: House, someone: Applicant) -> str:
        return own(office, someone).package.to_json().decode()

    def test_a_court_act_that_came_with_the_complaint_is_told_after_evidence_was_asked_by_another_paper(
        self, desk: RightsDesk, office: House
    ) -> None:
        someone = office.applicant()
        act = self.acted(office, someone.subject, "ruling of the complainant 7")
        case = desk.ask(someone, Kind.COMPLAINT, Wanted(What.CLAIM, "moral"), documents=(act,))
        before = self.told(office, someone)
        assert act in before
        later(office, seconds=1)
        demand = paper(office, someone.subject, "court 5")
        desk.do(rights.ask_evidence, case, demand)
        after = self.told(office, someone)
        assert act in after
        assert "ruling of the complainant 7" in after
        assert demand not in after
        assert "court 5" not in after

    def test_it_is_told_even_when_the_evidence_is_asked_by_it_and_what_was_packed_is_not(self, desk: RightsDesk, office: House) -> None:
        someone, other = office.applicant(), office.applicant()
        acts = [self.acted(office, one.subject, "ruling 7", Actor("subject", one.subject, "web")) for one in (someone, other)]
        cases = [desk.ask(one, Kind.COMPLAINT, documents=(act,)) for one, act in zip((someone, other), acts, strict=True)]
        later(office, seconds=1)
        desk.do(rights.ask_evidence, cases[0])
        desk.log()  # numbers it
        office.office.publisher.publish(office.office.stores)
        office.do(lambda work: packing.made(office.office, work, cases[0].id), office.dpo2)
        given = own(office, someone)
        text = given.package.to_json().decode()
        assert acts[0] in text
        assert [one.case for one in given.withheld] == [cases[0].id], "that it was packed is not told"
        assert "authority_disclosure" not in text
        assert shape(given) == shape(own(office, other))

    def test_an_act_that_a_member_files_later_and_that_a_hold_rests_on_is_told(self, desk: RightsDesk, office: House) -> None:
        someone = office.applicant()
        [item, *_] = office.look(lambda work: items.legal(work, someone.subject))
        case = desk.ask(someone, Kind.COMPLAINT, Wanted(What.ITEM, item.item_id))
        later(office, seconds=1)
        act = self.acted(office, someone.subject, "the claim was filed")
        desk.do(rights.add_documents, case, (act,))
        desk.do(rights.stage, case, rights.Stage.COURT, act)
        desk.do(rights.ask_evidence, case)
        assert act in self.told(office, someone)
        assert office.look(lambda work: rights.withheld(work, someone.subject)).disclosures

    def test_a_court_act_that_only_asks_is_not_told_and_neither_is_that_it_came(self, desk: RightsDesk, office: House) -> None:
        someone = office.applicant()
        case = desk.ask(someone, Kind.COMPLAINT, Wanted(What.CLAIM, "moral"))
        later(office, seconds=1)
        first, second = (self.acted(office, someone.subject, number) for number in ("request 1", "a ruling on something else"))
        desk.do(rights.ask_evidence, case, first)
        desk.do(rights.drop_evidence, case)
        desk.do(rights.add_documents, case, (second,))
        text = self.told(office, someone)
        assert first not in text
        assert second in text, "a paper by which nobody asked for evidence is one of the complaint"

    def test_a_complaint_that_an_authority_passed_on_keeps_its_paper_to_itself(self, desk: RightsDesk, office: House) -> None:
        someone = office.applicant()
        demand = paper(office, someone.subject, "covering letter 9")
        case = desk.ask(someone, Kind.COMPLAINT, Wanted(What.CLAIM, "moral"), documents=(demand,), channel=Channel.AUTHORITY)
        desk.do(rights.ask_evidence, case)
        assert demand not in self.told(office, someone)
