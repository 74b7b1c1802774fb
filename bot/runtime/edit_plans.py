"""What becomes of a sent post that is to be written again, from today's facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from bot.chat.address import Place
from bot.chat.message import Message, text_message
from bot.group.cohort import Cohort
from bot.post import (
    WEEKLY,
    HomeFacts,
    PostKind,
    PostSlot,
    build_home_slot,
    find_week_closing,
)
from bot.runtime.gathering import list_folded_weeks
from bot.runtime.home_facts import HomeFactReader, HomePost
from bot.store import Tx
from bot.store.cohorts import Home
from bot.store.edits import EditEntry, Life
from bot.store.letter import Letter
from bot.views.notify import add_notify_button

UNREACHED_WAIT = timedelta(days=1)  # for a kept post in a space without the bot

WITHDRAWN = text_message("I have taken this post back.")


@dataclass(frozen=True, slots=True)
class EditPlan:
    """What to do with a post, and with its row afterwards.

    `place`: None if it is out of reach. `message`: None if its text stays.
    `life`: how long the row stays afterwards; "" ends it.
    `until`: when the row is due again by itself; None for never.
    """

    place: Place | None = None
    message: Message | None = None
    life: Life = ""
    until: datetime | None = None


DROPPED = EditPlan()


async def plan_edit(tx: Tx, entry: EditEntry, now: datetime) -> EditPlan:
    """Return what is to be done for a claimed row."""
    letter = entry.letter
    cohort = await tx.cohorts.load_cohort(letter.cohort_id)
    home = None if cohort is None else await find_letter_home(tx, cohort, letter)
    if cohort is None or home is None:
        return DROPPED
    kind = tx.post_kinds.kinds.get(letter.kind)
    if entry.life == "remove":
        return EditPlan(home.place if home.is_in_reach else None, life="remove")
    if kind is not None and kind.is_kept:
        return await _plan_kept_post(tx, entry, cohort, home, kind, now)
    slot = None if kind is None else _find_counting_slot(cohort, letter, kind, now)
    if entry.life == "week" and slot is None:
        # Its week, its season or its kind is gone: it stays as it was.
        return DROPPED
    if slot is None:
        place = home.place if home.is_in_reach else None
        return EditPlan(place, await _build_new_text(tx, cohort, letter))
    assert kind is not None
    return await _plan_counting_post(tx, entry, cohort, home, kind, slot, now)


async def find_letter_home(tx: Tx, cohort: Cohort, letter: Letter) -> Home | None:
    """Return the home that a letter went to; None if the cohort has left it."""
    for home in await tx.cohorts.list_homes(cohort.id):
        if home.id == letter.home_id:
            return home
    return None


# — the board —


async def _plan_kept_post(
    tx: Tx, entry: EditEntry, cohort: Cohort, home: Home, kind: PostKind, now: datetime
) -> EditPlan:
    if entry.life != "kept" or cohort.state == "archived":
        return DROPPED
    if not home.is_in_reach:
        return EditPlan(life="kept", until=now + UNREACHED_WAIT)
    letter, current = entry.letter, cohort.advance_state(now)
    slot = build_home_slot(kind, current, letter.ref, letter.moment, now)
    facts = await _read_facts(tx, current, letter, kind, slot, now)
    return EditPlan(home.place, kind.writer(facts), "kept", find_next_turn(current, now))


def find_next_turn(cohort: Cohort, now: datetime) -> datetime | None:
    """Return the next instant at which a week begins or closes; None if none comes."""
    if cohort.state in {"finished", "archived"}:
        return None
    weeks = cohort.calendar.weeks
    openings = (cohort.get_week_opening(week) for week in weeks)
    closings = (find_week_closing(cohort, week) for week in weeks)
    turns = [turn for turn in chain(openings, closings) if turn is not None and turn > now]
    return min(turns, default=None)


# — posts that count along —


def _find_counting_slot(
    cohort: Cohort, letter: Letter, kind: PostKind, now: datetime
) -> PostSlot | None:
    """Return the post of a kind that counts along; None for another, or without its week."""
    if not kind.counts or letter.edition != cohort.edition:
        return None
    slot = build_home_slot(kind, cohort, letter.ref, letter.moment, now)
    return slot if slot.week is not None else None


async def _plan_counting_post(  # noqa: PLR0913  # what was read, and the moment
    tx: Tx,
    entry: EditEntry,
    cohort: Cohort,
    home: Home,
    kind: PostKind,
    slot: PostSlot,
    now: datetime,
) -> EditPlan:
    assert slot.week is not None
    closes_at = find_week_closing(cohort, slot.week)
    is_last = closes_at is not None and closes_at <= now
    life: Life = "" if is_last else "week"
    place = home.place if home.is_in_reach else None
    if entry.life == "week" and not entry.changes and not is_last:
        # The dates have moved, and nobody has asked.
        return EditPlan(place, life=life, until=closes_at)
    # What was true when the week closed: somebody who is away since then was not, then.
    at = now if closes_at is None else min(now, closes_at)
    facts = await _read_facts(tx, cohort, entry.letter, kind, slot, at)
    message = await _add_button(tx, cohort, entry.letter, kind.writer(facts))
    return EditPlan(place, message, life, closes_at)


# — posts that named somebody who is gone —


async def _build_new_text(tx: Tx, cohort: Cohort, letter: Letter) -> Message:
    if letter.message is not None:
        return await _add_button(tx, cohort, letter, letter.message)
    kind = tx.post_kinds.kinds.get(letter.kind)
    # The facts of an earlier edition are gone: a new text would be about the wrong one.
    if kind is None or letter.edition != cohort.edition:
        return WITHDRAWN
    slot = build_home_slot(kind, cohort, letter.ref, letter.moment, letter.moment)
    if slot.week is None and any(day.anchor in WEEKLY for day in kind.days):
        return WITHDRAWN
    # By that moment: a member who is away today was there when the post was sent.
    facts = await _read_facts(tx, cohort, letter, kind, slot, letter.moment)
    if kind.skip(facts) is not None:
        return WITHDRAWN
    return await _add_button(tx, cohort, letter, kind.writer(facts))


async def _add_button(tx: Tx, cohort: Cohort, letter: Letter, message: Message) -> Message:
    """Return a post with the button for its role; an edit notifies nobody, and names no role."""
    notices = await tx.notify.load_notices([letter.home_id])
    ping = notices[letter.home_id].pings.get(letter.kind) if letter.home_id in notices else None
    return add_notify_button(message, ping, cohort)


async def _read_facts(
    tx: Tx, cohort: Cohort, letter: Letter, kind: PostKind, slot: PostSlot, at: datetime
) -> HomeFacts:
    """Return what a post is written from, with numbers that are true at an instant."""
    reader = HomeFactReader(tx, at)
    post = HomePost(kind, letter, cohort, slot.week)
    await reader.read_for_posts([post])
    roadmap = await tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    readings = await reader.read_facts(post, roadmap)
    series = (await tx.ledger.load_series([letter.id]))[letter.id]
    weeks_folded = list_folded_weeks(cohort, series.folded_refs)
    # The words stay those of the moment it fell due: only its numbers are new.
    now = at if kind.is_kept else letter.moment
    return HomeFacts(cohort, roadmap, slot, now, readings, weeks_folded)
