"""Praise that fits the fact."""

from __future__ import annotations

from bot.chat.message import escape_text
from bot.group.milestones import Milestone


def describe_milestone(milestone: Milestone) -> str:
    """Return a sentence about what somebody has just completed."""
    if milestone.kind == "plan":
        return "That was the last item: you have done the whole plan 🎓"
    if milestone.kind == "stage":
        return f"Week {milestone.week_number} is done, and with it **{escape_text(milestone.name)}** 👏"
    return f"That was the last item of week {milestone.week_number} 👏"
