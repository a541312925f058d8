"""People kept by a register under test, and permits as the gate would grant them."""

from typing import Any

from sandyq.db import Actor, Work
from sandyq.law.ask import Ask
from sandyq.law.decision import Permit, Verdict
from sandyq.law.vocabulary import Operation
from sandyq.register import items, keystore, subjects
from sandyq.register.items import NewItem

ACTOR = Actor("system", "test", "test")
NAME = {"surname": "Серікова", "first_name": "Әсел", "iin": "000504699979"}
CONTACT = {"phone": "+77000000475", "email": "asel@mail.example"}
ALL = frozenset(NAME) | frozenset(CONTACT)


def permit(
    work: Work,
    subject: str,
    operation: Operation = Operation.USE,
    fields: frozenset[str] = ALL,
    named: frozenset[str] = frozenset(),
) -> Permit:
    """What the gate would give for this ask."""
    ask = Ask(operation, subject, "loan-application", fields=fields, items=named)
    given = Permit(ask, Verdict(True, fields, ()), work.new_id(), fields)
    work.grant(given)
    return given


def two_items() -> list[NewItem]:
    return [
        NewItem("6.2.1", NAME, purposes={"loan-application"}, term_rule="lead", source_detail="form"),
        NewItem("6.2.7", CONTACT, purposes={"loan-application", "correspondence"}, term_rule="lead"),
    ]


def person(work: Work, ring: keystore.Keyring) -> tuple[str, list[str]]:
    """A subject with two items."""
    subject = subjects.create(work, ring)
    return subject, items.put(work, ring, permit(work, subject, Operation.COLLECT), two_items())


def opened(work: Work, ring: keystore.Keyring, subject: str, **how: Any) -> dict[str, str]:
    """Every value that a permit over `how` opens."""
    return items.values(items.open(work, ring, permit(work, subject, **how)))
