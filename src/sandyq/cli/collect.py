"""`sandyq collect FILE`: many applications from a CSV or JSON-lines file, each checked like a form on the site."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandyq.cli import console, exits
from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, Desk, OfficeOption, at_desk
from sandyq.errors import FieldError, Invalid, SandyqError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sandyq.cli.rows import Row
    from sandyq.collect import Card, Received, Rejected, Submission
    from sandyq.db import Work
    from sandyq.db.work import Promised

_TOGETHER = 64
"""Rows handed in at a time: each is a unit of work of its own, and they share the sync of one commit."""
CONSENTS, LANGUAGE, GIVEN_ON = "consents", "language", "given_on"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog="Example: sandyq collect people.csv --dry-run; columns: field ids, consents (with spaces between), language, given_on"
    )(collect)


@dataclass(frozen=True)
class Way:
    """How the applications reached the office, for the proof of each consent."""

    via: str
    language: str
    confirmed: bool


@dataclass(frozen=True)
class Told:
    """What became of one row. Values are never told."""

    row: int
    submission: str = ""
    errors: tuple[FieldError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it is, or would be, taken in."""
        return not self.errors


def collect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="people.csv, or people.jsonl with one JSON object on each line.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Check every row as if, and store nothing.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Take the good rows in though others are wrong.")] = False,
    from_row: Annotated[int, typer.Option("--from-row", min=1, help="Begin at this row: after a stop, the one after the last told.")] = 1,
    via: Annotated[str, typer.Option("--via", help="How the consents were given: paper, phone, email, partner, portal ...")] = "paper",
    language: Annotated[str, typer.Option("--form-language", help="Language of the form where a row does not say: kk, ru, en.")] = "ru",
    confirmed: Annotated[
        bool, typer.Option("--phones-confirmed", help="The phones were checked; else each person gets a code first.")
    ] = False,
    encoding: Annotated[str, typer.Option(help="Encoding of the file: utf-8, cp1251 ...")] = "utf-8",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Take applications in from a file. Every row is checked first; when one is wrong nothing is stored, unless --skip-bad.

    Each row is one unit of work: a person is in it whole or not at all. Ends with 1 when a row was refused.
    """
    from sandyq.cli import rows
    from sandyq.cli.reading import word
    from sandyq.consent import Via
    from sandyq.staff import Power

    way = Way(word("via", via, Via).value, language, confirmed)
    given = [row for row in rows.read(file, encoding) if row.number >= from_row]
    with at_desk(office, Power.COLLECT) as desk:
        forms = _forms(desk)
        checked = list(_each(desk, given, forms, way, "checking", keep=False))
        bad = [told for told in checked if not told.ok]
        stored: list[Told] = []
        if not dry_run and (skip_bad or not bad):
            good = {told.row for told in checked if told.ok}
            stored = list(_each(desk, [row for row in given if row.number in good], forms, way, "storing", keep=True))
    outcome = stored + bad if stored else checked
    _report(sorted(outcome, key=lambda told: told.row), taken=sum(t.ok for t in stored), dry_run=dry_run, as_json=as_json)
    if any(not told.ok for told in outcome):
        raise typer.Exit(exits.ANSWER_IS_NO)


def _forms(desk: Desk) -> "dict[str, tuple[Card, ...]]":
    from sandyq import collect as room

    return {
        language: desk.office.read(lambda work, language=language: room.cards(work, desk.office.gate, language))  # type: ignore[misc]
        for language in ("kk", "ru", "en")
    }


def _each(desk: Desk, given: "Iterable[Row]", forms: "dict[str, tuple[Card, ...]]", way: Way, what: str, *, keep: bool) -> Iterator[Told]:
    given = list(given)
    together = _TOGETHER if desk.office.stores.engine == "sqlite" else 1  # elsewhere they would run at once and not see each other's IIN
    with _progress(what, len(given)) as step:
        for begin in range(0, len(given), together):
            some = given[begin : begin + together]
            under_way = [desk.submit(_taking_in(desk, row, forms, way, keep=keep)) for row in some]
            for row, end in zip(some, under_way, strict=True):
                yield _told(row, end, keep=keep)
                step()


def _taking_in(
    desk: Desk, row: "Row", forms: "dict[str, tuple[Card, ...]]", way: Way, *, keep: bool
) -> "Callable[[Work], Received | Rejected]":
    from sandyq import applications
    from sandyq import collect as room

    gate = desk.office.gate

    def take_in(work: "Work") -> "Received | Rejected":
        answer = room.submit(work, gate, _submission(row, forms, way))
        if not keep:
            raise _OnlyTried(answer)
        if isinstance(answer, room.Received) and way.confirmed:
            applications.route(work, gate, answer.subject)
        return answer

    return take_in


def _told(row: "Row", end: "Promised[Received | Rejected]", *, keep: bool) -> Told:
    from sandyq import collect as room

    try:
        answer = end.result()
    except _OnlyTried as tried:
        answer = tried.answer
    except Invalid as wrong:
        return Told(row.number, errors=wrong.errors)
    except SandyqError as stopped:
        return Told(row.number, errors=(FieldError("row", stopped.code, dict(stopped.params)),))
    if isinstance(answer, room.Rejected):
        return Told(row.number, errors=answer.errors)
    return Told(row.number, answer.submission if keep else "")


class _OnlyTried(Exception):
    """Takes the answer out of a unit of work and leaves nothing of it behind."""

    def __init__(self, answer: "Received | Rejected") -> None:
        self.answer = answer
        super().__init__()


def _submission(row: "Row", forms: "dict[str, tuple[Card, ...]]", way: Way) -> "Submission":
    from sandyq.collect import Choice, Submission
    from sandyq.consent import Pressed, Via

    if row.faults:
        raise Invalid(row.faults)
    language = row.values.get(LANGUAGE) or way.language
    if language not in forms:
        raise Invalid([FieldError(LANGUAGE, "not_in_list", {"given": language[:10], "allowed": "kk, ru, en"})])
    agreed = set(row.values.get(CONSENTS, "").replace(";", " ").split())
    unknown = sorted(agreed - {card.id for card in forms[language]})
    if unknown:
        allowed = ", ".join(card.id for card in forms[language])
        raise Invalid([FieldError(f"{CONSENTS}.{name[:60]}", "consent_unknown", {"allowed": allowed}, ("2.18",)) for name in unknown])
    yes, no = (Pressed.SIGNED_ON_PAPER, Pressed.BOX_LEFT_EMPTY) if way.via == "paper" else (Pressed.SAID_YES, Pressed.SAID_NO)
    choices = tuple(Choice(c.id, c.id in agreed, c.text.sha256, yes if c.id in agreed else no) for c in forms[language])
    values = {name: value for name, value in row.values.items() if name not in {CONSENTS, LANGUAGE, GIVEN_ON}}
    return Submission(
        language, "cli", values, choices, via=Via(way.via), confirmed_phone=way.confirmed, given_at=_given_at(row.values.get(GIVEN_ON, ""))
    )


def _given_at(text: str) -> "datetime | None":
    from sandyq.cli.reading import morning

    return morning(GIVEN_ON, text) if text else None


def _report(told: list[Told], *, taken: int, dry_run: bool, as_json: bool) -> None:
    from sandyq import speech

    language = console.language()
    bad = [each for each in told if not each.ok]
    if as_json:
        rows: list[dict[str, Any]] = [
            {
                "row": each.row,
                "ok": each.ok,
                "submission": each.submission,
                "errors": [{"field": e.field, "code": e.code, "sentence": speech.of_field(language, e)} for e in each.errors],
            }
            for each in told
        ]
        console.data({"dry_run": dry_run, "rows": rows, "taken_in": taken, "refused": len(bad)})
        return
    for each in bad:
        for error in each.errors:
            console.line(f"row {each.row}: {error.field}: {speech.of_field(language, error)}")
    if dry_run:
        console.line(f"{len(told) - len(bad)} rows could be taken in, {len(bad)} not. Nothing was stored (--dry-run).")
    else:
        console.line(f"{taken} rows taken in, {len(bad)} not." + ("" if taken or not told else " Nothing was stored."))


def _progress(what: str, total: int) -> "AbstractContextManager[Any]":
    from sandyq.cli.progress import bar

    return bar(what, total)
