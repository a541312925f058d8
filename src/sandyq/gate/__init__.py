"""The gate: ask the law, get a permit or a refusal, open only through a permit."""

from sandyq.gate.facts import Prospect
from sandyq.gate.gate import Gate

__all__ = ["Gate", "Prospect"]
