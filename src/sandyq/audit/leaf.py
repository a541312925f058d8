# ruff: noqa: S105 - words of the vocabulary, not secrets
"""What one entry of the log says: a closed vocabulary, random ids, commitments; no free text and nothing personal (design 14)."""

from dataclasses import dataclass
from enum import StrEnum

from sandyq.frozen import quick


class Act(StrEnum):
    """Everything that is ever logged. A value, once published, is never renamed or reused."""

    # standing of the office
    OFFICE_CREATED = "office.created"
    OFFICE_STARTED = "office.started"
    OFFICE_RESTORED = "office.restored"
    POLICY_INSTALLED = "policy.installed"
    POLICY_ACCEPTED = "policy.accepted"
    CALENDAR_CHANGED = "calendar.changed"
    DEADLINE_MOVED = "deadline.moved"
    KEYS_ROTATED = "keys.rotated"
    KEYS_DESTROYED = "keys.destroyed"
    BACKUP_MADE = "backup.made"
    FAILURE = "failure"
    # decisions
    DECIDED = "gate.decided"
    REFUSED = "gate.refused"
    # the five acts
    COLLECTED = "collect.done"
    CODE_SENT = "collect.code_sent"
    CODE_CONFIRMED = "collect.code_confirmed"
    CODE_FAILED = "collect.code_failed"
    QUARANTINED = "collect.quarantined"
    SUBMISSION_DECIDED = "collect.submission_decided"
    SHOWN = "use.shown"
    SEARCHED = "use.searched"
    FOUND = "use.found"
    CLAIMED = "use.claimed"
    EXPORTED = "use.exported"
    TRANSFER_QUEUED = "distribute.queued"
    TRANSFER_SENDING = "distribute.sending"
    TRANSFER_SENT = "distribute.sent"
    TRANSFER_FAILED = "distribute.failed"
    TRANSFER_WITHHELD = "distribute.withheld"
    TRANSFER_ACKNOWLEDGED = "distribute.acknowledged"
    RECALL_QUEUED = "distribute.recall_queued"
    RECALL_CONFIRMED = "distribute.recall_confirmed"
    RECALL_ESCALATED = "distribute.recall_escalated"
    DESTRUCTION_PLANNED = "destroy.planned"
    DESTRUCTION_STEP = "destroy.step"
    DESTROYED = "destroy.done"
    CERTIFICATE_ISSUED = "destroy.certificate"
    CERTIFICATE_COMPLETED = "destroy.certificate_completed"
    HELD_BY_BLOCK = "retain.held_by_block"
    HELD_BY_HOLD = "retain.held_by_hold"
    SWEPT = "retain.swept"
    # standing
    CONSENT_GIVEN = "consent.given"
    CONSENT_REFUSED = "consent.refused"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    SUPPRESSED = "consent.suppressed"
    STOP_LIFTED = "consent.stop_lifted"
    BLOCKED = "block.blocked"
    RELEASE_PROPOSED = "block.release_proposed"
    RELEASED = "block.released"
    HELD = "block.held"
    UNHELD = "block.unheld"
    LOCKED = "block.locked"
    RELATION_OPENED = "relations.opened"
    RELATION_CLOSED = "relations.closed"
    RECIPIENT_ADDED = "parties.recipient_added"
    RECIPIENT_CHANGED = "parties.recipient_changed"
    RECIPIENT_SUSPENDED = "parties.recipient_suspended"
    SOURCE_ADDED = "parties.source_added"
    REPRESENTATIVE_ADDED = "parties.representative_added"
    STAFF_ADDED = "staff.added"
    STAFF_CHANGED = "staff.changed"
    GRANT_CHANGED = "staff.grant_changed"
    TOKEN_ISSUED = "staff.token_issued"
    TOKEN_REVOKED = "staff.token_revoked"
    SIGNED_IN = "staff.signed_in"
    SIGN_IN_FAILED = "staff.sign_in_failed"
    SIGNED_OUT = "staff.signed_out"
    # desk
    ORDER_RECEIVED = "requests.received"
    ORDER_DONE = "requests.done"
    ORDER_REFUSED = "requests.refused"
    APPLICATION_ROUTED = "applications.routed"
    MERGED = "requests.merged"
    LETTER_RECEIVED = "correspondence.received"
    LETTER_REGISTERED = "correspondence.registered"
    LETTER_ISSUED = "correspondence.issued"
    LETTER_QUEUED = "correspondence.queued"
    LETTER_SENT = "correspondence.sent"
    LETTER_DELIVERED = "correspondence.delivered"
    LETTER_FETCHED = "correspondence.fetched"
    LETTER_RETURNED = "correspondence.returned"
    LETTER_BOUNCED = "correspondence.bounced"
    LETTER_FAILED = "correspondence.failed"
    LETTER_READ = "correspondence.read"
    CORRECTED = "change.corrected"
    VERSION_MADE = "change.version"
    FIELD_REMOVED = "change.removed"
    ACCESS_DENIED = "door.denied"
    # rights desk
    CASE_OPENED = "rights.opened"
    CASE_IDENTIFIED = "rights.identified"
    CASE_NOT_IDENTIFIED = "rights.not_identified"
    CASE_DOCUMENTS = "rights.documents"
    CASE_DECIDED = "rights.decided"
    CASE_PART = "rights.part"
    CASE_ANSWERED = "rights.answered"
    CASE_MOVED = "rights.moved"
    CASE_CLOCK = "rights.clock"
    CASE_REMINDED = "rights.reminded"
    DEPUTY_NAMED = "rights.deputy_named"


@quick
@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry as an act hands it in. Actor, door and instant come from the unit of work; the subject is turned into a commitment.

    `object` is the random id of what was touched (item, consent, state, transfer, plan), `body_digest` the SHA-256 hex of a document that the
    entry vouches for (certificate, consent text), `parent` the id of the leaf that this one belongs to.
    """

    act: Act
    subject: str = ""
    clause: str = ""
    article: str = ""
    verdict: str = "done"  # done | permitted | refused | failed
    decision: str = ""
    object: str = ""
    purpose: str = ""
    category: str = ""
    recipient: str = ""
    count: int = 0
    body_digest: str = ""
    parent: str = ""
