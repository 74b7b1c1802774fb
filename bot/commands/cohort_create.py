"""`cohort create`: a draft cohort on a roadmap, fitted to the weeks and hours there are and living in the channel where it was
made; and what its weeks and its calendar will be."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import FIELD_HELP, Buttons, Message, build_phrase, escape_text, text_message
from bot.chat.text import shorten
from bot.command import Call, DefaultText, FieldLabel, NumberRange, Zone, command
from bot.command.call import DEFAULT_ROADMAP
from bot.command.suggestions import suggest_roadmaps, suggest_seasons, suggest_zones
from bot.command.values import MOST_SEATS, WEEKDAYS, Weekday, parse_cohort_name, parse_season
from bot.group.calendar import DAY, move_to_weekday
from bot.group.cohort import Cohort
from bot.group.fit import (
    LEAST_HOURS,
    MOST_HOURS,
    MOST_WEEKS,
    FitResult,
    choose_default_week_count,
    fit_roadmap,
)
from bot.roadmap import Roadmap
from bot.store.cohorts import CohortDraft
from bot.views.dates import format_day
from bot.views.notices import build_next_step_buttons, describe_fit_result, describe_setup_problems

POSTING_AT = time(9, 0)


def _describe_default_zone(call: Call) -> str:
    """The time zone of a cohort for which none is named, and where it is known from."""
    if call.person.zone is None:
        return "UTC, because I do not know yours"
    is_from_profile = call.person.zone == call.caller.zone
    source = (
        f"your {call.place.platform.capitalize()} profile" if is_from_profile else "your settings"
    )
    return f"{call.person.zone}, from {source}"


def _describe_default_roadmap(call: Call) -> str:
    """The roadmap of a cohort for which none is named."""
    usual = call.roadmaps.get(DEFAULT_ROADMAP)
    return shorten(usual.title, FIELD_HELP) if usual else ""


USUAL_ROADMAP, USUAL_ZONE = (
    DefaultText(_describe_default_roadmap),
    DefaultText(_describe_default_zone),
)
USUAL_WEEKS = DefaultText(lambda call: "As many as the plan has")
USUAL_TIME = DefaultText(lambda call: f"{POSTING_AT:%H:%M}")
USUAL_WEEKDAY = DefaultText(lambda call: "The weekday of the start")
USUAL_SEATS = DefaultText(lambda call: "No limit")


@command(moderators=True, announcing=True, order=10, action="Create a cohort")
async def cohort_create(
    call: Call,
    name: Annotated[str, "A short name, like spring"],
    start: Annotated[date, "Day one, like 2026-03-02 or monday"],
    roadmap: Annotated[
        str | None, "Which roadmap; without one, the twelve weeks", suggest_roadmaps, USUAL_ROADMAP
    ] = None,
    zone: Annotated[
        Zone | None,
        "Time zone, like Europe/Berlin",
        suggest_zones,
        FieldLabel("Time zone"),
        USUAL_ZONE,
    ] = None,
    weeks: Annotated[
        int | None, "In how many weeks", NumberRange(1, MOST_WEEKS), USUAL_WEEKS
    ] = None,
    hours: Annotated[
        float | None, "How many hours a week there are", NumberRange(LEAST_HOURS, MOST_HOURS)
    ] = None,
    season: Annotated[str | None, "Of a long plan: 1, 2, …, or all", suggest_seasons] = None,
    at: Annotated[
        time | None, "When posts come, like 09:00", FieldLabel("Posting time"), USUAL_TIME
    ] = None,
    weekday: Annotated[Weekday | None, "Posting weekday, if not the start's", USUAL_WEEKDAY] = None,
    seats: Annotated[
        int | None, "How many may join", NumberRange(1, MOST_SEATS), USUAL_SEATS
    ] = None,
) -> Message:
    """Make a cohort in this channel; nobody is told until you open it."""
    shelved = await call.find_available_roadmap(roadmap)
    plan = shelved.roadmap
    chosen = parse_cohort_name(name)
    if call.place.is_private:
        raise Refused(
            "A cohort lives in a channel: say `cohort create` in the channel where its posts should appear."
        )
    made_to_measure = fit_roadmap(
        plan,
        choose_default_week_count(plan) if weeks is None else weeks,
        hours,
        parse_season(season),
    )
    where = zone or call.person.zone or "UTC"
    start = call.parse_local_date("start", where) or start
    space_id = await call.tx.people.ensure_space_id(call.place)
    if await call.tx.cohorts.find_cohort_by_name(space_id, chosen):
        raise Refused(
            f"There is a cohort called {chosen} here already: choose another name.", "name"
        )
    first = move_to_weekday(start, WEEKDAYS.index(weekday) if weekday else None)
    draft = CohortDraft(
        name=chosen,
        space_id=space_id,
        plan_id=await call.tx.cohorts.save_roadmap(plan, call.now),
        roadmap=shelved.key,
        syllabus=made_to_measure.syllabus,
        start=first,
        zone=where,
        at=at or POSTING_AT,
        seats=seats,
    )
    made = await call.tx.cohorts.insert_cohort(draft, call.place, call.person, call.now)
    return _build_cohort_draft_message(made, plan, made_to_measure, start, call)


def _build_cohort_draft_message(
    cohort: Cohort, plan: Roadmap, made: FitResult, asked: date, call: Call
) -> Message:
    count = len(cohort.syllabus.weeks)
    weeks = "one week" if count == 1 else f"{count} weeks"
    lines = [
        f"**{escape_text(cohort.name)}** is a draft on **{escape_text(plan.title)}**: {weeks} in this channel.",
        f"Week 1 starts on {format_day(cohort.start)}, posts come at {cohort.at:%H:%M} {cohort.zone} time, "
        f"and it ends on {format_day(cohort.calendar.finish or cohort.start)}.",
    ]
    lines += describe_fit_result(made)
    if cohort.start != asked:
        lines.append(
            f"You asked for {format_day(asked)}; the posting weekday moved it to {format_day(cohort.start)}."
        )
    lines += _describe_past_start(cohort, call)
    if cohort.zone == "UTC" and not call.option_texts.get("zone"):
        lines.append("No zone was named, so it keeps UTC: `cohort reschedule zone=` changes that.")
    lines += describe_setup_problems(call.setup_problems)
    lines.append("Nobody has been told. Look at the timeline, then open it for people to join.")
    steps = (
        ("The weeks", "roadmap show"),
        ("Fit it anew", "cohort fit"),
        ("Change the dates", "cohort reschedule"),
    )
    pairs = ((label, build_phrase(says, cohort=cohort.ref)) for label, says in steps)
    opening = ("Open it", build_phrase("cohort open", cohort=cohort.ref))
    return text_message(
        "\n".join(lines),
        *_build_late_start_buttons(cohort, call),
        build_next_step_buttons(cohort, *pairs, acts=[opening]),
    )


def _describe_past_start(cohort: Cohort, call: Call) -> list[str]:
    """What to know of a plan whose start is past."""
    if (finishes := cohort.finishes_at) is not None and finishes <= call.now:
        return ["All of it lies in the past: give it another start before you open it."]
    current = cohort.week_at(call.now)
    if current is None:
        return []
    if cohort.start == cohort.get_cohort_date(call.now):
        return [
            f"Today's posting time, {cohort.at:%H:%M}, is past: the first post can come now, or tomorrow."
        ]
    return [
        f"That day is past, and this is week {current.number}: when you open it, I ask how to begin."
    ]


def _build_late_start_buttons(cohort: Cohort, call: Call) -> tuple[Buttons, ...]:
    """How to begin, where the posting time of day one is past."""
    today = cohort.get_cohort_date(call.now)
    if cohort.start != today or cohort.week_at(call.now) is None:
        return ()
    now = ("First post now", build_phrase("cohort start", cohort=cohort.ref))
    tomorrow = ("Tomorrow", build_phrase("cohort reschedule", cohort=cohort.ref, start=today + DAY))
    return (button_row(now, tomorrow, has_main=False),)
