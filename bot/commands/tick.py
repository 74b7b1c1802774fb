"""`tick`: items marked done, or taken back; the same whether typed, pressed in a home or saved from a private list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.chat.buttons import LISTED, buttons
from bot.chat.errors import Refused
from bot.chat.message import Block, Message, phrase, quote, say
from bot.chat.text import mark, names, short
from bot.command import Call, Hidden, command
from bot.command.item_finder import Items
from bot.command.suggestions import my_cohorts, open_items
from bot.group.calendar import Dated
from bot.group.cohort import Cohort, Member
from bot.group.route import Route, route_of
from bot.roadmap import Roadmap
from bot.views.week_list import own_list, own_order, own_page, own_parts


@command(section="me", order=20, helps=("running",), action="Tick items")
async def tick(
    call: Call,
    item: Annotated[tuple[str, ...], "What you have done", open_items] = (),
    undo: Annotated[bool, "Take the tick back"] = False,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
    week: Annotated[str | None, Hidden()] = None,
    page: Annotated[int | None, Hidden()] = None,
    seen: Annotated[str | None, Hidden()] = None,
) -> Message:
    """Mark items as done."""
    found, member = await call.membership(cohort)
    plan = await call.tx.cohorts.plan(found.plan_id)
    own = Own(found, member, plan, route_of(plan, found.syllabus, member.picks))
    before = await call.tx.progress.ticked(call.person, found.roadmap)
    listed = None if week is None else _dated(found, member, week)
    meant = _offered(own, listed or member.week(found, call.now)).find(item, "item")
    if listed is not None and call.submitted:
        return await _save(call, own, _shown(own, listed, page or 1, seen), meant, before)
    if not meant:
        return _ask(call, own, listed or member.week(found, call.now), before)
    change = (
        call.tx.progress.untick(call.person, found.roadmap, meant)
        if undo
        else call.tx.progress.tick(call.person, found.roadmap, meant, call.now)
    )
    done = await change
    news = _news(plan, before, done) or _unchanged(plan, meant, undo)
    pressed = _listed_with(own, meant[0]) if call.submitted else None
    return _listed(own, pressed, done, news) if pressed else _told(own, done, news)


@dataclass(frozen=True, slots=True)
class Own:
    """A member's cohort and their route through its plan."""

    cohort: Cohort
    member: Member
    plan: Roadmap
    route: Route


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of a member's own list of a week; `items` is what the list that was pressed showed, None where nobody knows."""

    week: Dated
    page: int
    items: frozenset[str] | None = None


def _offered(own: Own, week: Dated | None) -> Items:
    """Every item of the cohort, numbered by the list of a week."""
    titles = {item: own.plan.items[item].title for item in own.cohort.syllabus.items}
    return Items(titles, own_order(week.week, own.route) if week else (), own.cohort.name)


def _shown(own: Own, week: Dated, number: int, seen: str | None) -> Shown:
    entries = own_page(week.week, own.route, number).entries
    parts = (
        [entries]
        if seen is None
        else [one for one in own_parts(entries, own.route) if mark(one) == seen]
    )
    return Shown(week, number, frozenset(parts[0]) if parts else None)


async def _save(
    call: Call, own: Own, shown: Shown, meant: Sequence[str], before: frozenset[str]
) -> Message:
    """A private list was saved: what it showed is set as it is now, what it did not show stays. Where the route or the plan
    has changed since it was shown, nothing is taken back."""
    items = frozenset(meant) if shown.items is None else shown.items
    done = await call.tx.progress.tick(
        call.person, own.cohort.roadmap, items & set(meant), call.now
    )
    if gone := (items & before) - set(meant):
        done = await call.tx.progress.untick(call.person, own.cohort.roadmap, gone)
    news = _news(own.plan, before, done) or "Nothing has changed."
    if shown.items is None:
        news += " Your list was an old one, so no tick is taken back: here is how it stands."
    return _listed(own, shown, done, news)


def _listed(own: Own, shown: Shown, done: frozenset[str], news: str) -> Message:
    """The news, and under it the member's own list of that week."""
    week = shown.week
    head = (
        f"{news}\n{own.route.done(done, week.id)} of {own.route.total(week.id)} of this week done."
    )
    blocks = own_list(own.plan, own.cohort, week, done, own.route, shown.page)
    return say(head, *blocks, _after(own.cohort, week), title=short(week.label, 150))


def _listed_with(own: Own, item: str) -> Shown | None:
    """The week an item belongs to, and the page of the member's own list that shows it."""
    week = next(
        (one for one in own.member.calendar(own.cohort).weeks if item in one.week.items), None
    )
    if week is None:
        return None
    pages = range(1, -(-len(week.week.items) // LISTED) + 1)
    return Shown(
        week,
        next(number for number in pages if item in own_page(week.week, own.route, number).entries),
    )


def _told(own: Own, done: frozenset[str], news: str) -> Message:
    ref = own.cohort.ref
    more = buttons(
        ("My list", phrase("week", cohort=ref)), ("My progress", phrase("progress", cohort=ref))
    )
    return say(
        f"{news}\n{own.route.done(done)} of {own.route.total()} items of the plan done.", more
    )


def _ask(call: Call, own: Own, week: Dated | None, done: frozenset[str]) -> Message:
    if call.submitted and week is None:
        raise Refused("Nothing was picked, so nothing has changed: tick at least one item.")
    if week is None:
        name = own.cohort.name
        raise Refused(
            f"{name} has not begun: name an item if you are ahead of us, `roadmap` lists them."
        )
    head = (
        "Nothing was picked, so nothing has changed: take ticks back here."
        if call.submitted
        else "What have you done?"
    )
    return say(
        head, *own_list(own.plan, own.cohort, week, done, own.route), title=short(week.label, 150)
    )


def _news(plan: Roadmap, before: frozenset[str], done: frozenset[str]) -> str:
    added, gone = sorted(done - before), sorted(before - done)
    told = []
    if added:
        told.append(f"Ticked {_titles(plan, added)}.")
    if gone:
        told.append(f"Took the tick back from {_titles(plan, gone)}.")
    return " ".join(told)


def _unchanged(plan: Roadmap, meant: Sequence[str], undo: bool) -> str:
    were = "was" if len(meant) == 1 else "were"
    return f"{_titles(plan, meant)} {were} {'not ticked' if undo else 'ticked already'}, so nothing has changed."


def _titles(plan: Roadmap, items: Sequence[str]) -> str:
    shown = [
        f"**{quote(short(plan.items[one].title, 60))}**" for one in items[:4] if one in plan.items
    ]
    return names([*shown, *([f"{len(items) - 4} more"] if len(items) > 4 else [])])


def _after(cohort: Cohort, week: Dated) -> Block:
    pairs = (
        ("Check in", phrase("checkin", week=week.id, cohort=cohort.ref)),
        ("My progress", phrase("progress", cohort=cohort.ref)),
    )
    return buttons(*pairs)


def _dated(cohort: Cohort, member: Member, week: str) -> Dated:
    if (dated := member.calendar(cohort).week(week)) is None:
        raise Refused(f"{cohort.name} has no such week: say `week` for the current one.", "week")
    return dated
