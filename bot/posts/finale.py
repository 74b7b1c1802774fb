"""After the last week: the group has finished together."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.buttons import button_row
from bot.chat.message import Block, Message, Text, build_phrase, escape_text, text_message
from bot.chat.text import format_count
from bot.group.progress import list_top_rows
from bot.group.route import build_route
from bot.post import LatePolicy, PostDay, PostFacts, post
from bot.views.board import build_top_rows

ROWS = 10


@post(PostDay("finish"), title="Finale", late=LatePolicy(max_delay=timedelta(days=30)), order=80)
def finale(facts: PostFacts) -> Message:
    """When the last week is over: the whole way in numbers, and the final board."""
    cohort, total = facts.cohort, build_route(facts.roadmap, facts.cohort.syllabus).count_slots()
    rows = list_top_rows(facts.board, ROWS)
    done = sum(row.done for row in rows)
    way = f"{format_count(len(cohort.syllabus.weeks), 'week')}, {format_count(total, 'item')}"
    told = (
        _describe_early_finish(facts)
        or f"{way}, and we have come to the end of {_format_roadmap_share(facts)}{escape_text(facts.roadmap.title)}. 🎓"
    )
    blocks: list[Block] = [Text(told)]
    if rows:
        among = f" among the first {len(rows)}" if len(rows) > 1 else ""
        blocks += [
            Text(f"**The board** · {format_count(done, 'tick')}{among}"),
            *build_top_rows(facts.board, total, ROWS, facts.board_size),
        ]
    blocks.append(
        Text(
            "Everything stays as it is: late ticks and check-ins still count, and nobody is in a hurry any more."
        )
    )
    pairs = [("My progress", build_phrase("progress", cohort=cohort.ref))]
    if facts.board_size > len(rows):
        pairs.append(
            ("The board", build_phrase("progress", board="yes", week="all", cohort=cohort.ref))
        )
    return text_message(*blocks, button_row(*pairs), title=f"{cohort.name} has finished")


def _format_roadmap_share(facts: PostFacts) -> str:
    """What says that there is more of the plan: a season, and what is essential in others."""
    held = set(facts.cohort.syllabus.all_items)
    is_whole = all(item in held for item, one in facts.roadmap.items.items() if one.essential)
    return "" if is_whole else "our part of "


def _describe_early_finish(facts: PostFacts) -> str:
    """For a cohort that was ended before its last week was over."""
    cohort = facts.cohort
    if cohort.calendar.finish is not None:
        return ""
    come = sum(week.first <= cohort.get_cohort_date(facts.now) for week in cohort.calendar.weeks)
    gone = f"{come} of {len(cohort.syllabus.weeks)} weeks of {escape_text(facts.roadmap.title)}"
    return f"{gone}, and here we stop together. 🎓"
