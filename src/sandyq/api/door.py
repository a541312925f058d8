"""The way in: who calls, how often, with which scope; one act in one unit of work; the answer only after its commit (design 14, 18, 21)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from sandyq import audit, seal, speech, staff
from sandyq.api import faults, reading
from sandyq.app import Office, once
from sandyq.audit import Act, Leaf
from sandyq.db import Actor, Work
from sandyq.errors import Denied, FieldError, Invalid, SandyqError
from sandyq.http import body as bodies
from sandyq.http.body import AnyRequest
from sandyq.http.limits import Buckets, Rate
from sandyq.ids import is_id
from sandyq.staff import Caller, Power

A = TypeVar("A")
S = TypeVar("S", bound=msgspec.Struct)

DOOR: Final = "api"
PUBLIC: Final = Actor("public", "", DOOR)
MOST_BODY: Final = 64 * 1024
_SCHEME: Final = "bearer "
_MOST_TOKEN: Final = 200


_TOKEN_RATE: Final = Rate(burst=4_000, per_minute=120_000)
_ADDRESS_RATE: Final = Rate(burst=240, per_minute=600)
_WRONG_RATE: Final = Rate(burst=20, per_minute=12)


@dataclass(frozen=True, slots=True)
class Limits:
    """How often: a caller with a token; an address without one; an address whose tokens or signatures are wrong."""

    token: Rate = _TOKEN_RATE
    address: Rate = _ADDRESS_RATE
    wrong: Rate = _WRONG_RATE


@dataclass(frozen=True, slots=True)
class Turned:
    """A caller who was turned away in a unit of work: a value, so that the entry of the log is kept."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a struct or bytes, with status and headers."""

    body: msgspec.Struct | bytes
    status: int = 200
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Door:
    """One office behind HTTP."""

    def __init__(self, office: Office, limits: Limits) -> None:
        self.office = office
        self._tokens = Buckets(limits.token)
        self._addresses = Buckets(limits.address)
        self._wrong = Buckets(limits.wrong)

    def admit(self, call: "Call") -> None:
        """Count a call. Raises TooMany."""
        self._wrong.demand(call.address, 0)
        if call.secret:
            self._tokens.demand(seal.digest(call.secret.encode()))
        else:
            self._addresses.demand(call.address)

    def wrong(self, call: "Call") -> None:
        """Count a token or signature that was wrong, against the address it came from."""
        self._wrong.wait(call.address)


class Call:
    """One request as an endpoint sees it."""

    def __init__(self, door: Door, request: AnyRequest) -> None:
        self.door = door
        self.office = door.office
        self.request = request
        self.language = language_of(request)
        self.address = request.client.host if request.client else ""
        self.secret = _secret(request)

    # --- what came -------------------------------------------------------------------------------------------------------------------------

    def id(self, name: str) -> str:
        """An id in the path. Raises Invalid unless it has the shape of one."""
        given = str(self.request.path_params[name])
        if not is_id(given):
            raise Invalid([FieldError(name, "not_an_id")])
        return given

    def query(self, name: str, default: str = "") -> str:
        """A parameter of the address."""
        return str(self.request.query_params.get(name, default))

    def header(self, name: str) -> str:
        """A header, without blanks around it."""
        return str(self.request.headers.get(name, "")).strip()

    async def body(self, kind: type[S]) -> tuple[S, bytes]:
        """The JSON body as `kind` and as it came. Raises `media_type`, TooLarge, Invalid with all faults."""
        if bodies.media_type(self.request)[0] != "application/json":
            raise SandyqError("media_type", allowed="application/json")
        raw = await bodies.whole(self.request, MOST_BODY)
        return reading.read(kind, raw), raw

    # --- what is done ----------------------------------------------------------------------------------------------------------------------

    async def act(self, power: Power, fn: Callable[[Work, Caller], A]) -> A:
        """One unit of work as the owner of the token, who must have a power. Raises Denied; that is on record (8.2)."""
        secret = self.secret
        if not secret:
            raise Denied("token_missing")

        def unit(work: Work) -> A | Turned:
            caller = staff.token_actor(work, secret)
            turned = _turned(work, caller, power)
            if turned is not None or caller is None:
                return turned or Turned("token_unknown")
            work.actor = caller.actor
            return fn(work, caller)

        return await self._run(unit)

    async def public(self, fn: Callable[[Work], A]) -> A:
        """One unit of work of a caller who proves by something else than a token, or by nothing."""
        return await self._run(fn)

    async def look(self, fn: Callable[[Work], A]) -> A:
        """A read-only snapshot of what is not personal and open to everybody."""
        return await asyncio.to_thread(self.office.read, fn)

    async def once(self, power: Power, raw: bytes, fn: Callable[[Work, Caller], A], keeping: "once.Keeping[A]") -> A:
        """As `act`; under an `Idempotency-Key` the same body gets the answer that it got before, for seven days. Raises Conflict."""
        key = once.key_of(self.header("idempotency-key"))
        path = self.request.url.path

        def unit(work: Work, caller: Caller) -> A:
            if not key:
                return fn(work, caller)
            mark = once.mark(self.office.ring, caller.actor, path, key, raw)
            return once.do(work, mark, lambda: fn(work, caller), keeping)

        return await self.act(power, unit)

    async def _run(self, unit: Callable[[Work], A | Turned]) -> A:
        try:
            answer = await self.office.run(unit, PUBLIC)
        except Denied as denied:
            code = denied.code
            self.door.wrong(self)
            await self.office.run(lambda work: _note(work, code), PUBLIC)
            raise
        if isinstance(answer, Turned):
            self.door.wrong(self)
            raise Denied(answer.code, **answer.params)
        return answer


def _turned(work: Work, caller: Caller | None, power: Power) -> Turned | None:
    if caller is None:
        _note(work, "token_unknown")
        return Turned("token_unknown")
    if not caller.may(power):
        work.actor = caller.actor
        _note(work, "power_missing")
        return Turned("power_missing", {"power": power.value})
    return None


def _note(work: Work, code: str) -> None:
    audit.record(work, Leaf(Act.ACCESS_DENIED, clause="8.2", article="94-V art. 22(1)", verdict="refused", purpose=code))


def language_of(request: AnyRequest) -> str:
    """The language that the caller asks for."""
    return speech.negotiate(request.headers.get("accept-language", ""))


def _secret(request: AnyRequest) -> str:
    given: str = request.headers.get("authorization", "")
    return given[len(_SCHEME) :].strip()[:_MOST_TOKEN] if given[: len(_SCHEME)].lower() == _SCHEME else ""


def problem_answer(made: faults.Problem, language: str) -> Answer:
    """A problem as it goes back."""
    headers = [("content-language", language)]
    if made.retry_after:
        headers.append(("retry-after", str(made.retry_after)))
    if made.status == 401:
        headers.append(("www-authenticate", 'Bearer realm="sandyq"'))
    return Answer(made, made.status, faults.MEDIA_TYPE, tuple(headers))
