"""A figure, the target it is held against, and the table that shows both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("measure", "figure", "ratio", "target", "met")


@dataclass(frozen=True, slots=True)
class Target:
    """A limit. `unit` is "×" for a ratio, else the unit of the figure."""

    limit: float
    unit: str = "×"
    is_least: bool = False

    def is_met_by(self, found: float) -> bool:
        if self.is_least:
            return found >= self.limit
        return found <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.is_least else "≤"
        unit = self.unit if self.unit in ("", "×") else f" {self.unit}"
        return f"{sign} {format_number(self.limit)}{unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured. `found` is the number held against the target, the ratio if it is None."""

    measure: str
    shown: str
    ratio: float | None = None
    target: Target | None = None
    found: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Return True where the target is met, None without a target or a number."""
        found = self.ratio if self.found is None else self.found
        if self.target is None or found is None:
            return None
        return self.target.is_met_by(found)

    def list_cells(self) -> tuple[str, ...]:
        """Return the cells of the table, in the order of `HEAD`."""
        ratio = "" if self.ratio is None else f"{format_number(self.ratio)}×"
        target = "" if self.target is None else str(self.target)
        met = {True: "yes", False: "no", None: ""}[self.is_met]
        return (self.measure, self.shown, ratio, target, met)


def format_number(number: float) -> str:
    """Return a number with as many digits as its size deserves."""
    if number >= 100 or number == int(number):
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def format_milliseconds(seconds: float) -> str:
    """Return a time in milliseconds."""
    return f"{format_number(seconds * 1000)} ms"


def skip_figure(measure: str, reason: str) -> Figure:
    """Return the line for what could not be measured here."""
    return Figure(measure, f"skipped: {reason}")


def print_table(title: str, figures: Sequence[Figure]) -> None:
    """Print figures below a title."""
    rows = [HEAD, *(figure.list_cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    print(f"\n{title}")
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print(f"  {'  '.join(cells)}".rstrip(), flush=True)
