"""The board: members and weeks as bars."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.message import (
    Block,
    Progress,
    Text,
)
from bot.chat.text import short
from bot.group.progress import Share, Standing, first_rows

BARS = 12


def board(rows: Sequence[Standing], total: int, own: Standing | None = None) -> tuple[Block, ...]:
    """A board as bars; the reader's own line follows where it is not among them. Ties share a rank."""
    bars = [_bar(row, total, own is not None and row.member_id == own.member_id) for row in rows]
    if own is not None and all(row.member_id != own.member_id for row in rows):
        bars.append(_bar(own, total, True))
    return tuple(bars)


def top(rows: Sequence[Standing], total: int, most: int, everybody: int) -> tuple[Block, ...]:
    """The first rows of a board as a post shows them, and how many more there are. Nobody's equal is left out if there is
    room for them."""
    shown = first_rows(rows, most)
    left = everybody - len(shown)
    return (*board(shown, total), *([Text(f"… and {left} more.")] if left > 0 else []))


def _bar(row: Standing, total: int, own: bool) -> Progress:
    return Progress(
        short(f"{row.rank}. {row.name}"),
        min(row.done, total),
        total,
        "you" if own else "",
        strong=own,
    )


def weeks_done(shares: Sequence[Share]) -> tuple[Block, ...]:
    """A bar for each of the latest weeks that have come."""
    return tuple(_week_bar(share) for share in shares[-BARS:])


def _week_bar(share: Share) -> Progress:
    note = "checked in" if share.checked_in else ("open" if share.is_open else "")
    return Progress(short(share.week.label), share.done, share.total, note, strong=share.is_open)
