"""What ``benchmarks/gpu.py`` keeps: a budget of seconds, what came of every row, and the page that
it writes.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What all parts are told.

    Attributes:
        device: "cuda" or "cpu".
        tiny: do everything once, at a size that takes a CPU a moment.
        yolox: a folder that holds the package ``yolox``, where there is one.
    """

    device: str
    tiny: bool
    yolox: Path | None = None


Measure = Callable[[str, float, Setting], Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One section of the page.

    Attributes:
        title: of the section.
        about: what the figures are, in a paragraph.
        columns: titles of the columns; the first is the row's name.
        rows: names of the rows, in the order in which they are measured.
        measure: a function of a module, from a row's name, the seconds that it may take and the
            setting to the other cells. It raises where a figure is wrong or cannot be had.
        share: of the budget, in proportion to the other parts.
    """

    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    measure: Measure
    share: float


@dataclass(frozen=True)
class Outcome:
    """What came of one row: its cells, or the reason why there are none."""

    cells: tuple[str, ...] = ()
    reason: str = ""
    failed: bool = False


class Budget:
    """One number of seconds, shared by parts that come one after the other.

    A part may take its share of what is left, in proportion to the shares of those after it. So
    what one does not use goes to the others, and what one takes too much is taken from them.

    Args:
        seconds: for all parts together.
        shares: of each part, in their order.
        clock: seconds since any moment.
    """

    def __init__(
        self,
        seconds: float,
        shares: Mapping[str, float],
        *,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.shares, self.clock = dict(shares), clock
        self.end = clock() + seconds

    def left(self) -> float:
        """Seconds until everything must be done; never negative."""
        return max(0.0, self.end - self.clock())

    def grant(self, name: str) -> float:
        """The seconds that a part may take, asked when it begins."""
        names = list(self.shares)
        waiting = sum(self.shares[other] for other in names[names.index(name) :])
        return self.left() * self.shares[name] / waiting


def row_limit(left: float, rows_left: int) -> float:
    """The seconds that the next row may take of those that its part has left.

    Three times an even share and at most two thirds, so that one that hangs leaves something for
    the others; the last may take everything.
    """
    return left if rows_left == 1 else left * min(3 / rows_left, 2 / 3)


@dataclass
class Report:
    """The page: all parts, and what came of their rows so far.

    Args:
        parts: in their order; those that have not begun are on the page, too.
        heading: what stands above them, in Markdown.
    """

    parts: Sequence[Part]
    heading: str
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)

    def record(self, part: Part, row: str, outcome: Outcome) -> None:
        """Keep what came of a row."""
        self.outcomes[part.title, row] = outcome

    @property
    def failed(self) -> list[str]:
        """The rows that went wrong, as "part: row"."""
        return [f"{title}: {row}" for (title, row), out in self.outcomes.items() if out.failed]

    def markdown(self) -> str:
        """The whole page."""
        return "\n\n".join([self.heading, self._summary(), *map(self._section, self.parts)]) + "\n"

    def write(self, path: Path) -> None:
        """Write the page aside, then put it in its place."""
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(path.name + ".part")
        aside.write_text(self.markdown())
        os.replace(aside, path)

    def _summary(self) -> str:
        rows = sum(len(part.rows) for part in self.parts)
        measured = sum(not outcome.reason for outcome in self.outcomes.values())
        text = f"{measured} of {rows} rows were measured"
        if self.failed:
            text += f"; **these went wrong**: {cell(', '.join(self.failed))}"
        return text + "."

    def _section(self, part: Part) -> str:
        waiting = Outcome(reason="not measured yet")
        rows = [
            line(row, self.outcomes.get((part.title, row), waiting), len(part.columns))
            for row in part.rows
        ]
        return f"## {part.title}\n\n{part.about}\n\n{table(part.columns, rows)}"


def line(row: str, outcome: Outcome, width: int) -> tuple[str, ...]:
    """The cells of a row, or its reason in the first of them."""
    cells = outcome.cells if not outcome.reason else (f"*{outcome.reason}*",)
    return (row, *cells, *["-"] * (width - 1 - len(cells)))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table.

    Raises:
        ValueError: a row has more or fewer cells than there are columns.
    """
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"row {row[0]!r} has {len(row)} cells for {len(columns)} columns")
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(map(cell, cells)) + " |" for cells in lines)


def cell(text: Any) -> str:
    """Text that stays inside its cell: no line break, no bar."""
    return " ".join(str(text).split()).replace("|", r"\|")
