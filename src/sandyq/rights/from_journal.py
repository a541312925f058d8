"""A request that came as a letter, an e-mail or a call: the journal's entry becomes a case (policy 8.3, 3.10)."""

from types import MappingProxyType
from typing import Final

from sandyq import correspondence
from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Direction, Entry
from sandyq.db import Work
from sandyq.errors import Conflict
from sandyq.rights.acts import open_case
from sandyq.rights.desk import Rights, case
from sandyq.rights.facts import Case, Channel, NewCase
from sandyq.rights.states import Kind
from sandyq.speech import LANGUAGES

MOST_TEXT: Final = 20_000
"""Characters of the text that are sealed with the case, too; all of it is with the entry."""
_WAYS: Final = MappingProxyType(
    {
        Way.MAIL: Channel.MAIL,
        Way.PAPER: Channel.PAPER,
        Way.COURIER: Channel.PAPER,
        Way.PHONE: Channel.PHONE,
        Way.PORTAL: Channel.PORTAL,
        Way.PARTNER: Channel.PARTNER,
    }
)


def open_from(
    work: Work, r: Rights, entry: Entry, kind: Kind = Kind.ACCESS, *, text: str = "", contact: str = "", language: str = ""
) -> Case:
    """Open a case from an entry that came in; its terms run from the entry's day. What was written is told by the entry, so whoever asks is not
    established yet. A letter in the thread of another case may ask for something of its own, and is the new case's then. Raises Conflict when the entry
    goes out or opened a case already."""
    if entry.direction is not Direction.IN:
        raise Conflict("entry_goes_out")
    if entry.case and case(work, entry.case).entry == entry.id:
        raise Conflict("entry_has_case")
    spoken = language or entry.language
    made = open_case(
        work,
        r,
        NewCase(
            kind,
            _WAYS[entry.channel],
            asker=entry.subject,
            language=spoken if spoken in LANGUAGES else LANGUAGES[0],
            received_at=entry.on,
            text=text[:MOST_TEXT],
            contact=contact,
            entry=entry.id,
        ),
    )
    correspondence.register(work, entry.id, made.id)
    return made
