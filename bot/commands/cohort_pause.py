"""`cohort pause`: the plan stands still until somebody says `cohort resume`."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.views.dates import describe_date_changes, format_day
from bot.views.notices import build_next_step_buttons


@command(moderators=True, order=60, action="Pause a cohort")
async def cohort_pause(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Let the plan stand still until you resume it."""
    found = await call.lock_managed_cohort(cohort, "running")
    paused = found.pause_weeks(call.now)
    homes = await call.tx.cohorts.list_homes(found.id)
    first = paused.breaks[-1].first
    news = text_message(
        f"**{escape_text(found.name)}** pauses from {format_day(first)} on. Nothing is due, nobody is reminded, and every streak waits. "
        "I say so here when it goes on."
    )
    head = " ".join(
        (
            f"**{escape_text(found.name)}** would pause from {format_day(first)} on.",
            *describe_date_changes(found, paused, call.now),
        )
    )
    act = Act(head, "Pause it", build_phrase("cohort pause", cohort=found.ref), (news,))
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(found))
    await call.tx.ledger.enter_numbered_announcement(paused, "paused", news, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(found, paused, call.now)
    return text_message(
        f"**{escape_text(saved.name)}** pauses from {format_day(first)} on, and everybody has been told.",
        " ".join(
            (
                *describe_date_changes(found, saved, call.now),
                "Ticks and check-ins are welcome all the while.",
            )
        ),
        build_next_step_buttons(
            saved, acts=[("Resume", build_phrase("cohort resume", cohort=saved.ref))]
        ),
    )
