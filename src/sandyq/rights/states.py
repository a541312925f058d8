"""The states of a case and the moves between them, and the duties whose clocks each kind of case runs under. Pure (policy part 4; the Law art. 24, 25).

Nothing moves by time alone: a clock that is over makes a case overdue and visible, never closed.
"""

from enum import StrEnum
from types import MappingProxyType

from sandyq.identity import Deed


class Kind(StrEnum):
    """What can be asked for."""

    ACCESS = "access"  # 4.1.1
    RECTIFY = "rectify"  # 4.1.2
    BLOCK = "block"  # 4.1.3
    UNBLOCK = "unblock"  # 4.1.3, 2.2
    DESTROY = "destroy"  # 4.1.4
    WITHDRAW = "withdraw"  # 4.1.5
    PUBLIC_SOURCES = "public-sources"  # 4.1.6
    COMPLAINT = "complaint"  # 4.1.7
    AUTOMATED_OBJECTION = "automated-objection"  # art. 19-1
    AUTHORITY_ORDER = "authority-order"  # 5.1.1, art. 27
    NOT_ME = "not-me"  # 2.16: duplicate, merge, split


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    IDENTIFYING = "identifying"  # on file, its clock runs, and nobody has proved yet who asks
    OPEN = "open"  # to be decided
    WANTING_DOCUMENTS = "wanting_documents"
    SECOND_PERSON = "second_person"  # decided, and a second member has to confirm
    CARRYING_OUT = "carrying_out"
    ANSWERED = "answered"  # the letter is issued; recipients or delivery may be open
    CLOSED = "closed"
    NOT_IDENTIFIED = "not_identified"  # answered with reasons; a proof opens it again
    DUPLICATE = "duplicate"
    RETRACTED = "retracted"


_S = State
MOVES = MappingProxyType(
    {
        _S.RECEIVED: frozenset({_S.IDENTIFYING, _S.OPEN, _S.DUPLICATE, _S.RETRACTED}),
        _S.IDENTIFYING: frozenset({_S.OPEN, _S.NOT_IDENTIFIED, _S.DUPLICATE, _S.RETRACTED}),
        _S.OPEN: frozenset(
            {_S.WANTING_DOCUMENTS, _S.SECOND_PERSON, _S.CARRYING_OUT, _S.ANSWERED, _S.IDENTIFYING, _S.DUPLICATE, _S.RETRACTED}
        ),
        _S.WANTING_DOCUMENTS: frozenset({_S.OPEN, _S.ANSWERED, _S.DUPLICATE, _S.RETRACTED}),
        _S.SECOND_PERSON: frozenset({_S.OPEN, _S.CARRYING_OUT}),
        _S.CARRYING_OUT: frozenset({_S.OPEN, _S.SECOND_PERSON, _S.ANSWERED}),
        _S.ANSWERED: frozenset({_S.CLOSED, _S.OPEN}),
        _S.CLOSED: frozenset({_S.OPEN}),
        _S.NOT_IDENTIFIED: frozenset({_S.OPEN, _S.CLOSED}),
        _S.DUPLICATE: frozenset({_S.OPEN}),
        _S.RETRACTED: frozenset({_S.OPEN}),
    }
)
"""From each state, the states that may follow. A case that ended may be opened again: by a proof, an appeal, an answer that was wrong."""

ENDED = frozenset({_S.CLOSED, _S.NOT_IDENTIFIED, _S.DUPLICATE, _S.RETRACTED})
"""States in which nothing is left to do but, of a refusal for want of identity, to see its letter leave."""


class Limb(StrEnum):
    """What starts a clock inside a case."""

    RECEIPT = "receipt"
    DOCUMENTS = "documents"
    CONFIRMED = "confirmed"  # a violation is confirmed
    NOT_CONFIRMED = "not_confirmed"  # or is not
    ENDED = "ended"  # the term or the relations are over, or a court decided (art. 18(1)(1)-(3))


CLOCKS = MappingProxyType(
    {
        Kind.ACCESS: (("access-answer", Limb.RECEIPT),),
        Kind.RECTIFY: (("access-answer", Limb.RECEIPT), ("rectify", Limb.DOCUMENTS)),
        Kind.BLOCK: (("block", Limb.RECEIPT), ("access-answer", Limb.RECEIPT)),
        Kind.UNBLOCK: (("access-answer", Limb.RECEIPT), ("unblock", Limb.NOT_CONFIRMED)),
        Kind.DESTROY: (
            ("access-answer", Limb.RECEIPT),
            ("dc41-limit", Limb.RECEIPT),
            ("destroy-unlawful", Limb.CONFIRMED),
            ("destroy-ended", Limb.ENDED),
        ),
        Kind.WITHDRAW: (("withdrawal-stop", Limb.RECEIPT),),
        Kind.PUBLIC_SOURCES: (("public-removal", Limb.RECEIPT),),
        Kind.COMPLAINT: (("consumer-complaint", Limb.RECEIPT),),
        Kind.AUTOMATED_OBJECTION: (("automated-objection", Limb.RECEIPT),),
        Kind.AUTHORITY_ORDER: (
            ("block", Limb.RECEIPT),
            ("rectify", Limb.RECEIPT),
            ("destroy-unlawful", Limb.RECEIPT),
            ("public-removal", Limb.RECEIPT),
            ("destroy-ended", Limb.ENDED),
        ),
        Kind.NOT_ME: (("access-answer", Limb.RECEIPT), ("block", Limb.CONFIRMED)),
    }
)
"""The deadline duties of the pack that a case of each kind stands under, and what starts each. A duty without a rule on the day has no clock."""

ORDERED_DUTIES = MappingProxyType({"rectify": "correct", "destroy-unlawful": "destroy", "public-removal": "unpublish"})
"""Duties that an authority's order starts only where it orders that very thing: its paper is the proof, or the violation confirmed (art. 6, 25(2)(8), 27(2))."""

AT_ANSWER = frozenset({"access-answer", "access-refusal", "consumer-complaint", "automated-objection"})
"""Duties that are done by giving an answer, and so on the day on which it leaves (art. 25(2)(6)-(7), 19-1(3)); all others are done by a deed."""
AT_REFUSAL = frozenset({"withdrawal-stop"})
"""Duties whose article lets a reasoned refusal stand for the deed (art. 8(7)): where something is refused, they are done when that has left, too."""


def by_letter(outcome: str) -> frozenset[str]:
    """The duties that are not done before the letter has left, by how a case ended; `not_identified` refuses everything, and does nothing else."""
    if outcome == "not_identified":
        return frozenset(duty for duties in CLOCKS.values() for duty, _ in duties) | AT_ANSWER | {"ordered"}
    return AT_ANSWER if outcome == "granted" else AT_ANSWER | AT_REFUSAL


DEED = MappingProxyType(
    {
        Kind.ACCESS: Deed.ASK_ACCESS,
        Kind.RECTIFY: Deed.RECTIFY,
        Kind.BLOCK: Deed.BLOCK,
        Kind.UNBLOCK: Deed.UNBLOCK,
        Kind.DESTROY: Deed.DESTROY,
        Kind.WITHDRAW: Deed.WITHDRAW_ONE,
        Kind.PUBLIC_SOURCES: Deed.REFUSE_PUBLIC,
        Kind.COMPLAINT: Deed.COMPLAIN,
        Kind.AUTOMATED_OBJECTION: Deed.OBJECT,
        Kind.AUTHORITY_ORDER: Deed.ASK,
        Kind.NOT_ME: Deed.ASK,
    }
)
"""What somebody must be allowed to do before a case of this kind is decided. `withdraw` of everything and a yes to publication ask for more."""

CLAUSE = MappingProxyType(
    {
        Kind.ACCESS: ("4.1.1", "94-V art. 24(1)(1), 25(2)(6)"),
        Kind.RECTIFY: ("4.1.2", "94-V art. 24(1)(2), 25(2)(8)"),
        Kind.BLOCK: ("4.1.3", "94-V art. 24(1)(3), 25(2)(8)"),
        Kind.UNBLOCK: ("4.1.3", "94-V art. 25(2)(8)"),
        Kind.DESTROY: ("4.1.4", "94-V art. 24(1)(4), 18"),
        Kind.WITHDRAW: ("4.1.5", "94-V art. 24(1)(5), 8(7)"),
        Kind.PUBLIC_SOURCES: ("4.1.6", "94-V art. 24(1)(6), 6"),
        Kind.COMPLAINT: ("4.1.7", "94-V art. 24(1)(7)"),
        Kind.AUTOMATED_OBJECTION: ("3.1", "94-V art. 19-1(3)"),
        Kind.AUTHORITY_ORDER: ("5.1.1", "94-V art. 27(2), 27-1"),
        Kind.NOT_ME: ("2.16", "94-V art. 24(1)(3)"),
    }
)
"""Clause of the policy and article of the law that a case of each kind rests on."""


def may_move(old: State, new: State) -> bool:
    """Whether a case may go from one state to another."""
    return new in MOVES[old]
