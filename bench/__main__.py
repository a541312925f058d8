"""`python -m bench [names] [--quick] [--json]`: our figures, the bare floor and the ratio, in one table."""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import apsw

from bench import cases, inside, outside
from bench.result import Result, as_json, table

BEGIN, END = "<!-- table -->", "<!-- end of table -->"
CASES: dict[str, Callable[[bool], list[Result]]] = {
    "collect": inside.collect,
    "audit": inside.audit_append,
    "destroy": inside.destroy,
    "decision": inside.decision,
    "crowd": inside.crowds,
    "verify": inside.verified,
    "access": inside.access,
    "requests": cases.carried_out,
    "request list": cases.listed,
    "http": outside.sqlite,
    "postgres": outside.postgres,
}


def main() -> None:
    """Run the cases named, or all."""
    given = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    given.add_argument("names", nargs="*", metavar="case", help=", ".join(CASES))
    given.add_argument("--quick", action="store_true", help="small sizes: a smoke test, not a measurement")
    given.add_argument("--json", action="store_true", help="the rows for a program")
    given.add_argument("--write", metavar="FILE", type=Path, help="put the table into this page, between its marks")
    args = given.parse_args()
    unknown = [name for name in args.names if name not in CASES]
    if unknown:
        given.error(f"no case {', '.join(unknown)}; there are {', '.join(CASES)}")
    rows: list[Result] = []
    for name in args.names or CASES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += CASES[name](args.quick)
    if args.json:
        print(as_json(rows))
        return
    machine = (
        f"Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."
    )
    text = f"{machine}\n\n{table(rows)}\n\n{outside.PUBLISHED}\n"
    print(text)
    if args.write:
        before, _, rest = args.write.read_text().partition(BEGIN)
        args.write.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
