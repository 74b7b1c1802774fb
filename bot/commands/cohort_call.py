"""`cohort call`: a call the group holds every week, named in the weekly topics. Alone it shows what is set."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Annotated

from bot.cohort import Cohort, WeeklyCall
from bot.command import Call, Hidden, Range, command
from bot.command.phrase import WEEKDAYS
from bot.command.suggest import managed_cohorts
from bot.message import Answer, Field, Form, Message, moment, phrase, quote, say
from bot.message.limits import EVENT_TITLE
from bot.outlook import missing, onward
from bot.people import Refused, clean, is_seen, zone

MINUTES = 60
SHORTEST, LONGEST = 15, 480  # minutes
WHERE = EVENT_TITLE


@command(moderators=True, form=True, announcing=True, title="Set a weekly call")
async def cohort_call(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    day: Annotated[int | None, "Its day of the week: 1 is the posting day", Range(1, 7)] = None,
    at: Annotated[time | None, "When it begins, like 19:00"] = None,
    minutes: Annotated[int | None, "How long it takes, 60 unless you say", Range(SHORTEST, LONGEST)] = None,
    where: Annotated[str | None, "A link, or the name of a place"] = None,
    off: Annotated[bool, "No weekly call any more"] = False,
    ask: Annotated[bool, Hidden()] = False,
) -> Answer:
    """Set a weekly call, which the weekly topics name."""
    found = await call.managed(cohort, "draft", "open", "running", "paused")
    if ask and not call.submitted:
        return _form(found)
    if not off and day is None and at is None and minutes is None and where is None:
        return _shown(found, call)
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: nothing about it changes any more.")
    wanted = None if off else _said(found.call, day, at, minutes, where)
    saved = await call.tx.schedule.change(found, replace(found, call=wanted), call.now)
    return _shown(saved, call, "Saved. ")


def _said(
    known: WeeklyCall | None, day: int | None, at: time | None, minutes: int | None, where: str | None
) -> WeeklyCall:
    """The call as it was, with what was said of it. Raises `Refused`."""
    if known is None and at is None:
        raise Refused("When does the call begin? Say it in the time of the cohort, like `at=19:00`.", "at")
    if known is None and where is None:
        raise Refused("Where is the call? Give a link or the name of a place, like `where=library`.", "where")
    old = known or WeeklyCall(0, at or time(), MINUTES, "")
    number = old.day + 1 if day is None else day
    long = old.minutes if minutes is None else minutes
    place = old.where if where is None else clean(where, WHERE, "The place of a call")
    if not is_seen(place):
        raise Refused("Nobody would find that place: give a link or a name, like `where=library`.", "where")
    return WeeklyCall(number - 1, at or old.at, long, place)


def _shown(cohort: Cohort, call: Call, head: str = "") -> Message:
    change = phrase("cohort call", cohort=cohort.ref, ask="yes")
    if cohort.call is None:
        told = f"{head}**{quote(cohort.name)}** has no weekly call."
        return say(told, onward(cohort, ("Set a weekly call", change)))
    weekday = WEEKDAYS[(cohort.start.weekday() + cohort.call.day) % 7].capitalize()
    lines = [
        f"{head}**{quote(cohort.name)}** has a call every {weekday}, day {cohort.call.day + 1} of the week.",
        f"It begins at {cohort.call.at:%H:%M} {cohort.zone} time and takes {cohort.call.minutes} minutes: "
        f"{quote(cohort.call.where)}.",
        _next(cohort, call.now),
        *missing(one for one in call.lacking if one.extra == "event"),
    ]
    remove = ("No call any more", phrase("cohort call", cohort=cohort.ref, off="yes"))
    return say("\n".join(lines), onward(cohort, ("Change it", change), remove))


def _next(cohort: Cohort, now: datetime) -> str:
    times = (cohort.call_in(week) for week in cohort.calendar.weeks)
    begins = next((one[0] for one in times if one is not None and one[0] > now), None)
    if begins is None:
        return "No call is to come."
    return f"The next one is on {moment(begins, zone(cohort.zone))}; the weekly topics name it."


def _form(cohort: Cohort) -> Form:
    known = cohort.call
    number = known.day + 1 if known else 1
    fields = (
        Field("day", "Day", "number", value=str(number), help="Of the week, 1 is the posting day", least=1, most=7),
        Field("at", "Time", "time", value=f"{known.at:%H:%M}" if known else ""),
        Field(
            "minutes", "Minutes", "number", value=str(known.minutes if known else MINUTES), least=SHORTEST, most=LONGEST
        ),
        Field("where", "Where", "line", value=known.where if known else "", help="A link, or a place", longest=WHERE),
    )
    return Form("Weekly call", phrase("cohort call", cohort=cohort.ref, ask="yes"), fields)
