"""`sandyq request evidence`: the evidence of a complaint or an authority's order for a court; one member asks, another has it packed into a file."""

import os
from pathlib import Path
from typing import Annotated

import typer

from sandyq.cli import console
from sandyq.cli.console import AsJson
from sandyq.cli.people import refused
from sandyq.cli.place import HERE, OfficeOption, at_desk
from sandyq.cli.requests import CaseId, commands, id_of, on_case


def register(app: typer.Typer) -> None:
    """Add the command to the group `request`."""
    commands.command(
        epilog="Example: sandyq request evidence 20260319-5R2P7 --ask --document 01k...; then somebody else: --out evidence.zip"
    )(evidence)


def evidence(
    case: CaseId,
    ask: Annotated[bool, typer.Option("--ask", help="Ask that it is packed; a second member has that done.")] = False,
    document: Annotated[str, typer.Option(help="The paper of the court or authority, on file; none where the request has one.")] = "",
    drop: Annotated[bool, typer.Option("--drop", help="Take the question back.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE.zip", help="Have it packed into this file, which nobody else can read.")] = None,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Pack what happened to a request, with the log's entries and their proofs, so that a court can check it without this program."""
    from sandyq import rights
    from sandyq.app import evidence as packing
    from sandyq.law.decision import Refusal
    from sandyq.staff import Power

    if [ask, drop, out is not None].count(True) != 1:
        raise typer.BadParameter("say one of --ask, --drop and --out FILE.zip")
    if ask or drop:
        act = rights.drop_evidence if drop else lambda work, r, id_: rights.ask_evidence(work, r, id_, document)
        on_case(office, case, act, as_json=as_json)
        return
    if out is None or out.exists():
        raise typer.BadParameter("this file is there already; name another with --out")
    with at_desk(office, Power.REQUESTS) as desk:
        id_ = id_of(desk, case)
        made = desk.write(lambda work: packing.made(desk.office, work, id_))
        if isinstance(made, Refusal):
            refused(made, as_json=as_json)
        content, key = packing.packed(desk.office, made), str(desk.office.publisher.key)
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    if as_json:
        console.data({"case": made.case, "leaf": made.leaf, "digest": made.digest, "file": str(out), "bytes": len(content)})
        return
    console.line(f"Written. Check: sandyq_verify.py evidence {out} --key '{key}'")
