"""`cohort create`: a draft cohort on a roadmap, fitted to the weeks and hours there are and living in the channel where it was
made; and what its weeks and its calendar will be."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from bot.calendar import on_weekday
from bot.cohort import Cohort
from bot.command import Call, Zone, command
from bot.command.phrase import WEEKDAYS, Weekday, read_name, read_season, read_seats
from bot.command.suggest import roadmaps, seasons, time_zones
from bot.fit import Fitted, fit, usual_weeks
from bot.message import Message, phrase, quote, say
from bot.outlook import fitted, missing, onward
from bot.pages import day
from bot.people import Refused
from bot.roadmap import Roadmap
from bot.store.cohorts import Draft

POSTING_AT = time(9, 0)


@command(moderators=True, announcing=True, order=10, action="Create a cohort")
async def cohort_create(
    call: Call,
    name: Annotated[str, "A short name, like spring"],
    start: Annotated[date, "Day one, like 2026-03-02 or monday"],
    roadmap: Annotated[str | None, "Which roadmap; without one, the twelve weeks", roadmaps] = None,
    zone: Annotated[Zone | None, "Time zone, like Europe/Berlin", time_zones] = None,
    weeks: Annotated[int | None, "In how many weeks"] = None,
    hours: Annotated[float | None, "How many hours a week there are"] = None,
    season: Annotated[str | None, "Of a long plan: 1, 2, …, or all", seasons] = None,
    at: Annotated[time | None, "When posts come, like 09:00"] = None,
    weekday: Annotated[Weekday | None, "Posting weekday, if not the start's"] = None,
    seats: Annotated[int | None, "How many may join"] = None,
) -> Message:
    """Make a cohort in this channel; nobody is told until you open it."""
    shelved = await call.roadmap(roadmap)
    plan = shelved.plan
    chosen = read_name(name)
    if call.place.private:
        raise Refused("A cohort lives in a channel: say `cohort create` in the channel where its posts should appear.")
    made_to_measure = fit(plan, usual_weeks(plan) if weeks is None else weeks, hours, read_season(season))
    space_id = await call.tx.people.settle(call.place)
    if await call.tx.cohorts.by_name(space_id, chosen):
        raise Refused(f"There is a cohort called {chosen} here already: choose another name.", "name")
    first = on_weekday(start, WEEKDAYS.index(weekday) if weekday else None)
    draft = Draft(
        name=chosen,
        space_id=space_id,
        plan_id=await call.tx.cohorts.keep_plan(plan, call.now),
        roadmap=shelved.key,
        syllabus=made_to_measure.syllabus,
        start=first,
        zone=zone or call.person.zone or "UTC",
        at=at or POSTING_AT,
        seats=None if seats is None else read_seats(seats),
    )
    made = await call.tx.cohorts.add(draft, call.place, call.person, call.now)
    return _preview(made, plan, made_to_measure, start, call)


def _preview(cohort: Cohort, plan: Roadmap, made: Fitted, asked: date, call: Call) -> Message:
    count = len(cohort.syllabus.weeks)
    weeks = "one week" if count == 1 else f"{count} weeks"
    lines = [
        f"**{quote(cohort.name)}** is a draft on **{quote(plan.title)}**: {weeks} in this channel.",
        f"Week 1 starts on {day(cohort.start)}, posts come at {cohort.at:%H:%M} {cohort.zone} time, "
        f"and it ends on {day(cohort.calendar.finish or cohort.start)}.",
    ]
    lines += fitted(made)
    if cohort.start != asked:
        lines.append(f"You asked for {day(asked)}; the posting weekday moved it to {day(cohort.start)}.")
    if (finishes := cohort.finishes_at) is not None and finishes <= call.now:
        lines.append("All of it lies in the past: give it another start before you open it.")
    elif (current := cohort.week_at(call.now)) is not None:
        lines.append(
            f"That day is past: it would begin in week {current.number}, and earlier weeks are there to catch up on."
        )
    if cohort.zone == "UTC":
        lines.append("No zone was named, so it keeps UTC: `cohort reschedule zone=` changes that.")
    lines += missing(call.lacking)
    lines.append("Nobody has been told. Look at the timeline, then open it for people to join.")
    steps = (("Open it", "cohort open"), ("The weeks", "roadmap show"), ("Fit it anew", "cohort fit"))
    dates = ("Change the dates", phrase("cohort reschedule", cohort=cohort.ref))
    return say(
        "\n".join(lines), onward(cohort, *((label, phrase(says, cohort=cohort.ref)) for label, says in steps), dates)
    )
