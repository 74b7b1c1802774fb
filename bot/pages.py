"""What commands and posts both show: a week's list to tick, a board, a card. Pure, and within every platform's limits."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence, Set
from datetime import date
from itertools import islice

from bot.chat.message import (
    LABEL,
    OPTIONS,
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Form,
    Message,
    Page,
    Progress,
    Text,
    link,
    page,
    phrase,
    quote,
    say,
)
from bot.group.calendar import Dated, SyllabusWeek
from bot.group.cohort import Cohort
from bot.group.progress import Share, Standing, first_rows
from bot.group.route import Route, labels
from bot.roadmap import Item, Resource, Roadmap
from bot.roadmap.importer import Entry

OPEN = 40  # items of a crowded week that a list for everybody shows
LISTED = 10  # Slack: ten checkboxes in a group
BARS = 12
DETAILS = 400  # characters
LABELLED = 50  # characters of a label, so that the kind of an item stays in sight beside it


def short(text: str, limit: int = LABEL) -> str:
    """A label within its limit, cut at a word where it must be."""
    return (
        text
        if len(text) <= limit
        else text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.:;–—-(") + "…"
    )


def day(on: date) -> str:
    """A local date as people write it: Mon 2 Mar 2026."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def span(week: Dated) -> str:
    """The dates of a week."""
    return f"{day(week.first)} to {day(week.last)}" if week.last else f"from {day(week.first)}"


def counted(count: int, what: str) -> str:
    """So many of something: 1 week, 12 weeks."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def names(words: Iterable[str], most: int | None = None) -> str:
    """`a`, `a and b`, `a, b and c`; those beyond the first `most` are counted: `a, b and 3 more`."""
    listed = list(words)
    if most is not None and len(listed) > most:
        listed = [*listed[:most], f"{len(listed) - most} more"]
    return (
        listed[0]
        if len(listed) == 1
        else f"{', '.join(listed[:-1])} and {listed[-1]}"
        if listed
        else "nobody"
    )


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


def mark(items: Sequence[str]) -> str:
    """A few letters that tell one list of items from another."""
    return f"{zlib.crc32(' '.join(items).encode()):08x}"


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


def resource_line(resource: Resource) -> str:
    """A resource as a line of prose, its title leading to it where it has a link."""
    title = link(resource.title, resource.link) if resource.link else f"**{quote(resource.title)}**"
    by = resource.author or resource.provider or ""
    return f"• {title}" + (f" by {quote(by)}" if by else "") + f" _{resource.kind}_"


def resources_of(plan: Roadmap, week: SyllabusWeek, route: Route) -> tuple[Resource, ...]:
    """What a week's reading is, that for the member's own route first: of its items, then of the stages that hold them."""
    ids: dict[str, None] = {}
    for part in own_parts(week.items, route):
        ids.update(dict.fromkeys(one for item in part for one in plan.items[item].resources))
        for item in part:
            ids.update(
                dict.fromkeys(
                    one for place in reversed(plan.path_to(item)) for one in place.resources
                )
            )
    return tuple(plan.resource(one) for one in ids)


def entry_line(entry: Entry, limit: int) -> str:
    """What a report has to tell of a file as prose: its line, and the sentence cut to `limit` characters."""
    where = f"Line {entry.line}: " if entry.line else ""
    return f"{where}{quote(short(entry.sentence, limit))}"


def board(rows: Sequence[Standing], total: int, own: Standing | None = None) -> tuple[Block, ...]:
    """A board as bars; the reader's own line follows where it is not among them. Ties share a rank."""
    bars = [_bar(row, total, own is not None and row.member_id == own.member_id) for row in rows]
    if own is not None and all(row.member_id != own.member_id for row in rows):
        bars.append(_bar(own, total, True))
    return tuple(bars)


def top(rows: Sequence[Standing], total: int, most: int, everybody: int) -> tuple[Block, ...]:
    """The first rows of a board as a post shows them, and how many more there are. Nobody's equal is left out if there is
    room for them."""
    shown = first_rows(rows, most)
    left = everybody - len(shown)
    return (*board(shown, total), *([Text(f"… and {left} more.")] if left > 0 else []))


def _bar(row: Standing, total: int, own: bool) -> Progress:
    return Progress(
        short(f"{row.rank}. {row.name}"),
        min(row.done, total),
        total,
        "you" if own else "",
        strong=own,
    )


def weeks_done(shares: Sequence[Share]) -> tuple[Block, ...]:
    """A bar for each of the latest weeks that have come."""
    return tuple(_week_bar(share) for share in shares[-BARS:])


def _week_bar(share: Share) -> Progress:
    note = "checked in" if share.checked_in else ("open" if share.is_open else "")
    return Progress(short(share.week.label), share.done, share.total, note, strong=share.is_open)


def farewell(cohort: Cohort) -> str:
    """What there is to know of a cohort that has finished, as prose."""
    return f"**{quote(cohort.name)}** has finished. Late ticks and check-ins still count."


def joins(cohorts: Iterable[Cohort], most: int) -> tuple[tuple[str, str], ...]:
    """Labels and phrases of buttons that join the first of these cohorts."""
    return tuple(
        (short(f"Join {cohort.name}"), phrase("join", cohort=cohort.ref))
        for cohort in islice(cohorts, most)
    )


def way_back(form: Form, says: str) -> Message:
    """A form that cannot be opened now: why it has come back, if it has, and a button that opens it as it stands."""
    problems = [field.problem for field in form.fields if field.problem]
    text = " ".join(problems) if problems else f"**{quote(form.title)}** is ready to be filled in."
    return say(text, Buttons((Button("Edit" if problems else "Open form", says, "primary"),)))


def size_text(size: int) -> str:
    """How large a file is, as people say it: 1 MB, 12.5 kB, 900 bytes. Units are decimal."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{round(size / unit, 1):g} {name}"
    return f"{size} bytes"


def buttons(*pairs: tuple[str, str], has_main: bool = True) -> Buttons:
    """A row of buttons from labels and phrases, the first one the main thing to do if there is one.

    What everybody will see, and what takes something away, is never the main thing.
    """
    first = 0 if has_main else None
    return Buttons(
        tuple(
            Button(label, says, "primary" if place == first else "plain")
            for place, (label, says) in enumerate(pairs)
        )
    )
