"""Contracts, obligations, applications and employment, from start to end."""

from datetime import date, timedelta

import pytest

from sandyq import relations
from sandyq.errors import Conflict, Invalid, NotFound
from sandyq.relations import NewRelation, RelationKind

LOAN = NewRelation(RelationKind.CONTRACT, date(2026, 3, 1), frozenset({"contract"}), party="bank")


def opened(office, person, new=LOAN):
    return office.do(lambda work: relations.open_relation(work, person, new))


def close(office, person, relation, ended=date(2026, 3, 18), *, fulfilled=False):
    return office.do(lambda work: relations.close_relation(work, person, relation, ended, fulfilled=fulfilled))


def test_a_relation_is_known_to_the_law_from_its_start(office, person):
    relation = opened(office, person)
    assert [(entry.act, entry.object, entry.recipient) for entry in office.entries] == [("relations.opened", relation, "bank")]
    [fact] = office.do(lambda work: relations.facts(work, person))
    assert (fact.id, fact.kind, fact.started, fact.ended, fact.fulfilled) == (relation, "contract", date(2026, 3, 1), None, False)
    assert fact.purposes == {"contract"}
    assert len(office.trips) == 1


def test_an_end_starts_terms_and_changes_the_standing(office, person):
    relation = opened(office, person)
    before, since = office.revision(person), 0
    close(office, person, relation, fulfilled=True)
    assert [entry.act for entry in office.entries] == ["relations.closed"]
    [fact] = office.do(lambda work: relations.facts(work, person))
    assert (fact.ended, fact.fulfilled) == (date(2026, 3, 18), True)
    assert office.revision(person) == before + 1
    [closed] = office.do(lambda work: relations.closed_since(work, since))
    assert (closed.id, closed.subject) == (relation, person)


def test_an_end_that_left_an_obligation_open_can_be_entered_as_fulfilled_later(office, person):
    relation = opened(office, person)
    close(office, person, relation)
    office.clock.advance(timedelta(days=2))
    done = close(office, person, relation, date(2026, 3, 20), fulfilled=True)
    assert (done.ended, done.fulfilled) == (date(2026, 3, 20), True)
    with pytest.raises(Conflict, match="relation_over"):
        close(office, person, relation, fulfilled=True)


def test_an_end_before_the_start_or_in_the_future_is_refused(office, person):
    relation = opened(office, person)
    for ended in (date(2026, 2, 28), date(2026, 3, 20)):
        with pytest.raises(Invalid):
            close(office, person, relation, ended)


def test_a_relation_without_purpose_or_with_a_start_to_come_names_both_faults(office, person):
    with pytest.raises(Invalid) as told:
        opened(office, person, NewRelation(RelationKind.CONTRACT, date(2026, 3, 20), frozenset()))
    assert {fault.field for fault in told.value.errors} == {"started", "purposes"}


def test_another_persons_relation_is_unknown(office, person):
    relation = opened(office, office.person())
    with pytest.raises(NotFound):
        close(office, person, relation)


def test_relations_go_with_the_person(office, person):
    holder, other = relations.RelationsHolder(), office.person()
    opened(office, person)
    opened(office, other)
    assert [shown.what for shown in office.do(lambda work: holder.show(work, person))] == ["contract"]
    assert len(office.do(lambda work: holder.verify_gone(work, person))) == 1
    assert office.do(lambda work: holder.erase(work, person, "rows")) == 1
    assert office.do(lambda work: holder.erase(work, person, "rows")) == 0
    assert office.do(lambda work: holder.verify_gone(work, person)) == []
    assert len(office.do(lambda work: relations.all_of(work, other))) == 1
