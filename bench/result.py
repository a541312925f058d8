"""What one case gives, and how it is printed."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

R = TypeVar("R")


@dataclass(frozen=True)
class Result:
    """One row of the table. `ours` and `floor` are in `unit`; `less` says that small figures are the good ones."""

    case: str
    ours: float
    unit: str
    floor: float | None = None
    aim: str = ""
    met: bool | None = None
    note: str = ""
    less: bool = False

    @property
    def ratio(self) -> float | None:
        """Ours against the floor: 1.0 is as fast as without our code."""
        if not self.floor or not self.ours:
            return None
        return self.floor / self.ours if self.less else self.ours / self.floor


def aimed(result: Result, at_least: float | None = None, at_most: float | None = None, ratio: float | None = None) -> Result:
    """The same row with its aim, and whether it was met."""
    row = asdict(result)
    if ratio is not None:
        row |= {"aim": f">= {ratio:.0%} of floor", "met": (result.ratio or 0) >= ratio}
    elif at_least is not None:
        row |= {"aim": f">= {shown(at_least)}", "met": result.ours >= at_least}
    elif at_most is not None:
        row |= {"aim": f"<= {shown(at_most)}", "met": result.ours <= at_most}
    return Result(**row)


def seconds(fn: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    fn()
    return time.perf_counter() - began


def median(values: Sequence[float]) -> float:
    """The middle one: a round that the machine disturbed does not count."""
    return statistics.median(values)


def shown(value: float) -> str:
    """A figure that a person reads."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def table(rows: Sequence[Result]) -> str:
    """All rows as a Markdown table."""
    lines = ["| case | ours | floor | ratio | aim | met | remark |", "| --- | ---: | ---: | ---: | --- | --- | --- |"]
    for row in rows:
        floor = f"{shown(row.floor)} {row.unit}" if row.floor else ""
        ratio = f"{row.ratio:.0%}" if row.ratio else ""
        met = "" if row.met is None else "yes" if row.met else "no"
        lines.append(f"| {row.case} | {shown(row.ours)} {row.unit} | {floor} | {ratio} | {row.aim} | {met} | {row.note} |")
    return "\n".join(lines)


def as_json(rows: Sequence[Result]) -> str:
    """All rows for a program."""
    return json.dumps([{**asdict(row), "ratio": row.ratio} for row in rows], indent=1)
