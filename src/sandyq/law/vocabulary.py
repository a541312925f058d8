"""The closed lists that every room speaks in: the Law's and the policy's own terms (policy part 2, the Law art. 1)."""

from enum import StrEnum


class Operation(StrEnum):
    """What may be done to personal data: collecting (2.4) and the nine of processing (2.11). Each one passes the gate."""

    COLLECT = "collect"
    ACCUMULATE = "accumulate"
    STORE = "store"
    CHANGE = "change"
    SUPPLEMENT = "supplement"
    USE = "use"
    DISTRIBUTE = "distribute"
    DEPERSONALISE = "depersonalise"
    BLOCK = "block"
    DESTROY = "destroy"


STOPPED_BY_BLOCK = frozenset(
    {
        Operation.COLLECT,
        Operation.ACCUMULATE,
        Operation.CHANGE,
        Operation.SUPPLEMENT,
        Operation.USE,
        Operation.DISTRIBUTE,
        Operation.DEPERSONALISE,
        Operation.DESTROY,
    }
)
"""The eight operations that clause 2.2 stops; storing goes on, and so does setting a further block."""


class Occasion(StrEnum):
    """Why an operation is asked for, where that changes what a block lets through. The list is closed (design 5)."""

    ORDINARY = "ordinary"
    RELEASE = "release"  # 2.2, art. 25(2)(8): the violation was not confirmed
    RELEASE_AND_DESTROY = "release_and_destroy"  # one act on a confirmed violation, art. 25(2)(8)
    CORRECTION_ON_DOCUMENTS = "correction_on_documents"  # 4.1.2, art. 25(2)(8)
    OWN_ACCESS = "own_access"  # 4.1.1, art. 24(1)(1)
    AUTHORITY_DISCLOSURE = "authority_disclosure"  # 5.1.1, art. 9(1)
    BREACH_NOTICE = "breach_notice"  # art. 25(2)(8)
    RESTRICTIVE = "restrictive"  # block, hold, lock, withdraw, suppress, recall: an act that only narrows
    QUARANTINE = "quarantine"  # a form that arrives for a blocked person is kept apart as asserted (2.2)


class StateKind(StrEnum):
    """The states that can stand over data. Precedence: `law.precedence`."""

    BLOCK = "block"  # 2.2
    HOLD = "hold"  # forbids destruction: court, claim (4.1.7)
    LOCK = "lock"  # store only, destroyed at term end (Digital Code art. 41(3))


class GrantKind(StrEnum):
    """What can be agreed to and withdrawn, each by itself (the Law art. 7(6), 8(4), 24(1)(5), 19-1; 3.8 per channel)."""

    COLLECTION = "collection"
    PROCESSING = "processing"  # per purpose
    RECIPIENT = "recipient"  # per recipient
    CROSS_BORDER = "cross_border"  # per country, or any
    PUBLIC_SOURCES = "public_sources"
    AUTOMATED = "automated"  # automated decisions, art. 19-1
    MARKETING = "marketing"  # per channel, 3.8


class GrantState(StrEnum):
    """Where a grant stands. What was never asked has no grant at all, and that refuses in the strict reading."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Reading(StrEnum):
    """How the policy is read: by the Law where the policy is weaker, or by the policy's words."""

    STRICT = "strict"
    AS_PUBLISHED = "as_published"


class ActorKind(StrEnum):
    """Who asks."""

    SUBJECT = "subject"
    STAFF = "staff"
    PARTNER = "partner"
    SYSTEM = "system"
    PUBLIC = "public"  # the form, before anyone is known


class SourceKind(StrEnum):
    """Where data came from (6.1)."""

    PERSON = "person"
    REPRESENTATIVE = "representative"
    THIRD_PARTY = "third_party"
    RELATIONS = "relations"
    CALL_RECORDING = "call_recording"
    PHOTO_VIDEO = "photo_video"
    PUBLIC_SOURCE = "public_source"


class Effect(StrEnum):
    """What a finding does. Any `prohibit` wins; nothing permitted means refused (design 1)."""

    PROHIBIT = "prohibit"
    PERMIT = "permit"
    NARROW = "narrow"  # takes fields away from what is permitted
    DUTY = "duty"  # permitted, and something must be done
    NOTE = "note"  # worth telling; changes nothing


class Duty(StrEnum):
    """What a permit obliges to."""

    NOTIFY_SUBJECT = "notify_subject"  # art. 19(1), within 10 working days
    TELL_RECIPIENT = "tell_recipient"
    CITE_SOURCE = "cite_source"  # art. 7(5)
    MASK = "mask"
    RECORD_ACCEPTANCE = "record_acceptance"  # `as_published` used live
    RECORD_DECISION = "record_decision"  # 5.4: a person decides and cites the contract


class StandingAct(StrEnum):
    """Acts on standing and on the log that are decided like operations."""

    RELEASE = "release"
    HOLD = "hold"
    UNHOLD = "unhold"
    LOCK = "lock"
    WITHDRAW = "withdraw"
    MERGE = "merge"  # a provisional subject becomes part of a known one (design 11)
