"""Paging for lists without a bound in the data: items, members, notes, resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.chat.message.blocks import Button, Buttons

T = TypeVar("T")

# Characters of prose on a page. A heading, a title and other lines fit in the rest.
PAGE_PROSE = 2200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page from a long list. `number` counts from 1; `left` counts entries on later pages."""

    entries: tuple[T, ...]
    number: int
    pages: int
    total: int
    left: int = 0

    def build_page_buttons(self, phrase: str) -> tuple[Buttons, ...]:
        """Return the buttons that turn the page by `phrase page=n`; none for a single page."""
        buttons = []
        if self.number > 1:
            buttons.append(Button("Back", f"{phrase} page={self.number - 1}"))
        if self.number < self.pages:
            buttons.append(Button(f"{self.left} more", f"{phrase} page={self.number + 1}"))
        return (Buttons(tuple(buttons)),) if buttons else ()


def paginate(entries: Sequence[T], number: int, size: int) -> Page[T]:
    """Return page `number`, from 1, or the nearest one.

    Pages have about equal length, up to `size` entries.
    """
    page_count = max(1, -(-len(entries) // size))
    length = max(1, -(-len(entries) // page_count))
    pages = [entries[start : start + length] for start in range(0, len(entries), length)]
    return _build_page(pages, number, len(entries))


def paginate_lines(
    lines: Sequence[str], number: int, size: int, prose: int = PAGE_PROSE
) -> Page[str]:
    """Return page `number`, from 1, or the nearest one.

    A page holds up to `size` lines and `prose` characters. A longer line has a page to itself.
    """
    pages: list[list[str]] = []
    length = 0
    for line in lines:
        if not pages or len(pages[-1]) >= size or length + len(line) > prose:
            pages.append([])
            length = 0
        pages[-1].append(line)
        length += len(line) + 1
    return _build_page(pages, number, len(lines))


def _build_page(pages: Sequence[Sequence[T]], number: int, total: int) -> Page[T]:
    if not pages:
        return Page((), 1, 1, 0)
    number = min(max(1, number), len(pages))
    left = sum(len(page) for page in pages[number:])
    return Page(tuple(pages[number - 1]), number, len(pages), total, left)
