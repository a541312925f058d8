"""What is done with parties: one function, one entry of the log, the caller's unit of work. `key` is the office's credential key (32
bytes).
"""

from dataclasses import dataclass, replace

from sandyq.audit import Act, Leaf, ledger, record
from sandyq.db import Work
from sandyq.errors import Conflict, Denied, FieldError, Invalid, NotFound
from sandyq.ids import is_id
from sandyq.law.ask import RecipientFact
from sandyq.law.calendar import local_date
from sandyq.law.vocabulary import ActorKind
from sandyq.parties import records
from sandyq.parties.facts import (
    Change,
    FeedReason,
    NewRecipient,
    NewRepresentative,
    NewSource,
    Recipient,
    Representative,
    Secrets,
    Source,
    country_faults,
    endpoint_faults,
    faults,
)
from sandyq.register import subjects


@dataclass(frozen=True, slots=True)
class AddedRecipient:
    """A new recipient's id and the secrets that it is told once. `ack_secret` is empty when it signs with its own key."""

    id: str
    webhook_secret: str
    ack_secret: str


def recipient_fact(work: Work, recipient_id: str) -> RecipientFact | None:
    """The recipient for the law: undertaking, contract, agreed pairs, feed. None when there is no such party."""
    return records.recipient_fact(work, recipient_id)


def recipient(work: Work, key: bytes, recipient_id: str) -> Recipient:
    """One recipient with its card. Raises NotFound."""
    found = records.recipient(work, key, recipient_id)
    if found is None:
        raise NotFound("recipient_unknown")
    return found


def recipients(work: Work, key: bytes) -> list[Recipient]:
    """Every recipient there ever was, oldest first; `active` and `feed` say what holds now."""
    return records.recipients(work, key)


def secrets(work: Work, key: bytes, recipient_id: str) -> Secrets:
    """What to sign and to check messages with. Raises NotFound."""
    found = records.secrets(work, key, recipient_id)
    if found is None:
        raise NotFound("recipient_unknown")
    return found


def add_recipient(work: Work, key: bytes, new: NewRecipient) -> AddedRecipient:
    """Take a recipient into the register of part 7. Its secrets are shown now and never again (7.1, art. 10(1)). Raises Invalid, NotFound
    for an unknown parent."""
    _office_only(work)
    found = tuple(faults(new))
    if found:
        raise Invalid(found)
    if new.parent and records.recipient_fact(work, new.parent) is None:
        raise NotFound("recipient_unknown")
    recipient_id, webhook = work.new_id(), records.fresh_secret()
    ack = "" if new.ack_public_key else records.fresh_secret()
    records.add_recipient(work, key, recipient_id, new, webhook, ack)
    record(work, Leaf(Act.RECIPIENT_ADDED, clause=new.clause, article="94-V art. 10(1)", object=recipient_id, count=len(new.agreed)))
    return AddedRecipient(recipient_id, webhook, ack)


def change_recipient(work: Work, key: bytes, recipient_id: str, change: Change) -> Recipient:
    """Change what is agreed with a recipient, its undertaking, the end of its contract or its endpoint. Raises NotFound, Invalid."""
    _office_only(work)
    found = tuple(endpoint_faults(change.endpoint or ""))
    if found:
        raise Invalid(found)
    before = recipient(work, key, recipient_id)
    now = replace(
        before,
        agreed=before.agreed if change.agreed is None else change.agreed,
        undertaking_on=change.undertaking_on or before.undertaking_on,
        contract_until=change.contract_until or before.contract_until,
        endpoint=before.endpoint if change.endpoint is None else change.endpoint,
    )
    records.change_recipient(work, key, now)
    _changed(work, now.clause, recipient_id, len(now.agreed))
    return now


def suspend_feed(work: Work, recipient_id: str, reason: FeedReason) -> None:
    """Send nothing new to a recipient from now on; what it must be told of blocks and destructions still goes. Raises Conflict when it is
    so already.
    """
    if not records.set_feed(work, recipient_id, "suspended", reason.value):
        raise Conflict("feed_not_active")
    record(work, Leaf(Act.RECIPIENT_SUSPENDED, clause="7.1", article="94-V art. 10(1)", object=recipient_id, recipient=recipient_id))
    ledger.note(work, "parties.suspend", "", recipient=recipient_id, reason=reason.value)


def resume_feed(work: Work, recipient_id: str) -> None:
    """Send to a recipient again. Raises Conflict when its feed is not suspended."""
    _office_only(work)
    if not records.set_feed(work, recipient_id, "active", ""):
        raise Conflict("feed_not_suspended")
    _changed(work, "7.1", recipient_id, 0)


def end_recipient(work: Work, recipient_id: str) -> None:
    """The relation with a recipient is over: it gets nothing any more. Its row stays, for the ledger of transfers names it."""
    _office_only(work)
    if not records.end_recipient(work, recipient_id):
        raise Conflict("recipient_over")
    _changed(work, "7.1", recipient_id, 0)
    ledger.note(work, "parties.end", "", recipient=recipient_id)


def renew_secret(work: Work, key: bytes, recipient_id: str) -> str:
    """Give a recipient a new webhook secret; the old one signs along until `drop_old_secret`. Returns the new one, shown once."""
    _office_only(work)
    kept, fresh = secrets(work, key, recipient_id), records.fresh_secret()
    records.set_secrets(work, key, recipient_id, [fresh, kept.webhook[0]], kept.ack_secret)
    _changed(work, "7.1", recipient_id, 0)
    return fresh


def drop_old_secret(work: Work, key: bytes, recipient_id: str) -> None:
    """Sign with the newest secret alone."""
    _office_only(work)
    kept = secrets(work, key, recipient_id)
    records.set_secrets(work, key, recipient_id, kept.webhook[:1], kept.ack_secret)
    _changed(work, "7.1", recipient_id, 0)


def _changed(work: Work, clause: str, recipient_id: str, count: int) -> None:
    record(work, Leaf(Act.RECIPIENT_CHANGED, clause=clause, object=recipient_id, recipient=recipient_id, count=count))


def add_source(work: Work, key: bytes, new: NewSource) -> str:
    """Record a source and its guarantee; without a guarantee its data are refused (6.3). Returns its id. Raises Invalid."""
    _office_only(work)
    found = list(country_faults(new.country))
    if not new.name.strip():
        found.append(FieldError("name", "missing"))
    if new.guarantee_on is not None and not is_id(new.guarantee_document):
        found.append(FieldError("guarantee_document", "not_a_reference", cites=("6.3",)))
    if found:
        raise Invalid(found)
    source_id = work.new_id()
    records.add_source(work, key, source_id, new)
    record(work, Leaf(Act.SOURCE_ADDED, clause="6.3", object=source_id))
    return source_id


def source(work: Work, key: bytes, source_id: str) -> Source:
    """One source. Raises NotFound."""
    found = records.source(work, key, source_id)
    if found is None:
        raise NotFound("source_unknown")
    return found


def sources(work: Work, key: bytes) -> list[Source]:
    """Every source, oldest first."""
    return records.sources(work, key)


def guaranteed(work: Work, key: bytes, source_id: str) -> bool:
    """Whether a source's guarantee stands today; False for an unknown source (6.3)."""
    found = records.source(work, key, source_id)
    return found is not None and found.guaranteed_on(local_date(work.at))


def add_representative(work: Work, subject: str, new: NewRepresentative) -> str:
    """Record who may act for a subject, by which document, for which rights and how long (5.1.5, 6.1). Returns its id. Raises Invalid."""
    _office_only(work)
    found = []
    if not is_id(new.document):
        found.append(FieldError("document", "not_a_reference", cites=("6.1",)))
    if not new.scope:
        found.append(FieldError("scope", "missing", cites=("4.1",)))
    if new.person == subject:
        found.append(FieldError("person", "represents_themselves", cites=("6.1",)))
    if new.until is not None and new.until < new.since:
        found.append(FieldError("until", "ends_before_it_begins"))
    if found:
        raise Invalid(found)
    representative_id = work.new_id()
    records.add_representative(work, subject, representative_id, new)
    record(work, Leaf(Act.REPRESENTATIVE_ADDED, subject=subject, clause="6.1", object=representative_id))
    return representative_id


def end_representative(work: Work, subject: str, representative_id: str) -> None:
    """End a representation at once. Raises NotFound when none stands."""
    _office_only(work)
    subjects.touch(work, subject)
    if not records.end_representative(work, subject, representative_id):
        raise NotFound("representative_unknown")
    record(work, Leaf(Act.REPRESENTATIVE_ADDED, subject=subject, clause="6.1", verdict="refused", object=representative_id))


def representatives(work: Work, subject: str) -> list[Representative]:
    """Who acts or acted for a subject; ask each with `may(clause, day)`."""
    return records.representatives(work, subject)


def mandates(work: Work, person: str) -> list[Representative]:
    """For whom a person acts or acted; ask each with `may(clause, day)`."""
    return [one for one in records.naming(work, person) if one.person == person]


def _office_only(work: Work) -> None:
    if work.actor.kind not in {ActorKind.STAFF, ActorKind.SYSTEM}:
        raise Denied("parties_kept_by_the_office")
