"""An office whose log is published and witnessed."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sandyq import audit
from sandyq.audit import Act, Leaf, signing
from sandyq.audit.folder import LogFolder
from sandyq.audit.publish import Publisher
from sandyq.audit.sequencer import move
from sandyq.audit.verify import Report, verify
from sandyq.audit.witness import FolderWitness
from sandyq.db import Actor, Stores, Work
from sandyq.errors import NotFound

CLERK = Actor("staff", "clerk-1", "console", "sys-user")


class Salts:
    """A register in small: salts that can be shredded."""

    def __init__(self) -> None:
        self.shredded: set[str] = set()
        self.read = 0

    def __call__(self, work: Work, subject: str) -> bytes:
        self.read += 1
        if subject in self.shredded:
            raise NotFound("salt_gone")
        return sha256(f"salt of {subject}".encode()).digest()


class LogOffice:
    """The audit room wired up."""

    def __init__(self, stores: Stores, folder: Path) -> None:
        self.stores = stores
        self.salts = Salts()
        audit.install(stores, self.salts)
        self.folder = LogFolder(folder / "log")
        self.witness = FolderWitness(folder / "witness")
        self.signer = signing.create(folder / "keys", "office.example/log")
        self.publisher = Publisher(self.folder, self.signer, [self.witness], witness_seconds=0)

    def record(self, count: int = 1, subject: str = "", act: Act = Act.SHOWN) -> list[str]:
        def acts(work: Work) -> list[str]:
            return [audit.record(work, Leaf(act, subject=subject, clause="2.9", count=at)) for at in range(count)]

        made = self.stores.write(acts, CLERK)
        self.stores.clock.advance(timedelta(milliseconds=1))
        return made

    def settle(self) -> None:
        while self.stores.write(move, CLERK):
            pass

    def publish(self) -> int:
        self.settle()
        return self.publisher.publish(self.stores)

    def verify(self, *, witnessed: bool = True, checks: tuple = ()) -> Report:
        witnesses = [self.witness] if witnessed else []
        return self.stores.read(lambda work: verify(self.folder, self.signer.key, work=work, witnesses=witnesses, checks=checks))

    def sql(self, *statements: str) -> None:
        """Somebody with the database's password."""

        def run(work: Work) -> None:
            for each in statements:
                work.durable.run(each)

        self.stores.write(run, CLERK)


@pytest.fixture
def office(stores: Stores, settings) -> LogOffice:
    return LogOffice(stores, settings.folder)
