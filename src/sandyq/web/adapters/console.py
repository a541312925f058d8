"""The staff's side: every call is a unit of work of the member behind the session, who must have the power for it; what is turned away is on record."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, TypeVar

from sandyq import audit, block, collect, consent, distribute, requests, rights, speech, staff, use
from sandyq.app import Office, once
from sandyq.audit import Act, Leaf, history
from sandyq.audit.history import Numbered
from sandyq.db import Work
from sandyq.errors import Denied, FieldError, Invalid, NotFound
from sandyq.ids import is_id
from sandyq.law.ask import Ask
from sandyq.law.calendar import day_ends, local_date
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Operation, StandingAct, StateKind
from sandyq.register import index, items, subjects
from sandyq.requests import Decided, DocumentKind, Done, Kind
from sandyq.staff import Caller, NotSignedIn, Power
from sandyq.use.masks import masked
from sandyq.web.adapters import members, showing
from sandyq.web.adapters.members import NOBODY
from sandyq.web.adapters.words import Words
from sandyq.web.views import (
    FORMS,
    AssertedView,
    Criteria,
    FindView,
    Hit,
    LogLine,
    OpenState,
    OpenTransfer,
    Order,
    Ordered,
    PersonView,
    RefusalView,
    StaffView,
    StateView,
    Visit,
)
from sandyq.web.views_desk import DayLog

R = TypeVar("R")
_MOST_PASSWORD = 256
_LINES = 200
_PAGE = 500
_LOG_PAGE = 50
_COMPARED = ("iin", "phone", "email")
_ORDERS: Final = {
    "block": Operation.BLOCK,
    "release": StandingAct.RELEASE,
    "hold": StandingAct.HOLD,
    "unhold": StandingAct.UNHOLD,
    "withdraw": StandingAct.WITHDRAW,
    "destroy": Operation.DESTROY,
}
_KINDS: Final = {
    ("block", ""): Kind.BLOCK,
    ("hold", ""): Kind.HOLD,
    ("withdraw", ""): Kind.WITHDRAW,
    ("destroy", ""): Kind.DESTROY,
    ("release", "propose"): Kind.PROPOSE_RELEASE,
    ("release", "confirm"): Kind.CONFIRM_RELEASE,
    ("unhold", "propose"): Kind.PROPOSE_UNHOLD,
    ("unhold", "confirm"): Kind.CONFIRM_UNHOLD,
}
_PAPERS: Final = {"court_act": DocumentKind.COURT_ACT, "court": DocumentKind.COURT_ACT, "authority_demand": DocumentKind.AUTHORITY_DEMAND}


def _ordered(kept: str) -> Ordered:
    order, kind, due, waiting_for = kept.split()
    return Ordered(order, kind, None if due == "-" else date.fromisoformat(due), "" if waiting_for == "-" else waiting_for)


_ORDERED: Final[once.Keeping[Ordered | RefusalView]] = once.Keeping(
    lambda done: f"{done.order} {done.kind} {done.due or '-'} {done.waiting_for or '-'}" if isinstance(done, Ordered) else "",
    lambda work, kept: _ordered(kept),
)


class Desk:
    """The port of the console."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._weighing = asyncio.Semaphore(2)  # a guess costs 64 MiB on purpose: never many at once

    # --- coming and going ----------------------------------------------------------------------------------------------------------------

    async def sign_in(self, login: str, password: str, code: str, visit: Visit) -> str:
        """A session. The password is weighed outside of any unit of work; which of the three was wrong is not told, nor whether the handle is locked."""
        office = self._office
        async with self._weighing:
            kept = await asyncio.to_thread(office.read, lambda work: staff.kept_hash(work, login[:64]))
            weighed = await asyncio.to_thread(staff.weigh, login[:64], kept, password[:_MOST_PASSWORD])
        done = await office.run(lambda work: staff.sign_in(work, office.ring.office("staff"), weighed, code), NOBODY)
        if isinstance(done, NotSignedIn):
            raise Denied("sign_in")
        return done.secret

    async def sign_out(self, token: str, visit: Visit) -> None:
        """End a session."""
        await self._office.run(lambda work: staff.sign_out(work, token), NOBODY)

    async def me(self, token: str, language: str) -> StaffView:
        """Who is signed in. Raises Denied."""
        office = self._office

        def look(work: Work) -> StaffView | None:
            caller = staff.session(work, token) if token else None
            if caller is None:
                return None
            login = staff.member(work, caller.actor.id).login
            late = rights.open_count(work, local_date(work.at) - timedelta(days=1)) if caller.may(Power.REQUESTS) else 0
            return _staff_view(caller, login, Words(office.gate.in_force(work).edition, language, {}), late)

        found = await asyncio.to_thread(office.read, look)
        if found is None:
            raise Denied("session_ended")
        return found

    async def _as(self, token: str, power: Power, fn: Callable[[Work, Caller], R]) -> R:
        return await members.act(self._office, token, power, fn)

    # --- people --------------------------------------------------------------------------------------------------------------------------

    async def find(self, token: str, purpose: str, criteria: Criteria, visit: Visit) -> FindView | RefusalView:
        """Find people for a purpose."""
        kind = criteria.kind if criteria.value else ""
        query = use.Query(kind, criteria.value, criteria.surname, criteria.first_name, criteria.birth_year, criteria.phone_tail)

        def act(work: Work, caller: Caller) -> FindView:
            self._known(work, purpose)
            found = use.find(work, self._office.gate, query, purpose)
            return FindView(tuple(map(_hit, found.hits)), found.capped)

        return await self._as(token, Power.FIND, act)

    def _known(self, work: Work, purpose: str) -> None:
        purposes = self._office.gate.in_force(work).edition.data["purposes"]
        if purpose not in purposes:
            raise Invalid([FieldError("purpose", "choice", {}, ("3.1",))])

    async def open(self, token: str, subject: str, purpose: str, visit: Visit) -> PersonView | RefusalView:
        """Open a person for a purpose. Where the law refuses the data, who may end what stands still sees the person's standing: it holds no data."""
        if not is_id(subject):
            raise NotFound("subject_unknown")

        def act(work: Work, caller: Caller) -> PersonView | RefusalView:
            self._known(work, purpose)
            ask = Ask(Operation.USE, subject, purpose, actor=ActorKind.STAFF, actor_id=caller.actor.id)
            shown = use.show(work, self._office.gate, ask)
            words = Words.of(work, self._office.gate, visit.language)
            if isinstance(shown, Refusal):
                if not set(_orders(caller)) - {"block"}:
                    return RefusalView(words.reasons(shown.verdict), shown.decision)
                audit.record(work, Leaf(Act.SHOWN, subject, "4.1.3", "94-V art. 14", object="standing"))
            return _Person(self._office, work, caller, words, subject).view(purpose, shown)

        return await self._as(token, Power.USE, act)

    async def order(self, token: str, subject: str, order: Order, visit: Visit) -> Ordered | RefusalView:
        """Give an order through the desk. What was typed of a paper is put on file first, sealed, and the order names the record."""
        kind = _KINDS.get((order.kind, order.step if order.kind in ("release", "unhold") else ""))
        if kind is None or not is_id(subject):
            raise NotFound("order_unknown")

        def act(work: Work, caller: Caller) -> Ordered | RefusalView:
            given = self._given(work, subject, kind, order)
            answer = requests.order(work, self._office.desk, given)
            if isinstance(answer, Refusal):
                return self._refusal(work, answer, visit.language)
            return Ordered(answer.request, order.kind, answer.due, answer.waiting_for) if isinstance(answer, Done) else answer

        return await members.act_once(self._office, token, Power.ORDERS, visit, act, _ORDERED)

    def _given(self, work: Work, subject: str, kind: Kind, order: Order) -> requests.Order:
        subjects.see(work, subject)
        target, document = order.target, ""
        if kind in (Kind.CONFIRM_RELEASE, Kind.CONFIRM_UNHOLD):
            proposal = next((p for p in block.waiting_for_second(work, _PAGE) if (p.subject, p.state) == (subject, order.target)), None)
            if proposal is None:
                raise NotFound("release_proposal_unknown")
            target, document = proposal.id, proposal.document
        if order.document or (not document and kind is not Kind.WITHDRAW):
            paper = _PAPERS.get(order.reason, DocumentKind.STATEMENT)
            document = requests.file_document(work, self._office.gate, subject, paper, order.document)
        return requests.Order(kind, subject, order.reason, document, target, until=order.until)

    def _refusal(self, work: Work, answer: Refusal, language: str) -> RefusalView:
        return RefusalView(Words.of(work, self._office.gate, language).reasons(answer.verdict), answer.decision)

    # --- forms that wait, messages not confirmed, the log --------------------------------------------------------------------------------

    async def asserted(self, token: str, visit: Visit) -> tuple[AssertedView, ...]:
        """Forms that name somebody known, the oldest of them. Each name shown is a look that is on record."""

        def act(work: Work, caller: Caller) -> tuple[AssertedView, ...]:
            waiting = collect.undecided(work, self._office.gate, FORMS)
            words = Words.of(work, self._office.gate, visit.language)
            return tuple(self._asserted(work, caller, words, one) for one in waiting)

        return await members.act(self._office, token, Power.ORDERS, act, StandingAct.MERGE)

    def _asserted(self, work: Work, caller: Caller, words: Words, one: collect.Waiting) -> AssertedView:
        gate = self._office.gate
        held = frozenset().union(*[item.fields for item in items.legal(work, one.subject)])
        asked = [kind for kind in _COMPARED if kind in held]
        same = [kind for kind in asked if set(one.matches) & set(index.meeting(work, gate.ring, one.subject, kind))]
        return AssertedView(
            one.submission,
            one.received_at,
            self._name(work, caller, one.subject) or words.say("asserted.nameless"),
            tuple((match, self._known_as(work, caller, words, match)) for match in one.matches),
            words.fields(same),
            words.fields(set(asked) - set(same)),
            one.state == "quarantined",
            None,
        )

    def _known_as(self, work: Work, caller: Caller, words: Words, subject: str) -> str:
        """A person that a form may be merged with: the masked name, and since when they are known, which tells two of one name apart."""
        name = self._name(work, caller, subject) or words.say("hit.blocked")
        return f"{name}, {speech.when(words.language, subjects.see(work, subject).created_at)}"

    def _name(self, work: Work, caller: Caller, subject: str) -> str:
        purpose = self._office.gate.in_force(work).edition.form.purpose
        ask = Ask(Operation.USE, subject, purpose, frozenset({"surname", "first_name"}), ActorKind.STAFF, caller.actor.id)
        shown = use.show(work, self._office.gate, ask)
        if isinstance(shown, Refusal):
            return ""
        values = {name: value for item in shown.items for name, value in item.values.items()}
        return " ".join(masked("initial", values.get(name, "")) for name in ("surname", "first_name")).strip()

    async def decide(self, token: str, submission: str, decision: str, subject: str, document: str, visit: Visit) -> RefusalView | None:
        """`merge` into a person on an identity check, `apart`, or `reject`: for who may merge, for each of them decides whose form it is."""
        if decision not in ("merge", "apart", "reject") or not is_id(submission):
            raise Invalid([FieldError("decision", "choice")])

        def act(work: Work, caller: Caller) -> RefusalView | None:
            answer = self._decided(work, submission, decision, subject, document)
            return self._refusal(work, answer, visit.language) if isinstance(answer, Refusal) else None

        return await members.act_once(self._office, token, Power.ORDERS, visit, act, members.UNLESS_REFUSED, StandingAct.MERGE)

    def _decided(self, work: Work, submission: str, decision: str, subject: str, document: str) -> Decided | Refusal:
        desk, gate = self._office.desk, self._office.gate
        waiting = collect.waiting(work, submission)
        if decision == "apart":
            return requests.keep_apart(work, desk, submission)
        if decision == "merge":
            subjects.see(work, subject)
            checked = requests.file_document(work, gate, subject, DocumentKind.IDENTITY_CHECK, document)
            return requests.merge(work, desk, submission, subject, checked)
        paper = requests.file_document(work, gate, waiting.subject, DocumentKind.REPORT, document or submission)
        return requests.reject(work, desk, submission, paper)

    async def unconfirmed(self, token: str, visit: Visit) -> tuple[OpenTransfer, ...]:
        """What recipients still have to confirm."""

        def act(work: Work, caller: Caller) -> tuple[OpenTransfer, ...]:
            words = Words.of(work, self._office.gate, visit.language)
            return tuple(
                OpenTransfer(t.id, words.recipient(t.recipient), t.kind.value, t.sent_at, t.chased + 1, t.state == "escalated")
                for t in distribute.unconfirmed(work, _LINES)
            )

        return await self._as(token, Power.TRANSFERS, act)

    async def standing(self, token: str, visit: Visit) -> tuple[OpenState, ...]:
        """States that wait for people; the page names nobody, and to open a person is a look of its own."""

        def act(work: Work, caller: Caller) -> tuple[OpenState, ...]:
            today = local_date(work.at)
            proposals = {(p.subject, p.state): p for p in block.waiting_for_second(work, _LINES)}
            late = block.overdue(work, today, _LINES)
            return tuple(_open_state(work, *at, proposals.get(at), today) for at in dict.fromkeys([*late, *proposals]))

        return await self._as(token, Power.ORDERS, act)

    async def day(self, token: str, on: date | None, before: int, visit: Visit) -> DayLog:
        """A page of the log of a day, latest first; `before` is the number of an entry, 0 for the latest page."""

        def act(work: Work, caller: Caller) -> DayLog:
            day = on or local_date(work.at)
            since, until = day_ends(day - timedelta(days=1)), day_ends(day)
            rows, more = history.between(work, since, until, before=before or history.END, limit=_LOG_PAGE)
            signed = self._office.publisher.published()
            size, root = (signed.head.size, signed.head.root.hex()) if signed else (0, "")
            words = Words(self._office.gate.in_force(work).edition, visit.language, {})
            lines = _lines(work, words, rows, size)
            checkpoint = f"{signed.head.origin} {size} {root}" if signed else "–"
            return DayLog(day, lines, size, checkpoint, rows[-1].number if more else 0, bool(before), local_date(work.at))

        return await self._as(token, Power.AUDIT, act)


def _open_state(work: Work, subject: str, state_id: str, proposal: block.Proposal | None, today: date) -> OpenState:
    state = next(s for s in block.history(work, subject) if s.id == state_id)
    late = state.until is not None and state.until < today
    by = staff.member(work, proposal.proposed_by).login if proposal else ""
    return OpenState(subject, state.kind.value, state.reason.value, state.since, state.until, late, by)


def _orders(caller: Caller) -> tuple[str, ...]:
    if caller.staff is None or not caller.may(Power.ORDERS):
        return ()
    granted = {operation for purpose, _, operation in caller.staff.grants if purpose == "*"}
    return tuple(name for name, operation in _ORDERS.items() if operation.value in granted)


def _staff_view(caller: Caller, login: str, words: Words, overdue: int) -> StaffView:
    grants = caller.staff.grants if caller.staff else frozenset()
    usable = {purpose for purpose, _, operation in grants if operation == Operation.USE.value}
    listed = words.edition.data["purposes"]
    purposes = sorted((p for p in listed if p in usable), key=lambda p: [int(part) for part in listed[p]["clause"].split(".")])
    merging = members.granted(caller, StandingAct.MERGE) and caller.may(Power.ORDERS)
    return StaffView(
        login,
        caller.role,
        tuple((p, words.purpose(p)) for p in purposes) if caller.may(Power.USE) else (),
        _orders(caller),
        merging,
        caller.may(Power.AUDIT),
        caller.may(Power.TRANSFERS),
        caller.may(Power.REQUESTS),
        caller.may(Power.FIND),
        caller.may(Power.PERSONNEL),
        caller.may(Power.JOURNAL),
        caller.may(Power.POLICY),
        overdue,
    )


def _hit(found: use.Hit) -> Hit:
    values = found.values
    name = " ".join(filter(None, (values.get("surname", ""), values.get("first_name", ""))))
    return Hit(found.subject, name, values.get("phone", ""), values.get("iin", ""), found.state, local_date(found.since))


def _lines(work: Work, words: Words, rows: list[Numbered], published: int) -> tuple[LogLine, ...]:
    members = {member.id: f"{member.login} ({words.coded('role', member.role)})" for member in staff.members(work)}

    def who(row: Numbered) -> str:
        entry = row.entry
        if entry.actor_kind == ActorKind.STAFF:
            return members.get(entry.actor, entry.actor)
        return words.say("who.person" if entry.actor_kind == ActorKind.SUBJECT else f"who.{entry.actor_kind}")

    return showing.lines(rows, who, published)


class _Person:
    """One look of a member at a person."""

    def __init__(self, office: Office, work: Work, caller: Caller, words: Words, subject: str) -> None:
        self._office, self._work, self._caller, self._words, self._subject = office, work, caller, words, subject

    def view(self, purpose: str, shown: use.ShownPerson | Refusal) -> PersonView:
        work, words, subject = self._work, self._words, self._subject
        refused = isinstance(shown, Refusal)
        verdict = shown.verdict if isinstance(shown, Refusal) else shown.permit.verdict
        signed = self._office.publisher.published()
        return PersonView(
            subject,
            words.purpose(purpose),
            self._state(),
            () if isinstance(shown, Refusal) else showing.held(words, shown.items),
            showing.consents(words, collect.cards(work, self._office.gate, words.language), consent.proofs(work, subject)),
            self._states(),
            _lines(work, words, history.about(work, subject, limit=_LINES), signed.head.size if signed else 0),
            showing.transfers(words, distribute.history(work, subject)),
            shown.decision if isinstance(shown, Refusal) else shown.permit.decision,
            words.reasons(verdict),
            showing.destruction(work, words, self._office.holders, subject),
            refused,
        )

    def _state(self) -> str:
        if not subjects.alive(self._work, self._subject):
            return "destroyed"
        standing = {state.kind for state in block.facts(self._work, self._subject)}
        names = {StateKind.BLOCK: "blocked", StateKind.LOCK: "locked", StateKind.HOLD: "held"}
        return next((name for kind, name in names.items() if kind in standing), "ok")

    def _states(self) -> tuple[StateView, ...]:
        work, words = self._work, self._words
        proposals = {p.state: p for p in block.waiting_for_second(work, _PAGE) if p.subject == self._subject}
        found = []
        for state in block.history(work, self._subject):
            if state.ended_at is not None:
                continue
            proposal = proposals.get(state.id)
            found.append(
                StateView(
                    state.id,
                    state.kind.value,
                    state.since,
                    _scope(words, state.scope),
                    state.reason.value,
                    staff.member(work, proposal.proposed_by).login if proposal else "",
                    bool(proposal and proposal.proposed_by != self._caller.actor.id),
                    state.until,
                    state.until is not None and state.until < local_date(work.at),
                )
            )
        return tuple(found)


def _scope(words: Words, scope: block.Scope) -> str:
    parts = [*sorted(scope.categories), *map(words.purpose, sorted(scope.purposes)), *map(words.recipient, sorted(scope.recipients))]
    if scope.items:
        parts.append(words.say("scope.items", count=len(scope.items)))
    return ", ".join(parts) if parts else words.say("scope.everything")
