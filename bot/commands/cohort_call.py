"""`cohort call`: a call the group holds every week, named in the weekly topics. Alone it shows what is set."""

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
from bot.command.suggestions import suggest_managed_cohorts
from bot.command.values import WEEKDAYS, YES
from bot.group.calls import CallNotice, build_call_news, describe_call_change, find_coming_call
from bot.group.cohort import Cohort, WeeklyCall
from bot.group.zones import load_zone
from bot.views.notices import build_next_step_buttons, describe_setup_problems

MINUTES = 60
SHORTEST, LONGEST = 15, 480  # minutes
WHERE = EVENT_TITLE


@command(moderators=True, form=True, announcing=True, action="Set a weekly call")
async def cohort_call(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    day: Annotated[
        int | None, "Its day of the week: 1 is the posting day", NumberRange(1, 7)
    ] = None,
    at: Annotated[time | None, "When it begins, like 19:00"] = None,
    minutes: Annotated[
        int | None, "How long it takes, 60 unless you say", NumberRange(SHORTEST, LONGEST)
    ] = None,
    where: Annotated[str | None, "A link, or the name of a place"] = None,
    off: Annotated[bool, "No weekly call any more"] = False,
    ask: Annotated[bool, HiddenOption()] = False,
    sure: Sure = None,
) -> Answer:
    """Set a weekly call, which the weekly topics name."""
    found = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    known = await call.tx.events.list_named_calls(found, call.now)
    if ask and not call.is_submitted:
        return _build_call_form(
            found, _build_weekly_call_news(known, replace(found, call=None), call.now)
        )
    if not off and day is None and at is None and minutes is None and where is None:
        return _build_call_page(found, call)
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: nothing about it changes any more.")
    after = replace(
        found, call=None if off else _merge_call_options(found.call, day, at, minutes, where)
    )
    news = _build_weekly_call_news(known, after, call.now)
    if (
        news
        and not (ask and call.is_submitted)
        and (question := _ask_about_call_change(after, news, sure)) is not None
    ):
        return question
    saved = await call.tx.schedule.save_changed_cohort(found, after, call.now)
    head = "Saved, and everybody has been told. " if news else "Saved. "
    return _build_call_page(saved, call, head, has_event=bool(known) and after.call is None)


def _build_weekly_call_news(
    known: Sequence[CallNotice], after: Cohort, now: datetime
) -> Message | None:
    """The post that a change would bring: homes that know of a call which is coming are told of another one."""
    coming = ((call, find_coming_call(after, call.edition, call.week_id, now)) for call in known)
    return build_call_news(
        dict.fromkeys(
            said for call, event in coming if (said := describe_call_change(after, call, event))
        )
    )


def _ask_about_call_change(after: Cohort, news: Message, sure: str | None) -> Answer | None:
    """What a change would post, and the way to do it: a button or, where the place is too long for one, the form.

    None where it is agreed to.
    """
    known = after.call
    options: dict[str, object] = {"off": "yes"}
    if known is not None:
        options = {
            "day": known.day + 1,
            "at": f"{known.at:%H:%M}",
            "minutes": known.minutes,
            "where": known.where,
        }
    head = f"The weekly call of **{escape_text(after.name)}** would {'change' if known else 'be called off'}."
    label = "Change the call" if known else "Call it off"
    try:
        act = Act(
            head,
            label,
            build_phrase("cohort call", cohort=after.ref, **options),
            (news,),
            is_final=known is None,
        )
        return (
            None if act.is_agreed(sure) else act.build_preview(sure, build_next_step_buttons(after))
        )
    except (Refused, InvalidMessageError):
        return (
            None if sure is not None and sure.casefold() in YES else _build_call_form(after, news)
        )


def _merge_call_options(
    known: WeeklyCall | None,
    day: int | None,
    at: time | None,
    minutes: int | None,
    where: str | None,
) -> WeeklyCall:
    """The call as it was, with what was said of it. Raises `Refused`."""
    if known is None and at is None:
        raise Refused(
            "When does the call begin? Say it in the time of the cohort, like `at=19:00`.", "at"
        )
    if known is None and where is None:
        raise Refused(
            "Where is the call? Give a link or the name of a place, like `where=library`.", "where"
        )
    old = known or WeeklyCall(0, at or time(), MINUTES, "")
    number = old.day + 1 if day is None else day
    long = old.minutes if minutes is None else minutes
    place = old.where if where is None else clean_text(where, WHERE, "The place of a call")
    if not has_visible_text(place):
        raise Refused(
            "Nobody would find that place: give a link or a name, like `where=library`.", "where"
        )
    return WeeklyCall(number - 1, at or old.at, long, place)


def _build_call_page(
    cohort: Cohort, call: Call, head: str = "", *, has_event: bool = False
) -> Message:
    """What is set. `has_event`: there may be an event to take away."""
    change = build_phrase("cohort call", cohort=cohort.ref, ask="yes")
    lacks = describe_setup_problems(one for one in call.setup_problems if one.extra == "event")
    if cohort.call is None:
        told = f"{head}**{escape_text(cohort.name)}** has no weekly call."
        told = "\n".join((told, *(lacks if has_event else ())))
        return text_message(told, build_next_step_buttons(cohort, ("Set a weekly call", change)))
    weekday = WEEKDAYS[(cohort.start.weekday() + cohort.call.day) % 7].capitalize()
    lines = [
        f"{head}**{escape_text(cohort.name)}** has a call every {weekday}, day {cohort.call.day + 1} of the week.",
        f"It begins at {cohort.call.at:%H:%M} {cohort.zone} time and takes {cohort.call.minutes} minutes: "
        f"{escape_text(cohort.call.where)}.",
        _format_next_call(cohort, call.now),
        *lacks,
    ]
    remove = ("No call any more", build_phrase("cohort call", cohort=cohort.ref, off="yes"))
    return text_message(
        "\n".join(lines), build_next_step_buttons(cohort, ("Change it", change), remove)
    )


def _format_next_call(cohort: Cohort, now: datetime) -> str:
    times = (cohort.compute_call_times(week) for week in cohort.calendar.weeks)
    begins = next((one[0] for one in times if one is not None and one[0] > now), None)
    if begins is None:
        return "No call is to come."
    return f"The next one is on {format_moment(begins, load_zone(cohort.zone))}; the weekly topics name it."


def _build_call_form(cohort: Cohort, news: Message | None = None) -> Form:
    """The form with what is set, or with what was said. `news`: everybody knows of a call, and reads of a change."""
    known = cohort.call
    number = known.day + 1 if known else 1
    fields = (
        Field(
            "day",
            "Day",
            "number",
            value=str(number),
            help="Of the week, 1 is the posting day",
            least=1,
            most=7,
        ),
        Field("at", "Time", "time", value=f"{known.at:%H:%M}" if known else ""),
        Field(
            "minutes",
            "Minutes",
            "number",
            value=str(known.minutes if known else MINUTES),
            least=SHORTEST,
            most=LONGEST,
        ),
        Field(
            "where",
            "Where",
            "line",
            value=known.where if known else "",
            help="A link, or a place",
            longest=WHERE,
        ),
    )
    note = "A call has been announced: I post what you change." if news else ""
    return Form(
        "Set a weekly call",
        build_phrase("cohort call", cohort=cohort.ref, ask="yes"),
        fields,
        note=note,
    )
