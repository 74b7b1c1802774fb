"""Before day one: the plan begins soon, and there is still time to join."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, format_moment, text_message
from bot.chat.text import format_count
from bot.group.zones import load_zone
from bot.post import LatePolicy, PostDay, PostFacts, post


@post(PostDay("start", 2), title="Starts soon", late=LatePolicy("start"), order=10)
def starts_soon(facts: PostFacts) -> Message:
    """Two days before the start: when it begins and how to join."""
    cohort = facts.cohort
    begins = cohort.begins_at or facts.now
    return text_message(
        f"**{escape_text(cohort.name)}** begins on {format_moment(begins, load_zone(cohort.zone))}: "
        f"{format_count(len(cohort.syllabus.weeks), 'week')} of {escape_text(facts.roadmap.title)}.\n"
        f"{_format_member_count(facts.counts.members)} in so far, and there is room for whoever would like to come along.",
        button_row(
            ("Join", build_phrase("join", cohort=cohort.ref)),
            ("The whole plan", build_phrase("roadmap show", cohort=cohort.ref)),
        ),
        title="Almost there",
    )


def _format_member_count(count: int) -> str:
    return "One of us is" if count == 1 else f"{count} of us are"
