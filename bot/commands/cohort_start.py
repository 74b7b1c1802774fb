"""`cohort start`: the plan begins now or on a date; and with `again=yes`, once more from the first week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, format_moment, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.group.zones import load_zone
from bot.views.dates import describe_cohort_state, format_day
from bot.views.notices import build_date_change_notice, build_invitation, build_next_step_buttons
from bot.views.timeline import (
    describe_immediate_posts,
    describe_next_post,
    get_instant_before_week,
    list_late_slots,
    list_opening_slots,
)


@command(moderators=True)
async def cohort_start(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    on: Annotated[date | None, "Day one; without it, today"] = None,
    again: Annotated[bool, "Go through the whole plan once more"] = False,
    sure: Sure = None,
) -> Message:
    """Begin the plan today or on a date; again=yes goes through it once more."""
    found = await call.lock_managed_cohort(
        cohort, "draft", "open", *(("running", "paused", "finished") if again else ())
    )
    first = call.parse_local_date("on", found.zone) or found.get_cohort_date(call.now)
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: `cohort create` makes a new cohort.")
    if found.state in {"draft", "open"}:
        return await _start_cohort(call, found, first, sure)
    if not again:
        raise Refused(
            f"{found.name} has begun already: `cohort reschedule` moves its dates, and `cohort start again=yes` goes "
            "through the whole plan once more."
        )
    return await _start_cohort_again(call, found, first, sure)


async def _start_cohort(call: Call, found: Cohort, first: date, sure: str | None) -> Message:
    if found.state == "open" and first == found.start:
        raise Refused(
            f"{found.name} starts on {format_day(first)} by itself: there is nothing left for you to do.",
            "on",
        )
    after = _compute_started_cohort(found, first, call)
    act = await _build_start_act(call, found, after)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(found))
    homes = await call.tx.cohorts.list_homes(found.id)
    for message in act.announcements:
        if found.state == "draft":
            await call.tx.ledger.enter_announcement(
                after, f"open/{after.edition}", message, homes, call.now
            )
        else:
            await call.tx.ledger.enter_numbered_announcement(
                after, "moved", message, homes, call.now
            )
    since = get_instant_before_week(after, call.now) if found.state == "draft" else None
    saved = await call.tx.schedule.save_changed_cohort(found, after, call.now, since=since)
    by_itself = (
        f" It would have started by itself on {format_day(found.start)}."
        if found.state == "open"
        else ""
    )
    return await _build_started_message(call, saved, by_itself)


async def _build_start_act(call: Call, found: Cohort, after: Cohort) -> Act:
    week, name = after.week_at(call.now), escape_text(found.name)
    opens = "be open for people to join, and " if found.state == "draft" else ""
    begins = f"begin in week {week.number}" if week else f"start on {format_day(after.start)}"
    says = build_phrase("cohort start", cohort=found.ref, on=after.start)
    if found.state == "draft":
        news: tuple[Message, ...] = (build_invitation(after, call.now),)
        slots = list_opening_slots(
            after,
            await call.tx.cohorts.load_roadmap_by_id(found.plan_id),
            call.now,
            post_kinds=call.post_kinds,
        )
    else:
        news = (
            ()
            if week
            else (build_date_change_notice(found, after, call.now, post_kinds=call.post_kinds),)
        )
        slots = list_late_slots(
            found,
            after,
            call.now,
            await call.tx.ledger.list_posts_in_every_home(found),
            post_kinds=call.post_kinds,
        )
    then = describe_immediate_posts(slots, post_kinds=call.post_kinds)
    return Act(
        f"**{name}** would {opens}{begins}.", _format_start_label(after, call), says, news, then
    )


def _format_start_label(after: Cohort, call: Call) -> str:
    return "Start now" if after.week_at(call.now) else f"Start on {format_day(after.start)}"


def _compute_started_cohort(found: Cohort, first: date, call: Call) -> Cohort:
    try:
        return found.move_start(first, call.now)
    except Refused as refused:
        raise Refused(refused.sentence, "on") from None


async def _build_started_message(call: Call, saved: Cohort, more: str) -> Message:
    week, name = saved.week_at(call.now), escape_text(saved.name)
    if week is not None:
        head = f"**{name}** is on its way, in week {week.number}. What opens the week comes right now.{more}"
    else:
        begins = saved.begins_at
        when = format_moment(begins, load_zone(saved.zone)) if begins else "the day its pause ends"
        head = f"**{name}** starts on {when}, all by itself.{more}"
    taken = await call.tx.members.count_seats_taken(saved)
    people = (
        "Nobody has joined yet, so invite a few."
        if not taken
        else f"{taken} {'has' if taken == 1 else 'have'} joined."
    )
    coming = describe_next_post(
        saved,
        call.now,
        await call.tx.ledger.list_posts_in_every_home(saved),
        post_kinds=call.post_kinds,
    )
    return text_message(
        f"{head}\n{coming} {people}",
        build_next_step_buttons(saved, ("Members", build_phrase("members list", cohort=saved.ref))),
    )


def _format_all_weeks(cohort: Cohort) -> str:
    count = len(cohort.syllabus.weeks)
    return "its week" if count == 1 else f"all {count} weeks"


async def _start_cohort_again(call: Call, found: Cohort, first: date, sure: str | None) -> Message:
    if found.edition > 1 and found.start == first:  # the button was pressed twice
        raise Refused(
            f"{found.name} has been started again on {format_day(first)} already: `posts timeline` shows it.",
            "on",
        )
    edition = await call.tx.ledger.find_next_edition(found)
    after = replace(found.start_new_edition(first, call.now), edition=edition)
    begins = (
        f"Week 1 is on {format_day(after.calendar.weeks[0].first)}." if after.calendar.weeks else ""
    )
    news = text_message(
        f"**{escape_text(found.name)}** goes through its plan once more. {begins} Ticks and check-ins stay."
    )
    head = (
        f"**{escape_text(found.name)}** would go through {_format_all_weeks(found)} once more, and it {describe_cohort_state(after, call.now)}. Every post "
        "is sent again; ticks, check-ins and members stay as they are. Another day: `cohort start again=yes on=`."
    )
    says = build_phrase("cohort start", cohort=found.ref, on=first, again="yes")
    begins_on = after.calendar.weeks[0].first if after.calendar.weeks else first
    act = Act(head, f"Start again on {format_day(begins_on)}", says, (news,), is_final=True)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(found))
    homes = await call.tx.cohorts.list_homes(found.id)
    await call.tx.ledger.enter_announcement(after, f"again/{after.edition}", news, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(found, after, call.now)
    return await _build_started_message(call, saved, "")
