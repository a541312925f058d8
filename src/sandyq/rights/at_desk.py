"""Who asks stands at the desk with an identity document: it is read, the person is found by it, and the case goes on (policy 2.16, 8.3; the Law art. 10(2)).

The IIN is compared with the register through the keyed index. Of the document its kind is noted: no number, no copy (art. 7(10)).
"""

from sandyq import identity, personnel
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid
from sandyq.identity import Level
from sandyq.register import identifiers, index, subjects
from sandyq.rights.acts import identified
from sandyq.rights.desk import Rights, demand, staff_only
from sandyq.rights.facts import Case

_CITED = ("8.3", "94-V art. 10(2)")


def at_desk(work: Work, r: Rights, case_id: str, document_kind: str, *, about: str = "", iin: str = "") -> Case:
    """A member saw the identity document of whoever asks. `about` names the person by id, `iin` is the number as it was read off the document; one of them is
    enough, and of two each must fit the other. From then on the IIN counts as verified. Raises Invalid, Denied, NotFound, Conflict."""
    staff_only(work)
    person = about or by_iin(work, r, iin)
    check = identity.desk_check(work, r.gate, person, document_kind, iin=iin)
    return identified(work, r, case_id, person, Level.DESK, check)


def by_iin(work: Work, r: Rights, iin: str) -> str:
    """The one living person with this IIN: whoever holds it as verified, else the only one who asserts it. Clients come first; the other side of the wall
    of 3.7 is looked at only for a member who reaches both. Existence alone is found out, and the search is on record. Raises Invalid."""
    number = identifiers.iin(iin)
    demand([FieldError("iin", number.error if iin else "missing", {}, _CITED)] if number.error or not iin else [])
    walls = ("client", personnel.WALL) if personnel.reaches_both(work, r.gate) else ("client",)
    for wall in walls:
        matches = [m for m in index.find(work, r.gate.ring, "iin", number.value, wall=wall).matches if subjects.alive(work, m.subject)]
        record(work, Leaf(Act.SEARCHED, clause=_CITED[0], article=_CITED[1], object="iin", count=len(matches)))
        sure = [m.subject for m in matches if not m.asserted] or [m.subject for m in matches]
        if len(sure) > 1:
            raise Invalid([FieldError("iin", "iin_of_several", {"count": len(sure)}, _CITED)])
        if sure:
            return sure[0]
    raise Invalid([FieldError("iin", "iin_of_nobody", {}, _CITED)])
