"""Posts in prose: the next one, the late ones, and those to come at once."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from bot.chat.message import escape_text, format_moment
from bot.chat.text import join_names
from bot.group.cohort import Cohort
from bot.group.zones import load_zone
from bot.post import (
    NOBODY_THERE,
    HomeFacts,
    PostRegistry,
    PostSlot,
    is_too_late,
    list_coming_slots,
    list_overdue_slots,
    list_slots_between,
    post_registry,
)
from bot.roadmap import Roadmap

# Kind and ref of posts in the ledger. They are never sent again.
Entered = AbstractSet[tuple[str, str]]

NOTHING: Entered = frozenset()
POSTS_IN_SENTENCE = 6


def format_slot_title(slot: PostSlot, post_kinds: PostRegistry = post_registry) -> str:
    """Return a post's title with its week."""
    title = post_kinds.kinds[slot.kind].title
    return f"{title}, week {slot.week.number}" if slot.week else title


def format_letter_title(
    kind: str, ref: str, cohort: Cohort, post_kinds: PostRegistry = post_registry
) -> str:
    """Return a letter's title with its week.

    The kind or the week may be gone since the letter was entered.
    """
    known_kind = post_kinds.kinds.get(kind)
    title = known_kind.title if known_kind else kind
    week_number = cohort.syllabus.get_week_number(ref.partition(".")[0])
    return f"{title}, week {week_number}" if week_number else title


def describe_next_post(
    cohort: Cohort,
    now: datetime,
    entered: Entered = NOTHING,
    zone_name: str | None = None,
    post_kinds: PostRegistry = post_registry,
) -> str:
    """Return a sentence in prose about the next post to the homes.

    Its time is in `zone_name`, or in the cohort's zone without one.
    """
    for slot in list_coming_slots(cohort, now, post_kinds):
        if (slot.kind, slot.ref) not in entered:
            title = escape_text(format_slot_title(slot, post_kinds))
            moment = format_moment(slot.at, load_zone(zone_name or cohort.zone))
            return f"The next post is _{title}_ on {moment}."
    if cohort.state == "paused":
        return "There are no posts during the pause."
    return "There are no more posts."


def describe_immediate_posts(
    slots: Iterable[PostSlot], post_kinds: PostRegistry = post_registry
) -> tuple[str, ...]:
    """Return a sentence with the posts to come right away; nothing without any."""
    titles = [f"_{escape_text(format_slot_title(slot, post_kinds))}_" for slot in slots]
    if not titles:
        return ()
    return (f"I post {join_names(titles, POSTS_IN_SENTENCE)} right away.",)


def list_late_slots(
    before: Cohort,
    after: Cohort,
    now: datetime,
    entered: Entered,
    post_kinds: PostRegistry = post_registry,
) -> tuple[PostSlot, ...]:
    """Return the posts a change makes due at once, without those too late to be useful."""
    # The scheduler has never looked at this cohort, so it owes no post.
    if before.looked_at is None:
        return ()
    late = []
    for slot in list_overdue_slots(before, after, now, post_kinds):
        is_entered = (slot.kind, slot.ref) in entered
        if not is_entered and not is_too_late(post_kinds.kinds[slot.kind], slot, after, now):
            late.append(slot)
    return tuple(late)


def list_opening_slots(
    after: Cohort, roadmap: Roadmap, now: datetime, post_kinds: PostRegistry = post_registry
) -> tuple[PostSlot, ...]:
    """Return the posts to come at once if a draft opens in a week already begun."""
    since = get_instant_before_week(after, now)
    if since is None:
        return ()
    opening = []
    for slot in list_slots_between(after, since, now, post_kinds=post_kinds):
        kind = post_kinds.kinds[slot.kind]
        if is_too_late(kind, slot, after, now):
            continue
        # Nobody has joined a draft, so a post for its members alone skips itself.
        if kind.skip(HomeFacts(after, roadmap, slot, now, NOBODY_THERE)) is None:
            opening.append(slot)
    return tuple(opening)


def get_instant_before_week(cohort: Cohort, now: datetime) -> datetime | None:
    """Return the instant before the current week, in UTC, so that this week is still posted.

    None before the first week.
    """
    week = cohort.week_at(now)
    return cohort.get_week_opening(week) - timedelta(seconds=1) if week else None
