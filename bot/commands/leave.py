"""`leave`: give a seat back. The ticks stay stored."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Call, CohortRef, command
from bot.command.suggestions import suggest_own_cohorts
from bot.group.cohort import Cohort


@command(section="me", action="Leave a cohort")
async def leave(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """Leave a cohort; your ticks are kept in case you come back."""
    # Leaving the wrong cohort gives a seat away, so ask wherever another one may be meant.
    own_cohort, member = await call.resolve_membership(cohort, certain=True)
    await call.tx.members.end_membership(member, call.now)
    return _build_goodbye(own_cohort)


def _build_goodbye(own_cohort: Cohort) -> Message:
    return text_message(
        f"You have left **{escape_text(own_cohort.name)}**. You get no more reminders. "
        "Your ticks are kept in case you come back.",
        button_row(("Join again", build_phrase("join", cohort=own_cohort.ref))),
    )
