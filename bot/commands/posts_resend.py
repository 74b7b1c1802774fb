"""`posts resend`, for buttons below a digest: send a post again that failed, or that may be there.

The bot never does so by itself where a post may be there already. Here a moderator decides.
"""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import shorten
from bot.command import Act, Call, CohortRef, LoggedText, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.post import build_post_slot, is_too_late
from bot.store.ledger import Letter
from bot.views.notices import build_next_step_buttons, describe_homes
from bot.views.timeline import format_letter_title

REASON = 120  # characters
MOST_DIGITS = 9  # More of them are refused before they become a number.


@command(moderators=True, hidden=True)
async def posts_resend(
    call: Call,
    letter: Annotated[str, "Which post, by its number", LoggedText()],
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Send a post again that failed or may be lost."""
    managed = await call.lock_managed_cohort(cohort)
    post = await _find_post(call, managed, letter)
    title = _format_title(call, managed, post)
    _require_useful(call, managed, post, title)
    act = Act(
        await _describe_trouble(call, managed, post, title),
        "Send it again",
        build_phrase("posts resend", letter=str(post.id), cohort=managed.ref),
    )
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(managed))
    await call.tx.troubles.reopen_post(managed, post, call.now)
    return text_message(f"I send _{title}_ again now.", build_next_step_buttons(managed))


async def _find_post(call: Call, cohort: Cohort, typed: str) -> Letter:
    """Return the post with a number, if it failed or may be lost. Raises `Refused`."""
    post = None
    if typed.isascii() and typed.isdecimal() and len(typed) <= MOST_DIGITS:
        post = await call.tx.troubles.find_troubled_post(cohort, int(typed))
    if post is None:
        raise Refused(
            "That post has been sent or is on its way: `posts timeline` shows what became of it."
        )
    return post


def _format_title(call: Call, cohort: Cohort, post: Letter) -> str:
    if post.kind == "announcement":
        return escape_text(f"Announcement, {post.ref.partition('/')[0]}")
    return escape_text(format_letter_title(post.kind, post.ref, cohort, call.post_kinds))


def _require_useful(call: Call, cohort: Cohort, post: Letter, title: str) -> None:
    """Raise `Refused` for a post that would be skipped again at once."""
    if post.message is not None:
        return
    kind = call.post_kinds.kinds.get(post.kind)
    if kind is None:
        raise Refused(f"There are no posts like {title} any more: nothing is left to send.")
    slot = build_post_slot(cohort, post.kind, post.ref, post.moment)
    if is_too_late(kind, slot, cohort, call.now):
        raise Refused(
            f"It is too late for {title} to be of use: `posts timeline` shows what comes next."
        )


async def _describe_trouble(call: Call, cohort: Cohort, post: Letter, title: str) -> str:
    homes = await call.tx.cohorts.list_homes(cohort.id)
    places = [home.place for home in homes if home.id == post.home_id]
    if not places:
        raise Refused(f"The place for {title} was taken away: link it again with `cohort link`.")
    where = describe_homes(places, call.place)
    reason = escape_text(shorten(post.reason, REASON))
    if post.state == "failed":
        return f"Send _{title}_ again {where}? It failed: {reason}."
    return (
        f"Send _{title}_ again {where}? It may be there already ({reason}), "
        "so look in the channel first: I cannot."
    )
