"""What each level of proof may do: the closed table, row by row (docs/adr/0010-who-is-asking.md)."""

import pytest

from sandyq.identity import Deed, Level, allowed, clause_of, least
from sandyq.identity.facts import Visitor

CASES = {
    Level.NONE: {Deed.ASK},
    Level.ASSERTED: {Deed.ASK},
    Level.CODE: {
        Deed.SEE_CASES,
        Deed.SEE_MASKED,
        Deed.ASK_ACCESS,
        Deed.RECTIFY,
        Deed.BLOCK,
        Deed.OBJECT,
        Deed.COMPLAIN,
        Deed.WITHDRAW_ONE,
        Deed.REFUSE_PUBLIC,
        Deed.STOP_MARKETING,
    },
    Level.TWO_FACTORS: {
        Deed.AGREE_PUBLIC,
        Deed.SEE_FULL,
        Deed.EXPORT,
        Deed.WITHDRAW_ALL,
        Deed.DESTROY,
        Deed.UNBLOCK,
        Deed.CHANGE_CONTACT,
    },
    Level.DESK: {Deed.MERGE, Deed.REPLACE_FACTORS},
}


@pytest.mark.parametrize("level", list(Level))
def test_a_level_may_what_it_adds_and_what_the_lower_ones_may_and_nothing_else(level: Level) -> None:
    may = {deed for lower in Level if lower <= level for deed in CASES[lower]}
    assert {deed for deed in Deed if allowed(level, deed)} == may


def test_every_deed_has_its_lowest_level() -> None:
    assert {deed: least(deed) for deed in Deed}.keys() == set(Deed)


def visitor(level: Level, scope: frozenset[str], for_subject: str = "the other") -> Visitor:
    return Visitor("me", level, "s", for_subject, scope)


@pytest.mark.parametrize(
    ("clause", "deeds"),
    [
        ("4.1.1", {Deed.SEE_MASKED, Deed.SEE_FULL, Deed.ASK_ACCESS, Deed.EXPORT}),
        ("4.1.2", {Deed.RECTIFY}),
        ("4.1.3", {Deed.BLOCK, Deed.UNBLOCK}),
        ("4.1.4", {Deed.DESTROY}),
        ("4.1.5", {Deed.WITHDRAW_ONE, Deed.WITHDRAW_ALL, Deed.STOP_MARKETING}),
        ("4.1.6", {Deed.REFUSE_PUBLIC, Deed.AGREE_PUBLIC}),
        ("4.1.7", {Deed.COMPLAIN, Deed.OBJECT}),
    ],
)
def test_a_representative_may_what_the_document_names(clause: str, deeds: set[Deed]) -> None:
    one = visitor(Level.TWO_FACTORS, frozenset({clause}))
    assert {deed for deed in Deed if one.may(deed)} == deeds | {Deed.ASK, Deed.SEE_CASES}


def test_factors_and_merging_are_for_nobody_but_the_person() -> None:
    every = frozenset(clause_of(deed) for deed in Deed)
    one = visitor(Level.DESK, every - {""})
    assert {deed for deed in Deed if not one.may(deed)} == {Deed.CHANGE_CONTACT, Deed.MERGE, Deed.REPLACE_FACTORS}
    own = visitor(Level.DESK, frozenset(), "me")
    assert all(own.may(deed) for deed in Deed)
