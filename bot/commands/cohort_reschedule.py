"""`cohort reschedule`: another start, zone, posting time or weekday. It moves what is to come and keeps what was sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Answer, Choice, Field, Form, Message, Unfit, phrase, quote, say
from bot.command import Act, Call, Sure, Zone, command
from bot.command.grammar import WEEKDAYS, Weekday
from bot.command.suggestions import managed_cohorts, time_zones
from bot.group.calendar import on_weekday
from bot.group.cohort import Cohort
from bot.views.dates import day, moves, standing
from bot.views.notices import changed, onward
from bot.views.timeline import comes_at_once, late_posts, next_post


@command(moderators=True, form=True, action="Change the dates")
async def cohort_reschedule(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    start: Annotated[date | None, "Day one, like 2026-03-02 or monday"] = None,
    zone: Annotated[Zone | None, "Time zone, like Europe/Berlin", time_zones] = None,
    at: Annotated[time | None, "When posts come, like 09:00"] = None,
    weekday: Annotated[Weekday | None, "Posting weekday, if not the start's"] = None,
    sure: Sure = None,
) -> Answer:
    """Move the start, the time zone, the posting time or the weekday."""
    found = await call.managed(cohort, "draft", "open", "running")
    _may_move(found)
    if start is None and zone is None and at is None and weekday is None:
        return _form(found)
    start = call.local_date("start", zone or found.zone)
    first = on_weekday(start or found.start, WEEKDAYS.index(weekday) if weekday else None)
    if (first, zone or found.zone, at or found.at) == (found.start, found.zone, found.at):
        raise Refused(f"That is how {found.name} is planned already: nothing has changed.")
    after = replace(found, zone=zone or found.zone, at=at or found.at)
    after = (
        replace(after, start=first) if found.state == "draft" else after.starting(first, call.now)
    )
    because = f"{day(start or found.start)} is no {(weekday or '').capitalize()}, so it starts on the next one, {day(first)}. "
    why = because if weekday and first != (start or found.start) else ""
    if found.state != "draft":
        act = await _act(call, found, after, why)
        if not act.is_agreed(sure):
            return act.preview(sure, onward(found))
    return await _move(call, found, after, why)


def _may_move(found: Cohort) -> None:
    if found.state == "paused":
        raise Refused(f"{found.name} is paused: `cohort resume` first, and then move it.")
    if found.state == "finished":
        raise Refused(
            f"{found.name} has finished: `cohort start again=yes` goes through its plan once more."
        )
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: `cohort create` makes a new cohort.")


def _form(found: Cohort) -> Form:
    weekdays = tuple(Choice(name.capitalize(), name) for name in WEEKDAYS)
    fields = (
        Field(
            "start",
            "Day one",
            "date",
            value=f"{found.start}",
            help="Its weekday is the posting weekday",
        ),
        Field("at", "Posts come at", "time", value=f"{found.at:%H:%M}"),
        Field(
            "zone", "Time zone", "line", value=found.zone, help="Like Europe/Berlin or Asia/Kolkata"
        ),
        Field(
            "weekday",
            "Posting weekday",
            "one",
            choices=weekdays,
            help="Another one moves day one to the next such day",
        ),
    )
    return Form("Reschedule", phrase("cohort reschedule", cohort=found.ref), fields)


def _head(call: Call, found: Cohort, after: Cohort, why: str) -> str:
    return f"**{quote(found.name)}** {standing(after, call.now)}, {after.at:%H:%M} {after.zone} time. {why}".strip()


async def _kept(call: Call, found: Cohort) -> tuple[str, ...]:
    if found.state != "running" or all(
        kind != "topics" for kind, _ in await call.tx.ledger.posted(found)
    ):
        return ()
    return (
        "What has been posted stays and is not posted again; `cohort start again=yes` would do that.",
    )


async def _outlook(call: Call, found: Cohort, after: Cohort, why: str) -> str:
    lines = [_head(call, found, after, why)]
    if told := moves(found, after, call.now):
        lines.append(" ".join(told))
    lines.append(next_post(after, call.now, await call.tx.ledger.entered(found)))
    return "\n".join((*lines, *await _kept(call, found)))


async def _act(call: Call, found: Cohort, after: Cohort, why: str) -> Act:
    try:
        says = phrase(
            "cohort reschedule",
            cohort=found.ref,
            start=after.start if after.start != found.start else None,
            zone=after.zone if after.zone != found.zone else None,
            at=f"{after.at:%H:%M}" if after.at != found.at else None,
        )
    except Unfit:
        raise Refused(
            "That is a lot at once: change the time zone first, and then the date and the time.",
            "zone",
        ) from None
    entered = await call.tx.ledger.entered(found)
    news = changed(found, after, call.now, entered)
    then = (*comes_at_once(late_posts(found, after, call.now, entered)), *await _kept(call, found))
    return Act(_head(call, found, after, why), "Move it", says, (news,), then)


async def _move(call: Call, found: Cohort, after: Cohort, why: str) -> Message:
    told = found.state != "draft"
    text = await _outlook(call, found, after, why)
    if told:
        homes = await call.tx.cohorts.homes(found.id)
        news = changed(found, after, call.now, await call.tx.ledger.entered(found))
        await call.tx.ledger.announce_next(after, "moved", news, homes, call.now)
    saved = await call.tx.schedule.change(found, after, call.now)
    who = (
        "Moved, and everybody has been told."
        if told
        else "Moved. Nobody has been told, as it is a draft."
    )
    acts = () if told else (("Open it", phrase("cohort open", cohort=saved.ref)),)
    return say(who, text, onward(saved, acts=acts))
