"""The facts a post is written from, gathered right before it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.progress import Honour, Standing
from bot.post.kinds import PostSlot
from bot.roadmap import Roadmap


@dataclass(frozen=True, slots=True)
class ActivityCounts:
    """Numbers that may be said aloud: they count visible members only.

    Members who are away are in neither number of a pair (count and total), unless they did it all
    the same; then they are in both.
    `members`: all who have joined.
    """

    members: int = 0
    checked_in_count: int = 0
    check_in_total: int = 0
    ticked_count: int = 0
    tick_total: int = 0


@dataclass(frozen=True, slots=True)
class Recipient:
    """The member a private post goes to."""

    member: Member
    done_count: int = 0
    has_checked_in: bool = False
    reminder_count: int = 0


@dataclass(frozen=True, slots=True)
class NewMembers:
    """Members who have joined since the last post that named new ones.

    `names`: some of them, visible ones alone. `count`: all.
    """

    names: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class PostFacts:
    """Everything a post may be written from.

    `board` and `week_board` hold one row more than a post shows; `board_size` and
    `week_board_size` count all there are.
    `weeks_folded`: numbers of the weeks it stands for, beside its own.
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
        """The post's week. Only weekly kinds may ask; raises `LookupError` for others."""
        if self.slot.week is None:
            raise LookupError(f"a {self.slot.kind} post belongs to no week")
        return self.slot.week
