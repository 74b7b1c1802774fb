"""`cohort revise`: take a cohort to another version of its plan, after a look at the changes.

No tick is lost: weeks that have begun stay, and a ticked item counts wherever it is now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from bot.chat.text import join_names, shorten
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
from bot.views.cohort_texts import format_cohort_name, format_last_day, format_week_count
from bot.views.notices import build_next_step_buttons
from bot.views.timeline import describe_next_post

LISTED = 12  # changes on a page
PROSE = 1500  # characters of these
TITLE, NAMED = 60, 4  # characters of an item's title; items in a sentence
EARLIEST = timedelta(hours=14)  # The zone furthest ahead of UTC: a member may live there.


@dataclass(frozen=True, slots=True)
class _CohortRevision:
    """A cohort before and after, with the version, the new weeks and the differences."""

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
        int | None, "Which version of the plan; usually the newest", NumberRange(0)
    ] = None,
    page: Annotated[int | None, HiddenOption()] = None,
    sure: Sure = None,
) -> Message:
    """Take a cohort to another version of its plan; every tick stays."""
    before = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    if before.state in {"finished", "archived"}:
        raise Refused(
            f"{before.name} is {before.state} and keeps its plan: "
            "create a new cohort for the newest version."
        )
    revision = await _build_cohort_revision(call, before, version)
    act = await _build_revise_act(call, revision)
    if act.is_agreed(sure):
        return await _apply_cohort_revision(call, revision, act.announcements)
    return act.build_preview(sure, *await _build_revise_changes(call, revision, page or 1))


# — before and after —


async def _build_cohort_revision(
    call: Call, before: Cohort, version: int | None
) -> _CohortRevision:
    number, plan = await _find_target_version(call, before, version)
    old = await call.tx.cohorts.load_roadmap_by_id(before.plan_id)
    if old.digest == plan.digest:
        raise Refused(
            f"{before.name} already has this version: see the others with `roadmap versions`."
        )
    begun = await _count_begun_weeks(call, before)
    result = revise_syllabus(before.syllabus, old, plan, begun)
    if not result.syllabus.weeks:
        raise Refused(
            f"This version has no weeks for {before.name}: create a new cohort with that plan."
        )
    plan_id = await call.tx.cohorts.save_roadmap(plan, call.now)
    after = replace(before, plan_id=plan_id, syllabus=result.syllabus)
    diff = _filter_diff_for_cohort(compare_roadmaps(old, plan), before, after)
    return _CohortRevision(before, after, number, result, diff)


async def _find_target_version(
    call: Call, cohort: Cohort, version: int | None
) -> tuple[int, Roadmap]:
    """Return the number and the plan of a version, the newest without a number.

    Version 0 is the plan bundled with the bot. Raises `Refused`.
    """
    space_id = await call.tx.people.find_space_id(call.place)
    known = await call.tx.roadmaps.list_versions_for_cohort(cohort, space_id)
    plan_ids = {entry.number: entry.plan_id for entry in known}
    bundled = call.roadmaps.get(cohort.roadmap)
    wanted = max(plan_ids, default=0) if version is None else version
    if wanted in plan_ids:
        return wanted, await call.tx.roadmaps.load_version_roadmap(plan_ids[wanted])
    if bundled is None and not plan_ids:
        raise Refused(
            f"There is no other version of the plan of {cohort.name} here: "
            "bring one with `roadmap import`."
        )
    if bundled is None:
        raise _refuse_version(min(plan_ids), max(plan_ids))
    if wanted != 0:
        raise _refuse_version(0, max(plan_ids, default=0))
    return 0, bundled


def _refuse_version(least: int, most: int) -> Refused:
    return Refused(f"Choose a version of this plan from {least} to {most}.", "version")


async def _count_begun_weeks(call: Call, cohort: Cohort) -> int:
    """Return the number of weeks begun in any zone, or posted before the dates moved."""
    if cohort.state == "draft":
        return 0
    earliest = (call.now + EARLIEST).date()
    begun = 0
    for week in cohort.calendar.weeks:
        if week.first <= earliest:
            begun += 1
    for _, ref in await call.tx.ledger.group_homes_by_post(cohort):
        begun = max(begun, cohort.syllabus.get_week_number(ref.partition(".")[0]))
    return begun


def _filter_diff_for_cohort(diff: RoadmapDiff, before: Cohort, after: Cohort) -> RoadmapDiff:
    """Return the part of a diff about this cohort's weeks and the places of its items."""
    old_weeks, new_weeks = _map_items_to_weeks(before), _map_items_to_weeks(after)
    own = diff.select_changes(
        old_weeks.keys() | new_weeks.keys(), _list_changed_weeks(before, after)
    )
    moved = []
    for move in own.moved:
        # Fitted weeks differ from the plan's: a move in the plan may be none in the cohort.
        is_move_here = old_weeks.get(move.item) != new_weeks.get(move.item)
        if is_move_here or move.old_place == move.new_place:
            moved.append(move)
    return replace(own, moved=tuple(moved), resource_change_count=diff.resource_change_count)


def _map_items_to_weeks(cohort: Cohort) -> Mapping[str, str]:
    weeks = {}
    for week in cohort.syllabus.weeks:
        weeks.update(dict.fromkeys(week.items, week.id))
    return weeks


def _list_changed_weeks(before: Cohort, after: Cohort) -> set[str]:
    """Return the ids of weeks with another number or title, or on one side only."""
    differences = _number_week_titles(before) ^ _number_week_titles(after)
    return {week_id for week_id, _, _ in differences}


def _number_week_titles(cohort: Cohort) -> set[tuple[str, int, str]]:
    return {(week.id, number, week.title) for number, week in enumerate(cohort.syllabus.weeks)}


# — the preview —


async def _build_revise_act(call: Call, revision: _CohortRevision) -> Act:
    before = revision.before
    summary = await _describe_differences(call, revision)
    lines = [
        f"Change {format_cohort_name(before)} to {_format_plan_version(revision.number)}? "
        f"{summary}.",
        *_describe_new_items(revision),
        *_describe_new_end(revision),
    ]
    phrase = build_phrase("cohort revise", cohort=before.ref, version=revision.number)
    notices = await _build_revise_notices(call, revision)
    return Act("\n".join(lines), "Change the plan", phrase, notices)


async def _describe_differences(call: Call, revision: _CohortRevision) -> str:
    items = revision.diff.items_with_changes
    cohort = revision.before
    tickers = await call.tx.roadmaps.count_tickers(cohort.roadmap, items, [cohort])
    return describe_diff(revision.diff, tickers)


async def _build_revise_notices(call: Call, revision: _CohortRevision) -> tuple[Message, ...]:
    before = revision.before
    new_end = _describe_new_end(revision)
    # Ticks and past weeks stay: only another end concerns everybody.
    if before.state == "draft" or not new_end:
        return ()
    entered = await call.tx.ledger.list_posts_in_every_home(before)
    head = f"The plan of {format_cohort_name(before)} has changed."
    coming = describe_next_post(revision.after, call.now, entered, post_kinds=call.post_kinds)
    return (text_message(" ".join((head, *new_end, coming))),)


async def _build_revise_changes(
    call: Call, revision: _CohortRevision, number: int
) -> Sequence[Block]:
    """Return one page of all changes, with buttons for the next steps."""
    before = revision.before
    items = revision.diff.items_with_changes
    tickers = await call.tx.roadmaps.count_tickers_by_item(before.roadmap, items, [before])
    lines = [f"• {escape_text(line)}" for line in list_diff_lines(revision.diff, tickers)]
    page = paginate_lines(lines, number, LISTED, PROSE)
    phrase = build_phrase("cohort revise", cohort=before.ref, version=revision.number)
    blocks: list[Block] = []
    if page.entries:
        blocks.append(Text("\n".join(page.entries)))
    blocks += page.build_page_buttons(phrase)
    blocks.append(build_next_step_buttons(before, *await _list_version_buttons(call, before)))
    return blocks


async def _list_version_buttons(call: Call, cohort: Cohort) -> list[tuple[str, str]]:
    slug = cohort.roadmap.partition("@")[0]
    available = (await call.load_available_roadmaps()).get(slug)
    # In another space than its own, a plan of the same name is another plan.
    if available is None or available.key != cohort.roadmap:
        return []
    return [("Versions", build_phrase("roadmap versions", roadmap=slug))]


# — doing it —


async def _apply_cohort_revision(
    call: Call, revision: _CohortRevision, notices: Sequence[Message]
) -> Message:
    before, after = revision.before, revision.after
    summary = await _describe_differences(call, revision)
    homes = await call.tx.cohorts.list_homes(before.id)
    for notice in notices:
        await call.tx.ledger.enter_numbered_announcement(after, "moved", notice, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(before, after, call.now)
    # Other items count now: every member's score follows in the same transaction.
    await call.tx.roadmaps.update_cohort_scores(saved)
    entered = await call.tx.ledger.list_posts_in_every_home(saved)
    lines = [
        f"{format_cohort_name(saved)} now has {_format_plan_version(revision.number)}: {summary}.",
        *_describe_new_items(revision),
        *_describe_new_end(revision),
        describe_next_post(saved, call.now, entered, post_kinds=call.post_kinds),
    ]
    if notices:
        lines.append("I have told everybody about the new end.")
    plan = ("The plan", build_phrase("roadmap show", cohort=saved.ref))
    return text_message("\n".join(lines), build_next_step_buttons(saved, plan))


# — sentences —


def _format_plan_version(number: int) -> str:
    if number == 0:
        return "the bundled version of its plan"
    return f"version {number} of its plan"


def _describe_new_end(revision: _CohortRevision) -> list[str]:
    """Return a sentence if weeks were added or removed, else nothing."""
    old_day, new_day = format_last_day(revision.before), format_last_day(revision.after)
    if not old_day or not new_day or old_day == new_day:
        return []
    weeks = format_week_count(revision.after)
    return [f"It now has {weeks} and ends on {new_day}, not {old_day}."]


def _describe_new_items(revision: _CohortRevision) -> list[str]:
    """Return sentences about new items outside the coming weeks."""
    plan = revision.diff.new
    sentences = []
    if revision.result.late_items:
        titles = _format_item_titles(plan, revision.result.late_items)
        sentences.append(f"New in weeks that have begun: {titles}.")
    if revision.result.items_excluded:
        titles = _format_item_titles(plan, revision.result.items_excluded)
        sentences.append(f"Not for this cohort: {titles}. Its weeks are full or skip that part.")
    return sentences


def _format_item_titles(plan: Roadmap, items: Sequence[str]) -> str:
    titles = []
    for item in items:
        title = shorten(plan.items[item].title, TITLE)
        titles.append(f"**{escape_text(title)}**")
    return join_names(titles, NAMED)
