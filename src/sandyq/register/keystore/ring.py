"""The keys that a process holds in memory: key-encryption keys and token masters by generation, and keys derived for the office.

Data keys are never held here. Which generations rows may stand under is read from the store in every unit of work that wraps or
searches, so another worker's rotation is seen at once.
"""

import threading
from typing import NamedTuple

import msgspec

from sandyq import seal
from sandyq.db.work import Work
from sandyq.errors import NotFound, NotReady, Retry
from sandyq.register.keystore import records
from sandyq.register.keystore.provider import KeyProvider, Kind

OFFICE_KEY = 1


class Live(NamedTuple):
    """Generations that rows may stand under, ascending; the last is the one to write with."""

    kek: tuple[int, ...]
    token: tuple[int, ...]


_DECODE = msgspec.json.Decoder(tuple[int, ...])


class Keyring:
    """Fetches from the provider once and keeps; forgets a generation as soon as the store no longer lists it."""

    def __init__(self, provider: KeyProvider) -> None:
        self.provider = provider
        self._keks: dict[int, seal.Wrapping] = {}
        self._staff: dict[int, seal.Wrapping] = {}
        self._tokens: dict[int, seal.Keyed] = {}
        self._office: dict[str, bytes] = {}
        self._keyed: dict[str, seal.Keyed] = {}
        self._seen = threading.local()

    def live(self, work: Work) -> Live:
        """The generations in use, read shared: a rotation waits for this work, or makes it run again."""
        if getattr(self._seen, "work", None) is work:
            known: Live = self._seen.live
            return known
        row = records.key_state(work.perishable)
        if row is None:
            raise NotReady("keys_not_founded", remedy="run `sandyq init` in the office's folder")
        live = Live(_DECODE.decode(row[0]), _DECODE.decode(row[1]))
        for number in self._keks.keys() - set(live.kek):
            self._keks.pop(number, None)
        self._seen.work, self._seen.live = work, live
        return live

    def staff(self, work: Work) -> tuple[int, ...]:
        """The generations behind the wall of 3.7, ascending, read shared; none before somebody is taken on there."""
        known: dict[str, tuple[int, ...]] = work.once.setdefault("keystore", {})
        if "staff" not in known:
            row = records.key_state(work.perishable, records.STAFF)
            known["staff"] = _DECODE.decode(row[0]) if row else ()
            for number in self._staff.keys() - set(known["staff"]):
                self._staff.pop(number, None)
        return known["staff"]

    def changed(self, work: Work | None = None) -> None:
        """Forget what this thread read: the work at hand has rotated."""
        self._seen.work = None
        if work is not None:
            work.once.pop("keystore", None)

    def kek(self, number: int) -> seal.Wrapping:
        """A key-encryption key of either side. Raises Retry when its generation went while the caller's snapshot still named it."""
        found = self._keks.get(number) or self._staff.get(number)
        if found is None:
            found = self._found(number)
        return found

    def _found(self, number: int) -> seal.Wrapping:
        """A number is given once on both sides together, so the side is where the key is."""
        try:
            found = self._staff[number] = seal.Wrapping(self.provider.fetch("staff", number))
        except NotFound:
            found = self._keks[number] = seal.Wrapping(self._fetch("kek", number))
        return found

    def tokens(self, last: int) -> list[seal.Keyed]:
        """The chain of token masters 1 .. `last`: a token of generation n is the n-th link."""
        for number in range(1, last + 1):
            if number not in self._tokens:
                self._tokens[number] = seal.Keyed(self._fetch("token", number))
        return [self._tokens[number] for number in range(1, last + 1)]

    def office(self, label: str) -> bytes:
        """A key of the office for one use, such as sealing partners' secrets. Does not rotate with the generations."""
        found = self._office.get(label)
        if found is None:
            found = self._office[label] = seal.derive(self._fetch("office", OFFICE_KEY), label)
        return found

    def keyed(self, label: str) -> seal.Keyed:
        """`office`, ready to make tokens with."""
        found = self._keyed.get(label)
        if found is None:
            found = self._keyed[label] = seal.Keyed(self.office(label))
        return found

    def _fetch(self, kind: Kind, number: int) -> bytes:
        try:
            return self.provider.fetch(kind, number)
        except NotFound:
            if kind == "kek":
                raise Retry("key_generation_gone", number=number) from None
            raise
