"""What a letter asks for is said by who read it; terms run from the day of receipt, and the shortest of the plausible ones until it is said (8.3)."""

from datetime import date

import pytest

from acts_world import later
from office import Applicant, House
from rights_world import RightsDesk, at
from sandyq import correspondence, requests, rights
from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Entry, Incoming
from sandyq.errors import Conflict, Denied, Invalid
from sandyq.identity import Level
from sandyq.requests import DocumentKind
from sandyq.rights import Case, ClockState, Kind, State, Wanted, What
from sandyq.rights.from_journal import open_from, plausible


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


@pytest.fixture
def someone(office: House) -> Applicant:
    return office.applicant()


def letter(office: House, text: str) -> Entry:
    new = Incoming(channel=Way.MAIL, sender="somebody@sample.example", text=text, identity=text.encode()[:32].ljust(32, b"x"))
    return office.do(lambda work: correspondence.receive(work, office.office.gate, new)).entry


def opened(desk: RightsDesk, entry: Entry, text: str = "", kind: Kind | None = None, **more) -> Case:
    return desk.house.do(lambda work: open_from(work, desk.r, correspondence.one(work, entry.id), kind, text=text, **more))


SAID = "Заблокируйте мои данные. Сообщите, какие мои данные у вас хранятся."


def test_what_a_letter_seems_to_ask_is_a_suggestion_and_a_letter_that_says_nothing_may_ask_for_everything() -> None:
    assert {Kind.BLOCK, Kind.ACCESS} <= set(plausible(SAID))
    assert set(plausible("Сәлем")) == set(Kind) - {Kind.AUTHORITY_ORDER}


class TestUntilItIsSaid:
    def test_the_shortest_term_of_the_plausible_kinds_runs(self, desk: RightsDesk, office: House) -> None:
        case = opened(desk, letter(office, SAID), SAID)
        assert desk.duties(case) == {"access-answer": date(2026, 3, 27), "block": date(2026, 3, 20)}
        assert desk.now(case).due == date(2026, 3, 20)
        [line] = office.look(rights.listing)
        assert rights.next_action(line) == "confirm_kind"

    def test_nothing_is_decided(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = opened(desk, letter(office, SAID), SAID)
        desk.do(rights.identified, case, someone.subject, Level.DESK)
        assert [s.kind.value for s in office.look(lambda work: block_facts(work, someone.subject))] == [], "a guess blocks nobody"
        with pytest.raises(Conflict):
            desk.grant(case)

    def test_only_staff_says_it(self, desk: RightsDesk, office: House) -> None:
        case = opened(desk, letter(office, SAID), SAID)
        with pytest.raises(Denied):
            desk.do(rights.rekind, case, Kind.BLOCK, by=_door())


def block_facts(work, subject):
    from sandyq import block

    return block.facts(work, subject)


def _door():
    from sandyq.db import Actor

    return Actor("public", "", "mail")


class TestSaid:
    def test_terms_of_the_right_kind_run_from_the_day_of_receipt_and_not_from_that_of_the_reading(
        self, desk: RightsDesk, office: House
    ) -> None:
        case = opened(desk, letter(office, "Сәлем"), "Сәлем")
        office.clock.move(at(2026, 3, 30))
        made = desk.do(rights.rekind, case, Kind.WITHDRAW)
        assert (made.kind, made.plausible) == (Kind.WITHDRAW, ())
        assert desk.duties(case) == {"withdrawal-stop": date(2026, 4, 14)}, "15 working days from 19 March"
        assert "clock_dropped" in desk.acts(case)
        assert "rights.rekinded" in [entry.act for entry in desk.log()]

    def test_a_shorter_kind_said_late_is_late(self, desk: RightsDesk, office: House) -> None:
        case = opened(desk, letter(office, "x"), "Please send me all my data that you hold")
        assert desk.duties(case) == {"access-answer": date(2026, 3, 27)}
        office.clock.move(at(2026, 3, 27))
        desk.do(rights.rekind, case, Kind.BLOCK)
        assert desk.duties(case)["block"] == date(2026, 3, 20)
        desk.remind()
        assert desk.clock(case, "block").state is ClockState.MISSED

    def test_a_term_that_never_was_its_own_leaves_no_missed_one_behind(self, desk: RightsDesk, office: House) -> None:
        case = opened(desk, letter(office, "Сәлем"), "Сәлем")
        office.clock.move(at(2026, 3, 27))
        desk.remind()
        assert ClockState.MISSED in {clock.state for clock in desk.now(case).clocks}
        desk.do(rights.rekind, case, Kind.ACCESS)
        assert [clock.state for clock in desk.now(case).clocks] == [ClockState.RUNNING]
        assert desk.now(case).due == date(2026, 3, 27)

    def test_who_asks_may_have_to_prove_more(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = opened(desk, letter(office, SAID), SAID)
        desk.do(rights.identified, case, someone.subject, Level.CODE)
        assert desk.now(case).state is State.OPEN
        desk.do(rights.rekind, case, Kind.DESTROY)
        assert desk.now(case).state is State.IDENTIFYING

    def test_a_block_takes_effect_as_soon_as_it_is_said_to_be_one(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = opened(desk, letter(office, SAID), SAID)
        desk.do(rights.identified, case, someone.subject, Level.DESK)
        later(office, seconds=1)
        desk.do(rights.rekind, case, Kind.BLOCK)
        assert office.look(lambda work: block_facts(work, someone.subject))
        assert desk.now(case).state is State.CARRYING_OUT

    def test_what_is_asked_is_listed_anew_and_new_values_are_sealed(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        text = "Исправьте мою фамилию на Жаңабекова"
        case = opened(desk, letter(office, text), text)
        desk.do(rights.identified, case, someone.subject, Level.DESK)
        with pytest.raises(Invalid):
            desk.do(rights.rekind, case, Kind.RECTIFY)
        desk.do(rights.rekind, case, Kind.RECTIFY, (Wanted(What.FIELD, "surname", "Жаңабекова"),))
        said = desk.house.do(lambda work: rights.written(work, desk.r, case.id), office.dpo)
        assert (said["request_text"], said["part_1"]) == (text, "Жаңабекова")
        paper = office.do(
            lambda work: requests.file_document(work, office.office.gate, someone.subject, DocumentKind.PROOF, "certificate 17"), office.dpo
        )
        later(office, seconds=1)
        desk.do(rights.add_documents, case, (paper,))
        desk.grant(case)
        assert desk.now(case).outcome == "granted"

    def test_what_was_decided_keeps_its_kind(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        with pytest.raises(Conflict):
            desk.do(rights.rekind, case, Kind.ACCESS)
        desk.grant(case)
        with pytest.raises(Conflict):
            desk.do(rights.rekind, case, Kind.BLOCK)


class TestSaidAfterSomethingCame:
    """What came to a case before its kind was said keeps the day on which it came."""

    TEXT = "Исправьте мою фамилию на Жаңабекова"

    def named(self, desk: RightsDesk, office: House, someone: Applicant) -> Case:
        case = opened(desk, letter(office, self.TEXT), self.TEXT, Kind.ACCESS)
        desk.do(rights.identified, case, someone.subject, Level.DESK)
        return case

    def paper(self, office: House, someone: Applicant) -> tuple[str, ...]:
        kind, gate = DocumentKind.PROOF, office.office.gate
        made = office.do(lambda work: requests.file_document(work, gate, someone.subject, kind, "certificate 17"), office.dpo)
        later(office, seconds=1)
        return (made,)

    SURNAME = Wanted(What.FIELD, "surname", "Жаңабекова")

    def test_the_term_of_papers_runs_from_the_day_of_the_papers(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = self.named(desk, office, someone)
        office.clock.move(at(2026, 3, 30))
        desk.do(rights.add_documents, case, self.paper(office, someone))
        office.clock.move(at(2026, 3, 31))
        desk.do(rights.rekind, case, Kind.RECTIFY, (self.SURNAME,))
        assert desk.duties(case)["rectify"] == date(2026, 3, 31), "one working day from 30 March, not from the letter of 19 March"

    def test_papers_that_lay_in_the_mailbox_count_from_their_own_day(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = self.named(desk, office, someone)
        office.clock.move(at(2026, 3, 31))
        desk.do(rights.add_documents, case, self.paper(office, someone), date(2026, 3, 27))
        desk.do(rights.rekind, case, Kind.RECTIFY, (self.SURNAME,))
        assert desk.duties(case)["rectify"] == date(2026, 3, 30), "one working day from Friday, 27 March"

    def test_who_proved_themselves_after_a_refusal_gets_the_terms_of_that_day(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.stranger(Kind.ACCESS)
        office.clock.move(at(2026, 3, 27))
        desk.do(rights.not_identified, case)
        office.clock.move(at(2026, 4, 27))
        desk.do(rights.identified, case, someone.subject, Level.DESK)
        desk.do(rights.rekind, case, Kind.WITHDRAW)
        assert desk.clock(case, "withdrawal-stop").started == date(2026, 4, 27)

    def test_a_field_that_is_given_up_is_not_filled_with_what_was_written_for_another(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.ask(someone, Kind.RECTIFY, self.SURNAME)
        desk.do(rights.rekind, case, Kind.RECTIFY, (Wanted(What.FIELD, "patronymic", ""),))
        said = desk.house.do(lambda work: rights.written(work, desk.r, case.id), office.dpo)
        assert said == {"request_text": "made up"}

    def test_the_order_of_an_authority_is_on_file_here_too(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = self.named(desk, office, someone)
        with pytest.raises(Invalid) as refused:
            desk.do(rights.rekind, case, Kind.AUTHORITY_ORDER, (Wanted(What.ORDER, "block"),))
        assert [(e.field, e.code) for e in refused.value.errors] == [("documents", "missing")]


class TestTwoThingsInOneLetter:
    def test_a_second_case_is_opened_knowingly_and_both_name_the_letter(self, desk: RightsDesk, office: House) -> None:
        entry = letter(office, SAID)
        first = opened(desk, entry, SAID, Kind.BLOCK)
        with pytest.raises(Conflict):
            opened(desk, entry, SAID, Kind.ACCESS)
        later(office, days=1)
        second = opened(desk, entry, SAID, Kind.ACCESS, another=True)
        assert (first.entry, second.entry) == (entry.id, entry.id)
        assert second.received_at == entry.on, "its terms run from the day of the letter"
        assert office.look(lambda work: correspondence.one(work, entry.id)).case == first.id

    def test_one_of_the_same_kind_or_while_the_first_is_not_said_is_not(self, desk: RightsDesk, office: House) -> None:
        entry = letter(office, SAID)
        case = opened(desk, entry, SAID)
        with pytest.raises(Conflict):
            opened(desk, entry, SAID, Kind.BLOCK, another=True)
        desk.do(rights.rekind, case, Kind.BLOCK)
        with pytest.raises(Conflict):
            opened(desk, entry, SAID, Kind.BLOCK, another=True)
