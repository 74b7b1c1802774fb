"""A week's list: for everybody in a home, and for one member with their ticks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from bot.chat.buttons import LISTED
from bot.chat.message import (
    OPTIONS,
    Block,
    Checklist,
    Choice,
    Page,
    Text,
    build_phrase,
    escape_text,
    paginate,
)
from bot.chat.text import hash_texts, join_names, shorten
from bot.group.calendar import CalendarWeek, SyllabusWeek
from bot.group.cohort import Cohort
from bot.group.route import Route, map_route_labels
from bot.roadmap import Item, Roadmap
from bot.views.week_guide import format_item_detail

HOME_ITEMS = 40  # on a crowded week's list for everybody
DETAILS = 400  # characters
# Characters of a label, so that the item's kind stays in sight beside it.
LABEL_IN_NOTE = 50


def build_item_choice(item: Item, chosen: bool = False, label: str = "") -> Choice:
    """Return an item to tick, with its kind and its parts beside it.

    `label` names its option or track, if it belongs to one.
    """
    note: str = item.kind
    parts = ", ".join((*item.parts, *item.examples))
    if parts:
        note += f": {parts}"
    if label:
        note = f"{shorten(label, LABEL_IN_NOTE)} · {note}"
    return Choice(shorten(item.title), item.id, shorten(note), chosen)


def build_home_checklists(
    roadmap: Roadmap, cohort: Cohort, week: CalendarWeek
) -> tuple[Block, ...]:
    """Return a week's list for everybody in a home.

    It shows no state and only adds ticks. Each item names its route.
    """
    item_ids = week.week.items
    labels = map_route_labels(roadmap, item_ids)
    choices = []
    for item_id in item_ids[:HOME_ITEMS]:
        label = labels.get(item_id, "")
        choices.append(build_item_choice(roadmap.items[item_id], label=label))
    phrase = build_phrase("tick", cohort=cohort.ref)
    blocks: list[Block] = []
    for start in range(0, len(choices), OPTIONS):
        chunk = tuple(choices[start : start + OPTIONS])
        blocks.append(Checklist("Tick what you have done", phrase, "item", chunk))
    left_count = len(item_ids) - len(choices)
    if left_count:
        blocks.append(Text(f"… and {left_count} more: your own list has all of them."))
    return tuple(blocks)


def sort_own_items(week: SyllabusWeek, route: Route) -> list[str]:
    """Return a week's items for a member: their own route first, then the others."""
    return sorted(week.items, key=lambda item_id: not route.is_on_route(item_id))


def paginate_own_items(week: SyllabusWeek, route: Route, number: int) -> Page[str]:
    """Return a page from a member's own list."""
    return paginate(sort_own_items(week, route), number, LISTED)


def split_by_route(items: Sequence[str], route: Route) -> tuple[tuple[str, ...], ...]:
    """Return the items on a member's route, then the others; an empty part is left out."""
    own_items = tuple(item_id for item_id in items if route.is_on_route(item_id))
    other_items = tuple(item_id for item_id in items if not route.is_on_route(item_id))
    return tuple(part for part in (own_items, other_items) if part)


def describe_empty_week(week: SyllabusWeek) -> str:
    """Return a sentence about a week without items: a break, or more time for the last ones."""
    if week.kind == "break":
        return "This week has no items: a week to catch your breath."
    return "Nothing new this week: time to finish what you have begun."


def build_own_checklists(
    roadmap: Roadmap,
    cohort: Cohort,
    week: CalendarWeek,
    done: Set[str],
    route: Route,
    number: int = 1,
) -> tuple[Block, ...]:
    """Return a page from a week's list for one member, with their ticks.

    A press changes only the items shown.
    """
    page = paginate_own_items(week.week, route, number)
    if not page.entries:
        return (Text(describe_empty_week(week.week)),)
    blocks: list[Block] = []
    if not any(map(route.is_on_route, week.week.items)):
        blocks.append(
            Text(
                "Nothing this week is on your route: "
                "catch your breath, or look at the other routes."
            )
        )
    for part in split_by_route(page.entries, route):
        # The route or the plan may change while the list is on a screen. The hash names the
        # items shown, so that a press on an old list cannot untick others.
        phrase = build_phrase(
            "tick", cohort=cohort.ref, week=week.id, page=page.number, seen=hash_texts(part)
        )
        title = "Other routes: tick or untick"
        if route.is_on_route(part[0]):
            title = "Your list: tick or untick"
        choices = _build_own_choices(roadmap, part, done, route)
        blocks.append(Checklist(title, phrase, "item", choices, private=True))
    phrase = build_phrase("week", n=week.number, cohort=cohort.ref)
    return (*blocks, *page.build_page_buttons(phrase))


def _build_own_choices(
    roadmap: Roadmap, item_ids: Sequence[str], done: Set[str], route: Route
) -> tuple[Choice, ...]:
    other_items = [item_id for item_id in item_ids if not route.is_on_route(item_id)]
    labels = map_route_labels(roadmap, other_items)
    choices = []
    for item_id in item_ids:
        label = labels.get(item_id, "")
        equivalent = route.find_ticked_equivalent(item_id, done)
        if equivalent:
            label = f"as good as done: {roadmap.items[equivalent].title}"
        choices.append(build_item_choice(roadmap.items[item_id], item_id in done, label))
    return tuple(choices)


def add_item_details(
    roadmap: Roadmap, blocks: Iterable[Block], room: int, *, has_end: bool = False
) -> tuple[Block, ...]:
    """Return lists of items with the time and the first link of each open item beside it.

    `room`: the characters for titles and details. The first items get theirs if not all fit.
    `has_end`: the details also say how to know that an item is done.
    """
    all_blocks = tuple(blocks)
    details = _fit_item_details(roadmap, list_choices(all_blocks), room, has_end=has_end)
    detailed: list[Block] = []
    for block in all_blocks:
        if isinstance(block, Checklist):
            choices = [
                replace(choice, detail=details.get(choice.value, "")) for choice in block.choices
            ]
            block = replace(block, choices=tuple(choices))
        detailed.append(block)
    return tuple(detailed)


def list_choices(blocks: Iterable[Block]) -> list[Choice]:
    """Return the choices in all checklists."""
    return [choice for block in blocks if isinstance(block, Checklist) for choice in block.choices]


def count_list_prose(choices: Iterable[Choice]) -> int:
    """Count the characters of choices with what stands beside them, as lists show them."""
    return sum(len(f"• {escape_text(choice.label)} · {choice.detail}\n") for choice in choices)


def _fit_item_details(
    roadmap: Roadmap, choices: Sequence[Choice], room: int, *, has_end: bool
) -> Mapping[str, str]:
    """Return details by item id, for as many open items as fit, the first ones first."""
    left = room - count_list_prose(choices)
    details = {}
    for choice in choices:
        if choice.chosen:
            continue
        item = roadmap.items[choice.value]
        rich, plain = format_item_detail(roadmap, item, has_end=has_end), ""
        if len(rich) > left:
            plain = format_item_detail(roadmap, item)
        detail = next((text for text in (rich, plain) if len(text) <= left), "")
        details[item.id] = detail
        left -= len(detail)
    return details


def render_item_lines(roadmap: Roadmap, items: Iterable[str]) -> tuple[str, ...]:
    """Return a line of prose for each item, with its parts and examples."""
    return tuple(_format_item_line(roadmap.items[item_id]) for item_id in items)


def _format_item_line(item: Item) -> str:
    details = []
    if item.parts:
        details.append(", ".join(item.parts))
    if item.examples:
        details.append(f"for example {join_names(item.examples)}")
    line = f"• **{escape_text(item.title)}** _{item.kind}_"
    if details:
        line += f" — {escape_text(shorten('; '.join(details), DETAILS))}"
    return line
