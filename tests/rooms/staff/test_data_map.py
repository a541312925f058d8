"""Every column of the standing rooms has its class in the data map."""

import re
from importlib.resources import files

import pytest

from sandyq import block, consent, parties, relations, staff

ROOMS = {"0310_consent": consent, "0320_block": block, "0330_relations": relations, "0340_parties": parties, "0350_staff": staff}
ADDED = {"0350_staff": ("0647_staff_address",)}
"""Later files that add columns to a room's tables."""


def columns(name):
    text = (files("sandyq.db") / "schema" / "durable" / f"{name}.sql").read_text()
    for table, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\);", text, re.S):
        for line in body.strip().splitlines():
            word = line.split()[0]
            if word != "PRIMARY":
                yield f"{table}.{word}"
    for more in ADDED.get(name, ()):
        later = (files("sandyq.db") / "schema" / "durable" / f"{more}.sql").read_text()
        yield from (f"{table}.{word}" for table, word in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", later))


@pytest.mark.parametrize("name", ROOMS)
def test_the_data_map_names_the_columns_of_the_room_and_no_others(name):
    assert set(columns(name)) == set(ROOMS[name].COLUMNS)


def test_what_could_name_a_person_is_sealed_or_hashed():
    credentials = {
        column for room in ROOMS.values() for column, known in room.COLUMNS.items() if known.kind in {"sealed", "credential", "token"}
    }
    assert credentials == {
        "recipient.card",
        "recipient.secrets",
        "source.card",
        "suppression.token",
        "staff_member.password_hash",
        "staff_member.totp",
        "staff_member.address",
        "staff_session.token",
        "api_token.token",
    }
