"""`cohort revise`: a cohort is taken to another version of its plan, after a look at what that changes for it. No tick is
lost: what has begun stays, and whatever was ticked counts wherever it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import (
    Block,
    Message,
    Text,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.chat.text import format_count, join_names, shorten
from bot.command import Act, Call, CohortRef, HiddenOption, NumberRange, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.group.revision import (
    RoadmapDiff,
    SyllabusRevision,
    compare_roadmaps,
    describe_diff,
    list_diff_lines,
    revise_syllabus,
)
from bot.roadmap import Roadmap
from bot.views.dates import format_day
from bot.views.notices import build_next_step_buttons
from bot.views.timeline import describe_next_post

LISTED = 12
PROSE = 1500  # characters of changes on a page
TITLE, NAMED = 60, 4
EARLIEST = timedelta(hours=14)  # how far ahead of UTC a member's clock can be


@dataclass(frozen=True, slots=True)
class _CohortRevision:
    """A cohort before and after, and everything there is to tell of it."""

    before: Cohort
    after: Cohort
    number: int
    result: SyllabusRevision
    diff: RoadmapDiff


@command(moderators=True)
async def cohort_revise(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    version: Annotated[
        int | None, "Which version of its plan, the newest unless you say", NumberRange(0)
    ] = None,
    page: Annotated[int | None, HiddenOption()] = None,
    sure: Sure = None,
) -> Message:
    """Take a cohort to another version of its plan; every tick stays."""
    found = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    if found.state in {"finished", "archived"}:
        raise Refused(
            f"{found.name} is {found.state}: its plan stays as it was. A new cohort takes the newest version."
        )
    move = await _build_cohort_revision(call, found, version)
    act = await _build_revise_act(call, move)
    if act.is_agreed(sure):
        return await _apply_cohort_revision(call, move, act.announcements)
    return act.build_preview(sure, *await _build_revise_changes(call, move, page or 1))


async def _build_cohort_revision(call: Call, found: Cohort, version: int | None) -> _CohortRevision:
    number, plan = await _find_target_version(call, found, version)
    old = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    if old.digest == plan.digest:
        raise Refused(
            f"{found.name} goes by that version already: `roadmap versions` shows what else there is."
        )
    result = revise_syllabus(found.syllabus, old, plan, await _count_begun_weeks(call, found))
    if not result.syllabus.weeks:
        raise Refused(
            f"Nothing of that version is in weeks, so {found.name} cannot take it: make a new cohort with it."
        )
    plan_id = await call.tx.cohorts.save_roadmap(plan, call.now)
    after = replace(found, plan_id=plan_id, syllabus=result.syllabus)
    return _CohortRevision(
        found,
        after,
        number,
        result,
        _filter_diff_for_cohort(compare_roadmaps(old, plan), found, after),
    )


async def _find_target_version(
    call: Call, found: Cohort, version: int | None
) -> tuple[int, Roadmap]:
    """The version that is meant, and its plan. Raises `Refused` where there is none of that number."""
    known = await call.tx.roadmaps.list_versions_for_cohort(
        found, await call.tx.people.find_space_id(call.place)
    )
    bundled = call.roadmaps.get(found.roadmap)
    numbers = {one.number: one.plan_id for one in known}
    wanted = max(numbers, default=0) if version is None else version
    if wanted in numbers:
        return wanted, await call.tx.roadmaps.load_version_roadmap(numbers[wanted])
    if wanted == 0 and bundled is not None:
        return 0, bundled
    least, most = 0 if bundled else min(numbers, default=0), max(numbers, default=0)
    if not numbers and bundled is None:
        raise Refused(
            f"There is no other version of the plan of {found.name} here: `roadmap import` brings one."
        )
    raise Refused(f"There are versions {least} to {most} of its plan: name one of them.", "version")


async def _count_begun_weeks(call: Call, found: Cohort) -> int:
    """How many weeks have begun for anybody, wherever they live, or have been posted before the dates were moved."""
    if found.state == "draft":
        return 0
    earliest = (call.now + EARLIEST).date()
    posted = {ref.partition(".")[0] for _, ref in await call.tx.ledger.group_homes_by_post(found)}
    by_post = (found.syllabus.get_week_number(one) for one in posted)
    return max(sum(week.first <= earliest for week in found.calendar.weeks), *by_post, 0)


def _filter_diff_for_cohort(diff: RoadmapDiff, before: Cohort, after: Cohort) -> RoadmapDiff:
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
    own = diff.select_changes(was.keys() | now.keys(), weeks)
    moved = (
        one
        for one in own.moved
        if one.old_place == one.new_place or was.get(one.item) != now.get(one.item)
    )
    return replace(own, moved=tuple(moved), resource_change_count=diff.resource_change_count)


async def _build_revise_act(call: Call, move: _CohortRevision) -> Act:
    found = move.before
    people = await call.tx.roadmaps.count_tickers(
        found.roadmap, move.diff.items_with_changes, [found]
    )
    head = [
        f"**{escape_text(found.name)}** would go by {_format_plan_version(move.number)}: {describe_diff(move.diff, people)}.",
        *_describe_new_items(move),
        *_describe_new_end(move),
    ]
    says = build_phrase("cohort revise", cohort=found.ref, version=move.number)
    return Act("\n".join(head), "Do it", says, await _build_revise_news(call, move))


async def _build_revise_news(call: Call, move: _CohortRevision) -> tuple[Message, ...]:
    """What everybody reads: nothing where no date changes, as ticks and past weeks stay."""
    found, moved = move.before, _describe_new_end(move)
    if found.state == "draft" or not moved:
        return ()
    entered = await call.tx.ledger.list_posts_in_every_home(found)
    head = f"The plan of **{escape_text(found.name)}** has been revised."
    return (
        text_message(
            " ".join(
                (
                    head,
                    *moved,
                    describe_next_post(move.after, call.now, entered, post_kinds=call.post_kinds),
                )
            )
        ),
    )


async def _build_revise_changes(call: Call, move: _CohortRevision, number: int) -> Sequence[Block]:
    """A page of everything that would change, and the ways on."""
    found = move.before
    ticked = await call.tx.roadmaps.count_tickers_by_item(
        found.roadmap, move.diff.items_with_changes, [found]
    )
    shown = paginate_lines(
        [f"• {escape_text(line)}" for line in list_diff_lines(move.diff, ticked)],
        number,
        LISTED,
        PROSE,
    )
    slug = found.roadmap.partition("@")[0]
    there = (await call.load_available_roadmaps()).get(slug)
    # Where the cohort lives as a guest, a roadmap of that name is another one.
    is_own = there is not None and there.key == found.roadmap
    versions = [("Versions", build_phrase("roadmap versions", roadmap=slug))] if is_own else []
    return (
        *[Text("\n".join(shown.entries))] * bool(shown.entries),
        *shown.build_page_buttons(
            build_phrase("cohort revise", cohort=found.ref, version=move.number)
        ),
        build_next_step_buttons(found, *versions),
    )


async def _apply_cohort_revision(
    call: Call, move: _CohortRevision, news: Sequence[Message]
) -> Message:
    found = move.before
    people = await call.tx.roadmaps.count_tickers(
        found.roadmap, move.diff.items_with_changes, [found]
    )
    homes = await call.tx.cohorts.list_homes(found.id)
    for message in news:
        await call.tx.ledger.enter_numbered_announcement(
            move.after, "moved", message, homes, call.now
        )
    saved = await call.tx.schedule.save_changed_cohort(found, move.after, call.now)
    await call.tx.roadmaps.update_cohort_scores(saved)
    told = [
        f"**{escape_text(saved.name)}** goes by {_format_plan_version(move.number)} now: {describe_diff(move.diff, people)}.",
        *_describe_new_items(move),
        *_describe_new_end(move),
        describe_next_post(
            saved,
            call.now,
            await call.tx.ledger.list_posts_in_every_home(saved),
            post_kinds=call.post_kinds,
        ),
    ]
    told += ["Everybody has been told that it ends on another day."] if news else []
    return text_message(
        "\n".join(told),
        build_next_step_buttons(
            saved, ("The plan", build_phrase("roadmap show", cohort=saved.ref))
        ),
    )


def _format_plan_version(number: int) -> str:
    return f"version {number} of its plan" if number else "the plan as it comes with me"


def _describe_new_end(move: _CohortRevision) -> Sequence[str]:
    """What becomes of the end, where weeks were added or taken out, as a sentence."""
    was, ends = move.before.calendar.finish, move.after.calendar.finish
    if ends is None or was is None or ends == was:
        return ()
    return (
        f"With {format_count(len(move.after.syllabus.weeks), 'week')} it ends on {format_day(ends)}, not on {format_day(was)}.",
    )


def _describe_new_items(move: _CohortRevision) -> Sequence[str]:
    """Where new items go that do not simply lie ahead, as sentences."""
    new, told = move.diff.new, []
    if late := move.result.late_items:
        told.append(
            f"In weeks that have begun there is more to catch up on: {_format_new_item_titles(new, late)}."
        )
    if out := move.result.items_excluded:
        told.append(
            f"This cohort does not get {_format_new_item_titles(new, out)}: its weeks hold nothing of that part, or are full."
        )
    return told


def _format_new_item_titles(plan: Roadmap, items: Sequence[str]) -> str:
    return join_names(
        (f"**{escape_text(shorten(plan.items[one].title, TITLE))}**" for one in items), NAMED
    )
