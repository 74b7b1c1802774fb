"""What is wrong with a roadmap file: where it is, and what its author can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Loc = tuple[str | int, ...]

MOST_PROBLEMS = 20
LONGEST_QUOTE = 60
WHOLE_FILE = "the file"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to repair. Lines count from 1; the path is `stages[0].weeks[2].title`, counting from 0."""

    file: str
    line: int
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.path}: {self.sentence}"


class RoadmapError(Exception):
    """A roadmap that cannot be used. `problems` holds the first twenty, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        in_order = sorted(dict.fromkeys(problems), key=lambda problem: problem.line)
        self.problems: tuple[Problem, ...] = tuple(in_order[:MOST_PROBLEMS])
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shorten_author_text(text: object) -> str:
    """Words of the author inside a sentence of ours: on one line, visible, and not long."""
    seen = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return seen if len(seen) <= LONGEST_QUOTE else f"{seen[:LONGEST_QUOTE]}…"


def format_loc(loc: Loc) -> str:
    """Write a place inside the data the way people read it, such as `stages[0].weeks[2].title`."""
    path = ""
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{shorten_author_text(step)}"
    return path.removeprefix(".") or WHOLE_FILE
