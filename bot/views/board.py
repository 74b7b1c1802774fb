"""The board: members and weeks as bars."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.message import (
    Block,
    Progress,
    Text,
)
from bot.chat.text import shorten
from bot.group.progress import Standing, WeekProgress, list_top_rows

BARS = 12


def build_board_bars(
    rows: Sequence[Standing], total: int, own: Standing | None = None
) -> tuple[Block, ...]:
    """A board as bars; the reader's own line follows where it is not among them. Ties share a rank."""
    bars = [
        _build_standing_bar(row, total, own is not None and row.member_id == own.member_id)
        for row in rows
    ]
    if own is not None and all(row.member_id != own.member_id for row in rows):
        bars.append(_build_standing_bar(own, total, True))
    return tuple(bars)


def build_top_rows(
    rows: Sequence[Standing], total: int, limit: int, everybody: int
) -> tuple[Block, ...]:
    """The first rows of a board as a post shows them, and how many more there are. Nobody's equal is left out if there is
    room for them."""
    shown = list_top_rows(rows, limit)
    left = everybody - len(shown)
    return (*build_board_bars(shown, total), *([Text(f"… and {left} more.")] if left > 0 else []))


def _build_standing_bar(row: Standing, total: int, own: bool) -> Progress:
    return Progress(
        shorten(f"{row.rank}. {row.name}"),
        min(row.done, total),
        total,
        "you" if own else "",
        strong=own,
    )


def build_week_bars(shares: Sequence[WeekProgress]) -> tuple[Block, ...]:
    """A bar for each of the latest weeks that have come."""
    return tuple(_build_week_bar(share) for share in shares[-BARS:])


def _build_week_bar(share: WeekProgress) -> Progress:
    note = "checked in" if share.has_checked_in else ("open" if share.is_open else "")
    return Progress(
        shorten(share.week.title_with_number), share.done, share.total, note, strong=share.is_open
    )
