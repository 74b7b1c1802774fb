"""Letters written: from facts gathered right before they are sent, or not at all where they have lost their use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from bot.chat.message import Message
from bot.group.calendar import Dated
from bot.group.cohort import Cohort, Member, PostSetting
from bot.group.progress import EVERYBODY, Honour, Several, honours, visible
from bot.group.route import branches, route_of
from bot.post import (
    WEEKLY,
    Facts,
    Kind,
    NewMembers,
    Own,
    after_quiet,
    kinds,
    kinds_on_joining,
    slot_of,
    too_late,
)
from bot.store import Tx
from bot.store.ledger import Letter
from bot.store.members import BATCH
from bot.store.progress import NAMED, TOP

NEW_NAMES = 3  # names of new members that are handed to a post; the others are counted
RECENT = timedelta(
    days=6, hours=12
)  # a week of reminders, less what clock changes and a slow minute can shift


@dataclass(frozen=True, slots=True)
class Skip:
    """A letter that is not needed, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """A letter that may not arrive yet."""

    until: datetime


async def written(tx: Tx, cohort: Cohort, letter: Letter, now: datetime) -> Message | Skip | Wait:
    """A letter as it reads at an instant, or why it is not needed, or until when it waits for the quiet hours to end."""
    if letter.message is not None:
        reason = await _unwelcome(tx, cohort, letter)
        return Skip(reason) if reason else letter.message
    kind = kinds().get(letter.kind)
    if kind is None:
        return Skip("there is no such kind of post any more")
    if (reason := await _outdated(tx, kind, cohort, letter)) is not None:
        return Skip(reason)
    member = await _member(tx, cohort, letter)
    slot = slot_of(cohort, kind.name, letter.ref, letter.moment, member)
    if too_late(kind, slot, cohort, now, member):
        return Skip("too late to be useful")
    if slot.week is None and any(when.anchor in WEEKLY for when in kind.when):
        return Skip("its week is not in the calendar any more")
    plan = await tx.cohorts.plan(cohort.plan_id)
    return await _compose(tx, kind, Facts(cohort, plan, slot, now), letter, member)


async def _unwelcome(tx: Tx, cohort: Cohort, letter: Letter) -> str | None:
    """Why nobody is to be greeted by a letter of their own any more: older versions entered one for each who joined."""
    about, _, member_id = letter.ref.partition("/")
    if about != "welcome" or not member_id.isdecimal():
        return None
    member = (await tx.members.by_ids([int(member_id)], cohort.id)).get(int(member_id))
    if member is None or member.left_at is not None:
        return "has left the cohort"
    if visible(member, EVERYBODY, "greeting") is None:
        return "is not to be named"
    return None if kinds_on_joining(cohort) else "switched off"


async def _compose(
    tx: Tx, kind: Kind, bare: Facts, letter: Letter, member: Member | None
) -> Message | Skip | Wait:
    if kind.scope == "member":
        if member is None or member.left_at is not None:
            return Skip("left the cohort")
        if await tx.ledger.told_elsewhere(letter, member):
            return Skip("told through another account of theirs")
        facts = await _private_facts(tx, bare, member)
    elif kind.is_dated:
        facts = await _home_facts(tx, bare, letter)
    else:
        facts = replace(bare, new_members=await _new_members(tx, bare, letter))
    if (reason := kind.skip(facts)) is not None:
        return Skip(reason)
    if member is not None and (heard := after_quiet(member, bare.cohort, bare.now)) > bare.now:
        return Wait(heard)
    return kind.write(facts)


async def _outdated(tx: Tx, kind: Kind, cohort: Cohort, letter: Letter) -> str | None:
    """Why a letter is not wanted any more, whatever it would say."""
    if letter.edition != cohort.edition:
        return "the cohort was started again"
    if cohort.state == "archived":
        return "the cohort is archived"
    if not cohort.posts.get(kind.name, PostSetting()).on:
        return "switched off"
    if kind.late.fold and (newer := await tx.ledger.waiting_after(letter)):
        return f"folded into {newer.ref}"
    return None


async def _member(tx: Tx, cohort: Cohort, letter: Letter) -> Member | None:
    return (
        (await tx.members.by_ids([letter.member_id], cohort.id)).get(letter.member_id)
        if letter.member_id
        else None
    )


async def _private_facts(tx: Tx, bare: Facts, member: Member) -> Facts:
    done = await tx.progress.ticked(member.person, bare.cohort.roadmap)
    route = route_of(bare.plan, bare.cohort.syllabus, member.picks)
    checked_in = bool(bare.slot.week and await tx.progress.checked_in(member, bare.slot.week.id))
    reminded = await tx.ledger.reminders(member.person.id, bare.now - RECENT)
    done_here = route.done(done, bare.slot.week.id if bare.slot.week else None)
    own = Own(member, done_here, checked_in, reminded)
    return Facts(bare.cohort, bare.plan, bare.slot, bare.now, own=own)


async def _new_members(tx: Tx, bare: Facts, letter: Letter) -> NewMembers:
    """Who is to be named as new, as they wish to be seen now: whoever is away is left in peace."""
    found, more = await tx.newcomers.named_by(bare.cohort, letter)
    here = (member for member in found if not member.is_away(bare.cohort, bare.now))
    named = [
        name for member in here if (name := visible(member, EVERYBODY, "greeting")) is not None
    ]
    return NewMembers(tuple(named[:NEW_NAMES]), len(named) + more)


async def _home_facts(tx: Tx, bare: Facts, letter: Letter) -> Facts:
    cohort, week = bare.cohort, bare.slot.week
    folded = [
        cohort.syllabus.number(ref.partition(".")[0]) for ref in await tx.ledger.folded_into(letter)
    ]
    return Facts(
        cohort,
        bare.plan,
        bare.slot,
        bare.now,
        counts=await tx.progress.counts(cohort, week, bare.now),
        board=await tx.progress.board(cohort, limit=TOP + 1),
        week_board=await tx.progress.board(cohort, week.id, TOP + 1) if week else (),
        on_board=await tx.progress.on_board(cohort),
        on_week_board=await tx.progress.on_board(cohort, week.id) if week else 0,
        honours=await _honours(tx, bare, week) if week else (),
        folded=tuple(number for number in folded if number),
    )


async def _honours(tx: Tx, bare: Facts, week: Dated) -> tuple[Honour, ...]:
    so_far = [one.id for one in bare.cohort.calendar.weeks if one.number <= week.number]
    return honours(
        await _finished(tx, bare, week),
        await tx.progress.streaking(bare.cohort, so_far),
        len(so_far),
    )


async def _finished(tx: Tx, bare: Facts, week: Dated) -> Several:
    """Who has done everything there was to do in a week: each has a route of their own."""
    cohort, syllabus = bare.cohort, bare.cohort.syllabus
    usual = route_of(bare.plan, syllabus).total(week.id)
    if not branches(bare.plan):
        rows = await tx.progress.board(cohort, week.id, NAMED) if usual else ()
        named = tuple(row.name for row in rows if row.done >= usual)
        return Several(named, await tx.progress.on_board(cohort, week.id, usual) if named else 0)
    found: list[str] = []
    for skip in count(0, BATCH):
        rows = await tx.progress.board(cohort, week.id, BATCH, skip)
        seen = await tx.members.by_ids([row.member_id for row in rows], cohort.id)
        totals = {
            one.id: route_of(bare.plan, syllabus, one.picks).total(week.id) for one in seen.values()
        }
        found += [row.name for row in rows if 0 < totals[row.member_id] <= row.done]
        if len(rows) < BATCH:
            break
    return Several(tuple(found[:NAMED]), len(found))
