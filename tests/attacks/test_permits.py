"""A permit that is used twice, elsewhere, copied, widened or made by hand opens nothing (design 3)."""

import copy
import pickle
from dataclasses import replace

import pytest

from office import Applicant, House
from sandyq.db import Work
from sandyq.errors import Misuse
from sandyq.law.ask import Ask
from sandyq.law.decision import Permit, Refusal
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.register import items
from sandyq.requests import Kind


@pytest.fixture
def victim(office: House) -> Applicant:
    return office.applicant()


def ask(applicant: Applicant, operation: Operation = Operation.USE, **more: object) -> Ask:
    house = applicant.house
    return Ask(operation, applicant.subject, house.purpose, actor=ActorKind.STAFF, actor_id=house.clerk.id, **more)


def permitted(work: Work, applicant: Applicant) -> Permit:
    answer = applicant.house.office.gate.ask(work, ask(applicant))
    assert isinstance(answer, Permit)
    return answer


def misuse(code: str, applicant: Applicant, fn) -> None:
    with pytest.raises(Misuse) as caught:
        applicant.house.do(fn, applicant.house.clerk)
    assert caught.value.code == code


def test_a_permit_opens_once(victim: Applicant):
    gate = victim.house.office.gate

    def twice(work: Work) -> None:
        permit = permitted(work, victim)
        assert gate.open(work, permit)
        gate.open(work, permit)

    misuse("permit_unknown", victim, twice)


def test_a_permit_of_one_unit_of_work_is_nothing_in_the_next(victim: Applicant):
    kept = victim.house.do(lambda work: permitted(work, victim), victim.house.clerk)
    misuse("permit_unknown", victim, lambda work: victim.house.office.gate.open(work, kept))


def test_a_permit_does_not_outlive_its_unit_of_work_by_being_held_in_another_thread(victim: Applicant):
    """Two works at once: what one was granted, the other cannot spend."""
    gate = victim.house.office.gate

    def other(work: Work) -> None:
        permit = permitted(work, victim)
        stranger = Work(work.actor, work.at, lambda store: getattr(work, store))
        gate.open(stranger, permit)

    misuse("permit_unknown", victim, other)


def test_a_permit_made_by_hand_opens_nothing(victim: Applicant):
    def forged(work: Work) -> None:
        real = permitted(work, victim)
        victim.house.office.gate.open(work, Permit(real.ask, real.verdict, real.decision, frozenset({"iin", "document_copy"})))

    misuse("permit_unknown", victim, forged)


def test_a_widened_permit_opens_nothing(victim: Applicant):
    def widened(work: Work) -> None:
        permit = permitted(work, victim)
        victim.house.office.gate.open(work, replace(permit, fields=permit.fields | {"document_copy"}))

    misuse("permit_unknown", victim, widened)


def test_the_fields_of_a_permit_cannot_be_changed(victim: Applicant):
    def changed(work: Work) -> None:
        permitted(work, victim).fields = frozenset({"document_copy"})  # type: ignore[misc]

    with pytest.raises(AttributeError):
        victim.house.do(changed)


@pytest.mark.parametrize(
    ("code", "way"), [("permit_copied", copy.copy), ("permit_copied", copy.deepcopy), ("permit_serialised", pickle.dumps)]
)
def test_a_permit_is_neither_copied_nor_serialised(victim: Applicant, code: str, way):
    misuse(code, victim, lambda work: way(permitted(work, victim)))


def test_a_permit_for_one_person_does_not_reach_the_items_of_another(office: House, victim: Applicant):
    other = office.applicant()
    theirs = office.look(lambda work: [item.item_id for item in items.legal(work, other.subject)])

    def foreign(work: Work):
        return office.office.gate.open(work, permitted(work, victim), theirs)

    with pytest.raises(Exception, match="item_gone"):
        office.do(foreign, office.clerk)


def test_a_permit_to_destroy_does_not_open(victim: Applicant):
    def wrong(work: Work) -> None:
        permit = Permit(ask(victim, Operation.DESTROY), permitted(work, victim).verdict, "x", frozenset({"iin"}))
        work.grant(permit)
        victim.house.office.gate.open(work, permit)

    misuse("permit_not_for_opening", victim, wrong)


def test_a_permit_to_use_does_not_keep_new_data(victim: Applicant):
    def wrong(work: Work) -> None:
        items.put(work, victim.house.office.ring, permitted(work, victim), [items.NewItem("6.2.1", {"surname": "x"})])

    misuse("permit_not_for_keeping", victim, wrong)


def test_evidence_and_superseded_versions_stay_closed_to_a_permit_that_did_not_name_them(victim: Applicant):
    house = victim.house
    evidence = house.look(lambda work: [item.item_id for item in items.legal(work, victim.subject) if item.klass == "evidence"])
    assert evidence
    with pytest.raises(Exception, match="item_gone"):
        house.do(lambda work: house.office.gate.open(work, permitted(work, victim), evidence), house.clerk)


def test_a_refusal_is_no_permit(victim: Applicant):
    victim.done(Kind.BLOCK, reason="violation_claimed")
    house = victim.house

    def refused(work: Work) -> None:
        answer = house.office.gate.ask(work, ask(victim))
        assert isinstance(answer, Refusal)
        house.office.gate.open(work, answer)  # type: ignore[arg-type]

    misuse("permit_unknown", victim, refused)


def test_what_is_returned_never_shows_values_when_printed(victim: Applicant):
    """A traceback or a careless log of results must not carry data."""
    shown = victim.show()
    opened = victim.house.do(lambda work: victim.house.office.gate.open(work, permitted(work, victim)), victim.house.clerk)
    text = repr((shown, opened))
    assert shown.items
    assert not [secret for secret in victim.secrets if secret in text]
