"""`cohort call`: set a weekly call of the group. Alone it shows the call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import (
    Answer,
    Field,
    Form,
    Message,
    build_phrase,
    escape_text,
    format_moment,
    text_message,
)
from bot.chat.message.limits import EVENT_TITLE, InvalidMessageError
from bot.chat.text import clean_text, has_visible_text
from bot.command import Act, Call, CohortRef, HiddenOption, NumberRange, Sure, command
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.confirm import is_plain_yes
from bot.command.suggestions import suggest_managed_cohorts
from bot.command.values import WEEKDAYS
from bot.group.calls import CallNotice, build_call_news, describe_call_change, find_coming_call
from bot.group.cohort import Cohort, WeeklyCall
from bot.group.zones import load_zone
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons, describe_setup_problems

MINUTES = 60  # unless somebody says otherwise
SHORTEST, LONGEST = 15, 480  # minutes
WHERE = EVENT_TITLE


@command(moderators=True, form=True, announcing=True, action="Set a weekly call")
async def cohort_call(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    day: Annotated[
        int | None, "Its day of the week: 1 is the posting day", NumberRange(1, 7)
    ] = None,
    at: Annotated[time | None, "Its start, like 19:00"] = None,
    minutes: Annotated[
        int | None, "Its length in minutes; usually 60", NumberRange(SHORTEST, LONGEST)
    ] = None,
    where: Annotated[str | None, "A link, or the name of a place"] = None,
    off: Annotated[bool, "No weekly call any more"] = False,
    ask: Annotated[bool, HiddenOption()] = False,
    sure: Sure = None,
) -> Answer:
    """Set a weekly call; the weekly topics announce it."""
    before = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    known_calls = await call.tx.events.list_named_calls(before, call.now)
    is_form_sent = ask and call.is_submitted
    if ask and not is_form_sent:
        # Somebody who knows of a call would read of any change.
        notice = _build_call_notice(call, known_calls, replace(before, call=None))
        return _build_call_form(before, notice)
    if not off and day is None and at is None and minutes is None and where is None:
        return _build_call_page(call, before)
    require_changeable_cohort(before)
    changed = None if off else _merge_call_options(before.call, day, at, minutes, where)
    after = replace(before, call=changed)
    notice = _build_call_notice(call, known_calls, after)
    # The form has told already that the change is posted: it is not asked about again.
    if notice is not None and not is_form_sent:
        question = _ask_about_call_change(after, notice, sure)
        if question is not None:
            return question
    saved = await call.tx.schedule.save_changed_cohort(before, after, call.now)
    head = "Saved, and I have told everybody. " if notice else "Saved. "
    return _build_call_page(call, saved, head, has_event=bool(known_calls) and changed is None)


def _build_call_notice(
    call: Call, known_calls: Sequence[CallNotice], after: Cohort
) -> Message | None:
    """Return the post about a change for homes with an announced call, or None."""
    changes: list[str] = []
    for known in known_calls:
        coming = find_coming_call(after, known.edition, known.week_id, call.now)
        change = describe_call_change(after, known, coming)
        # Several homes can know of the same call: one sentence is enough.
        if change and change not in changes:
            changes.append(change)
    return build_call_news(changes)


def _ask_about_call_change(after: Cohort, notice: Message, sure: str | None) -> Answer | None:
    """Return a preview, or the form where the place is too long for a button.

    None if the change is agreed to.
    """
    try:
        act = _build_call_act(after, notice)
        if act.is_agreed(sure):
            return None
        return act.build_preview(sure, build_next_step_buttons(after))
    except (Refused, InvalidMessageError):
        if is_plain_yes(sure):
            return None
        return _build_call_form(after, notice)


def _build_call_act(after: Cohort, notice: Message) -> Act:
    name = format_cohort_name(after)
    weekly = after.call
    if weekly is None:
        phrase = build_phrase("cohort call", cohort=after.ref, off="yes")
        head = f"Cancel the weekly call of {name}?"
        return Act(head, "Cancel the call", phrase, (notice,), is_final=True)
    phrase = build_phrase(
        "cohort call",
        cohort=after.ref,
        day=weekly.day + 1,
        at=f"{weekly.at:%H:%M}",
        minutes=weekly.minutes,
        where=weekly.where,
    )
    return Act(f"Change the weekly call of {name}?", "Change the call", phrase, (notice,))


def _merge_call_options(
    known: WeeklyCall | None,
    day: int | None,
    at: time | None,
    minutes: int | None,
    where: str | None,
) -> WeeklyCall:
    """Return the call with its changes. `day` counts from 1. Raises `Refused`."""
    weekly = known
    if weekly is None:
        weekly = _build_first_call(at, where)
    if day is not None:
        weekly = replace(weekly, day=day - 1)
    if at is not None:
        weekly = replace(weekly, at=at)
    if minutes is not None:
        weekly = replace(weekly, minutes=minutes)
    if where is not None:
        weekly = replace(weekly, where=clean_text(where, WHERE, "The place of a call"))
    if not has_visible_text(weekly.where):
        raise Refused("Name a place people can find: a link, or a name like library.", "where")
    return weekly


def _build_first_call(at: time | None, where: str | None) -> WeeklyCall:
    if at is None:
        raise Refused("Choose a time for the call, like 19:00.", "at")
    if where is None:
        raise Refused("Choose a place for the call: a link, or a name like library.", "where")
    return WeeklyCall(0, at, MINUTES, "")


# — showing —


def _build_call_page(
    call: Call, cohort: Cohort, head: str = "", *, has_event: bool = False
) -> Message:
    """Show the call. With `has_event` there may be an event of the platform to remove."""
    lacking = [problem for problem in call.setup_problems if problem.extra == "event"]
    problems = describe_setup_problems(lacking)
    change = build_phrase("cohort call", cohort=cohort.ref, ask="yes")
    if cohort.call is None:
        lines = [f"{head}{format_cohort_name(cohort)} has no weekly call."]
        lines += problems if has_event else ()
        buttons = build_next_step_buttons(cohort, ("Set a weekly call", change))
        return text_message("\n".join(lines), buttons)
    lines = [
        f"{head}{_describe_weekly_call(cohort, cohort.call)}",
        _describe_next_call(cohort, call.now),
        *problems,
    ]
    off = ("No more calls", build_phrase("cohort call", cohort=cohort.ref, off="yes"))
    buttons = build_next_step_buttons(cohort, ("Change it", change), off)
    return text_message("\n".join(lines), buttons)


def _describe_weekly_call(cohort: Cohort, weekly: WeeklyCall) -> str:
    place = escape_text(weekly.where)
    return f"{format_cohort_name(cohort)} has a call {_format_call_times(cohort, weekly)}: {place}."


def _format_call_times(cohort: Cohort, weekly: WeeklyCall) -> str:
    weekday = WEEKDAYS[(cohort.start.weekday() + weekly.day) % 7].capitalize()
    clock_time = f"{weekly.at:%H:%M} ({cohort.zone}) for {weekly.minutes} minutes"
    return f"every {weekday} (day {weekly.day + 1}) at {clock_time}"


def _describe_next_call(cohort: Cohort, now: datetime) -> str:
    for week in cohort.calendar.weeks:
        times = cohort.compute_call_times(week)
        # A week may have no call, as in a break.
        if times is not None and times[0] > now:
            moment = format_moment(times[0], load_zone(cohort.zone))
            return f"The next call is on {moment}. The weekly topics announce it."
    return "There are no more calls."


def _build_call_form(cohort: Cohort, notice: Message | None = None) -> Form:
    """Return the form with the present call. With a notice it says that changes are posted."""
    day, at, minutes, where = "1", "", str(MINUTES), ""
    if cohort.call is not None:
        day = str(cohort.call.day + 1)
        at = f"{cohort.call.at:%H:%M}"
        minutes = str(cohort.call.minutes)
        where = cohort.call.where
    day_help = "Day of the week, 1 is the posting day"
    place_help = "A link, or a place"
    fields = (
        Field("day", "Day", "number", value=day, help=day_help, least=1, most=7),
        Field("at", "Time", "time", value=at),
        Field("minutes", "Minutes", "number", value=minutes, least=SHORTEST, most=LONGEST),
        Field("where", "Where", "line", value=where, help=place_help, longest=WHERE),
    )
    note = ""
    if notice is not None:
        note = "People know of a call: I post your changes."
    phrase = build_phrase("cohort call", cohort=cohort.ref, ask="yes")
    return Form("Set a weekly call", phrase, fields, note=note)
