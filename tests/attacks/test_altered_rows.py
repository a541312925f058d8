"""Rows altered by somebody with a database client: values never open wrongly, each change is noticed and named."""

import pytest

from office import PUBLIC, Applicant, House
from sandyq import consent, parties
from sandyq.app import keys
from sandyq.app.start import start
from sandyq.collect import Stored
from sandyq.errors import NotFound, SandyqError, Tampered
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.register import media
from sandyq.requests import Kind

LEGAL = {
    "klass": "evidence",
    "category": "6.2.9",
    "version": 9,
    "fields": '["iin","surname"]',
    "purposes": '["marketing"]',
    "source": "public_source",
    "ground": "94-V art. 9(1)",
    "citation": "by decree",
    "consent": "01km27dz40mwk38bpja0dzty14",
    "decision": "01km27dz40mwk38bpja0dzty14",
    "guaranteed": 0,
    "source_cited": 1,
    "term_rule": "for-ever",
    "term_end": "2999-01-01",
    "collected_us": 1,
}
"""Every legal column, and what an insider would like it to say."""


@pytest.fixture
def victim(office: House) -> Applicant:
    return office.applicant()


def sql(house: House, text: str, *params: object, store: str = "durable") -> int:
    return house.do(lambda work: getattr(work, store).run(text, *params))


def ids(applicant: Applicant) -> list[str]:
    rows = applicant.house.look(
        lambda work: work.durable.all(
            "SELECT item_id FROM item WHERE subject_id = ? AND klass = 'data' ORDER BY category", applicant.subject
        )
    )
    return [item for (item,) in rows]


def sealed(house: House, item: str) -> bytes:
    return bytes(house.look(lambda work: work.durable.one("SELECT sealed FROM item WHERE item_id = ?", item))[0])


def wrapped(house: House, item: str) -> tuple[int, bytes]:
    row = house.look(lambda work: work.perishable.one("SELECT generation, wrapped FROM wrapped_key WHERE key_id = ?", item))
    return row[0], bytes(row[1])


def refused(applicant: Applicant, code: str = "item_tampered") -> None:
    with pytest.raises(Tampered) as caught:
        applicant.show()
    assert caught.value.code == code


def test_untouched_rows_open(victim: Applicant):
    assert {name for item in victim.show().items for name in item.values} >= {"iin", "surname", "phone"}


def test_ciphertext_moved_between_two_items_of_a_person_does_not_open(victim: Applicant):
    one, two = ids(victim)[:2]
    sql(victim.house, "UPDATE item SET sealed = ? WHERE item_id = ?", sealed(victim.house, two), one)
    refused(victim)


def test_ciphertext_of_somebody_else_does_not_open_in_my_row(office: House, victim: Applicant):
    other = office.applicant()
    sql(office, "UPDATE item SET sealed = ? WHERE item_id = ?", sealed(office, ids(other)[0]), ids(victim)[0])
    refused(victim)
    assert other.show().items


def test_ciphertext_moved_with_its_own_key_does_not_open_either(office: House, victim: Applicant):
    other = office.applicant()
    theirs, mine = ids(other)[0], ids(victim)[0]
    sql(office, "UPDATE item SET sealed = ? WHERE item_id = ?", sealed(office, theirs), mine)
    generation, key = wrapped(office, theirs)
    sql(office, "UPDATE wrapped_key SET generation = ?, wrapped = ? WHERE key_id = ?", generation, key, mine, store="perishable")
    refused(victim, "wrap_broken")


def test_a_whole_row_given_to_somebody_else_does_not_open(office: House, victim: Applicant):
    """The insider moves item and key of a victim under a subject that they may open."""
    mine = office.applicant()
    item = ids(victim)[0]
    for row in ids(mine):
        sql(office, "DELETE FROM item WHERE item_id = ?", row)
    sql(office, "UPDATE item SET subject_id = ? WHERE item_id = ?", mine.subject, item)
    sql(office, "UPDATE wrapped_key SET subject_id = ? WHERE key_id = ?", mine.subject, item, store="perishable")
    refused(mine, "wrap_broken")


def test_a_whole_person_put_under_another_id_does_not_open(office: House, victim: Applicant):
    """A subject id cannot be taken over: the seal of every key and item names it."""
    mine = office.applicant()
    for table, store in (("item", "durable"), ("wrapped_key", "perishable")):
        sql(office, f"UPDATE {table} SET subject_id = ? WHERE subject_id = ?", "x", mine.subject, store=store)
        sql(office, f"UPDATE {table} SET subject_id = ? WHERE subject_id = ?", mine.subject, victim.subject, store=store)
    with pytest.raises(Tampered):
        mine.show()


@pytest.mark.parametrize("column", LEGAL)
def test_a_changed_legal_column_is_noticed(victim: Applicant, column: str):
    first = ids(victim)[0]
    assert sql(victim.house, f"UPDATE item SET {column} = ? WHERE item_id = ?", LEGAL[column], first) == 1
    try:
        shown = victim.show()
    except Tampered:
        return
    # the law itself may leave the item out (another class, another purpose, another ground): then it never opens
    assert first not in {item.legal.item_id for item in getattr(shown, "items", ())}


@pytest.mark.parametrize("at", ["first", "middle", "last", "cut", "empty"])
def test_a_changed_byte_of_the_sealed_value_is_noticed(victim: Applicant, at: str):
    item = ids(victim)[0]
    raw = bytearray(sealed(victim.house, item))
    places = {"first": 0, "middle": len(raw) // 2, "last": len(raw) - 1}
    if at in places:
        raw[places[at]] ^= 1
    sql(victim.house, "UPDATE item SET sealed = ? WHERE item_id = ?", bytes(raw[: {"cut": 20, "empty": 0}.get(at, len(raw))]), item)
    refused(victim)


def test_a_key_under_another_generation_does_not_unwrap(victim: Applicant):
    start(victim.house.office)
    keys.turn(victim.house.office)
    sql(victim.house, "UPDATE wrapped_key SET generation = 1 WHERE key_id = ?", ids(victim)[0], store="perishable")
    with pytest.raises(SandyqError) as caught:
        victim.show()
    assert caught.value.code in {"key_generation_gone", "wrap_broken"}


def test_a_deleted_key_leaves_the_item_out_and_opens_nothing_else(victim: Applicant):
    first = ids(victim)[0]
    before = {item.legal.item_id for item in victim.show().items}
    sql(victim.house, "DELETE FROM wrapped_key WHERE key_id = ?", first, store="perishable")
    assert {item.legal.item_id for item in victim.show().items} == before - {first}
    assert first in before


def test_a_token_moved_to_another_person_shows_nothing_of_the_first(office: House, victim: Applicant):
    """Whoever moves index tokens makes people be found under a wrong id; values shown are those of that id alone, and none of them masks a leak."""
    other = office.applicant()
    moved = sql(
        office, "UPDATE token SET subject_id = ? WHERE subject_id = ? AND kind = 'iin'", other.subject, victim.subject, store="perishable"
    )
    assert moved == 1
    hits = office.find("iin", victim.person.iin).hits
    assert {hit.subject for hit in hits} == {other.subject}
    assert victim.person.surname not in repr([dict(hit.values) for hit in hits])


def test_an_upload_put_in_the_place_of_another_is_noticed(office: House):
    people = [office.person() for _ in range(2)]
    uploads = [
        media.receive(office.settings.media_dir, [b"%PDF-1.7 " + bytes([65 + n]) * 200_000], office.do(lambda w: w.us)) for n in (0, 1)
    ]
    received = [office.submit(p, uploads=(Stored("document_copy", u),)) for p, u in zip(people, uploads, strict=True)]
    for person, one in zip(people, received, strict=True):
        office.confirm(person, one)
    first, second = (office.settings.media_dir / upload.media_id for upload in uploads)
    first.write_bytes(second.read_bytes())
    with pytest.raises(Tampered, match="upload_tampered"):
        read_upload(office, received[0].subject, uploads[0].media_id)
    assert read_upload(office, received[1].subject, uploads[1].media_id).startswith(b"%PDF-1.7 B")


@pytest.mark.parametrize("harm", ["swap", "cut", "drop_last", "double", "flip"])
def test_chunks_of_an_upload_cannot_be_swapped_cut_dropped_doubled_or_changed(office: House, harm: str):
    person = office.person()
    upload = media.receive(office.settings.media_dir, [b"%PDF-1.7 " + bytes(range(256)) * 800], office.do(lambda w: w.us))
    received = office.submit(person, uploads=(Stored("document_copy", upload),))
    office.confirm(person, received)
    path, size = office.settings.media_dir / upload.media_id, media.CHUNK + media.OVERHEAD
    raw = path.read_bytes()
    parts = [raw[at : at + size] for at in range(0, len(raw), size)]
    harmed = {
        "swap": [parts[1], parts[0], *parts[2:]],
        "cut": [*parts[:-1], parts[-1][:-1]],
        "drop_last": parts[:-1],
        "double": [parts[0], parts[0], *parts[1:]],
        "flip": [bytes([parts[0][0] ^ 1]) + parts[0][1:], *parts[1:]],
    }[harm]
    path.write_bytes(b"".join(harmed))
    with pytest.raises(Tampered, match="upload_tampered"):
        read_upload(office, received.subject, upload.media_id)


def test_an_upload_that_was_taken_away_is_named_as_gone(office: House):
    person = office.person()
    upload = media.receive(office.settings.media_dir, [b"%PDF-1.7 x"], office.do(lambda w: w.us))
    received = office.submit(person, uploads=(Stored("document_copy", upload),))
    office.confirm(person, received)
    (office.settings.media_dir / upload.media_id).unlink()
    with pytest.raises(NotFound, match="upload_gone"):
        read_upload(office, received.subject, upload.media_id)


def read_upload(house: House, subject: str, media_id: str) -> bytes:
    gate = house.office.gate
    """The person's own look at their document."""
    ask = Ask(Operation.USE, subject, house.purpose, frozenset({"document_copy"}), ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)

    def opened(work):
        return media.open(work, house.office.ring, gate.ask(work, ask), house.settings.media_dir, media_id)

    return b"".join(house.do(opened, PUBLIC))


def test_a_sealed_contract_of_a_partner_moved_to_another_is_noticed(office: House):
    """The address that leads go to cannot be turned by copying another recipient's sealed card."""
    key = office.office.ring.office("parties")
    card = office.look(lambda work: work.durable.one("SELECT card FROM recipient WHERE recipient_id = ?", office.bank_b))[0]
    sql(office, "UPDATE recipient SET card = ? WHERE recipient_id = ?", card, office.bank_a)
    with pytest.raises(Tampered):
        office.look(lambda work: parties.recipient(work, key, office.bank_a))


def test_a_destroyed_subject_cannot_be_brought_back_by_clearing_its_mark(office: House, victim: Applicant):
    """Clearing `destroyed_us` by hand brings a name without data: nothing opens, for the keys are gone."""
    given = [fact.id for fact in office.look(lambda work: consent.facts(work, victim.subject)) if fact.state == "given"]
    victim.done(Kind.WITHDRAW, target=",".join(given))
    victim.done(Kind.DESTROY)
    start(office.office)
    sql(office, "UPDATE subject SET destroyed_us = NULL WHERE subject_id = ?", victim.subject)
    shown = victim.show()
    assert [item.values for item in getattr(shown, "items", ())] == []
