"""`cohort reschedule`: another start, zone, posting time or weekday. It moves what is to come and keeps what was sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import (
    Answer,
    Choice,
    Field,
    Form,
    InvalidMessageError,
    Message,
    build_phrase,
    escape_text,
    text_message,
)
from bot.command import Act, Call, CohortRef, Sure, Zone, command
from bot.command.suggestions import suggest_managed_cohorts, suggest_zones
from bot.command.values import WEEKDAYS, Weekday
from bot.group.calendar import move_to_weekday
from bot.group.cohort import Cohort
from bot.views.dates import describe_cohort_state, describe_date_changes, format_day
from bot.views.notices import build_date_change_notice, build_next_step_buttons
from bot.views.timeline import describe_immediate_posts, describe_next_post, list_late_slots


@command(moderators=True, form=True, action="Change the dates")
async def cohort_reschedule(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    start: Annotated[date | None, "Day one, like 2026-03-02 or monday"] = None,
    zone: Annotated[Zone | None, "Time zone, like Europe/Berlin", suggest_zones] = None,
    at: Annotated[time | None, "When posts come, like 09:00"] = None,
    weekday: Annotated[Weekday | None, "Posting weekday, if not the start's"] = None,
    sure: Sure = None,
) -> Answer:
    """Move the start, the time zone, the posting time or the weekday."""
    found = await call.lock_managed_cohort(cohort, "draft", "open", "running")
    _check_can_reschedule(found)
    if start is None and zone is None and at is None and weekday is None:
        return _build_reschedule_form(found)
    start = call.parse_local_date("start", zone or found.zone)
    first = move_to_weekday(start or found.start, WEEKDAYS.index(weekday) if weekday else None)
    if (first, zone or found.zone, at or found.at) == (found.start, found.zone, found.at):
        raise Refused(f"That is how {found.name} is planned already: nothing has changed.")
    after = replace(found, zone=zone or found.zone, at=at or found.at)
    after = (
        replace(after, start=first) if found.state == "draft" else after.move_start(first, call.now)
    )
    because = f"{format_day(start or found.start)} is no {(weekday or '').capitalize()}, so it starts on the next one, {format_day(first)}. "
    why = because if weekday and first != (start or found.start) else ""
    if found.state != "draft":
        act = await _build_reschedule_act(call, found, after, why)
        if not act.is_agreed(sure):
            return act.build_preview(sure, build_next_step_buttons(found))
    return await _apply_reschedule(call, found, after, why)


def _check_can_reschedule(found: Cohort) -> None:
    if found.state == "paused":
        raise Refused(f"{found.name} is paused: `cohort resume` first, and then move it.")
    if found.state == "finished":
        raise Refused(
            f"{found.name} has finished: `cohort start again=yes` goes through its plan once more."
        )
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: `cohort create` makes a new cohort.")


def _build_reschedule_form(found: Cohort) -> Form:
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
    return Form("Reschedule", build_phrase("cohort reschedule", cohort=found.ref), fields)


def _format_reschedule_head(call: Call, found: Cohort, after: Cohort, why: str) -> str:
    return f"**{escape_text(found.name)}** {describe_cohort_state(after, call.now)}, {after.at:%H:%M} {after.zone} time. {why}".strip()


async def _describe_kept_posts(call: Call, found: Cohort) -> tuple[str, ...]:
    if found.state != "running" or all(
        kind != "topics" for kind, _ in await call.tx.ledger.group_homes_by_post(found)
    ):
        return ()
    return (
        "What has been posted stays and is not posted again; `cohort start again=yes` would do that.",
    )


async def _describe_reschedule(call: Call, found: Cohort, after: Cohort, why: str) -> str:
    lines = [_format_reschedule_head(call, found, after, why)]
    if told := describe_date_changes(found, after, call.now):
        lines.append(" ".join(told))
    lines.append(
        describe_next_post(
            after,
            call.now,
            await call.tx.ledger.list_posts_in_every_home(found),
            post_kinds=call.post_kinds,
        )
    )
    return "\n".join((*lines, *await _describe_kept_posts(call, found)))


async def _build_reschedule_act(call: Call, found: Cohort, after: Cohort, why: str) -> Act:
    try:
        says = build_phrase(
            "cohort reschedule",
            cohort=found.ref,
            start=after.start if after.start != found.start else None,
            zone=after.zone if after.zone != found.zone else None,
            at=f"{after.at:%H:%M}" if after.at != found.at else None,
        )
    except InvalidMessageError:
        raise Refused(
            "That is a lot at once: change the time zone first, and then the date and the time.",
            "zone",
        ) from None
    entered = await call.tx.ledger.list_posts_in_every_home(found)
    news = build_date_change_notice(found, after, call.now, entered, post_kinds=call.post_kinds)
    then = (
        *describe_immediate_posts(
            list_late_slots(found, after, call.now, entered, post_kinds=call.post_kinds),
            post_kinds=call.post_kinds,
        ),
        *await _describe_kept_posts(call, found),
    )
    return Act(_format_reschedule_head(call, found, after, why), "Move it", says, (news,), then)


async def _apply_reschedule(call: Call, found: Cohort, after: Cohort, why: str) -> Message:
    told = found.state != "draft"
    text = await _describe_reschedule(call, found, after, why)
    if told:
        homes = await call.tx.cohorts.list_homes(found.id)
        news = build_date_change_notice(
            found,
            after,
            call.now,
            await call.tx.ledger.list_posts_in_every_home(found),
            post_kinds=call.post_kinds,
        )
        await call.tx.ledger.enter_numbered_announcement(after, "moved", news, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(found, after, call.now)
    who = (
        "Moved, and everybody has been told."
        if told
        else "Moved. Nobody has been told, as it is a draft."
    )
    acts = () if told else (("Open it", build_phrase("cohort open", cohort=saved.ref)),)
    return text_message(who, text, build_next_step_buttons(saved, acts=acts))
