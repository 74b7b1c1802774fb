"""Lengths of work in words."""

from __future__ import annotations

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
