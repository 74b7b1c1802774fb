"""Problems in a roadmap file: the place, and the remedy for its author."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Loc = tuple[str | int, ...]

MOST_PROBLEMS = 20
LONGEST_QUOTE = 60
WHOLE_FILE = "the file"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem to repair.

    Lines count from 1. The path, `stages[0].weeks[2].title`, counts from 0.
    """

    file: str
    line: int
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.path}: {self.sentence}"


class RoadmapError(Exception):
    """An invalid roadmap. `problems` holds the first twenty, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        in_order = sorted(dict.fromkeys(problems), key=lambda problem: problem.line)
        self.problems: tuple[Problem, ...] = tuple(in_order[:MOST_PROBLEMS])
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shorten_author_text(text: object) -> str:
    """Return an author's words for one of our sentences: on one line, visible, and short."""
    visible = "".join(letter if letter.isprintable() else " " for letter in str(text))
    if len(visible) <= LONGEST_QUOTE:
        return visible
    return f"{visible[:LONGEST_QUOTE]}…"


def format_loc(loc: Loc) -> str:
    """Return a place inside the data for people, such as `stages[0].weeks[2].title`."""
    path = ""
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{shorten_author_text(step)}"
    return path.removeprefix(".") or WHOLE_FILE
