"""Walking what a file of people says, so that a fault names file, line and remedy."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sandyq.errors import BadFile

Data = Mapping[str, Any]


class Rows:
    """The mappings of one file. Each carries its line as `__line__`; where one does not, `line` is the last that did."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.line = 0

    def fault(self, row: object, what: str, remedy: str) -> BadFile:
        """A fault at the line of a mapping, or of what it stands in."""
        line = row.get("__line__", self.line) if isinstance(row, Mapping) else self.line
        return BadFile(self.file, line if isinstance(line, int) else 0, what, remedy)

    def day(self, row: Data, key: str) -> date:
        """A date. Raises BadFile."""
        value = row.get(key)
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self.fault(row, f"`{key}` is not a date: {value}", "write it as YYYY-MM-DD") from None
