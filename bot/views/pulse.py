"""A week's numbers in one line, for posts that count along. They name nobody."""

from __future__ import annotations

from bot.post import WeekPulse


def format_pulse(pulse: WeekPulse) -> str:
    """Return how far the group is with a week; empty before the first tick."""
    if not pulse.items:
        return ""
    parts = [f"**{pulse.members}** of us", f"**{pulse.items}** {_name_items(pulse.items)} done"]
    if pulse.finishers:
        parts.append(f"**{pulse.finishers}** finished the week")
    return " · ".join(parts)


def _name_items(count: int) -> str:
    return "item" if count == 1 else "items"
