"""A member's own clock: by how many weeks it can be moved, and by how many it should.

A shift counts from the cohort's dates, in whole weeks. No shift takes a member back before week 1.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.group.cohort import Cohort, Member

MAX_SHIFT = 52  # weeks


def move_clock(member: Member, weeks: int) -> Member:
    """Return a member with a clock that is so many weeks later than the cohort's.

    Their catch-up plan ends: it was made for the weeks as they were.
    """
    return replace(member, shift=weeks, catch_up=() if weeks != member.shift else member.catch_up)


def get_week_number(member: Member, cohort: Cohort, now: datetime) -> int:
    """Return the number of a member's current week; 0 before the first."""
    week = member.get_current_week(cohort, now)
    return week.number if week else 0


def find_largest_shift(member: Member, cohort: Cohort, now: datetime) -> int:
    """Return the most weeks that leave a member in the plan: week 1 has come for them."""
    largest = 0
    for weeks in range(1, MAX_SHIFT + 1):
        if get_week_number(move_clock(member, weeks), cohort, now) == 0:
            break
        largest = weeks
    return largest


def propose_shift(member: Member, cohort: Cohort, first_open_week: int, now: datetime) -> int:
    """Return the weeks by which a week of the plan becomes the member's current one.

    At least one week more than now, unless that would take them out of the plan.
    """
    largest = find_largest_shift(member, cohort, now)
    for weeks in range(member.shift + 1, largest + 1):
        if get_week_number(move_clock(member, weeks), cohort, now) <= first_open_week:
            return weeks
    return largest


def is_ahead_of_own_week(member: Member, cohort: Cohort, number: int, now: datetime) -> bool:
    """Return True for a week that has come for the group, but not by the member's later clock."""
    if not member.shift:
        return False
    group_number = get_week_number(replace(member, shift=0), cohort, now)
    return 0 < get_week_number(member, cohort, now) < number <= group_number
