"""A catch-up plan in words, and the part of it that belongs to a week's list."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.buttons import LISTED
from bot.chat.message import Block, Checklist, Text, build_phrase, escape_text
from bot.chat.text import format_count, join_names, shorten
from bot.group.calendar import CalendarWeek
from bot.group.catch_up import CatchUpPart, CatchUpPlan
from bot.group.cohort import Cohort, Member
from bot.group.first_item import sum_estimates
from bot.group.route import Route
from bot.roadmap import Roadmap
from bot.views.dates import format_day
from bot.views.durations import format_time_sum
from bot.views.week_list import build_item_choice

MAX_PARTS = 6  # weeks of a plan that are told one by one
MAX_NAMES = 3  # items of a week by name
MAX_TITLE = 50  # characters


def describe_plan_parts(parts: Sequence[CatchUpPart], roadmap: Roadmap) -> list[str]:
    """Return a line for each week of a plan: `• Week 7: 2 items, about 2 h (Bayes and SVD)`."""
    lines = []
    for part in parts[:MAX_PARTS]:
        names = _format_names(part.items, roadmap)
        lines.append(f"• Week {part.week_number}: {_format_size(part.items, roadmap)} ({names})")
    if len(parts) > MAX_PARTS:
        lines.append(f"• … and {format_count(len(parts) - MAX_PARTS, 'more week')}")
    return lines


def describe_plan_end(parts: Sequence[CatchUpPart], cohort: Cohort, member: Member) -> str:
    """Return the sentence about the end of a plan, with its date where there is one."""
    number = parts[-1].week_number
    for week in member.build_member_calendar(cohort).weeks:
        if week.number == number and week.last is not None:
            return f"You have caught up by the end of week {number}, {format_day(week.last)}."
    return f"You have caught up by the end of week {number}."


def build_catch_up_blocks(
    plan: CatchUpPlan | None, cohort: Cohort, roadmap: Roadmap, route: Route, week: CalendarWeek
) -> tuple[Block, ...]:
    """Return a week's part of a plan as a list to tick, and what may be left out of the week."""
    if plan is None:
        return ()
    blocks: list[Block] = []
    items = plan.list_items_of_week(week.number)
    if items:
        blocks.append(Text(f"**Catch up this week** · {_format_size(items, roadmap)}"))
        choices = tuple(build_item_choice(roadmap.items[item]) for item in items[:LISTED])
        phrase = build_phrase("tick", cohort=cohort.ref)
        blocks.append(Checklist("Tick what you have caught up", phrase, "item", choices))
    optional = [
        item
        for item in week.week.items
        if route.is_on_route(item) and not roadmap.items[item].essential
    ]
    if optional:
        names = _format_names(optional, roadmap)
        blocks.append(Text(f"_While you catch up, this can wait:_ {names}."))
    return tuple(blocks)


def _format_size(items: Sequence[str], roadmap: Roadmap) -> str:
    count = format_count(len(items), "item")
    time = format_time_sum(sum_estimates(roadmap, items))
    return f"{count}, {time}" if time else count


def _format_names(items: Sequence[str], roadmap: Roadmap) -> str:
    titles = [escape_text(shorten(roadmap.items[item].title, MAX_TITLE)) for item in items]
    return join_names(titles, MAX_NAMES)
