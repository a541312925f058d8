"""What a verification finds."""

from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not fit. `place` names where: an entry, a tile, a row, a witness; `params` fill the sentence of the catalog."""

    code: str
    place: str
    params: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = ", ".join(f"{key} {value}" for key, value in self.params.items())
        return f"{self.code} at {self.place}" + (f" ({shown})" if shown else "")


class Findings:
    """Problems as they come up: the first ones in full, the rest only counted."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.count = 0

    def add(self, code: str, place: str, **params: object) -> None:
        """One more."""
        self.count += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(Problem(code, place, params))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.kept)
