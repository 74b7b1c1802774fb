"""`cohort finish`: end a cohort early, with its finale. One that has not started is called off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.message import Message, build_phrase, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.post import list_closing_slots
from bot.store.cohorts import Home
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import describe_cohort_state
from bot.views.notices import build_next_step_buttons
from bot.views.timeline import describe_immediate_posts

FAREWELLS = "Each member gets a farewell in private."


@command(moderators=True)
async def cohort_finish(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """End a cohort now, with its finale."""
    before = await call.lock_managed_cohort(cohort, "running", "paused", "open")
    ended = before.finish_early(call.now)
    act = _build_finish_act(call, before, ended)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(before, acts=_list_ways_out(before)))
    saved = await _save_finished_cohort(call, before, ended, act)
    return _build_finish_answer(call, before, saved)


def _build_finish_act(call: Call, before: Cohort, ended: Cohort) -> Act:
    name = format_cohort_name(before)
    phrase = build_phrase("cohort finish", cohort=before.ref)
    question = f"{name} {describe_cohort_state(before, call.now)}. End it now?"
    if before.state == "open":
        head = f"{question} It will not start."
        notice = text_message(
            f"{name} is cancelled and will not start. Thank you for your interest."
        )
        return Act(head, "Finish it now", phrase, (notice,), is_final=True)
    head = f"{question} There are no more weeks. You can also pause it and continue later."
    closing = list_closing_slots(ended, call.now, post_kinds=call.post_kinds)
    follow_ups = [*describe_immediate_posts(closing, call.post_kinds)]
    if list_closing_slots(ended, call.now, "member", call.post_kinds):
        follow_ups.append(FAREWELLS)
    return Act(head, "Finish it now", phrase, follow_ups=tuple(follow_ups), is_final=True)


def _list_ways_out(cohort: Cohort) -> list[tuple[str, str]]:
    if cohort.state != "running":
        return []
    return [("Pause", build_phrase("cohort pause", cohort=cohort.ref))]


async def _save_finished_cohort(call: Call, before: Cohort, ended: Cohort, act: Act) -> Cohort:
    homes = await call.tx.cohorts.list_homes(before.id)
    for notice in act.announcements:
        key = f"off/{ended.edition}"
        await call.tx.ledger.enter_announcement(ended, key, notice, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(before, ended, call.now)
    if before.state != "open":
        await _enter_closing_posts(call, saved, homes)
    return saved


async def _enter_closing_posts(call: Call, saved: Cohort, homes: Sequence[Home]) -> None:
    # The calendar has no end for a cohort that ends early: what comes then is entered by hand.
    public = list_closing_slots(saved, call.now, post_kinds=call.post_kinds)
    await call.tx.ledger.enter_due_posts(saved, public, homes)
    private = list_closing_slots(saved, call.now, "member", call.post_kinds)
    if private:
        member_ids = await call.tx.members.list_seated_member_ids(saved)
        await call.tx.ledger.enter_private_posts(saved, private, member_ids)


def _build_finish_answer(call: Call, before: Cohort, saved: Cohort) -> Message:
    coming = "There are no more posts."
    closing = list_closing_slots(saved, call.now, post_kinds=call.post_kinds)
    if before.state != "open" and closing:
        coming = "I post the finale now."
    return text_message(
        f"{format_cohort_name(saved)} has finished. {coming} Ticks and check-ins still count.",
        build_next_step_buttons(saved, acts=_list_next_acts(saved)),
    )


def _list_next_acts(saved: Cohort) -> Sequence[tuple[str, str]]:
    return (
        ("Archive it", build_phrase("cohort archive", cohort=saved.ref)),
        ("Start it again", build_phrase("cohort start", cohort=saved.ref, again="yes")),
    )
