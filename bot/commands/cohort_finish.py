"""`cohort finish`: a cohort ends before its time, with its finale; one that has not begun is called off."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.post import list_closing_slots
from bot.views.dates import describe_cohort_state
from bot.views.notices import build_next_step_buttons
from bot.views.timeline import describe_immediate_posts


@command(moderators=True)
async def cohort_finish(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """End a cohort now, with its finale."""
    found = await call.lock_managed_cohort(cohort, "running", "paused", "open")
    ended = found.finish_early(call.now)
    begun = found.state != "open"
    news = text_message(
        f"**{escape_text(found.name)}** is called off: it will not start. Thank you for your interest."
    )
    act = _build_finish_act(found, ended, call, () if begun else (news,))
    if not act.is_agreed(sure):
        pause = ("Pause", build_phrase("cohort pause", cohort=found.ref))
        return act.build_preview(
            sure, build_next_step_buttons(found, acts=[pause] if found.state == "running" else [])
        )
    homes = await call.tx.cohorts.list_homes(found.id)
    if not begun:
        await call.tx.ledger.enter_announcement(
            ended, f"off/{ended.edition}", news, homes, call.now
        )
    saved = await call.tx.schedule.save_changed_cohort(found, ended, call.now)
    if begun:
        await call.tx.ledger.enter_due_posts(
            saved, list_closing_slots(saved, call.now, post_kinds=call.post_kinds), homes
        )
    coming = (
        "The finale comes right now"
        if begun and list_closing_slots(saved, call.now, post_kinds=call.post_kinds)
        else "Nothing more comes"
    )
    return text_message(
        f"**{escape_text(saved.name)}** has finished. {coming}; ticks and check-ins still count.",
        build_next_step_buttons(
            saved,
            acts=[
                ("Archive it", build_phrase("cohort archive", cohort=saved.ref)),
                ("Start it again", build_phrase("cohort start", cohort=saved.ref, again="yes")),
            ],
        ),
    )


def _build_finish_act(found: Cohort, ended: Cohort, call: Call, news: tuple[Message, ...]) -> Act:
    head = f"**{escape_text(found.name)}** {describe_cohort_state(found, call.now)}. If you finish it now, "
    if found.state == "open":
        head += "it will not start."
    else:
        head += "no further week comes. A pause may do as well: then it can go on."
    then = (
        describe_immediate_posts(
            list_closing_slots(ended, call.now, post_kinds=call.post_kinds),
            post_kinds=call.post_kinds,
        )
        if found.state != "open"
        else ()
    )
    return Act(
        head,
        "Finish it now",
        build_phrase("cohort finish", cohort=found.ref),
        news,
        then,
        is_final=True,
    )
