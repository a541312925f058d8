"""Opening a receipt by claim code and phone code (design 11, 20)."""

from datetime import timedelta

import pytest

from office import PUBLIC, House
from sandyq import outbox
from sandyq.app import plans, start
from sandyq.app.carry import Post
from sandyq.audit import history
from sandyq.collect import claims, codes
from sandyq.db import Work
from sandyq.errors import TooMany
from sandyq.identity import drop_stale, records
from sandyq.requests import Kind

NOBODYS = "AAAAA-BBBBB-CCCCC-DDDDD"


def ask(office: House, claim: str, browser: str = "b", address: str = "192.0.2.9") -> claims.Asked:
    return office.do(lambda work: claims.ask_code(work, office.office.gate, claim, browser, address), PUBLIC)


def enter(office: House, code: str, browser: str = "b") -> str:
    return office.do(lambda work: claims.enter(work, office.office.gate, browser, code), PUBLIC)


def sent_code(office: House, browser: str = "b") -> str:
    gate = office.office.gate

    def look(work: Work) -> str:
        made = records.bound_challenge(work, codes.binding(gate.ring, browser), claims.KIND)
        assert made is not None
        return codes.code_of(gate.ring, made.id, made.sends)

    return office.look(look)


def holder(office: House, secret: str) -> claims.Holder | None:
    return office.look(lambda work: claims.session(work, office.office.gate, secret))


def test_the_claim_code_and_the_code_of_the_phone_open_a_session(office: House) -> None:
    person = office.applicant()
    assert not ask(office, person.received.claim).session
    secret = enter(office, sent_code(office))
    assert holder(office, secret) == claims.Holder(person.subject, person.received.submission)


def test_typing_habits_do_not_matter(office: House) -> None:
    person = office.applicant()
    ask(office, " " + person.received.claim.lower().replace("-", " ").replace("0", "o").replace("1", "l"))
    assert enter(office, sent_code(office))


def test_a_claim_code_that_leads_nowhere_gets_the_same_answer_and_the_same_work(office: House) -> None:
    person = office.applicant()

    def done(claim: str) -> tuple[claims.Asked, list[str]]:
        before = {row.entry.id for row in office.look(lambda work: history.latest(work, limit=500))}
        answer = ask(office, claim)
        rows = office.look(lambda work: history.latest(work, limit=500))
        return answer, [row.entry.act for row in rows if row.entry.id not in before]

    if office.office.stores.engine == "sqlite":  # numbers wait for the sequencer on the other engine
        assert done(person.received.claim) == done(NOBODYS)
    assert ask(office, person.received.claim) == ask(office, NOBODYS)


def test_nothing_is_sent_for_a_claim_code_that_leads_nowhere_and_its_own_code_opens_nothing(office: House) -> None:
    ask(office, NOBODYS)
    Post(office.office.stores, office.office.carriers).run()
    assert office.office.sms.latest() == []  # type: ignore[attr-defined]
    assert not office.look(outbox.waiting)
    assert enter(office, sent_code(office)) == ""


def test_the_code_comes_to_the_phone_of_the_form(office: House) -> None:
    person = office.applicant()
    Post(office.office.stores, office.office.carriers).run()
    ask(office, person.received.claim)
    Post(office.office.stores, office.office.carriers).run()
    (message,) = office.office.sms.latest(person.person.phone[-4:])[:1]  # type: ignore[attr-defined]
    assert sent_code(office) in message.text


def test_after_five_wrong_codes_the_right_one_opens_nothing(office: House) -> None:
    person = office.applicant()
    ask(office, person.received.claim)
    right = sent_code(office)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    assert [enter(office, wrong) for _ in range(5)] == [""] * 5
    assert enter(office, right) == ""


@pytest.mark.parametrize(("browser", "later"), [("another browser", 0), ("b", 301)])
def test_a_code_counts_only_in_its_browser_and_for_five_minutes(office: House, browser: str, later: int) -> None:
    person = office.applicant()
    ask(office, person.received.claim)
    code = sent_code(office)
    office.clock.advance(timedelta(seconds=later))
    assert enter(office, code, browser) == ""


def test_a_code_counts_once(office: House) -> None:
    person = office.applicant()
    ask(office, person.received.claim)
    code = sent_code(office)
    assert enter(office, code)
    assert enter(office, code) == ""


def test_a_person_is_not_sent_codes_without_end(office: House) -> None:
    person = office.applicant()
    for n in range(codes.PER_PHONE):
        ask(office, person.received.claim, f"b{n}", f"192.0.2.{n}")
    with pytest.raises(TooMany):
        ask(office, person.received.claim, "b", "192.0.2.99")


def test_a_session_ends_after_half_an_hour_or_when_it_is_left(office: House) -> None:
    person = office.applicant()
    ask(office, person.received.claim)
    secret = enter(office, sent_code(office))
    office.clock.advance(timedelta(minutes=31))
    assert holder(office, secret) is None
    ask(office, person.received.claim)
    secret = enter(office, sent_code(office))
    office.do(lambda work: claims.leave(work, office.office.gate, secret), PUBLIC)
    assert holder(office, secret) is None
    assert holder(office, "") is None


def test_of_a_destroyed_person_the_claim_code_alone_opens_what_is_left_and_names_nobody(office: House) -> None:
    start.start(office.office)
    office.clock.advance(timedelta(days=200))  # the Digital Code is in force
    person = office.applicant()
    ask(office, person.received.claim)
    before = enter(office, sent_code(office))
    person.done(Kind.DESTROY)
    during = ask(office, person.received.claim).session
    plans.drive(office.office)
    after = ask(office, person.received.claim).session
    assert holder(office, before) is None
    for secret in (during, after):
        assert holder(office, secret) == claims.Holder(person.subject, person.received.submission)


def test_what_has_run_out_is_swept(office: House) -> None:
    ask(office, NOBODYS)
    person = office.applicant()
    ask(office, person.received.claim, "c")
    secret = enter(office, sent_code(office, "c"), "c")
    office.clock.advance(timedelta(days=2))
    office.do(lambda work: codes.drop_stale(work) + drop_stale(work))
    gate = office.office.gate
    assert holder(office, secret) is None
    assert office.look(lambda work: records.bound_challenge(work, codes.binding(gate.ring, "b"), claims.KIND)) is None
