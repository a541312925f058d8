"""How requests are told on the command line: lists, one request, its history, what was written."""

from typing import TYPE_CHECKING, Any

from sandyq.cli import console

if TYPE_CHECKING:
    from sandyq.cli.place import Desk
    from sandyq.rights import Case
    from sandyq.rights.facts import Today


def lines(groups: dict[str, Any], *, as_json: bool) -> None:
    """Lines of one or more named groups."""
    from sandyq.api.caseshapes import line

    rows = {name: [line(one) for one in found] for name, found in groups.items()}
    if as_json:
        console.data({name: [plain(row) for row in found] for name, found in rows.items()})
        return
    columns = ("", "due", "number", "kind", "state", "next", "id")
    console.table(
        columns,
        [
            (name, str(row.due or "-"), row.number, row.kind, row.state, row.next_action, row.id)
            for name, found in rows.items()
            for row in found
        ],
    )


def day(found: "Today", *, as_json: bool) -> None:
    """The day's work by its groups, and the reminders of whoever looks."""
    from sandyq.api.caseshapes import today_body

    body = plain(today_body(found))
    if as_json:
        console.data(body)
        return
    reminders = body.pop("reminders")
    columns = ("", "due", "number", "kind", "state", "next", "id")
    names = ("due", "number", "kind", "state", "next_action", "id")
    console.table(columns, [(group, *(str(row[name] or "-") for name in names)) for group, rows in body.items() for row in rows])
    if reminders:
        console.line("\nReminders:")
        console.table(
            ("last day", "number", "reminded of", "duty", "id"),
            [tuple(r[n] for n in ("due", "number", "word", "duty", "id")) for r in reminders],
        )


def plain(row: Any) -> Any:
    """A structure of the API as plain JSON values."""
    import msgspec

    return msgspec.to_builtins(row)


def values(said: dict[str, str], *, as_json: bool) -> None:
    """What was written, by its name."""
    if as_json:
        console.data(said)
        return
    for name, value in said.items():
        console.line(f"{name}: {value}")


def history(found: list[Any], *, as_json: bool) -> None:
    """Events, each with its entry of the log."""
    if as_json:
        console.data([plain(event) for event in found])
        return
    columns = ("at", "act", "from", "to", "reason", "leaf")
    console.table(columns, [(f"{e.at:%Y-%m-%d %H:%M}", e.act, e.old, e.new, e.reason, e.leaf) for e in found])


def tell(desk: "Desk", made: "Case", *, as_json: bool, days: bool = False) -> None:
    """A request as it stands; with `days` each term is counted day by day."""
    from sandyq.api.caseshapes import case_body

    body = desk.office.read(lambda work: case_body(work, made, desk.office.calendar if days else None))
    if as_json:
        console.data(plain(body))
        return
    console.line(f"{body.number}  {body.kind}: {body.state}{', ' + body.outcome if body.outcome else ''}  ({body.id})")
    if body.waits_for:
        console.line(f"Waits for: {body.waits_for}{', letter ' + body.delivery if body.delivery else ''}.")
    if body.plausible:
        console.line(f"Nobody has said what it asks for; it may be: {', '.join(body.plausible)}.")
    for clock in body.clocks:
        console.line(f"  {clock.duty}: from {clock.started}, last day {clock.due} ({clock.state})")
        for day in clock.days:
            console.line(f"     {day.date}  {'counted' if day.counted else 'not counted'}: {day.kind}")
    columns = ("part", "what", "target", "state", "reason", "clause", "article")
    console.table(columns, [(str(p.no), p.what, p.target, p.state, p.reason, p.clause, p.article) for p in body.parts])
