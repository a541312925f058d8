"""People behind the wall of 3.7: taken on by their own grounds, found there alone, and gone when nothing keeps them (art. 9(2-1), 9(10), 14)."""

from datetime import date, timedelta

import pytest

from acts_world import destroyed, later, on_demand, wired
from office import House
from personnel_world import BY_LAW, candidate, employee, hr, take_on, values
from sandyq import consent, destroy, personnel, relations, requests, retain, use
from sandyq.app import keys, start
from sandyq.errors import Conflict, Invalid, NotFound, SandyqError
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import GrantKind, StateKind
from sandyq.personnel import Ground, Role
from sandyq.register import index, items, subjects
from sandyq.requests import DocumentKind, Kind


@pytest.fixture
def office(office: House) -> House:
    start.start(office.office)
    wired(office)
    return office


@pytest.fixture
def keeper(office: House):
    return hr(office)


def shown(office: House, by, subject: str, purpose: str) -> use.ShownPerson | Refusal:
    return office.do(lambda work: personnel.show(work, office.office.gate, subject, purpose), by)


def found(office: House, by, person, purpose: str = "labour") -> list[str]:
    query = use.Query("iin", person.iin)
    return [hit.subject for hit in office.do(lambda work: personnel.find(work, office.office.gate, query, purpose), by).hits]


class TestTakingOn:
    """Who comes in, with what, on what ground."""

    def test_an_employee_is_taken_on_by_the_labour_code_without_a_consent(self, office: House, keeper) -> None:
        person = office.person()
        made = take_on(office, keeper, employee(person))
        seen = office.look(lambda work: subjects.see(work, made.subject)).fact
        assert (seen.wall, seen.kind, seen.iin_verified) == ("staff", "verified", True)
        legal = {i.category: i for i in office.look(lambda work: items.legal(work, made.subject)) if i.klass == "data"}
        assert (legal["6.2.1"].ground, legal["6.2.1"].citation) == ("9(2-1)", "Labour Code art. 28")
        assert legal["6.2.1"].purposes == {"labour", "pay-and-tax"}
        assert (legal["6.2.6"].ground, legal["6.2.6"].purposes) == ("9(10)", {"pay-and-tax"})
        assert office.look(lambda work: consent.facts(work, made.subject)) == ()
        (tie,) = office.look(lambda work: relations.all_of(work, made.subject))
        assert (tie.kind, tie.started, tie.ended) == ("employment", date(2026, 3, 2), None)

    def test_a_candidate_is_taken_on_by_signed_consents_each_by_itself(self, office: House, keeper) -> None:
        made = take_on(office, keeper, candidate(office.person()))
        kept = office.look(lambda work: consent.proofs(work, made.subject))
        assert {(g.kind, g.purpose, g.via, g.pressed) for g in kept} == {
            (GrantKind.COLLECTION, "candidate", "paper", "signed_on_paper"),
            (GrantKind.PROCESSING, "candidate", "paper", "signed_on_paper"),
        }
        assert isinstance(shown(office, keeper, made.subject, "candidate"), use.ShownPerson)

    def test_without_a_ground_of_the_law_or_a_citation_nothing_is_kept(self, office: House, keeper) -> None:
        person = office.person()
        bare = employee(person, grounds={"labour": Ground("9(2-1)", "")}, values={"salary_monthly": ""})
        answer = office.do(lambda work: personnel.take_on(work, office.office.gate, bare), keeper)
        assert isinstance(answer, Refusal)
        assert "citation_missing" in {reason.code for reason in answer.verdict.reasons}
        assert found(office, keeper, person) == []

    def test_all_faults_come_at_once(self, office: House, keeper) -> None:
        wrong = employee(
            office.person(),
            values={"iin": "1", "shoe_size": "43", "income_monthly": "1"},
            grounds={"labour": BY_LAW, "loan-application": BY_LAW},
            started=date(2026, 4, 1),
            paper="",
        )
        with pytest.raises(Invalid) as faults:
            take_on(office, keeper, wrong)
        assert {e.field for e in faults.value.errors} == {
            "grounds.loan-application",
            "data.iin",
            "data.shoe_size",
            "data.income_monthly",
            "data.salary_monthly",
            "started",
            "paper",
        }

    def test_a_citation_is_no_place_for_words_of_ones_own(self, office: House, keeper) -> None:
        wrong = employee(office.person(), grounds={"labour": Ground("9(2-1)", "as S. Sample asked me to")}, values={"salary_monthly": ""})
        with pytest.raises(Invalid, match="citation_shape"):
            take_on(office, keeper, wrong)

    def test_one_iin_is_taken_on_once(self, office: House, keeper) -> None:
        person = office.person()
        take_on(office, keeper, employee(person))
        with pytest.raises(Conflict, match="taken_on_already"):
            take_on(office, keeper, candidate(person))

    def test_a_candidate_becomes_an_employee_under_the_same_record(self, office: House, keeper) -> None:
        person = office.person()
        made = take_on(office, keeper, candidate(person))
        later(office, days=1)
        again = take_on(office, keeper, employee(person), made.subject)
        assert again.subject == made.subject
        ties = office.look(lambda work: relations.all_of(work, made.subject))
        assert [(t.kind, t.ended is None) for t in ties] == [("application", False), ("employment", True)]
        now = office.do(lambda work: personnel.standing(work, made.subject), keeper)
        assert (now.role, now.until) == (Role.EMPLOYEE, None)
        assert found(office, keeper, person) == [made.subject]

    @pytest.mark.parametrize("who", ["clerk", "dpo"])
    def test_only_the_personnel_department_takes_on(self, office: House, keeper, who: str) -> None:
        new = employee(office.person())
        answer = office.do(lambda work: personnel.take_on(work, office.office.gate, new), getattr(office, who))
        assert isinstance(answer, Refusal)

    def test_nothing_of_the_values_shows_in_a_traceback(self, office: House) -> None:
        person = office.person()
        assert person.surname not in repr(employee(person))


class TestTheEnd:
    """From the end on terms run, and the sweep works behind the wall too."""

    def test_what_only_the_employment_needed_goes_and_what_tax_law_keeps_stays(self, office: House, keeper) -> None:
        made = take_on(office, keeper, employee(office.person()))
        later(office, days=30)
        office.do(lambda work: personnel.end(work, office.office.gate, made.subject, date(2026, 4, 17)), keeper)
        later(office, days=2)
        office.do(lambda work: retain.sweep_one(work, office.office.gate, office.office.house, made.subject))
        destroyed(office)
        left = {i.category for i in office.look(lambda work: items.legal(work, made.subject)) if i.klass == "data"}
        assert left == {"6.2.1", "6.2.3", "6.2.4", "6.2.6"}  # the phone served nothing but the employment
        later(office, days=5 * 366)
        office.do(lambda work: retain.sweep_one(work, office.office.gate, office.office.house, made.subject))
        destroyed(office)
        assert not office.look(lambda work: subjects.alive(work, made.subject))

    def test_while_the_employment_lasts_nothing_of_it_is_destroyed(self, office: House, keeper) -> None:
        made = take_on(office, keeper, employee(office.person()))
        on_demand(office)
        answer = office.order(Kind.DESTROY, made.subject)
        assert isinstance(answer, Refusal)
        assert "obligation_open" in {f.code for f in answer.verdict.findings}

    def test_what_is_still_owed_keeps_it_open(self, office: House, keeper) -> None:
        made = take_on(office, keeper, employee(office.person()))
        later(office, days=1)
        day = date(2026, 3, 20)
        office.do(lambda work: personnel.end(work, office.office.gate, made.subject, day, fulfilled=False), keeper)
        later(office, days=10)
        office.do(lambda work: retain.sweep_one(work, office.office.gate, office.office.house, made.subject))
        destroyed(office)
        assert "6.2.7" in {i.category for i in office.look(lambda work: items.legal(work, made.subject))}
        office.do(lambda work: personnel.end(work, office.office.gate, made.subject, day), keeper)
        assert office.do(lambda work: personnel.standing(work, made.subject), keeper).fulfilled

    def test_a_candidate_who_was_not_taken_is_forgotten_after_the_term(self, office: House, keeper) -> None:
        made = take_on(office, keeper, candidate(office.person()))
        office.clock.advance(timedelta(days=92))
        for _ in range(2):
            office.do(lambda work: retain.sweep_one(work, office.office.gate, office.office.house, made.subject))
            destroyed(office)
            later(office, days=1)
        assert not office.look(lambda work: subjects.alive(work, made.subject))

    def test_the_same_end_is_not_entered_twice(self, office: House, keeper) -> None:
        made = take_on(office, keeper, employee(office.person()))
        office.do(lambda work: personnel.end(work, office.office.gate, made.subject, date(2026, 3, 19)), keeper)
        with pytest.raises(Conflict):
            office.do(lambda work: personnel.end(work, office.office.gate, made.subject, date(2026, 3, 19)), keeper)


class TestRights:
    """The person behind the wall has the same rights: the responsible person sees both sides."""

    def test_a_correction_on_documents_works_behind_the_wall(self, office: House, keeper) -> None:
        person = office.person()
        made = take_on(office, keeper, employee(person))
        proof = office.do(
            lambda work: requests.file_document(work, office.office.gate, made.subject, DocumentKind.PROOF, "certificate 7"), office.dpo
        )
        done = office.done(Kind.RECTIFY, made.subject, document=proof, values={"surname": "Жаңабаева"})
        assert done.fields == ("surname",)
        stems = index.name_and_year
        assert office.do(lambda work: stems(work, office.office.ring, "Жаңабаева", person.born.year, wall="staff")).subjects == [
            made.subject
        ]
        assert office.do(lambda work: stems(work, office.office.ring, "Жаңабаева", person.born.year)).subjects == []

    def test_a_block_stops_personnel_work_too(self, office: House, keeper) -> None:
        made = take_on(office, keeper, employee(office.person()))
        office.done(Kind.BLOCK, made.subject, reason="violation_claimed")
        answer = shown(office, keeper, made.subject, "labour")
        assert isinstance(answer, Refusal)
        assert StateKind.BLOCK.value in {code.removeprefix("stopped_by_") for code in (r.code for r in answer.verdict.reasons)}


def test_a_client_is_nobody_to_the_personnel_department(office: House, keeper) -> None:
    client = office.applicant()
    for act in (
        lambda work: personnel.show(work, office.office.gate, client.subject, "labour"),
        lambda work: personnel.standing(work, client.subject),
        lambda work: personnel.end(work, office.office.gate, client.subject, date(2026, 3, 19)),
        lambda work: personnel.take_on(work, office.office.gate, employee(client.person), client.subject),
    ):
        with pytest.raises(NotFound, match="subject_unknown"):
            office.do(act, keeper)
    assert found(office, keeper, client.person) == []


def test_a_search_is_for_a_purpose_of_labour_alone(office: House, keeper) -> None:
    with pytest.raises(Invalid):
        found(office, keeper, office.person(), office.purpose)


def test_values_are_those_of_the_list_of_the_purposes(office: House) -> None:
    listed = frozenset().union(*[office.edition.policy.purposes[p].fields for p in ("labour", "pay-and-tax")])
    assert frozenset(values(office.person(), salary_monthly="1")) <= listed


class TestKeys:
    """The wall is one of keys, too: each side has generations of its own."""

    @staticmethod
    def sides(office: House) -> dict[str, list[int]]:
        provider = office.office.ring.provider
        return {"kek": provider.present("kek"), "staff": provider.present("staff")}

    @staticmethod
    def under(office: House, subject: str) -> set[int]:
        sql = "SELECT generation FROM wrapped_key WHERE subject_id = ?"
        return {int(row[0]) for row in office.do(lambda work: work.perishable.all(sql, subject))}

    def test_an_office_without_personnel_has_none_and_the_first_taken_on_brings_one(self, office: House, keeper) -> None:
        client = office.applicant()
        assert self.sides(office) == {"kek": [1], "staff": []}
        made = take_on(office, keeper, employee(office.person()))
        assert self.sides(office) == {"kek": [1], "staff": [2]}
        assert (self.under(office, client.subject), self.under(office, made.subject)) == ({1}, {2})

    def test_a_turn_of_the_keys_moves_each_side_to_its_own_new_generation(self, office: House, keeper) -> None:
        client, made = office.applicant(), take_on(office, keeper, employee(office.person()))
        assert sorted(keys.turn(office.office)) == [1, 2]
        assert self.sides(office) == {"kek": [3], "staff": [4]}
        assert (self.under(office, client.subject), self.under(office, made.subject)) == ({3}, {4})
        assert isinstance(client.show(), use.ShownPerson)
        assert isinstance(shown(office, keeper, made.subject, "labour"), use.ShownPerson)

    def test_a_correction_and_a_paper_stay_on_their_side(self, office: House, keeper) -> None:
        made = take_on(office, keeper, employee(office.person()))
        proof = office.do(
            lambda work: requests.file_document(work, office.office.gate, made.subject, DocumentKind.PROOF, "paper 7"), office.dpo
        )
        office.done(Kind.RECTIFY, made.subject, document=proof, values={"surname": "Жаңабаева"})
        assert self.under(office, made.subject) == {2}

    def test_what_is_destroyed_on_one_side_leaves_the_keys_of_the_other(self, office: House, keeper) -> None:
        client, made = office.applicant(), take_on(office, keeper, employee(office.person()))
        office.office.ring.provider.destroy("staff", 2)
        office.reopen()
        assert isinstance(client.show(), use.ShownPerson)
        with pytest.raises(SandyqError):
            shown(office, keeper, made.subject, "labour")

    def test_the_certificate_counts_on_the_generation_of_its_side(self, office: House, keeper) -> None:
        made = take_on(office, keeper, candidate(office.person()))
        office.clock.advance(timedelta(days=92))
        office.do(lambda work: retain.sweep_one(work, office.office.gate, office.office.house, made.subject))
        later(office, days=1)
        office.do(lambda work: retain.sweep_one(work, office.office.gate, office.office.house, made.subject))
        (plan,) = [p for p in office.look(lambda work: destroy.plans(work, made.subject)) if p.whole]
        assert plan.generation == 2
