"""Posts as people read them: the next one, those that are late, those that come at once."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from bot.chat.message import escape_text, format_moment
from bot.chat.text import join_names
from bot.group.cohort import Cohort
from bot.group.zones import load_zone
from bot.post import (
    PostFacts,
    PostRegistry,
    PostSlot,
    is_too_late,
    list_coming_slots,
    list_overdue_slots,
    list_slots_between,
    post_registry,
)
from bot.roadmap import Roadmap

Entered = AbstractSet[tuple[str, str]]
"""Kind and ref of posts that are in the ledger, and therefore never sent again."""

NOTHING: Entered = frozenset()
NAMED = 6  # posts that a sentence names


def format_slot_title(slot: PostSlot, post_kinds: PostRegistry = post_registry) -> str:
    """A post as people read it: its kind and its week."""
    title = post_kinds.kinds[slot.kind].title
    return f"{title}, week {slot.week.number}" if slot.week else title


def format_letter_title(
    kind: str, ref: str, cohort: Cohort, post_kinds: PostRegistry = post_registry
) -> str:
    """A letter of the ledger as people read it: its kind and its week, whatever has become of the two since."""
    known = post_kinds.kinds.get(kind)
    number = cohort.syllabus.get_week_number(ref.partition(".")[0])
    return (known.title if known else kind) + (f", week {number}" if number else "")


def describe_next_post(
    cohort: Cohort,
    now: datetime,
    entered: Entered = NOTHING,
    zone_name: str | None = None,
    post_kinds: PostRegistry = post_registry,
) -> str:
    """A sentence about the next post to the homes, as prose; its time in the zone `where`, else in the cohort's."""
    slot = next(
        (
            coming
            for coming in list_coming_slots(cohort, now, post_kinds)
            if (coming.kind, coming.ref) not in entered
        ),
        None,
    )
    if slot is not None:
        title = escape_text(format_slot_title(slot, post_kinds))
        moment = format_moment(slot.at, load_zone(zone_name or cohort.zone))
        return f"The next post is _{title}_ on {moment}."
    return (
        "No post comes until it goes on."
        if cohort.state == "paused"
        else "No more posts are to come."
    )


def describe_immediate_posts(
    slots: Iterable[PostSlot], post_kinds: PostRegistry = post_registry
) -> tuple[str, ...]:
    """Name the posts that follow right away, as a sentence; nothing where there are none."""
    titles = [f"_{escape_text(format_slot_title(slot, post_kinds))}_" for slot in slots]
    if not titles:
        return ()
    return (f"I post {join_names(titles, NAMED)} right away.",)


def list_late_slots(
    before: Cohort,
    after: Cohort,
    now: datetime,
    entered: Entered,
    post_kinds: PostRegistry = post_registry,
) -> tuple[PostSlot, ...]:
    """Return the posts that a change makes due at once, those left out that are too late to be of use."""
    if before.looked_at is None:
        return ()
    late = (
        slot
        for slot in list_overdue_slots(before, after, now, post_kinds)
        if (slot.kind, slot.ref) not in entered
    )
    kinds = post_kinds.kinds
    return tuple(slot for slot in late if not is_too_late(kinds[slot.kind], slot, after, now))


def list_opening_slots(
    after: Cohort, roadmap: Roadmap, now: datetime, post_kinds: PostRegistry = post_registry
) -> tuple[PostSlot, ...]:
    """Return the posts that come at once where a draft begins in a week that has come already.

    Nobody has joined a draft, so what is written for its members alone is left out.
    """
    since = get_instant_before_week(after, now)
    slots = list_slots_between(after, since, now, post_kinds=post_kinds) if since else ()
    known = ((slot, post_kinds.kinds[slot.kind]) for slot in slots)
    return tuple(
        slot
        for slot, kind in known
        if not is_too_late(kind, slot, after, now)
        and kind.skip(PostFacts(after, roadmap, slot, now)) is None
    )


def get_instant_before_week(cohort: Cohort, now: datetime) -> datetime | None:
    """For a plan that begins in the past, the instant before its current week, so that this week is still posted."""
    week = cohort.week_at(now)
    return cohort.get_week_opening(week) - timedelta(seconds=1) if week else None
