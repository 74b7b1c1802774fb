"""`tick`: items marked done, or taken back; the same whether typed, pressed in a home or saved from a private list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from bot.group.route import Route, build_route
from bot.roadmap import Roadmap
from bot.views.week_list import (
    build_own_checklists,
    paginate_own_items,
    sort_own_items,
    split_by_route,
)


@command(section="me", order=20, helps=("running",), action="Tick items")
async def tick(
    call: Call,
    item: Annotated[tuple[str, ...], "What you have done", suggest_open_items] = (),
    undo: Annotated[bool, "Take the tick back"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    week: Annotated[str | None, HiddenOption()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
    seen: Annotated[str | None, HiddenOption()] = None,
) -> Message:
    """Mark items as done."""
    found, member = await call.resolve_membership(cohort)
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    own = MemberRoute(found, member, plan, build_route(plan, found.syllabus, member.picks))
    before = await call.tx.progress.load_ticked_items(call.person, found.roadmap)
    listed = None if week is None else _find_dated_week(found, member, week)
    meant = _build_tickable_items(
        own, listed or member.get_current_week(found, call.now)
    ).find_item_ids(item, "item")
    if listed is not None and call.is_submitted:
        return await _save_private_list(
            call, own, _build_list_page(own, listed, page or 1, seen), meant, before
        )
    if not meant:
        return _build_tick_question(
            call, own, listed or member.get_current_week(found, call.now), before
        )
    change = (
        call.tx.progress.untick_items(call.person, found.roadmap, meant)
        if undo
        else call.tx.progress.tick_items(call.person, found.roadmap, meant, call.now)
    )
    done = await change
    news = _describe_tick_changes(plan, before, done) or _describe_no_tick_change(plan, meant, undo)
    pressed = _find_list_page_of_item(own, meant[0]) if call.is_submitted else None
    return (
        _build_list_message(own, pressed, done, news)
        if pressed
        else _build_tick_message(own, done, news)
    )


@dataclass(frozen=True, slots=True)
class MemberRoute:
    """A member's cohort and their route through its plan."""

    cohort: Cohort
    member: Member
    roadmap: Roadmap
    route: Route


@dataclass(frozen=True, slots=True)
class OwnListPage:
    """A page of a member's own list of a week; `items` is what the list that was pressed showed, None where nobody knows."""

    week: CalendarWeek
    page: int
    items: frozenset[str] | None = None


def _build_tickable_items(own: MemberRoute, week: CalendarWeek | None) -> ItemFinder:
    """Every item of the cohort, numbered by the list of a week."""
    titles = {item: own.roadmap.items[item].title for item in own.cohort.syllabus.all_items}
    return ItemFinder(titles, sort_own_items(week.week, own.route) if week else (), own.cohort.name)


def _build_list_page(
    own: MemberRoute, week: CalendarWeek, number: int, seen: str | None
) -> OwnListPage:
    entries = paginate_own_items(week.week, own.route, number).entries
    parts = (
        [entries]
        if seen is None
        else [one for one in split_by_route(entries, own.route) if hash_texts(one) == seen]
    )
    return OwnListPage(week, number, frozenset(parts[0]) if parts else None)


async def _save_private_list(
    call: Call, own: MemberRoute, shown: OwnListPage, meant: Sequence[str], before: frozenset[str]
) -> Message:
    """A private list was saved: what it showed is set as it is now, what it did not show stays. Where the route or the plan
    has changed since it was shown, nothing is taken back."""
    items = frozenset(meant) if shown.items is None else shown.items
    done = await call.tx.progress.tick_items(
        call.person, own.cohort.roadmap, items & set(meant), call.now
    )
    if gone := (items & before) - set(meant):
        done = await call.tx.progress.untick_items(call.person, own.cohort.roadmap, gone)
    news = _describe_tick_changes(own.roadmap, before, done) or "Nothing has changed."
    if shown.items is None:
        news += " Your list was an old one, so no tick is taken back: here is how it stands."
    return _build_list_message(own, shown, done, news)


def _build_list_message(
    own: MemberRoute, shown: OwnListPage, done: frozenset[str], news: str
) -> Message:
    """The news, and under it the member's own list of that week."""
    week = shown.week
    head = f"{news}\n{own.route.count_done_slots(done, week.id)} of {own.route.count_slots(week.id)} of this week done."
    blocks = build_own_checklists(own.roadmap, own.cohort, week, done, own.route, shown.page)
    return text_message(
        head,
        *blocks,
        _build_after_tick_buttons(own.cohort, week),
        title=shorten(week.title_with_number, 150),
    )


def _find_list_page_of_item(own: MemberRoute, item: str) -> OwnListPage | None:
    """The week an item belongs to, and the page of the member's own list that shows it."""
    week = next(
        (
            one
            for one in own.member.build_member_calendar(own.cohort).weeks
            if item in one.week.items
        ),
        None,
    )
    if week is None:
        return None
    pages = range(1, -(-len(week.week.items) // LISTED) + 1)
    return OwnListPage(
        week,
        next(
            number
            for number in pages
            if item in paginate_own_items(week.week, own.route, number).entries
        ),
    )


def _build_tick_message(own: MemberRoute, done: frozenset[str], news: str) -> Message:
    ref = own.cohort.ref
    more = button_row(
        ("My list", build_phrase("week", cohort=ref)),
        ("My progress", build_phrase("progress", cohort=ref)),
    )
    return text_message(
        f"{news}\n{own.route.count_done_slots(done)} of {own.route.count_slots()} items of the plan done.",
        more,
    )


def _build_tick_question(
    call: Call, own: MemberRoute, week: CalendarWeek | None, done: frozenset[str]
) -> Message:
    if call.is_submitted and week is None:
        raise Refused("Nothing was picked, so nothing has changed: tick at least one item.")
    if week is None:
        name = own.cohort.name
        raise Refused(
            f"{name} has not begun: name an item if you are ahead of us, `roadmap` lists them."
        )
    head = (
        "Nothing was picked, so nothing has changed: take ticks back here."
        if call.is_submitted
        else "What have you done?"
    )
    return text_message(
        head,
        *build_own_checklists(own.roadmap, own.cohort, week, done, own.route),
        title=shorten(week.title_with_number, 150),
    )


def _describe_tick_changes(plan: Roadmap, before: frozenset[str], done: frozenset[str]) -> str:
    added, gone = sorted(done - before), sorted(before - done)
    told = []
    if added:
        told.append(f"Ticked {_format_ticked_titles(plan, added)}.")
    if gone:
        told.append(f"Took the tick back from {_format_ticked_titles(plan, gone)}.")
    return " ".join(told)


def _describe_no_tick_change(plan: Roadmap, meant: Sequence[str], undo: bool) -> str:
    were = "was" if len(meant) == 1 else "were"
    return f"{_format_ticked_titles(plan, meant)} {were} {'not ticked' if undo else 'ticked already'}, so nothing has changed."


def _format_ticked_titles(plan: Roadmap, items: Sequence[str]) -> str:
    shown = [
        f"**{escape_text(shorten(plan.items[one].title, 60))}**"
        for one in items[:4]
        if one in plan.items
    ]
    return join_names([*shown, *([f"{len(items) - 4} more"] if len(items) > 4 else [])])


def _build_after_tick_buttons(cohort: Cohort, week: CalendarWeek) -> Block:
    pairs = (
        ("Check in", build_phrase("checkin", week=week.id, cohort=cohort.ref)),
        ("My progress", build_phrase("progress", cohort=cohort.ref)),
    )
    return button_row(*pairs)


def _find_dated_week(cohort: Cohort, member: Member, week: str) -> CalendarWeek:
    if (dated := member.build_member_calendar(cohort).find_week(week)) is None:
        raise Refused(f"{cohort.name} has no such week: say `week` for the current one.", "week")
    return dated
