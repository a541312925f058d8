"""A request that came as a letter, an e-mail or a call: the journal's entry becomes a case (policy 8.3, 3.10)."""

from types import MappingProxyType
from typing import Final

from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Direction, Entry, guess
from sandyq.db import Work
from sandyq.errors import Conflict
from sandyq.rights.acts import open_case
from sandyq.rights.desk import Rights, case, of_subject
from sandyq.rights.facts import Case, Channel, NewCase, Wanted
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


_ANY: Final = tuple(kind for kind in Kind if kind is not Kind.AUTHORITY_ORDER)
"""What a letter that says nothing we know may ask for. The order of an authority is known by its paper, and entered by a member."""


def open_from(
    work: Work,
    r: Rights,
    entry: Entry,
    kind: Kind | None = None,
    *,
    text: str = "",
    contact: str = "",
    language: str = "",
    another: bool = False,
    wants: tuple[Wanted, ...] = (),
) -> Case:
    """Open a case from an entry that came in; its terms run from the entry's day. `kind` is what a member who read it says. Without one it stands as a request
    for access with every kind that the words speak of as plausible, until a member says which (`rekind`), and the shortest of their terms runs. What was written
    is told by the entry, so whoever asks is not established yet. `wants` is what they ask exactly, where a member says it.

    People ask two things in one letter: `another` opens one more case from an entry that has some, of a kind that none of them is. A letter in the thread of
    another case may ask for something of its own, and is the new case's then. Raises Conflict when the entry goes out, opened a case already, or that kind was
    opened from it."""
    if entry.direction is not Direction.IN:
        raise Conflict("entry_goes_out")
    spoken = language or entry.language
    if entry.case and case(work, entry.case).entry == entry.id:
        _may_have_another(work, entry, kind, another=another)
    return open_case(
        work,
        r,
        NewCase(
            kind or Kind.ACCESS,
            _WAYS[entry.channel],
            asker=entry.subject,
            language=spoken if spoken in LANGUAGES else LANGUAGES[0],
            received_at=entry.on,
            text=text[:MOST_TEXT],
            contact=contact,
            entry=entry.id,
            wants=wants,
            plausible=() if kind else plausible(text),
        ),
    )


def plausible(text: str) -> tuple[Kind, ...]:
    """The kinds that a letter may ask for, the likeliest first: those that its words speak of, or every one when they speak of none."""
    return tuple(map(Kind, guess.kinds(text))) or _ANY


def _may_have_another(work: Work, entry: Entry, kind: Kind | None, *, another: bool) -> None:
    """A second case is opened knowingly: of a kind that a member says, and that no open case of this letter has or may turn out to have."""
    if not another or kind is None:
        raise Conflict("entry_has_case")
    same = [made for made in of_subject(work, entry.subject) if made.entry == entry.id]
    if any(made.plausible or made.kind is kind for made in same):
        raise Conflict("entry_has_case_of_kind")
