"""An answer as a letter: its sections inside the frame that every letter has (policy 4.1.1, 8.3)."""

from collections.abc import Callable
from datetime import date

from sandyq.access import saying
from sandyq.access.acts import ARTICLE, CLAUSE
from sandyq.access.facts import Package
from sandyq.law.calendar import local_date
from sandyq.letters.certificate import Basis, LogPlace
from sandyq.letters.compose import Frame, access, letterhead
from sandyq.letters.letter import LetterBody


def body(
    package: Package, leaf: str, words: Callable[..., str], *, number: str, answers: str, received_on: date | None, due: date | None
) -> LetterBody:
    """The letter around an answer. `words` is the edition's, `leaf` the entry that vouches for the answer, `answers` the number of what is answered."""
    policy, log = package.policy, package.log
    origin, size, root = (log.origin, log.size, log.root) if log else ("", 0, "")
    frame = Frame(
        number=number,
        answers=answers,
        kind="access",
        office=letterhead(words),
        language=package.language,
        made_at=package.made_at,
        received_on=received_on,
        due=due,
        basis=Basis(CLAUSE, ARTICLE),
        log=LogPlace(leaf, origin, size, root, policy.policy, policy.pack),
    )
    return access(frame, saying.sections(package))


def number(package: Package, of: str) -> str:
    """What people call an answer, or the paper it answers: the day of the answer and the end of a random id."""
    return f"{local_date(package.made_at):%Y%m%d}-{of[-5:].upper()}"
