"""One case in words: what is asked, what the law finds, what may be chosen, how each term was counted."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Final

from sandyq import block, correspondence, relations, requests, rights, speech, staff
from sandyq.app import Office
from sandyq.clock import instant, micros
from sandyq.correspondence import Entry
from sandyq.db import Work
from sandyq.errors import SandyqError
from sandyq.identity import Deed, allowed
from sandyq.law.calendar import local_date
from sandyq.law.decision import Finding
from sandyq.law.vocabulary import StateKind
from sandyq.letters import paper
from sandyq.letters import title as letter_title
from sandyq.letters.certificate import Basis
from sandyq.letters.wording import Wording, wording
from sandyq.requests.facts import DESTROY_REASONS
from sandyq.rights import Case, Channel, Clock, Do, Kind, Listed, Part, State, SuggestedPart, What, kinds
from sandyq.rights.facts import NEVER
from sandyq.rights.kinds import not_me
from sandyq.rights.kinds.authority import KINDS as EVIDENCE
from sandyq.rights.kinds.destruction import VIOLATION
from sandyq.rights.states import CLAUSE
from sandyq.staff import Caller, Power
from sandyq.web.adapters import wanted
from sandyq.web.adapters.members import able
from sandyq.web.adapters.words import Words
from sandyq.web.views import HeldItem, Reason
from sandyq.web.views_desk import CaseLine, CaseView, Choice, ClockView, DayView, EntryView, EventView, PaperView, PartView

_REASONS: Final = "reasons-1"
"""The wording of letters that has a sentence for each reason: the desk reads what the person will read."""
_LETTER: Final = "access-1"
_ACTS: Final[Mapping[State, frozenset[str]]] = {
    State.RECEIVED: frozenset({"identify", "duplicate", "retract"}),
    State.IDENTIFYING: frozenset({"identify", "not_identified", "duplicate", "retract"}),
    State.OPEN: frozenset({"decide", "want_documents", "add_paper", "duplicate", "retract"}),
    State.WANTING_DOCUMENTS: frozenset({"add_paper", "duplicate", "retract"}),
    State.SECOND_PERSON: frozenset({"confirm", "decline"}),
    State.CARRYING_OUT: frozenset({"proof"}),
    State.ANSWERED: frozenset({"reopen"}),
    State.CLOSED: frozenset({"reopen"}),
    State.NOT_IDENTIFIED: frozenset({"identify", "reopen"}),
    State.DUPLICATE: frozenset({"reopen"}),
    State.RETRACTED: frozenset({"reopen"}),
}

_UNDECIDED: Final = (State.RECEIVED, State.IDENTIFYING, State.OPEN)
_CARRIED: Final = frozenset({State.CARRYING_OUT, State.ANSWERED, State.CLOSED})
_WHOLE: Final = frozenset({State.OPEN, State.CARRYING_OUT, State.ANSWERED})
"""When the whole answer on access is there to be looked at."""


def line(words: Words, members: Mapping[str, str], found: Listed, next_action: str, today: date, silent: tuple[str, ...] = ()) -> CaseLine:
    """One case of a list."""
    due = date.fromisoformat(found.due) if found.due and found.due != NEVER.isoformat() else None
    return CaseLine(
        found.id,
        found.number,
        found.kind,
        found.state,
        found.channel,
        local_date(instant(found.received_us)),
        due,
        (due - today).days if due else None,
        next_action,
        members.get(found.assignee, ""),
        found.outcome,
        silent,
    )


class Casework:
    """One look of a member at a case."""

    def __init__(self, office: Office, work: Work, caller: Caller, words: Words, made: Case) -> None:
        self._office, self._work, self._caller, self._words, self._case = office, work, caller, words, made
        self._today = local_date(work.at)

    # --- what the page needs besides the case itself -------------------------------------------------------------------------------------

    @cached_property
    def _members(self) -> dict[str, str]:
        return {member.id: member.login for member in staff.members(self._work)}

    @cached_property
    def _targets(self) -> dict[str, str]:
        """What parts can be about, in words: items, consents, states of the person."""
        return wanted.targets(self._work, self._words, self._case.about) if self._case.about else {}

    @cached_property
    def _states(self) -> list[block.State]:
        return block.history(self._work, self._case.about) if self._case.about else []

    @cached_property
    def _sentences(self) -> Mapping[str, str]:
        kept: Mapping[str, str] = paper.wording(_REASONS, self._words.language)["reason"]
        return kept

    @cached_property
    def _cites(self) -> Wording:
        """Acts are cited as the letter will cite them."""
        return wording(_LETTER, self._words.language)

    @cached_property
    def citable(self) -> tuple[tuple[str, str], ...]:
        """Obligations, contracts and states that a refusal can rest on."""
        if not self._case.about:
            return ()
        ties = [t for t in relations.all_of(self._work, self._case.about) if t.ended is None]
        said = [(t.id, f"{self._words.coded('relation', t.kind.value)}, {speech.day(self._words.language, t.started)}") for t in ties]
        return (*said, *((s.id, self._targets[s.id]) for s in self._states if s.ended_at is None))

    # --- the view ------------------------------------------------------------------------------------------------------------------------

    def view(self, *, written: Mapping[str, str], held: tuple[HeldItem, ...] = (), refused: tuple[Reason, ...] = ()) -> CaseView:
        """The case as the desk works on it; `written` is what the person wrote, where it was opened."""
        made, work = self._case, self._work
        clause, article = CLAUSE[made.kind]
        needed = rights.needed(made)
        parts = self._parts(written)
        line_ = self.line()
        if any(part.choices for part in parts) and all(part.next_action == "want_documents" for part in parts if part.choices):
            line_ = replace(line_, next_action="ask_documents")  # what the law wants first is papers
        return CaseView(
            line=line_,
            clause=clause,
            article=article,
            text=written.get("request_text", ""),
            contact=written.get("request_contact", ""),
            level=made.level.name.lower(),
            needed=needed.value,
            identified=bool(made.about) and allowed(made.level, needed),
            person=made.about,
            asker=made.subject,
            clocks=tuple(map(self._clock, made.clocks)),
            parts=parts,
            papers=tuple(PaperView(d.id, d.kind.value, d.filed_at) for d in self._papers()),
            correspondence=tuple(map(entry_view, self._entries())),
            events=tuple(self._event(e) for e in rights.events(work, made.id)),
            acts=self._acts(),
            members=able(self._work, Power.REQUESTS),
            stage=made.stage,
            stages=self._stages(),
            waits_for=rights.waits_for(work, made),
            held=held,
            refused=refused,
            citable=self.citable,
            may_confirm=self._may_confirm(),
            outcome=made.outcome,
            answered=bool(made.answer),
            language=made.language,
            may_answer_whole=made.kind is Kind.ACCESS and bool(made.about) and allowed(made.level, needed) and made.state in _WHOLE,
            may_see_full=allowed(made.level, Deed.SEE_FULL),
            plausible=tuple(kind.value for kind in made.plausible),
            kinds=tuple((kind.value, self._words.say(f"case.kind.{kind.value}")) for kind in Kind),
            silent=tuple(dict.fromkeys(self._words.recipient(t.recipient) for t in rights.unconfirmed(work, made))),
        )

    def line(self) -> CaseLine:
        """The case as a line of a list."""
        listed = self._listed()
        return line(self._words, self._members, listed, rights.next_action(listed), self._today)

    def _listed(self) -> Listed:
        made = self._case
        return Listed(
            made.due.isoformat(),
            made.id,
            made.number,
            made.kind.value,
            made.state.value,
            made.about,
            made.channel.value,
            micros(made.received_at),
            made.assignee,
            made.outcome,
            made.delivery.value,
            ",".join(made.plausible),
        )

    def _entries(self) -> list[Entry]:
        """What belongs to the case in the journal, with the letter that it was opened from, which may be that of another case, too."""
        found = correspondence.of_case(self._work, self._case.id)
        entry = self._case.entry
        return found if not entry or any(e.id == entry for e in found) else [correspondence.one(self._work, entry), *found]

    def _papers(self) -> list[requests.Document]:
        wanted = set(self._case.documents)
        every = requests.documents(self._work, self._case.subject)
        if self._case.about and self._case.about != self._case.subject:
            every += requests.documents(self._work, self._case.about)
        return [paper_ for paper_ in every if paper_.id in wanted]

    def _acts(self) -> frozenset[str]:
        made = self._case
        found = _ACTS[made.state]
        if made.state is State.OPEN and not (made.about and allowed(made.level, rights.needed(made))):
            found = (found - {"decide"}) | {"identify"}
        if made.state in (State.OPEN, State.CARRYING_OUT) and not made.open_parts:
            found |= {"answer"}
        if made.plausible:
            found -= {"decide"}
        if made.kind is Kind.ACCESS and made.state is State.OPEN:
            found -= {"add_paper"}  # an answer on access rests on no paper but one that was asked for
        if made.state in _UNDECIDED and not any(part.choice or part.order for part in made.parts):
            found |= {"rekind"}
        if rights.next_action(self._listed()) == "send_another_way" and made.state in (State.ANSWERED, State.NOT_IDENTIFIED):
            found |= {"resend"}
        if made.state in _CARRIED and rights.limb_of(self._work, made) is not None:
            found |= {"lift"}
        if made.kind in EVIDENCE and made.about:
            asked = rights.asked_by(self._work, made)
            found |= {"drop_evidence"} if asked else {"ask_evidence"}
            found |= {"take_evidence"} if asked and asked != self._caller.actor.id else set()
        if made.entry and not made.plausible and made.channel is not Channel.PORTAL:
            found |= {"another"}
        return found | {"assign"}

    def _stages(self) -> tuple[str, ...]:
        made = self._case
        if made.kind is not Kind.COMPLAINT or not made.stage or made.state in (State.CLOSED, State.RETRACTED, State.DUPLICATE):
            return ()
        return tuple(stage.value for stage in kinds.complaint.STAGES[rights.Stage(made.stage)])

    def _may_confirm(self) -> bool:
        """Whoever decided does not confirm (design 21)."""
        me = self._caller.actor.id
        return self._case.state is State.SECOND_PERSON and not any(p.by == me for p in self._case.open_parts if p.choice)

    def _clock(self, clock: Clock) -> ClockView:
        words = self._words
        duty = next((d for d in self._office.gate.in_force(self._work).deadlines if d.id == clock.rule), None)
        article = self._cites.basis(Basis(clause="", article=f"{duty.source.act} {duty.source.article}")) if duty else ""
        return ClockView(
            words.coded("duty", clock.duty),
            article,
            clock.started,
            clock.due,
            clock.state.value,
            (clock.due - self._today).days,
            next((s.kind.value for s in self._states if s.id == clock.paused_for), clock.paused_for),
            clock.met_at,
            self._counted(clock),
        )

    def _counted(self, clock: Clock) -> tuple[DayView, ...]:
        try:
            due = rights.explain(clock, self._office.calendar)
        except SandyqError:  # a term that leaves the table of days: the last day stands, its count cannot be shown
            return ()
        if due is None:
            return ()
        number, days = 0, []
        for day in due.counted:
            number += day.counted
            days.append(DayView(day.date, number if day.counted else 0, day_words(self._words, day.reason)))
        return tuple(days)

    def _event(self, event: rights.Event) -> EventView:
        words = self._words
        who = self._members.get(event.by_id, "") or words.say("who.person" if event.by_kind == "subject" else f"who.{event.by_kind}")
        said = [words.coded("case.state", part) for part in (event.old, event.new) if part and speech.has(f"case.state.{part}")]
        note = " → ".join(said) or self._reason(event.reason)
        return EventView(event.at, words.coded("case.event", event.act), note, who)

    # --- parts -----------------------------------------------------------------------------------------------------------------------------

    def _parts(self, written: Mapping[str, str]) -> tuple[PartView, ...]:
        made = self._case
        deciding = "decide" in self._acts()
        found = {part.no: part for part in rights.suggest(self._work, self._office.rights, made.id).parts} if deciding else {}
        return tuple(self._part(part, found.get(part.no), written) for part in made.parts if part.reason != "listed")

    def _part(self, part: Part, law: SuggestedPart | None, written: Mapping[str, str]) -> PartView:
        words = self._words
        choices = self._choices(part) if law else ()
        return PartView(
            part.no,
            words.say(f"part.{part.what.value}"),
            self._about(part),
            written.get(f"part_{part.no}", ""),
            part.state.value,
            self._reason(part.reason),
            words.basis(part.clause, part.article),
            self._members.get(part.by, "") if part.choice and not part.ended else "",
            law.verdict if law else "",
            law.next_action if law else "",
            self._findings(law.reasons) if law else (),
            choices,
            _suggested(law, choices) if law else "",
            self._case.state is State.CARRYING_OUT and part.choice == Do.GRANT.value and not part.result and not part.ended,
            law.meets if law else (),
        )

    def _about(self, part: Part) -> str:
        words, target = self._words, part.target
        if not target:
            return ""
        if part.what is What.FIELD:
            return next(iter(words.fields([target])), target)
        if part.what is What.RECIPIENT:
            return words.recipient(target)
        if part.what is What.DECISION:
            return rights.named(self._work, self._office.rights, self._case, part, words.language)
        key = f"part.{part.what.value}.{target}"
        return words.say(key) if speech.has(key) else self._targets.get(target, target)

    def _choices(self, part: Part) -> tuple[Choice, ...]:
        """Every answer that the kind knows: what to grant on which limb, what to refuse on which, that nothing is held."""
        words, handling = self._words, kinds.of(self._case)
        granting = [Choice(f"grant:{limb}", f"{words.say('choice.grant')}: {_inside(said)}") for limb, said in self._limbs(part)]
        grants = granting or [Choice("grant:", words.say("choice.grant"))]
        refusals = [
            Choice(f"refuse:{code}", f"{words.say('choice.refuse')}: {_inside(self._reason(code))}", limb.cites)
            for code, limb in handling.limbs().items()
        ]
        return (*grants, *refusals, Choice("refuse:law", words.say("choice.refuse_law")), Choice("not_held:", words.say("choice.not_held")))

    def _limbs(self, part: Part) -> list[tuple[str, str]]:
        destroying = self._case.kind is Kind.DESTROY or (self._case.kind is Kind.AUTHORITY_ORDER and part.target == "destroy")
        if destroying:
            limbs = (VIOLATION,) if self._blocked(part) else tuple(DESTROY_REASONS)
            return [(reason, self._words.say(f"reason.{reason}")) for reason in limbs]
        if self._case.kind is Kind.NOT_ME:
            return [(way, self._words.say(f"choice.{way}")) for way in not_me.WAYS]
        if self._case.kind is Kind.UNBLOCK:
            ends = block.OUTCOMES[StateKind.BLOCK].keys() - {block.Outcome.TO_BE_DESTROYED}
            return [(end.value, self._words.say(f"outcome.{end.value}")) for end in sorted(ends)]
        return []

    def _blocked(self, part: Part) -> bool:
        """Whether a block stands over all that is to be destroyed: only a confirmed violation is destroyed out of it (2.2, 4.1.3)."""
        blocks = [s.scope for s in self._states if s.kind is StateKind.BLOCK and s.ended_at is None]
        return any(
            scope == block.Scope() or (part.what is What.ITEM and scope == block.Scope(items=scope.items | {part.target}))
            for scope in blocks
        )

    def _reason(self, code: str) -> str:
        if not code:
            return ""
        return self._sentences.get(code) or self._words.coded("duty" if speech.has(f"duty.{code}") else "reason", code)

    def _findings(self, found: Iterable[Finding]) -> tuple[Reason, ...]:
        return tuple(Reason(f.clause, f.article, speech.finding_alone(self._words.language, f)) for f in found)


def _inside(said: str) -> str:
    """A sentence as it stands behind a colon: it begins small, unless it begins with a name of letters alone (ЖСН, МҚҰ)."""
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]


def _suggested(law: SuggestedPart, choices: tuple[Choice, ...]) -> str:
    """What the law's findings point to. It is said beside the choices, never chosen beforehand."""
    if law.next_action in ("want_documents", "identify"):
        return law.next_action
    if law.verdict == "permitted":
        return "grant"
    return "refuse"


def day_words(words: Words, reason: object) -> str:
    """Why a day counts or not, in words."""
    holiday = getattr(reason, "holiday", "")
    counterpart = getattr(reason, "counterpart", None)
    name = words.coded("holiday", holiday) if holiday else ""
    return words.say(
        getattr(reason, "code", ""), holiday=name, counterpart=speech.day(words.language, counterpart) if counterpart else ""
    ).strip()


def entry_view(entry: Entry, number: str = "", language: str = "") -> EntryView:
    """One line of the journal; with a language a letter has its title."""
    return EntryView(
        entry.id,
        entry.number,
        entry.on,
        entry.direction.value,
        entry.channel.value,
        entry.kind,
        entry.state.value,
        entry.case,
        number,
        bool(entry.item),
        bool(entry.digest),
        entry.next,
        letter_title(entry.kind, language) if entry.digest and language else "",
    )
