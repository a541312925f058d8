"""`sandyq request`: the rights desk from the command line, as the member who is signed in.

What a person wrote comes from a file or the standard input: on a command line it would stay in the shell's history and in the list of processes.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import casework, console
from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, Desk, OfficeOption, at_desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandyq.db import Work
    from sandyq.rights import Case, Decided, Rights, Wanted

commands = typer.Typer(no_args_is_help=True, help="Requests of people: open, identify, decide, answer, and see what is due.")

CaseId = Annotated[str, typer.Argument(metavar="REQUEST", help="Its id or its number, as `sandyq request list` prints them.")]
Addressee = Annotated[list[str] | None, typer.Option("--to", help="A line of the address of a printed letter; may be repeated.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="request")


@commands.command(
    "open", epilog="Example: sandyq request open access --about 01k... --level 4; sandyq request open withdraw --want grant=01k... ..."
)
def open_(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="access, rectify, block, unblock, destroy, withdraw, public-sources, complaint ...")
    ],
    about: Annotated[str, typer.Option(help="Whose data are meant, once that is proved.")] = "",
    asker: Annotated[str, typer.Option(help="Who asks, if somebody else; unknown: left out.")] = "",
    channel: Annotated[str, typer.Option(help="desk, paper, phone, mail, portal, partner or authority.")] = "desk",
    level: Annotated[int, typer.Option(min=0, max=4, help="What was proved: 0 nothing ... 3 two factors, 4 at the desk.")] = 0,
    want: Annotated[
        list[str] | None, typer.Option("--want", help="A part, such as item=01k..., grant=01k..., publication=no; repeat.")
    ] = None,
    document: Annotated[list[str] | None, typer.Option("--document", help="A paper on file; may be repeated.")] = None,
    written: Annotated[Path | None, typer.Option(help="JSON object (or -): text, contact, and new values by field of the policy.")] = None,
    received: Annotated[str, typer.Option(help="The day it came in, where that was not today.")] = "",
    ordered: Annotated[str, typer.Option(help="An authority's order: its day, and the last day it names: 2026-03-16,2026-03-25.")] = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Put a request on file: numbered, sealed, its clocks running. What only narrows takes effect at once."""
    from sandyq import rights
    from sandyq.cli import reading, rows
    from sandyq.identity import Level
    from sandyq.staff import Power

    said = rows.one_object(written) if written else {}
    first, _, last = ordered.partition(",")
    with at_desk(office, Power.REQUESTS) as desk:
        fields = desk.office.read(lambda work: desk.office.gate.in_force(work).edition.fields)
        new = rights.NewCase(
            reading.word("kind", kind, rights.Kind),
            reading.word("channel", channel, rights.Channel),
            asker or about,
            about,
            language=console.language(),
            received_at=reading.morning("received", received) if received else None,
            text=said.get("text", ""),
            contact=said.get("contact", ""),
            level=Level(level),
            wants=(*_wants(want or []), *(rights.Wanted(rights.What.FIELD, name, said[name]) for name in said if name in fields)),
            documents=tuple(document or ()),
            ordered_on=reading.day("ordered", first) if first else None,
            ordered_due=reading.day("ordered", last) if last else None,
        )
        made = desk.write(lambda work: rights.open_case(work, desk.office.rights, new))
        casework.tell(desk, made, as_json=as_json)


def _wants(given: list[str]) -> "list[Wanted]":
    from sandyq import rights
    from sandyq.cli import reading

    split = [(what, id_) for what, _, id_ in (text.partition("=") for text in given)]
    return [rights.Wanted(reading.word("want", what, rights.What), id_) for what, id_ in split]


@commands.command("list", epilog="Example: sandyq request list --state open --until 2026-03-27")
def list_(
    kind: Annotated[str, typer.Option(help="Only this kind.")] = "",
    state: Annotated[str, typer.Option(help="Only in this state.")] = "",
    about: Annotated[str, typer.Option(help="Only about this person.")] = "",
    member: Annotated[str, typer.Option(help="Only what this member has.")] = "",
    until: Annotated[str, typer.Option(help="Only what is due until this day.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """List requests by their nearest last day."""
    from sandyq import rights
    from sandyq.cli import reading
    from sandyq.staff import Power

    wanted = rights.Filter(not every, kind, state, member, about, reading.day("until", until) if until else None)
    with at_desk(office, Power.REQUESTS) as desk:
        found = desk.office.read(lambda work: rights.listing(work, wanted, limit=limit))
    casework.lines({"requests": found}, as_json=as_json)


@commands.command(epilog="Example: sandyq request today --mine")
def today(
    mine: Annotated[bool, typer.Option("--mine", help="What falls to me: mine, of whom I stand in for, and what nobody has.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """The day's work: overdue first, then what is due today and soon, what is stuck, what waits for a second person, letters that do not arrive; and what I am
    reminded of."""
    from sandyq import rights
    from sandyq.staff import Power

    with at_desk(office, Power.REQUESTS) as desk:
        found = desk.office.read(lambda work: rights.today(work, desk.actor.id if mine else "", reader=desk.actor.id))
    casework.day(found, as_json=as_json)


@commands.command(epilog="Example: sandyq request show 20260319-5R2P7; or --text, what was written; or --events, its history")
def show(
    case: CaseId,
    text: Annotated[bool, typer.Option("--text", help="What the person wrote; opened through the gate.")] = False,
    events: Annotated[bool, typer.Option("--events", help="What happened, each with its entry of the log.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Show a request: its terms day by day, its parts, what it waits for. The look is on record; values are shown only with --text."""
    from sandyq import rights
    from sandyq.api.cases import seen
    from sandyq.api.caseshapes import events_body
    from sandyq.staff import Power

    with at_desk(office, Power.REQUESTS) as desk:
        id_ = id_of(desk, case)
        if text:
            casework.values(desk.write(lambda work: rights.written(work, desk.office.rights, id_)), as_json=as_json)
        elif events:
            casework.history(events_body(desk.office.read(lambda work: rights.events(work, id_))).events, as_json=as_json)
        else:
            casework.tell(desk, desk.write(lambda work: seen(work, id_)), as_json=as_json, days=True)


@commands.command(
    epilog="Example: sandyq request rekind 20260319-5R2P7 block; sandyq request rekind ... rectify --written - --want field=surname"
)
def rekind(
    case: CaseId,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What the letter asks for, as you read it.")],
    want: Annotated[list[str] | None, typer.Option("--want", help="A part, such as grant=01k..., publication=no; repeat.")] = None,
    written: Annotated[Path | None, typer.Option(help="JSON object (or -): new values by field of the policy.")] = None,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Say which kind a request is, or confirm what a letter was taken for; its terms run from the day of receipt."""
    from sandyq import rights
    from sandyq.cli import reading, rows

    said = rows.one_object(written) if written else {}
    wants = (*_wants(want or []), *(rights.Wanted(rights.What.FIELD, name, value) for name, value in said.items()))
    kind_ = reading.word("kind", kind, rights.Kind)
    on_case(office, case, lambda work, r, id_: rights.rekind(work, r, id_, kind_, wants), as_json=as_json)


@commands.command(epilog="Example: sandyq request documents 20260319-5R2P7 --document 01k...; or --want proof_of_value")
def documents(
    case: CaseId,
    document: Annotated[list[str] | None, typer.Option("--document", help="A paper on file that came; may be repeated.")] = None,
    want: Annotated[list[str] | None, typer.Option("--want", help="Ask for a paper: proof_of_value, power_of_attorney ...")] = None,
    to: Addressee = None,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Papers came, or are asked for by a letter."""
    from sandyq import rights

    if bool(document) is bool(want):
        raise typer.BadParameter("name papers that came with --document, or ask for some with --want")
    if want:
        on_case(office, case, lambda work, r, id_: rights.want_documents(work, r, id_, tuple(want), tuple(to or ())), as_json=as_json)
        return
    on_case(office, case, lambda work, r, id_: rights.add_documents(work, r, id_, tuple(document or ())), as_json=as_json)


@commands.command(epilog="Example: sandyq request suggest 20260319-5R2P7")
def suggest(case: CaseId, office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """What the law finds on every open part. Nothing is decided."""
    from sandyq import rights
    from sandyq.api.caseshapes import suggestion_body
    from sandyq.staff import Power

    with at_desk(office, Power.REQUESTS) as desk:
        id_ = id_of(desk, case)
        found = suggestion_body(desk.write(lambda work: rights.suggest(work, desk.office.rights, id_)), console.language())
    if as_json:
        console.data(casework.plain(found))
        return
    console.line(f"By the law: {found.outcome}.")
    for part in found.parts:
        console.line(f"  {part.no}: {part.verdict}, next: {part.next_action or '-'}")
        for reason in part.reasons:
            console.line(f"     {reason.sentence} ({reason.clause} {reason.article}) {' '.join(reason.looked_at)}".rstrip())


@commands.command(
    epilog="Example: sandyq request decide 20260319-5R2P7 --grant 1 --refuse 2 --reason withdrawal_obligation_open --cited 01k..."
)
def decide(
    case: CaseId,
    grant: Annotated[list[int] | None, typer.Option("--grant", help="A part that is granted; may be repeated.")] = None,
    refuse: Annotated[list[int] | None, typer.Option("--refuse", help="A part that is refused; may be repeated.")] = None,
    not_held: Annotated[list[int] | None, typer.Option("--not-held", help="A part about which nothing is held.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Grant every open part.")] = False,
    reason: Annotated[str, typer.Option(help="Of a refusal: a word of the list, or law; of a grant where its kind asks for one.")] = "",
    cited: Annotated[str, typer.Option(help="The obligation, contract or state that a refusal rests on.")] = "",
    document: Annotated[str, typer.Option(help="The paper it rests on.")] = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Decide every open part, and carry out what is granted; where it takes two people, it waits for the second."""
    from sandyq import rights
    from sandyq.rights import Do, PartDecision

    def act(work: "Work", r: "Rights", id_: str) -> "Decided":
        granted = [p.no for p in rights.case(work, id_).open_parts] if every else grant or []
        chosen = ((Do.GRANT, granted), (Do.REFUSE, refuse or []), (Do.NOT_HELD, not_held or []))
        return rights.decide(work, r, id_, [PartDecision(no, do, reason, cited, document) for do, many in chosen for no in many])

    on_case(office, case, act, as_json=as_json)


@commands.command(epilog="Example: sandyq request confirm 20260319-5R2P7")
def confirm(
    case: CaseId,
    decline: Annotated[bool, typer.Option("--decline", help="Do not confirm: it is to be decided anew.")] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """As a second member confirm what the first decided, or decline it."""
    from sandyq import rights

    on_case(office, case, rights.decline if decline else rights.confirm, as_json=as_json)


@commands.command(epilog="Example: sandyq request carried 20260319-5R2P7 --part 2 --document 01k...")
def carried(
    case: CaseId,
    part: Annotated[int, typer.Option(help="The part that was done elsewhere.")],
    document: Annotated[str, typer.Option(help="Its proof on file.")],
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """A part that was done elsewhere, such as a removal from a public place, is proved."""
    from sandyq import rights

    on_case(office, case, lambda work, r, id_: rights.carried_outside(work, r, id_, part, document), as_json=as_json)


@commands.command(epilog="Example: sandyq request answer 20260319-5R2P7; or --again --to 'S. Synalova' --to 'Almaty, Ulgi 1'")
def answer(
    case: CaseId,
    to: Addressee = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="It was answered and did not arrive: send it on paper with --to, else by mail to the address in the register."
        ),
    ] = False,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Answer a request whose every part has an end: the letter is sealed, vouched for by the log and issued."""
    from sandyq import rights
    from sandyq.staff import Power

    act = rights.resend if again else rights.answer
    with at_desk(office, Power.REQUESTS) as desk:
        id_ = id_of(desk, case)
        entry = desk.write(lambda work: act(work, desk.office.rights, id_, tuple(to or ())))
    if as_json:
        console.data({"entry": entry})
        return
    console.line(f"{'Sent again' if again else 'Answered'}; the letter is {entry} in the journal.")


@commands.command(epilog="Example: sandyq request assign 20260319-5R2P7 --member 01k...")
def assign(
    case: CaseId,
    member: Annotated[str, typer.Option(help="The member's id; empty gives it back to everybody.")] = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Give a request to a member of staff."""
    from sandyq import rights

    on_case(office, case, lambda work, r, id_: rights.assign(work, r, id_, member), as_json=as_json)


@commands.command(epilog="Example: sandyq request deputy --member 01k... --deputy 01k... --since 2026-03-20 --until 2026-03-31")
def deputy(
    member: Annotated[str, typer.Option(help="Who is away.")],
    deputy: Annotated[str, typer.Option(help="Who stands in.")],
    since: Annotated[str, typer.Option(help="First day.")],
    until: Annotated[str, typer.Option(help="Last day.")],
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Name a deputy: what falls due on these days goes to them."""
    from sandyq import rights
    from sandyq.cli import reading
    from sandyq.staff import Power

    first, last = reading.day("since", since), reading.day("until", until)
    with at_desk(office, Power.REQUESTS) as desk:
        desk.write(lambda work: rights.name_deputy(work, member, deputy, first, last))
    if as_json:
        console.data({"member": member, "deputy": deputy, "since": since, "until": until})
        return
    console.line(f"From {first} to {last} what falls due for {member} goes to {deputy}.")


@commands.command(epilog="Example: sandyq request retract 20260319-5R2P7; or --duplicate-of 01k...")
def retract(
    case: CaseId,
    duplicate_of: Annotated[str, typer.Option(help="It is the same as this request, which goes on.")] = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """The person took the request back; or the same was asked before."""
    from sandyq import rights

    if duplicate_of:
        on_case(office, case, lambda work, r, id_: rights.duplicate(work, r, id_, duplicate_of), as_json=as_json)
        return
    on_case(office, case, rights.retract, as_json=as_json)


@commands.command(epilog="Example: sandyq request lift 20260319-5R2P7 --document 01k...")
def lift(
    case: CaseId,
    document: Annotated[str, typer.Option("--document", "-d", help="The paper on file by which the body or a court allows it (id).")],
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Let answers on access tell of what an authority got. Another member than who decided on it does this."""
    from sandyq import rights

    on_case(office, case, lambda work, r, id_: rights.lift(work, r, id_, document), as_json=as_json)


@commands.command(epilog="Example: sandyq request reopen 20260319-5R2P7 --why appeal")
def reopen(
    case: CaseId,
    why: Annotated[str, typer.Option(help="appeal, answer_wrong, not_meant or court.")] = "appeal",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Look at a request again; what was answered gets a fresh term."""
    from sandyq import rights

    on_case(office, case, lambda work, r, id_: rights.reopen(work, r, id_, why), as_json=as_json)


@commands.command(epilog="Example: sandyq request stage 20260319-5R2P7 examined --document 01k...")
def stage(
    case: CaseId,
    to: Annotated[str, typer.Argument(metavar="STAGE", help="examined, offered, settled, court, closed; or release, as a second member.")],
    document: Annotated[str, typer.Option(help="The paper it rests on.")] = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """A complaint goes on; exactly the items in dispute are held from its examination until two members end that."""
    from sandyq import rights
    from sandyq.cli import reading

    if to == "release":
        on_case(office, case, rights.release, as_json=as_json)
        return
    stage_ = reading.word("stage", to, rights.Stage)
    on_case(office, case, lambda work, r, id_: rights.stage(work, r, id_, stage_, document), as_json=as_json)


@commands.command(epilog="Example: sandyq request statistics --since 2026-01-01 --until 2026-03-31")
def statistics(
    since: Annotated[str, typer.Option(help="First day of receipt.")],
    until: Annotated[str, typer.Option(help="Last day of receipt.")],
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """How the terms were kept, kind by kind."""
    from sandyq import rights
    from sandyq.api.caseshapes import statistics_body
    from sandyq.cli import reading
    from sandyq.staff import Power

    first, last = reading.day("since", since), reading.day("until", until)
    with at_desk(office, Power.REQUESTS) as desk:
        found = statistics_body(desk.office.read(lambda work: rights.statistics(work, first, last))).kinds
    if as_json:
        console.data([casework.plain(row) for row in found])
        return
    columns = ("kind", "received", "ended", "granted", "partly", "refused", "terms_kept", "terms_missed")
    console.table(columns, [[str(getattr(row, name)) for name in columns] for row in found])


# --- what they share -------------------------------------------------------------------------------------------------------------------------


def id_of(desk: Desk, given: str) -> str:
    """The id of a case that was named by its id or its number. Raises NotFound."""
    from sandyq import rights
    from sandyq.errors import NotFound
    from sandyq.ids import is_id

    if is_id(given):
        return given
    found = desk.office.read(lambda work: rights.by_number(work, given))
    if found is None:
        raise NotFound("case_unknown")
    return found.id


def on_case(office: Path, case: str, act: "Callable[[Work, Rights, str], Case | Decided]", *, as_json: bool) -> None:
    """One act on the case that was named, by id or number; tells how it stands then."""
    from sandyq import rights
    from sandyq.staff import Power

    with at_desk(office, Power.REQUESTS) as desk:
        id_ = id_of(desk, case)
        desk.write(lambda work: act(work, desk.office.rights, id_))
        casework.tell(desk, desk.office.read(lambda work: rights.case(work, id_)), as_json=as_json)
