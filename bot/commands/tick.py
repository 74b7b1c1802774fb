"""`tick`: items marked done, or taken back; the same whether typed, pressed in a home or saved from a private list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.calendar import Dated
from bot.cohort import Cohort, Member
from bot.command import Call, Hidden, command
from bot.command.items import items_meant
from bot.command.suggest import my_cohorts, open_items
from bot.message import Block, Message, phrase, quote, say
from bot.message import page as paged
from bot.pages import LISTED, buttons, names, own_list, short
from bot.people import Refused
from bot.roadmap import Roadmap


@command
async def tick(
    call: Call,
    item: Annotated[tuple[str, ...], "What you have done", open_items] = (),
    undo: Annotated[bool, "Take the tick back"] = False,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
    week: Annotated[str | None, Hidden()] = None,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """Mark items as done."""
    found, member = await call.membership(cohort)
    plan = await call.tx.cohorts.plan(found.plan_id)
    before = await call.tx.progress.ticked(call.person, found.roadmap)
    titles = {one: plan.items[one].title for one in found.syllabus.items}
    meant = items_meant(item, titles, found.name, "item")
    listed = None if week is None else _dated(found, member, week)
    if listed is not None and call.submitted:
        return await _save(call, found, member, plan, listed, page or 1, meant, before)
    if not meant:
        return _ask(call, found, listed or member.week(found, call.now), plan, before)
    change = (
        call.tx.progress.untick(call.person, found.roadmap, meant)
        if undo
        else call.tx.progress.tick(call.person, found.roadmap, meant, call.now)
    )
    done = await change
    news = _news(plan, before, done) or _unchanged(plan, meant, undo)
    pressed = _shown_with(found, member, meant[0]) if call.submitted else None
    return _listed(found, plan, *pressed, done, news) if pressed else _told(found, plan, done, news)


async def _save(
    call: Call,
    cohort: Cohort,
    member: Member,
    plan: Roadmap,
    week: Dated,
    number: int,
    meant: Sequence[str],
    before: frozenset[str],
) -> Message:
    """A private list was saved: what it showed is set as it is now, what it did not show stays."""
    shown = set(paged(week.week.items, number, LISTED).entries)
    done = await call.tx.progress.tick(call.person, cohort.roadmap, shown & set(meant), call.now)
    if gone := (shown & before) - set(meant):
        done = await call.tx.progress.untick(call.person, cohort.roadmap, gone)
    return _listed(cohort, plan, week, number, done, _news(plan, before, done) or "Nothing has changed.")


def _listed(cohort: Cohort, plan: Roadmap, week: Dated, number: int, done: frozenset[str], news: str) -> Message:
    """The news, and under it the member's own list of that week."""
    count = sum(one in done for one in week.week.items)
    head = f"{news}\n{count} of {len(week.week.items)} of this week done."
    return say(head, *own_list(plan, cohort, week, done, number), _after(cohort, week), title=short(week.label, 150))


def _shown_with(cohort: Cohort, member: Member, item: str) -> tuple[Dated, int] | None:
    """The week an item belongs to, and the page of the member's own list that shows it."""
    week = next((one for one in member.calendar(cohort).weeks if item in one.week.items), None)
    if week is None:
        return None
    pages = range(1, -(-len(week.week.items) // LISTED) + 1)
    return week, next(number for number in pages if item in paged(week.week.items, number, LISTED).entries)


def _told(cohort: Cohort, plan: Roadmap, done: frozenset[str], news: str) -> Message:
    total = len(cohort.syllabus.items)
    count = sum(one in done for one in cohort.syllabus.items)
    more = buttons(
        ("My list", phrase("week", cohort=cohort.ref)), ("My progress", phrase("progress", cohort=cohort.ref))
    )
    return say(f"{news}\n{count} of {total} items of the plan done.", more)


def _ask(call: Call, cohort: Cohort, week: Dated | None, plan: Roadmap, done: frozenset[str]) -> Message:
    if call.submitted and week is None:
        raise Refused("Nothing was picked, so nothing has changed: tick at least one item.")
    if week is None:
        raise Refused(f"{cohort.name} has not begun: name an item if you are ahead of us, `roadmap` lists them.")
    head = (
        "Nothing was picked, so nothing has changed: take ticks back here." if call.submitted else "What have you done?"
    )
    return say(head, *own_list(plan, cohort, week, done), title=short(week.label, 150))


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
    shown = [f"**{quote(short(plan.items[one].title, 60))}**" for one in items[:4] if one in plan.items]
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
