"""Every table that knows a subject has a holder that erases and verifies it, or says why its rows are kept: walked over the real schema."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from office import Applicant, House
from sandyq import collect, consent, correspondence, destroy, identity, parties, requests, rights
from sandyq.app import datamap, plans
from sandyq.collect import Stored
from sandyq.collect import records as forms
from sandyq.correspondence import Channel, Incoming, Scan
from sandyq.db import Work, pair
from sandyq.db.describe import Table, schema_of
from sandyq.identity import codes
from sandyq.identity import records as proofs
from sandyq.parties import NewRepresentative
from sandyq.parties.facts import DocumentKind
from sandyq.register import media
from sandyq.requests import DocumentKind as Paper
from sandyq.requests import Kind

Rows = dict[str, list[tuple[Any, ...]]]


def tables(work: Work) -> dict[str, tuple[str, Table]]:
    """Store and shape of every table with a `subject_id`, as the engine tells them."""
    found = {}
    for store in ("durable", "perishable"):
        for name, made in schema_of(getattr(work, store)).items():
            if any(column.name == "subject_id" for column in made.columns):
                found[name] = (store, made)
    return found


def rows_of(work: Work, subject: str) -> Rows:
    def rows(store: str, name: str, made: Table) -> list[tuple[Any, ...]]:
        found = getattr(work, store).all(f"SELECT {', '.join(c.name for c in made.columns)} FROM {name} WHERE subject_id = ?", subject)
        return sorted(found, key=repr)  # an engine gives them in any order

    return {name: rows(store, name, made) for name, (store, made) in tables(work).items()}


def put_back(work: Work, name: str, row: tuple[Any, ...]) -> None:
    store, made = tables(work)[name]
    names = ", ".join(column.name for column in made.columns)
    getattr(work, store).run(f"INSERT INTO {name} ({names}) VALUES ({', '.join('?' * len(row))})", *row)


@dataclass
class Gone:
    """A person who was in every table, and was destroyed."""

    house: House
    subject: str
    before: Rows
    after: Rows


def fill(house: House) -> Applicant:
    """An applicant whom every room knows something about."""
    person = house.person()
    upload = media.receive(house.settings.media_dir, [b"%PDF-1.7 made up"], house.do(lambda work: work.us))
    received = house.submit(person, to=[house.bank_a], uploads=(Stored("document_copy", upload),))
    house.confirm(person, received)
    subject = received.subject
    today = house.clock.now().date()
    new = NewRepresentative(house.document(), DocumentKind.POWER_OF_ATTORNEY, house.document(), frozenset({"4.1.1"}), today)
    house.do(lambda work: parties.add_representative(work, subject, new))
    key = house.office.ring.office("suppression")
    until = date(2029, 1, 1)
    house.do(lambda work: consent.suppress(work, key, subject, {"sms": [person.phone]}, kept_until=until))
    house.do(lambda work: forms.add_session(work, b"t" * 32, subject, received.submission, work.us + 60_000_000))
    gate = house.office.gate
    house.do(lambda work: identity.desk_check(work, gate, subject, "passport"), house.dpo)
    house.do(lambda work: identity.link(work, gate, subject, "a case"))
    house.do(lambda work: identity.ask_code(work, gate, person.iin, "phone", person.phone, "b", "192.0.2.1"))
    made = house.look(lambda work: proofs.bound_challenge(work, codes.binding(gate.ring, "b"), "enter"))
    assert made is not None
    assert house.do(lambda work: identity.enter(work, gate, "b", codes.code_of(gate.ring, made.id, 1)))
    house.do(lambda work: requests.file_document(work, house.office.gate, subject, Paper.STATEMENT, "14 of 19 March"))
    letter = media.receive(house.settings.media_dir, [b"%PDF-1.7 also made up"], house.do(lambda work: work.us))
    mail = Incoming(
        channel=Channel.MAIL,
        sender=person.email,
        text="made up",
        scans=(Scan("made up.pdf", letter),),
        identity=subject.encode(),
        subject=subject,
        number="14",
    )
    taken = house.do(lambda work: correspondence.receive(work, house.office.gate, mail))
    house.do(lambda work: correspondence.register(work, taken.entry.id))
    state = house.done(Kind.BLOCK, subject, reason="violation_claimed").target
    wanted = rights.NewCase(
        rights.Kind.ACCESS, rights.Channel.DESK, subject, subject, text="what do you hold", documents=(house.document(),)
    )
    house.do(lambda work: rights.open_case(work, house.office.rights, wanted))
    proposal = house.done(Kind.PROPOSE_RELEASE, subject, reason="violation_not_confirmed", target=state).target
    house.done(Kind.CONFIRM_RELEASE, subject, by=house.dpo2, target=proposal)
    return Applicant(house, person, subject, received)


def let_go(house: House, subject: str) -> None:
    """Withdraw every consent, so that nothing stands against a destruction, and order it; run it to its end."""
    given = [fact.id for fact in house.look(lambda work: consent.facts(work, subject)) if fact.state == "given"]
    house.done(Kind.WITHDRAW, subject, target=",".join(given))
    house.done(Kind.DESTROY, subject)
    pair.advance_marks(house.office.stores, house.settings.ledger_dir)  # as at every start
    plans.drive(house.office)
    assert [plan.next for plan in house.look(lambda work: destroy.plans(work, subject))] == [""]


@pytest.fixture
def gone(office: House) -> Gone:
    subject = fill(office).subject
    before = office.look(lambda work: rows_of(work, subject))
    let_go(office, subject)
    return Gone(office, subject, before, office.look(lambda work: rows_of(work, subject)))


def test_every_table_with_a_subject_has_a_fate_and_no_fate_is_left_over(stores):
    assert set(stores.read(tables)) == set(datamap.FATES)


def test_every_fate_names_a_holder_of_the_office_or_a_reason(office: House):
    names = {holder.name for holder in office.office.holders}
    for table, fate in datamap.FATES.items():
        assert fate.holder in names or (not fate.holder and fate.keeps), table


def test_a_destroyed_person_is_in_no_table_but_those_that_say_why(gone: Gone):
    assert {name for name, rows in gone.before.items() if not rows} == {"consent_end", "destruction", "destruction_receipt"}
    left = {name for name, rows in gone.after.items() if rows}
    assert left <= {name for name, fate in datamap.FATES.items() if fate.keeps}
    assert {name for name, fate in datamap.FATES.items() if fate.holder and not fate.keeps} & left == set()


def test_of_items_and_keys_only_evidence_is_left(gone: Gone):
    classes = gone.house.look(
        lambda work: work.durable.all("SELECT item_id, klass FROM item WHERE subject_id = ?", gone.subject),
    )
    keys = gone.house.look(lambda work: work.perishable.all("SELECT key_id FROM wrapped_key WHERE subject_id = ?", gone.subject))
    assert {klass for _, klass in classes} == {"evidence"}
    scans = gone.house.look(lambda work: {(e.media_id, e.item_id) for e in media.of(work, gone.subject)})
    assert {item for _, item in scans} <= {item for item, _ in classes}
    assert {key for (key,) in keys} == {item for item, _ in classes} | {media_id for media_id, _ in scans}
    assert gone.after["partner_ref"] == []


def test_a_row_that_came_back_into_an_erased_table_is_found_by_its_holder(gone: Gone):
    """For each table: bring one of its former rows back, and the holder that answers for it must find it."""
    for table, fate in datamap.FATES.items():
        if not fate.holder:
            continue
        back = next(row for row in gone.before[table] if row not in gone.after[table] and b"evidence" not in row and "evidence" not in row)
        gone.house.do(lambda work, table=table, back=back: put_back(work, table, back))
        found = [h.name for h in gone.house.office.holders if gone.house.look(lambda work, h=h: h.verify_gone(work, gone.subject))]
        store, made = gone.house.look(tables)[table]
        assert ("audit_salt" if table == "wrapped_key" and "salt" in back else fate.holder) in found, table
        where = " AND ".join(f"{column} = ?" for column in made.key)
        key = [back[[c.name for c in made.columns].index(column)] for column in made.key]
        gone.house.do(
            lambda work, store=store, table=table, where=where, key=key: getattr(work, store).run(
                f"DELETE FROM {table} WHERE {where}", *key
            )
        )
        assert all(gone.house.look(lambda work, h=h: h.verify_gone(work, gone.subject)) == [] for h in gone.house.office.holders)


def test_what_is_kept_is_said_by_a_holder_with_ground_and_reason(gone: Gone):
    kept = [k for h in gone.house.office.holders for k in gone.house.look(lambda work, h=h: h.kept(work, gone.subject))]
    assert {k.holder for k in kept} >= {"register", "consent", "collect", "distribute"}
    for one in kept:
        assert one.ground, one
        assert one.until or one.term_rule, one


def test_shown_to_the_person_is_every_room_that_keeps_something(office: House):
    subject = fill(office).subject
    shown = {s.holder for h in office.office.holders for s in office.look(lambda work, h=h: h.show(work, subject))}
    assert shown == {
        "block",
        "collect",
        "consent",
        "correspondence",
        "distribute",
        "identity",
        "parties",
        "register",
        "relations",
        "rights",
    }


def test_nobody_else_loses_a_row_when_a_person_is_destroyed(office: House):
    stays, goes = fill_two(office)
    before = office.look(lambda work: rows_of(work, stays))
    let_go(office, goes)
    assert office.look(lambda work: rows_of(work, stays)) == before


def fill_two(house: House) -> tuple[str, str]:
    one = house.applicant(to=[house.bank_a]).subject
    house.clock.advance(timedelta(minutes=1))
    return one, house.applicant(to=[house.bank_b]).subject


def test_forms_of_a_destroyed_person_are_known_and_open_nothing(gone: Gone):
    assert [row.subject for row in gone.house.look(lambda work: collect.submissions(work, gone.subject))] == [gone.subject]
    assert gone.house.find("phone", "+77000000001").hits == ()
