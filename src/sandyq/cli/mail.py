"""`sandyq mail`: the journal of correspondence at a terminal, and the office's e-mail.

Names, texts and notes are asked for or read from standard input: on a command line they would stay in the shell's history.
"""

import csv
import sys
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandyq.cli import console
from sandyq.cli.console import AsJson
from sandyq.cli.people import refused
from sandyq.cli.place import HERE, Desk, OfficeOption, at_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandyq.correspondence import Entry, Scan
    from sandyq.db import Work

commands = typer.Typer(no_args_is_help=True, help="Letters, e-mail, calls: enter what came, see the journal, note what became of it.")

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="Number of the entry, such as 20260319-4W2K9, or its id.")]
On = Annotated[str, typer.Option("--on", help="The day it happened; default: today.")]
Scans = Annotated[list[Path] | None, typer.Option("--scan", help="A scan (PDF, JPEG, PNG, HEIC); may be given several times.")]
Note = Annotated[bool, typer.Option("--note", help="Read a note (waybill, who signed) from standard input; it is sealed.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="mail")


@commands.command(epilog="Example: sandyq mail enter paper --number 14 --dated 2026-03-17 --scan letter.pdf < text")
def enter(
    channel: Annotated[str, typer.Argument(metavar="WAY", help="paper, courier or phone.")],
    number: Annotated[str, typer.Option(help="The number that stands on the paper.")] = "",
    dated: Annotated[str, typer.Option(help="The day that stands on the paper.")] = "",
    received: Annotated[str, typer.Option(help="The day it came in, where that was not today.")] = "",
    waybill: Annotated[str, typer.Option(help="Number of the waybill.")] = "",
    subject: Annotated[str, typer.Option(help="Id of the person, where the desk knows whom it is from.")] = "",
    scan: Scans = None,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Enter what came on paper, by courier or by telephone. Standard input: a line of who it is from, then what it says."""
    from sandyq import correspondence
    from sandyq.cli import reading
    from sandyq.correspondence import Channel, Incoming, guess
    from sandyq.staff import Power

    way = reading.word("way", channel, Channel)
    if way not in (Channel.PAPER, Channel.COURIER, Channel.PHONE):
        raise typer.BadParameter("choose paper, courier or phone")
    on = reading.morning("received", received) if received else None
    day = reading.day("dated", dated) if dated else None
    sender, text = _letter()
    with at_desk(office, Power.JOURNAL) as desk, _sealed(desk, scan or []) as scans:
        new = Incoming(
            channel=way,
            sender=sender,
            text=text,
            scans=scans,
            received_at=on,
            language=guess.language(text),
            number=number,
            dated=day,
            waybill=waybill,
            subject=subject,
        )
        made = desk.write(lambda work: correspondence.receive(work, desk.office.gate, new)).entry
    _tell(made, as_json)


@commands.command(name="list")
def list_entries(
    since: Annotated[str, typer.Option(help="The first day; default: thirty days back.")] = "",
    until: Annotated[str, typer.Option(help="The last day; default: today.")] = "",
    direction: Annotated[str, typer.Option(help="in or out.")] = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what the desk has to do something about.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Print the journal, the newest first. Nothing of what was written is opened."""
    from sandyq import correspondence
    from sandyq.cli import reading
    from sandyq.correspondence import Direction
    from sandyq.law.calendar import day_ends, local_date
    from sandyq.staff import Power

    way = reading.word("direction", direction, Direction) if direction else None
    with at_desk(office, Power.JOURNAL) as desk:
        last = reading.day("until", until) if until else local_date(desk.office.clock.now())
        first = reading.day("since", since) if since else last - timedelta(days=30)
        if waiting:
            found = desk.office.read(correspondence.waiting)
        else:
            start, end = day_ends(first - timedelta(days=1)), day_ends(last)
            found = desk.office.read(lambda work: correspondence.journal(work, start, end, limit=1000, direction=way))
    if as_json:
        console.data([_row(entry) for entry in found])
        return
    shown = [(e.number, f"{e.on:%Y-%m-%d}", e.direction.value, e.channel.value, e.kind, e.state.value, e.next) for e in found]
    console.table(("number", "day", "way", "by", "kind", "state", "next"), shown)


@commands.command()
def show(number: Number, office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Open what an entry says, and print what became of it. The look is on record."""
    from sandyq import correspondence
    from sandyq.correspondence import guess
    from sandyq.law.decision import Refusal
    from sandyq.staff import Power

    with at_desk(office, Power.JOURNAL) as desk:
        entry = _entry(desk, number)
        content = desk.write(lambda work: correspondence.read(work, desk.office.gate, entry))
        events = desk.office.read(lambda work: correspondence.events(work, entry.id))
    if isinstance(content, Refusal):
        refused(content, as_json=as_json)
    kinds = guess.kinds(f"{content.values.get('subject_line', '')}\n{content.values.get('text', '')}")
    noted = {one.event: one for one in content.proofs}

    def proof(event: str) -> dict[str, Any]:
        one = noted.get(event)
        return {"note": one.note if one else "", "scans": [{"id": i, "name": n, "kind": k} for i, n, k in one.attachments] if one else []}

    if as_json:
        became = [{"state": e.state.value, "reason": e.reason.value, "on": e.on, "at": e.at.isoformat()} | proof(e.id) for e in events]
        scans = [{"id": i, "name": n, "kind": k} for i, n, k in content.attachments]
        console.data(
            _row(entry)
            | {"values": dict(content.values), "scans": scans, "events": became, "suggests": "".join(kinds[:1]), "also": kinds[1:]}
        )
        return
    console.line(f"{entry.number}  {entry.direction.value} by {entry.channel.value}, {entry.state.value}")
    for name, value in content.values.items():
        console.line(f"  {name}: {value}")
    for media_id, name, kind in content.attachments:
        console.line(f"  scan {media_id} {kind} {name}")
    for event in events:
        told = proof(event.id)
        console.line(f"  {event.at:%Y-%m-%d %H:%M} {event.state.value} {event.reason.value} {told['note']}".rstrip())
        for scan in told["scans"]:
            console.line(f"    scan {scan['id']} {scan['kind']} {scan['name']}")
    if kinds:
        console.line(f"It seems to speak of: {', '.join(kinds)}")


@commands.command(epilog="Example: echo 'KZ 123 456 789' | sandyq mail find")
def find(office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Find entries by a number read from standard input: that of the journal, the paper's own, or a waybill's."""
    from sandyq import correspondence
    from sandyq.staff import Power

    with at_desk(office, Power.JOURNAL) as desk:
        wanted = _noted(True)
        found = desk.write(lambda work: correspondence.found(work, desk.office.gate, wanted))
    if as_json:
        console.data([_row(entry) for entry in found])
        return
    for entry in found:
        _tell(entry, as_json)


@commands.command(name="register", epilog="Example: sandyq mail register --since 2026-01-01 --until 2026-03-31 --language kk > journal.csv")
def register_csv(
    since: Annotated[str, typer.Option(help="The first day; default: thirty days back.")] = "",
    until: Annotated[str, typer.Option(help="The last day; default: today.")] = "",
    language: Annotated[str, typer.Option(help="kk, ru or en.")] = "kk",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Print the journal of some days as a table (CSV): numbers, days, ways and states, nothing of who wrote or what. It is on record."""
    from sandyq import rights
    from sandyq.cli import reading
    from sandyq.correspondence.table import COLUMNS, table
    from sandyq.law.calendar import day_ends, local_date
    from sandyq.speech import LANGUAGES
    from sandyq.staff import Power

    if language not in LANGUAGES:
        raise typer.BadParameter("choose kk, ru or en")
    with at_desk(office, Power.JOURNAL) as desk:
        last = reading.day("until", until) if until else local_date(desk.office.clock.now())
        first = reading.day("since", since) if since else last - timedelta(days=30)
        start, end = day_ends(first - timedelta(days=1)), day_ends(last)
        made = desk.write(lambda work: table(work, start, end, language, lambda case: rights.case(work, case).number))
    if as_json:
        console.data([dict(zip(COLUMNS, row, strict=True)) for row in list(csv.reader(made.splitlines()))[1:]])
        return
    console.line(made.rstrip("\r\n"))


@commands.command()
def posted(number: Number, on: On = "", note: Note = False, office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """A printed letter went to the post or a courier; the waybill is the note."""
    from sandyq import correspondence
    from sandyq.staff import Power

    with at_desk(office, Power.JOURNAL) as desk:
        entry, day, words = _entry(desk, number), _on(desk, on), _noted(note)
        made = desk.write(lambda work: correspondence.posted(work, desk.office.gate, entry, words, day))
    _tell(made, as_json)


@commands.command()
def delivered(
    number: Number, on: On = "", note: Note = False, scan: Scans = None, office: OfficeOption = HERE, as_json: AsJson = False
) -> None:
    """There is proof that a letter arrived: a note, a scan, or both."""
    from sandyq import correspondence
    from sandyq.staff import Power

    with at_desk(office, Power.JOURNAL) as desk, _sealed(desk, scan or []) as scans:
        entry, day, words = _entry(desk, number), _on(desk, on), _noted(note)
        made = desk.write(lambda work: correspondence.delivered(work, desk.office.gate, entry, day, note=words, scans=scans))
    _tell(made, as_json)


@commands.command()
def returned(
    number: Number,
    reason: Annotated[str, typer.Option(help="address_unknown, addressee_gone, not_collected, acceptance_refused, other.")] = "other",
    on: On = "",
    note: Note = False,
    scan: Scans = None,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """The post or courier brought a letter back."""
    from sandyq import correspondence
    from sandyq.cli import reading
    from sandyq.correspondence import Reason
    from sandyq.staff import Power

    why = reading.word("reason", reason, Reason)
    with at_desk(office, Power.JOURNAL) as desk, _sealed(desk, scan or []) as scans:
        entry, day, words = _entry(desk, number), _on(desk, on), _noted(note)
        made = desk.write(lambda work: correspondence.returned(work, desk.office.gate, entry, day, why, note=words, scans=scans))
    _tell(made, as_json)


@commands.command()
def again(number: Number, office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Send once more what bounced, came back or was given up."""
    from sandyq import correspondence
    from sandyq.staff import Power

    with at_desk(office, Power.JOURNAL) as desk:
        entry = _entry(desk, number)
        made = desk.write(lambda work: correspondence.again(work, entry))
    _tell(made, as_json)


@commands.command()
def done(number: Number, office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """An entry was looked at, and nothing more waits for it."""
    from sandyq import correspondence
    from sandyq.staff import Power

    with at_desk(office, Power.JOURNAL) as desk:
        entry = _entry(desk, number)
        made = desk.write(lambda work: correspondence.register(work, entry.id))
    _tell(made, as_json)


@commands.command(name="open")
def open_case(
    number: Number,
    kind: Annotated[
        str, typer.Option(help="What is asked, as you read it: access, block, destroy ...; left out: what it seems to ask for.")
    ] = "",
    another: Annotated[bool, typer.Option("--another", help="It asks for one more thing than the request that it opened.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Make a request of an entry that came in: its terms run from the entry's day."""
    from sandyq import correspondence
    from sandyq.cli import reading
    from sandyq.law.decision import Refusal
    from sandyq.rights import Case, Kind
    from sandyq.rights.from_journal import open_from
    from sandyq.staff import Power

    wanted = reading.word("kind", kind, Kind) if kind else None
    with at_desk(office, Power.JOURNAL) as desk:
        entry, here = _entry(desk, number), desk.office

        def opened(work: "Work") -> "Case | Refusal":
            content = correspondence.read(work, here.gate, entry)
            if isinstance(content, Refusal):
                return content
            values = content.values
            text = "\n\n".join(filter(None, (values.get("subject_line", ""), values.get("text", ""))))
            return open_from(work, here.rights, entry, wanted, text=text, contact=values.get("sender", ""), another=another)

        made = desk.write(opened)
    if isinstance(made, Refusal):
        refused(made, as_json=as_json)
    due = min((clock.due for clock in made.clocks), default=None)
    if as_json:
        console.data({"case": made.id, "number": made.number, "kind": made.kind.value, "state": made.state.value, "due": due})
        return
    console.line(f"{made.number}: {made.kind.value}, {made.state.value}" + (f"; last day {due}" if due else ""))


@commands.command()
def look(office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Take in now what lies in the mailbox."""
    from sandyq.intake import Intake
    from sandyq.staff import Power

    with at_desk(office, Power.JOURNAL) as desk:
        seen = Intake(desk.office).look()
    if as_json:
        console.data({"taken": seen.taken, "left": seen.left})
        return
    console.line(f"{seen.taken} taken in, {seen.left} left in the mailbox.")


@commands.command(name="test")
def try_servers(office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Try both mail servers: connect, sign in, look. Nothing is sent and nothing is taken in. Ends with 1 when one does not answer well."""
    from sandyq.post.mail import ImapBox, NoMail, SmtpSender
    from sandyq.staff import Power

    with at_desk(office, Power.JOURNAL) as desk:
        sender, box = desk.office.mail, desk.office.mailbox
        out = sender.check() if isinstance(sender, SmtpSender | NoMail) else ""
        into = box.check() if isinstance(box, ImapBox) else "" if box is not None else "mail_not_set_up"
    if as_json:
        console.data({"smtp": out or "ok", "imap": into or "ok"})
    else:
        console.line(f"SMTP: {out or 'ok'}\nIMAP: {into or 'ok'}")
    if out or into:
        raise typer.Exit(1)


# --- what they share ---------------------------------------------------------------------------------------------------------------------


def _letter() -> tuple[str, str]:
    if sys.stdin.isatty():
        return typer.prompt("From", default="", show_default=False), typer.prompt("What it says", default="", show_default=False)
    head, _, rest = sys.stdin.read(200_000).partition("\n")
    return head.strip(), rest.strip()


def _noted(wanted: bool) -> str:
    if not wanted:
        return ""
    return str(typer.prompt("Note")) if sys.stdin.isatty() else sys.stdin.readline().strip()


@contextmanager
def _sealed(desk: Desk, paths: Sequence[Path]) -> "Iterator[tuple[Scan, ...]]":
    """The scans, sealed; they are thrown away when what they were for fails."""
    from sandyq.clock import micros
    from sandyq.correspondence import Scan
    from sandyq.register import media

    folder, us = desk.office.settings.media_dir, micros(desk.office.clock.now())
    scans: list[Scan] = []
    try:
        for path in paths:
            with path.open("rb") as file:
                scans.append(Scan(path.name[:100], media.receive(folder, iter(lambda: file.read(65_536), b""), us)))
        yield tuple(scans)
    except BaseException:  # whatever stopped it, no scan may stay behind
        for scan in scans:
            media.discard(folder, scan.upload.media_id)
        raise


def _entry(desk: Desk, number: str) -> "Entry":
    from sandyq import correspondence
    from sandyq.ids import is_id

    find = correspondence.one if is_id(number) else correspondence.numbered
    return desk.office.read(lambda work: find(work, number))


def _on(desk: Desk, text: str) -> date:
    from sandyq.cli import reading
    from sandyq.law.calendar import local_date

    return reading.day("on", text) if text else local_date(desk.office.clock.now())


def _row(e: "Entry") -> dict[str, Any]:
    return {
        "id": e.id,
        "number": e.number,
        "subject": e.subject,
        "direction": e.direction.value,
        "channel": e.channel.value,
        "kind": e.kind,
        "state": e.state.value,
        "case": e.case,
        "on": e.on.isoformat(),
        "attached": e.attached,
        "omitted": list(e.omitted),
        "next": e.next,
    }


def _tell(e: "Entry", as_json: bool) -> None:
    if as_json:
        console.data(_row(e))
    else:
        console.line(f"{e.number}: {e.state.value}" + (f"; next: {e.next}" if e.next else ""))
