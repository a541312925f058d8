"""The program `sandyq`. A new command is a file here with `register(app)`, named once in `FILES`; it imports what it needs when it runs."""

import sys
from typing import Annotated

import typer

from sandyq import __version__
from sandyq.cli import (
    access,
    audit,
    calendar,
    certificate,
    collect,
    console,
    decide,
    demo,
    evidence,
    exits,
    identify,
    keeping,
    mail,
    office,
    parties,
    people,
    personnel,
    policy,
    requests,
    serve,
    staff,
)
from sandyq.errors import SandyqError

FILES = (
    demo,
    office,
    serve,
    staff,
    parties,
    people,
    personnel,
    requests,
    identify,
    evidence,
    certificate,
    access,
    collect,
    audit,
    keeping,
    calendar,
    policy,
    decide,
    mail,
)

app = typer.Typer(
    name="sandyq",
    help="Keeps people's personal data the way the published policy and the law of Kazakhstan say, and proves it.",
    epilog="Try: sandyq calendar due 2026-03-19 3wd --explain",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for each in FILES:
    each.register(app)


def _version(asked: bool) -> None:
    if asked:
        console.line(f"sandyq {__version__}")
        raise typer.Exit


def _language(given: str) -> str:
    if given not in {"", "kk", "ru", "en"}:
        raise typer.BadParameter("choose kk, ru or en")
    return given


@app.callback()
def _root(
    language: Annotated[str, typer.Option("--language", "-l", callback=_language, help="kk, ru or en; default: your locale.")] = "",
    trace: Annotated[bool, typer.Option("--trace", help="Show where the program itself failed, should it fail.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")] = False,
) -> None:
    console.choose(language)


def main() -> None:
    """Run the command line. Errors end as a sentence with its remedy and a code of `exits.TABLE`; never as a stack trace, unless asked."""
    given = sys.argv[1:]
    try:
        app()
    except SandyqError as error:
        sys.exit(exits.tell(error, as_json="--json" in given))
    except BrokenPipeError:  # the reader of our output has had enough
        sys.stderr.close()
        sys.exit(exits.DONE)
    except KeyboardInterrupt:
        sys.exit(exits.INTERRUPTED)
    except Exception as error:  # a fault of ours: its text may hold what must not be shown, so only its kind is told
        if "--trace" in given:
            raise
        console.remark(
            f"This is a fault of the program ({type(error).__name__}). Run `sandyq --trace ...` again to see where, and report it."
        )
        sys.exit(exits.INTERNAL)


if __name__ == "__main__":
    main()
