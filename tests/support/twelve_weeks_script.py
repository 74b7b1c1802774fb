"""The script for twelve weeks: the six members, the weeks with trouble, and each one's habits."""

from __future__ import annotations

from typing import Literal

# The first three are in every space in the tests.
NAMES = ("ada", "bob", "cy", "dora", "eve", "fay")
# Numbers of weeks.
SHUT_OUT, ALL_BEGIN, EVE_LEAVES, DORA_AWAY, CHANNEL_LOST = 3, 2, 4, (5, 6), 8
CATCHES_UP, GIVES_UP, LAST = 6, 9, 12

CheckInMoment = Literal["in time", "prompted", "reminded", "late"]


def find_checkin_moment(name: str, number: int) -> CheckInMoment | None:
    """Return the moment of somebody's check-in for a week, or None."""
    match name:
        case "ada":
            return "in time"
        case "bob":
            return "late"
        case "cy":
            return "in time" if number % 2 == 0 else None
        case "dora":
            return "prompted" if number % 4 and number not in DORA_AWAY else None
        case "fay":
            return "reminded"
    return None


def list_reminders(name: str, number: int) -> list[int]:
    """Return the reminders somebody gets in a week: the first (0), the second (1), both, or none.

    Whoever has checked in gets none.
    """
    is_gone = (name == "eve" and number >= EVE_LEAVES) or (name == "dora" and number in DORA_AWAY)
    moment = find_checkin_moment(name, number)
    if is_gone or name == "cy" or moment in {"in time", "prompted"}:
        return []
    if moment == "reminded":
        return [0]
    return [0, 1]
