"""`posts settings`: switch posts on or off, and move them. Alone it shows all posts.

`cohort settings` with a post did this before: its sent buttons still work, by hidden options there.
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from bot.chat.message import Answer
from bot.command import Call, CohortRef, HiddenOption, LoggedText, NumberRange, Sure, command
from bot.command.post_settings import MOST_DAYS, PostChange, answer_post_settings
from bot.command.suggestions import suggest_managed_cohorts, suggest_post_kinds


@command(moderators=True, form=True, order=50, action="Change the posts")
async def posts_settings(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    post: Annotated[str | None, "Which post", suggest_post_kinds, LoggedText()] = None,
    on: Annotated[bool | None, "Switch it on or off"] = None,
    day: Annotated[
        int | None, "Its day: 1 is the posting day of a week", NumberRange(0, MOST_DAYS)
    ] = None,
    at: Annotated[time | None, "Its time, like 18:00"] = None,
    usual: Annotated[bool, "Back to its usual day and time"] = False,
    ask: Annotated[Literal["post"] | None, HiddenOption()] = None,
    sure: Sure = None,
) -> Answer:
    """Switch posts on or off, or change their day and time."""
    managed = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    change = PostChange(post, on, day, at, usual)
    return await answer_post_settings(call, managed, change, opens_form=ask is not None, sure=sure)
