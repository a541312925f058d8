"""`sandyq parties`: the recipients of part 7 of the policy."""

from typing import Annotated

import typer

from sandyq.cli import console
from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, OfficeOption, at_desk

commands = typer.Typer(no_args_is_help=True, help="Recipients: who may get what, by which contract.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="parties")


@commands.command(
    epilog="Example: sandyq parties add 'Example Bank' 170640999902 --clause 7.1.1 --contract 12/2026 --since 2026-01-05"
    " --undertaking 2026-01-05 --fields iin,surname,first_name,phone --endpoint https://bank.example/messages"
)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The recipient's name.")],
    number: Annotated[str, typer.Argument(metavar="BIN", help="Its BIN.")],
    fields: Annotated[str, typer.Option(help="What the contract covers, ids with commas between.")],
    endpoint: Annotated[str, typer.Option(help="Address that takes its messages.")],
    clause: Annotated[str, typer.Option(help="7.1.1 to 7.1.5.")] = "7.1.1",
    purpose: Annotated[str, typer.Option(help="The purpose agreed; default: the form's.")] = "",
    contract: Annotated[str, typer.Option(help="Number of the contract.")] = "",
    since: Annotated[str, typer.Option(help="Day of the contract.")] = "",
    undertaking: Annotated[str, typer.Option(help="Day it signed to keep confidential what it gets (art. 10).")] = "",
    country: Annotated[str, typer.Option(help="Country, two letters.")] = "KZ",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Take a recipient into the register. Its two secrets are printed once: it checks our messages with one and signs its own with the other."""
    from sandyq import parties
    from sandyq.cli import reading
    from sandyq.parties import LegalForm, NewRecipient
    from sandyq.staff import Power

    with at_desk(office, Power.PARTIES) as desk:
        edition = desk.office.read(lambda work: desk.office.gate.in_force(work).edition)
        aim = purpose or edition.form.purpose
        new = NewRecipient(
            clause,
            LegalForm.LEGAL_ENTITY if country == "KZ" else LegalForm.FOREIGN_ENTITY,
            name,
            number,
            country,
            contract_number=contract,
            contract_date=reading.day("since", since) if since else None,
            undertaking_on=reading.day("undertaking", undertaking) if undertaking else None,
            agreed=frozenset((aim, field) for field in reading.names(fields)),
            endpoint=endpoint,
        )
        key = desk.office.ring.office("parties")
        made = desk.write(lambda work: parties.add_recipient(work, key, new))
    if as_json:
        console.data({"id": made.id, "name": name, "incoming": made.webhook_secret, "outgoing": made.ack_secret})
        return
    console.line(f"{name} is {made.id}. Hand this over on a safe way; it is not shown again.")
    console.line(f"  our messages are signed with     {made.webhook_secret}\n  its acknowledgements with        {made.ack_secret}")


@commands.command(name="list")
def list_parties(office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Print every recipient, what is agreed with it and whether its feed runs."""
    from sandyq import parties
    from sandyq.staff import Power

    with at_desk(office, Power.PARTIES) as desk:
        key = desk.office.ring.office("parties")
        found = desk.office.read(lambda work: parties.recipients(work, key))
    rows = [
        {
            "id": p.id,
            "name": p.name,
            "clause": p.clause,
            "country": p.country,
            "active": p.active,
            "feed": p.feed,
            "endpoint": p.endpoint,
            "fields": sorted({field for _, field in p.agreed}),
        }
        for p in found
    ]
    if as_json:
        console.data(rows)
        return
    shown = [(p.id, p.name, p.clause, p.feed if p.active else "over", ", ".join(sorted({f for _, f in p.agreed}))) for p in found]
    console.table(("id", "name", "clause", "feed", "fields"), shown)


@commands.command()
def suspend(
    recipient: Annotated[str, typer.Argument(metavar="ID")],
    reason: Annotated[str, typer.Option(help="breach_reported, contract_in_dispute, asked_by_recipient ...")],
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Send nothing new to a recipient; what it must be told of blocks and destructions still goes."""
    from sandyq import parties
    from sandyq.cli.reading import word
    from sandyq.parties import FeedReason
    from sandyq.staff import Power

    why = word("reason", reason, FeedReason)
    with at_desk(office, Power.PARTIES) as desk:
        desk.write(lambda work: parties.suspend_feed(work, recipient, why))
    console.data({"id": recipient, "feed": "suspended", "reason": why.value}) if as_json else console.line("Suspended.")


@commands.command()
def resume(recipient: Annotated[str, typer.Argument(metavar="ID")], office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Send to a recipient again."""
    from sandyq import parties
    from sandyq.staff import Power

    with at_desk(office, Power.PARTIES) as desk:
        desk.write(lambda work: parties.resume_feed(work, recipient))
    console.data({"id": recipient, "feed": "active"}) if as_json else console.line("It is sent to again.")
