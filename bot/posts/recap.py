"""After a week: the group's work, the board and the honours.

It shows who did much and names nobody who did not.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.buttons import button_row
from bot.chat.message import (
    Block,
    Buttons,
    Message,
    Progress,
    Text,
    build_phrase,
    text_message,
)
from bot.chat.text import join_names, shorten
from bot.group.progress import list_top_rows
from bot.group.route import build_route
from bot.post import HomeFacts, LatePolicy, PostDay, post
from bot.views.board import build_top_rows, format_honour_line

ROWS = 10


def _find_recap_skip_reason(facts: HomeFacts) -> str | None:
    if facts.counts.members == 0:
        return "nobody is there to hear it"
    if facts.counts.check_in_total == 0 and not facts.week_board.rows:
        return "everybody is away"
    return None


@post(
    PostDay("after"),
    title="Weekly recap",
    late=LatePolicy(can_fold=True),
    order=30,
    skip=_find_recap_skip_reason,
    uses=("counts", "last_counts", "week_board", "honours"),
)
def recap(facts: HomeFacts) -> Message:
    """When a week is over: how it went, the board and the honours."""
    week = facts.post_week
    return text_message(
        *_build_recap_blocks(facts),
        _build_recap_buttons(facts),
        title=shorten(f"Week {week.number} is done: {week.week.title}", 150),
    )


def _build_recap_blocks(facts: HomeFacts) -> Iterator[Block]:
    counts = facts.counts
    if counts.check_in_total and not facts.is_quiet:
        yield Progress("Checked in", counts.checked_in_count, counts.check_in_total)
    if facts.week_board.rows:
        total = build_route(facts.roadmap, facts.cohort.syllabus).count_slots(facts.post_week.id)
        yield Text("**This week's board**")
        yield from build_top_rows(facts.week_board.rows, total, ROWS, facts.week_board.size)
    if facts.honours:
        # One medal is for all of them.
        yield Text("🏅 " + "\n".join(map(format_honour_line, facts.honours)))
    if facts.is_quiet and not facts.week_board.rows:
        yield Text("You can still check in for it: one line is enough.")
    if facts.weeks_folded:
        weeks = join_names(map(str, facts.weeks_folded))
        yield Text(f"This stands for week {weeks} too.")


def _build_recap_buttons(facts: HomeFacts) -> Buttons:
    ref, week_id = facts.cohort.ref, facts.post_week.id
    pairs = [
        ("My progress", build_phrase("progress", cohort=ref)),
        ("Check in late", build_phrase("checkin", week=week_id, cohort=ref)),
    ]
    has_more_rows = facts.week_board.size > len(list_top_rows(facts.week_board.rows, ROWS))
    if has_more_rows or any(honour.members.more_count for honour in facts.honours):
        board = build_phrase("progress", board="yes", week=week_id, cohort=ref)
        pairs.append(("The board", board))
    return button_row(*pairs)
