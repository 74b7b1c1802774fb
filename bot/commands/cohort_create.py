"""`cohort create`: make a draft cohort in this channel, on a plan fitted to its weeks and hours."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import FIELD_HELP, Buttons, Message, build_phrase, escape_text, text_message
from bot.chat.text import shorten
from bot.command import Call, DefaultText, FieldLabel, LoggedText, NumberRange, Zone, command
from bot.command.call import DEFAULT_ROADMAP
from bot.command.cohort_checks import require_channel
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
from bot.store.cohorts import CohortDraft
from bot.store.roadmaps import AvailableRoadmap
from bot.views.cohort_texts import (
    describe_plan_dates,
    format_cohort_name,
    format_posting_time,
    format_week_count,
)
from bot.views.dates import format_day
from bot.views.notices import build_next_step_buttons, describe_fit_result, describe_setup_problems

POSTING_AT = time(9, 0)


def _describe_default_zone(call: Call) -> str:
    """Return the zone of a cohort without one of its own, and its source."""
    if call.person.zone is None:
        return "UTC, because I do not know yours"
    if call.person.zone == call.caller.zone:
        return f"{call.person.zone}, from your {call.place.platform.capitalize()} profile"
    return f"{call.person.zone}, from your settings"


def _describe_default_roadmap(call: Call) -> str:
    if DEFAULT_ROADMAP not in call.roadmaps:
        return ""
    return shorten(call.roadmaps.get_card(DEFAULT_ROADMAP).title, FIELD_HELP)


USUAL_ROADMAP = DefaultText(_describe_default_roadmap)
USUAL_ZONE = DefaultText(_describe_default_zone)
USUAL_WEEKS = DefaultText(lambda call: "As many as the plan has")
USUAL_TIME = DefaultText(lambda call: f"{POSTING_AT:%H:%M}")
USUAL_WEEKDAY = DefaultText(lambda call: "The weekday of the start")
USUAL_SEATS = DefaultText(lambda call: "No limit")


# Named here, so that the command below shows its steps and not only its options.
RoadmapOption = Annotated[
    str | None,
    "Which plan; usually the twelve weeks",
    suggest_roadmaps,
    USUAL_ROADMAP,
    LoggedText(),
]
ZoneOption = Annotated[
    Zone | None,
    "Time zone, like Europe/Berlin",
    suggest_zones,
    FieldLabel("Time zone"),
    USUAL_ZONE,
]
WeeksOption = Annotated[int | None, "How many weeks", NumberRange(1, MOST_WEEKS), USUAL_WEEKS]
HoursOption = Annotated[
    float | None, "How many hours a week people have", NumberRange(LEAST_HOURS, MOST_HOURS)
]
SeasonOption = Annotated[
    str | None, "Which part of a long plan, or all", suggest_seasons, LoggedText()
]
TimeOption = Annotated[
    time | None, "Time of the posts, like 09:00", FieldLabel("Posting time"), USUAL_TIME
]
WeekdayOption = Annotated[Weekday | None, "Weekday of the posts, if not the start's", USUAL_WEEKDAY]
SeatsOption = Annotated[int | None, "How many can join", NumberRange(1, MOST_SEATS), USUAL_SEATS]


@command(moderators=True, announcing=True, order=10, action="Create a cohort")
async def cohort_create(
    call: Call,
    name: Annotated[str, "A short name, like spring", LoggedText()],
    start: Annotated[date, "The first day, like 2026-03-02 or monday"],
    roadmap: RoadmapOption = None,
    zone: ZoneOption = None,
    weeks: WeeksOption = None,
    hours: HoursOption = None,
    season: SeasonOption = None,
    at: TimeOption = None,
    weekday: WeekdayOption = None,
    seats: SeatsOption = None,
) -> Message:
    """Make a cohort in this channel; nobody is told until you open it."""
    available = await call.find_available_roadmap(roadmap)
    chosen_name = parse_cohort_name(name)
    require_channel(call, "cohort create")
    fitted = _fit_for_new_cohort(available, weeks, hours, season)
    zone_name = zone or call.person.zone or "UTC"
    # `today` and `monday` depend on the zone, so the date is read again where the cohort is.
    start = call.parse_local_date("start", zone_name) or start
    draft = CohortDraft(
        name=chosen_name,
        space_id=await _reserve_name(call, chosen_name),
        plan_id=await call.tx.cohorts.save_roadmap(available.roadmap, call.now),
        roadmap=available.key,
        syllabus=fitted.syllabus,
        start=move_to_weekday(start, WEEKDAYS.index(weekday) if weekday else None),
        zone=zone_name,
        at=at or POSTING_AT,
        seats=seats,
    )
    made = await call.tx.cohorts.insert_cohort(draft, call.place, call.person, call.now)
    await call.tx.moderation.save_first_moderator(made, call.person.account_id)
    call.tx.acts.note_cohort(made.id)
    return _build_draft_answer(call, made, available.roadmap.title, fitted, start)


def _fit_for_new_cohort(
    available: AvailableRoadmap, weeks: int | None, hours: float | None, season: str | None
) -> FitResult:
    plan = available.roadmap
    if weeks is None:
        weeks = choose_default_week_count(plan)
    return fit_roadmap(plan, weeks, hours, parse_season(season))


async def _reserve_name(call: Call, name: str) -> int:
    """Return the id of this space. Raises `Refused` if the name is taken in it."""
    space_id = await call.tx.people.ensure_space_id(call.place)
    if await call.tx.cohorts.find_cohort_by_name(space_id, name):
        raise Refused(f"There is a cohort called {name} here already: choose another name.", "name")
    return space_id


# — the answer —


def _build_draft_answer(
    call: Call, cohort: Cohort, plan_title: str, fitted: FitResult, asked_start: date
) -> Message:
    weeks = format_week_count(cohort)
    lines = [
        f"{format_cohort_name(cohort)} is a draft in this channel.",
        f"Plan: **{escape_text(plan_title)}**, {weeks}.",
        f"{describe_plan_dates(cohort)} Posts come at {format_posting_time(cohort)}.",
        *describe_fit_result(fitted),
        *_describe_moved_start(cohort, asked_start),
        *_describe_past_start(call, cohort),
        *_describe_unknown_zone(call, cohort),
        *describe_setup_problems(call.setup_problems),
        "Nobody has been told yet. Check the timeline, then open it for people to join.",
    ]
    opening = ("Open it", build_phrase("cohort open", cohort=cohort.ref))
    return text_message(
        "\n".join(lines),
        *_build_late_start_buttons(call, cohort),
        build_next_step_buttons(cohort, *_list_draft_steps(cohort), acts=[opening]),
    )


def _list_draft_steps(cohort: Cohort) -> list[tuple[str, str]]:
    return [
        ("The weeks", build_phrase("roadmap show", cohort=cohort.ref)),
        ("Change length", build_phrase("cohort fit", cohort=cohort.ref)),
        ("Change the dates", build_phrase("cohort reschedule", cohort=cohort.ref)),
    ]


def _describe_moved_start(cohort: Cohort, asked_start: date) -> list[str]:
    if cohort.start == asked_start:
        return []
    asked, moved = format_day(asked_start), format_day(cohort.start)
    return [f"You asked for {asked}. To fit the weekday, it starts on {moved}."]


def _describe_past_start(call: Call, cohort: Cohort) -> list[str]:
    finishes = cohort.finishes_at
    if finishes is not None and finishes <= call.now:
        return ["All these dates are past: choose another start before you open it."]
    current = cohort.week_at(call.now)
    if current is None:
        return []
    if cohort.start == cohort.get_cohort_date(call.now):
        return [f"It is later than {cohort.at:%H:%M} today: post the first week now or tomorrow?"]
    return [
        f"The start is past and this is week {current.number}: "
        "when you open it, I ask where to begin."
    ]


def _describe_unknown_zone(call: Call, cohort: Cohort) -> list[str]:
    if cohort.zone != "UTC" or call.option_texts.get("zone"):
        return []
    return ["I do not know your time zone, so I use UTC: change it with `cohort reschedule`."]


def _build_late_start_buttons(call: Call, cohort: Cohort) -> list[Buttons]:
    """Return buttons for the first post where today's posting time is past, else nothing."""
    today = cohort.get_cohort_date(call.now)
    if cohort.start != today or cohort.week_at(call.now) is None:
        return []
    tomorrow = build_phrase("cohort reschedule", cohort=cohort.ref, start=today + DAY)
    now = build_phrase("cohort start", cohort=cohort.ref)
    return [button_row(("First post now", now), ("Tomorrow", tomorrow), has_main=False)]
