"""Whether an answer reached the person: what the journal knows of the letters of a case, when an answer left the house, and how it goes another way
(policy 3.10, 8.3; the Law art. 25(2)(6)-(7); docs/adr/0009-rights-desk.md).

The term of answering is met on the day on which the answer leaves: kept for the person to fetch, mailed where they wrote by e-mail, at the post where it is on
paper. Whether it arrived is another question, and a case ends only when it did.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from sandyq import correspondence
from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Direction, Entry, Notice, Outgoing
from sandyq.correspondence import State as Letter
from sandyq.correspondence.acts import number
from sandyq.db import Work
from sandyq.errors import Conflict, Denied
from sandyq.law.calendar import OutsideCalendar, day_ends, local_date
from sandyq.law.decision import Refusal
from sandyq.law.terms import Term, due_date
from sandyq.letters.letter import LetterBody
from sandyq.letters.render import notice_text
from sandyq.register import items, subjects
from sandyq.rights import clocks
from sandyq.rights.desk import Rights, case, keep, of_subject, over, staff_only, taken
from sandyq.rights.facts import Case, Channel, Delivery
from sandyq.rights.history import note
from sandyq.rights.kinds.handling import follow_ups, unconfirmed
from sandyq.rights.states import AT_REFUSAL, ENDED, Kind, State, by_letter

PATIENCE: Final = Term.parse("10wd")
"""How long an answer may lie unfetched, or be on its way without proof, before the desk is told to try another way. Ours: no act sets it."""
ANSWER: Final = "answer"
"""The kind of a mail that says that an answer is there."""
_PLAIN: Final = timedelta(days=14)
_ARRIVED: Final = frozenset({Letter.DELIVERED, Letter.FETCHED})
_BACK: Final = frozenset({Letter.RETURNED, Letter.BOUNCED, Letter.FAILED})
_ASKING: Final = frozenset({State.IDENTIFYING, State.WANTING_DOCUMENTS})
"""States in which the case waits for what a letter of ours asked for."""
_PAPER: Final = frozenset({Way.PAPER, Way.COURIER})
_TO_WAIT_FOR: Final = frozenset({Delivery.TO_POST, Delivery.FAILED, Delivery.WAITING, Delivery.SENT})
"""How a refusal for want of identity may stand while its case is not over."""
NEXT: Final = {
    Delivery.TO_POST: "post_letter",
    Delivery.WAITING: "wait_delivery",
    Delivery.SENT: "wait_delivery",
    Delivery.LATE: "send_another_way",
    Delivery.FAILED: "send_another_way",
}
"""What the desk does next about a letter that stands so."""


def delivered(work: Work, case_id: str) -> bool:
    """Whether the answer of a case reached the person, as far as the journal knows: fetched, or proved, by any of the ways that it went."""
    return _arrived(_answers(work, case(work, case_id)))


def busy(work: Work, subject: str) -> bool:
    """Whether a request that somebody asked is still worked on. One that is answered and only not fetched is not: it is kept to the end of its own term."""
    asked = [made for made in of_subject(work, subject) if made.subject == subject and made.state not in ENDED]
    return any(made.state is not State.ANSWERED or unconfirmed(work, made) for made in asked)


def available(work: Work, made: Case) -> bool:
    """Whether the answer can still be fetched: its sealed body goes with the request file, at the end of that one's term."""
    kept = {item.item_id for item in items.legal(work, made.subject)}
    return any(entry.item in kept for entry in _answers(work, made))


def watched(made: Case) -> bool:
    """Whether a refusal for want of identity has not left yet, or may still come back: then its case is not over."""
    return made.state is State.NOT_IDENTIFIED and made.closed_at is None


def stands(work: Work, r: Rights, made: Case) -> Delivery:
    """How the last letter of a case stands. While it is not answered, only what does not arrive is said."""
    if made.state in ENDED and not watched(made):
        return Delivery.NONE
    out = _out(work, made)
    answered = made.state is State.ANSWERED or watched(made)
    letters = _answers(work, made) if answered else sorted((e for e in out if e.digest), key=lambda e: e.made_at)
    if answered and _arrived(letters):
        return Delivery.DELIVERED
    if not answered and made.state not in _ASKING:
        return Delivery.NONE
    latest = letters[-1] if letters else None
    if _came_back(latest, _mails(out, answer=answered)):
        return Delivery.FAILED
    if latest is None or _arrived([latest]):
        return Delivery.NONE
    if latest.channel in _PAPER and latest.state is Letter.QUEUED:
        return Delivery.TO_POST
    return _patient(work, r, latest) if answered else Delivery.NONE


def _came_back(letter: Entry | None, mails: list[Entry]) -> bool:
    """Whether nothing that is still under way tells the person: the last mail failed, or the letter came back and no later mail went instead."""
    mail = mails[-1] if mails else None
    if mail is not None and mail.state in _BACK and (letter is None or mail.made_at >= letter.made_at):
        return True
    later = mail is not None and letter is not None and mail.made_at > letter.made_at
    return letter is not None and letter.state in _BACK and not later


def _patient(work: Work, r: Rights, letter: Entry) -> Delivery:
    since = local_date(_posted(work, letter) or letter.made_at)
    try:
        last = due_date(since, PATIENCE, r.gate.calendar())
    except OutsideCalendar:  # the table of days ends before: no term of the law hangs on it, so plain days do
        last = since + _PLAIN
    if local_date(work.at) > last:
        return Delivery.LATE
    return Delivery.SENT if letter.state is Letter.SENT else Delivery.WAITING


def _out(work: Work, made: Case) -> list[Entry]:
    return [e for e in correspondence.of_case(work, made.id) if e.direction is Direction.OUT]


def _answers(work: Work, made: Case) -> list[Entry]:
    """The answer and its copies that went other ways, oldest first."""
    letters = [e for e in _out(work, made) if e.digest]
    first = next((e for e in letters if e.id == made.answer), None)
    return [first, *sorted((e for e in letters if e.made_at > first.made_at), key=lambda e: e.made_at)] if first else []


def _mails(out: list[Entry], *, answer: bool) -> list[Entry]:
    """Mails that say that an answer is there, or those that ask for something, oldest first."""
    return sorted((e for e in out if e.channel is Way.MAIL and (e.kind == ANSWER) is answer), key=lambda e: e.made_at)


def _arrived(letters: list[Entry]) -> bool:
    return any(e.state in _ARRIVED for e in letters)


def left_at(work: Work, made: Case) -> datetime | None:
    """When the answer (or, while papers are waited for, the letter that asks for them) left the house: posted on paper, told by a mail, or kept for who sees it
    where they asked. None while it has not. A post mark that staff enter later counts by its own day."""
    out, answer = _out(work, made), made.state is not State.WANTING_DOCUMENTS
    letters = _answers(work, made) if answer else sorted((e for e in out if e.digest), key=lambda e: e.made_at)[-1:]
    if not letters:
        return None
    told = [e for e in _mails(out, answer=answer) if e.made_at >= letters[0].made_at]
    gone = [_posted(work, e) for e in (*told, *(e for e in letters if e.channel in _PAPER))]
    seen = [_moved(work, e) for e in letters if e.state in _ARRIVED]
    kept = [e.made_at for e in letters if e.channel not in _PAPER and not _by_mail(made)]
    return min(filter(None, (*gone, *seen, *kept)), default=None)


def met_when_left(work: Work, made: Case) -> Case:
    """The duties of answering are done on the day on which the answer left the house; the case as it stands then. Of a rectification without papers the letter
    that asks for them is the answer that its first term wants. A withdrawal that was refused in part is done when its letter left and its recipients stopped."""
    duties = _answering(work, made)
    left = left_at(work, made) if duties else None
    if left is None:
        return made
    stopped = [t.acked_at for t in follow_ups(work, made) if t.acked_at is not None] if duties & AT_REFUSAL else []
    made = clocks.meet(work, made, duties - AT_REFUSAL, left)
    return clocks.meet(work, made, duties & AT_REFUSAL, max([left, *stopped]))


def watch(work: Work, r: Rights, made: Case) -> Case:
    """Look after the letter that refuses for want of identity, as after any answer: its terms end when it leaves, one that comes back goes another way. The case
    is over once it arrived, or when it left and nothing came back for as long as our patience lasts: who has proved nothing can fetch nothing."""
    made = met_when_left(work, made)
    now = stands(work, r, made)
    if now is Delivery.FAILED and made.delivery is not now:
        note(work, made, "letter_failed")
    made = replace(made, delivery=now)
    waits = now in _TO_WAIT_FOR or any(clock.open for clock in made.clocks)
    return keep(work, made) if waits else over(work, replace(made, delivery=Delivery.NONE))


def would_meet(work: Work, made: Case) -> bool:
    """Whether a letter left by which a term of answering is met that still runs."""
    return bool(_answering(work, made)) and left_at(work, made) is not None


def _answering(work: Work, made: Case) -> frozenset[str]:
    """The duties that a letter of this case does and that are still open."""
    asked = made.state is State.WANTING_DOCUMENTS
    if asked:
        duties = frozenset({"access-answer"}) if made.kind is Kind.RECTIFY else frozenset[str]()
    else:
        duties = by_letter("not_identified" if made.state is State.NOT_IDENTIFIED else made.outcome)
        duties -= AT_REFUSAL if duties & AT_REFUSAL and unconfirmed(work, made) else frozenset()
    return duties & {clock.duty for clock in made.clocks if clock.met_at is None}


def _by_mail(made: Case) -> bool:
    """Whether the person is told by e-mail that an answer is there; else they see it where they asked."""
    return made.channel is Channel.MAIL and bool(made.entry)


def _posted(work: Work, entry: Entry) -> datetime | None:
    """When an entry went out, for the first time."""
    gone = [e for e in correspondence.events(work, entry.id) if e.state in (Letter.SENT, Letter.DELIVERED)]
    return _instant(gone[0].on, gone[0].at) if gone else None


def _moved(work: Work, entry: Entry) -> datetime:
    events = correspondence.events(work, entry.id)
    out = [e for e in events if e.state in (Letter.SENT, *_ARRIVED)]
    return _instant(out[0].on, out[0].at) if out else entry.made_at


def _instant(on: date | None, at: datetime) -> datetime:
    """The instant that an event counts from: a day that was said by itself counts whole."""
    return at if on is None or on >= local_date(at) else day_ends(on) - timedelta(seconds=1)


def resend(work: Work, r: Rights, case_id: str, addressee: tuple[str, ...] = ()) -> str:
    """Send an answer that did not arrive another way: the same letter on paper to an `addressee`, or, without one, a mail that it is there to the address in
    the register. Gives the id of the journal's entry. What is handed over at the desk is proved by its receipt in the journal. Raises Conflict."""
    staff_only(work)
    made = taken(work, case_id, State.ANSWERED, State.NOT_IDENTIFIED)
    letters = _answers(work, made)
    if _arrived(letters):
        raise Conflict("letter_arrived_already")
    entry = _on_paper(work, r, made, letters[0], addressee) if addressee else _mailed(work, r, made)
    note(work, made, "resent", "", "paper" if addressee else "mail")
    made = replace(made, closed_at=None)  # of a refusal for want of identity the new letter is watched as the first was
    keep(work, replace(made, delivery=stands(work, r, made)))
    return entry


def _on_paper(work: Work, r: Rights, made: Case, first: Entry, addressee: tuple[str, ...]) -> str:
    opened = correspondence.letter(work, r.gate, first)
    if isinstance(opened, Refusal):
        raise Denied("case_not_readable", decision=opened.decision)
    body = replace(LetterBody.from_json(opened), addressee=addressee, number=number(local_date(work.at), work.new_id()))
    new = Outgoing(
        subject=made.subject,
        case=made.id,
        body=body.to_json(),
        kind=body.template,
        language=made.language,
        channels=(Way.PAPER,),
        addressee=addressee,
        answers=made.entry,
    )
    return correspondence.issue(work, r.gate, new).id


def _mailed(work: Work, r: Rights, made: Case) -> str:
    """A mail to the address in the register: of whose data are meant, who alone can fetch the letter."""
    to = made.about or made.subject
    if not subjects.alive(work, to):
        raise Conflict("case_about_nobody")
    title, text = notice_text("answer", made.number, r.link(made), made.language)
    new = Notice(subject=to, kind=ANSWER, language=made.language, title=title, text=text, case=made.id, reference=made.number)
    sent = correspondence.notify(work, r.gate, new)
    if sent is None:  # only answers of a machine are counted
        raise Conflict("letter_not_sent")
    return sent.id
