"""The entries of a time, in pages from the latest on, on both engines."""

from datetime import datetime, timedelta

from sandyq.audit import Act, history
from sandyq.clock import instant


def pages(office, since: datetime, until: datetime, limit: int) -> list[list[int]]:
    found, before = [], 1 << 62
    while True:
        rows, more = office.stores.read(lambda work: history.between(work, since, until, before=before, limit=limit))  # noqa: B023
        found.append([row.number for row in rows])
        if not more:
            return found
        before = rows[-1].number


def test_a_day_is_found_whole_in_pages_whatever_lies_before_and_after_it(office) -> None:
    for count in (7, 11, 0, 5):
        office.record(count, act=Act.SHOWN)
        office.stores.clock.advance(timedelta(days=1))
    office.settle()
    newest = office.stores.read(lambda work: history.latest(work, limit=100))
    first = instant(newest[-1].entry.at) - timedelta(hours=1)
    day = timedelta(days=1)
    assert [row.number for row in newest] == list(range(22, -1, -1))
    assert pages(office, first, first + day, 3) == [[6, 5, 4], [3, 2, 1], [0]]
    assert pages(office, first + day, first + 2 * day, 11) == [list(range(17, 6, -1))]
    assert pages(office, first + 2 * day, first + 3 * day, 5) == [[]]
    assert pages(office, first + 3 * day, first + 9 * day, 4) == [[22, 21, 20, 19], [18]]
    assert pages(office, first - 9 * day, first, 4) == [[]]


def test_an_entry_that_was_numbered_after_later_ones_is_in_its_own_time(office) -> None:
    clock, begun = office.stores.clock, office.stores.clock.now()
    for minutes in (0, 5, -4):
        clock.advance(timedelta(minutes=minutes))
        office.record(2)
        office.settle()
    middle = begun + timedelta(minutes=3)
    assert pages(office, begun, middle, 10) == [[5, 4, 1, 0]]
    assert pages(office, begun, middle, 2) == [[5, 4], [1, 0]]
    assert pages(office, middle, middle + timedelta(hours=1), 10) == [[3, 2]]


def test_an_empty_log_has_no_entries_of_any_time(office) -> None:
    now = office.stores.clock.now()
    assert pages(office, now - timedelta(days=1), now + timedelta(days=1), 10) == [[]]
