"""Units of work of a member of staff behind a session: who has no session or not the power is turned away, and that is on record (8.2, art. 22)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from sandyq import audit, staff
from sandyq.app import Office, once
from sandyq.audit import Act, Leaf
from sandyq.db import Actor, Work
from sandyq.errors import Denied
from sandyq.law.vocabulary import StandingAct
from sandyq.staff import Caller, NotSignedIn, Power
from sandyq.web.views import RefusalView, Visit

R = TypeVar("R")
DOOR: Final = "console"
NOBODY: Final = Actor("public", "", DOOR)
_FRESH: Final = timedelta(minutes=5)
"""How long after a second factor values may be seen in clear."""


@dataclass(frozen=True, slots=True)
class _Turned:
    """Somebody who was turned away: a value, so that the entry of the log is kept."""

    code: str
    lacks: str = ""


async def act(office: Office, token: str, power: Power, fn: Callable[[Work, Caller], R], grant: StandingAct | None = None) -> R:
    """One unit of work as the member whose session this is, who must have the power, and the grant where what is done asks no permit. Raises Denied."""

    def unit(work: Work) -> R | _Turned:
        caller = staff.keep_alive(work, token) if token else None
        if caller is None:
            return _Turned("session_ended")
        work.actor = caller.actor
        lacks = power.value if not caller.may(power) else grant.value if grant and not granted(caller, grant) else ""
        if lacks:
            audit.record(work, Leaf(Act.ACCESS_DENIED, clause="8.2", article="94-V art. 22(1)", verdict="refused", purpose=lacks))
            return _Turned("power_missing", lacks)
        return fn(work, caller)

    answer = await office.run(unit, NOBODY)
    if isinstance(answer, _Turned):
        raise Denied(answer.code, power=answer.lacks)
    return answer


def granted(caller: Caller, act: StandingAct) -> bool:
    """Whether a role lets its member do this to whom it may concern."""
    return caller.staff is not None and ("*", "*", act.value) in caller.staff.grants


DONE: Final[once.Keeping[None]] = once.Keeping(lambda made: "-", lambda work, kept: None)
"""An act that gives nothing back."""
NAMED: Final[once.Keeping[str]] = once.Keeping(lambda made: made, lambda work, made: made)
"""An act that gives the id of what it made."""
UNLESS_REFUSED: Final[once.Keeping[RefusalView | None]] = once.Keeping(lambda refused: "" if refused else "-", lambda work, kept: None)
"""An act that the law may refuse: what was refused may be asked again."""


async def act_once(
    office: Office,
    token: str,
    power: Power,
    visit: Visit,
    fn: Callable[[Work, Caller], R],
    keeping: once.Keeping[R],
    grant: StandingAct | None = None,
) -> R:
    """As `act`, for what a form makes or changes: sent twice (a double press, another try after a lost answer) it is done once, and answered as it was.
    Raises Denied."""

    def unit(work: Work, caller: Caller) -> R:
        if not visit.sending:
            return fn(work, caller)
        mark = once.mark(office.ring, caller.actor, DOOR, visit.sending, b"")
        return once.do(work, mark, lambda: fn(work, caller), keeping)

    return await act(office, token, power, unit, grant)


def able(work: Work, power: Power) -> tuple[tuple[str, str], ...]:
    """Members with a power, as (id, login) by login: whom work can be given to."""
    roles = {role.name for role in staff.roles(work) if power in role.powers}
    return tuple(sorted(((m.id, m.login) for m in staff.members(work) if m.active and m.role in roles), key=lambda pair: pair[1]))


async def fresh(office: Office, token: str, code: str) -> None:
    """What shows values in clear wants a second factor of the last minutes, or its code now: a wrong one counts, so it is a unit of work of its own.
    Raises Denied."""
    key = office.ring.office("staff")

    def unit(work: Work) -> bool:
        caller = staff.session(work, token) if token else None
        if caller is None:
            raise Denied("session_ended")
        work.actor = caller.actor
        if code:
            return not isinstance(staff.confirm_factor(work, key, token, code), NotSignedIn)
        return caller.factor_at is not None and work.at - caller.factor_at <= _FRESH

    if not await office.run(unit, NOBODY):
        raise Denied("code_wanted")
