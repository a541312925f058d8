"""The answer of `/verify`: what the journal and the log say of a digest, and nothing of anybody."""

import asyncio
from dataclasses import replace
from typing import Final

from sandyq import correspondence
from sandyq.app import Office
from sandyq.audit import publish, store
from sandyq.audit.proof import Proof
from sandyq.db import Work
from sandyq.errors import NotFound
from sandyq.web.views import Download, IssuedView

_NO_LEAF: Final = "0" * 26
"""Looked for where no letter was found, so that both answers ask the store the same."""


class Verify:
    """The port of the page that checks letters."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def letter(self, digest: str, number: str) -> IssuedView | None:
        """Whether a letter of this digest was issued, and under this number where one is given."""
        return await asyncio.to_thread(self._office.read, lambda work: self._letter(work, digest, number))

    def _letter(self, work: Work, digest: str, number: str) -> IssuedView | None:
        issued = correspondence.by_digest(work, digest)
        entry = store.entry(work, issued.leaf if issued else _NO_LEAF)
        log = self._office.publisher.published()
        if issued is None or (number and number.strip().upper() != issued.number.upper()):
            return None
        covered = entry is not None and log is not None and entry[0] < log.head.size
        return IssuedView(issued.on, entry[0] if entry else None, issued.leaf, log.head.origin if log else "", covered)

    async def proof(self, digest: str) -> Download:
        """The proof of the entry that vouches for a letter. Raises NotFound, or NotReady while no published checkpoint covers it."""

        def look(work: Work) -> publish.Proved:
            issued = correspondence.by_digest(work, digest)
            if issued is None:
                raise NotFound
            return publish.prove(work, self._office.folder, issued.leaf)

        proved = await asyncio.to_thread(self._office.read, look)
        text = str(replace(Proof.parse(proved.proof), extra=proved.entry))
        return Download(f"letter-{digest[:12]}.tlog-proof", "text/plain; charset=utf-8", text.encode())
