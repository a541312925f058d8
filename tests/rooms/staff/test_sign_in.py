"""Coming in: two factors, each code once, a wait that grows, and sessions that end."""

from datetime import timedelta

import pyotp
import pytest

from sandyq import staff
from sandyq.db import Actor
from sandyq.errors import Denied, NotFound
from sandyq.staff import LockOut, NewMember, NotSignedIn, PasswordCost, Power, Role, SessionTerms, SignedIn, SignInTerms
from standing_office import CLERK, KEY

PASSWORD = "жеті қабат көрпе 7"
TERMS = SignInTerms(
    PasswordCost(passes=1, memory_kib=8),
    SessionTerms(idle=timedelta(minutes=30), most=timedelta(hours=10)),
    LockOut(free=3, first=timedelta(seconds=30), most=timedelta(minutes=15)),
)
DOOR = Actor("public", "", "console")


@pytest.fixture
def clerk(office):
    def add(work):
        staff.define_role(work, Role("call_centre", frozenset(), frozenset({Power.FIND})))
        return staff.add(work, KEY, NewMember("clerk-7", "call_centre", PASSWORD), cost=TERMS.cost)

    return office.do(add)


def code(office, clerk):
    return pyotp.TOTP(clerk.totp_secret).at(int(office.clock.now().timestamp()))


def sign_in(office, password=PASSWORD, digits="", login="clerk-7"):
    return office.do(lambda work: staff.authenticate(work, KEY, login, password, digits, TERMS), DOOR)


def caller(office, secret):
    return office.stores.read(lambda work: staff.session(work, secret, TERMS), DOOR)


def fail(office, times):
    return [sign_in(office, "wrong password 1", "000000") for _ in range(times)][-1]


def test_password_and_code_begin_a_session(office, clerk):
    done = sign_in(office, digits=code(office, clerk))
    assert isinstance(done, SignedIn)
    assert [(entry.act, entry.object, entry.verdict) for entry in office.entries] == [("staff.signed_in", clerk.id, "done")]
    found = caller(office, done.secret)
    assert (found.actor.kind, found.actor.id, found.actor.door, found.powers) == ("staff", clerk.id, "console", {Power.FIND})
    assert found.factor_at == office.clock.now()


def test_a_code_is_refused_the_second_time(office, clerk):
    digits = code(office, clerk)
    assert isinstance(sign_in(office, digits=digits), SignedIn)
    assert sign_in(office, digits=digits) == NotSignedIn("sign_in_refused")
    office.clock.advance(timedelta(seconds=30))
    assert isinstance(sign_in(office, digits=code(office, clerk)), SignedIn)


def test_an_older_code_is_refused_once_a_later_one_was_used(office, clerk):
    older = code(office, clerk)
    office.clock.advance(timedelta(seconds=30))
    assert isinstance(sign_in(office, digits=code(office, clerk)), SignedIn)
    assert isinstance(sign_in(office, digits=older), NotSignedIn)


@pytest.mark.parametrize(("late", "let_in"), [(-30, True), (30, True), (90, False), (-90, False)])
def test_a_clock_may_be_one_step_off(office, clerk, late, let_in):
    digits = code(office, clerk)
    office.clock.advance(timedelta(seconds=late))
    assert isinstance(sign_in(office, digits=digits), SignedIn) is let_in


@pytest.mark.parametrize("digits", ["", "12345", "１２３４５６", "not a code"])
def test_what_is_no_code_is_refused_and_no_error(office, clerk, digits):
    assert isinstance(sign_in(office, digits=digits), NotSignedIn)


def test_every_failure_looks_the_same_and_is_logged(office, clerk):
    right = code(office, clerk)
    told = [sign_in(office, "wrong password 1", right), sign_in(office, digits="000000"), sign_in(office, digits=right, login="nobody-1")]
    assert set(told) == {NotSignedIn("sign_in_refused")}
    assert [(entry.act, entry.verdict, entry.object) for entry in office.entries] == [("staff.sign_in_failed", "failed", "")]


def test_failures_lock_for_a_while_that_grows_and_the_right_password_waits_too(office, clerk):
    assert fail(office, 2).retry_after == 0
    assert fail(office, 1) == NotSignedIn("sign_in_locked", 30)
    assert isinstance(sign_in(office, digits=code(office, clerk)), NotSignedIn)
    office.clock.advance(timedelta(seconds=31))
    assert fail(office, 1) == NotSignedIn("sign_in_locked", 60)
    office.clock.advance(timedelta(seconds=61))
    assert isinstance(sign_in(office, digits=code(office, clerk)), SignedIn)
    assert fail(office, 2).retry_after == 0


def test_the_wait_is_bounded():
    assert TERMS.lock.wait(2) == timedelta()
    assert TERMS.lock.wait(3) == timedelta(seconds=30)
    assert TERMS.lock.wait(10_000) == timedelta(minutes=15)


def test_a_member_who_left_does_not_come_in_and_open_sessions_end(office, clerk):
    done = sign_in(office, digits=code(office, clerk))
    office.do(lambda work: staff.deactivate(work, clerk.id), CLERK)
    assert caller(office, done.secret) is None
    office.clock.advance(timedelta(seconds=30))
    assert isinstance(sign_in(office, digits=code(office, clerk)), NotSignedIn)


def test_a_password_changed_between_weighing_and_signing_in_is_not_let_in(office, clerk):
    kept = office.stores.read(lambda work: staff.kept_hash(work, "clerk-7"))
    weighed = staff.weigh("clerk-7", kept, PASSWORD, TERMS.cost)
    assert weighed.fits
    office.do(lambda work: staff.set_password(work, clerk.id, "another pass phrase", cost=TERMS.cost))
    digits = code(office, clerk)
    assert isinstance(office.do(lambda work: staff.sign_in(work, KEY, weighed, digits, TERMS)), NotSignedIn)


def test_a_hash_with_old_parameters_is_made_anew_at_sign_in(office, clerk):
    dearer = SignInTerms(PasswordCost(passes=2, memory_kib=16), TERMS.session, TERMS.lock)
    before = office.do(lambda work: staff.kept_hash(work, "clerk-7"))
    digits = code(office, clerk)
    assert isinstance(office.do(lambda work: staff.authenticate(work, KEY, "clerk-7", PASSWORD, digits, dearer)), SignedIn)
    after = office.do(lambda work: staff.kept_hash(work, "clerk-7"))
    assert before != after
    assert "m=16,t=2" in after
    assert staff.weigh("clerk-7", after, PASSWORD, dearer.cost).fits


def test_an_idle_session_ends_and_one_in_use_goes_on_until_its_last_hour(office, clerk):
    done = sign_in(office, digits=code(office, clerk))
    for _ in range(20):
        office.clock.advance(timedelta(minutes=29))
        assert office.do(lambda work: staff.keep_alive(work, done.secret, TERMS), DOOR) is not None
    office.clock.advance(timedelta(minutes=29))
    assert caller(office, done.secret) is None
    office.clock.advance(timedelta(seconds=30))
    second = sign_in(office, digits=code(office, clerk))
    office.clock.advance(timedelta(minutes=30))
    assert caller(office, second.secret) is None


def test_a_session_costs_one_statement_and_is_noted_once_a_minute(office, clerk):
    done = sign_in(office, digits=code(office, clerk))
    office.do(lambda work: staff.keep_alive(work, done.secret, TERMS))
    assert len(office.trips) == 1
    office.clock.advance(timedelta(seconds=61))
    office.do(lambda work: staff.keep_alive(work, done.secret, TERMS))
    assert len(office.trips) == 2


def test_the_table_does_not_hold_what_the_browser_holds(office, clerk):
    done = sign_in(office, digits=code(office, clerk))
    [row] = office.table("staff_session")
    assert done.secret not in str(row)
    assert done.secret.encode() not in bytes(row[0])


def test_signing_out_ends_the_session_and_is_logged_once(office, clerk):
    done = sign_in(office, digits=code(office, clerk))
    office.do(lambda work: staff.sign_out(work, done.secret))
    assert [entry.act for entry in office.entries] == ["staff.signed_out"]
    assert caller(office, done.secret) is None
    office.do(lambda work: staff.sign_out(work, done.secret))
    assert office.entries == []


def test_a_fresh_second_factor_takes_a_code_that_was_not_used(office, clerk):
    digits = code(office, clerk)
    done = sign_in(office, digits=digits)
    assert isinstance(office.do(lambda work: staff.confirm_factor(work, KEY, done.secret, digits, TERMS), DOOR), NotSignedIn)
    office.clock.advance(timedelta(minutes=5))
    fresh = code(office, clerk)
    told = office.do(lambda work: staff.confirm_factor(work, KEY, done.secret, fresh, TERMS), DOOR)
    assert told.factor_at == office.clock.now()
    assert caller(office, done.secret).factor_at == office.clock.now()


def test_guessing_codes_inside_a_session_ends_it(office, clerk):
    done = sign_in(office, digits=code(office, clerk))
    for _ in range(3):
        told = office.do(lambda work: staff.confirm_factor(work, KEY, done.secret, "000000", TERMS), DOOR)
    assert told.code == "sign_in_locked"
    assert caller(office, done.secret) is None
    with pytest.raises(Denied):
        office.do(lambda work: staff.confirm_factor(work, KEY, done.secret, "000000", TERMS), DOOR)


def test_sessions_that_are_over_are_forgotten(office, clerk):
    sign_in(office, digits=code(office, clerk))
    assert office.do(lambda work: staff.drop_over(work, TERMS)) == 0
    office.clock.advance(timedelta(hours=1))
    assert office.do(lambda work: staff.drop_over(work, TERMS)) == 1


def test_the_present_code_is_told_in_a_sample_only(office, clerk):
    assert office.do(lambda work: staff.sample_code(work, KEY, "clerk-7", sample=True)) == code(office, clerk)
    with pytest.raises(Denied, match="only_in_a_sample"):
        office.do(lambda work: staff.sample_code(work, KEY, "clerk-7", sample=False))
    with pytest.raises(NotFound):
        office.do(lambda work: staff.sample_code(work, KEY, "nobody-1", sample=True))


def test_a_new_second_factor_makes_the_old_one_useless(office, clerk):
    fresh = office.do(lambda work: staff.renew_second_factor(work, KEY, clerk.id), CLERK)
    assert isinstance(sign_in(office, digits=code(office, clerk)), NotSignedIn)
    assert isinstance(sign_in(office, digits=code(office, fresh)), SignedIn)
