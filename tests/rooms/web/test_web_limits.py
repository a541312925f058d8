"""The token buckets per caller."""

from sandyq.http import limits
from sandyq.http.limits import Buckets, Rate


class Watch:
    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


def test_a_burst_is_served_then_the_next_has_to_wait():
    watch = Watch()
    buckets = Buckets(Rate(3, 60), watch)
    assert [buckets.wait("a") for _ in range(3)] == [0.0, 0.0, 0.0]
    assert 0 < buckets.wait("a") <= 1.0


def test_time_fills_the_bucket_again_but_never_over_its_rim():
    watch = Watch()
    buckets = Buckets(Rate(2, 60), watch)
    for _ in range(3):
        buckets.wait("a")
    watch.at += 3600
    assert [bool(buckets.wait("a")) for _ in range(3)] == [False, False, True]


def test_one_address_does_not_use_up_anothers_share():
    buckets = Buckets(Rate(1, 1), Watch())
    assert buckets.wait("a") == 0.0
    assert buckets.wait("b") == 0.0
    assert buckets.wait("a") > 0


def test_the_memory_of_addresses_is_bounded(monkeypatch):
    monkeypatch.setattr(limits, "REMEMBERED", 10)
    buckets = Buckets(Rate(1, 1), Watch())
    for number in range(1000):
        buckets.wait(str(number))
    assert len(buckets._known) == 10
