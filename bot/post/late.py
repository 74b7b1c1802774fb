"""Late posts and quiet hours: if a post is still of use, and when a member may hear it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.group.calendar import DAY, CalendarWeek, convert_to_utc
from bot.group.cohort import Cohort, Member
from bot.group.zones import load_zone
from bot.post.kinds import PostKind, PostSlot


def find_week_closing(cohort: Cohort, week: CalendarWeek) -> datetime | None:
    """Return the instant at which a week's posts have lost their use; None while it is paused.

    The next week's posts come then, at the posting hour.
    """
    if week.last is None:
        return None
    return convert_to_utc(week.last + DAY, cohort.at, cohort.zone)


def is_week_open(cohort: Cohort, week: CalendarWeek, now: datetime) -> bool:
    """Return True from a week's first posting hour until its posts have lost their use."""
    closes_at = find_week_closing(cohort, week)
    return cohort.get_week_opening(week) <= now and (closes_at is None or now < closes_at)


def is_too_late(
    kind: PostKind, slot: PostSlot, cohort: Cohort, now: datetime, member: Member | None = None
) -> bool:
    """Return True if a post that fell due at `slot.at` has lost its use by `now`."""
    if kind.late.until == "start":
        begins = cohort.begins_at
        return begins is not None and now >= begins
    if kind.late.until == "week" and slot.week is not None:
        closes_at = find_week_closing(cohort, slot.week)
        return closes_at is not None and now >= closes_at
    if kind.late.until == "member" and slot.week is not None and member is not None:
        return member.is_week_over(slot.week, cohort, now)
    return now > slot.at + kind.late.max_delay


def find_next_reminder_time(member: Member, cohort: Cohort, now: datetime) -> datetime:
    """Return the next instant after `now` at a member's hour for reminders, in UTC."""
    zone_name = member.get_zone_name(cohort)
    day = member.get_member_date(cohort, now)
    today = convert_to_utc(day, member.person.reminder_at, zone_name)
    if today > now:
        return today
    return convert_to_utc(day + DAY, member.person.reminder_at, zone_name)


def find_quiet_end(member: Member, cohort: Cohort, now: datetime) -> datetime:
    """Return the first instant from `now` on outside a member's quiet hours, in UTC."""
    person, zone_name = member.person, member.get_zone_name(cohort)
    local = now.astimezone(load_zone(zone_name))
    if person.can_be_messaged_at(local.time()):
        return now
    day = local.date()
    if local.time() >= person.quiet_until:
        # Before midnight: the quiet hours end tomorrow.
        day += DAY
    end = convert_to_utc(day, person.quiet_until, zone_name)
    # Where clocks go back, the end may come twice, and its first time lie before now.
    return max(end, now + timedelta(minutes=1)).astimezone(UTC)
