"""The wiring of an office: settings in, every room out."""

from sandyq.app.office import SYSTEM, Office

__all__ = ["SYSTEM", "Office"]
