"""Answers on access as an office gives them: on a request that is on file, or to the person who asks; both sides of the wall joined (4.1.1, 3.7).

The doors call this, so that none forgets the other side, the checkpoint, or whose request it is.
"""

from typing import TYPE_CHECKING

from sandyq import access, personnel, requests, rights
from sandyq.access import Answered
from sandyq.db import Work
from sandyq.errors import Denied, FieldError, Invalid, NotFound
from sandyq.identity import Deed, Level, allowed
from sandyq.law.decision import Refusal

if TYPE_CHECKING:
    from sandyq.app.office import Office


def on_request(office: "Office", work: Work, subject: str, document: str, *, full: bool, language: str) -> Answered | Refusal:
    """The answer that a member of staff gives on a request: a case of access about this person, or a paper on their file.

    Raises Invalid for a request that is not this person's, Denied when the member's grants would leave something out, or
    when whoever asks has not proved enough of who they are.
    """
    level = _level(work, subject, document)
    if level is None:
        raise Invalid([FieldError("document", "request_not_on_file", {}, ("4.1.1", "94-V art. 25(2)(6)"))])
    wanted = Deed.SEE_FULL if full else Deed.ASK_ACCESS
    if not allowed(level, wanted):
        raise Denied("identity_too_low", wanted=wanted.value)
    return _given(office, work, subject, (document,), full=full, language=language)


def to_the_person(office: "Office", work: Work, subject: str, *, full: bool, language: str) -> Answered | Refusal:
    """The answer that a person, or who acts for them, takes for themselves; the work's actor is who is signed in."""
    return _given(office, work, subject, (), full=full, language=language)


def _level(work: Work, subject: str, document: str) -> Level | None:
    """How well whoever asks has proved who they are; None where the request is not about this person. A paper on file was taken by a member of staff,
    who answers for having seen who brought it."""
    if document in {paper.id for paper in requests.documents(work, subject)}:
        return Level.DESK
    try:
        case = rights.case(work, document)
    except NotFound:
        return None
    return case.level if case.kind is rights.Kind.ACCESS and case.about == subject else None


def _given(office: "Office", work: Work, subject: str, documents: tuple[str, ...], *, full: bool, language: str) -> Answered | Refusal:
    other = personnel.for_answer(work, office.gate, subject, documents)
    if isinstance(other, Refusal):
        return other
    return access.package(
        work,
        office.gate,
        office.holders,
        subject,
        full=full,
        withholding=rights.withheld,
        counterpart=other,
        documents=documents,
        language=language,
        log=office.publisher.published(),
    )
