"""Mid-week: a friendly word, only while somebody has not begun. It names nobody."""

from __future__ import annotations

from datetime import timedelta

from bot.message import Message, phrase, quote, say
from bot.pages import buttons
from bot.post import Facts, Late, When, post


def _needless(facts: Facts) -> str | None:
    counts = facts.counts
    if counts.members == 0:
        return "nobody is there to hear it"
    if not facts.week.week.items:
        return "there is nothing to tick"
    if counts.to_tick == 0:
        return "everybody is away"
    return "everybody has begun" if counts.ticked >= counts.to_tick else None


@post(When("week", 3), title="Mid-week nudge", late=Late(within=timedelta(hours=24)), order=50, skip=_needless)
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
        f"Half of **week {week.number}**, _{quote(week.week.title)}_, is left. {told}. One small item is a fine start.",
        buttons(("My list", phrase("week", n=week.number, cohort=facts.cohort.ref))),
    )
