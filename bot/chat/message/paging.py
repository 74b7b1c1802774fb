"""Paging: whatever has no bound in the data (items, members, notes, resources) goes through here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.chat.message.blocks import Button, Buttons

T = TypeVar("T")

PAGE_PROSE = 2200  # characters of prose on a page of lines: a head, a title and what stands beside it fit in the rest


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a long list. `number` counts from 1, `left` is how many entries the later pages hold."""

    entries: tuple[T, ...]
    number: int
    pages: int
    total: int
    left: int = 0

    def build_page_buttons(self, says: str) -> tuple[Buttons, ...]:
        """The buttons that turn the page: each says `says page=n`. None where everything fits on one."""
        offered = [(self.number - 1, "Back"), (self.number + 1, f"{self.left} more")]
        buttons = tuple(
            Button(label, f"{says} page={number}")
            for number, label in offered
            if 1 <= number <= self.pages
        )
        return (Buttons(buttons),) if buttons else ()


def paginate(entries: Sequence[T], number: int, size: int) -> Page[T]:
    """Page `number` (from 1; nearest one that exists) of `entries`, in pages of about equal length up to `size`."""
    pages = max(1, -(-len(entries) // size))
    even = max(1, -(-len(entries) // pages))
    return _build_page(
        [entries[start : start + even] for start in range(0, len(entries), even)],
        number,
        len(entries),
    )


def paginate_lines(
    lines: Sequence[str], number: int, size: int, prose: int = PAGE_PROSE
) -> Page[str]:
    """Page `number` (from 1; nearest one that exists) of lines of prose: up to `size` of them, and up to `prose` characters
    unless a single line is longer."""
    cut: list[list[str]] = []
    for line in lines:
        held = sum(len(one) + 1 for one in cut[-1]) if cut else 0
        if not cut or len(cut[-1]) >= size or held + len(line) > prose:
            cut.append([])
        cut[-1].append(line)
    return _build_page(cut, number, len(lines))


def _build_page(cut: Sequence[Sequence[T]], number: int, total: int) -> Page[T]:
    if not cut:
        return Page((), 1, 1, 0)
    number = min(max(1, number), len(cut))
    left = sum(len(one) for one in cut[number:])
    return Page(tuple(cut[number - 1]), number, len(cut), total, left)
