"""`sandyq demo`: what `make demo` runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console, exits
from sandyq.cli.console import AsJson

if TYPE_CHECKING:
    from sandyq.demo.check.stage import Verdict
    from sandyq.demo.founding import Sample


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example: sandyq demo; sandyq demo --check")(demo)


def demo(
    office: Annotated[Path, typer.Option("--office", "-o", metavar="DIR", help="Folder of the sample office.")] = Path("demo-office"),
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Port to serve at; default 8780, or a free one.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Throw the sample office away and begin a new one.")] = False,
    people: Annotated[int, typer.Option("--people", min=20, max=5000, help="How many made-up people.")] = 200,
    check: Annotated[bool, typer.Option("--check", help="Run the whole story in an office of its own, report each step, and end.")] = False,
    broken: Annotated[
        str, typer.Option("--break", metavar="NAME", help="With --check: break this step on purpose; it must be noticed.")
    ] = "",
    names: Annotated[bool, typer.Option("--names", help="With --check: print the names of the steps.")] = False,
    as_json: AsJson = False,
) -> None:
    """A sample office with made-up people: be the applicant, the clerk, the partner, the auditor. Ctrl-C ends it and everything it started."""
    if check or names or broken:
        _check(broken, names=names, as_json=as_json)
        return
    from sandyq.cli.progress import bar
    from sandyq.demo import run

    run.run(office, port, reset=reset, people=people, bar=bar, say=console.remark, up=_tell)
    console.line("\nEnded; nothing of it runs any more.")


def _tell(sample: "Sample", port: int) -> None:
    url, sandyq = f"http://127.0.0.1:{port}", _program()
    folder = sample.folder
    console.line(f"\nThe sample office is open. Everybody in it is made up.\n\n  Start page         {url}/")
    console.line(f"  Loan application   {url}/kk/apply\n  Applicants' inbox  {url}/sample/inbox\n  Staff console      {url}/console")
    for partner in sample.partners:
        console.line(f"  {partner.name:<18} http://127.0.0.1:{partner.port}/")
    console.line()
    console.table(("login", "password", "who"), [(hand.login, hand.password, hand.about) for hand in sample.staff])
    console.line(f"The second factor's code of a login:   {sandyq} code dpo-1 --office {folder}")
    console.line(f"Verify the log against the tables:     {sandyq} audit verify --state --office {folder}")
    console.line(f"Token of the website for the API:      {sample.site_token}")
    console.line("\nCtrl-C ends everything. The next run goes on with this office; --reset begins a new one.")
    sys.stdout.flush()


def _program() -> str:
    """How the program was called, so that what is printed can be typed."""
    called = Path(sys.argv[0])
    try:
        return str(called.resolve().relative_to(Path.cwd()))
    except ValueError:
        return called.name


def _check(broken: str, *, names: bool, as_json: bool) -> None:
    from sandyq.demo.check import names as every_step
    from sandyq.demo.check import run
    from sandyq.errors import FieldError, Invalid

    known = every_step()
    if names:
        console.data(known) if as_json else console.line("\n".join(known))
        return
    if broken and broken not in known:
        raise Invalid([FieldError("break", "not_in_list", {"given": broken[:40], "allowed": ", ".join(known)})])
    verdicts = run(broken, tell=(lambda verdict: None) if as_json else _tell_step)
    wrong = [verdict for verdict in verdicts if not verdict.ok]
    if as_json:
        console.data({"ok": not wrong, "broken": broken, "steps": [verdict.data() for verdict in verdicts]})
    else:
        console.line(
            f"\n{len(verdicts) - len(wrong)} of {len(verdicts)} steps hold." + (f" Broken on purpose: {broken}." if broken else "")
        )
    if wrong:
        raise typer.Exit(exits.ANSWER_IS_NO)


def _tell_step(verdict: "Verdict") -> None:
    mark = "ok  " if verdict.ok else "FAIL"
    cites = "; ".join(part for part in (verdict.clause, verdict.article) if part)
    console.line(f"{mark} {verdict.name:<22} {cites:<42} {verdict.said}")
    sys.stdout.flush()
