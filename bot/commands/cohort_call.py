"""`cohort call`: a call the group holds every week, named in the weekly topics. Alone it shows what is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Answer, Field, Form, Message, moment, phrase, quote, say
from bot.chat.message.limits import EVENT_TITLE, Unfit
from bot.chat.text import clean, is_seen
from bot.command import Act, Call, Hidden, Range, Sure, command
from bot.command.grammar import WEEKDAYS, YES
from bot.command.suggestions import managed_cohorts
from bot.group.calls import NamedCall, change_of_call, coming_call, news_of_calls
from bot.group.cohort import Cohort, WeeklyCall
from bot.group.zones import zone
from bot.views.notices import missing, onward

MINUTES = 60
SHORTEST, LONGEST = 15, 480  # minutes
WHERE = EVENT_TITLE


@command(moderators=True, form=True, announcing=True, action="Set a weekly call")
async def cohort_call(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    day: Annotated[int | None, "Its day of the week: 1 is the posting day", Range(1, 7)] = None,
    at: Annotated[time | None, "When it begins, like 19:00"] = None,
    minutes: Annotated[
        int | None, "How long it takes, 60 unless you say", Range(SHORTEST, LONGEST)
    ] = None,
    where: Annotated[str | None, "A link, or the name of a place"] = None,
    off: Annotated[bool, "No weekly call any more"] = False,
    ask: Annotated[bool, Hidden()] = False,
    sure: Sure = None,
) -> Answer:
    """Set a weekly call, which the weekly topics name."""
    found = await call.managed(cohort, "draft", "open", "running", "paused")
    known = await call.tx.events.named(found, call.now)
    if ask and not call.submitted:
        return _form(found, _news(known, replace(found, call=None), call.now))
    if not off and day is None and at is None and minutes is None and where is None:
        return _shown(found, call)
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: nothing about it changes any more.")
    after = replace(found, call=None if off else _said(found.call, day, at, minutes, where))
    news = _news(known, after, call.now)
    if (
        news
        and not (ask and call.submitted)
        and (question := _question(after, news, sure)) is not None
    ):
        return question
    saved = await call.tx.schedule.change(found, after, call.now)
    head = "Saved, and everybody has been told. " if news else "Saved. "
    return _shown(saved, call, head, has_event=bool(known) and after.call is None)


def _news(known: Sequence[NamedCall], after: Cohort, now: datetime) -> Message | None:
    """The post that a change would bring: homes that know of a call which is coming are told of another one."""
    coming = ((call, coming_call(after, call.edition, call.week_id, now)) for call in known)
    return news_of_calls(
        dict.fromkeys(
            said for call, event in coming if (said := change_of_call(after, call, event))
        )
    )


def _question(after: Cohort, news: Message, sure: str | None) -> Answer | None:
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
    head = f"The weekly call of **{quote(after.name)}** would {'change' if known else 'be called off'}."
    label = "Change the call" if known else "Call it off"
    try:
        act = Act(
            head,
            label,
            phrase("cohort call", cohort=after.ref, **options),
            (news,),
            is_final=known is None,
        )
        return None if act.is_agreed(sure) else act.preview(sure, onward(after))
    except (Refused, Unfit):
        return None if sure is not None and sure.casefold() in YES else _form(after, news)


def _said(
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
    place = old.where if where is None else clean(where, WHERE, "The place of a call")
    if not is_seen(place):
        raise Refused(
            "Nobody would find that place: give a link or a name, like `where=library`.", "where"
        )
    return WeeklyCall(number - 1, at or old.at, long, place)


def _shown(cohort: Cohort, call: Call, head: str = "", *, has_event: bool = False) -> Message:
    """What is set. `has_event`: there may be an event to take away."""
    change = phrase("cohort call", cohort=cohort.ref, ask="yes")
    lacks = missing(one for one in call.lacking if one.extra == "event")
    if cohort.call is None:
        told = f"{head}**{quote(cohort.name)}** has no weekly call."
        told = "\n".join((told, *(lacks if has_event else ())))
        return say(told, onward(cohort, ("Set a weekly call", change)))
    weekday = WEEKDAYS[(cohort.start.weekday() + cohort.call.day) % 7].capitalize()
    lines = [
        f"{head}**{quote(cohort.name)}** has a call every {weekday}, day {cohort.call.day + 1} of the week.",
        f"It begins at {cohort.call.at:%H:%M} {cohort.zone} time and takes {cohort.call.minutes} minutes: "
        f"{quote(cohort.call.where)}.",
        _next(cohort, call.now),
        *lacks,
    ]
    remove = ("No call any more", phrase("cohort call", cohort=cohort.ref, off="yes"))
    return say("\n".join(lines), onward(cohort, ("Change it", change), remove))


def _next(cohort: Cohort, now: datetime) -> str:
    times = (cohort.call_in(week) for week in cohort.calendar.weeks)
    begins = next((one[0] for one in times if one is not None and one[0] > now), None)
    if begins is None:
        return "No call is to come."
    return f"The next one is on {moment(begins, zone(cohort.zone))}; the weekly topics name it."


def _form(cohort: Cohort, news: Message | None = None) -> Form:
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
        "Set a weekly call", phrase("cohort call", cohort=cohort.ref, ask="yes"), fields, note=note
    )
