"""The data map knows every column of both stores on both engines and every file of a working office, and nothing that is not there."""

from pathlib import Path
from typing import get_args

import pytest

from office import House
from sandyq.app import SYSTEM, datamap
from sandyq.db import Stores
from sandyq.db.describe import Table, schema_of
from sandyq.register.holder import Kind
from sandyq.requests import Kind as Order

STORES = ("durable", "perishable")


def schema(stores: Stores) -> dict[str, dict[str, Table]]:
    return stores.read(lambda work: {name: schema_of(getattr(work, name)) for name in STORES})


def columns(stores: Stores) -> list[str]:
    return [f"{table}.{column.name}" for tables in schema(stores).values() for table, made in tables.items() for column in made.columns]


def test_every_column_is_classified_and_no_class_is_left_over(stores):
    assert datamap.compare(columns(stores)) == datamap.Gaps(frozenset(), frozenset())


def test_a_column_that_nobody_classified_is_found(stores):
    stores.write(lambda work: work.durable.run("ALTER TABLE claim ADD COLUMN nickname TEXT"), SYSTEM)
    assert datamap.compare(columns(stores)).unknown == {"claim.nickname"}


def test_a_class_without_a_column_is_found(stores):
    left = [name for name in columns(stores) if name != "claim.token"]
    assert datamap.compare(left).vanished == {"claim.token"}


def test_no_column_is_claimed_by_two_rooms():
    assert not datamap.TWICE


def test_the_same_tables_stand_in_each_store_on_each_engine(stores):
    found = schema(stores)
    shared = set(found["durable"]) & set(found["perishable"])
    assert shared == {"mark", "schema_file"}


def test_each_class_is_one_of_the_closed_list_and_has_holder_and_term():
    for name, column in datamap.COLUMNS.items():
        assert column.kind in get_args(Kind), name
        assert column.holder, name
        assert column.term, name


def test_sealed_and_token_columns_hold_bytes_and_bytes_are_digests_tokens_or_sealed(stores):
    """What a column may hold shows in its type: sealed bytes and keyed tokens are never text."""
    digests = {"consent_grant.text_sha256", "decision.facts", "fact_set.digest", "leaf.body", "pending_leaf.bodies", "tree_head.edge"}
    digests |= {"transfer.ack_digest"}
    for tables in schema(stores).values():
        for table, made in tables.items():
            for column in made.columns:
                name = f"{table}.{column.name}"
                blob = column.kind == "BLOB"
                kind = datamap.COLUMNS[name].kind
                assert not (kind in ("sealed", "token") and not blob), name
                assert not (blob and kind not in ("sealed", "token", "credential") and name not in digests), name


def test_what_ties_a_person_to_a_subject_is_in_the_perishable_store(stores):
    """Design 8: by the durable store alone nobody can be found. Tokens left there are of codes, browsers and
    sessions, marks of contacts that name no subject, and keys of requests."""
    tokens = {name.partition(".")[0] for name, column in datamap.COLUMNS.items() if column.kind == "token"}
    kept = {"challenge", "claim", "claim_session", "suppression", "idempotency", "sent_form", "portal_session", "prove_link"}
    assert tokens & set(schema(stores)["durable"]) == kept


def test_every_file_of_a_working_office_is_on_the_map(office: House):
    applicant = office.applicant(to=[office.bank_a])
    office.done(Order.BLOCK, applicant.subject, reason="violation_claimed")
    office.office.publisher.publish(office.office.stores)
    office.office.ship()
    (office.settings.media_dir / "06f2m8q4x1e0c9v7b5n3k2j1h0.part").write_bytes(b"sealed")
    unknown = [path for path in _files(office.settings.folder) if datamap.place_of(path) is None]
    assert not unknown


@pytest.mark.parametrize("path", ["notes.txt", "media/passport.pdf", "durable.db-journal", "keys/kek-000001.key.bak", "log/tile/0/../x"])
def test_a_file_that_nobody_classified_is_found(path):
    assert datamap.place_of(path) is None


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
