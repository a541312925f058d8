"""How terms run, which term binds on a day, and what a new calendar moves."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sandyq.errors import Invalid, Misuse
from sandyq.law.calendar import DayKind, Decree, DecreeKind, OutsideCalendar, kazakhstan
from sandyq.law.deadlines import (
    DeadlineRule,
    Mark,
    Nature,
    OpenDeadline,
    Term,
    Unit,
    due,
    due_date,
    from_data,
    recompute,
    rule_for,
    rules_on,
)

KZ = kazakhstan()
PACK = Path(__file__).parents[2] / "src" / "sandyq" / "law" / "packs" / "kz" / "deadlines.yaml"
CITED = "decree 1 of 01.01.2026"

starts = st.dates(date(2005, 1, 1), date(2028, 12, 31))
terms = st.one_of(
    st.builds(Term, st.integers(1, 60), st.sampled_from([Unit.WORKING_DAYS, Unit.DAYS])),
    st.builds(Term, st.integers(1, 12), st.just(Unit.MONTHS)),
    st.builds(Term, st.just(1), st.just(Unit.YEARS)),
)


def raw() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(PACK.read_text(encoding="utf-8"))["deadlines"]
    return entries


RULES = from_data(raw())


def ends(start: date, term: str) -> date:
    return due_date(start, Term.parse(term), KZ)


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        (date(2026, 3, 19), "3wd", date(2026, 3, 27)),  # over Nauryz and its moved days
        (date(2026, 3, 20), "1wd", date(2026, 3, 26)),
        (date(2026, 3, 20), "15wd", date(2026, 4, 15)),
        (date(2024, 12, 31), "1wd", date(2025, 1, 5)),  # a decreed working Sunday
        (date(2026, 8, 28), "1wd", date(2026, 8, 31)),
        (date(2027, 3, 12), "1wd", date(2027, 3, 16)),  # Constitution Day on Monday 15 March
        (date(2026, 3, 11), "10cd", date(2026, 3, 26)),  # ends on 21 March, moves over Nauryz
        (date(2026, 3, 10), "10cd", date(2026, 3, 20)),
        (date(2021, 3, 15), "5y", date(2026, 3, 16)),  # 15 March 2026 is an ordinary Sunday
        (date(2024, 2, 29), "1y", date(2025, 2, 28)),
        (date(2025, 1, 31), "1m", date(2025, 2, 28)),
        (date(2025, 8, 31), "6m", date(2026, 3, 2)),  # 28 February 2026 is a Saturday
        (date(2026, 3, 21), "0d", date(2026, 3, 21)),  # no time at all: not moved
    ],
)
def test_a_term_ends_on_the_day_the_law_gives(start: date, term: str, end: date) -> None:
    assert ends(start, term) == end
    assert due(start, Term.parse(term), KZ).date == end


def test_a_term_is_explained_day_by_day() -> None:
    shown = due(date(2026, 3, 19), Term.parse("3wd"), KZ)
    assert [(day.date.day, day.counted, day.reason.kind) for day in shown.counted] == [
        (19, False, DayKind.EVENT),
        (20, True, DayKind.WORKING),
        (21, False, DayKind.HOLIDAY),
        (22, False, DayKind.HOLIDAY),
        (23, False, DayKind.HOLIDAY),
        (24, False, DayKind.MOVED_DAY_OFF),
        (25, False, DayKind.MOVED_DAY_OFF),
        (26, True, DayKind.WORKING),
        (27, True, DayKind.WORKING),
    ]
    assert shown.calendar_version == KZ.version


def test_the_days_that_move_a_calendar_term_off_a_day_off_are_not_counted() -> None:
    shown = due(date(2026, 3, 11), Term.parse("10cd"), KZ)
    assert sum(day.counted for day in shown.counted) == 10
    assert [day.date.day for day in shown.counted if not day.counted] == [11, 22, 23, 24, 25, 26]


def test_a_deadline_warns_of_what_may_still_move_it() -> None:
    assert due(date(2025, 2, 3), Term.parse("3wd"), KZ).warnings == ()
    warned = due(date(2026, 5, 25), Term.parse("3wd"), KZ).warnings
    assert {w.code for w in warned} == {"unconfirmed_year", "estimated_holiday"}
    assert {w.year for w in due(date(2025, 12, 30), Term.parse("3wd"), KZ).warnings} == {2026}


@pytest.mark.parametrize(
    ("text", "written"), [("3wd", "3wd"), (" 15WD ", "15wd"), ("10 cd", "10cd"), ("0d", "0cd"), ("6m", "6m"), ("5y", "5y")]
)
def test_a_term_is_read_and_written(text: str, written: str) -> None:
    assert str(Term.parse(text)) == written
    assert Term.parse(written) == Term.parse(text)


@pytest.mark.parametrize("text", ["", "3", "wd", "-1wd", "3 weeks", "1.5wd", "3wd 2cd", "99999wd", "201y", "2401m"])
def test_what_is_not_a_term_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Term.parse(text)
    (fault,) = refused.value.errors
    assert fault.code in {"term_unreadable", "term_too_long"}
    assert "wd" in str(fault.params.get("forms", "")) or fault.params["most"] == "200y"


def test_a_term_beyond_the_table_is_refused_but_storage_can_still_be_reckoned() -> None:
    with pytest.raises(OutsideCalendar):
        ends(date(2026, 1, 5), "10y")
    with pytest.raises(OutsideCalendar):
        ends(date(1990, 1, 5), "0d")
    assert Term.parse("10y").last_day(date(2026, 1, 5)) == date(2036, 1, 5)
    with pytest.raises(Misuse):
        Term.parse("3wd").last_day(date(2026, 1, 5))


@given(starts, terms)
def test_a_deadline_is_a_working_day_after_its_event(start: date, term: Term) -> None:
    end = due_date(start, term, KZ)
    assert KZ.is_working(end)
    assert end > start


@given(starts, terms)
def test_a_longer_term_never_ends_earlier(start: date, term: Term) -> None:
    longer = Term(term.n + 1, term.unit)
    assert due_date(start, longer, KZ) >= due_date(start, term, KZ)
    if term.unit is Unit.WORKING_DAYS:
        assert due_date(start, longer, KZ) > due_date(start, term, KZ)


@given(starts, terms)
def test_the_days_listed_are_complete_and_in_order(start: date, term: Term) -> None:
    shown = due(start, term, KZ)
    assert [day.date for day in shown.counted] == [start + timedelta(days=n) for n in range((shown.date - start).days + 1)]
    counted = [day for day in shown.counted if day.counted]
    if term.unit is Unit.WORKING_DAYS:
        assert len(counted) == term.n
        assert all(day.reason.working for day in counted)
        assert all(not day.reason.working for day in shown.counted[1:] if not day.counted)
    else:
        assert counted[-1].date == term.last_day(start)


@given(starts, terms, st.lists(st.integers(-3, 90), min_size=1, max_size=5, unique=True))
def test_a_further_day_off_never_makes_a_deadline_earlier(start: date, term: Term, offsets: list[int]) -> None:
    fewer = KZ.with_decrees([Decree(start + timedelta(days=n), DecreeKind.DAY_OFF, CITED) for n in offsets])
    assert due_date(start, term, fewer) >= due_date(start, term, KZ)


@given(starts, terms, terms)
def test_a_term_that_is_said_never_to_be_later_never_is(start: date, a: Term, b: Term) -> None:
    if a.never_later_than(b):
        assert due_date(start, a, KZ) <= due_date(start, b, KZ)


@given(starts)
def test_one_day_ends_the_same_whether_it_is_a_working_or_a_calendar_day(start: date) -> None:
    assert ends(start, "1wd") == ends(start, "1cd")


# --- the rules of the pack ---------------------------------------------------------------------------------------------------------------


def bound(duty: str, on: date) -> tuple[str, str] | None:
    rule = rule_for(RULES, duty, on)
    return (rule.id, str(rule.term)) if rule else None


def test_every_row_of_the_table_of_deadlines_has_its_rule() -> None:
    assert {rule.row for rule in RULES} == set(range(1, 19))
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("duty", "on", "expected"),
    [
        ("access-answer", date(2021, 5, 5), ("access-answer-law", "3wd")),
        ("access-answer", date(2026, 3, 19), ("access-answer-rules", "3wd")),
        ("access-refusal", date(2026, 3, 19), ("access-refusal-rules", "3wd")),
        ("rectify", date(2026, 3, 19), ("rectify", "1wd")),
        ("block", date(2021, 3, 19), ("block", "1wd")),
        ("destroy-unlawful", date(2026, 3, 19), ("destroy-unlawful", "1wd")),
        ("unblock", date(2026, 3, 19), ("unblock", "1wd")),
        ("breach-notice", date(2024, 6, 30), None),
        ("breach-notice", date(2024, 7, 1), ("breach-notice", "1wd")),
        ("withdrawal-stop", date(2026, 1, 17), None),  # the Law set no term before
        ("withdrawal-stop", date(2026, 3, 20), ("withdrawal-stop", "15wd")),
        ("automated-objection", date(2025, 12, 31), None),
        ("automated-objection", date(2026, 2, 2), ("automated-objection", "3wd")),
        ("transfer-notice", date(2026, 2, 2), ("transfer-notice", "10wd")),
        ("public-removal", date(2021, 1, 1), None),
        ("public-removal", date(2026, 8, 1), ("public-removal", "1wd")),
        ("destroy-ended", date(2026, 8, 1), ("destroy-ended", "1wd")),
        ("dc41-limit", date(2026, 7, 11), None),
        ("dc41-limit", date(2026, 7, 12), ("dc41-limit", "15wd")),
        ("dc41-limit-unlawful", date(2026, 7, 12), ("dc41-limit-unlawful", "1wd")),
        ("processing-notice", date(2026, 8, 24), None),
        ("processing-notice", date(2026, 8, 25), ("processing-notice", "0cd")),
        ("credit-bureau-consent", date(2026, 1, 1), ("credit-bureau-consent", "10y")),
        ("credit-bureau-consent", date(2021, 1, 1), None),  # the text of that day was not read: it may not lengthen keeping
        ("aml-records", date(2026, 1, 1), None),  # known from memory only
        ("tax-documents", date(2026, 5, 1), None),  # known from a summary only
        ("consumer-complaint", date(2026, 5, 1), ("consumer-complaint", "10cd")),
        ("no-such-duty", date(2026, 5, 1), None),
    ],
)
def test_a_duty_has_the_term_of_the_law_of_its_day(duty: str, on: date, expected: tuple[str, str] | None) -> None:
    assert bound(duty, on) == expected


@given(st.dates(date(2020, 12, 22), date(2027, 12, 31)))
def test_an_access_request_has_its_three_days_on_every_day_since_the_policy(on: date) -> None:
    assert bound("access-answer", on) in {("access-answer-law", "3wd"), ("access-answer-rules", "3wd")}


def test_each_rule_names_its_act_article_and_redaction() -> None:
    shown = [str(rule.source) for rule in RULES if rule.duty == "withdrawal-stop"]
    assert shown == ["94-V art. 8(7) @2026-07-12"]
    assert {rule.row for rule in rules_on(RULES, date(2021, 1, 1))} == {1, 2, 3, 4, 5, 6, 10, 12, 15, 16, 18}


def rule(name: str, term: str, mark: Mark, since: str = "2020-01-01", nature: Nature = Nature.ACT) -> DeadlineRule:
    entry = dict(raw()[0], id=name, duty="x", term=term, mark=mark.value, in_force=[{"from": since}], nature=nature.value)
    (made,) = from_data([entry | {"confirmed_from": None}])
    return made


@pytest.mark.parametrize(
    ("confirmed", "unconfirmed", "binds"),
    [("3wd", "1wd", "guess"), ("3wd", "3cd", "guess"), ("3wd", "4wd", "text"), ("3wd", "4cd", "text"), ("10cd", "8wd", "text")],
)
def test_an_unconfirmed_rule_only_tightens(confirmed: str, unconfirmed: str, binds: str) -> None:
    rules = [rule("text", confirmed, Mark.CONFIRMED), rule("guess", unconfirmed, Mark.SECONDARY, since="2024-01-01")]
    for order in (rules, rules[::-1]):
        found = rule_for(order, "x", date(2026, 1, 1))
        assert found
        assert found.id == binds


def test_an_unconfirmed_duty_to_keep_never_binds() -> None:
    keep = rule("guess", "5y", Mark.MEMORY, nature=Nature.KEEP)
    assert rule_for([keep], "x", date(2026, 1, 1)) is None
    assert rule_for([keep, rule("text", "1y", Mark.CONFIRMED, nature=Nature.KEEP)], "x", date(2026, 1, 1)) is not None


def test_of_two_confirmed_rules_the_later_law_binds() -> None:
    rules = [rule("old", "3wd", Mark.CONFIRMED), rule("new", "5wd", Mark.CONFIRMED, since="2024-01-01")]
    assert [found.id for on in (2023, 2024) if (found := rule_for(rules, "x", date(on, 6, 1)))] == ["old", "new"]


def test_faulty_rules_are_refused_all_at_once_each_by_its_entry() -> None:
    good = raw()[0]
    entries: list[Any] = [
        good | {"term": "soon", "mark": "D", "colour": "red"},
        good | {"id": "second", "in_force": [{"from": "2022-01-01", "to": "2021-01-01"}], "starts": []},
        good | {"id": "third", "source": {"act": "94-V"}, "row": "1", "confirmed_from": "then"},
        "text",
        good | {"id": "twice"},
        good | {"id": "twice"},
    ]
    with pytest.raises(Invalid) as refused:
        from_data(entries)
    found = {(e.field, e.code) for e in refused.value.errors}
    assert found >= {
        ("deadlines[0:access-answer-law].term", "term_unreadable"),
        ("deadlines[0:access-answer-law].mark", "not_in_list"),
        ("deadlines[0:access-answer-law].colour", "unknown_key"),
        ("deadlines[1:second].in_force[0].to", "ends_before_it_begins"),
        ("deadlines[1:second].starts", "not_a_list_of_text"),
        ("deadlines[2:third].source.article", "missing"),
        ("deadlines[2:third].row", "not_a_number"),
        ("deadlines[2:third].confirmed_from", "not_a_date"),
        ("deadlines[3]", "not_a_mapping"),
        ("deadlines[5:twice].id", "given_twice"),
    }
    assert not [field for field, _ in found if field.startswith("deadlines[4")]


# --- a new calendar ----------------------------------------------------------------------------------------------------------------------


def opened(name: str, start: date, term: str) -> OpenDeadline:
    return OpenDeadline(name, start, Term.parse(term), ends(start, term), KZ.version)


def test_a_new_decree_moves_the_open_clocks_it_touches_and_says_by_which_day() -> None:
    clocks = [
        opened("answer", date(2026, 3, 19), "3wd"),
        opened("withdrawal", date(2026, 3, 20), "15wd"),
        opened("done-before", date(2026, 3, 10), "3wd"),
    ]
    new = KZ.with_decrees([Decree(date(2026, 3, 27), DecreeKind.DAY_OFF, CITED)])
    moved = recompute(clocks, KZ, new)
    assert [(m.id, m.before, m.after) for m in moved] == [
        ("answer", date(2026, 3, 27), date(2026, 3, 30)),
        ("withdrawal", date(2026, 4, 15), date(2026, 4, 16)),
    ]
    assert {day for m in moved for day, _ in m.because} == {date(2026, 3, 27)}
    assert {why.citation for m in moved for _, why in m.because} == {CITED}
    assert {m.calendar_version for m in moved} == {new.version}


def test_a_decreed_working_saturday_makes_a_deadline_earlier() -> None:
    new = KZ.with_decrees([Decree(date(2026, 4, 4), DecreeKind.WORKING_DAY, CITED)])
    (moved,) = recompute([opened("withdrawal", date(2026, 3, 20), "15wd")], KZ, new)
    assert (moved.before, moved.after) == (date(2026, 4, 15), date(2026, 4, 14))


def test_the_same_calendar_moves_nothing() -> None:
    assert recompute([opened("answer", date(2026, 3, 19), "3wd")], KZ, KZ) == []


@given(starts, terms, st.integers(1, 60))
def test_what_is_recomputed_is_what_would_be_counted_afresh(start: date, term: Term, offset: int) -> None:
    new = KZ.with_decrees([Decree(start + timedelta(days=offset), DecreeKind.DAY_OFF, CITED)])
    clock = OpenDeadline("one", start, term, due_date(start, term, KZ), KZ.version)
    afresh = due_date(start, term, new)
    assert [m.after for m in recompute([clock], KZ, new)] == ([afresh] if afresh != clock.due else [])
