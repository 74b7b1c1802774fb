"""`cohort create`: a draft cohort on a roadmap, fitted to the weeks and hours there are and living in the channel where it was
made; and what its weeks and its calendar will be."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from bot.calendar import on_weekday
from bot.cohort import Cohort
from bot.command import Call, Default, Label, Range, Zone, command
from bot.command.call import DEFAULT_ROADMAP
from bot.command.phrase import MOST_SEATS, WEEKDAYS, Weekday, read_name, read_season
from bot.command.suggest import roadmaps, seasons, time_zones
from bot.fit import LEAST_HOURS, MOST_HOURS, MOST_WEEKS, Fitted, fit, usual_weeks
from bot.message import FIELD_HELP, Message, phrase, quote, say
from bot.outlook import fitted, missing, onward
from bot.pages import day, short
from bot.people import Refused
from bot.roadmap import Roadmap
from bot.store.cohorts import Draft

POSTING_AT = time(9, 0)


def _usual_zone(call: Call) -> str:
    """The time zone of a cohort for which none is named, and where it is known from."""
    if call.person.zone is None:
        return "UTC, because I do not know yours"
    is_from_profile = call.person.zone == call.caller.zone
    source = f"your {call.place.platform.capitalize()} profile" if is_from_profile else "your settings"
    return f"{call.person.zone}, from {source}"


def _usual_roadmap(call: Call) -> str:
    """The roadmap of a cohort for which none is named."""
    usual = call.roadmaps.get(DEFAULT_ROADMAP)
    return short(usual.title, FIELD_HELP) if usual else ""


@command(moderators=True, announcing=True, title="Create a cohort")
async def cohort_create(
    call: Call,
    name: Annotated[str, "A short name, like spring"],
    start: Annotated[date, "Day one, like 2026-03-02 or monday"],
    roadmap: Annotated[
        str | None, "Which roadmap; without one, the twelve weeks", roadmaps, Default(_usual_roadmap)
    ] = None,
    zone: Annotated[
        Zone | None, "Time zone, like Europe/Berlin", time_zones, Label("Time zone"), Default(_usual_zone)
    ] = None,
    weeks: Annotated[
        int | None, "In how many weeks", Range(1, MOST_WEEKS), Default(lambda call: "As many as the plan has")
    ] = None,
    hours: Annotated[float | None, "How many hours a week there are", Range(LEAST_HOURS, MOST_HOURS)] = None,
    season: Annotated[str | None, "Of a long plan: 1, 2, …, or all", seasons] = None,
    at: Annotated[
        time | None, "When posts come, like 09:00", Label("Posting time"), Default(lambda call: "09:00")
    ] = None,
    weekday: Annotated[
        Weekday | None, "Posting weekday, if not the start's", Default(lambda call: "The weekday of the start")
    ] = None,
    seats: Annotated[int | None, "How many may join", Range(1, MOST_SEATS), Default(lambda call: "No limit")] = None,
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
        seats=seats,
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
