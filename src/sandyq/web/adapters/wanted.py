"""What a request can be about, in words: a clerk chooses from a list and types no code (policy 4.1)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sandyq import block, consent, speech
from sandyq.consent import ProvenGrant
from sandyq.db import Work
from sandyq.law.vocabulary import GrantState
from sandyq.register import items
from sandyq.rights import Kind, What
from sandyq.rights.kinds import complaint
from sandyq.rights.kinds.authority import ORDERS
from sandyq.rights.kinds.public import NO, YES
from sandyq.web.adapters.words import Words

Options = tuple[tuple[str, str], ...]
_CHANNELS: Final = ("sms", "phone", "email", "social", "fax")
_WHATS: Final[Mapping[Kind, tuple[What, ...]]] = MappingProxyType(
    {
        Kind.ACCESS: (What.ALL,),
        Kind.RECTIFY: (What.FIELD,),
        Kind.BLOCK: (What.ALL, What.ITEM, What.RECIPIENT),
        Kind.UNBLOCK: (What.ALL, What.STATE),
        Kind.DESTROY: (What.ALL, What.ITEM),
        Kind.WITHDRAW: (What.ALL, What.GRANT, What.CHANNEL),
        Kind.PUBLIC_SOURCES: (What.PUBLICATION,),
        Kind.COMPLAINT: (What.CLAIM, What.ITEM),
        Kind.AUTOMATED_OBJECTION: (What.ALL,),
        Kind.AUTHORITY_ORDER: (What.ORDER, What.FIELD, What.ITEM),
        Kind.NOT_ME: (What.ALL,),
    }
)
"""What the desk may enter of each kind."""


def options(work: Work, words: Words, kind: Kind, about: str) -> Options:
    """What a request of this kind can be about, as (`what:id`, words). What belongs to a person is offered once the person is named."""
    return tuple(option for what in _WHATS[kind] for option in _of(work, words, what, about))


def targets(work: Work, words: Words, about: str) -> dict[str, str]:
    """Everything of a person that a part can name, by id: data, consents, restrictions."""
    return {id_: said for what in (What.ITEM, What.GRANT, What.STATE) for id_, said in _own(work, words, what, about, over=True)}


def _of(work: Work, words: Words, what: What, about: str) -> Options:
    title = words.say(f"part.{what.value}")
    if what is What.ALL:
        return (("all:", title),)
    if what is What.FIELD:
        edition = words.edition
        return tuple((f"field:{name}", spec.label[words.language]) for name, spec in edition.fields.items() if spec.kind != "file")
    closed = {
        What.PUBLICATION: (YES, NO),
        What.CLAIM: tuple(sorted(complaint.CLAIMS)),
        What.ORDER: tuple(sorted(ORDERS)),
        What.CHANNEL: _CHANNELS,
    }
    if what in closed:
        return tuple((f"{what.value}:{word}", f"{title}: {words.say(f'part.{what.value}.{word}')}") for word in closed[what])
    if what is What.RECIPIENT:
        return tuple((f"recipient:{id_}", f"{title}: {name}") for id_, name in words.recipients())
    return tuple((f"{what.value}:{id_}", f"{title}: {said}") for id_, said in _own(work, words, what, about)) if about else ()


def _own(work: Work, words: Words, what: What, about: str, *, over: bool = False) -> list[tuple[str, str]]:
    """Data, consents or restrictions of a person; with `over` also those that are over."""
    if what is What.ITEM:
        held = [item for item in items.legal(work, about) if over or (item.superseded_at is None and item.klass == "data")]
        return [(item.item_id, words.category(item.category)) for item in held]
    if what is What.GRANT:
        given = [g for g in consent.proofs(work, about) if over or (g.state is GrantState.GIVEN and g.ended_at is None)]
        return [(g.id, grant(words, g)) for g in given]
    states = [s for s in block.history(work, about) if over or s.ended_at is None]
    return [(s.id, f"{words.say('order.' + s.kind.value)}, {speech.when(words.language, s.since)}") for s in states]


def grant(words: Words, given: ProvenGrant) -> str:
    """A consent in a few words: its kind, and for whom or what."""
    parts = [words.say(f"grant.kind.{given.kind.value}")]
    if given.recipient:
        parts.append(words.recipient(given.recipient))
    elif given.channel:
        parts.append(words.coded("channel", given.channel))
    elif given.purpose:
        parts.append(words.purpose(given.purpose))
    return ": ".join(parts)
