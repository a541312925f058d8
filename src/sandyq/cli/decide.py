"""`sandyq decide`: one question to the law, answered with every reason; nothing is stored, nobody's data are touched."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandyq.cli import console, exits
from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, OfficeOption, at_desk
from sandyq.cli.policy import OverlayFile, edition
from sandyq.errors import BadFile, SandyqError

if TYPE_CHECKING:
    from sandyq.law.ask import Ask, Facts
    from sandyq.law.decision import Finding, Verdict

EXAMPLE: dict[str, Any] = {
    "at": "2026-03-19T09:30:00+00:00",
    "ask": {
        "operation": "distribute",
        "subject": "somebody",
        "purpose": "loan-application",
        "fields": ["first_name", "phone", "surname"],
        "recipient": "bank-a",
        "actor": "system",
    },
    "facts": {
        "subject": {"id": "somebody", "kind": "verified", "iin_verified": True, "phone_verified": True},
        "consents": [
            {
                "id": f"consent-{kind}",
                "kind": kind,
                "state": "given",
                "given_at": "2026-03-18T06:00:00+00:00",
                "purpose": "loan-application",
                "fields": ["first_name", "phone", "surname"],
                "proven": True,
                "complete": True,
                **more,
            }
            for kind, more in (("collection", {}), ("processing", {}), ("recipient", {"recipient": "bank-a"}))
        ],
        "items": [
            {
                "id": "item-1",
                "category": "6.2.1",
                "fields": ["first_name", "surname"],
                "collected_at": "2026-03-18T06:00:00+00:00",
                "purposes": ["loan-application"],
            },
            {
                "id": "item-2",
                "category": "6.2.7",
                "fields": ["phone"],
                "collected_at": "2026-03-18T06:00:00+00:00",
                "purposes": ["loan-application"],
            },
        ],
        "recipient": {
            "id": "bank-a",
            "kind": "7.1.1",
            "agreed": [["loan-application", "first_name"], ["loan-application", "phone"], ["loan-application", "surname"]],
            "undertaking": True,
        },
    },
}
"""A whole question with its facts; `--example` prints it. The facts hold ids, dates and flags, never a person's values."""

_REMEDY = "Compare it with what `sandyq decide --example` prints."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example: sandyq decide --example > case.json; sandyq decide case.json --explain")(decide)


def decide(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="JSON with `ask`, `facts`, `at`; - reads standard input.")] = None,
    operation: Annotated[str, typer.Option(help="What is to be done: collect, use, distribute, destroy ...")] = "",
    purpose: Annotated[str, typer.Option(help="The purpose, as the policy names it.")] = "",
    fields: Annotated[str, typer.Option(help="Field ids with commas between: surname,phone")] = "",
    recipient: Annotated[str, typer.Option(help="Id of the recipient, for distribute.")] = "",
    at: Annotated[str, typer.Option(help="The instant it is judged at, with zone: 2026-03-19T09:30+05:00. Default: now.")] = "",
    reading: Annotated[str, typer.Option(help="strict or as_published; default: what the facts say, else strict.")] = "",
    policy_file: Annotated[Path | None, typer.Option("--policy", help="policy.yaml; without it the sample office's.")] = None,
    overlay: OverlayFile = None,
    subject: Annotated[str, typer.Option("--subject", help="Ask about this person of an office, as the member signed in; on record.")] = "",
    office: OfficeOption = HERE,
    explain: Annotated[bool, typer.Option("--explain", help="Show every finding with its clause and article.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print an example of FILE and end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the law whether something may be done. Ends with 0 when permitted, with 1 when refused.

    Options given beside FILE replace what it asks. Without FILE nothing is known of the person: the answer then says what is lacking.
    """
    if example:
        console.data(EXAMPLE)
        return
    if subject:
        _of_person(office, subject, operation, purpose, fields, recipient, explain=explain, as_json=as_json)
        return
    from sandyq.law import canon
    from sandyq.law.decide import Book
    from sandyq.law.decide import decide as judge
    from sandyq.policy import loader

    name, case = _case(file)
    given = {
        "operation": operation,
        "purpose": purpose,
        "fields": [f.strip() for f in fields.split(",") if f.strip()],
        "recipient": recipient,
    }
    facts_row = {"subject": {"id": "somebody"}, **_section(name, case, "facts"), **({"reading": reading} if reading else {})}
    ask_row = {"subject": _subject(facts_row), **_section(name, case, "ask"), **{key: value for key, value in given.items() if value}}
    for key in ("operation", "purpose"):
        if key not in ask_row:
            raise typer.BadParameter(f"say what is asked: --{key}, or `ask.{key}` in FILE; see --example")
    ask: Ask = _read(name, "ask", ask_row, canon.ask_from_json, {"operation": "use", "subject": "x", "purpose": "x"})
    facts: Facts = _read(name, "facts", facts_row, canon.facts_from_json, {"subject": {"id": "x"}})
    instant = _instant(at or str(case.get("at", "")), name)
    verdict = judge(ask, facts, Book(loader.load_pack().pack, edition(policy_file, overlay).policy), instant)
    console.data(_verdict_data(verdict, instant)) if as_json else _print(verdict, explain)
    if not verdict.permitted:
        raise typer.Exit(exits.ANSWER_IS_NO)


def _of_person(
    office: Path, subject: str, operation: str, purpose: str, fields: str, recipient: str, *, explain: bool, as_json: bool
) -> None:
    """The same question about a person of the register: the gate gathers what is known and keeps the decision."""
    from sandyq.cli.reading import names, word
    from sandyq.law.ask import Ask
    from sandyq.law.vocabulary import ActorKind, Operation
    from sandyq.staff import Power

    asked = word("operation", operation or "use", Operation)
    with at_desk(office, Power.DECIDE) as desk:
        gate = desk.office.gate
        aim = purpose or desk.office.read(lambda work: gate.in_force(work).edition.form.purpose)
        ask = Ask(asked, subject, aim, names(fields), ActorKind(desk.actor.kind), desk.actor.id, recipient=recipient)
        answer, at = desk.write(lambda work: (gate.ask(work, ask), work.at))
    if as_json:
        console.data({**_verdict_data(answer.verdict, at), "decision": answer.decision})
    else:
        _print(answer.verdict, explain)
        console.line(f"On record as decision {answer.decision}.")
    if not answer.verdict.permitted:
        raise typer.Exit(exits.ANSWER_IS_NO)


def _case(file: Path | None) -> tuple[str, dict[str, Any]]:
    if file is None:
        return "the options", {}
    name = "standard input" if str(file) == "-" else str(file)
    try:
        case = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as problem:
        raise BadFile(name, problem.lineno, f"this is not JSON ({problem.msg})", _REMEDY) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(name, 0, f"the file cannot be read ({type(problem).__name__})", "Name a UTF-8 file that you may read.") from None
    if not isinstance(case, dict) or case.keys() - {"ask", "facts", "at"}:
        raise BadFile(name, 1, "the file has other keys than ask, facts and at", _REMEDY)
    return name, case


def _section(name: str, case: dict[str, Any], key: str) -> dict[str, Any]:
    section = case.get(key, {})
    if not isinstance(section, dict):
        raise BadFile(name, 1, f"`{key}` is not an object", _REMEDY)
    return section


def _subject(facts: dict[str, Any]) -> str:
    subject = facts["subject"]
    return str(subject.get("id", "somebody")) if isinstance(subject, dict) else "somebody"


def _read(name: str, where: str, row: dict[str, Any], reader: Callable[[str], Any], least: dict[str, Any]) -> Any:
    """Read one section, or name every key of it that cannot be read."""
    try:
        return reader(json.dumps(row))
    except SandyqError:
        from sandyq.policy.source import BadFiles

        wrong = [key for key, value in row.items() if not _readable({**least, key: value}, reader)] or [*row]
        faults = [BadFile(name, 0, f"`{where}.{key}` is not known or its value cannot be read", _REMEDY) for key in wrong]
        raise BadFiles(faults) from None


def _readable(row: dict[str, Any], reader: Callable[[str], Any]) -> bool:
    try:
        reader(json.dumps(row))
    except SandyqError:
        return False
    return True


def _instant(text: str, name: str) -> datetime:
    if not text:
        from sandyq.clock import SystemClock

        return SystemClock().now()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise BadFile(name, 0, "`at` is not an instant with its zone", "Write it like 2026-03-19T09:30:00+05:00.")
    return instant


def _print(verdict: "Verdict", explain: bool) -> None:
    if explain:
        rows = [
            (f.effect.value, f.clause, f.article, _sentence(f), ", ".join(f.looked_at), ", ".join(sorted(f.fields)))
            for f in verdict.findings
        ]
        console.table(("effect", "clause", "article", "finding", "looked at", "fields"), rows)
        console.line(f"Judged on {verdict.judged_on}; rules {verdict.rules[:16]}, pack {verdict.pack[:16]}, policy {verdict.policy[:16]}.")
    if not verdict.permitted:
        console.line("refused")
        return
    console.line(f"permitted: {', '.join(sorted(verdict.fields)) or 'no field is needed'}")
    for label, what in (("masked", verdict.masks), ("duties", verdict.duties), ("items left alone", verdict.withheld)):
        if what:
            console.line(f"{label}: {', '.join(sorted(what))}")


def _sentence(finding: "Finding") -> str:
    from sandyq import speech

    key = f"finding.{finding.code}"
    return speech.say(console.language(), key, **dict(finding.params)) if speech.has(key) else finding.code


def _verdict_data(verdict: "Verdict", at: datetime) -> dict[str, Any]:
    return {
        "permitted": verdict.permitted,
        "fields": verdict.fields,
        "masks": verdict.masks,
        "duties": verdict.duties,
        "withheld": verdict.withheld,
        "at": at.isoformat(),
        "judged_on": verdict.judged_on,
        "pack": verdict.pack,
        "policy": verdict.policy,
        "rules": verdict.rules,
        "findings": [
            {
                "rule": f.rule,
                "effect": f.effect,
                "clause": f.clause,
                "article": f.article,
                "code": f.code,
                "sentence": _sentence(f),
                "looked_at": list(f.looked_at),
                "fields": f.fields,
                "duty": f.duty,
                "confirmed": f.confirmed,
            }
            for f in verdict.findings
        ],
    }
