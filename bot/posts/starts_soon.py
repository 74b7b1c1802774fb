"""Before day one: the plan begins soon, and there is still time to join."""

from __future__ import annotations

from bot.chat.buttons import buttons
from bot.chat.message import Message, moment, phrase, quote, say
from bot.chat.text import counted
from bot.group.zones import zone
from bot.post import Facts, Late, When, post


@post(When("start", 2), title="Starts soon", late=Late("start"), order=10)
def starts_soon(facts: Facts) -> Message:
    """Two days before the start: when it begins and how to join."""
    cohort = facts.cohort
    begins = cohort.begins_at or facts.now
    return say(
        f"**{quote(cohort.name)}** begins on {moment(begins, zone(cohort.zone))}: "
        f"{counted(len(cohort.syllabus.weeks), 'week')} of {quote(facts.plan.title)}.\n"
        f"{_people(facts.counts.members)} in so far, and there is room for whoever would like to come along.",
        buttons(
            ("Join", phrase("join", cohort=cohort.ref)),
            ("The whole plan", phrase("roadmap show", cohort=cohort.ref)),
        ),
        title="Almost there",
    )


def _people(count: int) -> str:
    return "One of us is" if count == 1 else f"{count} of us are"
