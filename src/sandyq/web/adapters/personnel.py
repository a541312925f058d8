"""The personnel department's pages: each call is one unit of work of a member who has the power `personnel`; nothing here looks at clients (3.7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final, TypeVar

from sandyq import personnel, use
from sandyq.app import Office, once
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid, NotFound
from sandyq.ids import is_id
from sandyq.law.decision import Refusal
from sandyq.personnel import Ground, NewPerson, Role
from sandyq.personnel.facts import CONSENT
from sandyq.policy.facts import FieldSpec
from sandyq.staff import Caller, Power
from sandyq.web.adapters import members, showing
from sandyq.web.adapters.words import Words
from sandyq.web.views import Criteria, RefusalView, Visit
from sandyq.web.views_personnel import HireField, HireForm, NewHire, StaffFound, StaffHit, StaffPerson

R = TypeVar("R")
GROUNDS: Final = MappingProxyType({CONSENT: "ground.consent", "9(2-1)": "hr.ground.labour", "9(10)": "hr.ground.other_law"})
"""On what a purpose of 3.7 can rest, with its words: signed consent, labour relations, what other laws (of taxes) want."""
_TAKEN_ON: Final[once.Keeping[str | RefusalView]] = once.Keeping(
    lambda made: made if isinstance(made, str) else "", lambda work, subject: subject
)
_REQUIRED: Final = frozenset({"iin", "surname", "first_name"})


class Personnel:
    """The port of the personnel department."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def _as(self, token: str, fn: Callable[[Work, Caller], R]) -> R:
        return await members.act(self._office, token, Power.PERSONNEL, fn)

    def _words(self, work: Work, visit: Visit) -> Words:
        return Words(self._office.gate.in_force(work).edition, visit.language, {})

    async def form(self, token: str, visit: Visit) -> HireForm:
        """The fields and purposes of 3.7, as the policy in force lists them."""

        def act(work: Work, caller: Caller) -> HireForm:
            words = self._words(work, visit)
            labour = [p for p in words.edition.policy.purposes.values() if p.hr]
            listed = frozenset[str]().union(*[p.fields for p in labour])
            fields = tuple(_field(words, spec) for name, spec in words.edition.fields.items() if name in listed and spec.kind != "file")
            grounds = {p.id: tuple((code, _ground(words, code)) for code in GROUNDS if not p.grounds or code in p.grounds) for p in labour}
            return HireForm(fields, tuple((p.id, words.purpose(p.id)) for p in labour), grounds)

        return await self._as(token, act)

    async def find(self, token: str, purpose: str, criteria: Criteria, visit: Visit) -> StaffFound:
        """Find people behind the wall. Raises Invalid for a purpose that is not of 3.7, or criteria that are too few."""
        kind = criteria.kind if criteria.value else ""
        query = use.Query(kind, criteria.value, criteria.surname, criteria.first_name, criteria.birth_year, criteria.phone_tail)

        def act(work: Work, caller: Caller) -> StaffFound:
            found = personnel.find(work, self._office.gate, query, purpose)
            return StaffFound(tuple(map(_hit, found.hits)), found.capped)

        return await self._as(token, act)

    async def take_on(self, token: str, new: NewHire, visit: Visit) -> str | RefusalView:
        """Take somebody on, or (with a subject) take somebody behind the wall on anew. Raises Invalid with every fault, Conflict, NotFound."""
        faults = [] if new.role in set(Role) else [FieldError("role", "choice" if new.role else "missing", {}, ("3.7",))]
        faults += [] if new.started else [FieldError("started", "missing", {}, ("3.7",))]
        role, started = Role.EMPLOYEE if faults else Role(new.role), new.started or date.min
        grounds = {purpose: Ground(code, citation) for purpose, (code, citation) in new.grounds.items()}
        given = NewPerson(role, new.values, grounds, started, new.paper, new.language, new.identity_seen)

        def act(work: Work, caller: Caller) -> str | RefusalView:
            try:
                personnel.check(work, self._office.gate, given)
            except Invalid as error:
                raise Invalid([*faults, *(_named(self._words(work, visit), e) for e in error.errors)]) from None
            if faults:
                raise Invalid(faults)
            made = personnel.take_on(work, self._office.gate, given, _known(new.subject) if new.subject else "")
            return self._refused(work, made, visit) if isinstance(made, Refusal) else made.subject

        return await members.act_once(self._office, token, Power.PERSONNEL, visit, act, _TAKEN_ON)

    async def open(self, token: str, subject: str, purpose: str, visit: Visit) -> StaffPerson | RefusalView:
        """Open somebody for a purpose of 3.7. A client is not there for this page. Raises Invalid, NotFound."""

        def act(work: Work, caller: Caller) -> StaffPerson | RefusalView:
            shown = personnel.show(work, self._office.gate, _known(subject), purpose)
            if isinstance(shown, Refusal):
                return self._refused(work, shown, visit)
            tie, words = personnel.standing(work, subject), self._words(work, visit)
            reasons, held = words.reasons(shown.permit.verdict), showing.held(words, shown.items)
            decision = shown.permit.decision
            return StaffPerson(subject, purpose, tie.role.value, tie.since, tie.until, tie.fulfilled, held, decision, reasons)

        return await self._as(token, act)

    async def end(self, token: str, subject: str, on: date, fulfilled: bool, visit: Visit) -> RefusalView | None:
        """Enter the end of an employment or a candidacy: from it the terms of storage run. Raises Invalid, Conflict, NotFound."""

        def act(work: Work, caller: Caller) -> RefusalView | None:
            made = personnel.end(work, self._office.gate, _known(subject), on, fulfilled=fulfilled)
            return self._refused(work, made, visit) if isinstance(made, Refusal) else None

        return await members.act_once(self._office, token, Power.PERSONNEL, visit, act, members.UNLESS_REFUSED)

    def _refused(self, work: Work, answer: Refusal, visit: Visit) -> RefusalView:
        return RefusalView(self._words(work, visit).reasons(answer.verdict), answer.decision)


def _named(words: Words, fault: FieldError) -> FieldError:
    """A fault of one of the data fields, called as the form calls the field."""
    spec = words.edition.fields.get(fault.field.removeprefix("data."))
    if spec is None or not fault.field.startswith("data."):
        return fault
    label = spec.label[words.language]
    code = "field_not_of_purposes" if fault.code == "field_unlisted" else fault.code
    return replace(fault, code=code, params={**fault.params, "name": label, "label": label})


def _ground(words: Words, code: str) -> str:
    if code == CONSENT:
        return words.ground(code)
    return f"{words.say(GROUNDS[code])}: {words.ground(f'94-V art. {code}')}"


def _known(subject: str) -> str:
    if not is_id(subject):
        raise NotFound("subject_unknown")
    return subject


def _field(words: Words, spec: FieldSpec) -> HireField:
    choices = tuple((value, words.edition.choice(value, words.language)) for value in spec.choices)
    return HireField(spec.id, spec.label[words.language], spec.kind, choices, spec.id in _REQUIRED)


def _hit(found: use.Hit) -> StaffHit:
    values = found.values
    name = " ".join(filter(None, (values.get("surname", ""), values.get("first_name", ""))))
    return StaffHit(found.subject, name, values.get("iin", ""), found.state, found.since)
