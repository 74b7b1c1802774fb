"""`week`: the items of a week as a list to tick, with its resources and the way to other weeks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Block,
    Choice,
    Message,
    Text,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.post_links import build_post_link, group_solved_posts
from bot.command.suggestions import suggest_own_cohorts, suggest_past_weeks
from bot.group.calendar import CalendarWeek
from bot.group.catch_up import find_catch_up
from bot.group.cohort import Cohort, Member
from bot.group.first_item import find_first_item, list_open_items
from bot.group.route import Route, build_route
from bot.group.shift import is_ahead_of_own_week
from bot.roadmap import Resource, Roadmap
from bot.views.catch_up import build_catch_up_blocks
from bot.views.dates import describe_first_week, format_week_dates
from bot.views.help_wanted import format_solved_line
from bot.views.notices import format_finish_notice
from bot.views.recall import build_project_hint, has_open_project
from bot.views.resources import format_resource_line, list_week_resources
from bot.views.ways_back import describe_own_week
from bot.views.week_guide import (
    compute_list_room,
    find_week_sentence,
    format_start_line,
    format_week_time,
    format_week_title,
    list_counted_items,
)
from bot.views.week_list import (
    add_item_details,
    build_own_checklists,
    count_list_prose,
    list_choices,
)

MAX_RESOURCES = 6
MAX_SOLVED = 3  # items that others found help with
MAX_RESOURCE_TEXT = 1500  # characters, so that the list and the resources fit one message


@command(reads=True, section="me", order=10, helps=("running",), action="This week's list")
async def week(
    call: Call,
    n: Annotated[int | None, "Which week (this one if left out)", suggest_past_weeks] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
    own: Annotated[bool, HiddenOption()] = False,
) -> Message:
    """Show this week's list and resources, or another week."""
    own_cohort, member = await call.resolve_membership(cohort)
    # A button in the home names the group's week; those of a member's own list say `own`.
    is_shared = n is not None and page is None and not own
    if is_shared and is_ahead_of_own_week(member, own_cohort, n or 0, call.now):
        shown_week = _require_current_week(own_cohort, member, call)
        own_week_notes = [describe_own_week(member, own_cohort, call.now)]
    else:
        shown_week, own_week_notes = _resolve_list_week(own_cohort, member, n, call), []
    roadmap = await call.tx.cohorts.load_roadmap_by_id(own_cohort.plan_id)
    done = await call.tx.progress.load_ticked_items(call.person, own_cohort.roadmap)
    has_reported = await call.tx.progress.load_checkin(member, shown_week.id) is not None
    route = build_route(roadmap, own_cohort.syllabus, member.picks)
    own_week = OwnWeek(own_cohort, member, shown_week, roadmap, route, done, has_reported)
    plan = find_catch_up(member, own_cohort, route, done, call.now)
    catch_up = build_catch_up_blocks(plan, own_cohort, roadmap, route, shown_week)
    texts = [*own_week_notes, *_list_week_texts(own_week, call)]
    hint = await _build_project_hint(call, own_week)
    hint += await _build_solved_hint(call, own_week)
    prose = [block.body for block in (*catch_up, *hint) if isinstance(block, Text)]
    room = compute_list_room(*texts, *prose) - count_list_prose(list_choices(catch_up))
    lists = build_own_checklists(roadmap, own_cohort, shown_week, done, route, page or 1)
    lists = add_item_details(roadmap, lists, room, has_end=True)
    return text_message(
        *texts,
        *catch_up,
        *hint,
        *lists,
        *_build_week_resources(own_week, lists, room),
        _build_week_buttons(call, own_week),
        title=format_week_title(shown_week, own_cohort),
    )


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """A week of a member's cohort, with their route and what they have done."""

    cohort: Cohort
    member: Member
    shown_week: CalendarWeek
    roadmap: Roadmap
    route: Route
    done: frozenset[str]
    has_reported: bool


async def _build_project_hint(call: Call, own_week: OwnWeek) -> tuple[Block, ...]:
    """Return what to look at again where this week or the next one has a project to do."""
    cohort, roadmap, number = own_week.cohort, own_week.roadmap, own_week.shown_week.number
    weeks = cohort.syllabus.weeks[number - 1 : number + 1]
    if not has_open_project(roadmap, weeks, own_week.done):
        return ()
    weak_items = await call.tx.recalls.list_weak_items(call.person, cohort.roadmap)
    return build_project_hint(roadmap, weak_items, own_week.done)


async def _build_solved_hint(call: Call, own_week: OwnWeek) -> tuple[Block, ...]:
    """Return where others found help with open items of this week."""
    open_ids = set(own_week.shown_week.week.items) - own_week.done
    posts = await call.tx.help.list_solved_posts(own_week.cohort, open_ids)
    lines = []
    for item_id, item_posts in group_solved_posts(posts)[:MAX_SOLVED]:
        item = own_week.roadmap.items.get(item_id)
        if item is not None:
            lines.append(format_solved_line(item, build_post_link(call, item_posts)))
    return (Text("\n".join(lines)),) if lines else ()


def _resolve_list_week(
    cohort: Cohort, member: Member, number: int | None, call: Call
) -> CalendarWeek:
    """Return the week with a number, or the current one. Raises `Refused` without dates for it."""
    if number is None:
        return _require_current_week(cohort, member, call)
    week_count = len(cohort.syllabus.weeks)
    if not 1 <= number <= week_count:
        raise Refused(f"{cohort.name} has no week {number}: choose 1 to {week_count}.", "n")
    # A pause takes the dates of later weeks away, until the moderators resume.
    for calendar_week in member.build_member_calendar(cohort).weeks:
        if calendar_week.number == number:
            return calendar_week
    raise Refused(
        f"Week {number} has no dates while {cohort.name} is paused: "
        f"use `roadmap {number}` to see its items.",
        "n",
    )


def _require_current_week(cohort: Cohort, member: Member, call: Call) -> CalendarWeek:
    current_week = member.get_current_week(cohort, call.now)
    if current_week is not None:
        return current_week
    beginning = describe_first_week(cohort, member)
    raise Refused(f"{beginning}: use `roadmap` to see the whole plan.")


def _list_week_texts(own_week: OwnWeek, call: Call) -> Iterator[str]:
    """List the texts above the list: what the week is about, and where to start."""
    shown_week, cohort, roadmap = own_week.shown_week, own_week.cohort, own_week.roadmap
    lines = [_format_week_dates_and_stage(shown_week)]
    if counts := _format_week_counts(own_week):
        lines.append(counts)
    if own_week.member.has_finished_roadmap(cohort, call.now):
        lines.append(format_finish_notice(cohort))
    if sentence := find_week_sentence(roadmap, cohort.syllabus, shown_week.week):
        lines.append(sentence)
    yield "\n".join(lines)
    first_item = find_first_item(roadmap, shown_week.week.items, own_week.done, own_week.route)
    if first_item is not None:
        yield format_start_line(roadmap, first_item)


def _format_week_dates_and_stage(shown_week: CalendarWeek) -> str:
    dates = format_week_dates(shown_week)
    if shown_week.week.stage:
        return f"_{escape_text(shown_week.week.stage)}_ · {dates}"
    return dates


def _format_week_counts(own_week: OwnWeek) -> str:
    """Return what is done and how long the rest takes; empty for a week without items."""
    week, route, done = own_week.shown_week.week, own_week.route, own_week.done
    done_count, total = route.count_done_slots(done, week.id), route.count_slots(week.id)
    facts = [f"{done_count} of {total} done"] if total else []
    item_ids = list_counted_items(week, route)
    open_items = list_open_items(own_week.roadmap, item_ids, done, route)
    length = format_week_time(own_week.roadmap, [item.id for item in open_items])
    if length:
        facts.append(f"{length} left" if done_count else length)
    if own_week.has_reported:
        facts.append("checked in")
    return " · ".join(facts)


def _build_week_resources(
    own_week: OwnWeek, lists: Sequence[Block], room: int
) -> tuple[Block, ...]:
    """Return the resources still offered that no item has beside it, as many as fit.

    `room`: the characters for the list and the resources.
    """
    choices = list_choices(lists)
    linked_ids = _find_linked_resources(own_week.roadmap, choices)
    lines = [
        format_resource_line(resource)
        for resource in _list_own_resources(own_week)
        if resource.id not in linked_ids and not resource.retired
    ]
    if not lines:
        return ()
    prose = min(MAX_RESOURCE_TEXT, room - count_list_prose(choices))
    fitting_lines = [line for line in lines if len(line) <= prose]
    line_page = paginate_lines(fitting_lines, 1, MAX_RESOURCES, prose)
    text_lines = ["**To read**", *line_page.entries]
    left_count = len(lines) - len(line_page.entries)
    if left_count:
        text_lines.append(f"… and {left_count} more: press _Resources_.")
    return (Text("\n".join(text_lines)),)


def _find_linked_resources(roadmap: Roadmap, choices: Sequence[Choice]) -> set[str]:
    """Return the ids of the resources that stand beside items already."""
    linked_ids = set()
    for choice in choices:
        resource = roadmap.find_first_link(roadmap.items[choice.value])
        if choice.detail and resource is not None:
            linked_ids.add(resource.id)
    return linked_ids


def _list_own_resources(own_week: OwnWeek) -> tuple[Resource, ...]:
    return list_week_resources(own_week.roadmap, own_week.shown_week.week, own_week.route)


def _build_week_buttons(call: Call, own_week: OwnWeek) -> Block:
    cohort, shown_week = own_week.cohort, own_week.shown_week
    buttons = []
    if _has_week_opened(call, cohort, own_week.member, shown_week):
        checkin_phrase = build_phrase("checkin", week=shown_week.id, cohort=cohort.ref)
        has_finished = own_week.member.has_finished_roadmap(cohort, call.now)
        label = _choose_checkin_label(own_week.has_reported, has_finished)
        buttons.append((label, checkin_phrase))
    if shown_week.number > 1:
        buttons.append(_build_other_week_button(cohort, shown_week.number - 1))
    if shown_week.number < len(cohort.syllabus.weeks):
        buttons.append(_build_other_week_button(cohort, shown_week.number + 1, own_week.member))
    buttons.append(("My progress", build_phrase("progress", cohort=cohort.ref)))
    if _list_own_resources(own_week):
        resources_phrase = build_phrase("resources", week=shown_week.id, cohort=cohort.ref)
        buttons.append(("Resources", resources_phrase))
    return button_row(*buttons)


def _has_week_opened(call: Call, cohort: Cohort, member: Member, shown_week: CalendarWeek) -> bool:
    # East of the cohort the date comes first, west of it the post does: either opens the week.
    if shown_week.first <= member.get_member_date(cohort, call.now):
        return True
    return cohort.get_week_opening(shown_week) <= call.now


def _choose_checkin_label(has_reported: bool, has_finished: bool) -> str:
    if has_reported:
        return "Edit my check-in"
    if has_finished:
        return "Check in late"
    return "Check in"


def _build_other_week_button(
    cohort: Cohort, number: int, member: Member | None = None
) -> tuple[str, str]:
    # Somebody with a later clock may look ahead: to others a week's number says enough.
    own = "yes" if member is not None and member.shift else None
    return f"Week {number}", build_phrase("week", n=number, cohort=cohort.ref, own=own)
