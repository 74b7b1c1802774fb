"""After a week: what was done together, the board and the honours. It shows who did much and names nobody who did not."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Block, Message, Progress, Text, build_phrase, escape_text, text_message
from bot.chat.text import join_names, shorten
from bot.group.progress import Honour, list_top_rows
from bot.group.route import build_route
from bot.post import LatePolicy, PostDay, PostFacts, post
from bot.views.board import build_top_rows

ROWS = 10


def _find_recap_skip_reason(facts: PostFacts) -> str | None:
    if facts.counts.members == 0:
        return "nobody is there to hear it"
    return (
        "everybody is away" if facts.counts.check_in_total == 0 and not facts.week_board else None
    )


@post(
    PostDay("after"),
    title="Weekly recap",
    late=LatePolicy(can_fold=True),
    order=30,
    skip=_find_recap_skip_reason,
)
def recap(facts: PostFacts) -> Message:
    """When a week is over: how it went, the board and the honours."""
    cohort, week, counts = facts.cohort, facts.post_week, facts.counts
    total = build_route(facts.roadmap, cohort.syllabus).count_slots(week.id)
    blocks: list[Block] = []
    if counts.check_in_total:
        blocks.append(Progress("Checked in", counts.checked_in_count, counts.check_in_total))
    if facts.week_board:
        blocks += [
            Text("**This week's board**"),
            *build_top_rows(facts.week_board, total, ROWS, facts.week_board_size),
        ]
    if facts.honours:
        blocks.append(Text("🏅 " + "\n".join(map(_format_honour_line, facts.honours))))
    if facts.weeks_folded:
        blocks.append(
            Text(
                f"This stands for week {join_names(str(number) for number in facts.weeks_folded)} too."
            )
        )
    pairs = [
        ("My progress", build_phrase("progress", cohort=cohort.ref)),
        ("Check in late", build_phrase("checkin", week=week.id, cohort=cohort.ref)),
    ]
    if facts.week_board_size > len(list_top_rows(facts.week_board, ROWS)) or any(
        honour.members.more_count for honour in facts.honours
    ):
        pairs.append(
            ("The board", build_phrase("progress", board="yes", week=week.id, cohort=cohort.ref))
        )
    return text_message(
        *blocks,
        button_row(*pairs),
        title=shorten(f"Week {week.number} is done: {week.week.title}", 150),
    )


def _format_honour_line(honour: Honour) -> str:
    """Everybody an honour is for, equals in one line: one medal is for all of them."""
    more = [f"{honour.members.more_count} more"] if honour.members.more_count else []
    return f"{join_names([*(f'**{escape_text(name)}**' for name in honour.members.names), *more])} {honour.text}"
