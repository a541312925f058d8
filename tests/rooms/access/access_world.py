"""People for the answers: a rich one whom every room knows, made by running the acts, and what an answer says of them."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from acts_world import later, post, wired, withdrawn
from office import Applicant, House
from sandyq import access, consent, parties, relations, requests, rights
from sandyq.access import Answered
from sandyq.audit import history
from sandyq.audit.note import SignedCheckpoint
from sandyq.audit.recording import Entry
from sandyq.collect import Stored
from sandyq.db import Actor
from sandyq.identity import Level
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import GrantKind
from sandyq.parties import NewRepresentative
from sandyq.parties.facts import DocumentKind
from sandyq.register import media
from sandyq.relations import NewRelation, RelationKind
from sandyq.requests import DocumentKind as Paper
from sandyq.requests import Kind

PDF = b"%PDF-1.7 made up"
NUMBER = "statement 14 of 19 March"
ASKED = "What do you hold about me?"


def numbered(house: House) -> None:
    """Give every waiting entry its number (SQLite has done so already)."""
    while house.office.sequencer.run_once(house.office.write):
        pass


def published(house: House) -> SignedCheckpoint | None:
    """Publish the log and give its checkpoint."""
    numbered(house)
    house.office.publisher.publish(house.office.stores)
    return house.office.publisher.published()


def asked(house: House, subject: str, *, full: bool = True, by: Actor | None = None, **more: Any) -> Answered | Refusal:
    """Ask for the answer as the person, or as a member of staff."""
    numbered(house)
    actor = by or Actor("subject", subject, "web")
    return house.do(
        lambda work: access.package(
            work, house.office.gate, house.office.holders, subject, full=full, withholding=rights.withheld, **{"language": "en", **more}
        ),
        actor,
    )


def answered(house: House, subject: str, **more: Any) -> Answered:
    """An answer that must be given."""
    given = asked(house, subject, **more)
    assert isinstance(given, Answered), [reason.code for reason in given.verdict.reasons]
    return given


def told(given: Answered) -> dict[str, Any]:
    """The answer as a reader of its JSON has it."""
    read: dict[str, Any] = json.loads(given.package.to_json())
    return read


def person(given: Answered) -> dict[str, Any]:
    """The client's side of it."""
    side: dict[str, Any] = told(given)["people"][0]
    return side


def rich(house: House) -> Applicant:
    """A person whom every room knows something about: a form with a file, a lead that left, a look, a paper, a request, a block and its release, a
    stop, a withdrawal, a contract, a representative."""
    wired(house)
    someone = house.person()
    upload = media.receive(house.settings.media_dir, [PDF], house.do(lambda work: work.us))
    consents = ("collection", "service", "marketing.sms", "public-sources")
    received = house.submit(someone, to=[house.bank_a], consents=consents, uploads=(Stored("document_copy", upload),))
    house.confirm(someone, received)
    subject = received.subject
    post(house)
    later(house, minutes=5)
    made = Applicant(house, someone, subject, received)
    made.show()
    house.find("phone", someone.phone)
    today = house.clock.now().date()
    new = NewRepresentative(house.document(), DocumentKind.POWER_OF_ATTORNEY, house.document(), frozenset({"4.1.1"}), today)
    house.do(lambda work: parties.add_representative(work, subject, new))
    tie = NewRelation(RelationKind.CONTRACT, today, frozenset({"contract"}), house.bank_a)
    house.do(lambda work: relations.open_relation(work, subject, tie))
    key = house.office.ring.office("suppression")
    house.do(lambda work: consent.suppress(work, key, subject, {"sms": [someone.phone]}, kept_until=date(2029, 1, 1)))
    paper = house.do(lambda work: requests.file_document(work, house.office.gate, subject, Paper.STATEMENT, NUMBER), house.dpo)
    asks = rights.NewCase(rights.Kind.ACCESS, rights.Channel.PAPER, asker=subject, about=subject, level=Level.DESK, text=ASKED)
    house.do(lambda work: rights.open_case(work, house.office.rights, asks), house.dpo)
    later(house, minutes=5)
    state = house.done(Kind.BLOCK, subject, reason="violation_claimed", document=paper).target
    made.show()
    house.release(subject, state)
    withdrawn(house, subject, GrantKind.RECIPIENT)
    post(house)
    later(house, minutes=5)
    return made


def entries(house: House, subject: str, act: str) -> list[Entry]:
    """The entries of the log about a person with this act, oldest first."""
    numbered(house)
    found = [row.entry for row in house.look(lambda work: history.about(work, subject, limit=1000))]
    return [entry for entry in reversed(found) if entry.act == act]


def plain(text: object) -> str:
    """Anything as the text that it is in JSON."""
    return json.dumps(text, ensure_ascii=False)


def day_after(house: House, days: int = 1) -> None:
    """Move the clock on by days."""
    house.clock.advance(timedelta(days=days))


__all__ = ["ASKED", "NUMBER", "PDF", "answered", "asked", "entries", "numbered", "person", "plain", "published", "replace", "rich", "told"]
