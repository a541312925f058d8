"""The form and the receipt: a person's side of an office. On the receipt it is the person who acts, and each look at their data is on record."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

import msgspec

from sandyq import applications, block, collect, consent, correspondence, destroy, distribute, requests, rights, use
from sandyq.app import Office
from sandyq.audit import history, publish, store
from sandyq.audit.history import Numbered
from sandyq.audit.proof import Proof
from sandyq.audit.recording import Entry, decode
from sandyq.clock import instant, micros
from sandyq.collect import Choice, CodeState, Rejected, Stored, Submission, claims
from sandyq.collect.claims import Holder
from sandyq.collect.records import SubmissionRow
from sandyq.consent import ProvenGrant
from sandyq.consent.facts import Pressed
from sandyq.db import Actor, Work
from sandyq.errors import Conflict, Denied, FieldError, Invalid, NotFound, NotReady, SandyqError
from sandyq.law.ask import Ask
from sandyq.law.decide import decide
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation, StandingAct, StateKind
from sandyq.letters import LetterBody, title
from sandyq.letters.certificate import CertificateBody
from sandyq.register import media, subjects
from sandyq.requests import Kind, Order
from sandyq.web import paper
from sandyq.web.adapters import showing
from sandyq.web.adapters.told import Told
from sandyq.web.adapters.words import OwnWords, Words
from sandyq.web.views import Application, Download, FormView, HeldItem, LogLine, ReceiptView, Received, Visit

R = TypeVar("R")
DOOR: Final = "web"
PUBLIC: Final = Actor("public", "", DOOR)
_LINES = 200
_FORMS: Final = ("pdf", "json")
_HIDDEN_PHONE = "+7 ••• ••• •• "


class Applicants:
    """The port of the form and the receipt."""

    def __init__(self, office: Office) -> None:
        self._office = office

    # --- the form ------------------------------------------------------------------------------------------------------------------------

    async def form(self, language: str) -> FormView:
        """The form that the policy in force asks for, with the partners that could get a lead now."""

        def look(work: Work) -> FormView:
            gate = self._office.gate
            return paper.form(gate.in_force(work).edition, collect.cards(work, gate, language), language)

        return await asyncio.to_thread(self._office.read, look)

    async def submit(self, application: Application, visit: Visit) -> Received:
        """Take an application in. Files are sealed before the unit of work and go when it is not kept."""
        sealed, faults = await self._sealed(application)
        try:
            if faults:
                raise Invalid(faults)
            sent = _submission(application, visit, sealed)
            made = await self._office.run(lambda work: collect.submit(work, self._office.gate, sent), PUBLIC)
            if isinstance(made, Rejected):
                raise Invalid(made.errors)
        except SandyqError as error:
            if not isinstance(error, NotReady):  # a store that failed may have kept the form: then the next start looks whose the file is
                self._discard(sealed)
            raise
        if not made.submission:
            self._discard(sealed)
        return Received(made.claim, _HIDDEN_PHONE + made.phone_hint[-2:])

    def _discard(self, sealed: tuple[Stored, ...]) -> None:
        for stored in sealed:
            media.discard(self._office.settings.media_dir, stored.upload.media_id)

    async def _sealed(self, application: Application) -> tuple[tuple[Stored, ...], list[FieldError]]:
        folder, us = self._office.settings.media_dir, micros(self._office.clock.now())
        sealed, faults = [], []
        for upload in application.uploads:
            try:
                made = await asyncio.to_thread(partial(media.receive, folder, [upload.content], us))
            except SandyqError as error:
                faults.append(FieldError(f"file.{upload.field}", error.code, dict(error.params), ("6.2.5",)))
            else:
                sealed.append(Stored(upload.field, made))
        return tuple(sealed), faults

    async def confirm_phone(self, code: str, visit: Visit) -> CodeState:
        """The code of the application sent from this browser: on success the lead goes on its way, or waits for the desk; the page shows no difference."""
        try:
            state, _ = await self._office.run(lambda work: applications.confirm(work, self._office.gate, visit.browser, code), PUBLIC)
        except NotFound:
            return CodeState(False)
        return state

    async def resend(self, visit: Visit) -> CodeState:
        """Another code to the same phone."""
        return await self._office.run(lambda work: collect.resend_code(work, self._office.gate, visit.browser), PUBLIC)

    # --- the receipt ---------------------------------------------------------------------------------------------------------------------

    async def ask_code(self, claim: str, visit: Visit) -> tuple[CodeState, str]:
        """The first step; the text is a session where the claim code alone opens what is left of a destroyed person."""
        asked = await self._office.run(
            lambda work: claims.ask_code(work, self._office.gate, claim[:60], visit.browser, visit.address), PUBLIC
        )
        return asked.state, asked.session

    async def enter(self, code: str, visit: Visit) -> str:
        """The second step: a session, or nothing."""
        return await self._office.run(lambda work: claims.enter(work, self._office.gate, visit.browser, code), PUBLIC)

    async def leave(self, token: str, visit: Visit) -> None:
        """End a session."""
        await self._office.run(lambda work: claims.leave(work, self._office.gate, token), PUBLIC)

    async def receipt(self, token: str, visit: Visit) -> ReceiptView:
        """Everything about the person behind a session."""
        return await self._as_person(token, lambda work, holder: _Receipt(self._office, work, holder, visit.language).view())

    async def withdraw(self, token: str, grant: str, visit: Visit) -> None:
        """Withdraw one consent through the desk, so that recipients are told."""

        def act(work: Work, holder: Holder) -> requests.Answer:
            return requests.order(work, self._office.desk, Order(Kind.WITHDRAW, holder.subject, target=grant[:30]))

        answer = await self._as_person(token, act)
        if isinstance(answer, Refusal):
            first = answer.verdict.reasons[0]
            raise Conflict(first.code, **dict(first.params))

    async def proof(self, token: str, leaf: str, visit: Visit) -> Download:
        """The proof of one entry about this person, the entry itself inside (C2SP tlog-proof with `extra`). Another's entry looks like none."""

        def look(work: Work, holder: Holder) -> publish.Proved:
            tied = store.links(work, holder.subject, leaf + "0", 1) == [leaf]
            certified = any(plan.certificate and plan.leaf == leaf for plan in destroy.plans(work, holder.subject))
            if not (tied or certified):
                raise NotFound
            return publish.prove(work, self._office.folder, leaf)

        proved = await self._as_person(token, look)
        text = str(replace(Proof.parse(proved.proof), extra=proved.entry))
        return Download(f"entry-{proved.number}.tlog-proof", "text/plain; charset=utf-8", text.encode())

    async def certificate(self, token: str, form: str, visit: Visit) -> Download:
        """The certificate as PDF, or as the JSON that the verifier takes."""
        if form not in _FORMS:
            raise NotFound

        def look(work: Work, holder: Holder) -> tuple[CertificateBody, publish.Proved | None, dict[str, str]]:
            plan = _certified(work, holder.subject)
            body = certificate_of(self._office, work, plan) if plan else None
            if plan is None or body is None:
                raise NotFound("certificate_not_there")
            proved = publish.prove(work, self._office.folder, plan.leaf) if form == "json" else None
            return body, proved, Words.of(work, self._office.gate, visit.language).names()

        body, proved, names = await self._as_person(token, look)
        name = f"certificate-{body.number.lower()}.{form}"
        if proved is not None:
            outer = {"body": msgspec.Raw(body.to_json()), "leaf": proved.entry, "proof": proved.proof}
            return Download(name, "application/json", msgspec.json.format(msgspec.json.encode(outer), indent=1))
        from sandyq.letters.certificate import render_pdf  # the typesetter is loaded with the first letter

        return Download(name, "application/pdf", await asyncio.to_thread(render_pdf, body, visit.language, names))

    async def letter(self, token: str, entry: str, form: str, visit: Visit) -> Download:
        """A sealed answer to somebody who was destroyed since: the claim code is what they have left. Another's letter looks like none."""

        def look(work: Work, holder: Holder) -> LetterBody:
            made = correspondence.one(work, entry)
            if subjects.alive(work, holder.subject) or made.id not in {one.id for one in _issued(work, holder.subject)}:
                raise NotFound
            work.actor = Actor(ActorKind.SUBJECT, made.subject, DOOR)
            found = correspondence.letter(work, self._office.gate, made)
            if isinstance(found, Refusal):
                raise Denied("letter_closed")
            correspondence.fetched(work, made)
            return LetterBody.from_json(found)

        body = await self._as_person(token, look)
        return await showing.letter(self._office.stationery, body, form, visit.language)

    async def _as_person(self, token: str, fn: Callable[[Work, Holder], R]) -> R:
        """One unit of work as the person behind a session. Raises Denied when it has ended."""

        def unit(work: Work) -> R:
            holder = claims.session(work, self._office.gate, token)
            if holder is None:
                raise Denied("session_ended")
            work.actor = Actor(ActorKind.SUBJECT, holder.subject, DOOR)
            return fn(work, holder)

        return await self._office.run(unit, PUBLIC)


def _submission(application: Application, visit: Visit, sealed: tuple[Stored, ...]) -> Submission:
    choices = tuple(
        Choice(made.id, made.given, made.sha256, Pressed.BUTTON_YES if made.given else Pressed.BUTTON_NO) for made in application.choices
    )
    return Submission(
        visit.language,
        DOOR,
        application.values,
        choices,
        sealed,
        browser=visit.browser,
        address=visit.address,
        agent=visit.agent,
        once=application.once,
    )


def letters(work: Work, subject: str, language: str) -> tuple[tuple[str, str], ...]:
    """Answers that a person can fetch, the newest first."""
    return tuple((one.id, f"{title(one.kind, language)} ({one.number})") for one in reversed(_issued(work, subject)))


def _issued(work: Work, subject: str) -> list[correspondence.Entry]:
    """Letters to a person, and answers to what was asked about them by e-mail, oldest first: these are kept with whoever wrote. An answer to an authority is
    the authority's."""
    cases = rights.of_subject(work, subject)
    orders = {case.id for case in cases if case.kind is rights.Kind.AUTHORITY_ORDER}
    asked = [entry for case in cases if case.about == subject for entry in correspondence.of_case(work, case.id)]
    every = {entry.id: entry for entry in (*correspondence.of_subject(work, subject), *asked)}
    return [every[id_] for id_ in sorted(every) if every[id_].digest and every[id_].case not in orders]


def _certified(work: Work, subject: str) -> destroy.Plan | None:
    return next((plan for plan in reversed(destroy.plans(work, subject)) if plan.certificate), None)


def certificate_of(office: Office, work: Work, plan: destroy.Plan) -> CertificateBody | None:
    """The certificate of a destruction, opened through the gate as the person's own; None where the gate refuses (its own term is over)."""
    purpose = office.gate.in_force(work).edition.form.purpose
    ask = Ask(
        Operation.USE,
        plan.subject,
        purpose,
        actor=ActorKind(work.actor.kind),
        actor_id=work.actor.id,
        occasion=Occasion.OWN_ACCESS,
        items=frozenset({plan.certificate}),
    )
    answer = office.gate.ask(work, ask)
    if isinstance(answer, Refusal):
        return None
    return CertificateBody.from_json(office.gate.open(work, answer)[plan.certificate].values["certificate"].encode())


class _Receipt:
    """One look of a person at what is kept about them."""

    def __init__(self, office: Office, work: Work, holder: Holder, language: str) -> None:
        self._office = office
        self._work = work
        self._subject = holder.subject
        self._form = next(form for form in collect.submissions(work, holder.subject) if form.id == holder.submission)
        self._words = OwnWords.of(work, office.gate, language)

    def view(self) -> ReceiptView:
        work, words, office, subject = self._work, self._words, self._office, self._subject
        alive = subjects.alive(work, subject)
        plan = None if alive else _certified(work, subject)
        body = certificate_of(office, work, plan) if plan else None
        cards = collect.cards(work, office.gate, words.language)
        return ReceiptView(
            number_of(self._form),
            instant(self._form.received_us),
            self._state(alive),
            self._held() if alive else (),
            showing.consents(words, cards, consent.proofs(work, subject), self._why_not() if alive else lambda grant: ""),
            showing.transfers(words, distribute.history(work, subject)),
            self._log(plan),
            showing.destruction(work, words, office.holders, subject, body),
            () if alive else letters(work, subject, words.language),
        )

    def _state(self, alive: bool) -> str:
        if not alive:
            return "destroyed"
        if any(state.kind is StateKind.BLOCK for state in block.facts(self._work, self._subject)):
            return "blocked"
        return "waiting_code" if self._form.state == "waiting_code" else "received"  # that the desk looks first is not shown

    def _held(self) -> tuple[HeldItem, ...]:
        ask = Ask(Operation.USE, self._subject, self._form.purpose, actor=ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)
        shown = use.show(self._work, self._office.gate, ask)
        if isinstance(shown, Refusal):
            return ()
        hidden = self._words.edition.policy.masked - shown.permit.verdict.masks  # a code alone opens masked views (design 20)
        return showing.held(self._words, shown.items, hide=hidden)

    def _why_not(self) -> Callable[[ProvenGrant], str]:
        """Asks the law for each consent whether it could be withdrawn now; the facts are gathered once."""
        work, gate = self._work, self._office.gate
        ask = Ask(StandingAct.WITHDRAW, self._subject, "", actor=ActorKind.SUBJECT, occasion=Occasion.RESTRICTIVE)
        _, facts = gate.weigh(work, ask)
        book = gate.in_force(work).book

        def why(grant: ProvenGrant) -> str:
            verdict = decide(replace(ask, purpose=grant.purpose, recipient=grant.recipient), facts, book, work.at)
            return "" if verdict.permitted else " ".join(reason.text for reason in self._words.reasons(verdict))

        return why

    def _log(self, plan: destroy.Plan | None) -> tuple[LogLine, ...]:
        silence = rights.withheld(self._work, self._subject)
        rows = [row for row in history.about(self._work, self._subject, limit=_LINES) if not silence.hides(row.entry)]
        if not rows and plan is not None:
            rows = [Numbered(*_entry(self._work, plan.leaf))]
        signed = self._office.publisher.published()
        return showing.lines(rows, self._who, signed.head.size if signed else 0, Told(self._work, self._words, self._subject))

    def _who(self, row: Numbered) -> str:
        entry = row.entry
        if entry.actor_kind == ActorKind.STAFF:
            return self._words.say("who.staff")
        return self._words.say(f"who.{entry.actor_kind}")


def _entry(work: Work, leaf: str) -> tuple[int, Entry]:
    number, body = publish.numbered(work, leaf)
    return number, decode(body)


def number_of(form: SubmissionRow) -> str:
    """What people call a form: the year and the end of its random id."""
    return f"{instant(form.received_us).year}-{form.id[-8:].upper()}"
