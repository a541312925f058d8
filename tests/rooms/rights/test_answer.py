"""The letter that answers: what it says in three languages, where it is kept, what a mailbox gets to see (3.10, 8.3; the Law art. 25(2)(6)-(7))."""

from datetime import date

import pytest

from acts_world import Wire, destroyed, later, on_demand, post, transfers, wired
from office import Applicant, House
from personnel_world import employee, hr, take_on
from rights_world import RightsDesk, at
from sandyq import correspondence, relations, requests, rights
from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Incoming
from sandyq.db import Work
from sandyq.distribute import Kind as Follow
from sandyq.errors import Conflict, Invalid
from sandyq.gate import records as decisions
from sandyq.identity import Level
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import GrantKind
from sandyq.letters import reading, render
from sandyq.letters.letter import LetterBody
from sandyq.register import index, items, subjects
from sandyq.relations import NewRelation, RelationKind
from sandyq.requests import DocumentKind
from sandyq.rights import Case, Channel, Kind, State, Wanted, What


@pytest.fixture
def wire(office: House) -> Wire:
    return wired(office)


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


@pytest.fixture
def someone(office: House, wire: Wire) -> Applicant:
    made = office.applicant(to=[office.bank_a])
    post(office)
    later(office, seconds=1)
    return made


def letter(desk: RightsDesk, entry: str) -> LetterBody:
    """The letter as a member of staff may read it."""

    def read(work):
        found = correspondence.letter(work, desk.r.gate, correspondence.one(work, entry))
        assert not isinstance(found, Refusal)
        return found

    return LetterBody.from_json(desk.house.do(read, desk.house.dpo))


def texts(body: LetterBody) -> dict[str, str]:
    """The whole letter in each language, its lines joined."""
    return {language: " ".join(render.render_text(body, language, base_url="").split()) for language in ("kk", "ru", "en")}


def answered(desk: RightsDesk, case: Case, **more) -> tuple[LetterBody, dict[str, str]]:
    body = letter(desk, desk.do(rights.answer, case, **more))
    return body, texts(body)


def paper(office: House, subject: str, kind: DocumentKind = DocumentKind.PROOF) -> str:
    return office.do(lambda work: requests.file_document(work, office.office.gate, subject, kind, "certificate 17"), office.dpo)


def office_decision(desk: RightsDesk, subject: str, decision: str) -> decisions.Decision:
    found = desk.house.look(lambda work: decisions.load(work, subject, decision))
    assert found is not None
    return found


class TestLetter:
    def test_access_is_answered_with_the_data_to_who_proved_two_factors(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS, level=Level.TWO_FACTORS)
        desk.grant(case)
        body, said = answered(desk, case)
        assert (body.template, body.answers, body.due) == ("access-1", case.number, date(2026, 3, 27))
        assert all(someone.person.surname in text and someone.person.iin in text and "Bank A" in text for text in said.values())
        assert "27 March 2026" in said["en"]
        assert desk.now(case).state is State.ANSWERED

    def test_one_factor_gets_masked_values(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS, level=Level.CODE)
        desk.grant(case)
        _, said = answered(desk, case)
        assert all(someone.person.iin not in text for text in said.values())

    def test_rooms_without_a_section_are_told_in_words(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        desk.ask(someone, Kind.BLOCK)
        case = desk.ask(someone, Kind.ACCESS)
        desk.grant(case)
        _, said = answered(desk, case)
        for language, words in (("kk", "өтініштер"), ("ru", "обращения"), ("en", "requests")):
            assert words in said[language]
            assert "case.access" not in said[language]
            assert "factor." not in said[language]

    def test_client_and_employee_of_one_person_are_answered_in_one_letter(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        def verify(work: Work) -> None:
            index.confirm_iin(work, office.office.ring, someone.subject, someone.person.iin)
            subjects.verified(work, someone.subject, iin=True)

        office.do(verify)
        take_on(office, hr(office), employee(someone.person))
        case = desk.ask(someone, Kind.ACCESS, level=Level.DESK)
        desk.grant(case)
        body, said = answered(desk, case)
        assert [section.head for section in body.sections if section.head.startswith("side.")] == ["side.client", "side.staff"]
        assert all("450\u00a0000" in text or "450 000" in text for text in said.values())

    def test_the_letter_stands_in_the_journal_sealed_and_vouched_for(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        desk.grant(case)
        body, _ = answered(desk, case)
        [entry] = desk.house.look(lambda work: correspondence.of_case(work, case.id))
        assert (entry.id, entry.digest, entry.number) == (desk.now(case).answer, body.digest, body.number)
        assert [e.body_digest for e in desk.log() if e.id == entry.leaf] == [body.digest]
        told = desk.house.look(lambda work: correspondence.by_digest(work, body.digest))
        assert told is not None
        assert body.log.leaf in {e.leaf for e in desk.house.look(lambda work: rights.events(work, case.id))}

    def test_nothing_is_answered_before_every_part_has_an_end(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        office.clock.move(at(2026, 4, 1))
        case = desk.ask(someone, Kind.PUBLIC_SOURCES, Wanted(What.PUBLICATION, "no"), Wanted(What.PLACE, "", "a page"))
        with pytest.raises(Conflict):
            desk.do(rights.answer, case)

    def test_a_refusal_names_reason_article_and_where_to_complain_in_every_language(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.DESTROY)
        desk.refuse(case, "violation_not_confirmed")
        body, said = answered(desk, case)
        assert (body.template, [r.code for r in body.reasons]) == ("refused-1", ["violation_not_confirmed"])
        assert body.appeal
        assert "art. 25(2)(8)" in said["en"]
        for language, court in (("kk", "сот"), ("ru", "суд"), ("en", "court")):
            assert "25" in said[language]
            assert court in said[language].lower()


class TestScenario7:
    """A change of name: papers wanted; once given, due the next working day; the partner is told."""

    def test_from_papers_wanted_to_the_new_name_with_the_partner(
        self, desk: RightsDesk, office: House, wire: Wire, someone: Applicant
    ) -> None:
        case = desk.ask(someone, Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңабекова"))
        assert desk.do(rights.suggest, case).parts[0].next_action == "want_documents"
        with pytest.raises(Invalid):
            desk.grant(case)
        desk.do(rights.want_documents, case)
        [asked] = office.look(lambda work: correspondence.of_case(work, case.id))
        assert "proves the data to be changed" in texts(letter(desk, asked.id))["en"]
        office.clock.move(at(2026, 3, 26))
        desk.do(rights.add_documents, case, (paper(office, someone.subject),))
        assert desk.duties(case)["rectify"] == date(2026, 3, 27)
        desk.grant(case)
        _, said = answered(desk, case)
        assert all("Жаңабекова" in text and "Bank A" in text for text in said.values())
        assert all(someone.person.surname not in text for text in said.values()), "no term keeps the former version"
        assert all(f"{someone.person.surname[0]}•••" in text for text in said.values())
        assert desk.clock(case, "rectify").state is rights.ClockState.MET
        post(office)
        assert wire.sent, "the partner is told"
        desk.do(rights.progress, case)
        assert desk.now(case).state is State.ANSWERED, "it has not confirmed"

    def test_a_former_version_that_an_obligation_keeps_is_told_whole(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        new = NewRelation(RelationKind.OBLIGATION, date(2026, 3, 1), frozenset({office.purpose}))
        office.do(lambda work: relations.open_relation(work, someone.subject, new))
        case = desk.ask(someone, Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңабекова"), documents=(paper(office, someone.subject),))
        desk.grant(case)
        _, said = answered(desk, case)
        assert all(someone.person.surname in text and "Жаңабекова" in text for text in said.values())
        assert "only to the end of its own term" in said["en"]
        assert "destroyed" not in said["en"]

    def test_a_field_that_is_given_up_for_good_is_told_to_who_has_it_and_the_case_waits_for_them(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        fields = office.look(lambda work: {i.category: i.fields for i in items.legal(work, someone.subject) if i.klass == "data"})
        alone = next(names for names in fields.values() if "loan_amount" in names)
        case = desk.ask(
            someone, Kind.RECTIFY, *(Wanted(What.FIELD, name) for name in sorted(alone)), documents=(paper(office, someone.subject),)
        )
        desk.grant(case)
        told = transfers(office, someone.subject, Follow.DESTROY)
        assert len(told) == 1
        assert [t.id for t in office.look(lambda work: rights.unconfirmed(work, rights.case(work, case.id)))] == [told[0].id]

    def test_a_statement_proves_nothing(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңабекова"))
        desk.do(rights.add_documents, case, (paper(office, someone.subject, DocumentKind.STATEMENT),))
        with pytest.raises(Invalid) as caught:
            desk.grant(case)
        assert {e.code for e in caught.value.errors} == {"document_proves_nothing"}
        assert desk.now(case).state is State.OPEN


class TestKinds:
    def test_a_block_is_answered_with_its_instant(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.BLOCK, level=Level.CODE)
        body, said = answered(desk, case)
        assert body.template == "blocked-1"
        assert "19 March 2026" in said["en"]
        assert "Bank A" in said["en"]

    def test_a_release(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        desk.ask(someone, Kind.BLOCK)
        later(office, seconds=1)
        case = desk.ask(someone, Kind.UNBLOCK)
        desk.grant(case)
        later(office, seconds=1)
        desk.do(rights.confirm, case, by=office.dpo2)
        body, said = answered(desk, case)
        assert body.template == "released-1"
        assert "released on 19 March 2026" in said["en"]

    def test_a_release_is_told_by_its_own_day_and_not_by_that_of_the_block(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        desk.ask(someone, Kind.BLOCK)
        office.clock.move(at(2026, 3, 26))
        case = desk.ask(someone, Kind.UNBLOCK)
        desk.grant(case)
        later(office, seconds=1)
        desk.do(rights.confirm, case, by=office.dpo2)
        _, said = answered(desk, case)
        assert "released on 26 March 2026" in said["en"]

    def test_a_withdrawal_says_what_stops_and_what_goes_on_for_which_limb(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        new = NewRelation(RelationKind.OBLIGATION, date(2026, 3, 1), frozenset({office.purpose}))
        owed = office.do(lambda work: relations.open_relation(work, someone.subject, new))
        case = desk.ask(someone, Kind.WITHDRAW, level=Level.TWO_FACTORS)
        made = desk.now(case)
        said = {p.no: v for p, v in zip(made.open_parts, desk.do(rights.suggest, case).parts, strict=True)}
        decisions = [
            rights.PartDecision(no, rights.Do.GRANT)
            if v.verdict == "permitted"
            else rights.PartDecision(no, rights.Do.REFUSE, "goes_on_for_obligation", owed)
            for no, v in said.items()
        ]
        desk.do(rights.decide, case, decisions)
        assert desk.now(case).outcome == "partly"
        body, told = answered(desk, case)
        assert body.template == "withdrawn-1"
        assert "Bank A" in told["en"]
        assert "art. 8(2)" in told["en"]
        assert {s.head for s in body.sections} >= {"stopped", "goes_on"}

    def test_a_destruction_is_answered_when_the_person_is_gone_with_the_certificate_and_both_lists(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        on_demand(office)
        case = desk.ask(someone, Kind.DESTROY, level=Level.TWO_FACTORS)
        desk.grant(case, reason="demanded")
        destroyed(office)
        desk.do(rights.progress, case)
        body, said = answered(desk, case)
        assert body.template == "destroyed-1"
        assert {s.head for s in body.sections} >= {"gone", "kept", "told"}
        assert all(secret not in said["en"] for secret in someone.secrets)

    def test_a_no_to_publication_names_each_place_and_the_day_of_its_removal(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        office.clock.move(at(2026, 4, 1))
        case = desk.ask(someone, Kind.PUBLIC_SOURCES, Wanted(What.PUBLICATION, "no"), Wanted(What.PLACE, "", "https://sample.example/list"))
        desk.grant(case)
        desk.do(rights.carried_outside, case, 2, office.document())
        _, said = answered(desk, case)
        assert "https://sample.example/list" in said["ru"]
        assert "1 April 2026" in said["en"]

    def test_a_complaint_partly_upheld(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.COMPLAINT, Wanted(What.CLAIM, "moral"), Wanted(What.CLAIM, "material"))
        desk.do(rights.decide, case, [rights.PartDecision(1, rights.Do.GRANT), rights.PartDecision(2, rights.Do.REFUSE, "unsubstantiated")])
        body, said = answered(desk, case)
        assert body.template == "complaint-1"
        assert "justified in part" in said["en"]

    def test_an_objection_is_reviewed_by_a_person(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.AUTOMATED_OBJECTION)
        assert desk.now(case).open_parts, "the routing of the application was automatic"
        assert {v.next_action for v in desk.do(rights.suggest, case).parts} == {"review"}
        desk.refuse(case, "review_confirmed")
        body, said = answered(desk, case)
        assert body.template == "objection-1"
        assert "left it as it was" in said["en"]
        assert "These were the main factors" in said["en"]
        assert all("Bank A" in text and "finding." not in text for text in said.values())
        reviewed = [part.decision for part in desk.now(case).parts if part.decision]
        kept = office_decision(desk, someone.subject, reviewed[0])
        assert '"staff"' in kept.ask, "the member's own verdict is on record"
        assert "reviewed" in desk.acts(case)

    def test_several_decisions_of_one_objection_are_told_apart_in_letter_and_by_name(self, desk: RightsDesk, office: House) -> None:
        someone = office.applicant(to=[office.bank_a, office.bank_b])
        case = desk.ask(someone, Kind.AUTOMATED_OBJECTION)
        desk.refuse(case, "review_confirmed")
        body, _ = answered(desk, case)
        made = desk.now(case)
        parts = [part for part in made.parts if part.target]
        [factors] = [section for section in body.sections if section.head == "factors"]
        assert len(parts) == len(factors.rows) >= 2
        for language in ("kk", "ru", "en"):
            read = reading.read(body, language)
            for table in (block for block in read.blocks if block.kind == "table"):
                assert len(set(table.rows)) == len(table.rows)
            names = office.look(lambda work, to=language: [rights.named(work, desk.r, made, part, to) for part in parts])
            assert len(set(names)) == len(names)
            assert {bank for bank in ("Bank A", "Bank B") if any(bank in name for name in names)} == {"Bank A", "Bank B"}
        assert all(row[2] != row[3] for row in factors.rows)

    def test_an_objection_that_is_granted_stops_the_recipient_and_the_review_is_on_record(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.ask(someone, Kind.AUTOMATED_OBJECTION)
        lead = [p for p in desk.now(case).open_parts if office_decision(desk, someone.subject, p.target).permitted]
        desk.grant(case)
        _, said = answered(desk, case)
        assert "and changed it" in said["en"]
        assert {told.recipient for told in transfers(office, someone.subject, Follow.WITHDRAW)} == {office.bank_a}
        assert {p.reason for p in desk.now(case).parts if p.no in {one.no for one in lead}} == {"review_changed"}
        assert desk.do(rights.progress, case).state is State.ANSWERED, "bank A has not confirmed"

    def test_an_order_of_an_authority_is_answered_to_it_with_exactly_the_fields_it_names(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        order = paper(office, someone.subject, DocumentKind.AUTHORITY_DEMAND)
        wants = (Wanted(What.ORDER, "disclose"), Wanted(What.FIELD, "surname"), Wanted(What.FIELD, "phone"))
        more = {"documents": (order,), "channel": Channel.AUTHORITY, "ordered_on": date(2026, 3, 16), "ordered_due": date(2026, 3, 25)}
        case = desk.ask(someone, Kind.AUTHORITY_ORDER, *wants, **more)
        desk.grant(case)
        later(office, seconds=1)
        desk.do(rights.confirm, case, by=office.dpo2)
        body, said = answered(desk, case)
        assert body.template == "authority-1"
        for told in ("certificate 17", "16 March 2026", someone.person.surname, someone.person.phone):
            assert told in said["en"]
        assert someone.person.iin not in said["en"]


class TestByMail:
    """Scenario 6, at the desk: the reply in a mailbox holds nothing of the person."""

    def _case(self, desk: RightsDesk, office: House) -> Case:
        mail = Incoming(
            channel=Way.MAIL, sender="somebody@sample.example", subject_line="my data", text="What do you hold?", identity=b"m" * 32
        )
        taken = office.do(lambda work: correspondence.receive(work, office.office.gate, mail))
        return desk.stranger(Kind.ACCESS, asker=taken.asker, entry=taken.entry.id)

    def test_the_mail_belongs_to_the_case_and_the_answer_to_its_thread(self, desk: RightsDesk, office: House) -> None:
        case = self._case(desk, office)
        [came] = office.look(lambda work: correspondence.of_case(work, case.id))
        assert came.state is correspondence.State.REGISTERED
        desk.do(rights.not_identified, case)
        entries = office.look(lambda work: correspondence.of_case(work, case.id))
        out = {e.channel: e for e in entries if e.direction.value == "out"}
        assert out.keys() == {Way.PORTAL, Way.MAIL}
        assert {e.answers for e in out.values()} == {came.id}
        assert letter(desk, out[Way.PORTAL].id).template == "refused-1"

    def test_the_notice_holds_number_and_link_and_nothing_of_the_person(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = self._case(desk, office)
        desk.do(rights.identified, case, someone.subject, Level.DESK)
        desk.grant(case)
        desk.do(rights.answer, case)
        entries = office.look(lambda work: correspondence.of_case(work, case.id))
        [notice] = [e for e in entries if e.channel is Way.MAIL and e.direction.value == "out"]

        def read(work):
            return correspondence.read(work, office.office.gate, notice)

        text = repr(office.do(read, office.dpo).values)
        assert case.number in text
        assert all(secret not in text for secret in someone.secrets)


def test_a_paper_letter_goes_to_its_addressee(desk: RightsDesk, office: House, someone: Applicant) -> None:
    case = desk.ask(someone, Kind.ACCESS, channel=Channel.PAPER)
    desk.grant(case)
    entry = desk.do(rights.answer, case, addressee=("Сыналова Ү.", "Алматы, Үлгі к., 1"))
    found = office.look(lambda work: correspondence.one(work, entry))
    assert (found.channel, found.next) == (Way.PAPER, "print_and_post")
    assert not office.look(lambda work: rights.delivered(work, case.id))


def test_every_single_grant_of_a_person_has_a_name_in_every_language(desk: RightsDesk, office: House, someone: Applicant) -> None:
    from sandyq import consent

    live = [f for f in office.look(lambda work: consent.facts(work, someone.subject)) if f.kind is not GrantKind.PROCESSING]
    case = desk.ask(someone, Kind.WITHDRAW, *(Wanted(What.GRANT, f.id) for f in live), level=Level.CODE)
    if desk.now(case).open_parts:
        desk.grant(case)
    _, said = answered(desk, case)
    assert all("consent" not in text or language == "en" for language, text in said.items())
