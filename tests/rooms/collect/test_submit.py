"""Taking in a form: whole or not at all, every fault at once, and the same answer whoever it is about (policy 2.4, 2.18, 5.3, 6.2)."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from acts_world import rows
from office import CONSENTS, START, House
from sandyq import collect, consent, retain, speech
from sandyq.collect import Received, Rejected, Stored, Submission
from sandyq.consent.facts import Pressed
from sandyq.errors import Invalid
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import ActorKind, GrantKind, GrantState, Occasion, Operation, Reading, SourceKind
from sandyq.policy import acts as policy
from sandyq.register import index, items, media, subjects
from sandyq.requests import Kind


def sent(office: House, form: Submission) -> Received | Rejected:
    return office.do(lambda work: collect.submit(work, office.office.gate, form))


def taken(office: House, form: Submission) -> Received:
    answer = sent(office, form)
    assert isinstance(answer, Received)
    return answer


def test_an_iin_with_a_wrong_digit_and_an_unlisted_field_are_both_named_and_nothing_is_kept(office: House) -> None:
    person = office.person()
    form = office.form(person)
    wrong = person.iin[:-1] + str((int(person.iin[-1]) + 1) % 10)
    form = replace(form, values={**form.values, "iin": wrong, "shoe_size": "43", "city": ""})
    before = rows(office)
    with pytest.raises(Invalid) as faults:
        sent(office, form)
    named = {error.field: error for error in faults.value.errors}
    assert named.keys() == {"data.iin", "data.shoe_size", "data.city"}
    assert all(error.cites for error in named.values())
    assert rows(office) == before


@pytest.mark.parametrize(
    ("born", "code"),
    [
        ((START + timedelta(days=2)).date().isoformat(), "date_in_future"),
        ("1800-01-01", "date_too_old"),
        ("31.02.1990", "date_unreal"),
        ("2015-06-01", "minor"),
    ],
)
def test_a_day_on_which_nobody_alive_was_born_is_not_taken(office: House, born: str, code: str) -> None:
    form = office.form(office.person())
    with pytest.raises(Invalid) as faults:
        sent(office, replace(form, values={**form.values, "birth_date": born}))
    assert [(error.field, error.code) for error in faults.value.errors] == [("data.birth_date", code)]


def test_a_form_that_comes_twice_from_a_browser_tells_it_the_claim_code_again_until_the_phone_has_answered(office: House) -> None:
    form = replace(office.form(office.person()), once="one form")
    other = replace(form, once="another form")
    first, again = taken(office, form), taken(office, form)
    assert again == Received("", "", first.claim, "", first.phone_hint)
    office.clock.advance(timedelta(minutes=1))
    second = taken(office, other)
    assert taken(office, other).claim == second.claim != first.claim
    assert taken(office, form).claim == "", "the browser's last form is another one: its code is not this form's"
    office.do(lambda work: collect.confirm_code(work, office.office.gate, form.browser, office.code(second)))
    assert taken(office, other).claim == ""


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_fault_has_a_sentence_in_the_asked_language(office: House, language: str) -> None:
    form = office.form(office.person(), consents=())
    form = replace(form, values={**form.values, "iin": "123", "shoe_size": "43", "loan_amount": "much", "birth_date": "soon"})
    answer = sent(office, form)
    assert isinstance(answer, Rejected)
    for error in answer.errors:
        assert error.code not in speech.of_field(language, error)


def test_a_form_without_consents_is_refused_with_the_faults_of_its_fields_beside(office: House) -> None:
    form = office.form(office.person(), consents=())
    form = replace(form, values={**form.values, "iin": "123456789012"})
    before = rows(office)
    answer = sent(office, form)
    assert isinstance(answer, Rejected)
    assert "data.iin" in {error.field for error in answer.errors}
    assert any("94-V art. 8" in cite or "5.3" in cite for error in answer.errors for cite in error.cites)
    grown = {name.partition(".")[2] for name, count in rows(office).items() if count != before[name]}
    assert grown <= {"decision", "fact_set", "leaf", "pending_leaf", "subject_leaf", "tree_head"}


def test_a_no_to_collecting_is_told_beside_it_and_not_beside_the_consent_that_was_given(office: House) -> None:
    form = office.form(office.person())
    answer = sent(office, replace(form, choices=tuple(replace(c, given=c.given and c.card != "collection") for c in form.choices)))
    assert isinstance(answer, Rejected)
    assert {error.field for error in answer.errors} == {"consent.collection"}
    assert answer.errors[0].code == "consent_needed"


def test_a_consent_whose_text_was_changed_on_the_way_is_not_taken(office: House) -> None:
    form = office.form(office.person())
    first = form.choices[0]
    with pytest.raises(Invalid) as faults:
        sent(office, replace(form, choices=(replace(first, sha256="0" * 64), *form.choices[1:], first)))
    assert {"consent_changed", "twice"} <= {error.code for error in faults.value.errors}


def test_each_choice_stands_by_itself_with_the_digest_of_its_text(office: House) -> None:
    person = office.person()
    received = office.submit(person, to=[office.bank_a])
    kept = {(g.kind, g.recipient, g.channel): g for g in office.look(lambda work: consent.proofs(work, received.subject))}
    shown = {(c.kind, c.recipient, c.channel): c for c in office.look(lambda work: collect.cards(work, office.office.gate, "kk"))}
    assert kept.keys() == shown.keys()
    for matter, card in shown.items():
        assert kept[matter].text.sha256.hex() == card.text.sha256
        given = card.id in CONSENTS or card.recipient == office.bank_a
        assert kept[matter].state is (GrantState.GIVEN if given else GrantState.REFUSED), card.id


def test_how_consent_was_given_is_kept_sealed_and_opens_for_its_owner_alone(office: House) -> None:
    received = office.submit(office.person())
    evidence = next(i for i in office.look(lambda work: items.legal(work, received.subject)) if i.klass == "evidence")
    ask = Ask(Operation.USE, received.subject, office.purpose, actor=ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)

    def open_(named: Ask) -> dict[str, str]:
        def act(work):
            permit = office.office.gate.ask(work, named)
            return items.values({k: v for k, v in office.office.gate.open(work, permit).items() if k == evidence.item_id})

        return office.do(act)

    assert open_(ask) == {}
    assert open_(replace(ask, items=frozenset({evidence.item_id})))["ip"] == "192.0.2.7"


def _upload(office: House) -> media.Upload:
    return media.receive(office.settings.media_dir, [b"%PDF-1.7\n" + bytes(500)], office.look(lambda work: work.us))


def test_known_unknown_and_blocked_people_get_the_same_answer(office: House) -> None:
    known = office.applicant()
    blocked = office.applicant()
    blocked.done(Kind.BLOCK, reason="violation_claimed")
    answers = [office.submit(person) for person in (office.person(), known.person, blocked.person)]
    shapes = [{name: (type(value), len(value)) for name, value in asdict(answer).items()} for answer in answers]
    assert shapes[0] == shapes[1] == shapes[2]
    states = [office.look(lambda work, a=a: collect.submissions(work, a.subject)[0].state) for a in answers]
    assert states == ["waiting_code", "asserted", "quarantined"]


def test_a_form_with_a_known_iin_waits_for_the_desk_even_with_its_code(office: House) -> None:
    known = office.applicant(to=[office.bank_a])
    office.clock.advance(timedelta(seconds=1))
    second = office.submit(known.person, to=[office.bank_b])
    routed = office.confirm(known.person, second)
    assert [r.transfer for r in routed] == [""] * len(routed)
    assert all("waits_for_desk" in {f.code for f in r.verdict.reasons} for r in routed)
    waiting = office.do(lambda work: collect.undecided(work, office.office.gate))
    assert [(w.submission, w.matches) for w in waiting] == [(second.submission, (known.subject,))]


def test_a_form_for_a_blocked_person_is_quarantined_for_thirty_days_and_then_goes(office: House) -> None:
    blocked = office.applicant()
    blocked.done(Kind.BLOCK, reason="violation_claimed")
    received = office.submit(blocked.person)
    kept = [i for i in office.look(lambda work: items.legal(work, received.subject)) if i.klass == "data"]
    assert {i.term_end for i in kept} == {START.date() + timedelta(days=30)}
    office.clock.advance(timedelta(days=31))
    looked = office.do(lambda work: retain.sweep_one(work, office.office.gate, office.office.house, received.subject))
    assert looked.planned


def test_a_file_is_no_answer_to_a_field_of_text(office: House) -> None:
    form = office.form(office.person())
    values = {name: value for name, value in form.values.items() if name != "iin"}
    fake = Stored("iin", _upload(office))
    with pytest.raises(Invalid) as faults:
        sent(office, replace(form, values=values, uploads=(fake, Stored("document_copy", fake.upload))))
    assert {("file.iin", "field_unlisted"), ("data.iin", "missing")} <= {(e.field, e.code) for e in faults.value.errors}


def test_an_upload_is_kept_under_the_item_of_its_field(office: House) -> None:
    received = office.submit(office.person(), uploads=(Stored("document_copy", _upload(office)),))
    home = next(i for i in office.look(lambda work: items.legal(work, received.subject)) if "document_copy" in i.fields)
    assert [entry.item_id for entry in office.look(lambda work: media.of(work, received.subject))] == [home.item_id]


def test_too_many_digits_or_a_value_out_of_bounds_is_told_with_its_bounds(office: House) -> None:
    form = office.form(office.person())
    with pytest.raises(Invalid) as faults:
        sent(office, replace(form, values={**form.values, "loan_term_months": "9999"}))
    assert [(e.field, e.code) for e in faults.value.errors] == [("data.loan_term_months", "out_of_range")]


def test_the_form_is_found_by_its_iin_and_only_as_asserted(office: House) -> None:
    person = office.person()
    received = office.submit(person)
    found = office.do(lambda work: index.find(work, office.office.ring, "iin", person.iin))
    assert [(m.subject, m.asserted) for m in found.matches] == [(received.subject, True)]
    assert office.look(lambda work: subjects.see(work, received.subject)).fact.kind == "provisional"


def test_a_third_partys_data_without_its_guarantee_are_refused(office: House) -> None:
    answer = sent(office, office.form(office.person(), source=SourceKind.THIRD_PARTY))
    assert isinstance(answer, Rejected)
    assert "guarantee_missing" in {error.code for error in answer.errors}


class TestAsPublished:
    """The reading by the policy's own words (5.3), live on a recorded acceptance."""

    @pytest.fixture(autouse=True)
    def _accepted(self, office: House) -> None:
        accepted = office.do(lambda work: policy.accept_as_published(work, office.edition, "12/2026"), office.dpo)
        office.do(lambda work: policy.install(work, office.edition, office.pack, Reading.AS_PUBLISHED, accepted))
        office.clock.advance(timedelta(seconds=1))

    def test_sending_the_form_counts_as_a_yes_to_what_it_is_for_and_to_nothing_else(self, office: House) -> None:
        received = sent(office, replace(office.form(office.person()), choices=()))
        assert isinstance(received, Received), [(e.code, e.cites) for e in received.errors]
        grants = office.look(lambda work: consent.proofs(work, received.subject))
        assert {(g.kind, g.purpose, g.implied, g.pressed) for g in grants} == {
            (GrantKind.COLLECTION, office.purpose, True, Pressed.USED_THE_SERVICE),
            (GrantKind.PROCESSING, office.purpose, True, Pressed.USED_THE_SERVICE),
        }

    @pytest.mark.parametrize("clause", ["3.6", "3.7", "3.8"])
    def test_it_carries_no_statistics_no_personnel_work_and_no_marketing(self, office: House, clause: str) -> None:
        received = sent(office, replace(office.form(office.person()), choices=()))
        assert isinstance(received, Received)
        for purpose, row in office.edition.data["purposes"].items():
            if row["clause"] == clause:
                ask = Ask(Operation.USE, received.subject, purpose, frozenset({"phone"}))
                verdict, _ = office.do(lambda work, ask=ask: office.office.gate.weigh(work, ask))
                assert not verdict.permitted, purpose

    def test_it_publishes_nothing(self, office: House) -> None:
        received = sent(office, replace(office.form(office.person()), choices=()))
        assert isinstance(received, Received)
        ask = Ask(Operation.DISTRIBUTE, received.subject, office.purpose, frozenset({"surname"}), recipient="public")
        verdict, _ = office.do(lambda work: office.office.gate.weigh(work, ask))
        assert not verdict.permitted

    def test_a_box_left_empty_stays_a_no(self, office: House) -> None:
        form = office.form(office.person(), consents=("collection",))
        received = sent(office, form)
        assert isinstance(received, Received)
        grants = {g.kind: g.state for g in office.look(lambda work: consent.proofs(work, received.subject)) if not g.recipient}
        assert grants[GrantKind.PROCESSING] is GrantState.REFUSED
        ask = Ask(Operation.USE, received.subject, office.purpose, frozenset({"phone"}))
        verdict, _ = office.do(lambda work: office.office.gate.weigh(work, ask))
        assert not verdict.permitted

    def test_the_strict_reading_takes_no_silence_for_a_yes(self, office: House) -> None:
        office.do(lambda work: policy.install(work, office.edition, office.pack))
        office.clock.advance(timedelta(seconds=1))
        assert isinstance(sent(office, replace(office.form(office.person()), choices=())), Rejected)
