"""What each kind of request asks of the law, and how it is carried out: one class to a kind, behind one table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sandyq.errors import FieldError
from sandyq.rights.facts import Case, NewCase
from sandyq.rights.kinds.access import Access
from sandyq.rights.kinds.authority import AuthorityOrder
from sandyq.rights.kinds.complaint import Complaint
from sandyq.rights.kinds.destruction import Destruction
from sandyq.rights.kinds.handling import Handling
from sandyq.rights.kinds.not_me import NotMe
from sandyq.rights.kinds.objection import Objection
from sandyq.rights.kinds.public import PublicSources
from sandyq.rights.kinds.rectify import Rectify
from sandyq.rights.kinds.standing import Block, Unblock
from sandyq.rights.kinds.withdraw import Withdraw
from sandyq.rights.states import Kind

TABLE: Final[Mapping[Kind, Handling]] = MappingProxyType(
    {
        Kind.ACCESS: Access(),
        Kind.RECTIFY: Rectify(),
        Kind.BLOCK: Block(),
        Kind.UNBLOCK: Unblock(),
        Kind.DESTROY: Destruction(),
        Kind.WITHDRAW: Withdraw(),
        Kind.PUBLIC_SOURCES: PublicSources(),
        Kind.COMPLAINT: Complaint(),
        Kind.AUTOMATED_OBJECTION: Objection(),
        Kind.AUTHORITY_ORDER: AuthorityOrder(),
        Kind.NOT_ME: NotMe(),
    }
)


def of(made: Case) -> Handling:
    """How cases of this kind are handled."""
    return TABLE[made.kind]


def faults(new: NewCase) -> list[FieldError]:
    """Faults of what a new case asks."""
    return TABLE[new.kind].faults(new)
