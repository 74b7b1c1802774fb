"""`posts preview`: a coming post, for its moderator alone, as everybody will see it."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message
from bot.command import Call, CohortRef, HiddenOption, NumberRange, command
from bot.command.post_previews import preview_post
from bot.command.post_settings import find_post_kind
from bot.command.suggestions import suggest_managed_cohorts, suggest_post_kinds


@command(moderators=True, reads=True, action="Preview a post")
async def posts_preview(
    call: Call,
    post: Annotated[str | None, "Which post; usually the next one", suggest_post_kinds] = None,
    week: Annotated[int | None, "Of which week", NumberRange(1)] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    press: Annotated[int | None, HiddenOption()] = None,
    pick: Annotated[tuple[str, ...], HiddenOption()] = (),
) -> Message:
    """See a coming post before everybody else does."""
    managed = await call.find_managed_cohort(cohort)
    kind = find_post_kind(call, post) if post is not None else None
    # A button or a list of a preview shows the preview again, whatever was picked.
    is_pressed = press is not None or bool(pick)
    return await preview_post(call, managed, kind, week, is_pressed=is_pressed)
