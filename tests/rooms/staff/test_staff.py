"""Members, roles, grants and tokens."""

from datetime import date, timedelta

import pytest

from sandyq import staff
from sandyq.db import Actor
from sandyq.errors import Conflict, Denied, Invalid, NotFound
from sandyq.law.vocabulary import ActorKind
from sandyq.staff import NewMember, PasswordCost, Power, Role
from standing_office import CLERK, FORM, KEY

CHEAP = PasswordCost(passes=1, memory_kib=8)
PASSWORD = "жеті қабат көрпе 7"
PURPOSES = {"loan-application": "3.1", "quality": "3.3", "statistics": "3.6", "labour": "3.7", "marketing": "3.8", "correspondence": "3.10"}
GRANT = ("marketing", "6.2.7", "use")


@pytest.fixture
def roles(office):
    def define(work):
        for role in staff.standard_roles(PURPOSES):
            staff.define_role(work, role)

    office.do(define)


@pytest.fixture
def clerk(office, roles):
    return add(office, "clerk-7").id


def add(office, login, role="call_centre", **more):
    return office.do(lambda work: staff.add(work, KEY, NewMember(login, role, PASSWORD, **more), cost=CHEAP))


def fact(office, member):
    return office.do(lambda work: staff.fact(work, member))


def issue(office, owner, scopes, kind=ActorKind.STAFF, days=30):
    return office.do(lambda work: staff.issue_token(work, kind, owner, frozenset(scopes), work.at + timedelta(days=days)))


def caller(office, secret):
    return office.stores.read(lambda work: staff.token_actor(work, secret))


def test_a_member_has_the_grants_of_the_role_and_their_own(office, clerk):
    office.do(lambda work: staff.grant(work, clerk, GRANT))
    [entry] = office.entries
    assert (entry.act, entry.object, entry.purpose, entry.category) == ("staff.grant_changed", clerk, "marketing", "6.2.7")
    known = fact(office, clerk)
    assert GRANT in known.grants
    assert ("loan-application", "6.2.7", "use") in known.grants
    assert ("loan-application", "6.2.9", "use") not in known.grants
    assert len(office.trips) == 1
    office.do(lambda work: staff.revoke_grant(work, clerk, GRANT))
    assert GRANT not in fact(office, clerk).grants


def test_a_new_role_holds_at_once(office, clerk):
    office.do(lambda work: staff.set_role(work, clerk, "auditor"))
    assert fact(office, clerk).grants == frozenset()


def test_a_change_of_the_role_reaches_its_members(office, clerk):
    office.do(lambda work: staff.define_role(work, Role("call_centre", frozenset({GRANT}), frozenset())))
    assert fact(office, clerk).grants == {GRANT}


def test_without_an_undertaking_the_law_is_told_so(office, clerk):
    assert not fact(office, clerk).undertaking
    office.do(lambda work: staff.sign_undertaking(work, clerk, date(2026, 3, 19)))
    assert fact(office, clerk).undertaking


def test_the_standard_roles_show_the_engineer_the_auditor_and_the_administrator_nobody(roles, office):
    table = {role.name: role for role in office.do(staff.roles)}
    assert {name for name, role in table.items() if not role.grants} == {"engineer", "auditor", "admin"}
    assert {purpose for purpose, _, _ in table["analyst"].grants} == {"statistics"}
    labour = {name for name, role in table.items() if any(purpose == "labour" for purpose, _, _ in role.grants)}
    assert labour == {"dpo", "hr"}
    assert {purpose for purpose, _, _ in table["hr"].grants} == {"labour"}


def test_nobody_changes_their_own_rights(office, clerk):
    oneself = Actor("staff", clerk, "console")
    for act in (
        lambda work: staff.grant(work, clerk, GRANT),
        lambda work: staff.set_role(work, clerk, "dpo"),
        lambda work: staff.renew_second_factor(work, KEY, clerk),
        lambda work: staff.deactivate(work, clerk),
    ):
        with pytest.raises(Denied, match="not_on_oneself"):
            office.do(act, oneself)


def test_only_the_office_keeps_its_staff(office, roles):
    with pytest.raises(Denied):
        office.do(lambda work: staff.add(work, KEY, NewMember("clerk-8", "dpo", PASSWORD), cost=CHEAP), FORM)


@pytest.mark.parametrize("login", ["Айгүл", "ab", "clerk 7", "c900101300123", "clerk@mail.example"])
def test_a_handle_that_could_name_a_person_is_refused(office, roles, login):
    with pytest.raises(Invalid) as told:
        add(office, login)
    assert told.value.errors[0].field == "login"


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "clerk-9-clerk-9-x", "x" * 300])
def test_a_weak_password_is_refused(office, roles, password):
    with pytest.raises(Invalid) as told:
        office.do(lambda work: staff.add(work, KEY, NewMember("clerk-9", "dpo", password), cost=CHEAP))
    assert {fault.field for fault in told.value.errors} == {"password"}


def test_a_handle_is_taken_once_and_a_role_must_exist(office, clerk):
    with pytest.raises(Conflict, match="login_taken"):
        add(office, "clerk-7")
    with pytest.raises(NotFound, match="role_unknown"):
        add(office, "clerk-8", role="king")


@pytest.mark.parametrize("grant", [("", "6.2.7", "use"), ("marketing", "phones", "use"), ("marketing", "*", "read")])
def test_a_grant_names_purpose_category_and_operation(office, clerk, grant):
    with pytest.raises(Invalid):
        office.do(lambda work: staff.grant(work, clerk, grant))


def test_neither_password_nor_second_factor_nor_token_can_be_read_in_the_tables(office, roles):
    added = add(office, "clerk-7")
    token = issue(office, added.id, {Power.FIND})
    raw = b"".join(
        bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
        for table in ("staff_member", "api_token")
        for row in office.table(table)
        for cell in row
    )
    assert not [one for one in (PASSWORD.encode(), added.totp_secret.encode(), token.secret.encode()) if one in raw]
    assert b"$argon2id$" in raw


def test_a_token_stands_for_its_owner_with_its_scopes_only(office, clerk):
    token = issue(office, clerk, {Power.FIND})
    found = caller(office, token.secret)
    assert (found.actor.kind, found.actor.id, found.powers) == ("staff", clerk, {Power.FIND})
    assert found.may(Power.FIND)
    assert not found.may(Power.USE)
    staff.demand(found, Power.FIND)
    with pytest.raises(Denied, match="power_missing"):
        staff.demand(found, Power.USE)


def test_a_token_beyond_its_owner_is_not_issued(office, clerk):
    with pytest.raises(Invalid) as told:
        issue(office, clerk, {Power.FIND, Power.KEYS})
    assert told.value.errors[0].code == "scope_beyond_owner"
    with pytest.raises(Invalid):
        issue(office, "site", {Power.USE}, ActorKind.SYSTEM)
    with pytest.raises(Invalid):
        issue(office, "bank", {Power.COLLECT}, ActorKind.PARTNER)
    with pytest.raises(Invalid):
        issue(office, "x", {Power.COLLECT}, ActorKind.PUBLIC)


def test_a_token_shrinks_with_the_role_of_its_owner(office, clerk):
    token = issue(office, clerk, {Power.FIND, Power.USE})
    office.do(lambda work: staff.define_role(work, Role("call_centre", frozenset(), frozenset({Power.FIND}))))
    assert caller(office, token.secret).powers == {Power.FIND}


def test_tokens_of_the_site_and_of_a_recipient_name_them(office, roles):
    site, bank = issue(office, "site", {Power.COLLECT}, ActorKind.SYSTEM), issue(office, "bank", {Power.ACKNOWLEDGE}, ActorKind.PARTNER)
    assert (caller(office, site.secret).actor.kind, caller(office, site.secret).staff) == ("system", None)
    assert (caller(office, bank.secret).actor.kind, caller(office, bank.secret).actor.id) == ("partner", "bank")


def test_a_token_ends_at_its_instant_when_revoked_and_with_its_owner(office, clerk):
    short, revoked, owned = (
        issue(office, clerk, {Power.FIND}, days=1),
        issue(office, clerk, {Power.FIND}),
        issue(office, clerk, {Power.FIND}),
    )
    office.do(lambda work: staff.revoke_token(work, revoked.id))
    assert [entry.act for entry in office.entries] == ["staff.token_revoked"]
    office.clock.advance(timedelta(days=1))
    assert caller(office, short.secret) is None
    assert caller(office, revoked.secret) is None
    assert caller(office, owned.secret) is not None
    office.do(lambda work: staff.deactivate(work, clerk))
    assert caller(office, owned.secret) is None
    with pytest.raises(NotFound):
        office.do(lambda work: staff.revoke_token(work, revoked.id))


def test_an_unknown_token_is_nobody(office, roles):
    assert caller(office, "sdq_" + "0" * 64) is None


def test_a_token_without_scope_or_with_an_end_in_the_past_is_not_issued(office, clerk):
    with pytest.raises(Invalid) as told:
        issue(office, clerk, set(), days=-1)
    assert {fault.field for fault in told.value.errors} == {"scopes", "expires_at"}


def test_who_left_after_the_backup_stays_out(office, clerk):
    token = issue(office, clerk, {Power.FIND})
    office.do(lambda work: staff.deactivate(work, clerk), CLERK)
    [event] = office.ledger()
    office.do(lambda work: work.durable.run("UPDATE staff_member SET active = 1"))
    office.do(lambda work: work.durable.run("UPDATE api_token SET revoked_us = NULL"))
    assert caller(office, token.secret) is not None
    office.do(lambda work: staff.StaffReplay().replay(work, event))
    assert caller(office, token.secret) is None
    assert not fact(office, clerk).active
