"""Letters written: from facts gathered right before they are sent, or not at all where they have lost their use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from bot.chat.message import Message
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member, PostSetting
from bot.group.progress import EVERYBODY, Honour, MemberSample, get_visible_name, list_honours
from bot.group.route import build_route, has_route_choices
from bot.post import (
    WEEKLY,
    NewMembers,
    PostFacts,
    PostKind,
    Recipient,
    build_post_slot,
    find_quiet_end,
    is_too_late,
    list_join_kinds,
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
class Delay:
    """A letter that may not arrive yet."""

    until: datetime


async def write_letter(
    tx: Tx, cohort: Cohort, letter: Letter, now: datetime
) -> Message | Skip | Delay:
    """A letter as it reads at an instant, or why it is not needed, or until when it waits for the quiet hours to end."""
    if letter.message is not None:
        reason = await _find_welcome_objection(tx, cohort, letter)
        return Skip(reason) if reason else letter.message
    kind = tx.post_kinds.kinds.get(letter.kind)
    if kind is None:
        return Skip("there is no such kind of post any more")
    if (reason := await _find_outdated_reason(tx, kind, cohort, letter)) is not None:
        return Skip(reason)
    member = await _load_letter_member(tx, cohort, letter)
    slot = build_post_slot(cohort, kind.name, letter.ref, letter.moment, member)
    if is_too_late(kind, slot, cohort, now, member):
        return Skip("too late to be useful")
    if slot.week is None and any(when.anchor in WEEKLY for when in kind.days):
        return Skip("its week is not in the calendar any more")
    plan = await tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    return await _write_from_facts(tx, kind, PostFacts(cohort, plan, slot, now), letter, member)


async def _find_welcome_objection(tx: Tx, cohort: Cohort, letter: Letter) -> str | None:
    """Why nobody is to be greeted by a letter of their own any more: older versions entered one for each who joined."""
    about, _, member_id = letter.ref.partition("/")
    if about != "welcome" or not member_id.isdecimal():
        return None
    member = (await tx.members.load_members_by_id([int(member_id)], cohort.id)).get(int(member_id))
    if member is None or member.left_at is not None:
        return "has left the cohort"
    if get_visible_name(member, EVERYBODY, "greeting") is None:
        return "is not to be named"
    return None if list_join_kinds(cohort, tx.post_kinds) else "switched off"


async def _write_from_facts(
    tx: Tx, kind: PostKind, bare: PostFacts, letter: Letter, member: Member | None
) -> Message | Skip | Delay:
    if kind.scope == "member":
        if member is None or member.left_at is not None:
            return Skip("left the cohort")
        if await tx.ledger.is_sent_elsewhere(letter, member):
            return Skip("told through another account of theirs")
        facts = await _gather_member_facts(tx, bare, member)
    elif kind.is_dated:
        facts = await _gather_home_facts(tx, bare, letter)
    else:
        facts = replace(bare, new_members=await _gather_new_members(tx, bare, letter))
    if (reason := kind.skip(facts)) is not None:
        return Skip(reason)
    if member is not None and (heard := find_quiet_end(member, bare.cohort, bare.now)) > bare.now:
        return Delay(heard)
    return kind.writer(facts)


async def _find_outdated_reason(
    tx: Tx, kind: PostKind, cohort: Cohort, letter: Letter
) -> str | None:
    """Why a letter is not wanted any more, whatever it would say."""
    if letter.edition != cohort.edition:
        return "the cohort was started again"
    if cohort.state == "archived":
        return "the cohort is archived"
    if not cohort.posts.get(kind.name, PostSetting()).on:
        return "switched off"
    if kind.late.can_fold and (newer := await tx.ledger.find_next_open_letter(letter)):
        return f"folded into {newer.ref}"
    return None


async def _load_letter_member(tx: Tx, cohort: Cohort, letter: Letter) -> Member | None:
    return (
        (await tx.members.load_members_by_id([letter.member_id], cohort.id)).get(letter.member_id)
        if letter.member_id
        else None
    )


async def _gather_member_facts(tx: Tx, bare: PostFacts, member: Member) -> PostFacts:
    done = await tx.progress.load_ticked_items(member.person, bare.cohort.roadmap)
    route = build_route(bare.roadmap, bare.cohort.syllabus, member.picks)
    checked_in = bool(bare.slot.week and await tx.progress.load_checkin(member, bare.slot.week.id))
    reminded = await tx.ledger.count_private_letters(member.person.id, bare.now - RECENT)
    done_here = route.count_done_slots(done, bare.slot.week.id if bare.slot.week else None)
    own = Recipient(member, done_here, checked_in, reminded)
    return PostFacts(bare.cohort, bare.roadmap, bare.slot, bare.now, recipient=own)


async def _gather_new_members(tx: Tx, bare: PostFacts, letter: Letter) -> NewMembers:
    """Who is to be named as new, as they wish to be seen now: whoever is away is left in peace."""
    found, more = await tx.newcomers.load_newcomers_of_letter(bare.cohort, letter)
    here = (member for member in found if not member.is_away_today(bare.cohort, bare.now))
    named = [
        name
        for member in here
        if (name := get_visible_name(member, EVERYBODY, "greeting")) is not None
    ]
    return NewMembers(tuple(named[:NEW_NAMES]), len(named) + more)


async def _gather_home_facts(tx: Tx, bare: PostFacts, letter: Letter) -> PostFacts:
    cohort, week = bare.cohort, bare.slot.week
    folded = [
        cohort.syllabus.get_week_number(ref.partition(".")[0])
        for ref in await tx.ledger.list_folded_refs(letter)
    ]
    return PostFacts(
        cohort,
        bare.roadmap,
        bare.slot,
        bare.now,
        counts=await tx.progress.count_week_activity(cohort, week, bare.now),
        board=await tx.progress.list_board_standings(cohort, limit=TOP + 1),
        week_board=await tx.progress.list_board_standings(cohort, week.id, TOP + 1) if week else (),
        board_size=await tx.progress.count_board_members(cohort),
        week_board_size=await tx.progress.count_board_members(cohort, week.id) if week else 0,
        honours=await _gather_honours(tx, bare, week) if week else (),
        weeks_folded=tuple(number for number in folded if number),
    )


async def _gather_honours(tx: Tx, bare: PostFacts, week: CalendarWeek) -> tuple[Honour, ...]:
    so_far = [one.id for one in bare.cohort.calendar.weeks if one.number <= week.number]
    return list_honours(
        await _find_week_finishers(tx, bare, week),
        await tx.progress.list_streak_members(bare.cohort, so_far),
        len(so_far),
    )


async def _find_week_finishers(tx: Tx, bare: PostFacts, week: CalendarWeek) -> MemberSample:
    """Who has done everything there was to do in a week: each has a route of their own."""
    cohort, syllabus = bare.cohort, bare.cohort.syllabus
    usual = build_route(bare.roadmap, syllabus).count_slots(week.id)
    if not has_route_choices(bare.roadmap):
        rows = await tx.progress.list_board_standings(cohort, week.id, NAMED) if usual else ()
        named = tuple(row.name for row in rows if row.done >= usual)
        return MemberSample(
            named, await tx.progress.count_board_members(cohort, week.id, usual) if named else 0
        )
    found: list[str] = []
    for skip in count(0, BATCH):
        rows = await tx.progress.list_board_standings(cohort, week.id, BATCH, skip)
        seen = await tx.members.load_members_by_id([row.member_id for row in rows], cohort.id)
        totals = {
            one.id: build_route(bare.roadmap, syllabus, one.picks).count_slots(week.id)
            for one in seen.values()
        }
        found += [row.name for row in rows if 0 < totals[row.member_id] <= row.done]
        if len(rows) < BATCH:
            break
    return MemberSample(tuple(found[:NAMED]), len(found))
