"""Correcting on documents: a whole new version under its own key, the old value found no more, the old version gone unless something keeps it (4.1.2)."""

from datetime import date, datetime

import pytest

from acts_world import Wire, destroyed, later, post, transfers, wired
from office import PUBLIC, START, Applicant, House
from sandyq import change, collect, destroy, requests, retain, use
from sandyq.app import start
from sandyq.audit import Act
from sandyq.audit.recording import Entry, decode
from sandyq.block import Scope
from sandyq.collect import Stored
from sandyq.db import Actor, Work
from sandyq.distribute import Kind as Told
from sandyq.errors import Conflict, Invalid, NotFound
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.register import items, media, subjects
from sandyq.register.keystore import datakeys
from sandyq.relations import NewRelation, RelationKind, close_relation, open_relation
from sandyq.requests import DocumentKind, Done, Kind
from sandyq.sample.people import people


@pytest.fixture
def wire(office: House) -> Wire:
    return wired(office)


@pytest.fixture
def someone(office: House, wire: Wire) -> Applicant:
    start.start(office.office)
    made = office.applicant(to=[office.bank_a])
    post(office)
    later(office, seconds=1)
    return made


def paper(office: House, subject: str, kind: DocumentKind = DocumentKind.PROOF, number: str = "marriage certificate AA 12345") -> str:
    return office.do(lambda work: requests.file_document(work, office.office.gate, subject, kind, number), office.dpo)


def rectify(someone: Applicant, by=None, *, document: str | None = None, **values: str) -> requests.Answer:
    office = someone.house
    proof = paper(office, someone.subject) if document is None else document
    return office.order(Kind.RECTIFY, someone.subject, by, document=proof, values=values)


def rectified(someone: Applicant, **values: str) -> Done:
    answer = rectify(someone, **values)
    assert isinstance(answer, Done), [reason.code for reason in answer.verdict.reasons]
    return answer


def shown(someone: Applicant) -> dict[str, str]:
    """Everything as the person sees it."""
    everything = frozenset(someone.house.edition.fields)
    ask = Ask(Operation.USE, someone.subject, someone.house.purpose, actor=ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)
    person = someone.house.do(
        lambda work: use.show(work, someone.house.office.gate, ask, full=everything), Actor("subject", someone.subject, "web")
    )
    assert not isinstance(person, Refusal)
    return {name: value for item in person.items for name, value in item.values.items()}


def versions(office: House, subject: str, category: str) -> list[items.Legal]:
    return [i for i in office.look(lambda work: items.legal(work, subject)) if i.klass == "data" and i.category == category]


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, 0, tzinfo=START.tzinfo)


class TestTheNewVersion:
    """What stands afterwards."""

    def test_it_takes_the_whole_category_under_its_own_key_and_cites_its_documents(self, office: House, someone: Applicant) -> None:
        (before,) = versions(office, someone.subject, "6.2.1")
        proof = paper(office, someone.subject)
        done = rectify(someone, document=proof, surname="Жаңабаева")
        assert isinstance(done, Done)
        now = versions(office, someone.subject, "6.2.1")[-1]
        assert (now.item_id, now.version, now.fields, now.superseded_at) == (done.target, before.version + 1, before.fields, None)
        assert (now.purposes, now.ground, now.consent, now.term_rule) == (before.purposes, before.ground, before.consent, before.term_rule)
        assert shown(someone)["surname"] == "Жаңабаева"
        assert shown(someone)["iin"] == someone.person.iin
        assert done.fields == ("surname",)

    def test_the_old_version_is_destroyed_key_first_and_the_check_finds_nothing(self, office: House, someone: Applicant) -> None:
        (before,) = versions(office, someone.subject, "6.2.1")
        done = rectified(someone, surname="Жаңабаева")
        assert done.kept == ()
        destroyed(office)
        assert [i.version for i in versions(office, someone.subject, "6.2.1")] == [before.version + 1]
        assert before.item_id not in office.look(lambda work: datakeys.ids(work, someone.subject))
        assert office.look(lambda work: destroy.one(work, someone.subject, done.plan)).next == ""

    def test_a_field_that_was_not_there_is_supplemented(self, office: House, someone: Applicant) -> None:
        done = rectified(someone, patronymic="Серікқызы", workplace="Алматы зауыты")
        assert set(done.fields) == {"patronymic", "workplace"}
        values = shown(someone)
        assert values["workplace"] == "Алматы зауыты"
        (work_place,) = versions(office, someone.subject, "6.2.3")
        (name,) = [i for i in versions(office, someone.subject, "6.2.1") if i.superseded_at is None]
        assert work_place.purposes == name.purposes

    def test_what_is_wrong_and_cannot_be_put_right_is_left_out_and_destroyed(self, office: House, someone: Applicant) -> None:
        done = rectified(someone, income_monthly="")
        destroyed(office)
        assert "income_monthly" not in shown(someone)
        assert versions(office, someone.subject, "6.2.6") == []
        assert done.fields == ("income_monthly",)

    def test_values_that_stand_so_already_change_nothing_and_say_so(self, office: House, someone: Applicant) -> None:
        before = versions(office, someone.subject, "6.2.1")
        done = rectified(someone, first_name=someone.person.first_name)
        assert (done.fields, done.target, done.told, done.plan) == ((), "", (), "")
        assert versions(office, someone.subject, "6.2.1") == before

    def test_uploads_stay_with_the_new_version(self, office: House, wire: Wire) -> None:
        person = office.person()
        upload = media.receive(office.settings.media_dir, [b"%PDF-1.7 made-up" + b" " * 64], 1)
        received = office.submit(person, uploads=(Stored("document_copy", upload),))
        office.confirm(person, received)
        someone = Applicant(office, person, received.subject, received)
        rectified(someone, city="Ақтау")
        destroyed(office)
        homes = {i.item_id for i in versions(office, someone.subject, "6.2.5")}
        assert {entry.item_id for entry in office.look(lambda work: media.of(work, someone.subject))} == homes

    def test_a_term_from_the_day_of_collecting_is_not_made_longer(self, office: House, someone: Applicant) -> None:
        before = {i.category: i.term_end for i in office.look(lambda work: items.legal(work, someone.subject)) if i.klass == "data"}
        later(office, days=30)
        rectified(someone, city="Ақтау")
        now = versions(office, someone.subject, "6.2.2")[-1]
        assert now.term_end == before["6.2.2"]

    def test_the_log_has_one_entry_with_a_child_for_each_version(self, office: House, someone: Applicant) -> None:
        given = requests.Order(
            Kind.RECTIFY, someone.subject, document=paper(office, someone.subject), values={"surname": "Жаңабаева", "city": "Ақтау"}
        )

        def act(work: Work) -> list[Entry]:
            requests.order(work, office.office.desk, given)
            return [decode(leaf.body) for leaf in work.leaves]

        entries = [entry for entry in office.do(act, office.dpo) if entry.act.startswith("change.")]
        parent = next(e for e in entries if e.act == Act.CORRECTED)
        made = [e for e in entries if e.act == Act.VERSION_MADE]
        assert (parent.clause, parent.count, parent.category) == ("4.1.2", 2, "6.2.1,6.2.2")
        assert [e.parent for e in made] == [parent.id, parent.id]


class TestWhatKeepsTheOldVersion:
    """The old one stays only where a term, an obligation, a hold or a block keeps it, and says why."""

    def test_an_obligation_keeps_it_and_its_end_lets_it_go(self, office: House, someone: Applicant) -> None:
        tie = office.do(
            lambda work: open_relation(
                work, someone.subject, NewRelation(RelationKind.CONTRACT, date(2026, 3, 1), frozenset({office.purpose}))
            )
        )
        done = rectified(someone, surname="Жаңабаева")
        assert (done.kept, done.plan) == (("obligation_open",), "")
        destroyed(office)
        assert len(versions(office, someone.subject, "6.2.1")) == 2
        kept = office.do(lambda work: retain.former_kept(work, office.office.gate, someone.subject))
        assert [(item, f.code, f.clause) for item, f in kept] == [
            (versions(office, someone.subject, "6.2.1")[0].item_id, "obligation_open", "5.4")
        ]
        office.do(lambda work: close_relation(work, someone.subject, tie, date(2026, 3, 19), fulfilled=True))
        office.do(lambda work: retain.sweep_one(work, office.office.gate, office.office.house, someone.subject))
        destroyed(office)
        assert len(versions(office, someone.subject, "6.2.1")) == 1

    def test_a_hold_keeps_it(self, office: House, someone: Applicant) -> None:
        someone.done(Kind.HOLD, reason="claim_for_damages")
        done = rectified(someone, surname="Жаңабаева")
        assert done.kept == ("stopped_by_hold",)
        assert shown(someone)["surname"] == "Жаңабаева"
        destroyed(office)
        assert len(versions(office, someone.subject, "6.2.1")) == 2

    def test_a_block_lets_the_correction_through_and_keeps_the_old_version_until_its_end(self, office: House, someone: Applicant) -> None:
        state = someone.done(Kind.BLOCK, reason="violation_claimed").target
        later(office, seconds=1)
        done = rectified(someone, surname="Жаңабаева")
        assert done.kept == ("stopped_by_block",)
        later(office, seconds=1)
        office.release(someone.subject, state)
        destroyed(office)
        assert len(versions(office, someone.subject, "6.2.1")) == 1
        assert shown(someone)["surname"] == "Жаңабаева"

    def test_a_lock_stops_the_correction(self, office: House, someone: Applicant) -> None:
        someone.done(Kind.LOCK, reason="statutory_term")
        answer = rectify(someone, surname="Жаңабаева")
        assert isinstance(answer, Refusal)
        assert [reason.code for reason in answer.verdict.reasons] == ["stopped_by_lock"]

    def test_a_state_over_a_part_leaves_the_whole_version_as_it_was(self, office: House, someone: Applicant) -> None:
        someone.done(Kind.LOCK, reason="statutory_term", scope=Scope(categories=frozenset({"6.2.1"})))
        answer = rectify(someone, surname="Жаңабаева", city="Ақтау")
        assert isinstance(answer, Refusal)
        assert shown(someone)["city"] != "Ақтау"


class TestFinding:
    """The old value finds nobody any more."""

    def test_by_the_old_name_nobody_is_found_and_by_the_new_one_the_person_is(self, office: House, someone: Applicant) -> None:
        rectified(someone, surname="Жаңабаева")

        def by_name(surname: str) -> list[str]:
            query = use.Query(surname=surname, birth_year=str(someone.person.born.year))
            return [h.subject for h in office.do(lambda work: use.find(work, office.office.gate, query, office.purpose), office.dpo).hits]

        assert by_name("Жаңабаева") == [someone.subject]
        assert by_name(someone.person.surname) == []
        assert [h.subject for h in office.find("iin", someone.person.iin).hits] == [someone.subject]

    def test_by_the_old_iin_nobody_is_found(self, office: House, someone: Applicant) -> None:
        new = next(people(99, 1)).iin
        rectified(someone, iin=new)
        assert office.find("iin", someone.person.iin).hits == ()
        assert [h.subject for h in office.find("iin", new).hits] == [someone.subject]

    def test_nobody_becomes_a_known_person_by_a_correction(self, office: House, someone: Applicant) -> None:
        other = office.applicant()
        with pytest.raises(Conflict, match="iin_known"):
            rectify(someone, iin=other.person.iin)


class TestFaults:
    """Every fault at once, and nothing changed."""

    def test_all_faults_of_fields_and_documents_come_at_once(self, office: House, someone: Applicant) -> None:
        other = office.applicant()
        theirs = paper(office, other.subject)
        with pytest.raises(Invalid) as wrong:
            rectify(
                someone,
                document=theirs,
                iin="123456789012",
                shoe_size="43",
                phone="+77010000001",
                birth_date="2030-01-01",
                document_copy="x",
            )
        assert {(e.field, e.code) for e in wrong.value.errors} == {
            ("data.iin", "iin_check_digit"),
            ("data.shoe_size", "field_unlisted"),
            ("data.phone", "contact_needs_identity"),
            ("data.birth_date", "date_in_future"),
            ("data.document_copy", "field_unlisted"),
            ("documents[0]", "document_not_on_file"),
        }

    @pytest.mark.parametrize("which", ["unknown", "of somebody else", "a mere statement"])
    def test_a_document_that_is_none_of_this_persons_proofs_is_not_one(self, office: House, someone: Applicant, which: str) -> None:
        before = versions(office, someone.subject, "6.2.1")
        document = {
            "unknown": office.document,
            "of somebody else": lambda: paper(office, office.applicant().subject),
            "a mere statement": lambda: paper(office, someone.subject, DocumentKind.STATEMENT),
        }[which]()
        with pytest.raises(Invalid):
            rectify(someone, document=document, surname="Жаңабаева")
        assert versions(office, someone.subject, "6.2.1") == before

    def test_without_documents_they_are_wanted_and_no_term_runs(self, office: House, someone: Applicant) -> None:
        answer = rectify(someone, document="", surname="Жаңабаева")
        assert isinstance(answer, Refusal)
        assert [reason.code for reason in answer.verdict.reasons] == ["documents_wanted"]
        (kept,) = [r for r in office.look(lambda work: requests.of_subject(work, someone.subject)) if r.kind is Kind.RECTIFY]
        assert (kept.state, kept.due) == ("refused", None)
        assert shown(someone)["surname"] == someone.person.surname

    def test_once_the_documents_are_there_it_is_due_the_next_working_day(self, office: House, someone: Applicant) -> None:
        office.clock.move(at(2026, 3, 20))  # a Friday before Nauryz, 21 to 25 March off
        assert rectified(someone, surname="Жаңабаева").due == date(2026, 3, 26)

    def test_a_contact_is_corrected_only_when_the_identity_check_allows_it(self, office: House, someone: Applicant) -> None:
        with pytest.raises(Invalid, match="contact_needs_identity"):
            rectify(someone, phone="+77010000001")
        proof = paper(office, someone.subject)
        office.done(Kind.RECTIFY, someone.subject, document=proof, values={"phone": "+7 701 000 00 01"}, contacts_checked=True)
        assert [h.subject for h in office.find("phone", "+77010000001").hits] == [someone.subject]
        assert office.find("phone", someone.person.phone).hits == ()

    def test_who_may_not_open_a_category_does_not_correct_it(self, office: House, someone: Applicant) -> None:
        answer = rectify(someone, office.clerk, surname="Жаңабаева")
        assert isinstance(answer, Refusal)
        assert {reason.code for reason in answer.verdict.reasons} == {"staff_without_grant"}

    def test_an_order_shows_no_values(self, office: House) -> None:
        assert "Жаңабаева" not in repr(requests.Order(Kind.RECTIFY, "someone", values={"surname": "Жаңабаева"}))

    def test_nobody_is_corrected_who_is_not_there(self, office: House) -> None:
        with pytest.raises(NotFound):
            office.do(
                lambda work: change.correct(work, office.office.gate, "01k00000000000000000000000", {"city": "Ақтау"}, ("x",)), office.dpo
            )

    def test_a_form_that_meets_a_known_person_waits_for_the_desk_first(self, office: House, someone: Applicant) -> None:
        form = office.form(someone.person, browser="another")
        received = office.do(lambda work: collect.submit(work, office.office.gate, form), PUBLIC)
        again = Applicant(office, someone.person, received.subject, received)
        answer = rectify(again, city="Ақтау")
        assert isinstance(answer, Refusal)
        assert "known_person_waits" in {reason.code for reason in answer.verdict.reasons} or answer.verdict.reasons

    def test_a_provisional_person_is_corrected_like_any_other(self, office: House, wire: Wire) -> None:
        person = office.person()
        received = office.submit(person)
        someone = Applicant(office, person, received.subject, received)
        assert office.look(lambda work: subjects.see(work, someone.subject)).fact.kind == "provisional"
        rectified(someone, city="Ақтау")
        assert shown(someone)["city"] == "Ақтау"


def test_two_corrections_one_after_the_other_leave_one_version(office: House, someone: Applicant) -> None:
    rectified(someone, surname="Бірінші")
    rectified(someone, surname="Екінші")
    destroyed(office)
    assert [i.version for i in versions(office, someone.subject, "6.2.1")] == [3]
    assert shown(someone)["surname"] == "Екінші"


def test_who_got_the_field_is_told_and_who_did_not_is_not(office: House, someone: Applicant, wire: Wire) -> None:
    rectified(someone, surname="Жаңабаева", city="Ақтау")
    told = transfers(office, someone.subject, Told.CORRECT)
    assert [(t.recipient, t.fields, t.purpose) for t in told] == [(office.bank_a, frozenset({"surname"}), office.purpose)]
