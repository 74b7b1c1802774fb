"""Mid-week: a friendly word, only while somebody has not started. It names nobody."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.post import HomeFacts, LatePolicy, PostDay, post
from bot.views.dates import format_day


def _find_nudge_skip_reason(facts: HomeFacts) -> str | None:
    counts = facts.counts
    if counts.members == 0:
        return "nobody is there to hear it"
    if not facts.post_week.week.items:
        return "there is nothing to tick"
    if counts.tick_total == 0:
        return "everybody is away"
    if counts.ticked_count >= counts.tick_total:
        return "everybody has begun"
    return None


@post(
    PostDay("half", 3),
    title="Mid-week nudge",
    late=LatePolicy(max_delay=timedelta(hours=24)),
    order=50,
    skip=_find_nudge_skip_reason,
    uses=("counts",),
)
def nudge(facts: HomeFacts) -> Message:
    """In the middle of the week, if somebody has not started yet."""
    week = facts.post_week
    return text_message(
        f"{_describe_time_left(facts)} {_describe_starters(facts.counts.ticked_count)} "
        "One small item is a fine start.",
        button_row(("My list", build_phrase("week", n=week.number, cohort=facts.cohort.ref))),
    )


def _describe_starters(count: int) -> str:
    # Without the total: "3 of 7" would point at the other four.
    if count == 0:
        return "Nobody has ticked anything yet, so be the first."
    if count == 1:
        return "One of us has started."
    return f"{count} of us have started."


def _describe_time_left(facts: HomeFacts) -> str:
    """Return a sentence about the time left in the week."""
    week, today = facts.post_week, facts.cohort.get_cohort_date(facts.now)
    name = f"**week {week.number}**, _{escape_text(week.week.title)}_"
    days_over = sum(day < today for day in week.active)
    # A moderator may have moved the post away from the middle: then "half" would be wrong.
    if abs(2 * days_over - len(week.active)) <= 1:
        return f"Half of {name}, is left."
    if week.last is None:
        return f"We are in {name}."
    return f"We are in {name}, until {format_day(week.last)}."
