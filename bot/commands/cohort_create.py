"""`cohort create`: a draft cohort on a roadmap, fitted to the weeks and hours there are and living in the channel where it was
made; and what its weeks and its calendar will be."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import FIELD_HELP, Buttons, Message, phrase, quote, say
from bot.chat.text import short
from bot.command import Call, Default, Label, Range, Zone, command
from bot.command.call import DEFAULT_ROADMAP
from bot.command.grammar import MOST_SEATS, WEEKDAYS, Weekday, read_name, read_season
from bot.command.suggestions import roadmaps, seasons, time_zones
from bot.group.calendar import DAY, on_weekday
from bot.group.cohort import Cohort
from bot.group.fit import LEAST_HOURS, MOST_HOURS, MOST_WEEKS, Fitted, fit, usual_weeks
from bot.roadmap import Roadmap
from bot.store.cohorts import Draft
from bot.views.dates import day
from bot.views.notices import fitted, missing, onward

POSTING_AT = time(9, 0)


def _usual_zone(call: Call) -> str:
    """The time zone of a cohort for which none is named, and where it is known from."""
    if call.person.zone is None:
        return "UTC, because I do not know yours"
    is_from_profile = call.person.zone == call.caller.zone
    source = (
        f"your {call.place.platform.capitalize()} profile" if is_from_profile else "your settings"
    )
    return f"{call.person.zone}, from {source}"


def _usual_roadmap(call: Call) -> str:
    """The roadmap of a cohort for which none is named."""
    usual = call.roadmaps.get(DEFAULT_ROADMAP)
    return short(usual.title, FIELD_HELP) if usual else ""


USUAL_ROADMAP, USUAL_ZONE = Default(_usual_roadmap), Default(_usual_zone)
USUAL_WEEKS = Default(lambda call: "As many as the plan has")
USUAL_TIME = Default(lambda call: f"{POSTING_AT:%H:%M}")
USUAL_WEEKDAY = Default(lambda call: "The weekday of the start")
USUAL_SEATS = Default(lambda call: "No limit")


@command(moderators=True, announcing=True, order=10, action="Create a cohort")
async def cohort_create(
    call: Call,
    name: Annotated[str, "A short name, like spring"],
    start: Annotated[date, "Day one, like 2026-03-02 or monday"],
    roadmap: Annotated[
        str | None, "Which roadmap; without one, the twelve weeks", roadmaps, USUAL_ROADMAP
    ] = None,
    zone: Annotated[
        Zone | None, "Time zone, like Europe/Berlin", time_zones, Label("Time zone"), USUAL_ZONE
    ] = None,
    weeks: Annotated[int | None, "In how many weeks", Range(1, MOST_WEEKS), USUAL_WEEKS] = None,
    hours: Annotated[
        float | None, "How many hours a week there are", Range(LEAST_HOURS, MOST_HOURS)
    ] = None,
    season: Annotated[str | None, "Of a long plan: 1, 2, …, or all", seasons] = None,
    at: Annotated[
        time | None, "When posts come, like 09:00", Label("Posting time"), USUAL_TIME
    ] = None,
    weekday: Annotated[Weekday | None, "Posting weekday, if not the start's", USUAL_WEEKDAY] = None,
    seats: Annotated[int | None, "How many may join", Range(1, MOST_SEATS), USUAL_SEATS] = None,
) -> Message:
    """Make a cohort in this channel; nobody is told until you open it."""
    shelved = await call.roadmap(roadmap)
    plan = shelved.plan
    chosen = read_name(name)
    if call.place.private:
        raise Refused(
            "A cohort lives in a channel: say `cohort create` in the channel where its posts should appear."
        )
    made_to_measure = fit(
        plan, usual_weeks(plan) if weeks is None else weeks, hours, read_season(season)
    )
    where = zone or call.person.zone or "UTC"
    start = call.local_date("start", where) or start
    space_id = await call.tx.people.settle(call.place)
    if await call.tx.cohorts.by_name(space_id, chosen):
        raise Refused(
            f"There is a cohort called {chosen} here already: choose another name.", "name"
        )
    first = on_weekday(start, WEEKDAYS.index(weekday) if weekday else None)
    draft = Draft(
        name=chosen,
        space_id=space_id,
        plan_id=await call.tx.cohorts.keep_plan(plan, call.now),
        roadmap=shelved.key,
        syllabus=made_to_measure.syllabus,
        start=first,
        zone=where,
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
        lines.append(
            f"You asked for {day(asked)}; the posting weekday moved it to {day(cohort.start)}."
        )
    lines += _late(cohort, call)
    if cohort.zone == "UTC" and not call.given.get("zone"):
        lines.append("No zone was named, so it keeps UTC: `cohort reschedule zone=` changes that.")
    lines += missing(call.lacking)
    lines.append("Nobody has been told. Look at the timeline, then open it for people to join.")
    steps = (
        ("The weeks", "roadmap show"),
        ("Fit it anew", "cohort fit"),
        ("Change the dates", "cohort reschedule"),
    )
    pairs = ((label, phrase(says, cohort=cohort.ref)) for label, says in steps)
    opening = ("Open it", phrase("cohort open", cohort=cohort.ref))
    return say("\n".join(lines), *_ways(cohort, call), onward(cohort, *pairs, acts=[opening]))


def _late(cohort: Cohort, call: Call) -> list[str]:
    """What to know of a plan whose start is past."""
    if (finishes := cohort.finishes_at) is not None and finishes <= call.now:
        return ["All of it lies in the past: give it another start before you open it."]
    current = cohort.week_at(call.now)
    if current is None:
        return []
    if cohort.start == cohort.today(call.now):
        return [
            f"Today's posting time, {cohort.at:%H:%M}, is past: the first post can come now, or tomorrow."
        ]
    return [
        f"That day is past, and this is week {current.number}: when you open it, I ask how to begin."
    ]


def _ways(cohort: Cohort, call: Call) -> tuple[Buttons, ...]:
    """How to begin, where the posting time of day one is past."""
    today = cohort.today(call.now)
    if cohort.start != today or cohort.week_at(call.now) is None:
        return ()
    now = ("First post now", phrase("cohort start", cohort=cohort.ref))
    tomorrow = ("Tomorrow", phrase("cohort reschedule", cohort=cohort.ref, start=today + DAY))
    return (buttons(now, tomorrow, has_main=False),)
