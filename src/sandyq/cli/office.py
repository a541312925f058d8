"""`sandyq init`: found an office. `sandyq work`: do what is due. `sandyq bench`: the figures of this machine."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console
from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, OfficeOption, system
from sandyq.errors import Conflict, NotReady

if TYPE_CHECKING:
    from sandyq.app import Office
    from sandyq.db import Work
    from sandyq.policy.facts import Edition
    from sandyq.staff import AddedMember

_TOML = """# The settings of this office; `docs/settings.md` lists them all. What stands in the environment as SANDYQ_* wins.
# engine = "sqlite"
# host = "127.0.0.1"
# port = 8780
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: sandyq init --office ./office --sample")(init)
    app.command(epilog="Example: sandyq work --once --office ./office")(work)
    app.command(epilog="Example: sandyq bench -- --quick", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
        bench
    )


def init(
    office: OfficeOption = HERE,
    policy: Annotated[Path | None, typer.Option("--policy", help="Your policy.yaml; see `sandyq policy check`.")] = None,
    overlay: Annotated[Path | None, typer.Option("--overlay", help="A file laid over it that fills gaps.")] = None,
    origin: Annotated[str, typer.Option("--origin", help="Name of the log, for ever; best with your domain: pd.example.kz/log")] = "",
    admin: Annotated[str, typer.Option("--admin", help="Handle of the first member, who lets the others in.")] = "admin-1",
    sample: Annotated[
        bool, typer.Option("--sample", help="An office of synthetic people with the sample policy; marked so for ever.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Found an office in an empty folder: keys, both stores, the log, the policy in force, the first member of staff."""
    from dataclasses import replace

    from sandyq.app import Office
    from sandyq.policy import loader
    from sandyq.settings import Settings

    settings = replace(Settings.load(office), sample=sample)
    edition = _edition(policy, overlay, sample=sample)
    name = origin or ("sample.sandyq.example/log" if sample else "")
    if not name:
        raise typer.BadParameter("give the log a name with --origin; best one with your domain in it")
    if settings.durable_file.exists():
        raise Conflict("office_exists", folder=str(settings.folder), remedy="name another folder with --office")
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Office.create(settings, edition, loader.load_pack(), origin=name)
    try:
        added, password = _first_member(made, edition, admin)
        key = str(made.publisher.key)
    finally:
        _stopped(made)
    if not (settings.folder / "sandyq.toml").exists():
        (settings.folder / "sandyq.toml").write_text(_TOML, encoding="utf-8")
    _founded(settings.folder, name, key, admin, password, added, sample=sample, as_json=as_json)


def _edition(policy: Path | None, overlay: Path | None, *, sample: bool) -> "Edition":
    from sandyq.policy import loader

    if policy is None and not sample:
        raise typer.BadParameter("name your policy with --policy, or say --sample")
    found = loader.load(policy, overlay) if policy is not None else loader.load(*loader.sample_files())
    if found.synthetic and not sample:
        raise Conflict("policy_synthetic", remedy="fill the gaps of the policy with true values, or found a --sample office")
    return found


def _first_member(office: "Office", edition: "Edition", login: str) -> "tuple[AddedMember, str]":
    from sandyq import staff
    from sandyq.cli.staff import new_password
    from sandyq.law.calendar import local_date

    password, key = new_password(), office.ring.office("staff")

    def hire(work: "Work") -> "AddedMember":
        for role in staff.standard_roles({name: row["clause"] for name, row in edition.data["purposes"].items()}):
            staff.define_role(work, role)
        return staff.add(work, key, staff.NewMember(login, "admin", password, local_date(work.at)))

    return office.write(hire, system()), password


def _stopped(office: "Office") -> None:
    from sandyq.app import start as starting

    starting.stop(office)


def _founded(folder: Path, origin: str, key: str, login: str, password: str, added: "AddedMember", *, sample: bool, as_json: bool) -> None:
    if as_json:
        member = {"login": login, "password": password, "totp_secret": added.totp_secret, "totp_uri": added.totp_uri, "id": added.id}
        console.data({"office": str(folder), "origin": origin, "key": key, "sample": sample, "admin": member})
        return
    console.line(f"The office stands in {folder}. Its log is {origin}; everybody verifies with this public key, so print it somewhere:")
    console.line(f"  {key}")
    console.line(f"First member, shown once:\n  login          {login}\n  password       {password}\n  second factor  {added.totp_secret}")
    console.line("Next: `sandyq login`, `sandyq staff add dpo-1 dpo --undertaking DAY`, `sandyq parties add`, `sandyq serve`.")
    console.line(f"Copy {folder / 'keys'} to a safe place apart from the backups of the stores: without it nothing can be read.")


def work(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Do what must happen by itself: send, destroy, sweep, publish. `sandyq serve` does so too; on PostgreSQL any number may run."""
    from sandyq import intake
    from sandyq.app import start as starting
    from sandyq.app.chores import chores
    from sandyq.clockwork import Clockwork

    here = _opened(office)
    try:
        begun = starting.start(here)
        clockwork = Clockwork([*chores(here), *intake.chores(here)])
        if once:
            done = clockwork.run_once()
            told = {"done": done, "steps": begun.steps, "shipped": begun.shipped}
            console.data(told) if as_json else console.line(f"Done: {done} pieces of work.")
            return
        clockwork.start()
        console.line("Working. Ctrl-C ends it.")
        _until_told()
        clockwork.stop()
    finally:
        _stopped(here)


def _opened(folder: Path) -> "Office":
    from sandyq.app import Office
    from sandyq.settings import Settings

    settings = Settings.load(folder)
    if settings.engine == "sqlite" and not settings.durable_file.exists():
        raise NotReady("office_missing", folder=str(settings.folder), remedy="run `sandyq init`, or name another folder with --office")
    return Office.open(settings)


def _until_told() -> None:
    import signal
    import threading

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    sys.stdout.flush()
    ended.wait()


def bench(context: typer.Context) -> None:
    """Measure this machine beside the bare floor. Runs in a checkout of the source; what stands behind `--` goes to the bench."""
    import sandyq

    root = Path(sandyq.__file__).resolve().parents[2]
    if not (root / "bench" / "__main__.py").exists():
        raise NotReady("bench_not_here", remedy="run it in a checkout of the source: make bench")
    done = subprocess.run([sys.executable, "-m", "bench", *context.args], cwd=root, env=os.environ, check=False)
    raise typer.Exit(done.returncode)
