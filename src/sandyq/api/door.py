"""The way in: who calls, how often, with which scope; one act in one unit of work; the answer only after its commit (design 14, 18, 21)."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from sandyq import audit, seal, speech, staff
from sandyq.api import faults, reading
from sandyq.app import Office, once
from sandyq.audit import Act, Leaf
from sandyq.db import Actor, Work
from sandyq.errors import Denied, FieldError, Invalid, SandyqError
from sandyq.frozen import quick
from sandyq.http import body as bodies
from sandyq.http.incoming import Incoming
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


@quick
@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a struct, bytes, or pieces that are made while they are sent; with status and headers."""

    body: msgspec.Struct | bytes | Iterator[bytes]
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
        if call.secret:
            self._tokens.demand(seal.digest(call.secret.encode()))
        else:
            self._addresses.demand(call.address)

    def hears(self, call: "Call") -> bool:
        """Whether one more wrong token or signature from this address is put on record. Whoever has a right one is never held up by this."""
        return not self._wrong.wait(call.address, 0)

    def wrong(self, call: "Call") -> None:
        """Count a token or signature that was wrong. Raises TooMany once an address brought too many."""
        self._wrong.demand(call.address)


class Call:
    """One request as an endpoint sees it."""

    def __init__(self, door: Door, request: Incoming) -> None:
        self.door = door
        self.office = door.office
        self.request = request
        self.language = language_of(request)
        self.address = request.address
        self.secret = _secret(request)
        self._actor = PUBLIC  # until a token says who it is

    # --- what came -------------------------------------------------------------------------------------------------------------------------

    def id(self, name: str) -> str:
        """An id in the path. Raises Invalid unless it has the shape of one."""
        given = self.request.params[name]
        if not is_id(given):
            raise Invalid([FieldError(name, "not_an_id")])
        return given

    def query(self, name: str, default: str = "") -> str:
        """A parameter of the address."""
        return self.request.query(name, default)

    def header(self, name: str) -> str:
        """A header, without blanks around it."""
        return self.request.header(name).strip()

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
        heard = self.door.hears(self)

        def unit(work: Work) -> A | Turned:
            caller = staff.token_actor(work, secret)
            if caller is None:
                return _turned(work, Turned("token_unknown"), heard)
            work.actor = self._actor = caller.actor
            if not caller.may(power):
                return _turned(work, Turned("power_missing", {"power": power.value}), True)
            return fn(work, caller)

        answer = await self._run(unit)
        if isinstance(answer, Turned):
            if self._actor is PUBLIC:
                self.door.wrong(self)
            raise Denied(answer.code, **answer.params)
        return answer

    async def public(self, fn: Callable[[Work], A]) -> A:
        """One unit of work of a caller who proves by something else than a token, or by nothing."""
        heard = self.door.hears(self)
        try:
            return await self.office.run(fn, PUBLIC)
        except Denied as denied:
            self.door.wrong(self)
            if heard:
                await self._record(denied.code)
            raise

    async def look(self, fn: Callable[[Work], A]) -> A:
        """A read-only snapshot of what is not personal and open to everybody."""
        return await asyncio.to_thread(self.office.read, fn)

    async def once(self, power: Power, raw: bytes, fn: Callable[[Work, Caller], A], keeping: "once.Keeping[A]") -> A:
        """As `act`; under an `Idempotency-Key` the same body gets the answer that it got before, for seven days. Raises Conflict."""
        key = once.key_of(self.header("idempotency-key"))
        path = self.request.path

        def unit(work: Work, caller: Caller) -> A:
            if not key:
                return fn(work, caller)
            mark = once.mark(self.office.ring, caller.actor, path, key, raw)
            return once.do(work, mark, lambda: fn(work, caller), keeping)

        return await self.act(power, unit)

    async def _run(self, unit: Callable[[Work], A]) -> A:
        """A unit of work of a caller with a token; what an act denies is on record as theirs."""
        try:
            return await self.office.run(unit, PUBLIC)
        except Denied as denied:
            await self._record(denied.code)
            raise

    async def _record(self, code: str) -> None:
        await self.office.run(lambda work: _note(work, code), self._actor)


def _turned(work: Work, turned: Turned, heard: bool) -> Turned:
    if heard:
        _note(work, turned.code)
    return turned


def _note(work: Work, code: str) -> None:
    audit.record(work, Leaf(Act.ACCESS_DENIED, clause="8.2", article="94-V art. 22(1)", verdict="refused", purpose=code))


def language_of(request: Incoming) -> str:
    """The language that the caller asks for."""
    return speech.negotiate(request.header("accept-language"))


def _secret(request: Incoming) -> str:
    given = request.header("authorization")
    return given[len(_SCHEME) :].strip()[:_MOST_TOKEN] if given[: len(_SCHEME)].lower() == _SCHEME else ""


def problem_answer(made: faults.Problem, language: str) -> Answer:
    """A problem as it goes back."""
    headers = [("content-language", language)]
    if made.retry_after:
        headers.append(("retry-after", str(made.retry_after)))
    if made.status == 401:
        headers.append(("www-authenticate", 'Bearer realm="sandyq"'))
    return Answer(made, made.status, faults.MEDIA_TYPE, tuple(headers))
