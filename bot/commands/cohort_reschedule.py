"""`cohort reschedule`: change the start, zone, posting time or weekday. Sent posts stay sent."""

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
    text_message,
)
from bot.command import Act, Call, CohortRef, Sure, Zone, command
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.suggestions import suggest_managed_cohorts, suggest_zones
from bot.command.values import WEEKDAYS, Weekday
from bot.group.calendar import move_to_weekday
from bot.group.cohort import Cohort
from bot.views.cohort_texts import format_cohort_name, format_posting_time
from bot.views.dates import describe_cohort_state, describe_date_changes, format_day
from bot.views.notices import build_date_change_notice, build_next_step_buttons
from bot.views.timeline import describe_immediate_posts, describe_next_post, list_late_slots


@command(moderators=True, form=True, action="Change the dates")
async def cohort_reschedule(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    start: Annotated[date | None, "The first day, like 2026-03-02 or monday"] = None,
    zone: Annotated[Zone | None, "Time zone, like Europe/Berlin", suggest_zones] = None,
    at: Annotated[time | None, "Time of the posts, like 09:00"] = None,
    weekday: Annotated[Weekday | None, "Weekday of the posts, if not the start's"] = None,
    sure: Sure = None,
) -> Answer:
    """Change the start, the time zone, the posting time or the weekday."""
    before = await call.lock_managed_cohort(cohort, "draft", "open", "running")
    _require_reschedulable(before)
    if start is None and zone is None and at is None and weekday is None:
        return _build_reschedule_form(before)
    clock = replace(before, zone=zone or before.zone, at=at or before.at)
    asked = call.parse_local_date("start", clock.zone) or before.start
    first = move_to_weekday(asked, WEEKDAYS.index(weekday) if weekday else None)
    if first == before.start and clock == before:
        raise Refused(f"{before.name} already has these dates: change one of them.")
    after = _move_cohort(call, clock, first)
    reason = _describe_weekday_move(asked, first, weekday)
    if before.state == "draft":
        return await _apply_to_draft(call, before, after, reason)
    act = await _build_reschedule_act(call, before, after, reason)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(before))
    return await _apply_and_announce(call, before, after, reason)


def _require_reschedulable(cohort: Cohort) -> None:
    require_changeable_cohort(cohort)
    if cohort.state == "paused":
        raise Refused(f"{cohort.name} is paused: continue it with `cohort resume` first.")
    if cohort.state == "finished":
        raise Refused(f"{cohort.name} has finished: start it again with `cohort start`.")


def _move_cohort(call: Call, cohort: Cohort, first: date) -> Cohort:
    # A draft may lie in the past while it is being made; opening it asks about that.
    if cohort.state == "draft":
        return replace(cohort, start=first)
    return cohort.move_start(first, call.now)


def _describe_weekday_move(asked: date, first: date, weekday: Weekday | None) -> str:
    if weekday is None or first == asked:
        return ""
    return (
        f"{format_day(asked)} is not a {weekday.capitalize()}, "
        f"so it starts on the next one, {format_day(first)}."
    )


def _build_reschedule_form(cohort: Cohort) -> Form:
    weekdays = tuple(Choice(name.capitalize(), name) for name in WEEKDAYS)
    start, at = str(cohort.start), f"{cohort.at:%H:%M}"
    zone_help = "Like Europe/Berlin or Asia/Kolkata"
    weekday_help = "Moves the first day to the next such day"
    fields = (
        Field("start", "First day", "date", value=start, help="Posts come on its weekday"),
        Field("at", "Posting time", "time", value=at),
        Field("zone", "Time zone", "line", value=cohort.zone, help=zone_help),
        Field("weekday", "Posting weekday", "one", choices=weekdays, help=weekday_help),
    )
    return Form("Change the dates", build_phrase("cohort reschedule", cohort=cohort.ref), fields)


# — texts —


def _describe_new_dates(call: Call, after: Cohort, reason: str) -> str:
    state = describe_cohort_state(after, call.now)
    head = f"{format_cohort_name(after)} {state}. Posts come at {format_posting_time(after)}."
    return f"{head} {reason}".rstrip()


async def _describe_sent_posts(call: Call, before: Cohort) -> tuple[str, ...]:
    if before.state != "running":
        return ()
    for kind, _ in await call.tx.ledger.group_homes_by_post(before):
        if kind == "topics":
            return ("Posts that were sent are not sent again.",)
    return ()


async def _describe_reschedule(call: Call, before: Cohort, after: Cohort, reason: str) -> str:
    lines = [_describe_new_dates(call, after, reason)]
    changes = describe_date_changes(before, after, call.now)
    if changes:
        lines.append(" ".join(changes))
    entered = await call.tx.ledger.list_posts_in_every_home(before)
    lines.append(describe_next_post(after, call.now, entered, post_kinds=call.post_kinds))
    lines += await _describe_sent_posts(call, before)
    return "\n".join(lines)


# — asking and doing —


async def _build_reschedule_act(call: Call, before: Cohort, after: Cohort, reason: str) -> Act:
    phrase = _build_reschedule_phrase(before, after)
    entered = await call.tx.ledger.list_posts_in_every_home(before)
    notice = build_date_change_notice(before, after, call.now, entered, post_kinds=call.post_kinds)
    late_slots = list_late_slots(before, after, call.now, entered, post_kinds=call.post_kinds)
    follow_ups = (
        *describe_immediate_posts(late_slots, post_kinds=call.post_kinds),
        *await _describe_sent_posts(call, before),
    )
    head = _describe_new_dates(call, after, reason)
    return Act(head, "Move it", phrase, (notice,), follow_ups)


def _build_reschedule_phrase(before: Cohort, after: Cohort) -> str:
    """Return the phrase for the same change. Raises `Refused` if it is too long for a button."""
    changes: dict[str, object] = {}
    if after.start != before.start:
        changes["start"] = after.start
    if after.zone != before.zone:
        changes["zone"] = after.zone
    if after.at != before.at:
        changes["at"] = f"{after.at:%H:%M}"
    try:
        return build_phrase("cohort reschedule", cohort=before.ref, **changes)
    except InvalidMessageError:
        raise Refused("Change the time zone first, then the date and the time.", "zone") from None


async def _apply_to_draft(call: Call, before: Cohort, after: Cohort, reason: str) -> Message:
    text = await _describe_reschedule(call, before, after, reason)
    saved = await call.tx.schedule.save_changed_cohort(before, after, call.now)
    opening = ("Open it", build_phrase("cohort open", cohort=saved.ref))
    return text_message(
        "Moved. It is a draft, so nobody is told.",
        text,
        build_next_step_buttons(saved, acts=[opening]),
    )


async def _apply_and_announce(call: Call, before: Cohort, after: Cohort, reason: str) -> Message:
    text = await _describe_reschedule(call, before, after, reason)
    homes = await call.tx.cohorts.list_homes(before.id)
    entered = await call.tx.ledger.list_posts_in_every_home(before)
    notice = build_date_change_notice(before, after, call.now, entered, post_kinds=call.post_kinds)
    await call.tx.ledger.enter_numbered_announcement(after, "moved", notice, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(before, after, call.now)
    return text_message("Moved, and I have told everybody.", text, build_next_step_buttons(saved))
