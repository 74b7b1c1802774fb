"""Posts as people read them: the next one, those that are late, those that come at once."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from bot.chat.message import moment, quote
from bot.chat.text import names
from bot.group.cohort import Cohort
from bot.group.zones import zone
from bot.post import Facts, Slot, between, coming, kinds, overtaken, too_late
from bot.roadmap import Roadmap

Entered = AbstractSet[tuple[str, str]]
"""Kind and ref of posts that are in the ledger, and therefore never sent again."""

NOTHING: Entered = frozenset()
NAMED = 6  # posts that a sentence names


def titled(slot: Slot) -> str:
    """A post as people read it: its kind and its week."""
    title = kinds()[slot.kind].title
    return f"{title}, week {slot.week.number}" if slot.week else title


def letter_title(kind: str, ref: str, cohort: Cohort) -> str:
    """A letter of the ledger as people read it: its kind and its week, whatever has become of the two since."""
    known = kinds().get(kind)
    number = cohort.syllabus.number(ref.partition(".")[0])
    return (known.title if known else kind) + (f", week {number}" if number else "")


def next_post(
    cohort: Cohort, now: datetime, entered: Entered = NOTHING, where: str | None = None
) -> str:
    """A sentence about the next post to the homes, as prose; its time in the zone `where`, else in the cohort's."""
    slot = next((one for one in coming(cohort, now) if (one.kind, one.ref) not in entered), None)
    if slot is not None:
        return f"The next post is _{quote(titled(slot))}_ on {moment(slot.at, zone(where or cohort.zone))}."
    return (
        "No post comes until it goes on."
        if cohort.state == "paused"
        else "No more posts are to come."
    )


def comes_at_once(slots: Iterable[Slot]) -> tuple[str, ...]:
    """Name the posts that follow right away, as a sentence; nothing where there are none."""
    titles = [f"_{quote(titled(slot))}_" for slot in slots]
    if not titles:
        return ()
    return (f"I post {names(titles, NAMED)} right away.",)


def late_posts(before: Cohort, after: Cohort, now: datetime, entered: Entered) -> tuple[Slot, ...]:
    """Return the posts that a change makes due at once, those left out that are too late to be of use."""
    if before.looked_at is None:
        return ()
    late = (slot for slot in overtaken(before, after, now) if (slot.kind, slot.ref) not in entered)
    return tuple(slot for slot in late if not too_late(kinds()[slot.kind], slot, after, now))


def opening_posts(after: Cohort, plan: Roadmap, now: datetime) -> tuple[Slot, ...]:
    """Return the posts that come at once where a draft begins in a week that has come already.

    Nobody has joined a draft, so what is written for its members alone is left out.
    """
    since = just_before(after, now)
    slots = between(after, since, now) if since else ()
    known = ((slot, kinds()[slot.kind]) for slot in slots)
    return tuple(
        slot
        for slot, kind in known
        if not too_late(kind, slot, after, now) and kind.skip(Facts(after, plan, slot, now)) is None
    )


def just_before(cohort: Cohort, now: datetime) -> datetime | None:
    """For a plan that begins in the past, the instant before its current week, so that this week is still posted."""
    week = cohort.week_at(now)
    return cohort.opens_at(week) - timedelta(seconds=1) if week else None
