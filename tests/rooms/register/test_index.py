"""Finding people by keyed tokens, on both engines."""

from collections.abc import Callable
from typing import Any

import pytest
from register_people import ACTOR

from sandyq.db import Stores, Work
from sandyq.errors import Conflict, Misuse
from sandyq.register import index, keystore, subjects
from sandyq.register.index import Identifiers, Match

Write = Callable[[Callable[[Work], Any]], Any]
Ring = keystore.Keyring
IIN, OTHER_IIN = "000504699979", "670306499572"
PHONE = "+77000000475"
ASEL = Identifiers(IIN, (PHONE,), ("asel@mail.example",), ("A-17",), "Серікова", "Әсел", 2000)


def known(write: Write, ring: Ring, who: Identifiers) -> str:
    """A subject with these tokens."""

    def make(work: Work) -> str:
        subject = subjects.create(work, ring)
        index.put(work, ring, subject, who)
        return subject

    return str(write(make))


def verified(iin: str = IIN) -> Identifiers:
    return Identifiers(iin, asserted=False)


@pytest.mark.parametrize(("kind", "value"), [("iin", IIN), ("phone", PHONE), ("email", "asel@mail.example"), ("contract", "A-17")])
def test_each_identifier_finds_exactly(write: Write, ring: Ring, kind: str, value: str) -> None:
    subject = known(write, ring, ASEL)
    assert write(lambda w: index.find(w, ring, kind, value)).matches == (Match(subject, asserted=True),)
    assert write(lambda w: index.find(w, ring, kind, value[:-1] + "0")).matches == ()
    with pytest.raises(Misuse):
        write(lambda w: index.find(w, ring, "surname", "Серікова"))


def test_nothing_readable_lies_in_the_index(write: Write, ring: Ring) -> None:
    known(write, ring, ASEL)
    rows = write(lambda w: w.perishable.all("SELECT * FROM token"))
    seen = b"|".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)
    assert len(rows) == 6
    assert not [v for v in (IIN, PHONE, "asel", "A-17", "serikov", "2000") if v.encode() in seen]
    assert IIN not in repr(ASEL)


def test_a_name_is_found_with_a_birth_year_in_any_spelling_and_case(write: Write, ring: Ring) -> None:
    subject = known(write, ring, ASEL)
    for surname in ("Серікова", "Серикова", "Serikova", "Серікованың", "Сериковой", "СЕРІКОВ"):
        assert write(lambda w, s=surname: index.name_and_year(w, ring, s, 2000)).subjects == [subject]
        assert write(lambda w, s=surname: index.name_and_tail(w, ring, s, "Asel", "0475")).subjects == [subject]
    assert write(lambda w: index.name_and_year(w, ring, "Серікова", 2001)).subjects == []
    assert write(lambda w: index.name_and_tail(w, ring, "Серікова", "Дана", "0475")).subjects == []


def test_a_verified_iin_is_unique_and_asserted_ones_stand_beside_it(write: Write, ring: Ring) -> None:
    owner = known(write, ring, verified())
    claimant = known(write, ring, ASEL)
    found = write(lambda w: index.find(w, ring, "iin", IIN))
    assert found.matches == (Match(owner, asserted=False), Match(claimant, asserted=True))
    with pytest.raises(Conflict, match="iin_verified_elsewhere"):
        known(write, ring, verified())
    with pytest.raises(Conflict, match="iin_verified_elsewhere"):
        write(lambda w: index.confirm_iin(w, ring, claimant, IIN))


def test_an_asserted_iin_becomes_verified(write: Write, ring: Ring) -> None:
    subject = known(write, ring, ASEL)
    with pytest.raises(Conflict, match="iin_not_asserted"):
        write(lambda w: index.confirm_iin(w, ring, subject, OTHER_IIN))
    write(lambda w: index.confirm_iin(w, ring, subject, IIN))
    assert write(lambda w: index.find(w, ring, "iin", IIN)).matches == (Match(subject, asserted=False),)
    with pytest.raises(Conflict):
        known(write, ring, verified())


def test_a_verified_iin_stays_unique_across_generations(write: Write, ring: Ring) -> None:
    known(write, ring, verified())
    write(lambda w: index.rotate(w, ring))
    with pytest.raises(Conflict):
        known(write, ring, verified())


def test_an_orphan_token_locks_nobody_out(write: Write, ring: Ring) -> None:
    ghost = known(write, ring, verified())
    write(lambda w: w.durable.run("DELETE FROM subject WHERE subject_id = ?", ghost))
    subject = known(write, ring, verified())
    assert write(lambda w: index.find(w, ring, "iin", IIN)).subjects == [subject]


def test_two_that_verify_the_same_iin_at_once_cannot_both_have_it(stores: Stores, ring: Ring, write: Write) -> None:
    def make(work: Work) -> str:
        subject = subjects.create(work, ring)
        index.put(work, ring, subject, verified())
        return subject

    both = [stores.submit(make, ACTOR) for _ in range(4)]
    failed = [b for b in both if b.exception(30) is not None]
    assert len(failed) == 3
    assert all(isinstance(b.exception(), Conflict) for b in failed)
    assert len(write(lambda w: index.find(w, ring, "iin", IIN)).matches) == 1


def test_phones_are_shared_and_results_are_capped(write: Write, ring: Ring) -> None:
    family = [known(write, ring, Identifiers(phones=(PHONE,))) for _ in range(4)]
    assert set(write(lambda w: index.find(w, ring, "phone", PHONE)).subjects) == set(family)
    capped = write(lambda w: index.find(w, ring, "phone", PHONE, cap=3))
    assert len(capped.matches) == 3
    assert capped.more


def test_the_wall_between_clients_and_staff_is_in_the_token(write: Write, ring: Ring) -> None:
    client = known(write, ring, verified())
    worker = known(write, ring, Identifiers(IIN, asserted=False, wall="staff"))
    assert write(lambda w: index.find(w, ring, "iin", IIN)).subjects == [client]
    assert write(lambda w: index.find(w, ring, "iin", IIN, wall="staff")).subjects == [worker]


def test_a_turned_index_finds_everybody_and_old_masters_alone_find_nobody(write: Write, ring: Ring, keys: keystore.FileKeys) -> None:
    before = known(write, ring, ASEL)
    write(lambda w: index.rotate(w, ring))
    between = known(write, ring, ASEL)
    assert write(lambda w: index.find(w, ring, "phone", PHONE)).subjects == sorted([before, between])
    old = set(write(lambda w: w.perishable.all("SELECT token FROM token WHERE generation = 1")))
    write(lambda w: index.rotate(w, ring))
    assert index.rechain_all(write, ring, limit=5) == 12
    assert write(lambda w: ring.live(w)).token == (3,)
    after = known(write, ring, ASEL)
    fresh = keystore.Keyring(keys)
    for kind, value in (("iin", IIN), ("phone", PHONE), ("email", "asel@mail.example")):
        assert write(lambda w, k=kind, v=value: index.find(w, fresh, k, v)).subjects == sorted([before, between, after])
    assert write(lambda w: index.name_and_year(w, fresh, "Серикова", 2000)).subjects == sorted([before, between, after])
    assert not old & set(write(lambda w: w.perishable.all("SELECT token FROM token")))


def test_tokens_are_erased_all_or_by_kind(write: Write, ring: Ring) -> None:
    subject = known(write, ring, ASEL)
    other = known(write, ring, ASEL)
    assert write(lambda w: index.erase(w, subject, ("phone", "name_tail"))) == 2
    assert write(lambda w: index.find(w, ring, "phone", PHONE)).subjects == [other]
    assert write(lambda w: index.erase(w, subject)) == 4
    assert write(lambda w: index.verify_gone(w, subject)) == []
    assert write(lambda w: index.find(w, ring, "iin", IIN)).subjects == [other]


def test_putting_twice_changes_nothing(write: Write, ring: Ring) -> None:
    subject = known(write, ring, ASEL)
    write(lambda w: index.put(w, ring, subject, ASEL))
    assert len(write(lambda w: index.verify_gone(w, subject))) == 6


def test_those_who_share_an_identifier_meet_without_anything_being_opened(write: Write, ring: Ring) -> None:
    owner = known(write, ring, verified())
    first = known(write, ring, ASEL)
    known(write, ring, Identifiers(OTHER_IIN, phones=(PHONE,)))
    assert write(lambda w: index.meeting(w, ring, first, "iin")) == [owner]
    assert write(lambda w: index.meeting(w, ring, owner, "phone")) == []
    write(lambda w: index.rotate(w, ring))
    later = known(write, ring, ASEL)
    assert set(write(lambda w: index.meeting(w, ring, owner, "iin"))) == {first, later}
    index.rechain_all(write, ring)
    assert write(lambda w: index.meeting(w, ring, later, "iin")) == [owner, first]
