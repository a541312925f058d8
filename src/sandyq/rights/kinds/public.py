"""Public sources (4.1.6; the Law art. 6, 7(3), 24(1)(6)): yes or no with its proof, and the removal of what is public, place by place, each with its proof."""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from sandyq import collect, consent, distribute
from sandyq.collect import Card, evidence_end
from sandyq.consent import NewGrant, Pressed, Proof, ShownText, Via
from sandyq.db import Work
from sandyq.distribute.facts import HELD
from sandyq.errors import FieldError, NotReady
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.vocabulary import GrantKind, GrantState
from sandyq.requests import Kind as OrderKind
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, Channel, NewCase, Part, PartDecision, PartState, What
from sandyq.rights.kinds.handling import Chosen, Handling, Limb, order_of, ordered

YES, NO = "yes", "no"
PUBLIC: Final = "public"
"""The recipient that stands for everybody."""
_VIA: Final = MappingProxyType(
    {
        Channel.PORTAL: (Via.PORTAL, Pressed.BUTTON_YES, Pressed.BUTTON_NO),
        Channel.MAIL: (Via.EMAIL, Pressed.REPLIED_YES, Pressed.REPLIED_NO),
        Channel.PAPER: (Via.PAPER, Pressed.SIGNED_ON_PAPER, Pressed.REPLIED_NO),
        Channel.PHONE: (Via.PHONE, Pressed.SAID_YES, Pressed.SAID_NO),
        Channel.DESK: (Via.PAPER, Pressed.SIGNED_ON_PAPER, Pressed.SAID_NO),
        Channel.PARTNER: (Via.PARTNER, Pressed.REPLIED_YES, Pressed.REPLIED_NO),
        Channel.AUTHORITY: (Via.PAPER, Pressed.SIGNED_ON_PAPER, Pressed.REPLIED_NO),
    }
)


class PublicSources(Handling):
    """A no takes effect at once, and names each place where we made something public; whoever asks may name more. A yes is decided by a member."""

    whats = frozenset({What.PUBLICATION, What.PLACE})
    refusals = MappingProxyType(
        {
            "not_held": Limb("4.1.6", "94-V art. 6"),
            "public_by_law": Limb("4.1.6", "94-V art. 7(4), 9(7)"),
            "published_by_others": Limb("4.1.6", "94-V art. 6, 7(5)"),
        }
    )

    def faults(self, new: NewCase) -> list[FieldError]:
        """Exactly one yes or no; places only with a no."""
        said = [want.id for want in new.wants if want.what is What.PUBLICATION]
        found = super().faults(new)
        if len(said) != 1 or said[0] not in (YES, NO):
            found.append(FieldError("wants", "publication_yes_or_no", {}, ("4.1.6",)))
        elif said[0] == YES and any(want.what is What.PLACE for want in new.wants):
            found.append(FieldError("wants", "place_only_with_a_no", {}, ("4.1.6",)))
        return found

    def ask(self, work: Work, r: Rights, made: Case, part: Part) -> Ask | None:
        """The person's own choice; the law has no question."""
        return None

    def at_once(self, work: Work, r: Rights, made: Case) -> list[Part]:
        """A no; and the places that our own ledger of transfers knows become parts, each to be removed within its term."""
        said = next((part for part in made.open_parts if part.what is What.PUBLICATION), None)
        if said is None or said.target != NO:
            return []
        first = max(part.no for part in made.parts) + 1
        ours = [t.id for t in distribute.history(work, made.about) if t.recipient == PUBLIC and t.state in HELD]
        named = {part.target for part in made.parts}
        places = [Part(no, What.PLACE, transfer) for no, transfer in enumerate((t for t in ours if t not in named), first)]
        return [self._chosen(work, r, made, said), *places]

    def checked(self, work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> list[FieldError]:
        """A place is done on the proof that the data are not there any more; without one it is ordered, and stays open."""
        return []

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """The choice, or the removal of one place on its proof."""
        return [
            self._chosen(work, r, made, part) if part.what is What.PUBLICATION else removed(part, decision.document)
            for part, decision in chosen
        ]

    def _chosen(self, work: Work, r: Rights, made: Case, part: Part) -> Part:
        """A no to what was agreed is a withdrawal; every other choice is recorded with the text it answers and the request as its proof."""
        live = [f for f in consent.facts(work, made.about) if f.kind is GrantKind.PUBLIC_SOURCES and f.state is GrantState.GIVEN]
        if part.target == NO and live:
            return ordered(work, r, made, part, order_of(made, OrderKind.WITHDRAW, part, target=live[-1].id))
        grant = _grant(work, r, made, given=part.target == YES)
        until = evidence_end(r.gate.in_force(work).edition, local_date(work.at))
        item = made.item if made.subject == made.about else ""
        [id_] = consent.give(work, made.about, [grant], Proof(_VIA[made.channel][0], until, item, None))
        return replace(part, state=PartState.DONE, result=id_)


def removed(part: Part, proof: str) -> Part:
    """A removal is done on the proof that the data are not there any more; without one it waits for it."""
    return replace(part, state=PartState.DONE, document=proof) if proof else part


def _grant(work: Work, r: Rights, made: Case, *, given: bool) -> NewGrant:
    card = _card(work, r, made.language)
    text = card.text
    _, yes, no = _VIA[made.channel]
    shown = ShownText(text.text_id, text.version, made.language, bytes.fromhex(text.sha256), complete=len(text.items) == 8)
    state = GrantState.GIVEN if given else GrantState.REFUSED
    return NewGrant(card.kind, state, shown, yes if given else no, text.purpose, fields=frozenset(text.fields))


def _card(work: Work, r: Rights, language: str) -> Card:
    for card in collect.cards(work, r.gate, language):
        if card.kind is GrantKind.PUBLIC_SOURCES:
            return card
    raise NotReady("public_text_missing", remedy="give the policy a text of consent to public sources")
