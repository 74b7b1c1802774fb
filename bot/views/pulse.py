"""A week's numbers in one line, for posts that count along. They name nobody."""

from __future__ import annotations

from bot.post import ActivityCounts, WeekPulse


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


def format_check_in_count(counts: ActivityCounts) -> str:
    """Return how many have checked in; empty before the first."""
    if not counts.checked_in_count:
        return ""
    return f"**{counts.checked_in_count} of {counts.check_in_total}** checked in"
