"""The board: members and weeks in bars, and the honours."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.message import Block, Progress, Text, escape_text
from bot.chat.text import join_names, shorten
from bot.group.honours import Honour
from bot.group.progress import Standing, WeekProgress, list_top_rows

WEEK_BARS = 12


def build_board_bars(
    rows: Sequence[Standing], total: int, own: Standing | None = None
) -> tuple[Block, ...]:
    """Return a bar for each row; the reader's own bar comes last if it is not among them.

    `total` counts the items on a whole route. Equal members share a rank.
    """
    bars = []
    has_own = False
    for row in rows:
        is_own = own is not None and row.member_id == own.member_id
        has_own = has_own or is_own
        bars.append(_build_standing_bar(row, total, is_own))
    if own is not None and not has_own:
        bars.append(_build_standing_bar(own, total, True))
    return tuple(bars)


def build_top_rows(
    rows: Sequence[Standing], total: int, limit: int, member_count: int
) -> tuple[Block, ...]:
    """Return the first bars on a board, and a line with the number left out.

    Equal members stay together if there is room.
    """
    top_rows = list_top_rows(rows, limit)
    blocks = build_board_bars(top_rows, total)
    left_count = member_count - len(top_rows)
    if left_count > 0:
        blocks = (*blocks, Text(f"… and {left_count} more."))
    return blocks


def _build_standing_bar(row: Standing, total: int, is_own: bool) -> Progress:
    label = shorten(f"{row.rank}. {row.name}")
    # A week may have become shorter after its items were ticked.
    done = min(row.done, total)
    return Progress(label, done, total, "you" if is_own else "", strong=is_own)


def format_honour_line(honour: Honour) -> str:
    """Return everybody an honour is for, equals in one line."""
    names = [f"**{escape_text(name)}**" for name in honour.members.names]
    if honour.members.more_count:
        names.append(f"{honour.members.more_count} more")
    return f"{join_names(names)} {honour.text}"


def build_week_bars(weeks: Sequence[WeekProgress]) -> tuple[Block, ...]:
    """Return a bar for each of the latest weeks."""
    return tuple(_build_week_bar(week) for week in weeks[-WEEK_BARS:])


def _build_week_bar(progress: WeekProgress) -> Progress:
    note = ""
    if progress.has_checked_in:
        note = "checked in"
    elif progress.is_open:
        note = "open"
    label = shorten(progress.week.title_with_number)
    return Progress(label, progress.done, progress.total, note, strong=progress.is_open)
