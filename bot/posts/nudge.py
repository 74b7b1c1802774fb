"""Mid-week: a friendly word, only while somebody has not begun. It names nobody."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.buttons import buttons
from bot.chat.message import Message, phrase, quote, say
from bot.post import Facts, Late, When, post
from bot.views.dates import day


def _needless(facts: Facts) -> str | None:
    counts = facts.counts
    if counts.members == 0:
        return "nobody is there to hear it"
    if not facts.week.week.items:
        return "there is nothing to tick"
    if counts.to_tick == 0:
        return "everybody is away"
    return "everybody has begun" if counts.ticked >= counts.to_tick else None


@post(
    When("half", 3),
    title="Mid-week nudge",
    late=Late(within=timedelta(hours=24)),
    order=50,
    skip=_needless,
)
def nudge(facts: Facts) -> Message:
    """In the middle of the week, if somebody has not begun yet."""
    week = facts.week
    begun = facts.counts.ticked
    told = (
        "Nobody has ticked anything yet, so be the first"
        if begun == 0
        else f"{begun} of {facts.counts.to_tick} have begun"
    )
    return say(
        f"{_left(facts)} {told}. One small item is a fine start.",
        buttons(("My list", phrase("week", n=week.number, cohort=facts.cohort.ref))),
    )


def _left(facts: Facts) -> str:
    """How much of the week is left, as a sentence. A moderator may have moved the post away from the middle."""
    week, today = facts.week, facts.cohort.today(facts.now)
    over = sum(active < today for active in week.active)
    name = f"**week {week.number}**, _{quote(week.week.title)}_"
    if abs(2 * over - len(week.active)) <= 1:
        return f"Half of {name}, is left."
    return f"We are in {name}" + (f", until {day(week.last)}." if week.last else ".")
