"""What tests of the identity room share: signing in as the pages do, the phone of the sample, mail that stays in memory."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy

from office import PUBLIC, Applicant, House
from sandyq import identity, parties
from sandyq.app.carry import Post
from sandyq.audit import history
from sandyq.db import Work
from sandyq.identity import Asked, Factor, Visitor, codes, records
from sandyq.identity.carrier import IdentityCodes, IdentityNotices
from sandyq.outbox import Outcome
from sandyq.sample.people import Person

ADDRESS = "192.0.2.9"
COOLED = timedelta(hours=72, seconds=1)


@dataclass
class Mailbox:
    """Keeps what would be mailed: (address, text)."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(self, address: str, body: bytes, key: str) -> Outcome:
        self.sent.append((address, message_from_bytes(body, policy=policy.SMTP).get_content().strip()))  # type: ignore[attr-defined]
        return Outcome(True, "shown")


@dataclass
class Portal:
    """One browser of one person before the pages of an office."""

    house: House
    browser: str = "b"
    address: str = ADDRESS
    secret: str = ""

    @property
    def gate(self):  # type: ignore[no-untyped-def]
        return self.house.office.gate

    def ask(self, iin: str, contact: str, kind: str = "phone") -> Asked:
        self.house.clock.advance(timedelta(seconds=1))  # ids of one instant have no order
        return self.house.do(lambda w: identity.ask_code(w, self.gate, iin, kind, contact, self.browser, self.address), PUBLIC)

    def code(self, kind: str = "enter", bound: str = "") -> str:
        """The code that was sent, as its receiver reads it."""

        def look(work: Work) -> str:
            made = records.bound_challenge(work, codes.binding(self.gate.ring, bound or self.browser), kind)
            assert made is not None
            return codes.code_of(self.gate.ring, made.id, made.sends)

        return self.house.look(look)

    def enter(self, code: str) -> str:
        self.secret = self.house.do(lambda w: identity.enter(w, self.gate, self.browser, code), PUBLIC)
        return self.secret

    def sign_in(self, person: Person, kind: str = "phone") -> "Portal":
        self.ask(person.iin, person.phone if kind == "phone" else person.email, kind)
        assert self.enter(self.code())
        return self

    def who(self, secret: str | None = None) -> Visitor | None:
        wanted = self.secret if secret is None else secret
        return self.house.look(lambda w: identity.visitor(w, self.gate, wanted, parties.mandates))

    def propose(self, kind: str, value: str) -> Asked:
        self.house.clock.advance(timedelta(seconds=1))
        return self.house.do(lambda w: identity.propose_contact(w, self.gate, self.secret, kind, value), PUBLIC)

    def add(self, kind: str, value: str) -> bool:
        self.propose(kind, value)
        code = self.code("contact", self.secret)
        return self.house.do(lambda w: identity.confirm_contact(w, self.gate, self.secret, code), PUBLIC).ok

    def step_up(self, kind: str) -> str:
        """Prove a second factor; the session goes on under its new secret."""
        self.house.clock.advance(timedelta(seconds=1))
        self.house.do(lambda w: identity.step_up(w, self.gate, self.secret, kind), PUBLIC)
        code = self.code("step", self.secret)
        fresh = self.house.do(lambda w: identity.step_enter(w, self.gate, self.secret, code), PUBLIC)
        self.secret = fresh or self.secret
        return fresh

    def factors(self, subject: str) -> list[Factor]:
        return self.house.look(lambda w: identity.contacts(w, subject))


def both(house: House, someone: Applicant) -> Portal:
    """Signed in by phone and stepped up by the e-mail that the form named."""
    portal = Portal(house).sign_in(someone.person)
    assert portal.add("email", someone.person.email)
    assert portal.step_up("email")
    return portal


def carried(house: House) -> Mailbox:
    """Let what waits leave; mails are kept here, texts on the sample's phone."""
    box, office = Mailbox(), house.office
    every = {**office.carriers}
    for made in (
        IdentityCodes(office.gate, office.sms, box, "desk@sample.example"),
        IdentityNotices(office.gate, office.sms, box, "d@s.example"),
    ):
        every[made.kind] = made
    post = Post(office.stores, every)
    while post.run():
        pass
    return box


def digits(text: str) -> str:
    found = re.search(r"\b(\d{6})\b", text)
    assert found is not None
    return found.group(1)


def acts(house: House, subject: str) -> list[str]:
    """The acts about a person in the log, newest first."""
    office = house.office
    while office.stores.engine == "postgres" and office.sequencer.elected() and office.sequencer.run_once(office.write):
        pass
    return [row.entry.act for row in house.look(lambda work: history.about(work, subject, limit=500))]
