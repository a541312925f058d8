"""`sandyq calendar`: which days the Law counts, and when a term ends."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandyq.cli.console import AsJson, data, line, table
from sandyq.cli.place import HERE, OfficeOption, at_desk

if TYPE_CHECKING:
    from sandyq.law.calendar import Caution, Reason
    from sandyq.law.terms import Due

commands = typer.Typer(no_args_is_help=True, help="Working days of Kazakhstan, and when a term of the law ends.")

_TERM_HELP = "How long: 3wd (working days), 10cd (calendar days), 6m, 5y."
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="calendar")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write a day as YEAR-MONTH-DAY, for example 2026-03-19") from None


@commands.command(epilog="Example: sandyq calendar due 2026-03-19 3wd --explain")
def due(
    start: Annotated[date, typer.Argument(parser=_day, metavar="DAY", help="The day of the event, such as 2026-03-19; it is not counted.")],
    term: Annotated[str, typer.Argument(metavar="TERM", help=_TERM_HELP)],
    explain: Annotated[bool, typer.Option("--explain", help="Show every day, whether it was counted, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the last day on which a duty is done in time."""
    from sandyq.law import terms
    from sandyq.law.calendar import kazakhstan

    length = terms.Term.parse(term)
    found = terms.due(start, length, kazakhstan())
    if as_json:
        data(_due_data(start, length, found))
        return
    if explain:
        _explain(found)
    line(found.date.isoformat())


def _explain(found: "Due") -> None:
    counted = 0
    rows: list[tuple[str, str, str, str]] = []
    for each in found.counted:
        counted += each.counted
        rows.append((each.date.isoformat(), _WEEKDAYS[each.date.weekday()], str(counted) if each.counted else "-", _why(each.reason)))
    table(("day", "", "counted", "why"), rows)
    for caution in found.warnings:
        line(f"Take care: {caution}.")
    line(f"Calendar {found.calendar_version}. An act is in time until the end of this day in Kazakhstan:")


def _due_data(start: date, term: object, found: "Due") -> dict[str, Any]:
    return {
        "due": found.date,
        "start": start,
        "term": str(term),
        "calendar": found.calendar_version,
        "days": [{"date": each.date, "counted": each.counted, **_reason_data(each.reason)} for each in found.counted],
        "warnings": [_caution_data(caution) for caution in found.warnings],
    }


def _why(reason: "Reason") -> str:
    return str(reason).replace("_", " ")


def _reason_data(reason: "Reason") -> dict[str, Any]:
    return {
        "kind": reason.kind,
        "holiday": reason.holiday or None,
        "counterpart": reason.counterpart,
        "citation": reason.citation or None,
        "estimated": reason.estimated,
    }


def _caution_data(caution: "Caution") -> dict[str, Any]:
    return {"code": caution.code, "year": caution.year, "on": caution.on, "holiday": caution.holiday or None, "text": str(caution)}


@commands.command(epilog="Example: sandyq calendar show 2026")
def show(
    year: Annotated[int, typer.Argument(metavar="YEAR", help="The year, such as 2026.", min=1, max=9999)],
    as_json: AsJson = False,
) -> None:
    """Print a year: working days of each month, and every day that is not an ordinary one."""
    from sandyq.law.calendar import kazakhstan

    calendar = kazakhstan()
    first, last = date(year, 1, 1), date(year, 12, 31)
    special = [(day, calendar.explain(day)) for day in calendar.span(first, last) if day in calendar.days]
    working = [sum(calendar.is_working(day) for day in calendar.span(first, last) if day.month == month) for month in range(1, 13)]
    cautions = calendar.cautions(first, last)
    if as_json:
        days = [{"date": day, **_reason_data(reason)} for day, reason in special]
        warnings = [_caution_data(caution) for caution in cautions]
        data(
            {"year": year, "calendar": calendar.version, "working_days": working, "total": sum(working), "days": days, "warnings": warnings}
        )
        return
    table([f"{month:02}" for month in range(1, 13)] + ["year"], [[str(n) for n in working] + [str(sum(working))]])
    table(("day", "", "what it is"), [(day.isoformat(), _WEEKDAYS[day.weekday()], _why(reason)) for day, reason in special])
    for caution in cautions:
        line(f"Take care: {caution}.")
    line(f"Calendar {calendar.version}.")


@commands.command(epilog="Example: sandyq calendar add 2026-12-31 day_off --citation 'Resolution No. 1 of 01.12.2026'")
def add(
    on: Annotated[date, typer.Argument(parser=_day, metavar="DAY", help="The day that a decree changes, such as 2026-12-31.")],
    kind: Annotated[str, typer.Argument(metavar="KIND", help="day_off or working_day.")],
    citation: Annotated[str, typer.Option("--citation", help="The decree: its number, date and place of publication.")],
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Enter a decree into the office's calendar. Running terms are counted again at once; each that moves is on record."""
    from sandyq.app import decreed
    from sandyq.cli.reading import word
    from sandyq.law.calendar import Decree, DecreeKind
    from sandyq.staff import Power

    decree = Decree(on, word("kind", kind, DecreeKind), citation)
    with at_desk(office, Power.POLICY) as desk:
        calendar, moved = desk.write(lambda work: decreed.enter(work, desk.office, [decree]))
    rows = [
        {
            "request": m.id,
            "kind": m.kind,
            "before": m.before,
            "after": m.after,
            **({"number": m.number} if m.number else {"subject": m.subject}),
        }
        for m in moved
    ]
    if as_json:
        data({"calendar": calendar.version, "day": on, "kind": decree.kind, "moved": rows})
        return
    line(f"{on} is a {kind.replace('_', ' ')} now. Calendar {calendar.version}. Running terms that moved: {len(rows)}.")
    for row in rows:
        line(f"  {row['kind']} {row['request']}: {row['before']} -> {row['after']}")
