"""`roadmap show`: the whole plan at a glance, or one of its weeks with everything that is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from bot.cohort import Cohort, Member
from bot.command import Call, Hidden, command
from bot.command.suggest import all_weeks, my_cohorts
from bot.message import Message, page_of_lines, phrase, quote, say
from bot.pages import LISTED, buttons, day, listed, short
from bot.people import Refused
from bot.roadmap import Roadmap

WEEKS = 16
SUMMARY = 500  # characters


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
    shown = page_of_lines(list(_lines(cohort, member)), number, WEEKS)
    head = [quote(short(plan.summary, SUMMARY))] if shown.number == 1 else []
    pairs = [("Resources", phrase("resources", cohort=cohort.ref))] if plan.resources else []
    # Whoever is not in the cohort looks before they leap: the first thing for them to do is another.
    first = (
        ("This week's list", phrase("week", cohort=cohort.ref))
        if member
        else ("Join", phrase("join", cohort=cohort.ref))
    )
    turns = shown.turns(phrase("roadmap show", cohort=cohort.ref))
    return say(*head, "\n".join(shown.entries), *turns, buttons(first, *pairs), title=short(plan.title, 150))


def _lines(cohort: Cohort, member: Member | None) -> Iterator[str]:
    """A line for each week, the first of a stage under the stage's title."""
    dates = {week.id: week.first for week in (member.calendar(cohort) if member else cohort.calendar).weeks}
    stage = ""
    for number, week in enumerate(cohort.syllabus.weeks, 1):
        above = f"**{quote(week.stage)}**\n" if week.stage not in {stage, ""} else ""
        stage = week.stage
        when = f" · from {day(dates[week.id])}" if week.id in dates else ""
        count = "1 item" if len(week.items) == 1 else f"{len(week.items)} items"
        yield f"{above}{number}. {quote(week.title)} · {count}{when}"


def _week(cohort: Cohort, plan: Roadmap, number: int, page: int) -> Message:
    total = len(cohort.syllabus.weeks)
    if not 1 <= number <= total:
        raise Refused(f"{cohort.name} has weeks 1 to {total}: name one of them.", "week")
    week = cohort.syllabus.weeks[number - 1]
    shown = page_of_lines(listed(plan, week.items), page, LISTED)
    body = "\n".join(shown.entries) or "No items: a week to catch your breath."
    summary = plan.week(week.id).summary if week.id in {one.id for one in plan.weeks} else None
    told = [f"_{quote(week.stage)}_"] if week.stage else []
    told += [quote(short(summary, SUMMARY))] if summary and shown.number == 1 else []
    turns = shown.turns(phrase("roadmap show", week=number, cohort=cohort.ref))
    back = buttons(("The whole plan", phrase("roadmap show", cohort=cohort.ref)))
    return say(
        *(["\n".join(told)] if told else []), body, *turns, back, title=short(f"Week {number}: {week.title}", 150)
    )
