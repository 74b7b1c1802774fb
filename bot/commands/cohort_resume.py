"""`cohort resume`: the plan goes on today; what the pause has moved is moved by whole weeks."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.views.dates import describe_cohort_state, describe_date_changes
from bot.views.notices import build_date_change_notice, build_next_step_buttons
from bot.views.timeline import describe_immediate_posts, describe_next_post, list_late_slots


@command(moderators=True)
async def cohort_resume(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Let a paused plan go on, from today."""
    found = await call.lock_managed_cohort(cohort, "paused")
    resumed = found.resume_weeks(call.now)
    homes = await call.tx.cohorts.list_homes(found.id)
    entered = await call.tx.ledger.list_posts_in_every_home(found)
    news = build_date_change_notice(
        _drop_open_pause(found),
        resumed,
        call.now,
        entered,
        f"**{escape_text(found.name)}** goes on.",
        post_kinds=call.post_kinds,
    )
    act = Act(
        f"**{escape_text(found.name)}** would go on today, and it {describe_cohort_state(resumed, call.now)}.",
        "Resume it",
        build_phrase("cohort resume", cohort=found.ref),
        (news,),
        describe_immediate_posts(
            list_late_slots(found, resumed, call.now, entered, post_kinds=call.post_kinds),
            post_kinds=call.post_kinds,
        ),
    )
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(found))
    await call.tx.ledger.enter_numbered_announcement(resumed, "resumed", news, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(found, resumed, call.now)
    told = describe_date_changes(_drop_open_pause(found), saved, call.now) or (
        "No week has moved.",
    )
    return text_message(
        f"**{escape_text(saved.name)}** goes on and {describe_cohort_state(saved, call.now)}; everybody has been told.",
        " ".join(
            (
                *told,
                describe_next_post(
                    saved,
                    call.now,
                    await call.tx.ledger.list_posts_in_every_home(saved),
                    post_kinds=call.post_kinds,
                ),
            )
        ),
        build_next_step_buttons(
            saved, acts=[("Pause", build_phrase("cohort pause", cohort=saved.ref))]
        ),
    )


def _drop_open_pause(paused: Cohort) -> Cohort:
    """The cohort as it would have gone without the pause: what its new dates are compared with."""
    return replace(paused, breaks=tuple(one for one in paused.breaks if one.last is not None))
