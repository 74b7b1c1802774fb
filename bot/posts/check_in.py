"""Towards the end of a week: the question how it went, with the button that answers it."""

from __future__ import annotations

from bot.chat.buttons import buttons
from bot.chat.message import Message, phrase, quote, say
from bot.post import Facts, Late, When, post


def _needless(facts: Facts) -> str | None:
    counts = facts.counts
    if counts.members == 0:
        return "nobody is there to hear it"
    if counts.to_check_in == 0:
        return "everybody is away"
    return "everybody has checked in" if counts.checked_in >= counts.to_check_in else None


@post(When("end", 2), title="Check-in prompt", late=Late("week"), order=60, skip=_needless)
def check_in(facts: Facts) -> Message:
    """Two days before the week ends: a button to check in."""
    week = facts.week
    return say(
        f"How did **week {week.number}** go, _{quote(week.week.title)}_? A minute is enough: "
        "what you did, how it felt, what is in your way. Only you and the moderators read it.",
        buttons(
            ("Check in", phrase("checkin", week=week.id, cohort=facts.cohort.ref)),
            ("My list", phrase("week", n=week.number, cohort=facts.cohort.ref)),
        ),
    )
