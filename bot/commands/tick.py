"""`tick`: mark items as done, or take that back.

It does the same from typed words, from a home's list, and from a member's private list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from bot.chat.buttons import LISTED, button_row
from bot.chat.errors import Refused
from bot.chat.message import Block, Message, build_phrase, escape_text, text_message
from bot.chat.text import hash_texts, join_names, shorten
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.item_finder import ItemFinder
from bot.command.suggestions import suggest_open_items, suggest_own_cohorts
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.milestones import find_milestone
from bot.group.recall import list_questions
from bot.group.route import Route, build_route
from bot.roadmap import Roadmap
from bot.views.dates import describe_first_week
from bot.views.praise import describe_milestone
from bot.views.recall import build_recall_offer
from bot.views.week_guide import compute_list_room, format_week_title
from bot.views.week_list import (
    add_item_details,
    build_own_checklists,
    paginate_own_items,
    sort_own_items,
    split_by_route,
)

MAX_NAMES = 4  # items that a sentence names
MAX_ITEM_TITLE = 60  # characters
MAX_TITLE = 150  # characters


@command(section="me", order=20, helps=("running",), action="Tick items")
async def tick(
    call: Call,
    item: Annotated[tuple[str, ...], "Items you have done", suggest_open_items] = (),
    undo: Annotated[bool, "Remove the tick"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    week: Annotated[str | None, HiddenOption()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
    seen: Annotated[str | None, HiddenOption()] = None,
) -> Message:
    """Mark items as done."""
    await call.lock_person()
    own = await _load_member_route(call, cohort)
    before = await call.tx.progress.load_ticked_items(call.person, own.cohort.roadmap)
    listed_week = _find_dated_week(own, week)
    numbered_week = listed_week or own.member.get_current_week(own.cohort, call.now)
    named_ids = _build_tickable_items(own, numbered_week).find_item_ids(item, "item")
    # Only a private list names its week. It can untick, and a list for everybody never does.
    if listed_week is not None and call.is_submitted:
        list_page = _build_list_page(own, listed_week, page or 1, seen)
        return await _save_private_list(call, own, list_page, named_ids, before)
    if not named_ids:
        return _build_tick_question(call, own, numbered_week, before)
    done = await _change_ticks(call, own, named_ids, undo)
    sentence = _describe_tick_changes(own, before, done)
    if not sentence:
        sentence = _describe_no_tick_change(own.roadmap, named_ids, undo)
    answer = _build_tick_answer(call, own, named_ids[0], done, sentence)
    return _add_recall_offer(call, own, answer, before, done)


@dataclass(frozen=True, slots=True)
class MemberRoute:
    """A member's cohort and their route through its roadmap."""

    cohort: Cohort
    member: Member
    roadmap: Roadmap
    route: Route


@dataclass(frozen=True, slots=True)
class OwnListPage:
    """A page from a member's own list for a week.

    `items` are those on the list at the press; None when nobody can tell any more.
    """

    week: CalendarWeek
    page: int
    items: frozenset[str] | None = None


async def _load_member_route(call: Call, typed_cohort: str | None) -> MemberRoute:
    cohort, member = await call.resolve_membership(typed_cohort)
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    route = build_route(roadmap, cohort.syllabus, member.picks)
    return MemberRoute(cohort, member, roadmap, route)


def _find_dated_week(own: MemberRoute, week_id: str | None) -> CalendarWeek | None:
    if week_id is None:
        return None
    dated_week = own.member.build_member_calendar(own.cohort).find_week(week_id)
    if dated_week is None:
        raise Refused(
            f"{own.cohort.name} has no such week: use `week` to see the current one.", "week"
        )
    return dated_week


def _build_tickable_items(own: MemberRoute, numbered_week: CalendarWeek | None) -> ItemFinder:
    """Return every item in the cohort, numbered by the list for a week."""
    numbered_items: Sequence[str] = ()
    if numbered_week is not None:
        numbered_items = sort_own_items(numbered_week.week, own.route)
    return ItemFinder(_map_item_titles(own), numbered_items, own.cohort.name)


def _map_item_titles(own: MemberRoute) -> dict[str, str]:
    roadmap_items = own.roadmap.items
    return {item_id: roadmap_items[item_id].title for item_id in own.cohort.syllabus.all_items}


async def _change_ticks(
    call: Call, own: MemberRoute, named_ids: Sequence[str], undo: bool
) -> frozenset[str]:
    """Tick or untick items, and return all the member's ticks after it."""
    roadmap_key = own.cohort.roadmap
    if undo:
        return await call.tx.progress.untick_items(call.person, roadmap_key, named_ids)
    return await call.tx.progress.tick_items(call.person, roadmap_key, named_ids, call.now)


# — questions about finished topics —


def _add_recall_offer(
    call: Call, own: MemberRoute, answer: Message, before: frozenset[str], done: frozenset[str]
) -> Message:
    """Return an answer with the offer of questions below, after the first finished topic."""
    is_first = not list_questions(own.roadmap, before) and bool(list_questions(own.roadmap, done))
    if call.person.recall or not is_first:
        return answer
    return replace(answer, blocks=(*answer.blocks, *build_recall_offer()))


# — a private list —


def _build_list_page(
    own: MemberRoute, listed_week: CalendarWeek, number: int, shown_hash: str | None
) -> OwnListPage:
    page_items = paginate_own_items(listed_week.week, own.route, number).entries
    if shown_hash is None:  # sent before lists carried a hash
        return OwnListPage(listed_week, number, frozenset(page_items))
    for list_part in split_by_route(page_items, own.route):
        if hash_texts(list_part) == shown_hash:
            return OwnListPage(listed_week, number, frozenset(list_part))
    return OwnListPage(listed_week, number)


async def _save_private_list(
    call: Call,
    own: MemberRoute,
    list_page: OwnListPage,
    named_ids: Sequence[str],
    before: frozenset[str],
) -> Message:
    """Set the items on a private list as its reader left them; items not on it stay.

    When the route or the roadmap has changed since the list was sent, no tick is removed.
    """
    chosen_ids = frozenset(named_ids)
    # From an old list one can only add: a box that is not ticked may never have been on it.
    listed_ids = chosen_ids if list_page.items is None else list_page.items
    done = await _change_ticks(call, own, [*(listed_ids & chosen_ids)], undo=False)
    removed_ids = (listed_ids & before) - chosen_ids
    if removed_ids:
        done = await _change_ticks(call, own, [*removed_ids], undo=True)
    sentence = _describe_tick_changes(own, before, done) or "Nothing changed."
    if list_page.items is None:
        sentence = (
            f"{sentence} Your list was out of date, so I removed no ticks. Here is a new one."
        )
    answer = _build_list_message(own, list_page, done, sentence)
    return _add_recall_offer(call, own, answer, before, done)


# — the answer —


def _build_tick_answer(
    call: Call, own: MemberRoute, first_item: str, done: frozenset[str], sentence: str
) -> Message:
    # A press in a home is answered with the presser's own list; typed words with a sentence.
    if call.is_submitted:
        list_page = _find_list_page_of_item(own, first_item)
        if list_page is not None:
            return _build_list_message(own, list_page, done, sentence)
    return _build_tick_message(own, done, sentence)


def _build_list_message(
    own: MemberRoute, list_page: OwnListPage, done: frozenset[str], sentence: str
) -> Message:
    """Return a sentence, and below it the member's own list for that week."""
    listed_week = list_page.week
    done_count = own.route.count_done_slots(done, listed_week.id)
    counts = f"{done_count} of {own.route.count_slots(listed_week.id)} items"
    text = f"{sentence}\nYou have done {counts} in week {listed_week.number}."
    lists = build_own_checklists(
        own.roadmap, own.cohort, listed_week, done, own.route, list_page.page
    )
    return text_message(
        text,
        *add_item_details(own.roadmap, lists, compute_list_room(text), has_end=True),
        _build_after_tick_buttons(own.cohort, listed_week),
        title=format_week_title(listed_week, own.cohort),
    )


def _find_list_page_of_item(own: MemberRoute, item_id: str) -> OwnListPage | None:
    """Return the page with an item in the member's own list; None without dates for its week."""
    for calendar_week in own.member.build_member_calendar(own.cohort).weeks:
        if item_id in calendar_week.week.items:
            return OwnListPage(calendar_week, _find_page_number(own, calendar_week, item_id))
    return None


def _find_page_number(own: MemberRoute, listed_week: CalendarWeek, item_id: str) -> int:
    page_count = -(-len(listed_week.week.items) // LISTED)  # rounded up
    for number in range(1, page_count):
        if item_id in paginate_own_items(listed_week.week, own.route, number).entries:
            return number
    return page_count


def _build_tick_message(own: MemberRoute, done: frozenset[str], sentence: str) -> Message:
    cohort_ref = own.cohort.ref
    counts = f"{own.route.count_done_slots(done)} of {own.route.count_slots()} items"
    return text_message(
        f"{sentence}\nYou have done {counts} in the whole plan.",
        button_row(
            ("My list", build_phrase("week", cohort=cohort_ref)),
            ("My progress", build_phrase("progress", cohort=cohort_ref)),
        ),
    )


def _build_tick_question(
    call: Call, own: MemberRoute, numbered_week: CalendarWeek | None, done: frozenset[str]
) -> Message:
    """Return the list for a week to choose from. Raises `Refused` before the first week."""
    if numbered_week is None:
        raise Refused(_describe_missing_list(call, own))
    question = "What have you done?"
    if call.is_submitted:
        question = "You chose nothing, so nothing changed. You can remove ticks here."
    lists = build_own_checklists(own.roadmap, own.cohort, numbered_week, done, own.route)
    return text_message(
        question,
        *add_item_details(own.roadmap, lists, compute_list_room(question), has_end=True),
        title=format_week_title(numbered_week, own.cohort),
    )


def _describe_missing_list(call: Call, own: MemberRoute) -> str:
    if call.is_submitted:
        return "You chose nothing, so nothing changed: choose at least one item."
    beginning = describe_first_week(own.cohort, own.member)
    return f"{beginning}: to work ahead, name an item from `roadmap`."


def _describe_tick_changes(own: MemberRoute, before: frozenset[str], done: frozenset[str]) -> str:
    """Return sentences about the difference, with praise where it is earned; empty without one."""
    sentences = []
    if done - before:
        sentences.append(f"Ticked {_format_item_titles(own.roadmap, sorted(done - before))}.")
    if before - done:
        sentences.append(f"Unticked {_format_item_titles(own.roadmap, sorted(before - done))}.")
    milestone = find_milestone(own.cohort.syllabus, own.route, before, done)
    if milestone is not None:
        sentences.append(describe_milestone(milestone))
    return " ".join(sentences)


def _describe_no_tick_change(roadmap: Roadmap, named_ids: Sequence[str], undo: bool) -> str:
    verb = "was" if len(named_ids) == 1 else "were"
    state = "not ticked" if undo else "already ticked"
    return f"{_format_item_titles(roadmap, named_ids)} {verb} {state}, so nothing changed."


def _format_item_titles(roadmap: Roadmap, named_ids: Sequence[str]) -> str:
    names = []
    for item_id in named_ids[:MAX_NAMES]:
        # Ticks outlive an edit that removes their item from the roadmap.
        if item_id in roadmap.items:
            item_title = shorten(roadmap.items[item_id].title, MAX_ITEM_TITLE)
            names.append(f"**{escape_text(item_title)}**")
    hidden_count = len(named_ids) - MAX_NAMES
    if hidden_count > 0:
        names.append(f"{hidden_count} more")
    return join_names(names)


def _build_after_tick_buttons(cohort: Cohort, listed_week: CalendarWeek) -> Block:
    checkin_phrase = build_phrase("checkin", week=listed_week.id, cohort=cohort.ref)
    progress_phrase = build_phrase("progress", cohort=cohort.ref)
    return button_row(("Check in", checkin_phrase), ("My progress", progress_phrase))
