"""Posts the bot sends by itself: their kinds, their moments in local time, and their use later.

A kind is a pure file in `bot/posts`, registered with `@post`. Its moments are computed from the
cohort, or the member, and never stored. The same function makes the timeline and tells the
scheduler which posts are due.
"""

from __future__ import annotations

from bot.post.days import convert_post_day_number, describe_post_day, get_post_day_number
from bot.post.facts import (
    NOBODY_THERE,
    ActivityCounts,
    GroupTotals,
    HomeFacts,
    HomeReadings,
    MemberFacts,
    MemberReadings,
    MemberWays,
    NewMembers,
    PostBoard,
    Recipient,
    RememberedTopic,
    UndeclaredUseError,
)
from bot.post.kinds import (
    APART,
    FINISH,
    RECALL,
    START,
    WEEKLY,
    Anchor,
    HomeUse,
    LateLimit,
    LatePolicy,
    MemberUse,
    PostDay,
    PostKind,
    PostSlot,
    Scope,
)
from bot.post.late import find_next_reminder_time, find_quiet_end, is_too_late
from bot.post.registry import (
    InvalidPostKindError,
    PostRegistry,
    discover_post_kinds,
    list_post_kinds,
    post,
    post_registry,
)
from bot.post.slots import (
    build_post_slot,
    find_next_post_moment,
    is_from_other_clock,
    list_closing_slots,
    list_coming_slots,
    list_join_kinds,
    list_overdue_slots,
    list_post_slots,
    list_slots_between,
)

__all__ = [
    "APART",
    "FINISH",
    "NOBODY_THERE",
    "RECALL",
    "START",
    "WEEKLY",
    "ActivityCounts",
    "Anchor",
    "GroupTotals",
    "HomeFacts",
    "HomeReadings",
    "HomeUse",
    "InvalidPostKindError",
    "LateLimit",
    "LatePolicy",
    "MemberFacts",
    "MemberReadings",
    "MemberUse",
    "MemberWays",
    "NewMembers",
    "PostBoard",
    "PostDay",
    "PostKind",
    "PostRegistry",
    "PostSlot",
    "Recipient",
    "RememberedTopic",
    "Scope",
    "UndeclaredUseError",
    "build_post_slot",
    "convert_post_day_number",
    "describe_post_day",
    "discover_post_kinds",
    "find_next_post_moment",
    "find_next_reminder_time",
    "find_quiet_end",
    "get_post_day_number",
    "is_from_other_clock",
    "is_too_late",
    "list_closing_slots",
    "list_coming_slots",
    "list_join_kinds",
    "list_overdue_slots",
    "list_post_kinds",
    "list_post_slots",
    "list_slots_between",
    "post",
    "post_registry",
]
