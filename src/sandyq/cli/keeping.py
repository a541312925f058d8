"""`sandyq keys`, `backup` and `restore`: keeping an office over the years without forgetting a promise."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console
from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, OfficeOption, at_desk

if TYPE_CHECKING:
    from sandyq.app.pending import Stage

keys = typer.Typer(no_args_is_help=True, help="Generations of the key-encryption keys.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(keys, name="keys")
    app.command(epilog="Example: sandyq backup /mnt/backups --office ./office")(backup)
    app.command(epilog="Example: sandyq restore /mnt/backups/sandyq-01k... --office ./office")(restore)


@keys.command()
def status(office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Print each generation: since when, how many keys stand under it, and when what was deleted under it can come back from no backup."""
    from sandyq.app import keys as turning
    from sandyq.staff import Power

    with at_desk(office, Power.KEYS) as desk:
        found = turning.status(desk.office)
    rows = [
        {
            "number": g.number,
            "state": g.state,
            "created_at": g.created_at.isoformat(timespec="seconds"),
            "destroyed_at": g.destroyed_at.isoformat(timespec="seconds") if g.destroyed_at else None,
            "keys": g.keys,
            "unrecoverable_at": g.unrecoverable_at.isoformat(timespec="seconds"),
            "planned": g.planned,
        }
        for g in found
    ]
    if as_json:
        console.data(rows)
        return
    headings = ("number", "state", "created_at", "destroyed_at", "keys", "unrecoverable_at")
    console.table(headings, [[str(row[name] if row[name] is not None else "-") for name in headings] for row in rows])


@keys.command(epilog="Example: sandyq keys rotate --office ./office")
def rotate(office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Begin a new generation, wrap every key anew under it, destroy the old one. Stopped anywhere, the next call goes on."""
    from sandyq.app import keys as turning
    from sandyq.staff import Power

    with at_desk(office, Power.KEYS) as desk:
        ended = turning.turn(desk.office)
        current = next(g for g in turning.status(desk.office) if g.state == "current")
    if as_json:
        console.data({"current": current.number, "keys": current.keys, "destroyed": ended})
        return
    console.line(f"Generation {current.number} holds {current.keys} keys now; destroyed: {', '.join(map(str, ended)) or 'none'}.")


def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that the backup is put into, apart from the keys.")],
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Copy both stores and the sealed uploads as of one moment into a new folder in DIR. No key is in it."""
    from sandyq.app import backup as backups
    from sandyq.staff import Power

    with at_desk(office, Power.BACKUP) as desk:
        made = backups.make(desk.office, folder)
    if as_json:
        console.data({"backup": str(made), "bytes": sum(path.stat().st_size for path in made.rglob("*") if path.is_file())})
        return
    console.line(str(made))


def restore(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The backup's folder sandyq-...; without it a restore that was stopped goes on.")
    ] = None,
    place_only: Annotated[
        bool, typer.Option("--place-only", help="Put the stores in place and stop: nothing serves until the rest is done.")
    ] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back, then carry out again every destruction, block and withdrawal since it was made; until then nothing serves."""
    from sandyq.app import restore as restoring
    from sandyq.settings import Settings

    settings = Settings.load(office)
    if place_only:
        if folder is None:
            raise typer.BadParameter("name the backup's folder")
        restoring.place(settings, folder)
        console.data({"placed": str(folder), "done": False}) if as_json else console.line("In place. Run `sandyq restore` to finish it.")
        return
    done = restoring.restore(settings, folder, on=_shown)
    if as_json:
        told = {"backup": done.backup, "entries": done.entries, "events": done.events, "destroyed": done.destroyed}
        console.data({**told, "done": True})
        return
    console.line(
        f"Restored {done.backup}: {done.entries} entries of the log taken up, {done.events} restrictive events since the backup,"
        f" {done.destroyed} destructions run to their end. It may be served again."
    )


def _shown(stage: "Stage", done: int, total: int) -> None:
    console.remark(f"{stage.value}: {done}" + (f" of {total}" if total else ""))
