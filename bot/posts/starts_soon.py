"""Before day one: the plan starts soon, and there is still time to join."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, format_moment, text_message
from bot.chat.text import format_count
from bot.group.zones import load_zone
from bot.post import HomeFacts, LatePolicy, PostDay, post


@post(
    PostDay("start", 2),
    title="Starts soon",
    late=LatePolicy("start"),
    order=10,
    uses=("counts",),
)
def starts_soon(facts: HomeFacts) -> Message:
    """Two days before the start: when it begins and how to join."""
    cohort = facts.cohort
    start = format_moment(cohort.begins_at or facts.now, load_zone(cohort.zone))
    weeks = format_count(len(cohort.syllabus.weeks), "week")
    return text_message(
        f"**{escape_text(cohort.name)}** starts on {start}: "
        f"{weeks} of {escape_text(facts.roadmap.title)}.\n"
        f"{_describe_members(facts.counts.members)}",
        button_row(
            ("Join", build_phrase("join", cohort=cohort.ref)),
            ("The whole plan", build_phrase("roadmap show", cohort=cohort.ref)),
        ),
        title="Almost there",
    )


def _describe_members(count: int) -> str:
    if count == 0:
        return "Nobody has joined yet, so be the first."
    if count == 1:
        return "One of us has joined so far. Come along!"
    return f"{count} of us have joined so far. Come along!"
