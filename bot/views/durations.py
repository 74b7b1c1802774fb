"""Lengths of work in words."""

from __future__ import annotations

from bot.group.first_item import TimeSum

HOUR = 60  # minutes
EXACT_UNTIL = 50  # minutes; longer work is told in half hours


def format_duration(minutes: int) -> str:
    """Return a length of work, rounded: `about 40 min`, `about 1.5 h`, `about 6 h`.

    Up to 50 minutes in steps of five, up to ten hours in half hours, then in whole ones.
    """
    if minutes <= EXACT_UNTIL:
        return f"about {max(5, 5 * round(minutes / 5))} min"
    if minutes < 10 * HOUR:
        half_hours = max(2, round(minutes / 30))
        return f"about {half_hours / 2:g} h"
    return f"about {round(minutes / HOUR)} h"


def format_time_sum(times: TimeSum) -> str:
    """Return `about 6 h`; `or more` where some items have no estimate, empty where most have."""
    if not times.minutes or not times.is_mostly_known:
        return ""
    about = format_duration(times.minutes)
    if times.is_complete:
        return about
    return f"{about} or more"
