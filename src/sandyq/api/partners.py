"""What a recipient calls: the acknowledgement of what it was told, signed with its own secret after Standard Webhooks (2.14, 7.1)."""

from typing import Final

import msgspec

from sandyq import distribute
from sandyq.api.door import DOOR, Answer, Call
from sandyq.db import Actor, Work
from sandyq.distribute.acts import ACK_BOUND
from sandyq.errors import Denied, NotFound
from sandyq.http import body as bodies
from sandyq.ids import is_id

RECIPIENT_HEADER: Final = "sandyq-recipient"
SIGNED: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Acknowledged(msgspec.Struct):
    """An acknowledgement that was taken; sending it again changes nothing."""

    transfer: str
    kind: str
    status: str


async def acknowledge(call: Call) -> Answer:
    """A recipient confirms a lead (stored), block, release, withdrawal, destruction or correction. The signature is over the bytes as they came.

    A correction has `fields` with the right values, as far as the recipient may have them now, and `stop`: fields whose value must not be used any more."""
    raw = await bodies.whole(call.request, ACK_BOUND)
    recipient = call.header(RECIPIENT_HEADER)
    headers = {name: call.header(name) for name in SIGNED}

    def act(work: Work) -> distribute.Transfer:
        work.actor = Actor("partner", recipient if is_id(recipient) else "", DOOR)  # proven by the signature, or nothing is kept
        try:
            return distribute.acknowledge(work, call.office.gate, recipient, headers, raw)
        except NotFound as missing:
            if missing.code == "recipient_unknown":
                raise Denied("signature_wrong") from None  # who is a recipient is not told to strangers
            raise

    made = await call.public(act)
    return Answer(Acknowledged(made.id, made.kind.value, distribute.CONFIRMS[made.kind]))
