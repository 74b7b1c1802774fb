"""After a week: the group's work, the board, the honours, thanks, and shared notes.

It shows who did much and names nobody who did not. Its first sentence differs each week.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.chat.buttons import button_row
from bot.chat.message import (
    MESSAGE_PROSE,
    Block,
    Buttons,
    Message,
    Progress,
    Text,
    build_phrase,
    count_prose,
    escape_text,
    text_message,
)
from bot.chat.text import join_names, shorten
from bot.group.progress import list_top_rows
from bot.group.route import build_route
from bot.post import HomeFacts, LatePolicy, PostDay, SharedThanks, SharedWords, post
from bot.views.board import build_top_rows, format_honour_line
from bot.views.recap_opening import describe_opening

ROWS = 10
MOST_THANKS = 6  # lines
MOST_NOTES = 3  # lines
MAX_REASON = 120  # characters
MAX_NOTE = 160  # characters
MAX_NAME = 40  # characters
MARGIN = 100  # characters that are left free below


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
    uses=(
        "counts",
        "last_counts",
        "week_board",
        "honours",
        "former_posts",
        "thanks",
        "shared_notes",
    ),
)
def recap(facts: HomeFacts) -> Message:
    """When a week is over: how it went, the board, honours, thanks and shared notes."""
    week = facts.post_week
    blocks = list(_build_recap_blocks(facts))
    return text_message(
        *_add_words(facts, blocks),
        _build_recap_buttons(facts),
        title=shorten(f"Week {week.number} is done: {week.week.title}", 150),
    )


def _build_recap_blocks(facts: HomeFacts) -> Iterator[Block]:
    counts = facts.counts
    yield Text(describe_opening(facts))
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


# — what members said —


def _add_words(facts: HomeFacts, blocks: list[Block]) -> list[Block]:
    """Return the blocks with thanks and shared notes below, as far as a message has room."""
    room = MESSAGE_PROSE - MARGIN - count_prose(blocks)
    thanks = [_format_thanks(shared) for shared in facts.thanks.thanks]
    words = [_format_words(shared) for shared in facts.shared_notes]
    for title, lines, most, total in (
        ("**Thanks**", thanks, MOST_THANKS, facts.thanks.count),
        ("**From your check-ins**", words, MOST_NOTES, len(words)),
    ):
        text = _join_lines(title, lines[:most], total, room)
        if text:
            blocks.append(Text(text))
            room -= len(text)
    return blocks


def _join_lines(title: str, lines: Sequence[str], total: int, room: int) -> str:
    """Return a title with the lines that have room below it; empty where none has."""
    chosen: list[str] = []
    for line in lines:
        if len("\n".join([title, *chosen, line])) > room:
            break
        chosen.append(line)
    if not chosen:
        return ""
    if total > len(chosen):
        chosen.append(f"… and {total - len(chosen)} more.")
    return "\n".join([title, *chosen])


def _format_thanks(shared: SharedThanks) -> str:
    giver = f"**{escape_text(shorten(shared.giver, MAX_NAME))}**" if shared.giver else "One of us"
    receiver = escape_text(shorten(shared.receiver, MAX_NAME))
    reason = escape_text(shorten(shared.reason, MAX_REASON))
    return f"• {giver} thanks **{receiver}** for: {reason}"


def _format_words(shared: SharedWords) -> str:
    # On one line, however it was typed.
    note = escape_text(shorten(" ".join(shared.note.split()), MAX_NOTE))
    return f"• **{escape_text(shorten(shared.name, MAX_NAME))}**: “{note}”"


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
