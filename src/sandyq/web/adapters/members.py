"""Units of work of a member of staff behind a session: who has no session or not the power is turned away, and that is on record (8.2, art. 22)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from sandyq import audit, staff
from sandyq.app import Office
from sandyq.audit import Act, Leaf
from sandyq.db import Actor, Work
from sandyq.errors import Denied
from sandyq.staff import Caller, Power

R = TypeVar("R")
DOOR: Final = "console"
NOBODY: Final = Actor("public", "", DOOR)


@dataclass(frozen=True, slots=True)
class _Turned:
    """Somebody who was turned away: a value, so that the entry of the log is kept."""

    code: str


async def act(office: Office, token: str, power: Power, fn: Callable[[Work, Caller], R]) -> R:
    """One unit of work as the member whose session this is. Raises Denied."""

    def unit(work: Work) -> R | _Turned:
        caller = staff.keep_alive(work, token) if token else None
        if caller is None:
            return _Turned("session_ended")
        work.actor = caller.actor
        if not caller.may(power):
            audit.record(work, Leaf(Act.ACCESS_DENIED, clause="8.2", article="94-V art. 22(1)", verdict="refused", purpose=power.value))
            return _Turned("power_missing")
        return fn(work, caller)

    answer = await office.run(unit, NOBODY)
    if isinstance(answer, _Turned):
        raise Denied(answer.code, power=power.value)
    return answer
