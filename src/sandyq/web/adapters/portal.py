"""A person's own pages: who is signed in, what is kept about them, their consents, their sign-ins, the package (policy 4.1.1, 4.1.5; design 20).

Each call is one unit of work of the person behind the session; what they may is asked of the closed table each time.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from sandyq import access, block, collect, consent, correspondence, distribute, identity, parties, rights, use
from sandyq.access import archive
from sandyq.access import letter as access_letter
from sandyq.app import Office, answers, once
from sandyq.audit import history
from sandyq.consent import ProvenGrant
from sandyq.consent.facts import Pressed
from sandyq.db import Actor, Work
from sandyq.errors import Conflict, Denied, FieldError, Invalid, NotFound
from sandyq.identity import CodeState, Deed, Level, Visitor
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, GrantKind, GrantState, Occasion, Operation, StateKind
from sandyq.letters import LetterBody
from sandyq.register import identifiers
from sandyq.rights.states import ENDED
from sandyq.web import paper
from sandyq.web.adapters import showing
from sandyq.web.adapters.applicant import DOOR, PUBLIC
from sandyq.web.adapters.told import Told
from sandyq.web.adapters.words import OwnWords
from sandyq.web.views import Download, HeldItem, LogLine, Visit
from sandyq.web.views_portal import ConsentsView, DataView, Me, SignInsView, Switch

R = TypeVar("R")
_LINES: Final = 400
_LOOKS: Final = frozenset({"use.shown", "use.found", "use.exported", "distribute.sent", "correspondence.read"})
_SIGNS: Final = "identity."


class Person:
    """One session of a person inside one unit of work."""

    def __init__(self, office: Office, work: Work, who: Visitor, visit: Visit) -> None:
        self.office, self.work, self.who, self.visit = office, work, who, visit
        self.words = OwnWords.of(work, office.gate, visit.language)

    @property
    def about(self) -> str:
        """Whose data are meant."""
        return self.who.for_subject

    def must(self, deed: Deed) -> None:
        """Raises Denied: `second_factor_wanted` where a second factor would do, `outside_mandate` where the document does not name it."""
        if self.who.may(deed):
            return
        if replace(self.who, level=Level.TWO_FACTORS).may(deed):
            raise Denied("second_factor_wanted")
        raise Denied("outside_mandate" if self.who.represents else "desk_wanted")

    @property
    def cases(self) -> list[rights.Case]:
        """Requests about the person whose data are meant, and their own ones that are about nobody yet. What somebody asked for another as a representative
        is seen while they act for that person, and no longer. The order of an authority is no request of theirs, and its answer goes to the authority."""
        found = [one for one in rights.of_subject(self.work, self.about) if one.kind is not rights.Kind.AUTHORITY_ORDER]
        return [one for one in found if one.about == self.about or (not one.about and not self.who.represents)]

    def me(self) -> Me:
        """What every page says about the session."""
        work, who = self.work, self.who
        running = [case for case in self.cases if case.state not in ENDED and case.state is not rights.State.ANSWERED]
        days = [case.due for case in running if case.due.year < 9999]
        mandates, today = parties.mandates(work, who.subject), local_date(work.at)
        others = tuple((one.subject, one.kind.value, one.until) for one in mandates if any(one.may(clause, today) for clause in one.scope))
        letters = [
            one for case in self.cases for one in correspondence.of_case(work, case.id) if one.digest and one.state.value == "queued"
        ]
        return Me(
            stepped=who.level >= Level.TWO_FACTORS,
            steps=tuple(dict.fromkeys(one.kind.value for one in identity.seconds(work, who))),
            blocked=any(state.kind is StateKind.BLOCK for state in block.facts(work, self.about)),
            open_requests=len(running),
            next_day=min(days, default=None),
            new_letters=len(letters),
            represents=who.represents,
            scope=tuple(sorted(who.scope)),
            until=next((one.until for one in mandates if one.id == who.mandate), None) if who.represents else None,
            others=others,
        )

    def lines(self, wanted: Callable[[str], bool]) -> tuple[LogLine, ...]:
        """Entries of the log about the person."""
        silence = rights.withheld(self.work, self.about)
        rows = [row for row in history.about(self.work, self.about, limit=_LINES) if wanted(row.entry.act) and not silence.hides(row.entry)]
        signed = self.office.publisher.published()
        told = Told(self.work, self.words, self.about)
        return showing.lines(rows, lambda row: self.words.say(f"who.{row.entry.actor_kind}"), signed.head.size if signed else 0, told)


class Sessions:
    """Signing in and out, stepping up, acting for somebody."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def as_person(self, token: str, visit: Visit, fn: Callable[[Person], R]) -> R:
        """One unit of work as the person behind a session. Raises Denied when it has ended."""

        def unit(work: Work) -> R:
            who = identity.present(work, self._office.gate, token, parties.mandates)
            if who is None:
                raise Denied("session_ended")
            work.actor = Actor(ActorKind.SUBJECT, who.subject, DOOR)
            return fn(Person(self._office, work, who, visit))

        return await self._office.run(unit, PUBLIC)

    async def ask_code(self, iin: str, contact: str, visit: Visit) -> CodeState:
        """The first step."""
        kind = "email" if "@" in contact else "phone"
        gate = self._office.gate

        def act(work: Work) -> identity.Asked:
            return identity.ask_code(work, gate, iin[:40], kind, contact[:200], visit.browser, visit.address, visit.language)

        return (await self._office.run(act, PUBLIC)).state

    async def again(self, visit: Visit) -> CodeState:
        """Another code."""
        gate = self._office.gate
        return await self._office.run(lambda work: identity.again(work, gate, visit.browser, visit.language), PUBLIC)

    async def enter(self, code: str, visit: Visit) -> str:
        """The second step."""
        gate = self._office.gate
        return await self._office.run(lambda work: identity.enter(work, gate, visit.browser, code[:20], visit.language), PUBLIC)

    async def leave(self, token: str, visit: Visit) -> None:
        """End a session."""
        await self._office.run(lambda work: identity.leave(work, self._office.gate, token), PUBLIC)

    async def me(self, token: str, visit: Visit) -> Me:
        """Who is signed in."""
        return await self.as_person(token, visit, lambda person: person.me())

    async def step_up(self, token: str, kind: str, visit: Visit) -> CodeState:
        """Ask for a second factor."""
        gate = self._office.gate

        def act(person: Person) -> identity.Asked:
            return identity.step_up(person.work, gate, token, kind, visit.address, visit.language)

        return (await self.as_person(token, visit, act)).state

    async def step_enter(self, token: str, code: str, visit: Visit) -> str:
        """Prove it."""
        gate = self._office.gate
        return await self.as_person(token, visit, lambda person: identity.step_enter(person.work, gate, token, code[:20]))

    async def act_for(self, token: str, subject: str, visit: Visit) -> bool:
        """Go on for somebody, or for oneself."""
        gate = self._office.gate
        return await self.as_person(token, visit, lambda person: identity.act_for(person.work, gate, token, subject[:30], parties.mandates))


class Own(Sessions):
    """What is kept, the consents, the sign-ins, the package."""

    async def data(self, token: str, visit: Visit) -> DataView:
        """What is kept about the person, who looked, who got it."""
        return await self.as_person(token, visit, self._data)

    def _data(self, person: Person) -> DataView:
        person.must(Deed.SEE_MASKED)
        full = person.who.may(Deed.SEE_FULL)
        words, gate = person.words, self._office.gate
        purpose = gate.in_force(person.work).edition.form.purpose
        ask = Ask(Operation.USE, person.about, purpose, actor=ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)
        every = frozenset(words.edition.fields)
        shown = use.show(person.work, gate, ask, full=every if full else frozenset())
        held: tuple[HeldItem, ...] = ()
        if not isinstance(shown, Refusal):
            hide: frozenset[str] = (
                frozenset() if full else every - shown.permit.verdict.masks
            )  # one code opens masked views alone (design 20)
            held = showing.held(words, shown.items, hide=hide)
        others = [line for line in person.lines(lambda act: act in _LOOKS) if line.who != words.say("who.subject")]
        looks = tuple(dict.fromkeys(replace(line, at=_minute(line), proof="", number=0) for line in others))  # as a person counts looks
        return DataView(person.me(), held, showing.transfers(words, distribute.history(person.work, person.about)), looks, full)

    async def consents(self, token: str, visit: Visit) -> ConsentsView:
        """Every consent with its text."""
        return await self.as_person(token, visit, self._consents)

    def _consents(self, person: Person) -> ConsentsView:
        person.must(Deed.SEE_MASKED)
        cards = collect.cards(person.work, self._office.gate, person.visit.language)
        given = consent.proofs(person.work, person.about)
        proofs = {one.id: one for one in showing.consents(person.words, cards, given)}
        views = paper.form(person.words.edition, cards, person.visit.language).consents
        latest = {_matter(one): one for one in sorted(given, key=lambda one: one.given_at)}
        switches = []
        for card, view in zip(cards, views, strict=True):
            last = latest.pop((card.kind, card.recipient, card.channel, card.country), None)
            proof = proofs.get(last.id) if last else None
            switches.append(Switch(view, proof is not None and proof.state == "given", proof))
        rest = tuple(proofs[one.id] for one in latest.values() if one.id in proofs)
        return ConsentsView(person.me(), tuple(switches), rest)

    async def withdraw(self, token: str, grants: tuple[str, ...], sending: str, visit: Visit) -> str:
        """A withdrawal is a request: it acts at once, has its term, and is answered in writing."""

        def act(person: Person) -> str:
            person.must(Deed.WITHDRAW_ONE if grants else Deed.WITHDRAW_ALL)
            return sent_once(person, sending, ("withdraw", *grants), lambda: _withdrawn(person, grants))

        return await self.as_person(token, visit, act)

    async def agree(self, token: str, card: str, sha256: str, visit: Visit) -> None:
        """Agree to one text that was shown."""

        def act(person: Person) -> None:
            person.must(Deed.AGREE_PUBLIC)
            if person.who.represents:
                raise Denied("outside_mandate")
            collect.choose(
                person.work,
                self._office.gate,
                person.about,
                collect.Choice(card[:80], True, sha256[:64], Pressed.BUTTON_YES),
                language=visit.language,
                address=visit.address,
                agent=visit.agent,
            )

        await self.as_person(token, visit, act)

    async def sign_ins(self, token: str, visit: Visit) -> SignInsView:
        """Sign-ins, failures and changes of the one who is signed in."""

        def look(person: Person) -> SignInsView:
            lines = [replace(line, at=_minute(line), proof="", number=0) for line in person.lines(lambda act: act.startswith(_SIGNS))]
            return SignInsView(person.me(), tuple(Counter(lines).items()))

        return await self.as_person(token, visit, look)

    async def package(self, token: str, form: str, visit: Visit) -> Download:
        """Everything about the person as a file; the other contacts are told."""
        if form not in ("json", "pdf", "zip"):
            raise NotFound
        answered, body, files = await self.as_person(token, visit, lambda person: self._answered(person, form))
        name = f"my-data-{answered.digest[:8]}.{form}"
        if form == "json":
            return Download(name, "application/json", answered.package.to_json())
        pdf = await asyncio.to_thread(self._office.stationery.pdf, body, visit.language)
        if form == "pdf":
            return Download(name, "application/pdf", pdf)
        return Download(name, archive.MEDIA_TYPE, archive.stream(answered.package, files, pdf))

    def _answered(self, person: Person, form: str) -> tuple[access.Answered, LetterBody, Mapping[str, Iterator[bytes]]]:
        """The answer, its letter, and (for an archive) the uploads by name."""
        person.must(Deed.EXPORT)
        office, work = self._office, person.work
        answered = answers.to_the_person(office, work, person.about, full=True, language=person.visit.language)
        if isinstance(answered, Refusal):
            raise Conflict(answered.verdict.reasons[0].code)
        number = access_letter.number(answered.package, answered.leaf)
        body = access_letter.body(
            answered.package, answered.leaf, person.words.edition.words, number=number, answers="", received_on=None, due=None
        )
        files = archive.uploads(work, office.gate, office.settings.media_dir, answered) if form == "zip" else dict[str, Iterator[bytes]]()
        identity.tell(work, person.who.subject, "exported")
        return answered, body, {} if isinstance(files, Refusal) else files


def _minute(line: LogLine) -> datetime:
    """What happened again within a minute is one line to a person."""
    return line.at.replace(second=0, microsecond=0)


def opened(
    person: Person, kind: rights.Kind, wants: tuple[rights.Wanted, ...], *, text: str = "", documents: tuple[str, ...] = (), entry: str = ""
) -> rights.Case:
    """Put a request of this session on file, and tell the person's contacts."""
    new = rights.NewCase(
        kind=kind,
        channel=rights.Channel.PORTAL,
        asker=person.who.subject,
        about=person.about,
        language=person.visit.language,
        text=text,
        level=person.who.level,
        representative=person.who.mandate,
        wants=wants,
        documents=documents,
        entry=entry,
    )
    made = rights.open_case(person.work, person.office.rights, new)
    identity.tell(person.work, person.about, "asked")
    return made


def _withdrawn(person: Person, grants: tuple[str, ...]) -> str:
    """Only what this person gave and what still stands can be taken back. Raises Conflict."""
    given = {one.id for one in consent.proofs(person.work, person.about) if one.state is GrantState.GIVEN and one.ended_at is None}
    if not given.issuperset(grants):
        raise Conflict("consent_not_given_now")
    return opened(person, rights.Kind.WITHDRAW, tuple(rights.Wanted(rights.What.GRANT, one) for one in grants)).id


def sent_once(person: Person, sending: str, content: tuple[str, ...], act: Callable[[], str]) -> str:
    """Do for a form that was sent twice (a double press, another try after a lost answer) what one sending does; gives the request that it made.
    `sending` names the form as it was shown; what was changed before the second sending is another wish."""
    if not sending:
        return act()
    key = "\x1f".join((sending[:100], person.about, *content))
    mark = once.mark(person.office.ring, person.work.actor, "portal", key, b"")
    return once.do(person.work, mark, act, once.Keeping(lambda made: made, lambda work, made: made))


def checked_contact(contact: str) -> tuple[str, str]:
    """Kind and normal form of a contact as typed. Raises Invalid."""
    kind = "email" if "@" in contact else "phone"
    found = identifiers.KINDS[kind](contact)
    if found.error or not found.value:
        raise Invalid([FieldError("contact", found.error or "missing", {}, ("6.2.7",))])
    return kind, found.value


def _matter(grant: ProvenGrant) -> tuple[GrantKind, str, str, str]:
    return grant.kind, grant.recipient, grant.channel, grant.country
