"""`cohort revise`: a cohort is taken to another version of its plan, after a look at what that changes for it. No tick is
lost: what has begun stays, and whatever was ticked counts wherever it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Block, Message, Text, page_of_lines, phrase, quote, say
from bot.chat.text import counted, names, short
from bot.command import Act, Call, Hidden, Range, Sure, command
from bot.command.suggestions import managed_cohorts
from bot.group.cohort import Cohort
from bot.group.revision import Diff, Revised, compared, lines, revised, sentence
from bot.roadmap import Roadmap
from bot.views.dates import day
from bot.views.notices import onward
from bot.views.timeline import next_post

LISTED = 12
PROSE = 1500  # characters of changes on a page
TITLE, NAMED = 60, 4
EARLIEST = timedelta(hours=14)  # how far ahead of UTC a member's clock can be


@dataclass(frozen=True, slots=True)
class _Move:
    """A cohort before and after, and everything there is to tell of it."""

    before: Cohort
    after: Cohort
    number: int
    result: Revised
    diff: Diff


@command(moderators=True)
async def cohort_revise(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    version: Annotated[
        int | None, "Which version of its plan, the newest unless you say", Range(0)
    ] = None,
    page: Annotated[int | None, Hidden()] = None,
    sure: Sure = None,
) -> Message:
    """Take a cohort to another version of its plan; every tick stays."""
    found = await call.managed(cohort, "draft", "open", "running", "paused")
    if found.state in {"finished", "archived"}:
        raise Refused(
            f"{found.name} is {found.state}: its plan stays as it was. A new cohort takes the newest version."
        )
    move = await _move(call, found, version)
    act = await _act(call, move)
    if act.is_agreed(sure):
        return await _done(call, move, act.news)
    return act.preview(sure, *await _changes(call, move, page or 1))


async def _move(call: Call, found: Cohort, version: int | None) -> _Move:
    number, plan = await _wanted(call, found, version)
    old = await call.tx.cohorts.plan(found.plan_id)
    if old.digest == plan.digest:
        raise Refused(
            f"{found.name} goes by that version already: `roadmap versions` shows what else there is."
        )
    result = revised(found.syllabus, old, plan, await _begun(call, found))
    if not result.syllabus.weeks:
        raise Refused(
            f"Nothing of that version is in weeks, so {found.name} cannot take it: make a new cohort with it."
        )
    plan_id = await call.tx.cohorts.keep_plan(plan, call.now)
    after = replace(found, plan_id=plan_id, syllabus=result.syllabus)
    return _Move(found, after, number, result, _own(compared(old, plan), found, after))


async def _wanted(call: Call, found: Cohort, version: int | None) -> tuple[int, Roadmap]:
    """The version that is meant, and its plan. Raises `Refused` where there is none of that number."""
    known = await call.tx.roadmaps.of_cohort(found, await call.tx.people.space(call.place))
    bundled = call.roadmaps.get(found.roadmap)
    numbers = {one.number: one.plan_id for one in known}
    wanted = max(numbers, default=0) if version is None else version
    if wanted in numbers:
        return wanted, await call.tx.roadmaps.plan(numbers[wanted])
    if wanted == 0 and bundled is not None:
        return 0, bundled
    least, most = 0 if bundled else min(numbers, default=0), max(numbers, default=0)
    if not numbers and bundled is None:
        raise Refused(
            f"There is no other version of the plan of {found.name} here: `roadmap import` brings one."
        )
    raise Refused(f"There are versions {least} to {most} of its plan: name one of them.", "version")


async def _begun(call: Call, found: Cohort) -> int:
    """How many weeks have begun for anybody, wherever they live, or have been posted before the dates were moved."""
    if found.state == "draft":
        return 0
    earliest = (call.now + EARLIEST).date()
    posted = {ref.partition(".")[0] for _, ref in await call.tx.ledger.posted(found)}
    by_post = (found.syllabus.number(one) for one in posted)
    return max(sum(week.first <= earliest for week in found.calendar.weeks), *by_post, 0)


def _own(diff: Diff, before: Cohort, after: Cohort) -> Diff:
    """What of a diff concerns a cohort: what is in its weeks, and what changes its place in them."""
    was = {item: week.id for week in before.syllabus.weeks for item in week.items}
    now = {item: week.id for week in after.syllabus.weeks for item in week.items}
    old_weeks = {week.id: (number, week.title) for number, week in enumerate(before.syllabus.weeks)}
    new_weeks = {week.id: (number, week.title) for number, week in enumerate(after.syllabus.weeks)}
    weeks = {
        one
        for one in old_weeks.keys() | new_weeks.keys()
        if old_weeks.get(one) != new_weeks.get(one)
    }
    own = diff.within(was.keys() | now.keys(), weeks)
    moved = (
        one for one in own.moved if one.was == one.now or was.get(one.item) != now.get(one.item)
    )
    return replace(own, moved=tuple(moved), resources=diff.resources)


async def _act(call: Call, move: _Move) -> Act:
    found = move.before
    people = await call.tx.roadmaps.tickers(found.roadmap, move.diff.touched, [found])
    head = [
        f"**{quote(found.name)}** would go by {_version(move.number)}: {sentence(move.diff, people)}.",
        *_landing(move),
        *_dates(move),
    ]
    says = phrase("cohort revise", cohort=found.ref, version=move.number)
    return Act("\n".join(head), "Do it", says, await _news(call, move))


async def _news(call: Call, move: _Move) -> tuple[Message, ...]:
    """What everybody reads: nothing where no date changes, as ticks and past weeks stay."""
    found, moved = move.before, _dates(move)
    if found.state == "draft" or not moved:
        return ()
    entered = await call.tx.ledger.entered(found)
    head = f"The plan of **{quote(found.name)}** has been revised."
    return (say(" ".join((head, *moved, next_post(move.after, call.now, entered)))),)


async def _changes(call: Call, move: _Move, number: int) -> Sequence[Block]:
    """A page of everything that would change, and the ways on."""
    found = move.before
    ticked = await call.tx.roadmaps.ticked(found.roadmap, move.diff.touched, [found])
    shown = page_of_lines(
        [f"• {quote(line)}" for line in lines(move.diff, ticked)], number, LISTED, PROSE
    )
    slug = found.roadmap.partition("@")[0]
    there = (await call.shelf()).get(slug)
    # Where the cohort lives as a guest, a roadmap of that name is another one.
    is_own = there is not None and there.key == found.roadmap
    versions = [("Versions", phrase("roadmap versions", roadmap=slug))] if is_own else []
    return (
        *[Text("\n".join(shown.entries))] * bool(shown.entries),
        *shown.turns(phrase("cohort revise", cohort=found.ref, version=move.number)),
        onward(found, *versions),
    )


async def _done(call: Call, move: _Move, news: Sequence[Message]) -> Message:
    found = move.before
    people = await call.tx.roadmaps.tickers(found.roadmap, move.diff.touched, [found])
    homes = await call.tx.cohorts.homes(found.id)
    for message in news:
        await call.tx.ledger.announce_next(move.after, "moved", message, homes, call.now)
    saved = await call.tx.schedule.change(found, move.after, call.now)
    await call.tx.roadmaps.move(saved)
    told = [
        f"**{quote(saved.name)}** goes by {_version(move.number)} now: {sentence(move.diff, people)}.",
        *_landing(move),
        *_dates(move),
        next_post(saved, call.now, await call.tx.ledger.entered(saved)),
    ]
    told += ["Everybody has been told that it ends on another day."] if news else []
    return say(
        "\n".join(told), onward(saved, ("The plan", phrase("roadmap show", cohort=saved.ref)))
    )


def _version(number: int) -> str:
    return f"version {number} of its plan" if number else "the plan as it comes with me"


def _dates(move: _Move) -> Sequence[str]:
    """What becomes of the end, where weeks were added or taken out, as a sentence."""
    was, ends = move.before.calendar.finish, move.after.calendar.finish
    if ends is None or was is None or ends == was:
        return ()
    return (
        f"With {counted(len(move.after.syllabus.weeks), 'week')} it ends on {day(ends)}, not on {day(was)}.",
    )


def _landing(move: _Move) -> Sequence[str]:
    """Where new items go that do not simply lie ahead, as sentences."""
    new, told = move.diff.new, []
    if late := move.result.late:
        told.append(f"In weeks that have begun there is more to catch up on: {_titles(new, late)}.")
    if out := move.result.out:
        told.append(
            f"This cohort does not get {_titles(new, out)}: its weeks hold nothing of that part, or are full."
        )
    return told


def _titles(plan: Roadmap, items: Sequence[str]) -> str:
    return names((f"**{quote(short(plan.items[one].title, TITLE))}**" for one in items), NAMED)
