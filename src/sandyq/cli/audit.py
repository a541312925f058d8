"""`sandyq audit`: verify the log, prove an entry, publish a checkpoint."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console, exits
from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, OfficeOption, opened

if TYPE_CHECKING:
    from sandyq.audit.verify import Report
    from sandyq.audit.witness import Witness

commands = typer.Typer(no_args_is_help=True, help="The log that anyone can verify.")

WitnessOption = Annotated[
    list[Path] | None,
    typer.Option("--witness", "-w", help="A checkpoint file, or a folder of them, that somebody else kept; may be repeated."),
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="audit")


@commands.command(epilog="Example: sandyq audit verify --state --witness /mnt/witness")
def verify(
    witness: WitnessOption = None,
    state: Annotated[bool, typer.Option("--state", help="Hold the tables against the log too.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Recompute the whole log and hold it against its checkpoint, the database and what witnesses kept. Ends with 1 when something is wrong.

    Without --witness the office's own folder of handed-out checkpoints is asked; only one kept elsewhere proves anything to others.
    """
    from sandyq.app import promises
    from sandyq.audit import verify as verifying
    from sandyq.audit.state import office_checks

    with opened(office, writer=False) as here:
        key = here.publisher.key
        checks = [*office_checks(), *promises.checks(here.ledger, here.ring)] if state else []
        held = _witnesses(witness) if witness else here.witnesses
        report = here.read(lambda work: verifying.verify(here.folder, key, work=work, witnesses=held, checks=checks))
    _tell(report, outside=bool(witness), state=state, as_json=as_json)
    if not report.ok:
        raise typer.Exit(exits.ANSWER_IS_NO)


def _witnesses(paths: list[Path]) -> "list[Witness]":
    from sandyq.audit.witness import FolderWitness

    return [FolderWitness(path) if path.is_dir() else _OneFile(path) for path in paths]


class _OneFile:
    """A checkpoint that somebody kept as a file."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path

    def take(self, checkpoint: bytes) -> None:
        """Nothing is given to it here."""

    def held(self) -> list[bytes]:
        """The one checkpoint."""
        from sandyq.errors import BadFile

        try:
            return [self._path.read_bytes()]
        except OSError as problem:
            raise BadFile(str(self._path), 0, f"it cannot be read ({type(problem).__name__})", "Name a checkpoint file.") from None

    def latest(self) -> bytes | None:
        """The same."""
        return self.held()[0]


def _tell(report: "Report", *, outside: bool, state: bool, as_json: bool) -> None:
    problems = [{"code": p.code, "place": p.place, "params": dict(p.params)} for p in report.problems]
    if as_json:
        told = {"ok": report.ok, "published": report.published, "numbered": report.numbered, "root": report.root.hex()}
        more = {"witnessed": report.witnessed, "outside_witness": outside, "state_checked": state}
        console.data({**told, **more, "problems": problems, "count": report.count})
        return
    for problem in problems:
        params = problem["params"]
        said = ", ".join(f"{k} {v}" for k, v in sorted(params.items())) if isinstance(params, dict) else ""
        console.line(f"WRONG at {problem['place']}: {problem['code']}" + (f" ({said})" if said else ""))
    console.line(f"{report.published} entries published, {report.numbered} in the database; root {report.root.hex()[:16]}.")
    if report.witnessed:
        whose = "a witness outside" if outside else "the office's own copies"
        console.line(f"The first {report.witnessed} entries are those that {whose} vouch for.")
    if not (outside and report.witnessed):
        console.line("Self-consistent only: no checkpoint kept by somebody else was given (--witness).")
    console.line("The log holds." if report.ok else f"The log does NOT hold: {report.count} found wrong.")


@commands.command(epilog="Example: sandyq audit prove 01k... --out proof")
def prove(
    leaf: Annotated[str, typer.Argument(metavar="LEAF", help="Id of the entry, as receipts and --json answers give it.")],
    out: Annotated[Path | None, typer.Option("--out", help="Write OUT.entry and OUT.proof instead of printing the proof.")] = None,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Print the proof of one entry (C2SP tlog-proof), for the one-file verifier or any other."""
    from base64 import b64encode

    from sandyq.audit import publish

    with opened(office, writer=False) as here:
        proved = here.read(lambda work: publish.prove(work, here.folder, leaf))
        key = str(here.publisher.key)
    if out is not None:
        Path(f"{out}.entry").write_bytes(proved.entry)
        Path(f"{out}.proof").write_text(proved.proof, encoding="utf-8")
    if as_json:
        told = {"number": proved.number, "key": key, "entry": b64encode(proved.entry).decode(), "proof": proved.proof}
        console.data(told)
    elif out is not None:
        console.line(
            f"Entry {proved.number}: {out}.entry and {out}.proof. Check: sandyq_verify.py proof {out}.proof --leaf {out}.entry --key '{key}'"
        )
    else:
        console.line(proved.proof.rstrip("\n"))


@commands.command(epilog="Example: sandyq audit checkpoint > checkpoint-to-keep")
def checkpoint(
    publish: Annotated[
        bool, typer.Option("--publish", help="First publish what is new, and hand it to the witnesses; needs the lock.")
    ] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Print the latest signed checkpoint. Who keeps it can later show whether the log was rewritten."""
    from sandyq.audit.note import Checkpoint, Note
    from sandyq.errors import NotReady

    with opened(office, writer=publish) as here:
        if publish:
            here.publisher.publish(here.stores, witness=True)
        note, key = here.folder.checkpoint(), str(here.publisher.key)
    if note is None:
        raise NotReady("nothing_published", remedy="run `sandyq audit checkpoint --publish`")
    if as_json:
        head = Checkpoint.parse(Note.parse(note).text)
        console.data({"origin": head.origin, "size": head.size, "root": head.root.hex(), "key": key, "checkpoint": note.decode()})
        return
    console.line(note.decode().rstrip("\n"))
