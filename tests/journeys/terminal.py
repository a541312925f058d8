"""A person at a terminal: processes of `sandyq`, a session of their own, an office in a folder."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import warm_program
from sandyq.sample.people import Person, make_bin, people

VERIFIER = Path(__file__).parents[2] / "verifier" / "sandyq_verify.py"
LOANS = ("iin", "surname", "first_name", "birth_date", "phone", "city", "income_monthly", "loan_amount", "loan_term_months")


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        assert self.out, self.err
        return json.loads(self.out)

    @property
    def said(self) -> str:
        """Everything it said, in one line."""
        return " ".join((self.out + self.err).replace("│", " ").split())


@dataclass
class Terminal:
    """Runs commands on one office with one member's session."""

    office: Path
    state: Path
    env: dict[str, str] = field(default_factory=dict)

    def run(self, *args: str, stdin: str | bytes = "", timeout: float = 120) -> Done:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SANDYQ_")}
        env = {**kept, "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(self.state), "SANDYQ_OFFICE": str(self.office), **self.env}
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = warm_program.run(*args, given=given, timeout=timeout, env=env)
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *args: str, **more: Any) -> Any:
        """Run a command that must succeed, with --json; gives its data."""
        done = self.run(*args, "--json", **more)
        assert done.code == 0, done.err
        return done.data


@dataclass
class World:
    """A sample office founded at the terminal, with its staff; each member has a terminal of their own."""

    root: Path
    passwords: dict[str, str] = field(default_factory=dict)
    terminals: dict[str, Terminal] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)  # the last code of each log-in
    key: str = ""

    @property
    def office(self) -> Path:
        return self.root / "office"

    @property
    def nobody(self) -> Terminal:
        """Somebody who is not signed in."""
        return Terminal(self.office, self.root / "nobody")

    def found(self) -> None:
        made = self.nobody.ok("init", "--sample")
        self.key, self.passwords["admin-1"] = made["key"], made["admin"]["password"]
        self.login("admin-1")
        for login, role in (
            ("dpo-1", "dpo"),
            ("dpo-2", "dpo"),
            ("clerk-1", "call_centre"),
            ("engineer-1", "engineer"),
            ("auditor-1", "auditor"),
            ("hr-1", "hr"),
        ):
            added = self["admin-1"].ok("staff", "add", login, role, "--undertaking", "2026-01-05")
            self.passwords[login] = added["password"]

    def __getitem__(self, login: str) -> Terminal:
        return self.terminals.get(login) or self.login(login)

    def login(self, login: str) -> Terminal:
        terminal = Terminal(self.office, self.root / f"of {login}")
        code = terminal.run("code", login).out.strip()
        while code == self.used.get(login):  # a code counts once
            time.sleep(1)
            code = terminal.run("code", login).out.strip()
        self.used[login] = code
        done = terminal.run("login", login, "--password-stdin", "--code", code, stdin=f"{self.passwords[login]}\n")
        assert done.code == 0, done.err
        self.terminals[login] = terminal
        return terminal

    def partner(self, endpoint: str = "http://127.0.0.1:9/messages") -> str:
        number = make_bin(random.Random(3))
        given = ["--contract", "1", "--since", "2024-01-05", "--undertaking", "2024-01-05", "--fields", "iin,surname,first_name,phone"]
        made = self["admin-1"].ok("parties", "add", "Example Bank", number, *given, "--endpoint", endpoint)
        return str(made["id"])

    def subjects(self) -> int:
        """How many people the office knows, as its database says."""
        import sqlite3

        with sqlite3.connect(self.office / "durable.db") as store:
            count: int = store.execute("SELECT COUNT(*) FROM subject").fetchone()[0]
        store.close()
        return count


@contextmanager
def serving(world: World) -> Iterator[tuple[str, int]]:
    """`sandyq serve` as it is run, on a free port: its address and its process. It has to end well."""
    env = {**os.environ, "SANDYQ_OFFICE": str(world.office), "XDG_STATE_HOME": str(world.root / "server")}
    command = [sys.executable, "-m", "sandyq.cli.main", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split(" at ")[1].split(" ")[0], process.pid
    finally:
        process.terminate()
        assert process.wait(60) == 0


def row_of(person: Person, **more: str) -> dict[str, str]:
    """The columns of a file for one made-up person."""
    return {
        "iin": person.iin,
        "surname": person.surname,
        "first_name": person.first_name,
        "birth_date": person.born.isoformat(),
        "phone": person.phone,
        "city": person.city,
        "income_monthly": "300000",
        "loan_amount": "200000",
        "loan_term_months": "12",
        "consents": "collection service",
        "language": person.language,
        **more,
    }


def csv_of(*rows: dict[str, str]) -> str:
    """A CSV file of rows that have the same columns."""
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]) + "\n"


def some_people(seed: int, count: int) -> list[Person]:
    """Made-up people."""
    return list(people(seed, count))
