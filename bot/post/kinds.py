"""A kind of post: its days, its use after an outage, its writer; and one post with its moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from bot.chat.message import Message
from bot.group.calendar import CalendarWeek

if TYPE_CHECKING:
    from bot.post.facts import HomeFacts, MemberFacts
    from bot.post.moderator_facts import ModeratorFacts

Anchor = Literal["start", "week", "half", "end", "after", "finish", "join", "own", "kept", "event"]
Activity = Literal["ticks", "checkins"]
"""What members do that changes the numbers in a post."""
Scope = Literal["home", "member", "moderator"]
LateLimit = Literal["start", "week", "member"]
HomeUse = Literal[
    "counts",
    "last_counts",
    "board",
    "week_board",
    "honours",
    "new_members",
    "starters",
    "former_posts",
    "totals",
    "pulse",
    "milestones",
    "help",
    "thanks",
    "shared_notes",
]
"""Facts that are read for a home's post only where its kind asks for them."""
MemberUse = Literal[
    "checkin_hours", "ways", "topic", "portfolio", "next_cohorts", "silence", "help"
]
"""Facts that are read for a private post only where its kind asks for them."""

RECALL = "recall"  # the kind of the questions about finished topics, of which a table decides
MILESTONE = "milestone"  # the kind of the posts about what somebody has reached, one a day
HELP_WANTED = "help_wanted"  # the kind of the posts that ask a group for help with an item
HELP_ASKED = "help_asked"  # the kind of the letters that ask a helper in private
WHEN_PEOPLE_JOIN = "when people join, at most once an hour"
START, FINISH = "start", "finish"  # the refs of posts that belong to no week
WEEKLY: frozenset[Anchor] = frozenset({"week", "half", "end", "after"})
APART = timedelta(hours=1)  # the least time between two posts that name new members


@dataclass(frozen=True, slots=True)
class PostDay:
    """A local day.

    `start`: days before the first week.
    `week`: that active day in each week, from 0.
    `half`: the active day on which half of the week's active days are over. `day` is its number
    in a usual week, and a week with fewer days has none.
    `end`: active days before the week's last.
    `after`: days after the week's last.
    `finish`: days after the whole plan.
    `join`: no day at all, but when people join, at most once in `APART` for each home.
    `own`: no day of the calendar, but whenever a table says so about the person it goes to.
    `kept`: no day at all: a moderator asks for it, and it is kept up to date until taken down.
    `event`: no day at all, but when something has happened in the group.

    `occasion`: when an `event` comes, in words for moderators: "when …, at most …".
    With a `week_number` it comes in that week alone. The number counts the cohort's weeks, from 1.
    """

    anchor: Anchor
    day: int = 0
    week_number: int | None = None
    occasion: str = ""


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """The use a post still has after an outage.

    `until`: it is sent until the plan begins (`start`), the week is over (`week`), or it is over
    where the member is (`member`). Without it, a post is sent up to `max_delay` late.
    `can_fold`: the newest of several stands for all.
    """

    until: LateLimit | None = None
    max_delay: timedelta = timedelta(days=7)
    can_fold: bool = False


@dataclass(frozen=True, slots=True)
class PostSlot:
    """One post: its kind, its moment, and its week if it has one.

    `ref` is a week id, or `start` or `finish`; a kind with several days adds `.0`, `.1` …
    A week by a member's own clock adds its shift behind that: `.s3`.
    `at` is an instant in UTC.
    """

    kind: str
    ref: str
    at: datetime
    week: CalendarWeek | None = None


HomeWrite = Callable[["HomeFacts"], Message]
HomeNeeded = Callable[["HomeFacts"], str | None]
MemberWrite = Callable[["MemberFacts"], Message]
MemberNeeded = Callable[["MemberFacts"], str | None]
ModeratorWrite = Callable[["ModeratorFacts"], Message]
ModeratorNeeded = Callable[["ModeratorFacts"], str | None]


def is_always_needed(facts: HomeFacts | MemberFacts | ModeratorFacts) -> None:
    """Return no reason to skip a post."""


def is_never_held(facts: MemberFacts) -> None:
    """Return no reason to hold a private post."""


@dataclass(frozen=True, slots=True)
class PostKind:
    """A kind of post.

    `title` and `help` are for people. `order` decides between posts at one moment.
    `skip` returns the reason why a post is not needed after all, or None.
    `hold` returns the reason why a private post waits for another day, or None.
    `counts`: what members do that has a sent post written again.
    `follows`: the kind whose day and time it has, where a moderator has given it none of its own.
    `writer` and `skip` take the facts of its `scope`; `@post` checks it.
    """

    name: str
    title: str
    help: str
    days: tuple[PostDay, ...]
    writer: Callable[[Any], Message]
    late: LatePolicy = LatePolicy()
    scope: Scope = "home"
    order: int = 50
    skip: Callable[[Any], str | None] = is_always_needed
    uses: frozenset[HomeUse | MemberUse] = frozenset()
    hold: MemberNeeded = is_never_held
    counts: frozenset[Activity] = frozenset()
    follows: str = ""

    @property
    def can_name_members(self) -> bool:
        """True for a post to a home that asks for more of its members than counts."""
        return bool(self.uses - {"counts", "pulse"})

    @property
    def is_dated(self) -> bool:
        """True for a kind on days in the calendar, which a moderator may move."""
        undated = {"join", "own", "kept", "event"}
        return all(post_day.anchor not in undated for post_day in self.days)

    @property
    def is_personal(self) -> bool:
        """True for a kind that people ask for themselves: no moderator sees or changes it."""
        return any(post_day.anchor == "own" for post_day in self.days)

    @property
    def is_joining(self) -> bool:
        """True for a kind that comes when people join."""
        return any(post_day.anchor == "join" for post_day in self.days)

    @property
    def is_kept(self) -> bool:
        """True for a kind of which a home has one, kept up to date until it is taken down."""
        return any(post_day.anchor == "kept" for post_day in self.days)

    @property
    def occasion(self) -> str:
        """When a kind without a date comes, in words."""
        return self.days[0].occasion or WHEN_PEOPLE_JOIN

    @property
    def short_occasion(self) -> str:
        """The occasion without how often it comes."""
        return self.occasion.partition(",")[0]
