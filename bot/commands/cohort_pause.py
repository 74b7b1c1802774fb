"""`cohort pause`: stop the plan until `cohort resume`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from bot.chat.message import Message, build_phrase, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import describe_date_changes, format_day
from bot.views.notices import build_next_step_buttons

STILL_COUNTS = "People can still tick items and check in."


@command(moderators=True, order=60, action="Pause a cohort")
async def cohort_pause(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Pause the plan until you resume it."""
    before = await call.lock_managed_cohort(cohort, "running")
    paused = before.pause_weeks(call.now)
    act = _build_pause_act(call, before, paused)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(before))
    homes = await call.tx.cohorts.list_homes(before.id)
    for notice in act.announcements:
        await call.tx.ledger.enter_numbered_announcement(paused, "paused", notice, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(before, paused, call.now)
    resume = ("Resume", build_phrase("cohort resume", cohort=saved.ref))
    return text_message(
        f"{_describe_pause(saved)} I have told everybody.",
        " ".join((*describe_date_changes(before, saved, call.now), STILL_COUNTS)),
        build_next_step_buttons(saved, acts=[resume]),
    )


def _build_pause_act(call: Call, before: Cohort, paused: Cohort) -> Act:
    day = format_day(_get_first_day(paused))
    question = f"Pause {format_cohort_name(before)} from {day}?"
    head = " ".join((question, *describe_date_changes(before, paused, call.now)))
    notice = text_message(
        f"{_describe_pause(paused)} There are no posts and no reminders, and your streak is safe. "
        "I will post here when it continues."
    )
    return Act(head, "Pause it", build_phrase("cohort pause", cohort=before.ref), (notice,))


def _describe_pause(paused: Cohort) -> str:
    return f"{format_cohort_name(paused)} is paused from {format_day(_get_first_day(paused))}."


def _get_first_day(paused: Cohort) -> date:
    return paused.breaks[-1].first
