"""The moments of posts: every post a cohort or a member has, by the calendar as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot.group.calendar import DAY, Calendar, CalendarWeek, convert_to_utc
from bot.group.cohort import Cohort, Member, PostSetting
from bot.post.kinds import FINISH, START, WEEKLY, PostDay, PostKind, PostSlot, Scope
from bot.post.registry import PostRegistry, post_registry

NEAR_FUTURE = timedelta(days=8)  # a plan under way has a post within a week, as a rule


@dataclass(frozen=True, slots=True)
class Window:
    """The instants after `since` and not after `until`, in UTC.

    `first_day`, `last_day`: the local dates they can have, in whatever time zone.
    """

    since: datetime
    until: datetime
    first_day: date
    last_day: date

    def has_moment(self, moment: datetime) -> bool:
        """Return True for an instant in the window."""
        return self.since < moment <= self.until


def build_window(since: datetime, until: datetime | None = None) -> Window:
    """Return the window after an instant, to another or without an end."""
    end = until or datetime.max.replace(tzinfo=UTC)
    # No zone is a whole day away from UTC.
    last_day = date.max if until is None else until.date() + DAY
    return Window(since, end, since.date() - DAY, last_day)


def list_post_slots(
    cohort: Cohort,
    member: Member | None = None,
    *,
    is_unfiltered: bool = False,
    post_kinds: PostRegistry = post_registry,
    scope: Scope = "home",
    window: Window | None = None,
) -> Iterator[PostSlot]:
    """Yield every post to a cohort's homes, or to one member, in no particular order.

    With the scope `moderator`, those to its moderators. With a window, those that fall into it.

    Kinds that are switched off are left out. Unless `is_unfiltered`, a draft and an archived
    cohort have none, and a finished one only those that come with or after its finish.
    Members whose own clock goes on after the cohort has run out keep theirs.
    """
    is_over = cohort.state == "finished" and (member is None or cohort.has_run_out)
    is_active = cohort.state in {"open", "running", "paused"}
    if not (is_active or is_over or is_unfiltered):
        return
    only_after_finish = is_over and member is None and not is_unfiltered
    for kind in post_kinds.kinds.values():
        is_meant = kind.scope == ("member" if member is not None else scope)
        if not is_meant or not cohort.get_post_setting(kind.name).on:
            continue
        for slot in _list_kind_slots(kind, cohort, member, window):
            if not only_after_finish or _is_after_finish(slot, cohort):
                yield slot


def get_effective_setting(kind: PostKind, cohort: Cohort) -> PostSetting:
    """Return a kind's setting, with the day and the time of the kind it follows."""
    own = cohort.get_post_setting(kind.name)
    if not kind.follows:
        return own
    followed = cohort.get_post_setting(kind.follows)
    return PostSetting(
        own.on,
        followed.day if own.day is None else own.day,
        followed.at if own.at is None else own.at,
    )


def _is_after_finish(slot: PostSlot, cohort: Cohort) -> bool:
    return cohort.finishes_at is not None and slot.at >= cohort.finishes_at


def _list_kind_slots(
    kind: PostKind, cohort: Cohort, member: Member | None, window: Window | None
) -> Iterator[PostSlot]:
    setting = get_effective_setting(kind, cohort)
    if member is None:
        calendar, zone_name = cohort.calendar, cohort.zone
        wall = setting.at or cohort.at
    else:
        # A private post follows the member: their weeks, their zone and their hour.
        calendar, zone_name = member.build_member_calendar(cohort), member.get_zone_name(cohort)
        wall = member.person.reminder_at
    for number, post_day in enumerate(kind.days):
        is_opening = post_day.day == 0
        # A moderator moves the first day; the others stay.
        if number == 0:
            post_day = _move_post_day(post_day, setting)
        suffix = ""
        if len(kind.days) > 1:
            suffix = f".{number}"
        for ref, day, week in _list_post_dates(post_day, calendar, is_opening=is_opening):
            # Most dates are far outside: they need no time zone.
            if window is not None and not window.first_day <= day <= window.last_day:
                continue
            moment = convert_to_utc(day, wall, zone_name)
            if window is not None and not window.has_moment(moment):
                continue
            clock = _format_clock(member) if week is not None else ""
            yield PostSlot(kind.name, ref + suffix + clock, moment, week)


def _format_clock(member: Member | None) -> str:
    """Return the end of a weekly ref for a member with another clock: `.s3`, empty for others.

    A week that comes again by another clock has posts of its own: those of its first coming say
    nothing about it. None is sent twice, for each clock has its own keys.
    """
    if member is None or not member.shift:
        return ""
    return f".s{member.shift}"


def is_from_other_clock(slot: PostSlot, member: Member) -> bool:
    """Return True for a weekly post that fell due before the member's clock was moved."""
    if slot.week is None:
        return False
    last_part = slot.ref.rpartition(".")[2]
    is_marked = last_part[:1] == "s" and last_part[1:].isdecimal() and "." in slot.ref
    shift = int(last_part[1:]) if is_marked else 0
    return shift != member.shift


def _move_post_day(post_day: PostDay, setting: PostSetting) -> PostDay:
    if setting.day is None:
        return post_day
    # The middle of a week has no number: somebody who moves such a post names a day of the week.
    if post_day.anchor == "half":
        return replace(post_day, anchor="week", day=setting.day)
    return replace(post_day, day=setting.day)


def _list_post_dates(
    post_day: PostDay, calendar: Calendar, *, is_opening: bool
) -> Iterator[tuple[str, date, CalendarWeek | None]]:
    """Yield the ref, the local date and the week for each post on this day."""
    if post_day.anchor == "start" and calendar.weeks:
        yield START, calendar.weeks[0].first - DAY * post_day.day, None
    if post_day.anchor == "finish" and calendar.finish:
        yield FINISH, calendar.finish + DAY * post_day.day, None
    if post_day.anchor not in WEEKLY:
        return
    for week in calendar.weeks:
        if post_day.week_number not in {None, week.number}:
            continue
        day = _find_post_date(post_day, week, is_opening=is_opening)
        if day is not None:
            yield week.id, day, week


def _find_post_date(post_day: PostDay, week: CalendarWeek, *, is_opening: bool) -> date | None:
    """Return the date in a week; None in a week too short, or one that a pause keeps open."""
    if post_day.anchor == "half":
        return _find_half_date(post_day, week)
    if post_day.anchor == "week":
        return _find_week_date(post_day, week, is_opening=is_opening)
    if week.last is None:
        return None
    if post_day.anchor == "end":
        return week.active[max(0, len(week.active) - 1 - post_day.day)]
    return week.last + DAY * (1 + post_day.day)


def _find_week_date(post_day: PostDay, week: CalendarWeek, *, is_opening: bool) -> date | None:
    if post_day.day < len(week.active):
        return week.active[post_day.day]
    # A break or a pause has shortened the week: a post that opens it comes all the same.
    if is_opening:
        return week.active[-1]
    return None


def _find_half_date(post_day: PostDay, week: CalendarWeek) -> date | None:
    if post_day.day >= len(week.active):
        return None
    # While a pause has no end nobody knows how long the week will be: it is taken for a usual one.
    if week.last is None:
        return week.active[post_day.day]
    return week.active[len(week.active) // 2]


def list_slots_between(
    cohort: Cohort,
    since: datetime,
    until: datetime,
    member: Member | None = None,
    post_kinds: PostRegistry = post_registry,
    scope: Scope = "home",
) -> tuple[PostSlot, ...]:
    """Return the posts after `since` and not after `until`, in sending order."""
    window = build_window(since, until)
    slots = list_post_slots(cohort, member, post_kinds=post_kinds, scope=scope, window=window)
    return _sort_slots(slots, post_kinds)


def list_coming_slots(
    cohort: Cohort, now: datetime, post_kinds: PostRegistry = post_registry
) -> tuple[PostSlot, ...]:
    """Return every post to the homes after `now`, in sending order.

    For a draft, these are the posts it would have.
    """
    is_draft = cohort.state == "draft"
    window = build_window(now)
    slots = list_post_slots(cohort, is_unfiltered=is_draft, post_kinds=post_kinds, window=window)
    return _sort_slots(slots, post_kinds)


def list_closing_slots(
    cohort: Cohort,
    now: datetime,
    scope: Scope = "home",
    post_kinds: PostRegistry = post_registry,
) -> tuple[PostSlot, ...]:
    """Return the posts that close a plan ended before its time, due at once.

    They go to the homes, or with the scope `member` to each member.
    """
    slots = []
    for kind in post_kinds.kinds.values():
        is_closing = any(post_day.anchor == "finish" for post_day in kind.days)
        if is_closing and kind.scope == scope and cohort.get_post_setting(kind.name).on:
            slots.append(PostSlot(kind.name, FINISH, now))
    return tuple(slots)


def list_overdue_slots(
    before: Cohort, after: Cohort, now: datetime, post_kinds: PostRegistry = post_registry
) -> tuple[PostSlot, ...]:
    """Return posts to the homes that a change to the dates has put into the past.

    They were still to come, or hidden by a pause. They are late, as after an outage.
    Posts that were switched off, or past already, are left out.
    """
    moments_before: dict[tuple[str, str], datetime] = {}
    # In a new edition every post is new: none was past already.
    if before.edition == after.edition:
        for slot in list_post_slots(before, is_unfiltered=True, post_kinds=post_kinds):
            moments_before[slot.kind, slot.ref] = slot.at
    overdue = []
    for slot in list_post_slots(after, post_kinds=post_kinds):
        if slot.at > now or not before.get_post_setting(slot.kind).on:
            continue
        moment_before = moments_before.get((slot.kind, slot.ref))
        if moment_before is None or moment_before > now:
            overdue.append(slot)
    return _sort_slots(overdue, post_kinds)


def _sort_slots(slots: Iterable[PostSlot], post_kinds: PostRegistry) -> tuple[PostSlot, ...]:
    kinds = post_kinds.kinds
    return tuple(sorted(slots, key=lambda slot: (slot.at, kinds[slot.kind].order, slot.kind)))


def find_next_post_moment(
    cohort: Cohort,
    after: datetime,
    member: Member | None = None,
    post_kinds: PostRegistry = post_registry,
) -> datetime | None:
    """Return the next instant at which a post falls due; None for no post.

    For the cohort itself, also a post to its moderators, and the instant at which time changes its
    state.
    """
    windows = build_window(after, after + NEAR_FUTURE), build_window(after)
    for window in windows:
        moments = _list_post_moments(cohort, member, post_kinds, window)
        if moments:
            return min(moments)
    return None


def _list_post_moments(
    cohort: Cohort, member: Member | None, post_kinds: PostRegistry, window: Window
) -> list[datetime]:
    """Return the instants in a window at which a cohort or a member is to be looked at."""
    slots = [*list_post_slots(cohort, member, post_kinds=post_kinds, window=window)]
    if member is not None:
        return [slot.at for slot in slots]
    slots += list_post_slots(cohort, post_kinds=post_kinds, scope="moderator", window=window)
    moments = [slot.at for slot in slots]
    # Where every kind is switched off, the scheduler still has to come by to start the cohort.
    if cohort.state in {"open", "running"}:
        for moment in (cohort.begins_at, cohort.finishes_at):
            if moment is not None and window.has_moment(moment):
                moments.append(moment)
    return moments


def list_join_kinds(
    cohort: Cohort, post_kinds: PostRegistry = post_registry
) -> tuple[PostKind, ...]:
    """Return the kinds that name new members, without those switched off."""
    kinds = []
    for kind in post_kinds.kinds.values():
        if kind.is_joining and kind.scope == "home" and cohort.get_post_setting(kind.name).on:
            kinds.append(kind)
    return tuple(kinds)


def build_post_slot(
    cohort: Cohort, kind: str, ref: str, at: datetime, member: Member | None = None
) -> PostSlot:
    """Build a post from its natural key, with its week in the calendar as it is now."""
    # The ref may end with the number of the day, `.0`; week ids have no dot.
    calendar = cohort.calendar
    if member is not None:
        calendar = member.build_member_calendar(cohort)
    return PostSlot(kind, ref, at, calendar.find_week(ref.partition(".")[0]))


def build_home_slot(
    kind: PostKind, cohort: Cohort, ref: str, at: datetime, now: datetime
) -> PostSlot:
    """Build a home's post from its natural key; one that is kept is about the week at `now`."""
    if kind.is_kept:
        is_over = cohort.state in {"finished", "archived"}
        return PostSlot(kind.name, ref, at, None if is_over else cohort.week_at(now))
    return build_post_slot(cohort, kind.name, ref, at)


def list_week_refs(kind: PostKind, week: CalendarWeek) -> tuple[str, ...]:
    """Return the refs of a kind's posts in a week."""
    if len(kind.days) == 1:
        return (week.id,)
    return tuple(f"{week.id}.{number}" for number in range(len(kind.days)))
