"""The working calendar: which days are worked in Kazakhstan, why, and what a decree changes."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.errors import BadFile, Invalid, Misuse, SandyqError
from sandyq.law.calendar import (
    Calendar,
    DayKind,
    Decree,
    DecreeKind,
    OutsideCalendar,
    day_ends,
    from_table,
    kazakhstan,
    local_date,
)

KZ = kazakhstan()
ROOT = Path(__file__).parents[2]
CITED = "decree 1 of 01.01.2026"


def worked(year: int, calendar: Calendar = KZ) -> int:
    return sum(calendar.is_working(day) for day in calendar.span(date(year, 1, 1), date(year, 12, 31)))


@pytest.mark.parametrize(("year", "days"), [(2024, 249), (2025, 246), (2026, 247), (2027, 247)])
def test_a_year_has_as_many_working_days_as_the_published_balance(year: int, days: int) -> None:
    assert worked(year) == days


@pytest.mark.parametrize(
    ("day", "kind", "holiday", "counterpart"),
    [
        (date(2026, 8, 31), DayKind.WORKING, "", None),  # 30 August is an ordinary day since 2026
        (date(2025, 9, 1), DayKind.MOVED_DAY_OFF, "constitution_day", date(2025, 8, 30)),
        (date(2026, 3, 15), DayKind.WEEKEND, "", None),  # Constitution Day is first kept in 2027
        (date(2027, 3, 15), DayKind.HOLIDAY, "constitution_day", None),
        (date(2026, 3, 24), DayKind.MOVED_DAY_OFF, "nauryz", date(2026, 3, 21)),
        (date(2026, 3, 25), DayKind.MOVED_DAY_OFF, "nauryz", date(2026, 3, 22)),
        (date(2026, 3, 9), DayKind.MOVED_DAY_OFF, "womens_day", date(2026, 3, 8)),
        (date(2026, 10, 26), DayKind.MOVED_DAY_OFF, "republic_day", date(2026, 10, 25)),
        (date(2024, 1, 8), DayKind.WORKING, "", None),  # Christmas on a Sunday is not moved
        (date(2024, 6, 17), DayKind.WORKING, "", None),  # Kurban Ait on a Sunday is not moved
        (date(2025, 1, 5), DayKind.DECREED_WORKING_DAY, "", date(2025, 1, 3)),
        (date(2025, 1, 3), DayKind.DECREED_DAY_OFF, "", date(2025, 1, 5)),
        (date(2020, 5, 8), DayKind.DECREED_DAY_OFF, "", date(2020, 5, 11)),
        (date(2020, 5, 11), DayKind.DECREED_WORKING_DAY, "", date(2020, 5, 8)),
    ],
)
def test_a_day_is_explained(day: date, kind: DayKind, holiday: str, counterpart: date | None) -> None:
    why = KZ.explain(day)
    assert (why.kind, why.holiday, why.counterpart) == (kind, holiday, counterpart)
    assert KZ.is_working(day) is (kind in {DayKind.WORKING, DayKind.DECREED_WORKING_DAY})


def test_kurban_ait_is_marked_estimated_until_it_is_announced() -> None:
    assert KZ.explain(date(2026, 5, 27)).estimated
    assert not KZ.explain(date(2025, 6, 6)).estimated


def test_the_shipped_table_is_what_its_generator_makes() -> None:
    made = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_calendar.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2031, 1, 1)])
def test_a_day_outside_the_table_is_refused_with_what_to_do(day: date) -> None:
    with pytest.raises(OutsideCalendar) as refused:
        KZ.is_working(day)
    assert refused.value.params["date"] == day.isoformat()
    assert "make_calendar" in str(refused.value.params["remedy"])


def test_counting_past_the_end_of_the_table_is_refused_too() -> None:
    with pytest.raises(OutsideCalendar):
        KZ.add_working_days(date(2030, 12, 27), 10)


def test_an_instant_in_place_of_a_date_is_a_mistake_that_shows() -> None:
    with pytest.raises(Misuse):
        KZ.is_working(datetime(2026, 3, 19, tzinfo=UTC))


def test_a_decree_makes_a_day_off_and_a_working_day_and_is_cited() -> None:
    changed = KZ.with_decrees(
        [Decree(date(2026, 7, 7), DecreeKind.DAY_OFF, CITED), Decree(date(2026, 7, 4), DecreeKind.WORKING_DAY, CITED)]
    )
    assert not changed.is_working(date(2026, 7, 7))
    assert changed.is_working(date(2026, 7, 4))
    assert changed.explain(date(2026, 7, 7)).citation == CITED
    assert KZ.is_working(date(2026, 7, 7)), "the calendar it was made from is unchanged"
    assert worked(2026, changed) == worked(2026)


def test_a_decree_confirms_an_estimated_holiday_and_another_can_move_it() -> None:
    confirmed = KZ.with_decrees([Decree(date(2026, 5, 27), DecreeKind.DAY_OFF, CITED)])
    assert not confirmed.explain(date(2026, 5, 27)).estimated
    assert confirmed.explain(date(2026, 5, 27)).holiday == "kurban_ait"
    moved = KZ.with_decrees(
        [Decree(date(2026, 5, 27), DecreeKind.WORKING_DAY, CITED), Decree(date(2026, 5, 28), DecreeKind.DAY_OFF, CITED)]
    )
    assert moved.is_working(date(2026, 5, 27))
    assert not moved.is_working(date(2026, 5, 28))


def test_a_later_decree_replaces_an_earlier_one_on_the_same_day() -> None:
    day = date(2026, 7, 7)
    first = KZ.with_decrees([Decree(day, DecreeKind.DAY_OFF, CITED)])
    assert first.with_decrees([Decree(day, DecreeKind.WORKING_DAY, CITED)]).is_working(day)


def test_faulty_decrees_are_refused_all_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        KZ.with_decrees(
            [
                Decree(date(2026, 7, 7), DecreeKind.DAY_OFF, "  "),
                Decree(date(2040, 1, 1), DecreeKind.DAY_OFF, CITED),
                Decree(date(2026, 7, 7), DecreeKind.WORKING_DAY, CITED),
            ]
        )
    assert [(e.field, e.code) for e in refused.value.errors] == [
        ("decrees[0].citation", "decree_without_citation"),
        ("decrees[1].date", "calendar_outside"),
        ("decrees[2].kind", "decrees_contradict"),
    ]


def test_the_version_tells_contents_apart_and_not_the_order_of_entry() -> None:
    a, b = Decree(date(2026, 7, 7), DecreeKind.DAY_OFF, CITED), Decree(date(2026, 7, 4), DecreeKind.WORKING_DAY, CITED)
    assert KZ.with_decrees([a, b]).version == KZ.with_decrees([b]).with_decrees([a]).version
    assert KZ.with_decrees([a, b]) == KZ.with_decrees([b, a])
    versions = {
        KZ.version,
        KZ.with_decrees([a]).version,
        KZ.with_decrees([b]).version,
        KZ.with_decrees([Decree(a.date, a.kind, "another decree")]).version,
        KZ.with_confirmed_year(2026, CITED).version,
    }
    assert len(versions) == 5
    assert KZ.with_decrees([]).version == KZ.version


def test_a_year_is_confirmed_only_with_a_citation() -> None:
    with pytest.raises(Invalid):
        KZ.with_confirmed_year(2026, " ")
    codes = {c.code for c in KZ.with_confirmed_year(2026, CITED).cautions(date(2026, 2, 2), date(2026, 2, 3))}
    assert codes == set()


def test_cautions_name_years_without_known_decrees_and_holidays_near_by() -> None:
    assert KZ.cautions(date(2025, 2, 3), date(2025, 2, 5)) == ()
    found = {(c.code, c.year, c.on) for c in KZ.cautions(date(2026, 5, 25), date(2026, 5, 26))}
    assert found == {("unconfirmed_year", 2026, None), ("estimated_holiday", 2026, date(2026, 5, 27))}
    assert [c.year for c in KZ.cautions(date(2025, 12, 30), date(2027, 1, 5))] == [2026, 2027, 2026]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("date,kind,holiday,counterpart,mark\n", 1),
        ("# first: 2026-01-01\n# last: soon\n# decrees_known_until: 2025\n", 1),
        ("# first: 2026-01-01\n# last: 2026-12-31\n# decrees_known_until: 2025\ndate,kind\n", 4),
        (
            "# first: 2026-01-01\n# last: 2026-12-31\n# decrees_known_until: 2025\n"
            "date,kind,holiday,counterpart,mark\n2026-01-01,holiday,new_year,,\n2026-01-02,feast,new_year,,\n",
            6,
        ),
    ],
)
def test_a_broken_table_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BadFile) as refused:
        from_table(text, "table.csv")
    assert (refused.value.params["file"], refused.value.params["line"]) == ("table.csv", line)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2024, 2, 28, 17, 59, tzinfo=UTC), date(2024, 2, 28)),
        (datetime(2024, 2, 28, 18, 0, tzinfo=UTC), date(2024, 2, 29)),
        (datetime(2024, 2, 29, 17, 59, tzinfo=UTC), date(2024, 2, 29)),
        (datetime(2024, 2, 29, 18, 0, tzinfo=UTC), date(2024, 2, 29)),  # the clock went back to 23:00
        (datetime(2024, 2, 29, 19, 0, tzinfo=UTC), date(2024, 3, 1)),
        (datetime(2026, 3, 19, 18, 59, tzinfo=UTC), date(2026, 3, 19)),
        (datetime(2026, 3, 19, 19, 0, tzinfo=UTC), date(2026, 3, 20)),
        (datetime(2026, 3, 20, 1, 0, tzinfo=timezone(timedelta(hours=9))), date(2026, 3, 19)),
    ],
)
def test_an_instant_belongs_to_a_day_in_kazakhstan(instant: datetime, day: date) -> None:
    assert local_date(instant) == day


@given(st.datetimes(min_value=datetime(2005, 1, 2), max_value=datetime(2030, 12, 31)))
def test_local_days_agree_with_a_current_zone_table(at: datetime) -> None:
    try:
        zone = ZoneInfo("Asia/Almaty")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no zone table")
    if datetime(2025, 1, 1, tzinfo=zone).utcoffset() != timedelta(hours=5):
        pytest.skip("this machine's zone table is older than the change of 2024")
    instant = at.replace(tzinfo=UTC)
    assert local_date(instant) == instant.astimezone(zone).date()


@given(st.datetimes(min_value=datetime(2005, 1, 2), max_value=datetime(2030, 12, 31)))
def test_an_instant_lies_before_the_end_of_its_day_and_not_before_the_end_of_the_day_before(at: datetime) -> None:
    instant = at.replace(tzinfo=UTC)
    day = local_date(instant)
    assert day_ends(day - timedelta(days=1)) <= instant < day_ends(day)


def test_the_day_of_the_change_had_twenty_five_hours() -> None:
    assert day_ends(date(2024, 2, 29)) - day_ends(date(2024, 2, 28)) == timedelta(hours=25)


def test_an_instant_without_a_zone_or_older_than_the_law_is_refused() -> None:
    with pytest.raises(Misuse):
        local_date(datetime(2026, 3, 19, 12))
    with pytest.raises(SandyqError, match="instant_too_old"):
        local_date(datetime(2003, 7, 1, tzinfo=UTC))
