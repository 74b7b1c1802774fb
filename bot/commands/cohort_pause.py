"""`cohort pause`: the plan stands still until somebody says `cohort resume`."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message, phrase, quote, say
from bot.command import Act, Call, Sure, command
from bot.command.suggestions import managed_cohorts
from bot.views.dates import day, moves
from bot.views.notices import onward


@command(moderators=True, order=60, action="Pause a cohort")
async def cohort_pause(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    sure: Sure = None,
) -> Message:
    """Let the plan stand still until you resume it."""
    found = await call.managed(cohort, "running")
    paused = found.paused(call.now)
    homes = await call.tx.cohorts.homes(found.id)
    first = paused.breaks[-1].first
    news = say(
        f"**{quote(found.name)}** pauses from {day(first)} on. Nothing is due, nobody is reminded, and every streak waits. "
        "I say so here when it goes on."
    )
    head = " ".join(
        (
            f"**{quote(found.name)}** would pause from {day(first)} on.",
            *moves(found, paused, call.now),
        )
    )
    act = Act(head, "Pause it", phrase("cohort pause", cohort=found.ref), (news,))
    if not act.is_agreed(sure):
        return act.preview(sure, onward(found))
    await call.tx.ledger.announce_next(paused, "paused", news, homes, call.now)
    saved = await call.tx.schedule.change(found, paused, call.now)
    return say(
        f"**{quote(saved.name)}** pauses from {day(first)} on, and everybody has been told.",
        " ".join(
            (*moves(found, saved, call.now), "Ticks and check-ins are welcome all the while.")
        ),
        onward(saved, acts=[("Resume", phrase("cohort resume", cohort=saved.ref))]),
    )
