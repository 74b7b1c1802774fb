"""The day of a kind of post, counted as people do: from 1 in a week, or a distance."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat.errors import Refused
from bot.chat.text import join_names
from bot.group.cohort import PostSetting
from bot.post.kinds import Anchor, PostDay, PostKind

# The first and the last number a moderator may give, for distances; other days are 1 to 7.
_DISTANCES: Mapping[Anchor, tuple[int, int]] = {"start": (0, 30), "finish": (0, 14)}


def get_post_day_number(kind: PostKind, setting: PostSetting) -> int:
    """Return the number for a kind's first day.

    It is a distance in days from start or finish, else a day in the week, from 1.
    """
    post_day = kind.days[0]
    day = post_day.day
    if setting.day is not None:
        day = setting.day
    return _count_as_people(post_day.anchor, day)


def _count_as_people(anchor: Anchor, day: int) -> int:
    if anchor in _DISTANCES:
        return day
    if anchor == "end":
        return 7 - day
    return day + 1


def describe_post_day(kind: PostKind, setting: PostSetting) -> str:
    """Describe the day of a kind of post, as people say it."""
    if kind.is_kept:
        return "when a moderator asks for it"
    if not kind.is_dated:
        return kind.occasion
    number = get_post_day_number(kind, setting)
    if kind.days[0].anchor in _DISTANCES:
        return _describe_distance(kind.days[0].anchor, number)
    week = _describe_week(kind.days[0])
    if kind.days[0].anchor == "half" and setting.day is None:
        return f"half way through {week}"
    # All days after the first are in the same week.
    numbers = {number}
    for other in kind.days[1:]:
        numbers.add(_count_as_people(other.anchor, other.day))
    if len(numbers) == 1:
        return f"day {number} of {week}"
    return f"days {join_names(map(str, sorted(numbers)))} of {week}"


def _describe_distance(anchor: Anchor, days: int) -> str:
    if anchor == "start" and days == 0:
        return "on day one"
    if anchor == "start":
        return f"{_format_day_count(days)} before day one"
    if days == 0:
        return "when the plan has ended"
    return f"{_format_day_count(days)} after the plan has ended"


def _describe_week(post_day: PostDay) -> str:
    if post_day.week_number is not None and post_day.anchor == "after":
        return f"the week after week {post_day.week_number}"
    if post_day.week_number is not None:
        return f"week {post_day.week_number}"
    if post_day.anchor == "after":
        return "the next week"
    return "the week"


def _format_day_count(count: int) -> str:
    if count == 1:
        return "a day"
    return f"{count} days"


def convert_post_day_number(kind: PostKind, number: int) -> int:
    """Convert a number, counted as people do, to the setting for a kind's first day.

    Raises `Refused` for a day the kind cannot have.
    """
    if not kind.is_dated:
        raise Refused(
            f"{kind.title} is posted {kind.short_occasion}: you can only switch it on or off.",
            "day",
        )
    post_day = kind.days[0]
    is_on_day_one = post_day.anchor == "start" and post_day.day == 0
    if is_on_day_one and number:
        raise Refused(
            f"{kind.title} is always posted on day one: change its time, or switch it off.", "day"
        )
    least, most = _DISTANCES.get(post_day.anchor, (1, 7))
    if post_day.anchor == "start" and not is_on_day_one:
        # A post that says the plan starts soon is of no use on the day itself.
        least = 1
    if not least <= number <= most:
        raise Refused(f"{kind.title} can be on day {least} to {most}: choose one of those.", "day")
    day = _convert_from_people(post_day.anchor, number)
    if any(other.day == day for other in kind.days[1:]):
        raise Refused(
            f"{kind.title} already comes on day {number}: choose another day.",
            "day",
        )
    return day


def _convert_from_people(anchor: Anchor, number: int) -> int:
    if anchor in _DISTANCES:
        return number
    if anchor == "end":
        return 7 - number
    return number - 1
