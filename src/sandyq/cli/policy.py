"""`sandyq policy`: what the office published, held against the law, the code and its tests."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console, exits
from sandyq.cli.console import AsJson, data, line, remark, table

if TYPE_CHECKING:
    from sandyq.policy.facts import Edition
    from sandyq.policy.render import Draft, Page

commands = typer.Typer(no_args_is_help=True, help="The published policy: checked against the law, traced into the code, shown.")

PolicyFile = Annotated[Path | None, typer.Argument(metavar="FILE", help="policy.yaml; without it the sample office's.", show_default=False)]
"""The policy to look at."""
OverlayFile = Annotated[Path | None, typer.Option("--overlay", help="A file laid over it that fills gaps.", show_default=False)]
"""What is laid over it."""
ReadingOption = Annotated[str, typer.Option("--reading", help="strict (the Law where the policy is weaker) or as_published.")]
"""How it is read."""


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="policy")


def edition(file: Path | None, overlay: Path | None) -> "Edition":
    """The policy that a command was pointed at; the sample office's with its overlay when at nothing. Raises BadFile."""
    from sandyq.policy import loader

    if file is not None:
        return loader.load(file, overlay)
    sample, over = loader.sample_files()
    remark("No file was named: this is the sample office's policy with its synthetic overlay.")
    return loader.load(sample, overlay or over)


@commands.command(epilog="Example: sandyq policy check policy.yaml --overlay overlay.yaml")
def check(file: PolicyFile = None, overlay: OverlayFile = None, reading: ReadingOption = "strict", as_json: AsJson = False) -> None:
    """Print where the policy and the Law differ, and what answers each difference. Ends with 1 when a grave gap stays open."""
    from sandyq.law.vocabulary import Reading
    from sandyq.policy import check, loader, trace

    if reading not in list(Reading):
        raise typer.BadParameter("choose strict or as_published", param_hint="--reading")
    rules = trace.rules_by_clause(loader.load_pack().pack)
    report = check.report(edition(file, overlay), rules, Reading(reading))
    if as_json:
        data(report.as_dict())
    else:
        table(check.HEADINGS, report.as_table())
        open_rows = sum(not row.closed_by for row in report.differences)
        line(f"{len(report.differences)} differences, {open_rows} open, {len(report.blocking)} keep the office from going live.")
    if report.blocking:
        raise typer.Exit(exits.ANSWER_IS_NO)


@commands.command(epilog="Example: sandyq policy trace --json")
def trace(as_json: AsJson = False) -> None:
    """Print, for each clause 1.1 to 8.3, the rule, the code and the test that carry it. Ends with 1 when one has none."""
    from sandyq.policy import loader, trace

    report = trace.report(loader.load_pack().pack)
    if as_json:
        data(report.as_dict())
    else:
        table(trace.HEADINGS, report.as_table())
        built = sum(row.status == "built" for row in report.clauses)
        later = sum(row.status == "not built yet" for row in report.clauses)
        line(
            f"{len(report.clauses)} clauses: {built} built, {later} not built yet, {len(report.failed)} that nothing carries as it should."
        )
        if not report.tests_at_hand:
            remark("The tests are not beside the program, so none is named. Run this in a checkout of the source.")
    if report.failed:
        raise typer.Exit(exits.ANSWER_IS_NO)


@commands.command(epilog="Example: sandyq --language kk policy render")
def render(
    file: PolicyFile = None,
    overlay: OverlayFile = None,
    document: Annotated[str, typer.Option("--document", help="Draft one internal document of clause 1.5 instead.")] = "",
    as_json: AsJson = False,
) -> None:
    """Print the policy page, or a draft of an internal document, in the language chosen with --language."""
    from dataclasses import asdict

    from sandyq.policy import render

    chosen = edition(file, overlay)
    if document:
        draft = render.document(chosen, document, console.language())
        data(asdict(draft)) if as_json else _print_draft(draft)
        return
    page = render.page(chosen, console.language())
    data(page.as_dict()) if as_json else _print_page(page)


def _print_page(page: "Page") -> None:
    line(page.title)
    line(f"{page.operator}; {page.version}, {page.approved_on}, {page.approved_by}; {page.digest}")
    for part in page.parts:
        line(f"\n{part.number}. {part.title}")
        for clause in part.clauses:
            indent = "  " * (clause.depth + 1)
            line(f"{indent}{clause.number} {clause.text}")
            if clause.notes:
                line(f"{indent}    {', '.join(clause.notes)}")
    for clause in page.supplements:
        line(f"  + {clause.number} {clause.text} ({', '.join(clause.notes)})")


def _print_draft(draft: "Draft") -> None:
    line(f"{draft.title} ({draft.clause})")
    for title, rows in draft.tables:
        line(f"\n{title}")
        table([""] * max((len(row) for row in rows), default=1), rows)
