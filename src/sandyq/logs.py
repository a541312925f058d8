"""Lines of the program's own log: an event's name, codes, ids and counts, never values of people and never the text of an exception.

The library behind it takes a third of a second to load, so it is loaded with the first line that is written, not at the start.
"""

import sys
from functools import cache
from typing import Any


class Log:
    """The log of one part of the program."""

    def __init__(self, name: str) -> None:
        self._name = name

    def info(self, event: str, **fields: object) -> None:
        """Something worth knowing."""
        _loaded(self._name).info(event, **fields)

    def warning(self, event: str, **fields: object) -> None:
        """Something went wrong and is tried again."""
        _loaded(self._name).warning(event, **fields)

    def error(self, event: str, **fields: object) -> None:
        """Something went wrong and stays so until somebody looks."""
        _loaded(self._name).error(event, **fields)


@cache
def _loaded(name: str) -> Any:
    import structlog

    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            ],
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )
    return structlog.get_logger(name)
