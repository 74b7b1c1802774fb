"""`posts notify`: whom each kind of post notifies in this channel. By default it is nobody."""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message
from bot.command import Call, CohortRef, LoggedText, RestOfLine, command
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.notify_posts import (
    build_notify_page,
    change_notified,
    find_notifying_home,
    find_notifying_kind,
    parse_notified,
    suggest_notified,
    suggest_notifying_kinds,
)
from bot.command.suggestions import suggest_managed_cohorts


@command(moderators=True, announcing=True, extras=("role", "mention"), order=90)
async def posts_notify(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    post: Annotated[str | None, "Which post", suggest_notifying_kinds, LoggedText()] = None,
    how: Annotated[
        str | None, "Nobody, or whom it notifies here", suggest_notified, LoggedText(), RestOfLine()
    ] = None,
) -> Message:
    """Choose whom each post notifies here; usually it is nobody."""
    managed = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    home = await find_notifying_home(call, managed)
    kind = find_notifying_kind(call, post) if post is not None else None
    if how is None:
        return await build_notify_page(call, managed, home, kind)
    if kind is None:
        raise Refused("Choose a post to change: use `posts notify` to see them.", "post")
    require_changeable_cohort(managed)
    await change_notified(call, managed, home, kind, parse_notified(call, home, how))
    return await build_notify_page(call, managed, home, kind, "Saved.")
