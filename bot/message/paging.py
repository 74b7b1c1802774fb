"""Paging: whatever has no bound in the data (items, members, notes, resources) goes through here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.message.blocks import Button, Buttons

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a long list. `number` counts from 1."""

    entries: tuple[T, ...]
    number: int
    pages: int
    total: int

    def turns(self, says: str) -> tuple[Buttons, ...]:
        """The buttons that turn the page: each says `says page=n`. None where everything fits on one."""
        offered = [(self.number - 1, "Back"), (self.number + 1, f"{self._more} more")]
        buttons = tuple(
            Button(label, f"{says} page={number}") for number, label in offered if 1 <= number <= self.pages
        )
        return (Buttons(buttons),) if buttons else ()

    @property
    def _more(self) -> int:
        size = -(-self.total // self.pages)
        return max(0, self.total - self.number * size) if self.number < self.pages else 0


def page(entries: Sequence[T], number: int, size: int) -> Page[T]:
    """Page `number` (from 1; nearest one that exists) of `entries`, in pages of about equal length up to `size`."""
    pages = max(1, -(-len(entries) // size))
    number = min(max(1, number), pages)
    even = max(1, -(-len(entries) // pages))
    return Page(tuple(entries[(number - 1) * even : number * even]), number, pages, len(entries))
