"""The log for everybody (C2SP `tlog-tiles` under `/api/v1/audit`), proofs of single entries, and whether the office serves (design 14-16)."""

from typing import Final

import msgspec

from sandyq.api.door import Answer, Call
from sandyq.app import records as offices
from sandyq.audit import publish
from sandyq.audit.folder import VERIFIER_KEY
from sandyq.db import Work
from sandyq.errors import NotFound, NotReady

_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_FOREVER: Final = (("cache-control", "public, max-age=31536000, immutable"),)
_SHORT: Final = (("cache-control", "public, max-age=1"),)


class ProofOfEntry(msgspec.Struct):
    """One entry and its proof under the latest checkpoint: `entry` is the canonical JSON that was hashed, `proof` a C2SP `tlog-proof`."""

    leaf: str
    number: int
    entry: str
    proof: str


class Health(msgspec.Struct):
    """Whether the office serves. `log_size` is how many entries are published."""

    ready: bool
    engine: str
    log_size: int


async def checkpoint(call: Call) -> Answer:
    """The latest signed checkpoint. Raises NotReady before the first."""
    note = call.office.folder.checkpoint()
    if note is None:
        raise NotReady("log_not_published", remedy="ask again in a second")
    return Answer(note, media_type=_TEXT, headers=_SHORT)


async def tile(call: Call) -> Answer:
    """One tile. What a checkpoint covers never changes; tiles hold nothing of a person."""
    path = call.request.params["path"].strip("/")
    return Answer(call.office.folder.read(f"tile/{path}"), media_type=_BYTES, headers=_FOREVER)


async def key(call: Call) -> Answer:
    """The public key of the log, as a verifier key line. Who verifies should have it from elsewhere too."""
    try:
        line = (call.office.folder.path / VERIFIER_KEY).read_bytes()
    except FileNotFoundError:
        raise NotFound("log_not_published") from None
    return Answer(line, media_type=_TEXT)


async def proof(call: Call) -> Answer:
    """The proof of one entry."""
    leaf = call.id("leaf")
    office = call.office
    made = await call.look(lambda work: publish.prove(work, office.folder, leaf))
    return Answer(ProofOfEntry(leaf, made.number, made.entry.decode(), made.proof))


async def health(call: Call) -> Answer:
    """Ready, or 503 with what is to be done."""

    def look(work: Work) -> bool:
        return offices.office(work) is not None

    if not await call.look(look):
        raise NotReady("office_missing", remedy="run `sandyq init`")
    signed = call.office.publisher.published()
    return Answer(Health(True, call.office.stores.engine, signed.head.size if signed else 0))
