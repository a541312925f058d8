"""What commands share when they print: the language chosen, JSON, tables. Data go to standard output, remarks to standard error."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

_WIDE = 200
_chosen = ""

AsJson = Annotated[bool, typer.Option("--json", help="Print data as JSON, for programs.")]
"""The option that every command has which prints data."""


def choose(language: str) -> None:
    """Set the language of sentences for this process; empty means the environment's."""
    global _chosen
    _chosen = language


def language() -> str:
    """`kk`, `ru` or `en`: what `--language` said, else the locale of the environment, else English."""
    if _chosen:
        return _chosen
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return named[:2] if named[:2] in {"kk", "ru"} else "en"


def line(text: str = "") -> None:
    """One line of the answer."""
    sys.stdout.write(text + "\n")


def remark(text: str) -> None:
    """One line beside the answer, on standard error, so that a pipe gets the answer alone."""
    sys.stderr.write(text + "\n")


def data(value: Any) -> None:
    """The answer as JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset | set):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else str(value)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The answer as a table: drawn to fit a terminal, or wide and plain into a pipe."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD, pad_edge=False, highlight=False)
    for heading in headings:
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, markup=False, emoji=False).print(drawn)
