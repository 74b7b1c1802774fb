"""`roadmap show`: the whole plan at a glance, or one of its weeks with everything that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.cohort import Cohort, Member
from bot.command import Call, Hidden, command
from bot.command.suggest import all_weeks, my_cohorts
from bot.message import Block, Message, Text, phrase, quote, say
from bot.message import page as paged
from bot.pages import LISTED, buttons, day, listed, short
from bot.people import Refused
from bot.roadmap import Roadmap

WEEKS = 16


@command(reads=True)
async def roadmap_show(
    call: Call,
    week: Annotated[int | None, "One week in full", all_weeks] = None,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """The whole plan, or one week of it in full."""
    found = await call.cohort(cohort)
    plan = await call.tx.cohorts.plan(found.plan_id)
    if week is not None:
        return _week(found, plan, week, page or 1)
    member = await call.tx.members.of(found, call.person) if call.person.id else None
    return _whole(found, plan, member, page or 1)


def _whole(cohort: Cohort, plan: Roadmap, member: Member | None, number: int) -> Message:
    shown = paged(cohort.syllabus.weeks, number, WEEKS)
    dates = {week.id: week.first for week in (member.calendar(cohort) if member else cohort.calendar).weeks}
    lines: list[str] = []
    stage = ""
    for week in shown.entries:
        if week.stage != stage:
            stage = week.stage
            lines.append(f"**{quote(stage)}**")
        when = f" · from {day(dates[week.id])}" if week.id in dates else ""
        lines.append(f"{cohort.syllabus.number(week.id)}. {quote(week.title)} · {len(week.items)} items{when}")
    head: list[Block | str] = [quote(short(plan.summary, 700))] if shown.number == 1 else []
    more = _ways(cohort, [("Resources", phrase("resources", cohort=cohort.ref))])
    turns = shown.turns(phrase("roadmap show", cohort=cohort.ref))
    return say(*head, "\n".join(lines), *turns, more, title=short(plan.title, 150))


def _ways(cohort: Cohort, more: Sequence[tuple[str, str]]) -> Block:
    return buttons(("This week's list", phrase("week", cohort=cohort.ref)), *more)


def _week(cohort: Cohort, plan: Roadmap, number: int, page: int) -> Message:
    total = len(cohort.syllabus.weeks)
    if not 1 <= number <= total:
        raise Refused(f"{cohort.name} has weeks 1 to {total}: name one of them.", "week")
    week = cohort.syllabus.weeks[number - 1]
    shown = paged(week.items, page, LISTED)
    body = "\n".join(listed(plan, shown.entries)) or "No items: a week to catch your breath."
    summary = plan.week(week.id).summary if week.id in {one.id for one in plan.weeks} else None
    head = f"_{quote(week.stage)}_" + (f"\n{quote(short(summary, 500))}" if summary else "")
    turns = shown.turns(phrase("roadmap show", week=number, cohort=cohort.ref))
    back = buttons(("The whole plan", phrase("roadmap show", cohort=cohort.ref)))
    return say(Text(head), body, *turns, back, title=short(f"Week {number}: {week.title}", 150))
