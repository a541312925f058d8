"""The token buckets per address."""

from sandyq.web import limits
from sandyq.web.limits import Buckets


class Watch:
    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


def test_a_burst_is_served_then_the_next_has_to_wait():
    watch = Watch()
    buckets = Buckets(burst=3, per_minute=60, monotonic=watch)
    assert [buckets.take("a") for _ in range(3)] == [0.0, 0.0, 0.0]
    assert 0 < buckets.take("a") <= 1.0


def test_time_fills_the_bucket_again_but_never_over_its_rim():
    watch = Watch()
    buckets = Buckets(burst=2, per_minute=60, monotonic=watch)
    for _ in range(3):
        buckets.take("a")
    watch.at += 3600
    assert [bool(buckets.take("a")) for _ in range(3)] == [False, False, True]


def test_one_address_does_not_use_up_anothers_share():
    buckets = Buckets(burst=1, per_minute=1, monotonic=Watch())
    assert buckets.take("a") == 0.0
    assert buckets.take("b") == 0.0
    assert buckets.take("a") > 0


def test_the_memory_of_addresses_is_bounded(monkeypatch):
    monkeypatch.setattr(limits, "MOST_ADDRESSES", 10)
    buckets = Buckets(burst=1, per_minute=1, monotonic=Watch())
    for number in range(1000):
        buckets.take(str(number))
    assert len(buckets._known) == 10
