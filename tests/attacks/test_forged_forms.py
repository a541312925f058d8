"""Forms that lie: somebody else's IIN, stale consents, codes guessed, text that would be code, bytes that are no text, a clock set back."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from office import PUBLIC, Applicant, House, values_of
from sandyq import collect, consent, distribute, outbox, use
from sandyq.app.start import start
from sandyq.audit import history
from sandyq.audit.verify import verify
from sandyq.clock import SystemClock
from sandyq.collect import Choice, Received, Stored, codes, records
from sandyq.db import Work
from sandyq.errors import Invalid, NotFound, NotReady, TooMany
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.register import items, media
from sandyq.requests import Kind
from sandyq.sample.people import Person


@pytest.fixture
def victim(office: House) -> Applicant:
    return office.applicant(to=[office.bank_a])


def rows(house: House, subject: str) -> list[tuple]:
    """All that the register and the consents hold of a person, to the byte."""

    def read(work: Work) -> list[tuple]:
        tables = ("subject", "item", "media", "consent_grant", "consent_end", "block_state", "relation", "transfer")
        return [
            row for table in tables for row in work.durable.all(f"SELECT * FROM {table} WHERE subject_id = ? ORDER BY 1, 2, 3, 4", subject)
        ]

    return house.look(read)


def liar(house: House, iin: str) -> Person:
    """Somebody who types this IIN beside a name and a phone of their own."""
    return replace(house.person(), iin=iin)


def own(house: House, subject: str) -> dict[str, str]:
    ask = Ask(Operation.USE, subject, "", actor=ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)

    def opened(work: Work) -> dict[str, str]:
        answer = house.office.gate.ask(work, ask)
        assert not isinstance(answer, Refusal)
        return items.values(house.office.gate.open(work, answer))

    return house.do(opened)


# --- somebody else's IIN ---------------------------------------------------------------------------------------------------------------------------


def test_a_form_with_somebody_elses_iin_changes_nothing_of_theirs_and_shows_nothing(office: House, victim: Applicant):
    before = rows(office, victim.subject)
    other = liar(office, victim.person.iin)
    received = office.submit(other)
    assert received.subject != victim.subject
    assert rows(office, victim.subject) == before
    text = repr(received) + "".join(own(office, received.subject).values())
    assert not [secret for secret in victim.secrets if secret in text and secret != victim.person.iin]


def test_the_forged_lead_waits_for_the_desk_and_goes_to_nobody(office: House, victim: Applicant):
    other = liar(office, victim.person.iin)
    received = office.submit(other, to=[office.bank_a])
    assert [routed.transfer for routed in office.confirm(other, received)] in ([], [""], ["", ""])
    assert office.look(lambda work: distribute.history(work, received.subject)) == []
    [waiting] = office.do(lambda work: collect.undecided(work, office.office.gate))
    assert (waiting.subject, waiting.matches) == (received.subject, (victim.subject,))


def test_the_code_goes_to_the_phone_of_the_form_and_never_to_the_victims(office: House, victim: Applicant):
    other = liar(office, victim.person.iin)
    received = office.submit(other)
    row = next(r for r in office.do(lambda work: outbox.claim(work, 100)) if r.ref == f"{received.subject}:{received.challenge}")
    parcel = office.do(lambda work: office.office.carriers["code"].prepare(work, row))
    assert parcel is not None
    assert parcel.address == other.phone
    assert other.phone != victim.person.phone


def test_the_answer_is_the_same_for_unknown_known_and_blocked_people(office: House, victim: Applicant):
    blocked = office.applicant()
    blocked.done(Kind.BLOCK, reason="violation_claimed")
    told = []
    for iin in (office.person().iin, victim.person.iin, blocked.person.iin):
        received = office.submit(liar(office, iin))
        acts = (
            {entry.entry.act for entry in office.look(lambda work, s=received.subject: history.about(work, s))}
            if _sqlite(office)
            else set()
        )
        told.append((_shape(received), len(acts)))
    assert told[0] == told[1] == told[2]


def _shape(received: Received) -> list[tuple[str, int]]:
    return [(name, len(getattr(received, name))) for name in ("submission", "subject", "claim", "challenge", "phone_hint")]


def _sqlite(house: House) -> bool:
    return house.settings.engine == "sqlite"


def test_a_form_for_a_blocked_person_is_quarantined_and_does_not_lift_the_block(office: House, victim: Applicant):
    victim.done(Kind.BLOCK, reason="violation_claimed")
    received = office.submit(liar(office, victim.person.iin), to=[office.bank_a])
    [waiting] = office.do(lambda work: collect.undecided(work, office.office.gate))
    assert (waiting.subject, waiting.state) == (received.subject, "quarantined")
    assert isinstance(victim.show(), Refusal)


def test_the_withdrawal_of_a_forged_form_reaches_only_the_forged_one(office: House, victim: Applicant):
    received = office.submit(liar(office, victim.person.iin))
    theirs = [fact.id for fact in office.look(lambda work: consent.facts(work, victim.subject))]
    with pytest.raises((Invalid, NotFound)):
        office.done(Kind.WITHDRAW, received.subject, target=",".join(theirs))
    assert all(fact.state == "given" for fact in office.look(lambda work: consent.facts(work, victim.subject)) if fact.kind == "processing")


def test_many_forged_forms_leave_the_victim_findable_and_whole(office: House, victim: Applicant):
    before = own(office, victim.subject)
    office.clock.advance(timedelta(minutes=1))  # of equals the oldest is found first
    for number in range(30):
        office.submit(liar(office, victim.person.iin), address=f"2001:db8::{number:x}")
    assert own(office, victim.subject) == before
    assert victim.subject in {hit.subject for hit in office.find("iin", victim.person.iin).hits}


# --- consents ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda c: (*c[1:], replace(c[0], sha256="0" * 64)), "consent_changed"),
        (lambda c: (*c, c[0]), "twice"),
        (lambda c: (*c, Choice("recipient:01km27dz40mwk38bpja0dzty14", True, c[0].sha256)), "consent_unknown"),
        (lambda c: (*c, Choice("'; DROP TABLE subject; --", True, c[0].sha256)), "consent_unknown"),
    ],
    ids=["a stale digest", "a consent twice", "a recipient that is not offered", "a card that is code"],
)
def test_a_form_whose_consents_are_not_those_that_were_shown_is_refused_whole(office: House, harm, code: str):
    form = office.form(office.person())
    count = office.look(lambda work: work.durable.one("SELECT COUNT(*) FROM subject"))
    with pytest.raises(Invalid) as caught:
        office.do(lambda work: collect.submit(work, office.office.gate, replace(form, choices=harm(form.choices))), PUBLIC)
    assert code in {error.code for error in caught.value.errors}
    assert office.look(lambda work: work.durable.one("SELECT COUNT(*) FROM subject")) == count


# --- codes -------------------------------------------------------------------------------------------------------------------------------------------


def test_codes_cannot_be_guessed_by_many_forms(office: House):
    """Eight messages a day to a phone, each with five tries, are forty guesses in a million: then nothing is sent any more."""
    phone = office.person().phone
    sent = 0
    with pytest.raises(TooMany):
        for number in range(codes.PER_PHONE + 1):
            office.submit(replace(office.person(), phone=phone), address=f"2001:db8::{number:x}")
            sent += 1
    assert sent == codes.PER_PHONE
    assert sent * codes.TRIES * (codes.RESENDS + 1) / 1_000_000 < 0.001


def test_one_address_cannot_make_phones_ring_without_end(office: House):
    with pytest.raises(TooMany):
        for _ in range(codes.PER_ADDRESS + 1):
            office.submit(office.person(), address="198.51.100.9")


def test_after_five_wrong_codes_the_right_one_is_wrong_too_and_each_is_on_record(office: House):
    person = office.person()
    received = office.submit(person)
    browser, right = f"browser of {person.phone}", office.code(received)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for code in (wrong,) * 5 + (right,):
        state, *_ = office.do(lambda work, code=code: collect.confirm_code(work, office.office.gate, browser, code), PUBLIC)
        assert not state.ok
    assert state.tries_left == 0


@pytest.mark.parametrize("code", ["", " ", "000000' OR '1'='1", "٠٠٠٠٠٠", "1e5", "9" * 10_000, "\x00", "None"])
def test_what_is_no_code_is_a_wrong_code(office: House, code: str):
    person = office.person()
    office.submit(person)
    state, *_ = office.do(lambda work: collect.confirm_code(work, office.office.gate, f"browser of {person.phone}", code), PUBLIC)
    assert not state.ok


def test_another_browser_cannot_answer_with_the_right_code(office: House):
    received = office.submit(office.person())
    right = office.code(received)
    other = office.person()
    office.submit(other, address="2001:db8::1")
    state, *_ = office.do(lambda work: collect.confirm_code(work, office.office.gate, f"browser of {other.phone}", right), PUBLIC)
    assert not state.ok
    with pytest.raises(NotFound):
        office.do(lambda work: collect.confirm_code(work, office.office.gate, "a browser that sent nothing", right), PUBLIC)


def test_claim_codes_differ_and_one_letter_off_is_nobodys(office: House):
    ring = office.office.ring
    claims = [office.submit(office.person(), address=f"2001:db8::{n:x}").claim for n in range(20)]
    assert len(set(claims)) == 20
    for claim in claims[:5]:
        near = claim[:-1] + ("0" if claim[-1] != "0" else "1")
        assert office.look(lambda work, c=claim: records.claim(work, codes.claim_token(ring, c)))
        assert office.look(lambda work, c=near: records.claim(work, codes.claim_token(ring, c))) is None


# --- text that would be code, bytes that are no text --------------------------------------------------------------------------------------------

TEXTS = {
    "sql": "x'); DROP TABLE subject; --",
    "sql wildcard": "%_%' OR 1=1 --",
    "html": "<script>alert('1')</script><img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }} {% raw %} ${7*7}",
    "path": "../../../../etc/passwd",
    "formula": '=HYPERLINK("http://evil.example";"x")',
    "format": "%s%s%n {0.__class__} \\u0000",
    "direction": "\u202egnp.exe",
    "json": '","purposes":["marketing"],"x":"',
}
FREE = ("city", "residence_address", "profession", "workplace")


@pytest.mark.parametrize("kind", TEXTS)
def test_text_that_would_be_code_is_text(office: House, kind: str):
    """It comes back as it was typed, from the seal, and nothing else happened."""
    person, text = office.person(), TEXTS[kind]
    form = office.form(person)
    form = replace(form, values={**values_of(person), **dict.fromkeys(FREE, text)}, agent=text, source_detail=text)
    received = office.do(lambda work: collect.submit(work, office.office.gate, form), PUBLIC)
    assert isinstance(received, Received)
    opened = own(office, received.subject)
    assert {opened[name] for name in FREE} == {text}
    assert office.look(lambda work: work.durable.one("SELECT COUNT(*) FROM subject")) == (1,)


BROKEN = {"a lone surrogate": "Қала\ud800", "a zero byte": "Қала\x00x", "a line break": "Қала\r\nX-Header: 1", "an escape": "Қала\x1b[2J"}


@pytest.mark.parametrize("field", ["city", "surname", "email", "phone", "iin", "loan_amount", "birth_date", "loan_purpose"])
@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_line_of_text_is_a_fault_of_its_field(office: House, kind: str, field: str):
    person = office.person()
    form = office.form(person)
    form = replace(form, values={**values_of(person), field: BROKEN[kind]})
    if kind == "a line break" and field == "city":  # free text is kept on one line
        received = office.do(lambda work: collect.submit(work, office.office.gate, form), PUBLIC)
        assert own(office, received.subject)["city"] == "Қала X-Header: 1"
        return
    with pytest.raises(Invalid) as caught:
        office.do(lambda work: collect.submit(work, office.office.gate, form), PUBLIC)
    assert f"data.{field}" in {error.field for error in caught.value.errors}


@pytest.mark.parametrize("name", ["../iin", "iin'; --", "__class__", "", "x" * 5_000, "документ", "subject_id"])
def test_a_field_that_the_form_does_not_ask_is_refused_by_a_short_name(office: House, name: str):
    form = office.form(office.person())
    form = replace(form, values={**form.values, name: "1"})
    with pytest.raises(Invalid) as caught:
        office.do(lambda work: collect.submit(work, office.office.gate, form), PUBLIC)
    [error] = caught.value.errors
    assert error.code == "field_unlisted"
    assert len(error.field) <= 70


@pytest.mark.parametrize("field", ["../../keys/kek-000001.key", "iin", "surname", "nothing"])
def test_a_file_for_a_field_that_takes_none_is_refused(office: House, field: str):
    upload = media.receive(office.settings.media_dir, [b"%PDF-1.7 x"], office.look(lambda work: work.us))
    person = office.person()
    form = office.form(person, uploads=(Stored(field, upload),))
    if field in form.values:
        form = replace(form, values={name: value for name, value in form.values.items() if name != field})
    with pytest.raises(Invalid):
        office.do(lambda work: collect.submit(work, office.office.gate, form), PUBLIC)


@pytest.mark.parametrize("value", ["' OR '1'='1", "%", "900101'--", "\x00", "\ud800", "9" * 5_000])
@pytest.mark.parametrize("kind", ["iin", "phone", "email", "contract", "iin' OR '1'='1"])
def test_a_search_with_code_in_it_finds_nobody(office: House, victim: Applicant, kind: str, value: str):
    assert victim.subject
    try:
        found = office.find(kind, value)
    except Invalid:
        return
    assert found.hits == ()


def test_a_search_by_name_with_wildcards_finds_nobody(office: House, victim: Applicant):
    for surname in ("%", "_", "*", victim.person.surname[:2] + "%", "\ud800"):
        query = use.Query(surname=surname, birth_year=str(victim.person.born.year))
        try:
            found = office.do(lambda work, q=query: use.find(work, office.office.gate, q, office.purpose), office.clerk)
        except Invalid:
            continue
        assert found.hits == ()


# --- a clock set back -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=5)])
def test_a_block_stands_when_the_clock_goes_back_behind_its_beginning(office: House, back: timedelta):
    office.clock.advance(timedelta(hours=6))
    victim = office.applicant()
    victim.done(Kind.BLOCK, reason="violation_claimed")
    office.clock.advance(-back)
    assert isinstance(victim.show(), Refusal)


def test_before_the_policy_was_in_force_nothing_opens_at_all(office: House, victim: Applicant):
    office.clock.advance(-timedelta(days=400))
    with pytest.raises(NotReady, match="no_policy"):
        victim.show()


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(minutes=30)])
def test_a_withdrawal_counts_when_the_clock_goes_back_behind_it(office: House, back: timedelta):
    office.clock.advance(timedelta(hours=1))
    victim = office.applicant()
    office.clock.advance(timedelta(hours=1))
    given = [fact.id for fact in office.look(lambda work: consent.facts(work, victim.subject)) if fact.state == "given"]
    victim.done(Kind.WITHDRAW, target=",".join(given))
    office.clock.advance(-back)
    assert isinstance(victim.show(), Refusal)


def test_acts_and_log_stay_sound_over_a_clock_that_jumps_both_ways(office: House):
    subjects = []
    office.clock.advance(timedelta(hours=1))
    for jump in (0, -30, 90, -60, 3600, -3500):
        office.clock.advance(timedelta(seconds=jump))
        subjects.append(office.applicant().subject)
    assert len(set(subjects)) == 6
    while office.office.sequencer.run_once(office.office.write):
        pass
    office.office.publisher.publish(office.office.stores)
    made = office.office
    assert made.read(lambda work: verify(made.folder, made.publisher.key, work=work, witnesses=made.witnesses)).ok
    start(office.reopen())


def test_the_machines_clock_never_goes_back_inside_a_process(monkeypatch: pytest.MonkeyPatch):
    clock = SystemClock()
    first = clock.now()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    assert first < clock.now() < clock.now()
