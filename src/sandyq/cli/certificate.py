"""`sandyq subject certificate`: the certificate of a destruction, for the person as PDF and for the one-file verifier as JSON."""

import json
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console
from sandyq.cli.console import AsJson
from sandyq.cli.people import Subject, commands, refused
from sandyq.cli.place import HERE, Desk, OfficeOption, at_desk

if TYPE_CHECKING:
    from sandyq.db import Work
    from sandyq.destroy import Plan
    from sandyq.law.decision import Refusal


def register(app: typer.Typer) -> None:
    """Add the command to the group `subject`."""
    commands.command(epilog="Example: sandyq subject certificate 01k... 01k... --out certificate.json --pdf certificate.pdf")(certificate)


def certificate(
    subject: Subject,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="Id of the destruction, as `sandyq subject destroy` prints it.")],
    out: Annotated[Path | None, typer.Option("--out", help="Write it with its log entry and proof, for the verifier.")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write it as PDF, in the language chosen with --language.")] = None,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Give out the certificate of a destruction. That it was looked at is on record."""
    from sandyq import destroy
    from sandyq.access.words import Wording
    from sandyq.audit import publish
    from sandyq.law.decision import Refusal
    from sandyq.letters.certificate import CertificateBody, render_pdf
    from sandyq.staff import Power

    with at_desk(office, Power.ORDERS) as desk:
        made = desk.office.read(lambda work: destroy.one(work, subject, plan))
        raw = desk.write(lambda work: _opened(work, desk, made))
        if isinstance(raw, Refusal):
            refused(raw, as_json=as_json)
        proved = desk.office.read(lambda work: publish.prove(work, desk.office.folder, made.leaf))
        key = str(desk.office.publisher.key)
        named = desk.office.read(lambda work: Wording(desk.office.gate.in_force(work).edition, console.language(), {}).names())
    paper = {"body": json.loads(raw), "leaf": b64encode(proved.entry).decode(), "proof": proved.proof}
    if out is not None:
        out.write_text(json.dumps(paper, ensure_ascii=False, indent=1), encoding="utf-8")
    if pdf is not None:
        pdf.write_bytes(render_pdf(CertificateBody.from_json(raw.encode()), console.language(), named))
    if as_json:
        console.data({**paper, "key": key})
    elif out is None and pdf is None:
        console.line(json.dumps(paper["body"], ensure_ascii=False, indent=1))
    else:
        console.line(f"Written. Check: sandyq_verify.py certificate {out or 'FILE.json'} --key '{key}'")


def _opened(work: "Work", desk: Desk, made: "Plan") -> "str | Refusal":
    from sandyq import requests
    from sandyq.errors import NotFound
    from sandyq.law.ask import Ask
    from sandyq.law.decision import Refusal
    from sandyq.law.vocabulary import ActorKind, Occasion, Operation

    if not made.certificate:
        raise NotFound("certificate_not_yet", remedy="run `sandyq work --once`, or wait for the server's worker")
    gate = desk.office.gate
    papers = tuple(r.document for r in requests.of_subject(work, made.subject) if r.target == made.id and r.document)
    ask = Ask(
        Operation.USE,
        made.subject,
        gate.in_force(work).edition.form.purpose,
        actor=ActorKind.STAFF,
        actor_id=desk.actor.id,
        occasion=Occasion.OWN_ACCESS,
        documents=papers,
        items=frozenset({made.certificate}),
    )
    answer = gate.ask(work, ask)
    if isinstance(answer, Refusal):
        return answer
    return str(gate.open(work, answer)[made.certificate].values["certificate"])
