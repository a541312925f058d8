"""The office of the standing rooms."""

from standing_office import office, person

__all__ = ["office", "person"]
