"""Nothing about a person may be forgotten in an answer: every table and every holder is told, or left out with a reason."""

import json
from dataclasses import dataclass

from access_world import answered, person, rich

from office import House
from sandyq.access import told
from sandyq.access.facts import Held
from sandyq.app import datamap
from sandyq.db import Work
from sandyq.db.describe import schema_of
from sandyq.register.holder import Kept, Shown


def tables(work: Work) -> set[str]:
    """Every table with a `subject_id`, as the engine tells them."""
    made = {**schema_of(work.durable), **schema_of(work.perishable)}
    return {name for name, table in made.items() if any(column.name == "subject_id" for column in table.columns)}


def test_every_table_about_a_person_is_told_or_left_out_with_a_reason(stores):
    forgotten = stores.read(tables) - set(told.TOLD)
    assert not forgotten, (
        f"say in sandyq.access.told where {sorted(forgotten)} stand in an answer (`others` when a holder shows them), or why they are left out"
    )
    assert set(told.TOLD) == set(datamap.FATES)
    for name, one in told.TOLD.items():
        assert bool(one.section) is not bool(one.left_out), name
        assert not one.section or one.section in Held.__struct_fields__, name


def test_a_rich_person_has_something_in_every_section_that_a_living_one_can_have(office: House):
    held = person(answered(office, rich(office).subject))
    sections = {one.section for one in told.TOLD.values() if one.section} - {"destructions"}
    assert {name for name in sections if not held[name]} == set()


def test_whatever_a_holder_shows_stands_in_the_answer_by_its_id(office: House):
    subject = rich(office).subject
    text = answered(office, subject).package.to_json().decode()
    shown = [one for holder in office.office.holders for one in office.look(lambda work, h=holder: h.show(work, subject))]
    assert {one.holder for one in shown} >= {"register", "consent", "block", "relations", "parties", "distribute", "collect"}
    assert [one for one in shown if json.dumps(one.id) not in text] == []


@dataclass
class Newcomer:
    """A room that came after the answers were written and has no section of its own."""

    name: str = "newcomer"
    steps: tuple[str, ...] = ()

    def show(self, work: Work, subject: str) -> list[Shown]:
        return [Shown(self.name, "note", "note-1", since_us=1, ground="3.10", purposes=("correspondence",))]

    def erase(self, work: Work, subject: str, step: str) -> int:
        return 0

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        return []

    def kept(self, work: Work, subject: str) -> list[Kept]:
        return []


def test_a_holder_without_a_section_of_its_own_is_told_among_the_others(office: House):
    office.office.holders = (*office.office.holders, Newcomer())
    held = person(answered(office, office.applicant().subject))
    assert [(one["holder"], one["what"], one["id"]) for one in held["others"] if one["holder"] != "identity"] == [
        ("newcomer", "note", "note-1")
    ]
