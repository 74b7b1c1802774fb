"""What the bot says by itself: kinds of posts, their moments in local time, and what to do with one after an outage.

A kind is a pure file in `bot/posts`, registered with `@post`. Its moments are computed from the cohort, or the member, and
never stored; the same function makes the flight plan and tells the clockwork what fell due.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from bot.chat.errors import Refused
from bot.chat.message import Message
from bot.group.calendar import DAY, Calendar, CalendarWeek, convert_to_utc
from bot.group.cohort import Cohort, Member, PostSetting
from bot.group.progress import Honour, Standing
from bot.group.zones import load_zone
from bot.roadmap import Roadmap

Anchor = Literal["start", "week", "half", "end", "after", "finish", "join"]
Scope = Literal["home", "member"]

START, FINISH = "start", "finish"  # the refs of posts that belong to no week
WEEKLY = frozenset({"week", "half", "end", "after"})
APART = timedelta(
    hours=1
)  # how long after one post that names new members the next one comes, at the earliest


@dataclass(frozen=True, slots=True)
class PostDay:
    """A local day.

    `start`: days before the first week. `week`: that active day of each week, from 0. `half`: the active day on which half
    of the week's active days are over; `day` is what it is in a usual week, and a week of fewer days has none.
    `end`: active days before the week's last. `after`: days after the week's last. `finish`: days after the whole plan.
    `join`: no day at all, but when people join, at most once in `APART` for each home.
    With a `week_number` it comes in that week alone: numbers count the cohort's own weeks, from 1.
    """

    anchor: Anchor
    day: int = 0
    week_number: int | None = None


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """What becomes of a post after an outage: sent if at most `within` late, or until the plan begins (`start`), the week is
    over (`week`), or is over where the member is (`member`); `fold` lets the newest of several stand for all."""

    until: Literal["start", "week", "member"] | None = None
    max_delay: timedelta = timedelta(days=7)
    can_fold: bool = False


@dataclass(frozen=True, slots=True)
class PostSlot:
    """One post of one kind: where it belongs (`ref`: a week id, or start or finish), when, and for which week."""

    kind: str
    ref: str
    at: datetime
    week: CalendarWeek | None = None


@dataclass(frozen=True, slots=True)
class ActivityCounts:
    """Numbers that may be said aloud: visible members only.

    `checked_in` of `to_check_in`, and `ticked` of `to_tick`: members who are away stand in neither number of a pair,
    unless they did it all the same, and then they stand in both. `members` are all who have joined.
    """

    members: int = 0
    checked_in_count: int = 0
    check_in_total: int = 0
    ticked_count: int = 0
    tick_total: int = 0


@dataclass(frozen=True, slots=True)
class Recipient:
    """What is known of the member a private post goes to."""

    member: Member
    done_count: int = 0
    has_checked_in: bool = False
    reminder_count: int = 0


@dataclass(frozen=True, slots=True)
class NewMembers:
    """Who has joined since the last post that said so: some names, visible ones already, and how many they all are."""

    names: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class PostFacts:
    """Everything a post may be written from, gathered right before it is sent. `folded` are numbers of weeks it stands for.

    `board` and `week_board` hold one row more than a post shows, and `on_board` and `on_week_board` count all there are.
    """

    cohort: Cohort
    roadmap: Roadmap
    slot: PostSlot
    now: datetime
    counts: ActivityCounts = ActivityCounts()
    board: tuple[Standing, ...] = ()
    week_board: tuple[Standing, ...] = ()
    board_size: int = 0
    week_board_size: int = 0
    honours: tuple[Honour, ...] = ()
    recipient: Recipient | None = None
    weeks_folded: tuple[int, ...] = field(default=())
    new_members: NewMembers | None = None

    @property
    def post_week(self) -> CalendarWeek:
        """The week the post is about. Only weekly kinds may ask."""
        if self.slot.week is None:
            raise LookupError(f"a {self.slot.kind} post belongs to no week")
        return self.slot.week


Write = Callable[[PostFacts], Message]
Needed = Callable[[PostFacts], str | None]
W = TypeVar("W", bound=Write)


@dataclass(frozen=True, slots=True)
class PostKind:
    """A kind of post. `title` is how people read it, `help` what it does; `order` decides between posts of one moment."""

    name: str
    title: str
    help: str
    days: tuple[PostDay, ...]
    writer: Write
    late: LatePolicy = LatePolicy()
    scope: Scope = "home"
    order: int = 50
    skip: Needed = lambda facts: None

    @property
    def is_dated(self) -> bool:
        """Whether it stands on days of the calendar, which a moderator may move."""
        return all(when.anchor != "join" for when in self.days)


class InvalidPostKindError(ValueError):
    """A kind of post its author has declared in a way that cannot work."""


class PostRegistry:
    """Kinds of posts by name. Filled while files are discovered, read-only from then on."""

    def __init__(self, kinds: Iterable[PostKind] = ()) -> None:
        self._kinds: dict[str, PostKind] = {}
        for kind in kinds:
            self.add_kind(kind)

    def add_kind(self, kind: PostKind) -> None:
        """Take a kind in. Raises `InvalidPostKindError` for one that could never come."""
        known = self._kinds.get(kind.name)
        # A module that is imported twice registers the same kind again: that is no clash.
        if known and known.writer.__module__ != kind.writer.__module__:
            raise InvalidPostKindError(f"Two kinds of post are called “{kind.name}”: rename one.")
        if not kind.days or not kind.help:
            raise InvalidPostKindError(f"The post “{kind.name}” needs a moment and a docstring.")
        for post_day in kind.days:
            _check_week_number(kind.name, post_day)
        kinds = {**self._kinds, kind.name: kind}
        # Sorted here, once, because every tick of the scheduler goes through all of them.
        self._kinds = dict(sorted(kinds.items(), key=lambda pair: (pair[1].order, pair[0])))

    @property
    def kinds(self) -> Mapping[str, PostKind]:
        """Every kind by its name, in the order in which posts of one moment are sent."""
        return MappingProxyType(self._kinds)


def _check_week_number(kind_name: str, post_day: PostDay) -> None:
    if post_day.week_number is None:
        return
    if post_day.anchor not in WEEKLY or post_day.week_number < 1:
        raise InvalidPostKindError(
            f"The post “{kind_name}” names week {post_day.week_number}: weeks count from 1, "
            "and only a day of a week has one."
        )


post_registry = PostRegistry()
"""The kinds in `bot/posts`, for everybody who is handed no registry of their own."""


def list_post_kinds(post_kinds: PostRegistry = post_registry) -> Mapping[str, PostKind]:
    """Return every kind of post by its name, in the order in which posts of one moment are sent."""
    return post_kinds.kinds


def post(
    *when: PostDay,
    title: str,
    late: LatePolicy = LatePolicy(),
    scope: Scope = "home",
    order: int = 50,
    skip: Needed | None = None,
    into: PostRegistry = post_registry,
) -> Callable[[W], W]:
    """Register a pure function as a kind of post; its first docstring line is the help people read.

    `skip` returns the reason why it is not needed after all, judged at the moment of sending, or None.
    """

    def register(write: W) -> W:
        function: Any = write
        name, text = function.__name__, (function.__doc__ or "").strip().partition("\n")[0]
        needed = skip or (lambda facts: None)
        into.add_kind(PostKind(name, title, text, when, write, late, scope, order, needed))
        return write

    return register


def discover_post_kinds(package: str = "bot.posts") -> PostRegistry:
    """Import every file of a package, so that its kinds are registered. Return the registry they are in."""
    found = importlib.import_module(package)
    for module in pkgutil.iter_modules(found.__path__, f"{package}."):
        importlib.import_module(module.name)
    return post_registry


# — moments —


def list_post_slots(
    cohort: Cohort,
    member: Member | None = None,
    *,
    is_unfiltered: bool = False,
    post_kinds: PostRegistry = post_registry,
) -> Iterator[PostSlot]:
    """Every post of a cohort to its homes, or to one member, in no particular order.

    Kinds that are switched off are left out. Unless `everything`, a draft and an archived cohort have none, and a finished
    one only what comes with or after its finish. Members whose own clock goes on after the cohort has run out keep theirs.
    """
    goes_on = cohort.state == "finished" and (member is None or cohort.has_run_out)
    if cohort.state not in {"open", "running", "paused"} and not goes_on and not is_unfiltered:
        return
    trailing = goes_on and member is None and not is_unfiltered
    scope: Scope = "home" if member is None else "member"
    weeks = cohort.calendar if member is None else member.build_member_calendar(cohort)
    for kind in post_kinds.kinds.values():
        setting = cohort.posts.get(kind.name, PostSetting())
        if kind.scope == scope and setting.on:
            of_kind = _list_kind_slots(kind, setting, cohort, weeks, member)
            yield from (slot for slot in of_kind if not trailing or _is_after_finish(slot, cohort))


def _is_after_finish(slot: PostSlot, cohort: Cohort) -> bool:
    return cohort.finishes_at is not None and slot.at >= cohort.finishes_at


def _list_kind_slots(
    kind: PostKind, setting: PostSetting, cohort: Cohort, weeks: Calendar, member: Member | None
) -> Iterator[PostSlot]:
    wall = setting.at or cohort.at if member is None else member.person.reminder_at
    zone_name = cohort.zone if member is None else member.get_zone_name(cohort)
    for place, when in enumerate(kind.days):
        moved = (
            _move_post_day(when, setting.day) if setting.day is not None and place == 0 else when
        )
        for ref, day, week in _list_post_dates(moved, weeks, is_opening=when.day == 0):
            suffix = f".{place}" if len(kind.days) > 1 else ""
            yield PostSlot(kind.name, ref + suffix, convert_to_utc(day, wall, zone_name), week)


def _move_post_day(when: PostDay, day: int) -> PostDay:
    """A moment on the day a moderator has chosen; who moves what comes half way names a day of the week."""
    return replace(when, anchor="week" if when.anchor == "half" else when.anchor, day=day)


def _list_post_dates(
    when: PostDay, weeks: Calendar, *, is_opening: bool
) -> Iterator[tuple[str, date, CalendarWeek | None]]:
    if when.anchor == "start" and weeks.weeks:
        yield START, weeks.weeks[0].first - DAY * when.day, None
    if when.anchor == "finish" and weeks.finish:
        yield FINISH, weeks.finish + DAY * when.day, None
    for week in weeks.weeks if when.anchor in WEEKLY else ():
        if when.week_number not in {None, week.number}:
            continue
        if (day := _find_post_date(when, week, is_opening=is_opening)) is not None:
            yield week.id, day, week


def _find_post_date(when: PostDay, week: CalendarWeek, *, is_opening: bool) -> date | None:
    if when.anchor == "half" and when.day < len(week.active):
        # While a pause has no end nobody knows how long the week will be: it is taken for a usual one.
        return week.active[when.day if week.last is None else len(week.active) // 2]
    if when.anchor == "week" and when.day < len(week.active):
        return week.active[when.day]
    if (
        when.anchor == "week"
    ):  # a week that a break or a pause has shortened: what opens it comes all the same
        return week.active[-1] if is_opening else None
    if week.last is None or when.anchor == "half":
        return None
    if when.anchor == "end":
        return week.active[max(0, len(week.active) - 1 - when.day)]
    return week.last + DAY * (1 + when.day)


def list_slots_between(
    cohort: Cohort,
    since: datetime,
    until: datetime,
    member: Member | None = None,
    post_kinds: PostRegistry = post_registry,
) -> tuple[PostSlot, ...]:
    """The posts whose moment lies after `since` and not after `until`, in the order in which they are sent."""
    slots = list_post_slots(cohort, member, post_kinds=post_kinds)
    return _sort_slots((slot for slot in slots if since < slot.at <= until), post_kinds)


def list_coming_slots(
    cohort: Cohort, now: datetime, post_kinds: PostRegistry = post_registry
) -> tuple[PostSlot, ...]:
    """Every post to the homes after `now`, in the order in which they are sent; of a draft, what they would be."""
    is_draft = cohort.state == "draft"
    slots = list_post_slots(cohort, is_unfiltered=is_draft, post_kinds=post_kinds)
    return _sort_slots((slot for slot in slots if slot.at > now), post_kinds)


def list_closing_slots(
    cohort: Cohort, now: datetime, post_kinds: PostRegistry = post_registry
) -> tuple[PostSlot, ...]:
    """What closes a plan that is ended before its time, due at once."""
    known = (
        (kind, cohort.posts.get(kind.name, PostSetting())) for kind in post_kinds.kinds.values()
    )
    return tuple(
        PostSlot(kind.name, FINISH, now)
        for kind, setting in known
        if setting.on
        and kind.scope == "home"
        and any(when.anchor == "finish" for when in kind.days)
    )


def list_overdue_slots(
    before: Cohort, after: Cohort, now: datetime, post_kinds: PostRegistry = post_registry
) -> tuple[PostSlot, ...]:
    """Posts to the homes that were still to come, or hidden by a pause, and that a change of dates has put into the past.

    They are late, as after an outage. What was switched off, or past already, is none of them.
    """
    was: dict[tuple[str, str], datetime] = {}
    if before.edition == after.edition:
        slots_before = list_post_slots(before, is_unfiltered=True, post_kinds=post_kinds)
        was = {(slot.kind, slot.ref): slot.at for slot in slots_before}
    off = {name for name, setting in before.posts.items() if not setting.on}
    slots = list_post_slots(after, post_kinds=post_kinds)
    late = [slot for slot in slots if slot.at <= now and slot.kind not in off]
    overdue = []
    for slot in late:
        old_moment = was.get((slot.kind, slot.ref))
        if old_moment is None or old_moment > now:
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
    """The next instant at which a post falls due or, for the cohort itself, time changes its state."""
    moments = [slot.at for slot in list_post_slots(cohort, member, post_kinds=post_kinds)]
    if member is None and cohort.state in {"open", "running"}:
        moments += [at for at in (cohort.begins_at, cohort.finishes_at) if at]
    return min((at for at in moments if at > after), default=None)


def list_join_kinds(
    cohort: Cohort, post_kinds: PostRegistry = post_registry
) -> tuple[PostKind, ...]:
    """Return the kinds of posts that name new members, those left out that are switched off."""
    undated = (kind for kind in post_kinds.kinds.values() if not kind.is_dated)
    return tuple(kind for kind in undated if cohort.posts.get(kind.name, PostSetting()).on)


def build_post_slot(
    cohort: Cohort, kind: str, ref: str, at: datetime, member: Member | None = None
) -> PostSlot:
    """A post by its natural key, its week looked up in the calendar as it is now."""
    weeks = cohort.calendar if member is None else member.build_member_calendar(cohort)
    return PostSlot(kind, ref, at, weeks.find_week(ref.partition(".")[0]))


# — moving a kind of post, days counted as people do —


def get_post_day_number(kind: PostKind, setting: PostSetting) -> int:
    """The day of a kind's first moment as people count: a distance from start or finish, else a day of a week, from 1."""
    when = kind.days[0]
    day = when.day if setting.day is None else setting.day
    return (
        day if when.anchor in {"start", "finish"} else 7 - day if when.anchor == "end" else day + 1
    )


def describe_post_day(kind: PostKind, setting: PostSetting) -> str:
    """The day of a kind of post, as people say it."""
    if not kind.is_dated:
        return "when people join, at most once an hour"
    day = get_post_day_number(kind, setting)
    if kind.days[0].anchor == "start":
        return f"{_format_day_count(day)} before day one" if day else "on day one"
    if kind.days[0].anchor == "finish":
        return (
            f"{_format_day_count(day)} after the plan has ended"
            if day
            else "when the plan has ended"
        )
    week = _describe_week(kind.days[0])
    if kind.days[0].anchor == "half" and setting.day is None:
        return f"half way through {week}"
    days = " and ".join(
        str(number) for number in sorted({day, *(7 - when.day for when in kind.days[1:])})
    )
    return f"day{'s' if ' ' in days else ''} {days} of {week}"


def _describe_week(when: PostDay) -> str:
    if when.week_number is None:
        return "the week that follows" if when.anchor == "after" else "the week"
    if when.anchor == "after":
        return f"the week that follows week {when.week_number}"
    return f"week {when.week_number}"


def _format_day_count(count: int) -> str:
    return "a day" if count == 1 else f"{count} days"


def convert_post_day_number(kind: PostKind, day: int) -> int:
    """The setting that puts a kind's first moment on a day, as people count. Raises `Refused` where it cannot be."""
    when = kind.days[0]
    if not kind.is_dated:
        raise Refused(
            f"The post {kind.title} comes when people join: switch it on or off with `on=`.", "day"
        )
    if when.anchor == "start" and when.day == 0 and day:
        raise Refused(
            f"{kind.title} belongs to day one: move its time with `at=`, or switch it off.", "day"
        )
    least, most = {"start": (min(1, when.day), 30), "finish": (0, 14)}.get(when.anchor, (1, 7))
    if not least <= day <= most:
        raise Refused(
            f"{kind.title} can stand on day {least} to {most}, and {day} is none of them.", "day"
        )
    stored = (
        day if when.anchor in {"start", "finish"} else 7 - day if when.anchor == "end" else day - 1
    )
    if any(other.day == stored for other in kind.days[1:]):
        raise Refused(
            f"{kind.title} comes on day {day} already, and once a day is enough: choose another.",
            "day",
        )
    return stored


# — after an outage —


def is_too_late(
    kind: PostKind, slot: PostSlot, cohort: Cohort, now: datetime, member: Member | None = None
) -> bool:
    """Whether a post that fell due at `slot.at` has lost its use by `now`."""
    if kind.late.until == "start":
        begins = cohort.begins_at
        return begins is not None and now >= begins
    if kind.late.until == "week" and slot.week is not None:
        last = slot.week.last
        return last is not None and now >= convert_to_utc(last + DAY, cohort.at, cohort.zone)
    if kind.late.until == "member" and slot.week is not None and member is not None:
        return member.is_week_over(slot.week, cohort, now)
    return now > slot.at + kind.late.max_delay


def find_quiet_end(member: Member, cohort: Cohort, now: datetime) -> datetime:
    """The first instant from `now` on that lies outside a member's quiet hours."""
    person, name = member.person, member.get_zone_name(cohort)
    local = now.astimezone(load_zone(name))
    if person.can_be_messaged_at(local.time()):
        return now
    until: time = person.quiet_until
    day = local.date() if local.time() < until else local.date() + DAY
    return max(convert_to_utc(day, until, name), now + timedelta(minutes=1)).astimezone(UTC)
