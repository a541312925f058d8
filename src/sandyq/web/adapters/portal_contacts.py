"""Contacts and authenticators on a person's own pages: masked, added, confirmed, ended (design 20)."""

import re
from collections.abc import Mapping

from sandyq import identity, requests, rights, speech
from sandyq.change import CONTACTS
from sandyq.errors import Conflict, Denied, NotFound
from sandyq.identity import CodeState, Deed, Factor, FactorKind, FactorState, factors
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.letters.paper import qr_svg
from sandyq.register import items
from sandyq.rights import Kind
from sandyq.use.masks import masked
from sandyq.web.adapters.portal import Person, checked_contact, opened, sent_once
from sandyq.web.adapters.portal_cases import Requests
from sandyq.web.views import Visit
from sandyq.web.views_portal import ContactsView, FactorLine, TotpView

_MASKS = {FactorKind.PHONE: "last2", FactorKind.EMAIL: "email"}


class Portal(Requests):
    """The whole port of a person's own pages."""

    async def contacts(self, token: str, visit: Visit) -> ContactsView:
        """Contacts of the one who is signed in, also for a representative."""
        return await self.as_person(token, visit, self._contacts)

    def _contacts(self, person: Person) -> ContactsView:
        work, gate, subject = person.work, self._office.gate, person.who.subject
        known = identity.contacts(work, subject)
        values = identity.opened(work, gate, subject, known)
        here = {one.id for one in person.who.factors}
        named = {} if person.who.represents else _named(person)
        lines = tuple(
            FactorLine(
                one.id,
                one.kind.value,
                masked(_MASKS[one.kind], values.get(one.id, "")) if one.kind in _MASKS else "",
                one.state.value,
                one.added_at,
                one.usable_at if one.state is FactorState.COOLING else None,
                one.id in here,
                bool(named) and one.opens and one.kind in _MASKS and named.get(one.kind.value) != values.get(one.id),
            )
            for one in known
        )
        email = _form_email(person, named)
        held = any(values.get(one.id) == email and one.state is not FactorState.WAITING for one in known)
        return ContactsView(person.me(), lines, "" if held or not email else masked("email", email))

    async def propose(self, token: str, value: str, visit: Visit) -> None:
        """Name a new contact."""

        def act(person: Person) -> None:
            kind, named = checked_contact(value[:200])
            identity.propose_contact(person.work, self._office.gate, token, kind, named, visit.address, visit.language)

        await self.as_person(token, visit, act)

    async def propose_known(self, token: str, visit: Visit) -> None:
        """Confirm the address that the form named: it need not be typed, and is not shown."""

        def act(person: Person) -> None:
            email = _form_email(person, _named(person))
            if not email:
                raise NotFound("factor_unknown")
            identity.propose_contact(person.work, self._office.gate, token, "email", email, visit.address, visit.language)

        await self.as_person(token, visit, act)

    async def confirm(self, token: str, code: str, visit: Visit) -> CodeState:
        """The code of a new contact."""
        gate = self._office.gate
        return await self.as_person(token, visit, lambda person: identity.confirm_contact(person.work, gate, token, code[:20]))

    async def replace_contact(self, token: str, factor: str, sending: str, visit: Visit) -> str:
        """Ask that the data name a proved contact: a request by 4.1.2 whose proof is that its code came back. The desk decides, and recipients are told."""

        def act(person: Person) -> str:
            if person.who.represents:  # contacts here are of the one who is signed in, and the data of somebody else
                raise Denied("outside_mandate")
            person.must(Deed.CHANGE_CONTACT)
            work, gate, subject = person.work, self._office.gate, person.who.subject
            known = next((one for one in identity.contacts(work, subject) if one.id == factor and one.kind in _MASKS), None)
            value = identity.opened(work, gate, subject, [known]).get(known.id, "") if known else ""
            if known is None or not value:
                raise NotFound("factor_unknown")
            if not identity.counts(work, gate.ring, subject, known.kind.value, value):
                raise Conflict("contact_does_not_count")
            wants = (rights.Wanted(rights.What.FIELD, known.kind.value, value),)
            return sent_once(
                person, sending, ("replace", factor), lambda: opened(person, Kind.RECTIFY, wants, documents=(_proof(person, known),)).id
            )

        return await self.as_person(token, visit, act)

    async def enrol(self, token: str, visit: Visit) -> TotpView:
        """Begin with an authenticator."""

        def act(person: Person) -> TotpView:
            new = identity.enrol_totp(person.work, self._office.gate, token, "Sandyq")
            return TotpView(person.me(), " ".join(new.secret[n : n + 4] for n in range(0, len(new.secret), 4)), _picture(new.uri))

        return await self.as_person(token, visit, act)

    async def confirm_totp(self, token: str, code: str, visit: Visit) -> bool:
        """Its first code."""
        gate = self._office.gate
        return await self.as_person(token, visit, lambda person: identity.confirm_totp(person.work, gate, token, code[:20]))

    async def end(self, token: str, factor: str, visit: Visit) -> None:
        """End one."""
        gate = self._office.gate
        await self.as_person(token, visit, lambda person: identity.end_factor(person.work, gate, token, factor[:30]))


def _picture(uri: str) -> str:
    """A picture code that grows with the page."""
    return re.sub(r'width="(\d+)" height="(\d+)"', r'viewBox="0 0 \1 \2"', qr_svg(uri), count=1)


def _proof(person: Person, known: Factor) -> str:
    """The paper that the correction rests on: that the code to the new contact came back, and when."""
    said = person.words.say("portal.contact_proof", day=speech.day(person.visit.language, local_date(known.verified_at or known.added_at)))
    return requests.file_document(person.work, person.office.gate, person.who.subject, requests.DocumentKind.PROOF, said)


def _named(person: Person) -> Mapping[str, str]:
    """Phone and e-mail address as the person's own data name them."""
    work, gate, subject = person.work, person.office.gate, person.who.subject
    purpose = gate.in_force(work).edition.form.purpose
    ask = Ask(Operation.USE, subject, purpose, CONTACTS, ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)
    answer = gate.ask(work, ask)
    return {} if isinstance(answer, Refusal) else items.values(gate.open(work, answer))


def _form_email(person: Person, named: Mapping[str, str]) -> str:
    """The e-mail address of the person's first form, where there is one that may be confirmed with one factor."""
    work, gate, subject = person.work, person.office.gate, person.who.subject
    email = named.get("email", "")
    return email if email and factors.given_on_the_form(work, gate.ring, subject, "email", email) else ""
