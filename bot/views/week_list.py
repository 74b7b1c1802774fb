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
    page,
    phrase,
    quote,
)
from bot.chat.text import mark, names, short
from bot.group.calendar import Dated, SyllabusWeek
from bot.group.cohort import Cohort
from bot.group.route import Route, labels
from bot.roadmap import Item, Roadmap

OPEN = 40  # items of a crowded week that a list for everybody shows
DETAILS = 400  # characters
LABELLED = 50  # characters of a label, so that the kind of an item stays in sight beside it


def choice_of(item: Item, chosen: bool = False, label: str = "") -> Choice:
    """An item as something to tick; beside it the option or track it is part of, what else there is to know, its parts."""
    parts = ", ".join((*item.parts, *item.examples))
    kind = f"{item.kind}: {parts}" if parts else item.kind
    return Choice(
        short(item.title),
        item.id,
        short(f"{short(label, LABELLED)} · {kind}" if label else kind),
        chosen,
    )


def open_list(plan: Roadmap, cohort: Cohort, week: Dated) -> tuple[Block, ...]:
    """A week's list for everybody in a home: it shows no state and only ever adds ticks. Whose route an item is on stands
    beside it."""
    named = labels(plan, week.week.items)
    choices = [
        choice_of(plan.items[item], label=named.get(item, "")) for item in week.week.items[:OPEN]
    ]
    says = phrase("tick", cohort=cohort.ref)
    chunks = [choices[start : start + OPTIONS] for start in range(0, len(choices), OPTIONS)]
    lists = (Checklist("Tick what you have done", says, "item", tuple(chunk)) for chunk in chunks)
    left = len(week.week.items) - len(choices)
    return (*lists, *([Text(f"… and {left} more: your own list has all of them.")] if left else []))


def own_order(week: SyllabusWeek, route: Route) -> list[str]:
    """A member's own list of a week: what is on their route, and after it what is on others."""
    return sorted(week.items, key=lambda item: not route.counts(item))


def own_page(week: SyllabusWeek, route: Route, number: int) -> Page[str]:
    """A page of a member's own list of a week."""
    return page(own_order(week, route), number, LISTED)


def own_parts(items: Sequence[str], route: Route) -> tuple[tuple[str, ...], ...]:
    """The lists that a page of a member's own list is made of: their route's, then the others'. Neither is empty."""
    parts = (tuple(item for item in items if route.counts(item) is own) for own in (True, False))
    return tuple(part for part in parts if part)


def idle(week: SyllabusWeek) -> str:
    """What there is to say of a week without items: a break, or more time for what takes longest."""
    if week.kind == "break":
        return "This week has no items: a week to catch your breath."
    return "Nothing new this week: time to go on with what is under way."


def own_list(
    plan: Roadmap, cohort: Cohort, week: Dated, done: Set[str], route: Route, number: int = 1
) -> tuple[Block, ...]:
    """A week's list for one member, with their ticks: what it does not show, pressing it does not touch."""
    shown = own_page(week.week, route, number)
    if not shown.entries:
        return (Text(idle(week.week)),)
    blocks: list[Block] = []
    if not any(map(route.counts, week.week.items)):
        blocks.append(
            Text(
                "Nothing of this week is on your route: a week to catch your breath, or to look at others."
            )
        )
    for part in own_parts(shown.entries, route):
        # Their route, or the plan, may change while a list is on somebody's screen: the mark says what it showed.
        says = phrase("tick", cohort=cohort.ref, week=week.id, page=shown.number, seen=mark(part))
        title = (
            "Your list: tick or untick" if route.counts(part[0]) else "Other routes: tick or untick"
        )
        blocks.append(
            Checklist(title, says, "item", _own_choices(plan, part, done, route), private=True)
        )
    return (*blocks, *shown.turns(phrase("week", n=week.number, cohort=cohort.ref)))


def _own_choices(
    plan: Roadmap, part: Sequence[str], done: Set[str], route: Route
) -> tuple[Choice, ...]:
    named = labels(plan, [item for item in part if not route.counts(item)])
    chosen = []
    for item in part:
        instead = route.instead(item, done)
        as_good = f"as good as done: {plan.items[instead].title}" if instead else ""
        chosen.append(choice_of(plan.items[item], item in done, as_good or named.get(item, "")))
    return tuple(chosen)


def listed(plan: Roadmap, items: Iterable[str]) -> tuple[str, ...]:
    """Items as lines of prose, with what belongs to them."""
    return tuple(_line(plan.items[item]) for item in items)


def _line(item: Item) -> str:
    examples = f"for example {names(item.examples)}" if item.examples else ""
    more = short("; ".join(part for part in (", ".join(item.parts), examples) if part), DETAILS)
    return f"• **{quote(item.title)}** _{item.kind}_" + (f" — {quote(more)}" if more else "")
