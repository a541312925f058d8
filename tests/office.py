"""A whole office for journeys and attacks, on both engines: sample policy, two partners, three members of staff, made-up applicants.

`office` is a fixture of `tests/conftest.py`. What it offers is what the doors do: one unit of work per call, committed.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from sandyq import applications, collect, parties, requests, staff, use
from sandyq.app import SYSTEM, Office
from sandyq.clock import MovedClock
from sandyq.collect import Choice, Received, Rejected, Submission, codes
from sandyq.db import Actor, Work
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.parties import LegalForm, NewRecipient
from sandyq.policy import loader
from sandyq.policy.facts import Edition, PackEdition
from sandyq.requests import Done, Kind, Order
from sandyq.sample.people import Person, people
from sandyq.settings import Settings

R = TypeVar("R")
START: Final = datetime(2026, 3, 19, 10, 0, tzinfo=ZoneInfo("Asia/Almaty"))
ORIGIN: Final = "sample.example/log"
PUBLIC: Final = Actor("public", "", "web")
CONSENTS: Final = ("collection", "service")
AGREED: Final = ("iin", "surname", "first_name", "phone", "loan_amount", "loan_term_months")
CHEAP: Final = staff.PasswordCost(passes=1, memory_kib=8)
NOWHERE: Final = "http://127.0.0.1:9/hook"
"""An address where nobody listens: what is sent there fails and is tried again."""


class House:
    """An office at work. `office` is the product's own object; `people` never end and are the same in every run."""

    def __init__(self, settings: Settings, clock: MovedClock, edition: Edition, pack: PackEdition) -> None:
        self.settings = settings
        self.clock = clock
        self.edition = edition
        self.pack = pack
        self.office = Office.create(settings, edition, pack, origin=ORIGIN, clock=clock)
        self.purpose = edition.form.purpose
        self._people = people(7, 10_000)
        self._documents = 0
        self.bank_a, self.bank_b = (self.partner(name) for name in ("Bank A", "Bank B"))
        self.dpo, self.dpo2, self.clerk = self._staff()

    # --- who is there ------------------------------------------------------------------------------------------------------------

    def partner(self, name: str, endpoint: str = NOWHERE, fields: Iterable[str] = AGREED) -> str:
        """A bank of clause 7.1.1 with a contract and an undertaking; gives its id."""
        day = self.clock.now().date().replace(month=1, day=1)
        new = NewRecipient(
            "7.1.1",
            LegalForm.LEGAL_ENTITY,
            name,
            "170640999902",
            contract_number="1",
            contract_date=day,
            undertaking_on=day,
            agreed=frozenset((self.purpose, field) for field in fields),
            endpoint=endpoint,
        )
        key = self.office.ring.office("parties")
        return self.do(lambda work: parties.add_recipient(work, key, new)).id

    def _staff(self) -> tuple[Actor, Actor, Actor]:
        def hire(work: Work) -> list[str]:
            for role in staff.standard_roles({name: row["clause"] for name, row in self.edition.data["purposes"].items()}):
                staff.define_role(work, role)
            key, day = self.office.ring.office("staff"), date(2026, 1, 1)
            wanted = (("dpo-1", "dpo"), ("dpo-2", "dpo"), ("clerk-1", "call_centre"))
            news = [staff.NewMember(login, role, f"correct horse {login[::-1]}", undertaking_on=day) for login, role in wanted]
            return [staff.add(work, key, new, cost=CHEAP).id for new in news]

        one, two, three = (Actor("staff", member, "console") for member in self.do(hire))
        return one, two, three

    def person(self) -> Person:
        """The next made-up person."""
        return next(self._people)

    # --- what doors do -----------------------------------------------------------------------------------------------------------------

    def do(self, fn: Callable[[Work], R], actor: Actor = SYSTEM) -> R:
        """One unit of work, committed."""
        return self.office.write(fn, actor)

    def look(self, fn: Callable[[Work], R]) -> R:
        """A read-only snapshot."""
        return self.office.read(fn)

    def form(self, person: Person, *, to: Iterable[str] = (), consents: Iterable[str] = CONSENTS, **more: Any) -> Submission:
        """The loan form as this person fills it, agreeing to pass it on to the recipients `to`. `more` replaces parts of it."""
        agreed = {*consents, *(f"recipient.{recipient}" for recipient in to)}
        cards = self.look(lambda work: collect.cards(work, self.office.gate, "kk"))
        choices = tuple(Choice(card.id, card.id in agreed, card.text.sha256) for card in cards)
        made = Submission("kk", "web", values_of(person), choices, browser=f"browser of {person.phone}", address="192.0.2.7", agent="tests")
        return replace(made, **more)

    def submit(self, person: Person, *, to: Iterable[str] = (), **more: Any) -> Received:
        """Send the form; it must be taken in."""
        form = self.form(person, to=to, **more)
        received = self.do(lambda work: collect.submit(work, self.office.gate, form), PUBLIC)
        assert not isinstance(received, Rejected), [error.code for error in received.errors]
        return received

    def code(self, received: Received) -> str:
        """The code that the phone of this form got."""
        return codes.code_of(self.office.ring, received.challenge, 1)

    def confirm(self, person: Person, received: Received) -> list[applications.Routed]:
        """Give the phone's code back; the lead goes where it was agreed."""
        browser, code = f"browser of {person.phone}", self.code(received)
        state, routed = self.do(lambda work: applications.confirm(work, self.office.gate, browser, code), PUBLIC)
        assert state.ok
        return routed

    def applicant(self, *, to: Iterable[str] = ()) -> "Applicant":
        """A new person whose form came in and whose phone was confirmed."""
        person = self.person()
        received = self.submit(person, to=to)
        self.confirm(person, received)
        return Applicant(self, person, received.subject, received)

    def document(self) -> str:
        """The reference of a paper that is on file."""
        return self.look(lambda work: work.new_id())

    def order(self, kind: Kind, subject: str, by: Actor | None = None, **more: Any) -> requests.Answer:
        """Give an order with a document."""
        given = Order(kind, subject, **{"document": self.document(), **more})
        return self.do(lambda work: requests.order(work, self.office.desk, given), by or self.dpo)

    def done(self, kind: Kind, subject: str, by: Actor | None = None, **more: Any) -> Done:
        """Give an order that must be carried out."""
        answer = self.order(kind, subject, by, **more)
        assert isinstance(answer, Done), [reason.code for reason in answer.verdict.reasons]
        return answer

    def violate(self, subject: str) -> Done:
        """A violation is claimed, confirmed by two people, and everything about the person is to be destroyed; gives the order with its plan."""
        blocked = self.done(Kind.BLOCK, subject, reason="violation_claimed")
        proposed = self.done(Kind.PROPOSE_RELEASE, subject, reason="to_be_destroyed", target=blocked.target)
        return self.done(Kind.CONFIRM_RELEASE, subject, self.dpo2, target=proposed.target)

    def release(self, subject: str, state: str) -> Done:
        """A block is lifted by two people: the violation was not confirmed."""
        proposed = self.done(Kind.PROPOSE_RELEASE, subject, reason="violation_not_confirmed", target=state)
        return self.done(Kind.CONFIRM_RELEASE, subject, self.dpo2, target=proposed.target)

    def show(self, subject: str, by: Actor | None = None) -> use.ShownPerson | Refusal:
        """Open a person for the form's purpose."""
        actor = by or self.clerk
        ask = Ask(Operation.USE, subject, self.purpose, actor=ActorKind.STAFF, actor_id=actor.id)
        return self.do(lambda work: use.show(work, self.office.gate, ask), actor)

    def find(self, kind: str, value: str, by: Actor | None = None) -> use.Results:
        """Search by an exact identifier."""
        return self.do(lambda work: use.find(work, self.office.gate, use.Query(kind, value), self.purpose), by or self.clerk)

    # --- the office itself ---------------------------------------------------------------------------------------------------------

    def reopen(self) -> Office:
        """Close the office and open it again, as a new process would."""
        self.office.close()
        self.office = Office.open(self.settings, clock=self.clock)
        return self.office

    def close(self) -> None:
        """Give the office up; may be called twice."""
        self.office.close()


class Applicant:
    """One applicant, and what is done about them."""

    def __init__(self, house: House, person: Person, subject: str, received: Received) -> None:
        self.house = house
        self.person = person
        self.subject = subject
        self.received = received

    def done(self, kind: Kind, by: Actor | None = None, **more: Any) -> Done:
        """An order on them that must be carried out."""
        return self.house.done(kind, self.subject, by, **more)

    def destroy(self) -> Done:
        """Everything about them is to be destroyed; the steps are due work."""
        return self.house.violate(self.subject)

    def show(self, by: Actor | None = None) -> use.ShownPerson | Refusal:
        """Open them for the form's purpose."""
        return self.house.show(self.subject, by)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values of theirs that must stand nowhere in clear."""
        person = self.person
        return (person.iin, person.surname, person.first_name, person.phone, person.email)


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


def sample() -> tuple[Edition, PackEdition]:
    """The sample's policy and the pack of the law; reading them takes a moment, so a session does it once."""
    return loader.load(*loader.sample_files()), loader.load_pack()
