"""The office's paper: letters as PDF that lead back to this office, signed with its certificate where it has one."""

from sandyq.clock import Clock
from sandyq.letters.letter import LetterBody
from sandyq.letters.pades import Seal
from sandyq.letters.render import render_pdf
from sandyq.settings import Settings


class Stationery:
    """Prints letters of one office."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._seal: Seal | None = None

    def ready(self) -> None:
        """Read the certificate that the settings name, so that a wrong one stops the start and not a letter. Raises BadFile."""
        file = self._settings.pades_file
        self._seal = Seal.load(file, self._settings.pades_password, self._settings.pades_tsa_url) if file else None

    def pdf(self, body: LetterBody, language: str = "") -> bytes:
        """A letter as PDF/A-2b in its own language or another; with the seal of the office when it has one. Not for the event loop."""
        made = render_pdf(body, language, base_url=self._settings.base_url)
        return self._seal.sign(made, self._clock.now()) if self._seal else made
