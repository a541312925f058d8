"""`sandyq login`, `logout`, `code` and `sandyq staff`: who works here, and signing in on the command line."""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sandyq.cli import console
from sandyq.cli.console import AsJson
from sandyq.cli.place import HERE, OfficeOption, at_desk, forget_session, keep_session, opened, served, session_secret, system
from sandyq.errors import Denied, TooMany

if TYPE_CHECKING:
    from sandyq.app import Office
    from sandyq.db import Actor
    from sandyq.staff import Member

commands = typer.Typer(no_args_is_help=True, help="Who works here, with which role; tokens for the website and for programs.")
_STEP = 30  # seconds of one code of the second factor

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The member's handle, such as dpo-1.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: sandyq login dpo-1 --office ./office")(login)
    app.command()(logout)
    app.command(epilog="Example: sandyq code dpo-1 --office ./demo-office")(code)
    app.add_typer(commands, name="staff")


def login(
    login: Login,
    office: OfficeOption = HERE,
    code: Annotated[str, typer.Option("--code", help="The second factor's six digits; asked for when not given.")] = "",
    from_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sign in with password and second factor. What follows acts as this member, until the session ends or `sandyq logout`."""
    password = sys.stdin.readline().rstrip("\n") if from_stdin else typer.prompt("Password", hide_input=True)
    digits = code or typer.prompt("Code of the second factor")
    done = served(office, do="login", login=login, password=password, code=digits)
    if done is None:
        with opened(office) as here:
            done = signed_in(here, system(), {"login": login, "password": password, "code": digits})
    path = keep_session(office, login, done["secret"], done["ends_at"])
    if as_json:
        console.data({"member": done["member"], "login": login, "ends_at": done["ends_at"], "file": str(path)})
        return
    console.line(f"Signed in as {login}. The session ends after half an hour without use, at the latest at {done['ends_at'][11:16]} UTC.")


def signed_in(here: "Office", actor: "Actor", given: dict[str, str]) -> dict[str, str]:
    """A session for who gives login, password and code: `member`, `secret`, `ends_at`. Raises Denied, TooMany."""
    from sandyq import staff

    handle, digits, key = given["login"], given["code"].replace(" ", ""), here.ring.office("staff")
    weighed = staff.weigh(handle, here.read(lambda work: staff.kept_hash(work, handle)), given["password"])
    done = here.write(lambda work: staff.sign_in(work, key, weighed, digits), actor)
    if isinstance(done, staff.NotSignedIn):
        if done.retry_after:
            raise TooMany(done.code, retry_after=done.retry_after, remedy=f"wait {done.retry_after} seconds")
        raise Denied(done.code, remedy="check login, password and code; a code counts once, so wait for the next one")
    return {"member": done.member, "secret": done.secret, "ends_at": done.ends_at.isoformat()}


def signed_out(here: "Office", actor: "Actor", given: dict[str, str]) -> dict[str, str]:
    """End the session whose secret is given."""
    from sandyq import staff

    here.write(lambda work: staff.sign_out(work, given["secret"]), actor)
    return {}


def logout(office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """End the session that `sandyq login` began."""
    secret = session_secret(office)
    if not secret:
        console.data({"signed_out": False}) if as_json else console.remark("Nobody was signed in here.")
        return
    if served(office, do="logout", secret=secret) is None:
        with opened(office) as here:
            signed_out(here, system(), {"secret": secret})
    forget_session(office)
    console.data({"signed_out": True}) if as_json else console.line("Signed out.")


def code(login: Login, office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Print the second factor's present code of a member of a SAMPLE office; a real office has no such command."""
    from sandyq import staff

    with opened(office, writer=False) as here:
        key = here.ring.office("staff")
        now = here.read(lambda work: (staff.sample_code(work, key, login, sample=here.sample), work.us))
    left = _STEP - now[1] // 1_000_000 % _STEP
    console.data({"code": now[0], "seconds_left": left}) if as_json else console.line(now[0])


@commands.command(name="list")
def list_members(office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Print the members, their roles and what holds them back."""
    from sandyq import staff
    from sandyq.staff import Power

    with at_desk(office, Power.STAFF) as desk:
        members = desk.office.read(staff.members)
    rows = [_row(member) for member in members]
    if as_json:
        console.data(rows)
        return
    keys = ("login", "role", "undertaking_on", "active", "id")
    console.table(("login", "role", "undertaking", "active", "id"), [[str(row[key] or "-") for key in keys] for row in rows])


def _row(member: "Member") -> dict[str, object]:
    return {
        "id": member.id,
        "login": member.login,
        "role": member.role,
        "undertaking_on": member.undertaking_on.isoformat() if member.undertaking_on else None,
        "active": member.active,
        "grants": [list(grant) for grant in sorted(member.grants)],
    }


@commands.command(
    epilog="Example: sandyq staff address clerk-2; the address is asked for, or read from the standard input; empty takes it away"
)
def address(login: Login, office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Note where a member gets mail at work. Reminders go there; they hold no personal data."""
    from sandyq import staff
    from sandyq.errors import NotFound
    from sandyq.staff import Power

    given = typer.prompt("Address", default="", show_default=False, err=True).strip()
    with at_desk(office, Power.STAFF) as desk:
        found = desk.office.read(lambda work: staff.member_of_login(work, login))
        if found is None:
            raise NotFound("staff_unknown")
        key = desk.office.ring.office("staff")
        desk.write(lambda work: staff.set_address(work, key, found.id, given))
    console.data({"login": login, "address": bool(given)}) if as_json else console.line(f"{login}: {'noted' if given else 'taken away'}.")


@commands.command(epilog="Example: sandyq staff add clerk-2 call_centre --undertaking 2026-01-05")
def add(
    login: Login,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="A role, such as call_centre; see `sandyq staff roles`.")],
    undertaking: Annotated[str, typer.Option(help="Day on which they signed to keep confidential what they see (art. 11).")] = "",
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Let a member in. Password and second factor are printed once and never again."""
    from sandyq import staff
    from sandyq.cli.reading import day
    from sandyq.staff import NewMember, Power

    on = day("undertaking", undertaking) if undertaking else None
    password = new_password()
    with at_desk(office, Power.STAFF) as desk:
        key = desk.office.ring.office("staff")
        made = desk.write(lambda work: staff.add(work, key, NewMember(login, role, password, on)))
    found = {"id": made.id, "login": login, "role": role, "password": password, "totp_secret": made.totp_secret, "totp_uri": made.totp_uri}
    if as_json:
        console.data(found)
        return
    console.line(f"{login} is let in as {role}. Hand this over by two ways; it is not shown again.")
    console.line(f"  password       {password}\n  second factor  {made.totp_secret}\n  for the app    {made.totp_uri}")
    if on is None:
        console.remark("Without an undertaking of confidentiality the law shows them nothing: `sandyq staff undertaking`.")


@commands.command()
def undertaking(
    login: Login,
    on: Annotated[str, typer.Argument(metavar="DAY", help="The day of the signature, such as 2026-01-05.")],
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Note that a member signed to keep confidential what they see."""
    from sandyq import staff
    from sandyq.cli.reading import day
    from sandyq.staff import Power

    signed = day("on", on)
    with at_desk(office, Power.STAFF) as desk:
        desk.write(lambda work: staff.sign_undertaking(work, _member(work, login), signed))
    _told(login, f"{login} signed on {signed}.", as_json=as_json, undertaking_on=signed.isoformat())


@commands.command()
def role(login: Login, role: Annotated[str, typer.Argument(metavar="ROLE")], office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Move a member to another role, at once and in sessions that are open too."""
    from sandyq import staff
    from sandyq.staff import Power

    with at_desk(office, Power.STAFF) as desk:
        desk.write(lambda work: staff.set_role(work, _member(work, login), role))
    _told(login, f"{login} is {role} now.", as_json=as_json, role=role)


@commands.command()
def leave(login: Login, office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Let a member in no more: sessions end and tokens are revoked."""
    from sandyq import staff
    from sandyq.staff import Power

    with at_desk(office, Power.STAFF) as desk:
        desk.write(lambda work: staff.deactivate(work, _member(work, login)))
    _told(login, f"{login} is let in no more.", as_json=as_json, active=False)


def _told(login: str, sentence: str, *, as_json: bool, **changed: object) -> None:
    console.data({"login": login, **changed}) if as_json else console.line(sentence)


@commands.command()
def roles(office: OfficeOption = HERE, as_json: AsJson = False) -> None:
    """Print the roles with their powers."""
    from sandyq import staff
    from sandyq.staff import Power

    with at_desk(office, Power.STAFF) as desk:
        found = desk.office.read(staff.roles)
    rows = [{"role": r.name, "powers": sorted(r.powers), "grants": [list(g) for g in sorted(r.grants)]} for r in found]
    if as_json:
        console.data(rows)
        return
    console.table(("role", "powers", "grants"), [(r.name, ", ".join(sorted(r.powers)), str(len(r.grants))) for r in found])


@commands.command(epilog="Example: sandyq staff token --site --scopes collect --days 365")
def token(
    login: Annotated[str, typer.Argument(metavar="[LOGIN]", help="Whose token; not with --site.")] = "",
    site: Annotated[bool, typer.Option("--site", help="A token of the website or another system of the office.")] = False,
    scopes: Annotated[str, typer.Option(help="Powers with commas between: collect,decide")] = "collect",
    days: Annotated[int, typer.Option(help="How long it works.", min=1, max=730)] = 90,
    office: OfficeOption = HERE,
    as_json: AsJson = False,
) -> None:
    """Issue a token for a program. It is printed once; the office keeps only its digest."""
    from sandyq import staff
    from sandyq.cli.reading import words
    from sandyq.law.vocabulary import ActorKind
    from sandyq.staff import Power

    if bool(login) is site:
        raise typer.BadParameter("name a LOGIN, or say --site")
    wanted = frozenset(words("scopes", scopes, Power))
    with at_desk(office, Power.STAFF) as desk:
        kind = ActorKind.SYSTEM if site else ActorKind.STAFF
        made = desk.write(
            lambda work: staff.issue_token(work, kind, "site" if site else _member(work, login), wanted, work.at + timedelta(days=days))
        )
    found = {"id": made.id, "token": made.secret, "expires_at": made.expires_at.isoformat(), "scopes": sorted(wanted)}
    console.data(found) if as_json else console.line(made.secret)


def _member(work: object, login: str) -> str:
    from sandyq import staff
    from sandyq.errors import NotFound

    found = staff.member_of_login(work, login)  # type: ignore[arg-type]  # a Work; its type would cost an import at start
    if found is None:
        raise NotFound("staff_unknown", login=login, remedy="see `sandyq staff list`")
    return found.id


def new_password() -> str:
    """A password of four groups of five letters and digits: 100 bits."""
    from base64 import b32encode

    from sandyq.seal import random_bytes

    text = b32encode(random_bytes(13)).decode().lower()[:20]
    return "-".join(text[n : n + 5] for n in range(0, 20, 5))
