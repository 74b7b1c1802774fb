"""Mid-week: a friendly word, only while somebody has not begun. It names nobody."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.post import LatePolicy, PostDay, PostFacts, post
from bot.views.dates import format_day


def _find_nudge_skip_reason(facts: PostFacts) -> str | None:
    counts = facts.counts
    if counts.members == 0:
        return "nobody is there to hear it"
    if not facts.post_week.week.items:
        return "there is nothing to tick"
    if counts.tick_total == 0:
        return "everybody is away"
    return "everybody has begun" if counts.ticked_count >= counts.tick_total else None


@post(
    PostDay("half", 3),
    title="Mid-week nudge",
    late=LatePolicy(max_delay=timedelta(hours=24)),
    order=50,
    skip=_find_nudge_skip_reason,
)
def nudge(facts: PostFacts) -> Message:
    """In the middle of the week, if somebody has not begun yet."""
    week = facts.post_week
    begun = facts.counts.ticked_count
    told = (
        "Nobody has ticked anything yet, so be the first"
        if begun == 0
        else f"{begun} of {facts.counts.tick_total} have begun"
    )
    return text_message(
        f"{_describe_time_left(facts)} {told}. One small item is a fine start.",
        button_row(("My list", build_phrase("week", n=week.number, cohort=facts.cohort.ref))),
    )


def _describe_time_left(facts: PostFacts) -> str:
    """How much of the week is left, as a sentence. A moderator may have moved the post away from the middle."""
    week, today = facts.post_week, facts.cohort.get_cohort_date(facts.now)
    over = sum(active < today for active in week.active)
    name = f"**week {week.number}**, _{escape_text(week.week.title)}_"
    if abs(2 * over - len(week.active)) <= 1:
        return f"Half of {name}, is left."
    return f"We are in {name}" + (f", until {format_day(week.last)}." if week.last else ".")
