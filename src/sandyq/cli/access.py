"""`sandyq subject access`: the answer on access, as the member who is signed in and answers a request on file.

The document leaves the office only where the user names a file, which nobody else can read, or the standard output.
"""

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console
from sandyq.cli.console import AsJson
from sandyq.cli.people import Subject, commands, refused
from sandyq.cli.place import HERE, Desk, OfficeOption, at_desk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandyq.access import Answered
    from sandyq.db import Work
    from sandyq.law.decision import Refusal

STANDARD = "-"


def register(app: typer.Typer) -> None:
    """Add the command to the group `subject`."""
    commands.command(epilog="Example: sandyq subject access 01k... --document 01k... --out answer.json")(access)


def access(
    subject: Subject,
    document: Annotated[
        str, typer.Option("--document", "-d", help="The request that is answered: a case, or its paper on file (id); `new` files one.")
    ],
    out: Annotated[str, typer.Option("--out", metavar="FILE|-", help="Where to write it; a name ending in .zip gets the archive.")],
    full: Annotated[bool, typer.Option("--full", help="Values in clear; only within five minutes of signing in.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Answer a person's request for access: everything that is held about them, from every room. What was told is on record."""
    from sandyq.access import archive
    from sandyq.cli.people import fresh
    from sandyq.law.decision import Refusal
    from sandyq.staff import Power

    if out != STANDARD and Path(out).exists():
        raise typer.BadParameter("this file is there already; name another with --out")
    with at_desk(office, Power.ORDERS) as desk:
        if full:
            fresh(desk)
        paper = _filed(desk, subject) if document == "new" else document
        made = desk.write(partial(_answered, desk=desk, subject=subject, paper=paper, full=full))
        if isinstance(made, Refusal):
            refused(made, as_json=as_json)
        if out.endswith(".zip"):
            files = desk.write(
                lambda work: archive.uploads(work, desk.office.gate, desk.office.settings.media_dir, made, documents=(paper,))
            )
            if isinstance(files, Refusal):
                refused(files, as_json=as_json)
            written = _write(out, archive.stream(made.package, files, _letter(desk, made, paper)))
        else:
            written = _write(out, [made.package.to_json()])
    if out != STANDARD:
        told = {"subject": subject, "document": paper, "leaf": made.leaf, "digest": made.digest, "file": out, "bytes": written}
        told["withheld"] = [{"number": one.number, "clause": one.limb.clause, "article": one.limb.article} for one in made.withheld]
        if as_json:
            console.data(told)
            return
        console.line(f"Written to {out}, readable by you alone. Entry {made.leaf}, SHA-256 {made.digest}.")
        for one in made.withheld:
            console.line(f"Not told to the person: request {one.number}, under {one.limb.clause}, {one.limb.article}.")


def _filed(desk: Desk, subject: str) -> str:
    """Put the person's statement on file by its number, which is asked for: on a command line it would stay in the shell's history."""
    from sandyq import requests

    number = typer.prompt("Number of the request") if sys.stdin.isatty() else sys.stdin.readline().strip()
    return desk.write(lambda work: requests.file_document(work, desk.office.gate, subject, requests.DocumentKind.STATEMENT, str(number)))


def _answered(work: "Work", *, desk: Desk, subject: str, paper: str, full: bool) -> "Answered | Refusal":
    from sandyq.app import answers

    return answers.on_request(desk.office, work, subject, paper, full=full, language=console.language())


def _letter(desk: Desk, made: "Answered", paper: str) -> bytes:
    from sandyq.access import letter

    edition = desk.office.read(lambda work: desk.office.gate.in_force(work).edition)
    number, answers = letter.number(made.package, made.leaf), letter.number(made.package, paper)
    body = letter.body(made.package, made.leaf, edition.words, number=number, answers=answers, received_on=None, due=None)
    return desk.office.stationery.pdf(body)


def _write(out: str, pieces: "Iterable[bytes]") -> int:
    """Write to a new file that its owner alone can read, or to the standard output; gives how many bytes. An existing file is not written over."""
    if out == STANDARD:
        return sum(sys.stdout.buffer.write(piece) for piece in pieces)
    handle = os.open(Path(out), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        return sum(file.write(piece) for piece in pieces)
