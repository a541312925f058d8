"""`sandyq subject`: find and show people, and give orders on them, as the member who is signed in.

What is searched for is asked for or read from standard input: on a command line it would stay in the shell's history and in the list of
processes.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from sandyq.cli import console, exits
from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, Desk, OfficeOption, at_desk

if TYPE_CHECKING:
    from sandyq.db import Work
    from sandyq.law.decision import Refusal
    from sandyq.requests import Answer, Order

R = TypeVar("R")
commands = typer.Typer(no_args_is_help=True, help="People: find and show them, block, release, hold, withdraw, correct, destroy.")

Subject = Annotated[str, typer.Argument(metavar="SUBJECT", help="Id of the person, as `sandyq subject find` prints it.")]
Purpose = Annotated[str, typer.Option("--purpose", "-p", help="The purpose it is looked at for; default: the form's.")]
Document = Annotated[str, typer.Option("--document", "-d", help="Reference of the paper it rests on; `new` makes one and prints it.")]
Received = Annotated[str, typer.Option("--received", help="The day the paper came in, where that was not today.")]
Until = Annotated[str, typer.Option("--until", help="The day by which somebody is to decide. It does not end by itself on that day.")]
_FRESH_US = 5 * 60 * 1_000_000


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="subject")


@commands.command(epilog="Example: printf '900101300123' | sandyq subject find iin. By name: lines surname, birth year.")
def find(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="iin, phone, email, contract, or name.")],
    purpose: Purpose = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Find people by one exact identifier, or by surname and birth year. The value is asked for. Everything found is on record."""
    from sandyq import use
    from sandyq.staff import Power

    with at_desk(office, Power.FIND) as desk:
        query = use.Query(surname=_asked("Surname"), birth_year=_asked("Birth year")) if kind == "name" else use.Query(kind, _asked(kind))
        aim = purpose or _purpose(desk)
        found = desk.write(lambda work: use.find(work, desk.office.gate, query, aim))
    rows = [{"subject": h.subject, "state": h.state, "since": h.since.isoformat(), "values": dict(h.values)} for h in found.hits]
    if as_json:
        console.data({"hits": rows, "more": found.capped})
        return
    console.table(
        ("subject", "state", "since", "shown masked"),
        [(h.subject, h.state, f"{h.since:%Y-%m-%d}", ", ".join(f"{k} {v}" for k, v in sorted(h.values.items()))) for h in found.hits],
    )
    if found.capped:
        console.remark("There were more; give another criterion.")


def _asked(what: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(what)).strip()
    return sys.stdin.readline().strip()


def _purpose(desk: Desk) -> str:
    return desk.office.read(lambda work: desk.office.gate.in_force(work).edition.form.purpose)


@commands.command(epilog="Example: sandyq subject show 01k... --purpose loan-application")
def show(
    subject: Subject,
    purpose: Purpose = "",
    full: Annotated[bool, typer.Option("--full", help="Without masks; only within five minutes of signing in.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Show a person's data for a purpose, masked where the policy masks. The look, or its refusal, is on record."""
    from sandyq import use
    from sandyq.law.ask import Ask
    from sandyq.law.decision import Refusal
    from sandyq.law.vocabulary import ActorKind, Operation
    from sandyq.staff import Power

    with at_desk(office, Power.USE) as desk:
        edition = desk.office.read(lambda work: desk.office.gate.in_force(work).edition)
        ask = Ask(Operation.USE, subject, purpose or edition.form.purpose, actor=ActorKind.STAFF, actor_id=desk.actor.id)
        unmasked = frozenset(edition.fields) if full and fresh(desk) else frozenset()
        seen = desk.write(lambda work: use.show(work, desk.office.gate, ask, full=unmasked))
    if isinstance(seen, Refusal):
        refused(seen, as_json=as_json)
    language = console.language()
    if as_json:
        items = [{"item": i.legal.item_id, "category": i.legal.category, "values": dict(i.values)} for i in seen.items]
        console.data({"subject": seen.subject, "decision": seen.permit.decision, "leaf": seen.leaf, "items": items})
        return
    rows = [(i.legal.category, edition.label(name, language), value) for i in seen.items for name, value in i.values.items()]
    console.table(("category", "field", "value"), rows)


def fresh(desk: Desk) -> bool:
    """Whether the member proved a second factor just now. Raises Denied with the remedy."""
    from sandyq.clock import micros
    from sandyq.errors import Denied

    proved = desk.caller.factor_at
    if proved is None or micros(desk.office.clock.now()) - micros(proved) > _FRESH_US:
        raise Denied("factor_not_fresh", remedy="sign in again with `sandyq login`, then ask within five minutes")
    return True


@commands.command()
def transfers(subject: Subject, office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Show to whom what was passed on, when, and whether it was confirmed. No values are shown."""
    from sandyq import distribute, parties
    from sandyq.staff import Power

    with at_desk(office, Power.TRANSFERS) as desk:
        key = desk.office.ring.office("parties")
        found = desk.write(lambda work: _looked_at(work, subject, "transfers", distribute.history(work, subject)))
        who = desk.office.read(lambda work: parties.recipients(work, key))
    names = {party.id: party.name for party in who}
    rows = [
        {
            "transfer": t.id,
            "recipient": t.recipient,
            "name": names.get(t.recipient, ""),
            "kind": t.kind,
            "fields": sorted(t.fields),
            "state": t.state,
            "sent_at": t.sent_at.isoformat() if t.sent_at else None,
            "confirmed_at": t.acked_at.isoformat() if t.acked_at else None,
        }
        for t in found
    ]
    if as_json:
        console.data(rows)
        return
    console.table(
        ("recipient", "kind", "state", "sent", "confirmed", "fields"),
        [
            (str(r["name"]), str(r["kind"]), str(r["state"]), str(r["sent_at"] or "-"), str(r["confirmed_at"] or "-"), ", ".join(t.fields))
            for r, t in zip(rows, found, strict=True)
        ],
    )


def _looked_at(work: "Work", subject: str, what: str, rows: list[R]) -> list[R]:
    """A look at what is on file about a person is on record, though no value is shown."""
    from sandyq.audit import Act, Leaf, record

    record(work, Leaf(Act.SHOWN, subject, "2.12", "94-V art. 14", object=what, count=len(rows)))
    return rows


@commands.command(epilog="Example: sandyq subject block 01k... --reason violation_claimed --document new")
def block(
    subject: Subject,
    reason: Annotated[str, typer.Option(help="violation_claimed, identity_disputed, authority_demand ...")],
    document: Document,
    until: Until = "",
    received: Received = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Stop the eight operations of clause 2.2 on a person's data, at once; recipients are told."""
    _order(office, as_json, "block", subject, reason=reason, document=document, received=received, until=until)


@commands.command(epilog="Example: sandyq subject release 01k... --state 01k... --reason violation_not_confirmed --document new")
def release(
    subject: Subject,
    document: Document,
    state: Annotated[str, typer.Option(help="Propose to end this block (its id).")] = "",
    reason: Annotated[str, typer.Option(help="How it ends: violation_not_confirmed, violation_remedied, to_be_destroyed ...")] = "",
    confirm: Annotated[str, typer.Option(help="Confirm this proposal (its id), as a second person.")] = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """End a block: one member proposes with --state and --reason, another confirms with --confirm."""
    _two_people(office, as_json, subject, "release", (state, reason, confirm), document)


@commands.command()
def hold(
    subject: Subject,
    document: Document,
    reason: Annotated[str, typer.Option(help="court_act, claim_for_damages, official_inquiry; to end one: proceeding_ended ...")] = "",
    state: Annotated[str, typer.Option(help="Propose to end this hold (its id).")] = "",
    confirm: Annotated[str, typer.Option(help="Confirm the end of a hold, as a second person.")] = "",
    until: Until = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Forbid the destruction of a person's data (court, claim); with --state and --confirm end such a hold."""
    if state or confirm:
        _two_people(office, as_json, subject, "unhold", (state, reason, confirm), document)
        return
    _order(office, as_json, "hold", subject, reason=reason, document=document, until=until)


def _two_people(office: Any, as_json: bool, subject: str, what: str, given: tuple[str, str, str], document: str) -> None:
    state, reason, confirm = given
    if bool(state) is bool(confirm):
        raise typer.BadParameter("propose with --state and --reason, or confirm with --confirm")
    kind = f"confirm_{what}" if confirm else f"propose_{what}"
    _order(office, as_json, kind, subject, reason=reason, document=document, target=confirm or state)


@commands.command(epilog="Example: sandyq subject standing 01k... prints the ids that --state and --confirm want.")
def standing(
    subject: Annotated[str, typer.Argument(metavar="[SUBJECT]", help="A person; without one, what waits for people to decide.")] = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """What stands over a person; or every block, hold and lock that is past its date or whose end waits for a second member."""
    from sandyq.staff import Power

    with at_desk(office, Power.ORDERS) as desk:
        rows = desk.write(lambda work: _standing(work, subject))
    if as_json:
        console.data(rows)
        return
    columns = ("subject", "id", "kind", "reason", "since", "until", "overdue", "proposal")
    console.table(columns, [["-" if row[key] is None else str(row[key]) for key in columns] for row in rows])


def _standing(work: "Work", subject: str) -> list[dict[str, Any]]:
    from sandyq import block as room
    from sandyq.law.calendar import local_date

    today = local_date(work.at)
    proposals = {(p.subject, p.state): p.id for p in room.waiting_for_second(work)}
    if subject:
        states = _looked_at(work, subject, "standing", [s for s in room.history(work, subject) if s.ended_at is None])
    else:
        waiting = dict.fromkeys([*room.overdue(work, today), *proposals])
        states = [state for who, state_id in waiting for state in room.history(work, who) if state.id == state_id]
    return [
        {
            "subject": s.subject,
            "id": s.id,
            "kind": s.kind.value,
            "reason": s.reason.value,
            "since": s.since.isoformat(),
            "until": s.until.isoformat() if s.until else None,
            "overdue": s.until is not None and s.until < today,
            "proposal": proposals.get((s.subject, s.id)),
        }
        for s in states
    ]


@commands.command(epilog="Example: sandyq subject withdraw 01k... --grant 01k... --document new")
def withdraw(
    subject: Subject,
    document: Document,
    grant: Annotated[list[str] | None, typer.Option("--grant", help="A consent to withdraw (its id); may be repeated.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every consent that is still given.")] = False,
    received: Received = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Withdraw consents of a person; use stops at once, recipients are told with the last day they have."""
    if bool(grant) is every:
        raise typer.BadParameter("name consents with --grant, or say --all; `sandyq subject consents` lists them")
    _order(office, as_json, "withdraw", subject, document=document, received=received, target="*" if every else ",".join(grant or ()))


@commands.command()
def consents(subject: Subject, office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """List a person's consents with the digest of each text, its version, language and time."""
    from sandyq import consent
    from sandyq.staff import Power

    with at_desk(office, Power.ORDERS) as desk:
        found = desk.write(lambda work: _looked_at(work, subject, "consents", consent.proofs(work, subject)))
    rows = [
        {
            "id": g.id,
            "kind": g.kind,
            "state": g.state,
            "about": g.recipient or g.channel or g.country or g.purpose,
            "given_at": g.given_at.isoformat(),
            "text": g.text.id,
            "version": g.text.version,
            "language": g.text.language,
            "sha256": g.text.sha256.hex(),
            "confirmed_by_code": bool(g.codes),
            "ended_at": g.ended_at.isoformat() if g.ended_at else None,
        }
        for g in found
    ]
    if as_json:
        console.data(rows)
        return
    columns = ("id", "kind", "state", "about", "given_at", "language", "sha256")
    console.table(columns, [[str(row[key]) for key in columns] for row in rows])


@commands.command(epilog="Example: sandyq subject destroy 01k... --reason withdrawn --document new --yes")
def destroy(
    subject: Subject,
    document: Document,
    reason: Annotated[str, typer.Option(help="unlawful, withdrawn, term_ended or court.")] = "withdrawn",
    received: Received = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Destroy a person's data so that they cannot be restored, and certify it. Cannot be undone."""
    if not yes:
        typer.confirm("This cannot be undone. Destroy?", abort=True)
    _order(office, as_json, "destroy", subject, reason=reason, document=document, received=received, run=True)


@commands.command(epilog="Example: sandyq subject document 01k... --kind proof --number 'marriage certificate AA 12345'")
def document(
    subject: Subject,
    kind: Annotated[str, typer.Option(help="proof, identity_check, statement, court_act, authority_demand or report.")],
    number: Annotated[str, typer.Option(help="Its number; asked for when it is not given here.")] = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Put a paper about a person on file; orders name it by the id that comes back. Its number is sealed."""
    from sandyq import requests
    from sandyq.cli.reading import word
    from sandyq.register import subjects
    from sandyq.staff import Power

    what = word("kind", kind, requests.DocumentKind)
    given = number or typer.prompt("Number of the paper")

    def act(work: "Work") -> str:
        subjects.see(work, subject)
        return requests.file_document(work, desk.office.gate, subject, what, given)

    with at_desk(office, Power.ORDERS) as desk:
        made = desk.write(act)
    if as_json:
        console.data({"document": made, "kind": what.value})
        return
    console.line(f"On file: {made} ({what.value}).")


@commands.command(epilog="Example: sandyq subject rectify 01k... --document 01k... --values values.json")
def rectify(
    subject: Subject,
    values: Annotated[
        Path, typer.Option(help="A JSON object of fields and right values, or - for the standard input; an empty value gives a field up.")
    ],
    document: Annotated[list[str] | None, typer.Option("--document", help="A paper on file that proves it; may be repeated.")] = None,
    received: Received = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Correct or supplement a person's data on documents; who got the old value is told. The old version goes unless something keeps it."""
    from sandyq.cli import reading, rows
    from sandyq.requests import Kind, Order
    from sandyq.staff import Power

    given = rows.one_object(values)
    came = reading.morning("received", received) if received else None
    with at_desk(office, Power.ORDERS) as desk:
        made = Order(Kind.RECTIFY, subject, received_at=came, values=given, documents=tuple(document or ()))
        answer = _carried_out(desk, made)
    _tell(answer, ", ".join(document or ()), None, as_json=as_json)


def _order(
    office: Any,
    as_json: bool,
    kind: str,
    subject: str,
    *,
    reason: str = "",
    document: str,
    target: str = "",
    received: str = "",
    until: str = "",
    run: bool = False,
) -> None:
    from sandyq.cli import reading
    from sandyq.requests import Kind, Order
    from sandyq.staff import Power

    paper = reading.reference("document", document)
    came = reading.morning("received", received) if received else None
    by = reading.day("until", until) if until else None
    with at_desk(office, Power.ORDERS) as desk:
        given = Order(Kind(kind), subject, reason, paper, target, until=by, received_at=came)
        answer = _carried_out(desk, given)
        plan = _destroyed(desk, subject, answer) if run else None
    _tell(answer, paper, plan, as_json=as_json)


def _carried_out(desk: Desk, given: "Order") -> "Answer":
    from dataclasses import replace

    from sandyq import consent
    from sandyq.law.vocabulary import GrantState
    from sandyq.requests import order

    if given.target == "*":
        live = desk.office.read(lambda work: [c.id for c in consent.facts(work, given.subject) if c.state is GrantState.GIVEN])
        given = replace(given, target=",".join(live))
    return desk.write(lambda work: order(work, desk.office.desk, given))


def _destroyed(desk: Desk, subject: str, answer: "Answer") -> dict[str, Any] | None:
    """Run the plan to its end here; in an office that serves, its worker would do it."""
    from sandyq import destroy as room
    from sandyq.app import plans
    from sandyq.law.decision import Refusal

    if isinstance(answer, Refusal):
        return None
    plans.drive(desk.office)
    made = desk.office.read(lambda work: room.one(work, subject, answer.plan))
    return {
        "plan": made.id,
        "next": made.next,
        "deleted_at": made.deleted_at.isoformat() if made.deleted_at else None,
        "certificate": made.certificate,
    }


def _tell(answer: "Answer", paper: str, plan: dict[str, Any] | None, *, as_json: bool) -> None:
    from sandyq.law.decision import Refusal

    if isinstance(answer, Refusal):
        refused(answer, as_json=as_json)
    due = answer.due.isoformat() if answer.due else None
    if as_json:
        told = {"request": answer.request, "kind": answer.kind, "target": answer.target, "due": due, "told": list(answer.told)}
        more = {"fields": list(answer.fields), "kept": list(answer.kept)} if answer.kind == "rectify" else {}
        console.data({**told, "waiting_for": answer.waiting_for, "document": paper, **more, **({"destruction": plan} if plan else {})})
        return
    console.line(f"Done: {answer.kind}. What came of it: {answer.target}. Document: {paper}.")
    if answer.kind == "rectify":
        console.line(f"Not as they were: {', '.join(answer.fields) or 'none, all stood so already'}.")
    if answer.kept:
        console.line(f"The old version stays: {', '.join(answer.kept)}.")
    if due:
        console.line(f"The term of the law for it ends on {due}.")
    if answer.told:
        console.line(f"Recipients to be told: {len(answer.told)}; they have not confirmed yet.")
    if answer.waiting_for == "second_person":
        console.line("It takes effect when a second member confirms it.")
    if plan:
        console.line(f"Deleted at {plan['deleted_at']}; certificate {plan['certificate'] or 'not yet'}.")


def refused(refusal: "Refusal", *, as_json: bool) -> NoReturn:
    """Tell a refusal by law with all its reasons, and end with the code of a no."""
    from sandyq import speech

    language = console.language()
    reasons = [
        {"code": f.code, "clause": f.clause, "article": f.article, "sentence": speech.of_finding(language, f)}
        for f in refusal.verdict.reasons
    ]
    if as_json:
        console.data({"refused": True, "decision": refusal.decision, "reasons": reasons})
    else:
        console.line(f"Refused (decision {refusal.decision}):")
        for reason in reasons:
            console.line(f"  {reason['sentence']}")
    raise typer.Exit(exits.ANSWER_IS_NO)
