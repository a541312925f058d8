"""`sandyq personnel`: candidates and employees behind the wall of 3.7, for the members who have the power `personnel`.

Values are read from a file or the standard input: on a command line they would stay in the shell's history.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console
from sandyq.cli.console import AsJson
from sandyq.cli.people import refused
from sandyq.cli.place import HERE, OfficeOption, at_desk

if TYPE_CHECKING:
    from sandyq.personnel import Ground

commands = typer.Typer(no_args_is_help=True, help="Candidates and employees, apart from clients: take on, find, show, end.")

Subject = Annotated[str, typer.Argument(metavar="SUBJECT", help="Id of the person, as `sandyq personnel find` prints it.")]
Purpose = Annotated[str, typer.Option("--purpose", "-p", help="A purpose of 3.7: candidate, labour, pay-and-tax ...")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="personnel")


@commands.command(
    epilog="Example: sandyq personnel add new.json --role employee --ground 'labour=9(2-1): Labour Code art. 28' --started 2026-03-02 --identity-seen"
)
def add(
    values: Annotated[Path, typer.Argument(metavar="FILE", help="A JSON object of fields and values, or - for the standard input.")],
    role: Annotated[str, typer.Option(help="candidate or employee.")],
    ground: Annotated[
        list[str], typer.Option("--ground", help="purpose=consent, or purpose=9(2-1): the act and its article; may be repeated.")
    ],
    started: Annotated[str, typer.Option(help="The day on which it began.")],
    paper: Annotated[str, typer.Option(help="Number of the contract or of the signed consents; asked for when it is not given here.")] = "",
    anew: Annotated[str, typer.Option("--anew", help="Somebody behind the wall (their id) who is taken on anew.")] = "",
    language: Annotated[str, typer.Option("--form-language", help="Language of the signed consents: kk, ru, en.")] = "kk",
    identity_seen: Annotated[
        bool, typer.Option("--identity-seen", help="You saw an identity document: the IIN counts as verified.")
    ] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Take on a candidate or an employee, as a person apart from any client."""
    from sandyq import personnel
    from sandyq.cli import reading, rows
    from sandyq.law.decision import Refusal
    from sandyq.staff import Power

    what = reading.word("role", role, personnel.Role)
    given = rows.one_object(values)
    number = paper or typer.prompt("Number of the paper")
    grounds = dict(map(_ground, ground))
    new = personnel.NewPerson(what, given, grounds, reading.day("started", started), number, language, identity_seen)
    with at_desk(office, Power.PERSONNEL) as desk:
        made = desk.write(lambda work: personnel.take_on(work, desk.office.gate, new, anew))
    if isinstance(made, Refusal):
        refused(made, as_json=as_json)
    if as_json:
        console.data({"subject": made.subject, "relation": made.relation, "items": list(made.items)})
        return
    console.line(f"Taken on: {made.subject} ({what.value}), {len(made.items)} categories.")


def _ground(text: str) -> "tuple[str, Ground]":
    from sandyq.personnel import Ground

    purpose, _, rest = text.partition("=")
    code, _, citation = rest.partition(":")
    return purpose.strip(), Ground(code.strip() or "consent", citation.strip())


@commands.command(epilog="Example: printf '900101300123' | sandyq personnel find iin --purpose labour")
def find(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="iin, phone, email, or name.")],
    purpose: Purpose = "labour",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Find people behind the wall by one exact identifier, or by surname and birth year (two lines). The value is asked for."""
    from sandyq import personnel, use
    from sandyq.staff import Power

    query = use.Query(surname=_asked("Surname"), birth_year=_asked("Birth year")) if kind == "name" else use.Query(kind, _asked(kind))
    with at_desk(office, Power.PERSONNEL) as desk:
        found = desk.write(lambda work: personnel.find(work, desk.office.gate, query, purpose))
    rows = [{"subject": h.subject, "state": h.state, "since": h.since.isoformat(), "values": dict(h.values)} for h in found.hits]
    if as_json:
        console.data({"hits": rows, "more": found.capped})
        return
    shown = [(h.subject, h.state, f"{h.since:%Y-%m-%d}", ", ".join(f"{k} {v}" for k, v in sorted(h.values.items()))) for h in found.hits]
    console.table(("subject", "state", "since", "shown masked"), shown)


def _asked(what: str) -> str:
    return str(typer.prompt(what)).strip() if sys.stdin.isatty() else sys.stdin.readline().strip()


@commands.command()
def show(subject: Subject, purpose: Purpose = "labour", office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Show somebody behind the wall for a purpose of 3.7, masked where the policy masks. The look is on record."""
    from sandyq import personnel
    from sandyq.law.decision import Refusal
    from sandyq.staff import Power

    with at_desk(office, Power.PERSONNEL) as desk:
        edition = desk.office.read(lambda work: desk.office.gate.in_force(work).edition)
        seen = desk.write(lambda work: personnel.show(work, desk.office.gate, subject, purpose))
        tie = desk.write(lambda work: personnel.standing(work, subject))
    if isinstance(seen, Refusal):
        refused(seen, as_json=as_json)
    if as_json:
        items = [
            {"item": i.legal.item_id, "category": i.legal.category, "ground": i.legal.ground, "values": dict(i.values)} for i in seen.items
        ]
        until = tie.until.isoformat() if tie.until else None
        console.data({"subject": subject, "role": tie.role.value, "since": tie.since.isoformat(), "until": until, "items": items})
        return
    language = console.language()
    console.line(f"{tie.role.value} since {tie.since}{f' until {tie.until}' if tie.until else ''}")
    rows = [(i.legal.category, edition.label(name, language), value) for i in seen.items for name, value in i.values.items()]
    console.table(("category", "field", "value"), rows)


@commands.command(epilog="Example: sandyq personnel end 01k... --on 2026-11-20")
def end(
    subject: Subject,
    on: Annotated[str, typer.Option("--on", help="The last day.")],
    owed: Annotated[bool, typer.Option("--owed", help="Something is owed still; enter the end once more when it is done.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Enter the end of an employment or a candidacy: from it the terms of storage run."""
    from sandyq import personnel
    from sandyq.cli import reading
    from sandyq.law.decision import Refusal
    from sandyq.staff import Power

    day = reading.day("on", on)
    with at_desk(office, Power.PERSONNEL) as desk:
        made = desk.write(lambda work: personnel.end(work, desk.office.gate, subject, day, fulfilled=not owed))
    if isinstance(made, Refusal):
        refused(made, as_json=as_json)
    if as_json:
        console.data({"subject": made.subject, "relation": made.relation, "ended": made.ended.isoformat()})
        return
    console.line(f"Ended on {made.ended}.{' Something is owed still.' if owed else ''}")
