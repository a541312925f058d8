"""Carrying the outbox: claim, prepare, commit, send, record. No transaction is held through the network (design 3, 18)."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from sandyq import outbox
from sandyq.db import Actor, Promised, Stores, Work
from sandyq.errors import SandyqError

SYSTEM: Final = Actor("system", "clockwork", "worker")
BATCH: Final = 32


class Post:
    """Carries what is due, several rows at once.

    The rows of a batch are prepared side by side, so that they share a commit where the store groups acts; each is sent by itself, and its
    record is on the way as soon as it was sent.
    """

    def __init__(self, stores: Stores, carriers: dict[str, outbox.Carrier], senders: int = 4) -> None:
        self._stores = stores
        self._carriers = carriers
        self._pool = ThreadPoolExecutor(senders, thread_name_prefix="post")

    def run(self) -> int:
        """Carry what is due; returns how many rows were handled."""
        if not self._stores.read(outbox.waiting):
            return 0  # an idle office does not write
        rows = self._stores.write(lambda work: outbox.claim(work, BATCH), SYSTEM)
        prepared = [(row, self._stores.submit(partial(self._prepared, carrier=self._carriers[row.kind], row=row), SYSTEM)) for row in rows]
        sent = [self._pool.submit(self._sent, row, promise) for row, promise in prepared]
        for recorded in [each.result() for each in sent]:
            if recorded is not None:
                recorded.result()
        return len(rows)

    def _sent(self, row: outbox.Row, prepared: Promised[outbox.Parcel | None]) -> Promised[None] | None:
        """Send one row; gives the promise of its record, or None where nothing leaves."""
        carrier = self._carriers[row.kind]
        try:
            parcel = prepared.result()
        except SandyqError as error:
            # A row that cannot be prepared (a tampered item, say) grows old like one that cannot be delivered, and holds up no other.
            outcome = outbox.Outcome(False, error.code)
        else:
            if parcel is None:
                return None
            outcome = carrier.send(parcel)
        return self._stores.submit(partial(self._recorded, carrier=carrier, row=row, outcome=outcome), SYSTEM)

    @staticmethod
    def _prepared(work: Work, carrier: outbox.Carrier, row: outbox.Row) -> outbox.Parcel | None:
        parcel = carrier.prepare(work, row)
        if parcel is None:
            outbox.finish(work, row, "withheld")
        return parcel

    @staticmethod
    def _recorded(work: Work, carrier: outbox.Carrier, row: outbox.Row, outcome: outbox.Outcome) -> None:
        given_up = False
        if outcome.ok:
            outbox.finish(work, row, "done")
        elif outcome.final:
            outbox.finish(work, row, "given_up")
            given_up = True
        else:
            given_up = not outbox.again(work, row)
        carrier.record(work, row, outcome, given_up=given_up)

    def close(self) -> None:
        """Let the sendings under way end."""
        self._pool.shutdown(wait=True, cancel_futures=True)
