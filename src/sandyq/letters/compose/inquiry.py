"""Letters that come before an answer: the request is on file, prove who you are, documents are wanted."""

from datetime import date

from sandyq.errors import Misuse
from sandyq.letters.compose.frame import GROUND, Frame, Term, body, on, place
from sandyq.letters.letter import Cell, LetterBody, Said, Section, say


def received(frame: Frame, channel: str, terms: tuple[Term, ...], *, identity_needed: bool = False) -> LetterBody:
    """Your request is on file: its number, what it is about, each clock with its last day, and how it was counted."""
    if frame.received_on is None:
        raise Misuse("letter_without_day", kind=frame.kind)
    said = [
        say("on_file", answers=frame.answers, received_on=frame.received_on, kind_code=frame.kind, channel_code=f"channel-{channel}"),
        *([say("identity")] if identity_needed else []),
    ]
    rows = tuple((Said(f"duty-{t.duty}"), Said(f"start-{t.start}"), _amount(t), on(t.last, "not_started"), place(t.basis)) for t in terms)
    calendars = sorted({term.calendar for term in terms if term.calendar})
    after = [
        *([say("later")] if any(term.last is None for term in terms) else []),
        *(say("calendar", calendar=calendar) for calendar in calendars),
        say("follow", answers=frame.answers),
    ]
    columns = ("duty", "starts", "term", "last_day", "basis")
    return body(frame, "received-1", said, [Section("terms", (say("counted"),), columns, rows, tuple(after))])


def _amount(term: Term) -> Said:
    return say("amount", amount=term.amount, unit_code=f"unit-{term.unit}")


def identity(frame: Frame, ways: tuple[str, ...], until: date | None) -> LetterBody:
    """Prove who you are: how, until when, and that nothing is shown before. `ways` are codes: portal, link, two_factors, desk, representative, post."""
    said = [
        say("why", answers=frame.answers, kind_code=frame.kind, confidential_basis=GROUND["confidential"]),
        say("nothing"),
        *([say("until", until_on=until)] if until else []),
    ]
    rows = tuple((Said(f"way-{way}"),) for way in ways)
    return body(frame, "identity-1", said, [Section("ways", rows=rows, after=(say("free"),))])


def documents(frame: Frame, wanted: tuple[Cell, ...], term: Term, until: date | None) -> LetterBody:
    """Which documents are wanted, and which term begins when they come."""
    place_of = " ".join(filter(None, (term.basis.clause, term.basis.article)))
    after = (
        say("starts", duty_code=f"duty-{term.duty}", amount=term.amount, unit_code=f"unit-{term.unit}", term_basis=place_of),
        *([say("until", until_on=until)] if until else []),
        say("how", copy_basis=GROUND["copies"]),
        say("kept"),
    )
    said = say("wanted", answers=frame.answers, kind_code=frame.kind)
    return body(frame, "documents-1", [], [Section("", (said,), rows=tuple((one,) for one in wanted), after=after)])
