"""The list of a week: for everybody in a home, and for one member with their ticks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

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

OPEN = 40  # items of a crowded week that a list for everybody shows
DETAILS = 400  # characters
LABELLED = 50  # characters of a label, so that the kind of an item stays in sight beside it


def build_item_choice(item: Item, chosen: bool = False, label: str = "") -> Choice:
    """An item as something to tick; beside it the option or track it is part of, what else there is to know, its parts."""
    parts = ", ".join((*item.parts, *item.examples))
    kind = f"{item.kind}: {parts}" if parts else item.kind
    return Choice(
        shorten(item.title),
        item.id,
        shorten(f"{shorten(label, LABELLED)} · {kind}" if label else kind),
        chosen,
    )


def build_home_checklists(
    roadmap: Roadmap, cohort: Cohort, week: CalendarWeek
) -> tuple[Block, ...]:
    """A week's list for everybody in a home: it shows no state and only ever adds ticks. Whose route an item is on stands
    beside it."""
    named = map_route_labels(roadmap, week.week.items)
    choices = [
        build_item_choice(roadmap.items[item], label=named.get(item, ""))
        for item in week.week.items[:OPEN]
    ]
    says = build_phrase("tick", cohort=cohort.ref)
    chunks = [choices[start : start + OPTIONS] for start in range(0, len(choices), OPTIONS)]
    lists = (Checklist("Tick what you have done", says, "item", tuple(chunk)) for chunk in chunks)
    left = len(week.week.items) - len(choices)
    return (*lists, *([Text(f"… and {left} more: your own list has all of them.")] if left else []))


def sort_own_items(week: SyllabusWeek, route: Route) -> list[str]:
    """A member's own list of a week: what is on their route, and after it what is on others."""
    return sorted(week.items, key=lambda item: not route.is_on_route(item))


def paginate_own_items(week: SyllabusWeek, route: Route, number: int) -> Page[str]:
    """A page of a member's own list of a week."""
    return paginate(sort_own_items(week, route), number, LISTED)


def split_by_route(items: Sequence[str], route: Route) -> tuple[tuple[str, ...], ...]:
    """The lists that a page of a member's own list is made of: their route's, then the others'. Neither is empty."""
    parts = (
        tuple(item for item in items if route.is_on_route(item) is own) for own in (True, False)
    )
    return tuple(part for part in parts if part)


def describe_empty_week(week: SyllabusWeek) -> str:
    """What there is to say of a week without items: a break, or more time for what takes longest."""
    if week.kind == "break":
        return "This week has no items: a week to catch your breath."
    return "Nothing new this week: time to go on with what is under way."


def build_own_checklists(
    roadmap: Roadmap,
    cohort: Cohort,
    week: CalendarWeek,
    done: Set[str],
    route: Route,
    number: int = 1,
) -> tuple[Block, ...]:
    """A week's list for one member, with their ticks: what it does not show, pressing it does not touch."""
    shown = paginate_own_items(week.week, route, number)
    if not shown.entries:
        return (Text(describe_empty_week(week.week)),)
    blocks: list[Block] = []
    if not any(map(route.is_on_route, week.week.items)):
        blocks.append(
            Text(
                "Nothing of this week is on your route: a week to catch your breath, or to look at others."
            )
        )
    for part in split_by_route(shown.entries, route):
        # Their route, or the plan, may change while a list is on somebody's screen: the mark says what it showed.
        says = build_phrase(
            "tick", cohort=cohort.ref, week=week.id, page=shown.number, seen=hash_texts(part)
        )
        title = (
            "Your list: tick or untick"
            if route.is_on_route(part[0])
            else "Other routes: tick or untick"
        )
        blocks.append(
            Checklist(
                title, says, "item", _build_own_choices(roadmap, part, done, route), private=True
            )
        )
    return (
        *blocks,
        *shown.build_page_buttons(build_phrase("week", n=week.number, cohort=cohort.ref)),
    )


def _build_own_choices(
    plan: Roadmap, part: Sequence[str], done: Set[str], route: Route
) -> tuple[Choice, ...]:
    named = map_route_labels(plan, [item for item in part if not route.is_on_route(item)])
    chosen = []
    for item in part:
        instead = route.find_ticked_equivalent(item, done)
        as_good = f"as good as done: {plan.items[instead].title}" if instead else ""
        chosen.append(
            build_item_choice(plan.items[item], item in done, as_good or named.get(item, ""))
        )
    return tuple(chosen)


def render_item_lines(roadmap: Roadmap, items: Iterable[str]) -> tuple[str, ...]:
    """Items as lines of prose, with what belongs to them."""
    return tuple(_format_item_line(roadmap.items[item]) for item in items)


def _format_item_line(item: Item) -> str:
    examples = f"for example {join_names(item.examples)}" if item.examples else ""
    more = shorten("; ".join(part for part in (", ".join(item.parts), examples) if part), DETAILS)
    return f"• **{escape_text(item.title)}** _{item.kind}_" + (
        f" — {escape_text(more)}" if more else ""
    )
