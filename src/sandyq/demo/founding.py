"""The sample office: its policy, its staff, a token for its website, and two partners that agreed to different things."""

import json
import os
from base64 import b32encode
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from sandyq import parties, staff
from sandyq.app import SYSTEM, Office
from sandyq.clock import Clock
from sandyq.db import Work
from sandyq.law.calendar import local_date
from sandyq.law.vocabulary import ActorKind
from sandyq.parties import LegalForm, NewRecipient
from sandyq.policy import loader
from sandyq.policy.facts import Edition
from sandyq.seal import random_bytes
from sandyq.settings import Settings

ORIGIN: Final = "sample.sandyq.example/log"
HOME: Final = "demo"
"""Folder inside the office's own where the demo keeps what only it needs: passwords of made-up staff, secrets of made-up partners."""
_FILE: Final = "sample.json"
STAFF: Final = (
    ("dpo-1", "dpo", "the responsible person: requests, blocks, destruction"),
    ("dpo-2", "dpo", "the second person who confirms a release"),
    ("clerk-1", "call_centre", "the call centre: names and phones for the application"),
    ("desk-1", "partner_desk", "the partner desk: what goes to banks"),
    ("hr-1", "hr", "the personnel department: candidates and employees, behind the wall of 3.7"),
    ("auditor-1", "auditor", "the log, and nobody's data"),
    ("engineer-1", "engineer", "keys, backups, imports; nobody's data"),
    ("admin-1", "admin", "staff, recipients, calendar; nobody's data"),
)
_LEAD: Final = ("iin", "surname", "first_name", "patronymic", "birth_date", "phone", "loan_amount", "loan_term_months", "income_monthly")
PARTNERS: Final = (
    ("bank", "Алатау Банк (үлгі)", "100340995827", _LEAD),
    ("mfo", "Көмек МҚҰ (үлгі)", "120140990931", ("surname", "first_name", "phone", "loan_amount", "loan_term_months")),
)


@dataclass(frozen=True)
class Hand:
    """A member of staff of the sample, with the password that is printed."""

    login: str
    role: str
    password: str
    id: str
    about: str = ""


@dataclass(frozen=True)
class PartnerOffice:
    """A partner: its id at the office, its name, the port of its receiver and the file of its secrets."""

    key: str
    id: str
    name: str
    port: int
    secrets: str = ""


@dataclass
class Sample:
    """What the demo remembers of its office, in `demo/sample.json`. `ready` once the history is made."""

    folder: Path
    staff: list[Hand] = field(default_factory=list)
    partners: list[PartnerOffice] = field(default_factory=list)
    site_token: str = ""
    ready: bool = False

    @property
    def home(self) -> Path:
        """The demo's own folder."""
        return self.folder / HOME

    def hand(self, login: str) -> Hand:
        """One member by login."""
        return next(hand for hand in self.staff if hand.login == login)

    def save(self) -> None:
        """Write it down for the next run, for its owner alone."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept: dict[str, Any] = {**asdict(self), "folder": ""}
        write_private(self.home / _FILE, json.dumps(kept, ensure_ascii=False, indent=2))

    @classmethod
    def load(cls, folder: Path) -> "Sample | None":
        """What an earlier run remembered; None where there was none."""
        try:
            kept = json.loads((folder / HOME / _FILE).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        hands, partners = [Hand(**row) for row in kept["staff"]], [PartnerOffice(**row) for row in kept["partners"]]
        return cls(folder, hands, partners, kept["site_token"], kept["ready"])


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def found(folder: Path, ports: list[int], clock: Clock) -> tuple[Office, Sample]:
    """Found the sample office under a clock that may be moved; gives it open, with what the demo has to remember."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sample = Sample(folder)
    sample.save()  # from here on the folder is known as the demo's own
    edition = loader.load(*loader.sample_files())
    settings = replace(Settings.load(folder), sample=True)
    office = Office.create(settings, edition, loader.load_pack(), origin=ORIGIN, clock=clock)
    try:
        _hire(office, edition, sample)
        _agree(office, edition, sample, ports)
    except BaseException:  # a half-founded office must not stay locked
        office.close()
        raise
    sample.save()
    return office, sample


def _hire(office: Office, edition: Edition, sample: Sample) -> None:
    key = office.ring.office("staff")
    passwords = {login: _password() for login, _, _ in STAFF}

    def hire(work: Work) -> list[str]:
        signed = local_date(work.at) - timedelta(days=3)
        for role in staff.standard_roles({name: row["clause"] for name, row in edition.data["purposes"].items()}):
            staff.define_role(work, role)
        return [staff.add(work, key, staff.NewMember(login, role, passwords[login], signed)).id for login, role, _ in STAFF]

    ids = office.write(hire, SYSTEM)
    sample.staff = [Hand(login, role, passwords[login], id_, about) for (login, role, about), id_ in zip(STAFF, ids, strict=True)]
    scopes = frozenset({staff.Power.COLLECT, staff.Power.DECIDE})
    days = timedelta(days=730)
    made = office.write(lambda work: staff.issue_token(work, ActorKind.SYSTEM, "site", scopes, work.at + days), SYSTEM)
    sample.site_token = made.secret


def _agree(office: Office, edition: Edition, sample: Sample, ports: list[int]) -> None:
    key, purpose = office.ring.office("parties"), edition.form.purpose
    for (name, title, number, fields), port in zip(PARTNERS, ports, strict=True):
        signed = local_date(office.clock.now()) - timedelta(days=5)
        new = _recipient(title, number, purpose, fields, signed, endpoint(port))
        made = office.write(lambda work, new=new: parties.add_recipient(work, key, new), SYSTEM)  # type: ignore[misc]
        path = sample.home / f"{name}.toml"
        write_private(path, f'recipient = "{made.id}"\nincoming = "{made.webhook_secret}"\noutgoing = "{made.ack_secret}"\n')
        sample.partners.append(PartnerOffice(name, made.id, title, port, str(path)))


def _recipient(title: str, number: str, purpose: str, fields: tuple[str, ...], signed: date, address: str) -> NewRecipient:
    return NewRecipient(
        "7.1.1",
        LegalForm.LEGAL_ENTITY,
        title,
        number,
        contract_number="1",
        contract_date=signed,
        undertaking_on=signed,
        agreed=frozenset((purpose, field) for field in fields),
        endpoint=address,
    )


def endpoint(port: int) -> str:
    """Where a partner's receiver takes messages."""
    return f"http://127.0.0.1:{port}/messages"


def _password() -> str:
    text = b32encode(random_bytes(13)).decode().lower()[:20]
    return "-".join(text[n : n + 5] for n in range(0, 20, 5))
