"""Letters: written from fresh facts right before they are sent, or found to be needless."""

from __future__ import annotations

from collections.abc import Iterable
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

MAX_NEW_NAMES = 3  # new members named in a post; the others are counted
# A week of reminders, less the hours a clock change or a slow minute can shift one by.
REMINDER_WINDOW = timedelta(days=6, hours=12)


@dataclass(frozen=True, slots=True)
class Skip:
    """A letter nobody needs, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Delay:
    """A letter that may not arrive before `until`."""

    until: datetime


async def write_letter(
    tx: Tx, cohort: Cohort, letter: Letter, now: datetime
) -> Message | Skip | Delay:
    """Return a letter's text at this moment, or why nobody needs it, or when quiet hours end."""
    if letter.message is not None:
        reason = await _find_welcome_objection(tx, cohort, letter)
        return letter.message if reason is None else Skip(reason)
    kind = tx.post_kinds.kinds.get(letter.kind)
    if kind is None:
        return Skip("there is no such kind of post any more")
    reason = await _find_outdated_reason(tx, kind, cohort, letter)
    if reason is not None:
        return Skip(reason)
    member = await _load_letter_member(tx, cohort, letter)
    slot = build_post_slot(cohort, kind.name, letter.ref, letter.moment, member)
    if is_too_late(kind, slot, cohort, now, member):
        return Skip("too late to be useful")
    if slot.week is None and _is_weekly(kind):
        return Skip("its week is not in the calendar any more")
    roadmap = await tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    facts = PostFacts(cohort, roadmap, slot, now)
    return await _write_from_facts(tx, kind, facts, letter, member)


def _is_weekly(kind: PostKind) -> bool:
    return any(day.anchor in WEEKLY for day in kind.days)


async def _find_welcome_objection(tx: Tx, cohort: Cohort, letter: Letter) -> str | None:
    """Return why an old welcome letter is not sent, or None.

    Older versions entered one letter for each new member. Those still waiting obey today's rules.
    """
    subject, _, member_id = letter.ref.partition("/")
    if subject != "welcome" or not member_id.isdecimal():
        return None
    members = await tx.members.load_members_by_id([int(member_id)], cohort.id)
    member = members.get(int(member_id))
    if member is None or member.left_at is not None:
        return "has left the cohort"
    if get_visible_name(member, EVERYBODY, "greeting") is None:
        return "is not to be named"
    return None if list_join_kinds(cohort, tx.post_kinds) else "switched off"


async def _find_outdated_reason(
    tx: Tx, kind: PostKind, cohort: Cohort, letter: Letter
) -> str | None:
    """Return why a letter is not wanted any more, whatever its text, or None."""
    if letter.edition != cohort.edition:
        return "the cohort was started again"
    if cohort.state == "archived":
        return "the cohort is archived"
    if not cohort.posts.get(kind.name, PostSetting()).on:
        return "switched off"
    if kind.late.can_fold:
        # After an outage the newest post tells the story of all that were missed.
        newer = await tx.ledger.find_next_open_letter(letter)
        if newer is not None:
            return f"folded into {newer.ref}"
    return None


async def _load_letter_member(tx: Tx, cohort: Cohort, letter: Letter) -> Member | None:
    if not letter.member_id:
        return None
    members = await tx.members.load_members_by_id([letter.member_id], cohort.id)
    return members.get(letter.member_id)


async def _write_from_facts(
    tx: Tx, kind: PostKind, bare: PostFacts, letter: Letter, member: Member | None
) -> Message | Skip | Delay:
    if kind.scope == "member":
        if member is None or member.left_at is not None:
            return Skip("left the cohort")
        if await tx.ledger.is_sent_elsewhere(letter, member):
            return Skip("sent to another account of theirs")
        facts = await _gather_member_facts(tx, bare, member)
    else:
        facts = await _gather_public_facts(tx, kind, bare, letter)
    reason = kind.skip(facts)
    if reason is not None:
        return Skip(reason)
    # Quiet hours last: a letter nobody needs must not wait through the night to be skipped.
    if member is not None:
        quiet_end = find_quiet_end(member, bare.cohort, bare.now)
        if quiet_end > bare.now:
            return Delay(quiet_end)
    return kind.writer(facts)


# — facts for one member —


async def _gather_member_facts(tx: Tx, bare: PostFacts, member: Member) -> PostFacts:
    week = bare.slot.week
    week_id = None if week is None else week.id
    done_ids = await tx.progress.load_ticked_items(member.person, bare.cohort.roadmap)
    route = build_route(bare.roadmap, bare.cohort.syllabus, member.picks)
    has_checked_in = False
    if week is not None:
        has_checked_in = bool(await tx.progress.load_checkin(member, week.id))
    reminders = await tx.ledger.count_private_letters(member.person.id, bare.now - REMINDER_WINDOW)
    recipient = Recipient(
        member, route.count_done_slots(done_ids, week_id), has_checked_in, reminders
    )
    return PostFacts(bare.cohort, bare.roadmap, bare.slot, bare.now, recipient=recipient)


# — facts for a home —


async def _gather_public_facts(
    tx: Tx, kind: PostKind, bare: PostFacts, letter: Letter
) -> PostFacts:
    if kind.is_dated:
        return await _gather_home_facts(tx, bare, letter)
    # Only the greeting of new members has no date: it comes with them.
    return replace(bare, new_members=await _gather_new_members(tx, bare, letter))


async def _gather_new_members(tx: Tx, bare: PostFacts, letter: Letter) -> NewMembers:
    """Return the new members by their visible names. Away members are left in peace."""
    members, further = await tx.newcomers.load_newcomers_of_letter(bare.cohort, letter)
    present = [member for member in members if not member.is_away_today(bare.cohort, bare.now)]
    names = _list_greeted_names(present)
    return NewMembers(tuple(names[:MAX_NEW_NAMES]), len(names) + further)


def _list_greeted_names(members: Iterable[Member]) -> list[str]:
    names = []
    for member in members:
        name = get_visible_name(member, EVERYBODY, "greeting")
        if name is not None:
            names.append(name)
    return names


async def _gather_home_facts(tx: Tx, bare: PostFacts, letter: Letter) -> PostFacts:
    cohort, week = bare.cohort, bare.slot.week
    facts = replace(
        bare,
        counts=await tx.progress.count_week_activity(cohort, week, bare.now),
        # One more than is shown, so that the post knows of a tie at the end.
        board=await tx.progress.list_board_standings(cohort, limit=TOP + 1),
        board_size=await tx.progress.count_board_members(cohort),
        weeks_folded=await _list_folded_weeks(tx, cohort, letter),
    )
    if week is None:
        return facts
    return replace(
        facts,
        week_board=await tx.progress.list_board_standings(cohort, week.id, TOP + 1),
        week_board_size=await tx.progress.count_board_members(cohort, week.id),
        honours=await _gather_honours(tx, bare, week),
    )


async def _list_folded_weeks(tx: Tx, cohort: Cohort, letter: Letter) -> tuple[int, ...]:
    """Return the numbers of weeks whose own posts were folded into this one."""
    numbers = []
    for ref in await tx.ledger.list_folded_refs(letter):
        number = cohort.syllabus.get_week_number(ref.partition(".")[0])
        # A week may have left the syllabus since.
        if number:
            numbers.append(number)
    return tuple(numbers)


async def _gather_honours(tx: Tx, bare: PostFacts, week: CalendarWeek) -> tuple[Honour, ...]:
    week_ids = [other.id for other in bare.cohort.calendar.weeks if other.number <= week.number]
    return list_honours(
        await _find_week_finishers(tx, bare, week),
        await tx.progress.list_streak_members(bare.cohort, week_ids),
        len(week_ids),
    )


async def _find_week_finishers(tx: Tx, bare: PostFacts, week: CalendarWeek) -> MemberSample:
    """Return the members with every item in a week done, by each member's own route."""
    if has_route_choices(bare.roadmap):
        return await _find_finishers_by_route(tx, bare, week)
    # One route for everybody: the board alone can tell, however many members there are.
    cohort = bare.cohort
    total = build_route(bare.roadmap, cohort.syllabus).count_slots(week.id)
    if not total:
        return MemberSample((), 0)
    rows = await tx.progress.list_board_standings(cohort, week.id, NAMED)
    names = tuple(row.name for row in rows if row.done >= total)
    if not names:
        return MemberSample((), 0)
    return MemberSample(names, await tx.progress.count_board_members(cohort, week.id, total))


def _count_week_slots(bare: PostFacts, member: Member, week: CalendarWeek) -> int:
    return build_route(bare.roadmap, bare.cohort.syllabus, member.picks).count_slots(week.id)


async def _find_finishers_by_route(tx: Tx, bare: PostFacts, week: CalendarWeek) -> MemberSample:
    cohort, names = bare.cohort, list[str]()
    for start in count(0, BATCH):
        rows = await tx.progress.list_board_standings(cohort, week.id, BATCH, start)
        members = await tx.members.load_members_by_id([row.member_id for row in rows], cohort.id)
        for row in rows:
            total = _count_week_slots(bare, members[row.member_id], week)
            if 0 < total <= row.done:
                names.append(row.name)
        if len(rows) < BATCH:
            break
    return MemberSample(tuple(names[:NAMED]), len(names))
