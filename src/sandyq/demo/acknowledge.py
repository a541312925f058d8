"""Carries a partner's acknowledgements to the office: signed with the partner's own secret, tried again until the office has heard them."""

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import httpx
from standardwebhooks.webhooks import Webhook

from sandyq.clock import Clock, SystemClock
from sandyq.demo.partner import Acknowledgement, acknowledgement_body

PATH: Final = "/api/v1/acknowledgements"
PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 60.0)
"""Seconds before the second and each later try."""
_USELESS: Final = frozenset({400, 401, 403, 410, 413, 422})
"""Answers after which another try would say the same thing. 404 and 409 are not here: the office may not have recorded its sending yet."""


@dataclass(frozen=True, slots=True)
class _Owed:
    what: Acknowledgement
    tries: int = 0


class Acknowledger:
    """One thread that empties a queue. `stop` ends it at once; what was not heard by then is lost with the process, as in any demo."""

    def __init__(
        self, office_url: str, recipient: str, secret: str, *, pauses: Sequence[float] = PAUSES, clock: Clock | None = None
    ) -> None:
        self._url = office_url.rstrip("/") + PATH
        self._recipient = recipient
        self._hook = Webhook(secret)
        self._pauses = pauses
        self._clock = clock or SystemClock()
        self._queue: queue.Queue[_Owed | None] = queue.Queue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="acknowledger", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        self._queue.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout=15)

    def owe(self, what: Acknowledgement) -> None:
        """Send this as soon as may be."""
        what.entry.acknowledged = "waiting"
        self._queue.put(_Owed(what))

    def _run(self) -> None:
        with httpx.Client(timeout=5.0, follow_redirects=False, trust_env=False) as client:
            while not self._stopped.is_set():
                owed = self._queue.get()
                if owed is not None and not self._stopped.is_set():
                    self._try(client, owed)

    def _try(self, client: httpx.Client, owed: _Owed) -> None:
        answer = self._send(client, owed.what)
        if answer is not None and 200 <= answer < 300:
            owed.what.entry.acknowledged = owed.what.status
        elif answer in _USELESS or owed.tries >= len(self._pauses):
            owed.what.entry.acknowledged = f"not accepted: {answer or 'no answer'}"
        else:
            owed.what.entry.acknowledged = f"waiting: {answer or 'no answer'}"
            again = threading.Timer(self._pauses[owed.tries], self._queue.put, [_Owed(owed.what, owed.tries + 1)])
            again.daemon = True
            again.start()

    def _send(self, client: httpx.Client, what: Acknowledgement) -> int | None:
        body = acknowledgement_body(what)
        now = self._clock.now()
        message_id = f"ack_{what.transfer}_{what.status}"  # stable over tries, so that the office can tell a repeat
        headers = {
            "content-type": "application/json",
            "sandyq-recipient": self._recipient,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._hook.sign(message_id, now, body.decode()),
        }
        try:
            return client.post(self._url, content=body, headers=headers).status_code
        except httpx.HTTPError:
            return None
