"""`cohort resume`: continue a paused plan today. The pause has moved it by whole weeks."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.message import Message, build_phrase, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import describe_cohort_state, describe_date_changes
from bot.views.notices import build_date_change_notice, build_next_step_buttons
from bot.views.timeline import describe_immediate_posts, describe_next_post, list_late_slots


@command(moderators=True)
async def cohort_resume(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Continue a paused plan today."""
    before = await call.lock_managed_cohort(cohort, "paused")
    resumed = before.resume_weeks(call.now)
    act = await _build_resume_act(call, before, resumed)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(before))
    homes = await call.tx.cohorts.list_homes(before.id)
    for notice in act.announcements:
        await call.tx.ledger.enter_numbered_announcement(
            resumed, "resumed", notice, homes, call.now
        )
    saved = await call.tx.schedule.save_changed_cohort(before, resumed, call.now)
    return await _build_resume_answer(call, before, saved)


async def _build_resume_act(call: Call, before: Cohort, resumed: Cohort) -> Act:
    name = format_cohort_name(before)
    state = describe_cohort_state(resumed, call.now)
    entered = await call.tx.ledger.list_posts_in_every_home(before)
    unpaused = _drop_open_pause(before)
    notice = build_date_change_notice(
        unpaused, resumed, call.now, entered, f"{name} continues.", post_kinds=call.post_kinds
    )
    return Act(
        f"Continue {name} today? It then {state}.",
        "Resume it",
        build_phrase("cohort resume", cohort=before.ref),
        (notice,),
        describe_immediate_posts(
            list_late_slots(before, resumed, call.now, entered, post_kinds=call.post_kinds),
            post_kinds=call.post_kinds,
        ),
    )


async def _build_resume_answer(call: Call, before: Cohort, saved: Cohort) -> Message:
    state = describe_cohort_state(saved, call.now)
    changes = describe_date_changes(_drop_open_pause(before), saved, call.now)
    entered = await call.tx.ledger.list_posts_in_every_home(saved)
    sentences = changes or ("No week has moved.",)
    pause = ("Pause", build_phrase("cohort pause", cohort=saved.ref))
    return text_message(
        f"{format_cohort_name(saved)} continues and {state}. I have told everybody.",
        " ".join(
            (*sentences, describe_next_post(saved, call.now, entered, post_kinds=call.post_kinds))
        ),
        build_next_step_buttons(saved, acts=[pause]),
    )


def _drop_open_pause(paused: Cohort) -> Cohort:
    """Return the cohort without its pause, to compare the new dates with."""
    dated = tuple(planned for planned in paused.breaks if planned.last is not None)
    return replace(paused, breaks=dated)
