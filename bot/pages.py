"""What commands and posts both show: a week's list to tick, a board, a card. Pure, and within every platform's limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bot.calendar import Dated
from bot.cohort import Cohort
from bot.message import (
    LABEL,
    OPTIONS,
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Form,
    Message,
    Progress,
    Text,
    link,
    page,
    phrase,
    quote,
    say,
)
from bot.progress import Share, Standing
from bot.roadmap import Item, Resource, Roadmap

LISTED = 10  # Slack: ten checkboxes in a group
BARS = 12
DETAILS = 400  # characters


def short(text: str, limit: int = LABEL) -> str:
    """A label within its limit, cut at a word where it must be."""
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.:;–—-(") + "…"


def day(on: date) -> str:
    """A local date as people write it: Mon 2 Mar 2026."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def span(week: Dated) -> str:
    """The dates of a week."""
    return f"{day(week.first)} to {day(week.last)}" if week.last else f"from {day(week.first)}"


def names(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    listed = list(words)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}" if listed else "nobody"


def choice_of(item: Item, chosen: bool = False) -> Choice:
    """An item as something to tick, its parts beside it."""
    parts = ", ".join((*item.parts, *item.examples))
    return Choice(short(item.title), item.id, short(f"{item.kind}: {parts}" if parts else item.kind), chosen)


def open_list(plan: Roadmap, cohort: Cohort, week: Dated) -> tuple[Block, ...]:
    """A week's list for everybody in a home: it shows no state and only ever adds ticks."""
    choices = [choice_of(plan.items[item]) for item in week.week.items]
    says = phrase("tick", cohort=cohort.ref)
    chunks = [choices[start : start + OPTIONS] for start in range(0, len(choices), OPTIONS)]
    return tuple(Checklist("Tick what you have done", says, "item", tuple(chunk)) for chunk in chunks)


def own_list(plan: Roadmap, cohort: Cohort, week: Dated, done: frozenset[str], number: int = 1) -> tuple[Block, ...]:
    """A week's list for one member, with their ticks: what it does not show, pressing it does not touch."""
    shown = page(week.week.items, number, LISTED)
    if not shown.entries:
        return (Text("This week has no items: a week to catch your breath."),)
    choices = tuple(choice_of(plan.items[item], item in done) for item in shown.entries)
    says = phrase("tick", cohort=cohort.ref, week=week.id, page=shown.number)
    turns = shown.turns(phrase("week", n=week.number, cohort=cohort.ref))
    return (Checklist("Your list: tick or untick", says, "item", choices, private=True), *turns)


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


def board(rows: Sequence[Standing], total: int, own: Standing | None = None) -> tuple[Block, ...]:
    """A board as bars; the reader's own line follows where it is not among them. Ties share a rank."""
    bars = [_bar(row, total, own is not None and row.member_id == own.member_id) for row in rows]
    if own is not None and all(row.member_id != own.member_id for row in rows):
        bars.append(_bar(own, total, True))
    return tuple(bars)


def _bar(row: Standing, total: int, own: bool) -> Progress:
    return Progress(short(f"{row.rank}. {row.name}"), min(row.done, total), total, "you" if own else "", strong=own)


def weeks_done(shares: Sequence[Share]) -> tuple[Block, ...]:
    """A bar for each of the latest weeks that have come."""
    return tuple(_week_bar(share) for share in shares[-BARS:])


def _week_bar(share: Share) -> Progress:
    note = "checked in" if share.checked_in else ("" if share.closed else "open")
    return Progress(short(share.week.label), share.done, share.total, note, strong=not share.closed)


def way_back(form: Form, says: str) -> Message:
    """A form that cannot be opened now: why it has come back, if it has, and a button that opens it as it stands."""
    problems = [field.problem for field in form.fields if field.problem]
    text = " ".join(problems) if problems else f"**{quote(form.title)}** is ready to be filled in."
    return say(text, Buttons((Button("Edit" if problems else "Open form", says, "primary"),)))


def buttons(*pairs: tuple[str, str]) -> Buttons:
    """A row of buttons from labels and phrases, the first one the main thing to do."""
    return Buttons(
        tuple(Button(label, says, "plain" if place else "primary") for place, (label, says) in enumerate(pairs))
    )
