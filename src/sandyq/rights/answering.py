"""Answering: the letter is written, sealed, vouched for by the log and issued, and the terms of answering are met (policy 4.1, 3.10; the Law art. 25(2)(6)-(7)).

Where a request came by e-mail, a mail without personal data says that the answer is there (8.3).
"""

from dataclasses import replace
from typing import Final

from sandyq import correspondence
from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Notice, Outgoing
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError
from sandyq.letters.letter import LetterBody
from sandyq.letters.render import notice_text
from sandyq.rights import composing, records
from sandyq.rights.delivery import ANSWER, met_when_left, stands, watch
from sandyq.rights.desk import Rights, demand, keep, move, staff_only, taken
from sandyq.rights.facts import Case, Channel
from sandyq.rights.settling import settle
from sandyq.rights.states import State

WANTED: Final = frozenset(
    {"identity_document", "proof_of_value", "power_of_attorney", "court_decision", "birth_or_kinship", "proof_of_violation"}
)
"""Papers that can be asked for, as letters name them."""


def answer(work: Work, r: Rights, case_id: str, addressee: tuple[str, ...] = ()) -> str:
    """Answer a case whose every part has an end; gives the id of the letter in the journal. With an `addressee` (lines of name and address) it is printed for
    the post, else it is fetched from the portal. Raises Conflict while parts are open, Denied when the law does not let this member answer."""
    staff_only(work)
    made = taken(work, case_id, State.CARRYING_OUT, State.OPEN)
    if made.open_parts:
        raise Conflict("case_parts_open", left=len(made.open_parts))
    if made.state is State.OPEN:
        made = move(work, made, State.CARRYING_OUT, "carrying_out")
    made = settle(work, r, made)
    issued = _issued(work, r, made, composing.answer(work, r, made, _last_leaf(work, made), addressee), ANSWER, addressee)
    made = move(work, replace(made, answer=issued), State.ANSWERED, "answered", made.outcome)
    keep(work, met_when_left(work, replace(made, delivery=stands(work, r, made))))
    return issued


def not_identified(work: Work, r: Rights, case_id: str, addressee: tuple[str, ...] = ()) -> Case:
    """Nobody proved who asks: answered with that reason, within the term, and as any answer it is given when it leaves (art. 25(2)(7); Order 395, p. 16). A
    proof opens the case again; nothing was shown or changed."""
    staff_only(work)
    made = taken(work, case_id, State.IDENTIFYING)
    letter = composing.not_identified(work, r, made, _last_leaf(work, made), addressee)
    issued = _issued(work, r, made, letter, ANSWER, addressee)
    made = move(work, replace(made, outcome="refused", answer=issued), State.NOT_IDENTIFIED, "not_identified", "identity_not_proved")
    return watch(work, r, made)


def want_documents(
    work: Work, r: Rights, case_id: str, wanted: tuple[str, ...] = ("proof_of_value",), addressee: tuple[str, ...] = ()
) -> Case:
    """The person is told which papers are wanting. For a rectification that is the answer that its first term asks for; the term to change starts with the
    papers (4.1.2, art. 25(2)(7)-(8)). Raises Invalid for a paper that letters do not know."""
    staff_only(work)
    unknown = [n for n, code in enumerate(wanted) if code not in WANTED]
    demand([FieldError(f"wanted[{n}]", "not_in_list", {"allowed": ", ".join(sorted(WANTED))}, ("4.1.2",)) for n in unknown])
    made = taken(work, case_id, State.OPEN)
    _issued(work, r, made, composing.wanting(work, r, made, _last_leaf(work, made), wanted, addressee), "documents", addressee)
    made = move(work, made, State.WANTING_DOCUMENTS, "documents_wanted")
    return keep(work, met_when_left(work, replace(made, delivery=stands(work, r, made))))


def _last_leaf(work: Work, made: Case) -> str:
    """The entry of the last thing done about a case: what the letter tells of."""
    return records.events(work, made)[-1].leaf


def _issued(work: Work, r: Rights, made: Case, body: LetterBody, event: str, addressee: tuple[str, ...]) -> str:
    way = Way.PAPER if addressee else Way.PORTAL
    notice = None
    if made.channel is Channel.MAIL and made.entry:
        title, text = notice_text(event, made.number, r.link(made), made.language)
        notice = Notice(
            subject=made.subject,
            kind=event,
            language=made.language,
            title=title,
            text=text,
            case=made.id,
            reference=made.number,
            answers=made.entry,
        )
    new = Outgoing(
        subject=made.subject,
        case=made.id,
        body=body.to_json(),
        kind=body.template,
        language=made.language,
        channels=(way,),
        addressee=addressee,
        answers=made.entry,
        notice=notice,
    )
    return correspondence.issue(work, r.gate, new).id
