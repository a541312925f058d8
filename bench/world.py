"""An office to measure: the sample policy, two banks, one clerk, and applicants without end, all made up and the same in every run."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from sandyq import collect, parties, staff
from sandyq.app import Office, start
from sandyq.collect import Choice, Submission
from sandyq.db import Actor, Work
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.parties import LegalForm, NewRecipient
from sandyq.policy import loader
from sandyq.sample.people import Person, people
from sandyq.settings import Settings
from sandyq.staff import Power

R = TypeVar("R")
SYSTEM: Final = Actor("system", "bench", "cli")
PUBLIC: Final = Actor("public", "", "web")
AGREED: Final = ("iin", "surname", "first_name", "phone", "loan_amount", "loan_term_months")


class World:
    """One office in a folder of its own, on the engine of `settings`. Close it, and the folder goes."""

    def __init__(self, **settings: Any) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sandyq-bench-"))
        self.settings = replace(Settings(self.folder, sample=True), **settings)
        self.edition = loader.load(*loader.sample_files())
        self.office = Office.create(self.settings, self.edition, loader.load_pack(), origin="bench.example/log")
        start.start(self.office)
        self.purpose = self.edition.form.purpose
        self.banks = [self._bank(name) for name in ("Bank A", "Bank B")]
        self.clerk = Actor("staff", self._hire("clerk-1", "call_centre"), "web")
        self.dpo = Actor("staff", self._hire("dpo-1", "dpo"), "web")
        cards = self.office.read(lambda work: collect.cards(work, self.office.gate, "kk"))
        given = {"collection", "service", f"recipient.{self.banks[0]}"}
        self.every = tuple(Choice(card.id, card.id in given, card.text.sha256) for card in cards)
        self.choices = tuple(choice for choice in self.every if choice.given)
        self.people: Iterator[Person] = people(1, 10_000_000)
        self.sent = 0
        self.left = False
        self.subjects: list[str] = []

    def _bank(self, name: str) -> str:
        agreed = frozenset((self.purpose, field) for field in AGREED)
        day = date(2026, 1, 1)
        new = NewRecipient(
            "7.1.1",
            LegalForm.LEGAL_ENTITY,
            name,
            "170640999902",
            agreed=agreed,
            endpoint="http://127.0.0.1:9/hook",
            undertaking_on=day,
            contract_number="1",
            contract_date=day,
        )
        return self.office.write(lambda work: parties.add_recipient(work, self.office.ring.office("parties"), new), SYSTEM).id

    def _hire(self, login: str, role: str) -> str:
        def hire(work: Work) -> str:
            for each in staff.standard_roles({name: row["clause"] for name, row in self.edition.data["purposes"].items()}):
                staff.define_role(work, each)
            new = staff.NewMember(login, role, f"correct horse battery {login[::-1]}", undertaking_on=date(2026, 1, 1))
            cost = staff.PasswordCost(passes=1, memory_kib=8)
            return staff.add(work, self.office.ring.office("staff"), new, cost=cost).id

        return self.office.write(hire, SYSTEM)

    def form(self) -> Submission:
        """The form of the next applicant: ten fields of five categories, three consents given."""
        person = next(self.people)
        self.sent += 1
        values = values_of(person)
        values["phone"] = f"+7700{self.sent % 10_000_000:07d}"  # one number may get only so many codes a day
        return Submission(
            "kk", "web", values, self.choices, browser=f"browser {self.sent}", address=f"2001:db8::{self.sent:x}", agent="Mozilla/5.0 bench"
        )

    def submit(self, form: Submission) -> Callable[[Work], Any]:
        """The act of taking that form in."""
        return lambda work: collect.submit(work, self.office.gate, form)

    def look(self, subject: str) -> Ask:
        """A clerk's look at a person."""
        return Ask(Operation.USE, subject, self.purpose, actor=ActorKind.STAFF, actor_id=self.clerk.id)

    def seed(self, count: int) -> list[str]:
        """Take in so many applicants; gives their subject ids."""
        waiting = [self.office.stores.submit(self.submit(self.form()), PUBLIC) for _ in range(count)]
        self.subjects += [each.result().subject for each in waiting]
        return self.subjects

    def tokens(self, kind: ActorKind, owner: str, power: Power, count: int) -> list[str]:
        """Fresh tokens for the API."""
        until = datetime(2100, 1, 1, tzinfo=UTC)
        return [
            self.office.write(lambda work: staff.issue_token(work, kind, owner, frozenset({power}), until), SYSTEM).secret
            for _ in range(count)
        ]

    def application(self) -> str:
        """The next form as the API takes it: an idempotency key, a tab, the body."""
        form = self.form()
        consent = {choice.card: {"given": choice.given, "sha256": choice.sha256} for choice in form.choices}
        body = {"language": "kk", "data": form.values, "consent": consent, "address": form.address, "agent": form.agent}
        return f"form-{self.sent}\t{json.dumps(body, ensure_ascii=False, separators=(',', ':'))}"

    def request_files(self, creates: int, files: int, callers: int) -> dict[str, list[Path]]:
        """What `wrk` sends: `files` files of new applications, and one of looks at those who are there. Callers first, one request per line."""
        sites = self.tokens(ActorKind.SYSTEM, "site", Power.COLLECT, callers)
        clerks = self.tokens(ActorKind.STAFF, self.clerk.id, Power.USE, callers)
        made: dict[str, list[Path]] = {"create": [], "read": [self.folder / "read.txt"]}
        for n in range(files):
            made["create"].append(self.folder / f"create-{n}.txt")
            made["create"][-1].write_text("\n".join([" ".join(sites), *(self.application() for _ in range(creates))]) + "\n")
        looks = [f"-\t{json.dumps({'subject': subject, 'purpose': self.purpose})}" for subject in self.subjects]
        made["read"][0].write_text("\n".join([" ".join(clerks), *looks]) + "\n")
        return made

    def leave(self) -> None:
        """Give the office up, in order, for another process to open."""
        if not self.left:
            start.stop(self.office)
        self.left = True

    def close(self) -> None:
        """Give the office up and remove it."""
        self.leave()
        shutil.rmtree(self.folder, ignore_errors=True)


def values_of(person: Person) -> dict[str, str]:
    """The form's fields as this person types them."""
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
        "email": person.email,
    }
