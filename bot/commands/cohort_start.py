"""`cohort start`: begin a plan today or on a date, or go through it again from the first week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, format_moment, text_message
from bot.chat.text import format_count
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort, CohortState
from bot.group.zones import load_zone
from bot.post import PostSlot
from bot.views.cohort_texts import format_cohort_name, format_week_count
from bot.views.dates import describe_cohort_state, format_day
from bot.views.notices import build_date_change_notice, build_invitation, build_next_step_buttons
from bot.views.timeline import (
    describe_immediate_posts,
    describe_next_post,
    get_instant_before_week,
    list_late_slots,
    list_opening_slots,
)

NOT_STARTED: tuple[CohortState, ...] = ("draft", "open")
STARTED: tuple[CohortState, ...] = ("running", "paused", "finished")


@command(moderators=True, action="Start a cohort")
async def cohort_start(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    on: Annotated[date | None, "The first day; usually today"] = None,
    again: Annotated[bool, "Go through the whole plan again"] = False,
    sure: Sure = None,
) -> Message:
    """Start a plan today or on a date, or go through it again."""
    states = (*NOT_STARTED, *STARTED) if again else NOT_STARTED
    before = await call.lock_managed_cohort(cohort, *states)
    require_changeable_cohort(before)
    first = call.parse_local_date("on", before.zone) or before.get_cohort_date(call.now)
    if before.state in NOT_STARTED:
        return await _start_cohort(call, before, first, sure)
    if not again:
        return _offer_new_start(before)
    return await _start_cohort_again(call, before, first, sure)


def _offer_new_start(cohort: Cohort) -> Message:
    name = format_cohort_name(cohort)
    again = ("Start it again", build_phrase("cohort start", cohort=cohort.ref, again="yes"))
    if cohort.state == "finished":
        text = f"{name} has finished: you can go through the whole plan again."
        return text_message(text, button_row(again, has_main=False))
    dates = ("Change the dates", build_phrase("cohort reschedule", cohort=cohort.ref))
    text = f"{name} has already started: change its dates, or go through the whole plan again."
    return text_message(text, button_row(dates, again, has_main=False))


# — the first time —


async def _start_cohort(call: Call, before: Cohort, first: date, sure: str | None) -> Message:
    if before.state == "open" and first == before.start:
        raise Refused(
            f"{before.name} starts by itself on {format_day(first)}: "
            "choose another day to change it.",
            "on",
        )
    after = _move_start(call, before, first)
    act = await _build_start_act(call, before, after)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(before))
    await _announce_start(call, before, after, act.announcements)
    # A draft that begins in a past week still gets the posts of this week.
    since = get_instant_before_week(after, call.now) if before.state == "draft" else None
    saved = await call.tx.schedule.save_changed_cohort(before, after, call.now, since=since)
    planned = f" It was planned for {format_day(before.start)}." if before.state == "open" else ""
    return await _build_started_answer(call, saved, planned)


def _move_start(call: Call, before: Cohort, first: date) -> Cohort:
    try:
        return before.move_start(first, call.now)
    except Refused as refused:
        # The refusal names the field of another command.
        raise Refused(refused.sentence, "on") from None


async def _build_start_act(call: Call, before: Cohort, after: Cohort) -> Act:
    return Act(
        _ask_about_start(call, before, after),
        _format_start_label(call, after),
        build_phrase("cohort start", cohort=before.ref, on=after.start),
        _build_start_notices(call, before, after),
        describe_immediate_posts(
            await _list_slots_at_once(call, before, after), post_kinds=call.post_kinds
        ),
    )


def _ask_about_start(call: Call, before: Cohort, after: Cohort) -> str:
    name = format_cohort_name(before)
    verb = "Open" if before.state == "draft" else "Start"
    week = after.week_at(call.now)
    if week is None:
        return f"{verb} {name}, to start on {format_day(after.start)}?"
    return f"{verb} {name} now, in week {week.number}?"


def _format_start_label(call: Call, after: Cohort) -> str:
    if after.week_at(call.now):
        return "Start now"
    return f"Start on {format_day(after.start)}"


def _build_start_notices(call: Call, before: Cohort, after: Cohort) -> tuple[Message, ...]:
    if before.state == "draft":
        return (build_invitation(after, call.now),)
    # The kick-off comes at once and says all there is to say.
    if after.week_at(call.now):
        return ()
    return (build_date_change_notice(before, after, call.now, post_kinds=call.post_kinds),)


async def _list_slots_at_once(call: Call, before: Cohort, after: Cohort) -> Iterable[PostSlot]:
    if before.state == "draft":
        plan = await call.tx.cohorts.load_roadmap_by_id(before.plan_id)
        return list_opening_slots(after, plan, call.now, post_kinds=call.post_kinds)
    entered = await call.tx.ledger.list_posts_in_every_home(before)
    return list_late_slots(before, after, call.now, entered, post_kinds=call.post_kinds)


async def _announce_start(
    call: Call, before: Cohort, after: Cohort, notices: Iterable[Message]
) -> None:
    homes = await call.tx.cohorts.list_homes(before.id)
    ledger = call.tx.ledger
    for notice in notices:
        if before.state == "draft":
            key = f"open/{after.edition}"
            await ledger.enter_announcement(after, key, notice, homes, call.now)
        else:
            await ledger.enter_numbered_announcement(after, "moved", notice, homes, call.now)


# — again —


async def _start_cohort_again(call: Call, before: Cohort, first: date, sure: str | None) -> Message:
    # The same button pressed twice must not send every post twice.
    if before.edition > 1 and before.start == first:
        raise Refused(
            f"{before.name} has already been started again on {format_day(first)}: "
            "see its posts with `posts timeline`.",
            "on",
        )
    edition = await call.tx.ledger.find_next_edition(before)
    after = replace(before.start_new_edition(first, call.now), edition=edition)
    act = _build_start_again_act(call, before, after, first)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(before))
    homes = await call.tx.cohorts.list_homes(before.id)
    for notice in act.announcements:
        key = f"again/{after.edition}"
        await call.tx.ledger.enter_announcement(after, key, notice, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(before, after, call.now)
    return await _build_started_answer(call, saved)


def _build_start_again_act(call: Call, before: Cohort, after: Cohort, first: date) -> Act:
    name = format_cohort_name(before)
    head = (
        f"Go through {format_week_count(before)} of {name} again? "
        f"It {describe_cohort_state(after, call.now)}. I send every post again. "
        "Members, ticks and check-ins stay. Choose another first day with `cohort start`."
    )
    begins_on = first
    sentence = f"{name} starts again from week 1."
    if after.calendar.weeks:
        begins_on = after.calendar.weeks[0].first
        sentence = f"{name} starts again: week 1 is on {format_day(begins_on)}."
    notice = text_message(f"{sentence} Your ticks and check-ins stay.")
    phrase = build_phrase("cohort start", cohort=before.ref, on=first, again="yes")
    label = f"Start again on {format_day(begins_on)}"
    return Act(head, label, phrase, (notice,), is_final=True)


# — the answer —


async def _build_started_answer(call: Call, saved: Cohort, planned: str = "") -> Message:
    entered = await call.tx.ledger.list_posts_in_every_home(saved)
    coming = describe_next_post(saved, call.now, entered, post_kinds=call.post_kinds)
    people = await _describe_member_count(call, saved)
    members = ("Members", build_phrase("members list", cohort=saved.ref))
    return text_message(
        f"{_describe_started_cohort(call, saved)}{planned}\n{coming} {people}",
        build_next_step_buttons(saved, members),
    )


def _describe_started_cohort(call: Call, saved: Cohort) -> str:
    name = format_cohort_name(saved)
    week = saved.week_at(call.now)
    if week is not None:
        return f"{name} has started, in week {week.number}. I post this week now."
    if saved.begins_at is None:
        return f"{name} starts by itself when its pause ends."
    return f"{name} starts by itself on {format_moment(saved.begins_at, load_zone(saved.zone))}."


async def _describe_member_count(call: Call, saved: Cohort) -> str:
    taken = await call.tx.members.count_seats_taken(saved)
    if not taken:
        return "Nobody has joined yet: invite some people."
    return f"{format_count(taken, 'member')} so far."
