"""`sandyq request identify`: who asks is proved, by a check of before, by a document that was just seen, or not at all."""

import sys
from typing import Annotated

import typer

from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, OfficeOption
from sandyq.cli.requests import Addressee, CaseId, commands, on_case


def register(app: typer.Typer) -> None:
    """Add the command to the group `request`."""
    commands.command(
        epilog="Example: sandyq request identify 20260319-5R2P7 --about 01k... --level 4 --proof 01k...; or --document identity_card --iin"
    )(identify)


def identify(
    case: CaseId,
    about: Annotated[str, typer.Option(help="Whose data are meant.")] = "",
    document: Annotated[str, typer.Option(help="You have just seen this document: identity_card, passport ... That is the proof.")] = "",
    iin: Annotated[bool, typer.Option("--iin", help="Ask for the IIN as it was read off the document; it is compared, not kept.")] = False,
    level: Annotated[int, typer.Option(min=0, max=4, help="3 two factors, 4 at the desk.")] = 4,
    proof: Annotated[str, typer.Option(help="Id of the check.")] = "",
    failed: Annotated[bool, typer.Option("--failed", help="Nobody proved who asks: answer with that reason.")] = False,
    to: Addressee = None,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Who asks is proved, or was not."""
    from sandyq import rights
    from sandyq.identity import Level

    if failed:
        on_case(office, case, lambda work, r, id_: rights.not_identified(work, r, id_, tuple(to or ())), as_json=as_json)
        return
    if document:
        number = _asked("IIN on the document") if iin else ""
        on_case(office, case, lambda work, r, id_: rights.at_desk(work, r, id_, document, about=about, iin=number), as_json=as_json)
        return
    if not about:
        raise typer.BadParameter("name the person with --about, say which document you saw with --document, or say --failed")
    on_case(office, case, lambda work, r, id_: rights.identified(work, r, id_, about, Level(level), proof), as_json=as_json)


def _asked(what: str) -> str:
    return str(typer.prompt(what)).strip() if sys.stdin.isatty() else sys.stdin.readline().strip()
