"""Which office a command works on, and as whom: the folder, the lock, the signed-in member, and the entry when a power is lacking.

A command that touches people acts as the member who signed in with `sandyq login` (or whose token is in SANDYQ_TOKEN), never as an omnipotent
shell; the operating system's user stands beside the member in every entry (design 21).
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer

from sandyq.errors import Conflict, Denied, NotReady

if TYPE_CHECKING:
    from sandyq.app import Office
    from sandyq.app.start import Fault
    from sandyq.db import Actor, Work
    from sandyq.db.work import Promised
    from sandyq.staff import Caller, Power

R = TypeVar("R")
DOOR: Final = "cli"

OfficeOption = Annotated[
    Path,
    typer.Option("--office", "-o", envvar="SANDYQ_OFFICE", metavar="DIR", help="Folder of the office; also from SANDYQ_OFFICE."),
]
"""The option that every command has which works on an office; its default is the current folder."""
HERE: Final = Path(".")


def os_user() -> str:
    """The operating system's name of who runs this."""
    from sandyq.app import beside

    return beside.os_user(os.getuid())


def founded(folder: Path) -> bool:
    """Whether an office was ever created in a folder."""
    return (folder / "keys" / "log.key").exists() or (folder / "sandyq.toml").exists()


@contextmanager
def opened(folder: Path, *, writer: bool = True) -> "Iterator[Office]":
    """The office of a folder, closed again in the end. A writer needs the office's lock on SQLite, and an office that is in order; what it did is
    published when it ends. A reader needs neither. Raises NotReady, Conflict."""
    from sandyq.app import Office
    from sandyq.app import start as starting
    from sandyq.settings import Settings

    settings = Settings.load(folder)
    if settings.engine == "sqlite" and not settings.durable_file.exists():
        raise NotReady("office_missing", folder=str(settings.folder), remedy="run `sandyq init`, or name another folder with --office")
    try:
        office = Office.open(settings, writer=writer)
    except Conflict as busy:
        if busy.code != "office_locked":
            raise
        remedy = "use the pages or the API of the server that runs, or stop it first (Ctrl-C in its terminal)"
        raise Conflict("office_locked", **{**busy.params, "remedy": remedy}) from None
    if not writer:
        try:
            yield office
        finally:
            office.close()
        return
    faults = _checked(office)
    if faults:
        office.close()
        raise starting.OutOfOrder(faults)
    try:
        yield office
    finally:
        starting.stop(office)


def _checked(office: "Office") -> "list[Fault]":
    from sandyq.app import start as starting

    try:
        return starting.check(office)
    except BaseException:  # whatever stopped the check, the office must not stay locked
        office.close()
        raise


def system() -> "Actor":
    """The actor of what a command does for the office itself: founding, keys, backups, checkpoints."""
    from sandyq.db import Actor

    return Actor("system", "cli", DOOR, os_user())


@dataclass(frozen=True)
class Desk:
    """An open office and the member who works at it."""

    office: "Office"
    caller: "Caller"
    actor: "Actor"

    def write(self, fn: "Callable[[Work], R]") -> R:
        """One unit of work as this member, committed."""
        return self.office.write(fn, self.actor)

    def submit(self, fn: "Callable[[Work], R]") -> "Promised[R]":
        """As `write`, without waiting: units that wait together share a commit where the store can."""
        return self.office.submit(fn, self.actor)


def served(folder: Path, /, **question: str) -> "dict[str, Any] | None":
    """What the process that serves an office on SQLite answers; None when none does, and the command opens the office itself."""
    from sandyq.app import beside
    from sandyq.settings import Settings

    settings = Settings.load(folder)
    return beside.ask(settings.folder, **question) if settings.engine == "sqlite" and settings.folder.is_dir() else None


@contextmanager
def at_desk(folder: Path, power: "Power | None" = None) -> Iterator[Desk]:
    """The office as the signed-in member. Raises Denied when nobody is signed in, or when the member lacks the power: that is on record."""
    from sandyq.app import beside

    with opened(folder) as office:
        token, secret = credentials(office.settings.folder)
        caller, actor = beside.admit(office, token, secret, os_user(), power)
        yield Desk(office, caller, actor)


def credentials(folder: Path) -> tuple[str, str]:
    """The token and the secret of the session that this process has: at most one of them."""
    token = os.environ.get("SANDYQ_TOKEN", "")
    return token, "" if token else session_secret(folder)


# --- the session's file ----------------------------------------------------------------------------------------------------------------


def session_file(folder: Path) -> Path:
    """Where the session of an office is kept: in the user's state folder, under a name made of the office's path."""
    from sandyq.seal import digest

    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "sandyq" / f"session-{digest(str(folder.resolve()).encode()).hex()[:16]}.json"


def session_secret(folder: Path) -> str:
    """The secret of the session that was begun here, or an empty text."""
    try:
        path = session_file(folder)
        if path.stat().st_mode & 0o077:
            raise Denied("session_file_open", file=str(path), remedy="take it from group and others (chmod 600), then sign in again")
        return str(json.loads(path.read_text(encoding="utf-8"))["secret"])
    except (FileNotFoundError, ValueError, KeyError):
        return ""


def keep_session(folder: Path, login: str, secret: str, ends_at: str) -> Path:
    """Write the session's file for its owner alone."""
    path = session_file(folder)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"office": str(folder.resolve()), "login": login, "secret": secret, "ends_at": ends_at}, file)
    return path


def forget_session(folder: Path) -> None:
    """Remove the session's file."""
    session_file(folder).unlink(missing_ok=True)
