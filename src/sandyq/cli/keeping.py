"""`sandyq keys`, `backup` and `restore`: keeping an office over the years without forgetting a promise."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console
from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, OfficeOption, at_desk, credentials, served

if TYPE_CHECKING:
    from sandyq.app.keys import Backup
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
def rotate(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether the backups that it ends may end.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Begin a new generation, wrap every key anew under it, destroy the old one. Ends every earlier backup. Stopped anywhere, the next call goes on."""
    from sandyq.app import keys as turning
    from sandyq.staff import Power

    with at_desk(office, Power.KEYS) as desk:
        backups = turning.backups(desk.office)
        _warn(backups, ask=sys.stdin.isatty() and not yes and not as_json)
        ended = turning.turn(desk.office)
        current = next(g for g in turning.status(desk.office) if g.state == "current")
    if as_json:
        gone = [{"backup": f"sandyq-{b.id}", "made_at": b.made_at.isoformat(timespec="seconds")} for b in backups]
        told = {"current": current.number, "keys": current.keys, "destroyed": ended, "ended_backups": gone}
        console.data({**told, "remedy": turning.NEW_BACKUP if gone else ""})
        return
    console.line(f"Generation {current.number} holds {current.keys} keys now; destroyed: {', '.join(map(str, ended)) or 'none'}.")
    if backups:
        console.line(f"{len(backups)} earlier backups have ended: {turning.NEW_BACKUP}.")


def _warn(backups: "list[Backup]", *, ask: bool) -> None:
    """Say which backups end with the old generation, before it is destroyed."""
    if not backups:
        return
    console.remark("This destroys the keys under which these backups stand; nothing can be brought back from them afterwards:")
    for made in backups:
        console.remark(f"  {made.made_at:%Y-%m-%d %H:%M} UTC  sandyq-{made.id}")
    console.remark("Afterwards make a new backup with `sandyq backup DIR`, and delete these.")
    if ask:
        typer.confirm("Go on?", abort=True)


def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that the backup is put into, apart from the keys.")],
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Copy both stores and the sealed uploads as of one moment into a new folder in DIR. No key is in it. An office that serves goes on serving."""
    token, session = credentials(office)
    there = served(office, do="backup", folder=str(folder.absolute()), token=token, session=session)
    made = Path(there["backup"]) if there is not None else _backed_up(office, folder)
    if as_json:
        console.data({"backup": str(made), "bytes": sum(path.stat().st_size for path in made.rglob("*") if path.is_file())})
        return
    console.line(str(made))


def _backed_up(office: Path, folder: Path) -> Path:
    from sandyq.app import backup as backups
    from sandyq.staff import Power

    with at_desk(office, Power.BACKUP) as desk:
        return backups.make(desk.office, folder, desk.actor)


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
