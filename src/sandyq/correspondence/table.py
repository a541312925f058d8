"""The journal of a period as a table to print or to file (3.10): numbers, days, ways and states, in words, and nothing of who wrote or what was written.

Names and texts stay sealed: whoever needs them opens an entry, and that look is on record. So no second member has to agree to this table, as would be
needed for a bulk export of people's data (design 21).
"""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sandyq import speech
from sandyq.audit import Act, Leaf, record
from sandyq.clock import micros
from sandyq.correspondence import records
from sandyq.correspondence.facts import Direction, Entry, Event, State
from sandyq.db import Work
from sandyq.law.calendar import local_date

_PAGE: Final = 500
COLUMNS: Final = ("line", "number", "day", "way", "channel", "kind", "request", "files", "state", "state_day", "reason")


def table(work: Work, since: datetime, until: datetime, language: str, case_number: Callable[[str], str]) -> str:
    """Entries made in [since, until), the oldest first, as CSV (RFC 4180) in a language. `case_number` gives the number of a case. The export is on record."""
    entries: list[Entry] = []
    after = ""
    directions, states = [way.value for way in Direction], [state.value for state in State]
    while page := records.journal(work, micros(since), micros(until), after, _PAGE, directions, states):
        entries += page
        after = page[-1].id
    last = records.last_events(work, micros(since), micros(until))
    record(work, Leaf(Act.EXPORTED, clause="3.10", article="94-V art. 25(3)(3)", count=len(entries)))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([speech.say(language, f"register.{name}") for name in COLUMNS])
    for line, entry in enumerate(reversed(entries), 1):
        writer.writerow(_row(line, entry, last.get(entry.id), language, case_number))
    return out.getvalue()


def _row(line: int, entry: Entry, event: Event | None, language: str, case_number: Callable[[str], str]) -> list[str]:
    day = (event.on or local_date(event.at)) if event else local_date(entry.made_at)
    return [
        str(line),
        entry.number,
        local_date(entry.on).isoformat(),
        speech.say(language, f"journal.{entry.direction.value}"),
        speech.say(language, f"case.channel.{entry.channel.value}"),
        entry.kind,
        case_number(entry.case) if entry.case else "",
        str(entry.attached),
        speech.say(language, f"journal.state.{entry.state.value}"),
        day.isoformat(),
        speech.say(language, f"journal.reason.{event.reason.value}") if event and event.reason.value else "",
    ]
