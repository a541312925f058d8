"""One case on the rights desk: opened, identified, decided, answered. Each call is one unit of work of a member who has the power of requests (4.1, 8.3)."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from sandyq import requests, rights, speech, use
from sandyq.app import Office
from sandyq.app import evidence as packing
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid, NotFound
from sandyq.identity import Level
from sandyq.ids import is_id
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.register import subjects
from sandyq.requests import DocumentKind
from sandyq.rights import Case, Channel, Do, Evidence, Kind, NewCase, PartDecision, Stage, Wanted, What
from sandyq.rights.kinds.not_me import MERGE
from sandyq.staff import Caller, Power
from sandyq.web.adapters import members, showing, wanted
from sandyq.web.adapters.casework import Casework
from sandyq.web.adapters.words import Words
from sandyq.web.views import Download, HeldItem, Reason, RefusalView, Visit
from sandyq.web.views_desk import CaseView, Decision, Deed, NewRequest

R = TypeVar("R")
ZONE: Final = ZoneInfo("Asia/Almaty")
CHANNELS: Final = frozenset({"paper", "phone", "desk", "mail", "partner", "authority"})


class CaseDesk:
    """The part of the rights desk's port that is about one case."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def _as(self, token: str, fn: Callable[[Work, Caller], R]) -> R:
        return await members.act(self._office, token, Power.REQUESTS, fn)

    async def _once(self, token: str, visit: Visit, fn: Callable[[Work, Caller], None]) -> None:
        await members.act_once(self._office, token, Power.REQUESTS, visit, fn, members.DONE)

    def _words(self, work: Work, visit: Visit) -> Words:
        return Words.of(work, self._office.gate, visit.language)

    async def case(self, token: str, case_id: str, visit: Visit, *, read: bool = False) -> CaseView:
        """A case. With `read` what the person wrote and what is held about them is opened for it, which is a look on record."""

        def act(work: Work, caller: Caller) -> CaseView:
            made, words = self._case(work, case_id), self._words(work, visit)
            written = rights.written(work, self._office.rights, made.id) if read else {}
            held, refused = self._held(work, caller, words, made) if read and made.about else ((), ())
            return Casework(self._office, work, caller, words, made).view(written=written, held=held, refused=refused)

        return await self._as(token, act)

    def _case(self, work: Work, case_id: str) -> Case:
        if not is_id(case_id):
            raise NotFound("case_unknown")
        return rights.case(work, case_id)

    def _held(self, work: Work, caller: Caller, words: Words, made: Case) -> tuple[tuple[HeldItem, ...], tuple[Reason, ...]]:
        """What is held about the person, for answering them: the case is what it rests on, so that a block does not stand in its way (4.1.1)."""
        purpose = self._office.gate.in_force(work).edition.form.purpose
        ask = Ask(
            Operation.USE,
            made.about,
            purpose,
            actor=ActorKind.STAFF,
            actor_id=caller.actor.id,
            occasion=Occasion.OWN_ACCESS,
            documents=(made.id,),
        )
        shown = use.show(work, self._office.gate, ask)
        if isinstance(shown, Refusal):
            return (), words.reasons(shown.verdict)
        return showing.held(words, shown.items), ()

    # --- entered ---------------------------------------------------------------------------------------------------------------------------

    async def wants(self, token: str, kind: str, about: str, visit: Visit) -> tuple[tuple[str, str], ...]:
        """What a request of a kind can be about, as (`what:id`, words); of a person who is named also their data, consents and restrictions. Nothing as
        long as no kind is chosen."""

        def act(work: Work, caller: Caller) -> tuple[tuple[str, str], ...]:
            if not kind:
                return ()
            asked = word(Kind, kind, "kind")
            return wanted.options(work, self._words(work, visit), asked, about if is_id(about) and subjects.alive(work, about) else "")

        return await self._as(token, act)

    async def open_case(self, token: str, new: NewRequest, visit: Visit) -> str:
        """Enter a request that came on paper, by telephone, at the desk, from a partner or an authority; gives the case. Raises Invalid with every fault."""

        def act(work: Work, caller: Caller) -> str:
            faults: list[FieldError] = []
            kind = word(Kind, new.kind, "kind")
            channel = _or(Channel.PAPER, faults, lambda: _entered(new.channel))
            received = _or(None, faults, lambda: _received(new.received_on, work.at))
            order = kind is Kind.AUTHORITY_ORDER  # names whom it is about; nobody proves who they are
            if new.iin and not (new.identity or order):
                faults.append(FieldError("identity", "missing", {}, ("8.3", "94-V art. 10(2)")))
            about = _or("", faults, lambda: self._whom(work, new, order=order))
            none, unfiled = tuple[Wanted, ...](), tuple[str, ...]()
            wants = _or(none, faults, lambda: tuple(Wanted(word(What, what, "wants"), id_, value) for what, id_, value in new.wants))
            documents = _or(unfiled, faults, lambda: self._filed(work, about, new.document, new.paper))
            asked = NewCase(
                kind,
                channel,
                asker=about,
                about=about if order else "",
                language=new.language if new.language in speech.LANGUAGES else "kk",
                received_at=received,
                text=new.text,
                contact=new.contact,
                level=Level.ASSERTED if about else Level.NONE,
                wants=wants,
                documents=documents,
                ordered_due=new.ordered_due,
            )
            made = _or(None, faults, lambda: rights.open_case(work, self._office.rights, asked))
            if faults or made is None:
                raise Invalid(faults)
            if new.identity and not order:
                made = rights.at_desk(work, self._office.rights, made.id, new.identity, about=about, iin=new.iin)
            return made.id

        return await members.act_once(self._office, token, Power.REQUESTS, visit, act, members.NAMED)

    def _whom(self, work: Work, new: NewRequest, *, order: bool) -> str:
        """Whom the form names: by id, or by the IIN of a document that was seen or of an authority's order. Raises Invalid."""
        about = self._about(work, new.about)
        if not about and (new.identity or (new.iin and order)):
            return rights.by_iin(work, self._office.rights, new.iin)
        return about

    def _about(self, work: Work, given: str) -> str:
        """The person whom a member names by id. Raises Invalid."""
        if not given:
            return ""
        if not is_id(given) or not subjects.alive(work, given):
            raise Invalid([FieldError("about", "subject_unknown")])
        return given

    def _filed(self, work: Work, about: str, document: str, kind: str) -> tuple[str, ...]:
        if not document or not about:
            return ()
        return (requests.file_document(work, self._office.gate, about, word(DocumentKind, kind, "paper"), document),)

    async def identify(self, token: str, case_id: str, about: str, document: str, iin: str, visit: Visit) -> None:
        """Who asks has shown an identity document at the desk; the person is named by id or found by the IIN on it. Whom an authority's order names shows none.
        Raises Invalid, NotFound, Conflict."""

        def act(work: Work, caller: Caller) -> None:
            made = self._case(work, case_id)
            if made.kind is Kind.AUTHORITY_ORDER:
                self._named(work, made, about, iin)
                return
            rights.at_desk(work, self._office.rights, made.id, document, about=self._about(work, about), iin=iin)

        await self._once(token, visit, act)

    def _named(self, work: Work, made: Case, about: str, iin: str) -> None:
        """Whom an authority's order is about: nobody proves who they are then. Raises Invalid, Conflict."""
        person = self._about(work, about) or rights.by_iin(work, self._office.rights, iin)
        if made.about != person:
            rights.identified(work, self._office.rights, made.id, person, Level.ASSERTED)

    # --- decided and done --------------------------------------------------------------------------------------------------------------------

    async def decide(self, token: str, case_id: str, decisions: tuple[Decision, ...], visit: Visit) -> None:
        """Decide every open part. Papers that were typed are put on file first. Raises Invalid with every fault."""

        def act(work: Work, caller: Caller) -> None:
            made = self._case(work, case_id)
            rights.decide(work, self._office.rights, made.id, [self._decision(work, made, one) for one in decisions])

        await self._once(token, visit, act)

    def _decision(self, work: Work, made: Case, one: Decision) -> PartDecision:
        document = ""
        if one.document and made.about:  # a merge rests on an identity check (2.16)
            kind = DocumentKind.IDENTITY_CHECK if one.reason == MERGE else DocumentKind.REPORT
            document = requests.file_document(work, self._office.gate, made.about, kind, one.document)
        return PartDecision(one.no, word(Do, one.do, f"part{one.no}"), one.reason, one.cited, document)

    def _report(self, work: Work, made: Case, number: str) -> str:
        return requests.file_document(work, self._office.gate, made.about or made.subject, DocumentKind.REPORT, number)

    async def act(self, token: str, case_id: str, deed: Deed, visit: Visit) -> None:
        """One of the smaller acts on a case. Raises Invalid, Conflict, NotFound, Denied."""
        r = self._office.rights
        deeds: dict[str, Callable[[Work, Caller, Case], object]] = {
            "confirm": lambda work, caller, made: rights.confirm(work, r, made.id),
            "decline": lambda work, caller, made: rights.decline(work, r, made.id),
            "answer": lambda work, caller, made: rights.answer(work, r, made.id, deed.lines),
            "not_identified": lambda work, caller, made: rights.not_identified(work, r, made.id, deed.lines),
            "want_documents": lambda work, caller, made: self._ask_for(work, made, deed),
            "retract": lambda work, caller, made: rights.retract(work, r, made.id),
            "reopen": lambda work, caller, made: rights.reopen(work, r, made.id, deed.given or "appeal"),
            "assign": lambda work, caller, made: rights.assign(work, r, made.id, deed.given),
            "take": lambda work, caller, made: rights.assign(work, r, made.id, caller.actor.id),
            "duplicate": lambda work, caller, made: self._duplicate(work, made, deed.given),
            "add_paper": lambda work, caller, made: self._paper(work, made, deed),
            "ask_evidence": lambda work, caller, made: self._asked_for_evidence(work, made, deed),
            "drop_evidence": lambda work, caller, made: rights.drop_evidence(work, r, made.id),
            "release_hold": lambda work, caller, made: rights.release(work, r, made.id),
            "resend": lambda work, caller, made: rights.resend(work, r, made.id, deed.lines),
            "lift": lambda work, caller, made: rights.lift(work, r, made.id, self._report(work, made, deed.given)),
            "rekind": lambda work, caller, made: rights.rekind(work, r, made.id, word(Kind, deed.given, "kind")),
        }
        if deed.word not in deeds:
            raise NotFound("order_unknown")

        def act(work: Work, caller: Caller) -> None:
            deeds[deed.word](work, caller, self._case(work, case_id))

        await self._once(token, visit, act)

    def _ask_for(self, work: Work, made: Case, deed: Deed) -> None:
        if not deed.chosen:
            raise Invalid([FieldError("wanted", "missing", {}, ("4.1.2",))])
        rights.want_documents(work, self._office.rights, made.id, deed.chosen, deed.lines)

    def _asked_for_evidence(self, work: Work, made: Case, deed: Deed) -> None:
        """The paper of the court or authority is put on file with the question."""
        document = self._filed(work, made.about or made.subject, deed.given, deed.paper)
        rights.ask_evidence(work, self._office.rights, made.id, *document)

    async def evidence(self, token: str, case_id: str, visit: Visit) -> Download | RefusalView:
        """The second member has the evidence packed. Raises Conflict, Denied, NotReady, NotFound."""
        office = self._office

        def act(work: Work, caller: Caller) -> Evidence | RefusalView:
            found = packing.made(office, work, self._case(work, case_id).id)
            if isinstance(found, Refusal):
                return RefusalView(self._words(work, visit).reasons(found.verdict), found.decision)
            return found

        made = await self._as(token, act)
        if isinstance(made, RefusalView):
            return made
        return Download(packing.name(made), packing.MEDIA_TYPE, await asyncio.to_thread(packing.packed, office, made))

    def _duplicate(self, work: Work, made: Case, number: str) -> None:
        other = rights.by_number(work, number)
        if other is None:
            raise Invalid([FieldError("number", "case_unknown")])
        rights.duplicate(work, self._office.rights, made.id, other.id)

    def _paper(self, work: Work, made: Case, deed: Deed) -> None:
        kind = word(DocumentKind, deed.paper, "paper")
        document = requests.file_document(work, self._office.gate, made.about or made.subject, kind, deed.given)
        rights.add_documents(work, self._office.rights, made.id, (document,))

    async def proof(self, token: str, case_id: str, no: int, document: str, visit: Visit) -> None:
        """A part that is done elsewhere has its proof."""

        def act(work: Work, caller: Caller) -> None:
            made = self._case(work, case_id)
            rights.carried_outside(work, self._office.rights, made.id, no, self._report(work, made, document))

        await self._once(token, visit, act)

    async def stage(self, token: str, case_id: str, to: str, document: str, visit: Visit) -> None:
        """A complaint goes on to another stage, on a paper."""

        def act(work: Work, caller: Caller) -> None:
            made = self._case(work, case_id)
            rights.stage(work, self._office.rights, made.id, word(Stage, to, "stage"), self._report(work, made, document))

        await self._once(token, visit, act)


def _or(otherwise: R, faults: list[FieldError], fn: Callable[[], R]) -> R:
    """What `fn` gives; where it finds faults they are gathered, and the look at the rest of the form goes on."""
    try:
        return fn()
    except Invalid as found:
        faults += found.errors
        return otherwise


def _entered(given: str) -> Channel:
    """A way in that staff enter by hand. Raises Invalid."""
    channel = word(Channel, given, "channel")
    if channel.value not in CHANNELS:
        raise Invalid([FieldError("channel", "choice")])
    return channel


W = TypeVar("W", Kind, Channel, What, Do, Stage, DocumentKind)


def word(words: type[W], given: str, field: str) -> W:
    """A word of a closed list. Raises Invalid."""
    try:
        return words(given)
    except ValueError:
        raise Invalid([FieldError(field, "choice" if given else "missing")]) from None


def _received(on: date | None, at: datetime) -> datetime | None:
    """The instant of receipt for a day that was typed: noon of that day, or now for today. Raises Invalid for a day to come."""
    if on is None or on == local_date(at):
        return None
    if on > local_date(at):
        raise Invalid([FieldError("received_on", "date_in_future", {}, ("4.1",))])
    return datetime.combine(on, time(12), ZONE)
