"""Requests on a person's own pages: what can be asked and by when it is answered, the form, the list, one request with its clocks in plain words, letters."""

import asyncio
from dataclasses import replace
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Final

from sandyq import collect, consent, correspondence, identity, requests, rights
from sandyq.change import CONTACTS
from sandyq.clock import micros
from sandyq.collect import codes
from sandyq.correspondence import Incoming, Scan
from sandyq.db import Work
from sandyq.errors import Denied, FieldError, Invalid, NotFound, SandyqError
from sandyq.gate import Gate
from sandyq.identity import Deed
from sandyq.law.calendar import local_date
from sandyq.law.decision import Refusal
from sandyq.letters import LetterBody, compose, paper
from sandyq.letters import title as letter_title
from sandyq.policy import answers
from sandyq.register import items, media
from sandyq.rights import Case, Clock, Kind, Part, State, Wanted, What, clocks
from sandyq.rights.facts import NEVER, PartState
from sandyq.rights.kinds.handling import LISTED
from sandyq.rights.states import DEED, ENDED, Limb
from sandyq.web.adapters import showing
from sandyq.web.adapters.applicant import PUBLIC
from sandyq.web.adapters.portal import Own, Person, opened, sent_once
from sandyq.web.views import Download, Visit
from sandyq.web.views_portal import (
    AskView,
    CaseLine,
    CaseView,
    ClockView,
    FieldChange,
    KindLine,
    LetterLine,
    Me,
    NewRequest,
    PartLine,
)

ASKED: Final = (
    Kind.ACCESS,
    Kind.RECTIFY,
    Kind.BLOCK,
    Kind.UNBLOCK,
    Kind.DESTROY,
    Kind.PUBLIC_SOURCES,
    Kind.COMPLAINT,
    Kind.AUTOMATED_OBJECTION,
    Kind.NOT_ME,
)
"""What the page offers; a withdrawal has its switches on the page of consents."""
_DAMAGE: Final = ("moral", "material")
_UNDONE: Final = frozenset({PartState.REFUSED, PartState.NOT_HELD})
_REFUSING: Final = frozenset({"refused", "partly"})
_REASONS: Final = "reasons-1"
_LETTER: Final = "letter-1"
"""Where the letters keep their sentences: page and letter say the same."""
_MOST_TEXT: Final = 5000
_PLAIN: Final = frozenset({"text", "phone", "email", "date", "name", "integer", "money", "iin", "choice"})


class Requests(Own):
    """The port of requests."""

    async def kinds(self, token: str, visit: Visit) -> tuple[Me, tuple[KindLine, ...]]:
        """What can be asked, and the last day for each if it is asked today."""

        def look(person: Person) -> tuple[Me, tuple[KindLine, ...]]:
            me = person.me()
            wanted = [kind for kind in ASKED if kind is not Kind.UNBLOCK or me.blocked]
            return me, tuple(_line(person, kind) for kind in wanted)

        return await self.as_person(token, visit, look)

    async def cases(self, token: str, visit: Visit) -> tuple[Me, tuple[CaseLine, ...]]:
        """The requests, newest first."""

        def look(person: Person) -> tuple[Me, tuple[CaseLine, ...]]:
            person.must(Deed.SEE_CASES)
            return person.me(), tuple(_case_line(person.work, case) for case in reversed(person.cases))

        return await self.as_person(token, visit, look)

    async def ask_form(self, token: str, kind: str, visit: Visit) -> AskView:
        """The form of one kind."""
        named = _kind(kind)

        def look(person: Person) -> AskView:
            person.must(DEED[named])
            fields, missing = _correctable(person) if named is Kind.RECTIFY else ((), ())
            return AskView(person.me(), _line(person, named), fields, missing, _claims(person) if named is Kind.DESTROY else ())

        return await self.as_person(token, visit, look)

    async def ask(self, token: str, new: NewRequest, visit: Visit) -> str:
        """Put a request on file. What was uploaded is sealed before the unit of work and goes when it is not kept."""
        named = _kind(new.kind)
        sealed = await self._sealed(new)
        used = False

        def act(person: Person) -> str:
            def first() -> str:
                nonlocal used
                used = True
                return self._asked(person, named, new, sealed).id

            return sent_once(person, new.sending, _content(new), first)

        try:
            return await self.as_person(token, visit, act)
        except SandyqError:
            used = False
            raise
        finally:
            if not used:
                for scan in sealed:
                    media.discard(self._office.settings.media_dir, scan.upload.media_id)

    async def _sealed(self, new: NewRequest) -> tuple[Scan, ...]:
        folder, us = self._office.settings.media_dir, micros(self._office.clock.now())
        found, faults = [], []
        for upload in new.uploads:
            try:
                made = await asyncio.to_thread(partial(media.receive, folder, [upload.content], us))
            except SandyqError as error:
                faults.append(FieldError("file", error.code, dict(error.params), ("6.2.5",)))
            else:
                found.append(Scan(upload.name[:120], made))
        if faults:
            for scan in found:
                media.discard(folder, scan.upload.media_id)
            raise Invalid(faults)
        return tuple(found)

    def _asked(self, person: Person, kind: Kind, new: NewRequest, scans: tuple[Scan, ...]) -> Case:
        person.must(Deed.AGREE_PUBLIC if new.publication == "yes" else DEED[kind])
        faults = [FieldError("text", "text_too_long", {"most": _MOST_TEXT})] if len(new.text) > _MOST_TEXT else []
        if kind in (Kind.COMPLAINT, Kind.NOT_ME) and not new.text:
            faults.append(FieldError("text", "missing", {}, ("4.1.7",)))
        wants = _wants(kind, new)
        if kind is Kind.RECTIFY and not wants:
            faults.append(FieldError("values", "missing", {}, ("4.1.2",)))
        faults += _misfits(person, new) if kind is Kind.RECTIFY else []
        faults += [FieldError("values", "contact_needs_identity", {}, ("4.1.2", "8.3")) for want in wants if want.id in CONTACTS]
        if kind is Kind.PUBLIC_SOURCES and new.publication not in ("yes", "no"):
            faults.append(FieldError("publication", "missing", {}, ("4.1.6",)))
        if faults:
            raise Invalid(faults)
        entry = _journal(person, new, scans)
        documents = _filed(person, new, scans)
        return opened(person, kind, wants, text=new.text, documents=documents, entry=entry)

    async def case(self, token: str, case: str, visit: Visit) -> CaseView:
        """One request. Another person's looks like none."""
        return await self.as_person(token, visit, lambda person: _case_view(person, _own(person, case)))

    async def retract(self, token: str, case: str, visit: Visit) -> None:
        """Take a request back. What was done at once (a block) stays."""

        def act(person: Person) -> None:
            made = _own(person, case)
            person.must(DEED[made.kind])
            rights.retract(person.work, person.office.rights, made.id)

        await self.as_person(token, visit, act)

    async def add_document(self, token: str, case: str, new: NewRequest, visit: Visit) -> None:
        """One more paper for a request that waits for one."""
        sealed = await self._sealed(new)

        def act(person: Person) -> None:
            made = _own(person, case)
            person.must(DEED[made.kind])
            if not new.document and not sealed:
                raise Invalid([FieldError("document", "missing", {}, ("4.1.2",))])
            entry = _journal(person, new, sealed)
            if entry:
                correspondence.register(person.work, entry, made.id)
            rights.add_documents(person.work, person.office.rights, made.id, _filed(person, new, sealed))

        await self.as_person(token, visit, act)

    async def open_link(self, secret: str, visit: Visit) -> bool:
        """Whether a link of a mail leads anywhere; the first browser that opens it keeps it."""
        gate = self._office.gate
        return await self._office.run(lambda work: identity.by_link(work, gate, secret[:80], visit.browser), PUBLIC) is not None

    async def proving(self, token: str, secret: str, visit: Visit) -> str:
        """The number of the request that a link asks to prove; empty when it is over."""

        def look(person: Person) -> str:
            found = identity.by_link(person.work, self._office.gate, secret[:80], visit.browser)
            return rights.case(person.work, found).number if found else ""

        return await self.as_person(token, visit, look)

    async def prove(self, token: str, secret: str, visit: Visit) -> str:
        """The request that a mail brought is this person's, who said so while signed in; the link is spent. Gives the request's id."""

        def act(person: Person) -> str:
            work, gate = person.work, self._office.gate
            found = identity.by_link(work, gate, secret[:80], visit.browser)
            if found is None or person.who.represents:
                raise NotFound("link_over")
            try:
                rights.identified(work, person.office.rights, found, person.who.subject, person.who.level, person.who.session)
            except Denied as error:
                raise Denied("second_factor_wanted" if error.code == "identity_too_low" else error.code) from None
            identity.spend_link(work, gate, secret[:80])
            identity.tell(work, person.who.subject, "asked")
            return found

        return await self.as_person(token, visit, act)

    async def letter(self, token: str, entry: str, form: str, visit: Visit) -> Download:
        """A letter as PDF, or as the JSON that the log vouches for: fetched here, it is delivered."""
        body = await self.as_person(token, visit, lambda person: _fetched(person, entry))
        return await showing.letter(self._office.stationery, body, form, visit.language)


def _fetched(person: Person, entry_id: str) -> LetterBody:
    entry = correspondence.one(person.work, entry_id)
    loose = not entry.case and entry.subject == person.about and not person.who.represents
    mine = loose or entry.case in {case.id for case in person.cases}
    if not mine or not entry.digest:
        raise NotFound
    person.must(Deed.SEE_FULL)
    person.work.actor = type(person.work.actor)(person.work.actor.kind, entry.subject, person.work.actor.door)
    return fetch(person.work, person.office.gate, entry)


def fetch(work: Work, gate: Gate, entry: correspondence.Entry) -> LetterBody:
    """Open a letter for its person and note that it was fetched. Raises Denied when the law does not open it."""
    found = correspondence.letter(work, gate, entry)
    if isinstance(found, Refusal):
        raise Denied("letter_closed")
    correspondence.fetched(work, entry)
    return LetterBody.from_json(found)


def letters_of(work: Work, language: str, entries: list[correspondence.Entry]) -> tuple[LetterLine, ...]:
    """Letters that can be fetched, newest first."""
    return tuple(
        LetterLine(one.id, one.number, letter_title(one.kind, language), one.made_at, one.state.value != "queued")
        for one in reversed(entries)
        if one.digest
    )


def _content(new: NewRequest) -> tuple[str, ...]:
    """Everything that was filled in, for telling a second sending from another wish; it goes into a keyed token and nowhere else."""
    pairs = [f"{name}={value}" for name, value in (*new.values, *new.claims)]
    files = [f"{one.name}:{sha256(one.content).hexdigest()}" for one in new.uploads]
    return ("ask", new.kind, new.text, new.document, new.publication, new.place, *pairs, *files)


def _kind(kind: str) -> Kind:
    if kind not in {one.value for one in ASKED}:
        raise NotFound
    return Kind(kind)


def _own(person: Person, case_id: str) -> Case:
    found = next((case for case in person.cases if case.id == case_id), None)
    if found is None:
        raise NotFound("case_unknown")
    return found


def _line(person: Person, kind: Kind) -> KindLine:
    """The last day for an answer: what starts with the receipt, or for a correction with the papers."""
    today = local_date(person.work.at)
    gate = person.office.gate
    rules, calendar = gate.in_force(person.work).deadlines, gate.calendar()
    limb = Limb.DOCUMENTS if kind is Kind.RECTIFY else Limb.RECEIPT
    days = [one.due for one in clocks.started(kind, limb, today, rules, calendar, 1)]
    return KindLine(kind.value, person.who.may(DEED[kind]), min(days, default=None))


def _correctable(person: Person) -> tuple[tuple[FieldChange, ...], tuple[FieldChange, ...]]:
    """What is held and can be set right, and what the purposes of that list and can be supplemented (4.1.2)."""
    kept = [item for item in items.legal(person.work, person.about) if item.klass == "data" and not item.superseded_at]
    held = {field for item in kept for field in item.fields}
    words, known = person.words, person.words.edition.policy.purposes
    listed = {field for item in kept for purpose in item.purposes if purpose in known for field in known[purpose].fields}
    asked = {*words.edition.form.required, *words.edition.form.optional}
    specs = {name: spec for name, spec in words.edition.fields.items() if spec.kind != "file" and name not in CONTACTS}

    def shown(name: str) -> FieldChange:
        choices = tuple((code, words.edition.choice(code, words.language)) for code in specs[name].choices)
        return FieldChange(name, specs[name].label[words.language], choices)

    wrong, missing = [n for n in specs if n in held], [n for n in specs if n in (listed & asked) - held]
    return tuple(map(shown, wrong)), tuple(map(shown, missing))


def _misfits(person: Person, new: NewRequest) -> list[FieldError]:
    """Values that no document could prove: a day that does not exist, a word for a number."""
    specs, today = person.words.edition.fields, local_date(person.work.at)
    typed = [(specs[name], value) for name, value in new.values if name in specs and name not in CONTACTS]
    found = [answers.normal(spec, value, today, adult=False)[1] for spec, value in typed]
    return [replace(fault, field=fault.field.replace("data.", "value."), cites=fault.cites[:1]) for fault in found if fault]


def _claims(person: Person) -> tuple[str, ...]:
    """The codes by which the answer can be fetched once the data, and with them the phone, are gone."""
    if not person.who.may(Deed.SEE_FULL):
        return ()
    forms = collect.submissions(person.work, person.about)
    return tuple(codes.claim_of(person.office.ring, form.id) for form in forms[-1:])


def _wants(kind: Kind, new: NewRequest) -> tuple[Wanted, ...]:
    if kind is Kind.RECTIFY:
        return tuple(Wanted(What.FIELD, field[:60], value) for field, value in new.values if value)
    if kind is Kind.COMPLAINT:
        return tuple(Wanted(What.CLAIM, damage, value) for damage, value in new.claims if value and damage in _DAMAGE)
    if kind is Kind.PUBLIC_SOURCES:
        place = (Wanted(What.PLACE, "", new.place),) if new.place and new.publication == "no" else ()
        return (Wanted(What.PUBLICATION, new.publication), *place)
    return ()


def _journal(person: Person, new: NewRequest, scans: tuple[Scan, ...]) -> str:
    """What was written and uploaded stands in the journal of 3.10, sealed."""
    if not scans:
        return ""
    incoming = Incoming(
        channel=correspondence.Channel.PORTAL,
        text=new.text or new.document,
        scans=scans,
        language=person.visit.language,
        subject=person.who.subject,
    )
    return correspondence.receive(person.work, person.office.gate, incoming).entry.id


def _filed(person: Person, new: NewRequest, scans: tuple[Scan, ...]) -> tuple[str, ...]:
    """The paper by its name and number, on file of the person whose data are meant."""
    named = new.document or (scans[0].name if scans else "")
    if not named:
        return ()
    return (requests.file_document(person.work, person.office.gate, person.about, requests.DocumentKind.PROOF, named[:200]),)


def _case_line(work: Work, case: Case) -> CaseLine:
    due = case.due if case.due != NEVER and case.state not in ENDED else None
    letters = sum(1 for one in correspondence.of_case(work, case.id) if one.digest)
    return CaseLine(case.id, case.number, case.kind.value, case.state.value, case.received_at, due, case.outcome, letters)


def _case_view(person: Person, case: Case) -> CaseView:
    person.must(Deed.SEE_CASES)
    entries = correspondence.of_case(person.work, case.id)
    full = person.who.may(Deed.SEE_FULL)
    written = rights.written(person.work, person.office.rights, case.id) if full and not person.who.represents else {}
    running = case.state not in ENDED and case.state is not State.ANSWERED
    return CaseView(
        person.me(),
        _case_line(person.work, case),
        tuple(_clock(person, clock) for clock in case.clocks),
        tuple(
            replace(_part(person, case, part), asked=_value(person, part, written.get(f"part_{part.no}", "")))
            for part in case.parts
            if part.reason != LISTED
        ),  # what asked for everything stands below one by one
        letters_of(person.work, person.visit.language, entries),
        len(rights.withheld(person.work, case.person).without(case.documents)),
        may_retract=running and case.state is not State.CARRYING_OUT,
        may_add=case.state in (State.OPEN, State.WANTING_DOCUMENTS, State.IDENTIFYING),
        written=written.get("request_text", ""),
        claims=_claims(person) if case.kind is Kind.DESTROY else (),
        appeal=_appeal(person, case),
    )


def _value(person: Person, part: Part, asked: str) -> str:
    """A value that was asked for; of a closed list its words, not its code."""
    edition = person.words.edition
    spec = edition.fields.get(part.target) if part.what is What.FIELD else None
    return edition.choice(asked, person.visit.language) if spec and asked in spec.choices else asked


def _clock(person: Person, clock: Clock) -> ClockView:
    due = rights.explain(clock, person.office.gate.calendar())
    days: tuple[tuple[date, bool], ...] = tuple((day.date, day.counted) for day in due.counted) if due else ()
    return ClockView(clock.duty, clock.due, clock.state.value, clock.started, clock.term, days)


def _part(person: Person, case: Case, part: Part) -> PartLine:
    words = person.words
    what = words.say(f"portal.part.{part.what.value}")
    if part.what is What.FIELD and part.target in words.edition.fields:
        what = words.edition.fields[part.target].label[person.visit.language]
    elif part.what is What.ITEM:
        item = next((one for one in items.legal(person.work, case.person) if one.item_id == part.target), None)
        what = words.category(item.category) if item else what
    elif part.what is What.GRANT:
        given = next((one for one in consent.proofs(person.work, case.person) if one.id == part.target), None)
        what = showing.consent_name(words, given) if given else what
    elif part.what is What.RECIPIENT:
        what = words.recipient(part.target)
    elif part.what is What.DECISION:
        what = rights.named(person.work, person.office.rights, case, part, person.visit.language) or what
    elif part.what in (What.CLAIM, What.PUBLICATION):
        what = words.say(f"portal.part.{part.what.value}.{part.target}")
    reviewed = part.what is What.DECISION
    if part.state not in _UNDONE:
        stopped = reviewed and part.state is PartState.DONE and rights.took_back(person.work, case, part)
        return PartLine(what, "stopped" if stopped else part.state.value, decision=reviewed)
    sentences = paper.wording(_REASONS, person.visit.language)["reason"]
    why = str(sentences.get(part.reason) or sentences.get(part.state.value, ""))
    return PartLine(what, part.state.value, why, words.basis(part.clause, part.article), decision=reviewed)


def _appeal(person: Person, case: Case) -> tuple[str, ...]:
    """Whom the Law names for whoever does not agree, as the letter of the answer says it; nobody while nothing was refused."""
    if case.outcome not in _REFUSING:
        return ()
    named = paper.wording(_LETTER, person.visit.language)["appeal"]
    return tuple(named[code] for code in compose.APPEAL)
