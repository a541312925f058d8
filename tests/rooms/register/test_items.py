"""Items on both engines: sealed, bound to their legal columns, opened only with a permit."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from register_people import ALL, CONTACT, NAME, opened, permit, person, two_items

from sandyq.clock import MovedClock
from sandyq.db import Work
from sandyq.errors import Misuse, NotFound, Tampered
from sandyq.law.vocabulary import Operation, SourceKind, StandingAct
from sandyq.register import items, keystore, subjects
from sandyq.register.items import NewItem

Write = Callable[[Callable[[Work], Any]], Any]
Ring = keystore.Keyring


def test_what_was_put_is_opened_with_its_origin(write: Write, ring: Ring) -> None:
    subject, ids = write(lambda w: person(w, ring))
    found = write(lambda w: items.open(w, ring, permit(w, subject)))
    assert set(found) == set(ids)
    assert items.values(found) == NAME | CONTACT
    name = found[ids[0]]
    assert (name.category, name.version, name.source, name.source_detail) == ("6.2.1", 1, SourceKind.PERSON, "form")


def test_only_the_fields_of_the_permit_are_given(write: Write, ring: Ring) -> None:
    subject, ids = write(lambda w: person(w, ring))
    assert write(lambda w: opened(w, ring, subject, fields=frozenset({"phone"}))) == {"phone": CONTACT["phone"]}
    assert write(lambda w: opened(w, ring, subject, fields=frozenset())) == {}
    assert write(lambda w: opened(w, ring, subject, named=frozenset(ids[:1]))) == NAME


def test_nothing_readable_lies_in_the_row(write: Write, ring: Ring) -> None:
    subject, _ = write(lambda w: person(w, ring))
    rows = write(lambda w: w.durable.all("SELECT * FROM item WHERE subject_id = ?", subject))
    seen = b"|".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)
    assert rows
    assert not [value for value in (NAME | CONTACT).values() if value.encode() in seen]


def test_a_permit_is_used_once(write: Write, ring: Ring) -> None:
    subject, _ = write(lambda w: person(w, ring))

    def twice(work: Work) -> None:
        one = permit(work, subject)
        items.open(work, ring, one)
        items.open(work, ring, one)

    with pytest.raises(Misuse, match="permit_unknown"):
        write(twice)


def test_a_permit_of_another_unit_of_work_is_refused(write: Write, ring: Ring) -> None:
    subject, _ = write(lambda w: person(w, ring))
    kept = write(lambda w: permit(w, subject))
    with pytest.raises(Misuse, match="permit_unknown"):
        write(lambda w: items.open(w, ring, kept))


@pytest.mark.parametrize("operation", [Operation.DESTROY, Operation.BLOCK, Operation.COLLECT, StandingAct.RELEASE])
def test_a_permit_for_something_else_opens_nothing(write: Write, ring: Ring, operation: Operation) -> None:
    subject, _ = write(lambda w: person(w, ring))
    with pytest.raises(Misuse, match="permit_not_for_opening"):
        write(lambda w: opened(w, ring, subject, operation=operation))


def test_nothing_is_kept_beyond_the_fields_of_the_permit(write: Write, ring: Ring) -> None:
    subject = write(lambda w: subjects.create(w, ring))
    with pytest.raises(Misuse, match="permit_does_not_cover"):
        write(lambda w: items.put(w, ring, permit(w, subject, Operation.COLLECT, frozenset(NAME)), two_items()))
    with pytest.raises(Misuse, match="permit_not_for_keeping"):
        write(lambda w: items.put(w, ring, permit(w, subject, Operation.USE), two_items()))
    assert write(lambda w: items.facts(w, subject)) == ()


COLUMNS = {
    "term_end": "2099-01-01",
    "term_rule": "for-ever",
    "purposes": '["marketing"]',
    "fields": '["first_name","iin","income","surname"]',
    "ground": "9(1)",
    "citation": "some act",
    "consent": "another",
    "decision": "another",
    "source": "public_source",
    "guaranteed": 0,
    "source_cited": 1,
    "category": "6.2.9",
    "version": 7,
    "collected_us": 1,
    "klass": "evidence",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_legal_column_changed_in_the_table_is_noticed(write: Write, ring: Ring, column: str) -> None:
    subject, ids = write(lambda w: person(w, ring))
    write(lambda w: w.durable.run(f"UPDATE item SET {column} = ? WHERE item_id = ?", COLUMNS[column], ids[0]))
    with pytest.raises(Tampered, match="item_tampered"):
        write(lambda w: opened(w, ring, subject, named=frozenset(ids)))


def test_every_column_of_the_table_is_bound_or_known_to_be_free() -> None:
    columns = {name.partition(".")[2] for name in items.records.COLUMNS if name.startswith("item.")}
    assert columns - set(COLUMNS) == {"subject_id", "item_id", "superseded_us", "sealed"}


def test_ciphertext_swapped_between_items_or_people_is_noticed(write: Write, ring: Ring) -> None:
    one, ids = write(lambda w: person(w, ring))
    two, others = write(lambda w: person(w, ring))
    for subject, mine, other in ((one, ids[0], others[0]), (one, ids[0], ids[1])):
        original = write(lambda w, m=mine: w.durable.one("SELECT sealed FROM item WHERE item_id = ?", m))[0]
        strange = write(lambda w, o=other: w.durable.one("SELECT sealed FROM item WHERE item_id = ?", o))[0]
        write(lambda w, s=strange, m=mine: w.durable.run("UPDATE item SET sealed = ? WHERE item_id = ?", s, m))
        with pytest.raises(Tampered):
            write(lambda w, s=subject: opened(w, ring, s))
        write(lambda w, s=original, m=mine: w.durable.run("UPDATE item SET sealed = ? WHERE item_id = ?", s, m))
    assert write(lambda w: opened(w, ring, one)) == write(lambda w: opened(w, ring, two))


def test_a_row_with_its_key_given_to_another_person_does_not_open(write: Write, ring: Ring) -> None:
    _, ids = write(lambda w: person(w, ring))
    two = write(lambda w: subjects.create(w, ring))

    def move(work: Work) -> None:
        work.durable.run("UPDATE item SET subject_id = ? WHERE item_id = ?", two, ids[0])
        work.perishable.run("UPDATE wrapped_key SET subject_id = ? WHERE key_id = ?", two, ids[0])

    write(move)
    with pytest.raises(Tampered):
        write(lambda w: opened(w, ring, two))


def test_a_deleted_key_leaves_nothing_to_open(write: Write, ring: Ring) -> None:
    subject, ids = write(lambda w: person(w, ring))
    write(lambda w: items.erase_keys(w, subject, ids[:1]))
    assert write(lambda w: opened(w, ring, subject)) == CONTACT
    with pytest.raises(NotFound, match="item_gone"):
        write(lambda w: items.open(w, ring, permit(w, subject), ids[:1]))
    assert write(lambda w: items.verify_gone(w, subject, ids[:1])) == [f"item: {ids[0]}"]
    write(lambda w: items.erase_rows(w, subject, ids[:1]))
    assert write(lambda w: items.verify_gone(w, subject, ids[:1])) == []


def test_a_new_version_supersedes_and_the_old_opens_only_when_the_ask_names_it(write: Write, ring: Ring, clock: MovedClock) -> None:
    subject, ids = write(lambda w: person(w, ring))
    clock.advance(timedelta(days=1))
    changed = NewItem("6.2.7", CONTACT | {"phone": "+77000000999"}, purposes={"loan-application"}, term_rule="lead")
    (later,) = write(lambda w: items.put(w, ring, permit(w, subject, Operation.CHANGE), [changed]))
    assert write(lambda w: opened(w, ring, subject))["phone"] == "+77000000999"
    assert {f.id for f in write(lambda w: items.facts(w, subject))} == {ids[0], later}
    assert [(i.version, i.superseded_at is None) for i in write(lambda w: items.legal(w, subject)) if i.category == "6.2.7"] == [
        (1, False),
        (2, True),
    ]
    with pytest.raises(NotFound):
        write(lambda w: items.open(w, ring, permit(w, subject), ids[1:]))
    old = write(lambda w: items.open(w, ring, permit(w, subject, named=frozenset(ids[1:]))))
    assert old[ids[1]].values == CONTACT
    assert old[ids[1]].superseded


def test_one_call_may_not_bring_a_category_twice(write: Write, ring: Ring) -> None:
    subject = write(lambda w: subjects.create(w, ring))
    with pytest.raises(Misuse, match="category_twice"):
        write(lambda w: items.put(w, ring, permit(w, subject, Operation.COLLECT), two_items()[:1] * 2))


def test_evidence_stands_beside_the_data_and_opens_only_when_the_ask_names_it(write: Write, ring: Ring) -> None:
    subject, _ = write(lambda w: person(w, ring))
    proof = NewItem("consent", {"ip": "192.0.2.7"}, ground="25(2)(5)", term_rule="proof", term_end=date(2029, 3, 19), klass="evidence")
    one = write(lambda w: items.put_evidence(w, ring, subject, proof))
    two = write(lambda w: items.put_evidence(w, ring, subject, proof))
    assert one != two
    assert write(lambda w: opened(w, ring, subject)) == NAME | CONTACT
    assert write(lambda w: opened(w, ring, subject, named=frozenset({one}))) == {"ip": "192.0.2.7"}
    with pytest.raises(NotFound):
        write(lambda w: items.open(w, ring, permit(w, subject), [one]))
    with pytest.raises(Misuse, match="evidence_without_ground"):
        write(lambda w: items.put_evidence(w, ring, subject, NewItem("consent", {}, term_rule="proof")))


def test_the_facts_for_the_law_hold_legal_columns_and_no_values(write: Write, ring: Ring) -> None:
    subject, ids = write(lambda w: person(w, ring))
    facts = {f.id: f for f in write(lambda w: items.facts(w, subject))}
    assert facts[ids[1]].fields == frozenset(CONTACT)
    assert facts[ids[1]].purposes == {"loan-application", "correspondence"}
    assert facts[ids[1]].klass == "data"
    assert not [value for value in (NAME | CONTACT).values() if value in repr(facts)]


def test_neither_opened_values_nor_keys_show_in_a_traceback(write: Write, ring: Ring) -> None:
    subject, _ = write(lambda w: person(w, ring))
    text = repr(write(lambda w: items.open(w, ring, permit(w, subject, fields=ALL))))
    assert "surname" in text
    assert not [value for value in (NAME | CONTACT).values() if value in text]


def test_terms_that_ended_are_listed_in_order_for_the_sweep(write: Write, ring: Ring) -> None:
    subject = write(lambda w: subjects.create(w, ring))
    ends = {"6.2.1": date(2026, 1, 3), "6.2.7": date(2026, 1, 1), "6.2.9": date(2026, 5, 1), "6.2.2": None}
    new = [NewItem(category, {"phone": "+77000000001"}, term_end=end) for category, end in ends.items()]
    write(lambda w: items.put(w, ring, permit(w, subject, Operation.COLLECT), new))
    first = write(lambda w: items.ending(w, date(2026, 3, 19), limit=1))
    rest = write(lambda w: items.ending(w, date(2026, 3, 19), first[0]))
    assert [row[0] for row in first + rest] == ["2026-01-01", "2026-01-03"]
