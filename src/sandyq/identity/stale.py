"""What is over goes by itself: sessions, codes, links, limits of former days, contacts that were named and never proved."""

from sandyq.db import Work
from sandyq.identity import factors, records, signin
from sandyq.law.calendar import local_date


def drop_stale(work: Work) -> int:
    """Forget what is over; the worker calls it now and then."""
    return records.drop_stale(work, local_date(work.at).isoformat(), work.us - signin.IDLE_US) + factors.drop_waiting(work)
