"""What anybody may see: the office and its policy."""

import asyncio
from urllib.parse import urlsplit

from sandyq import parties
from sandyq.app import Office
from sandyq.db import Work
from sandyq.web import paper
from sandyq.web.views import OfficeView, PartnerLink, PolicyView

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Front:
    """The port of the start page and the policy page."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def about(self, language: str) -> OfficeView:
        """What every page says about the office."""
        return await asyncio.to_thread(self._office.read, lambda work: self._about(work, language))

    def _about(self, work: Work, language: str) -> OfficeView:
        office = self._office
        force = office.gate.in_force(work)
        words = force.edition.words
        key = office.ring.office("parties")
        partners = (
            [PartnerLink(p.id, p.name, _page(p.endpoint)) for p in parties.recipients(work, key) if p.active] if office.sample else []
        )
        return OfficeView(
            "Sandyq",
            force.installed.reading.value,
            office.sample,
            words("operator", "name", language=language),
            words("contact", "email", language=language),
            tuple(partners),
        )

    async def policy(self, language: str) -> PolicyView:
        """The policy in force."""

        def look(work: Work) -> PolicyView:
            force = self._office.gate.in_force(work)
            return paper.policy(force.edition, force.installed.reading.value, force.installed.in_force_from, language)

        return await asyncio.to_thread(self._office.read, look)


def _page(endpoint: str) -> str:
    """The page of a partner that runs beside a sample office; empty for one elsewhere."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}/" if parts.hostname in _LOOPBACK else ""
