"""`posts board`: one board in the channel, kept up to date; taken down by the same command."""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, text_message
from bot.command import Call, CohortRef, command
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.post_homes import find_home_here
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons, describe_setup_problems


@command(moderators=True, announcing=True, order=65)
async def posts_board(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    on: Annotated[bool | None, "Put it up, or take it down"] = None,
) -> Message:
    """Keep one board in this channel, with everybody's progress up to date."""
    managed = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    homes = await call.tx.cohorts.list_homes(managed.id)
    home = find_home_here(call, managed, homes, "posts board")
    board = await call.tx.kept_posts.find_board(managed, home)
    if on is False:
        if board is None:
            return _build_answer(managed, f"{format_cohort_name(managed)} has no board here.")
        await call.tx.kept_posts.take_down_board(board, call.now)
        return _build_answer(managed, f"The board of {format_cohort_name(managed)} is taken down.")
    if board is not None:
        sentence = f"{format_cohort_name(managed)} has a board here, and I keep it up to date."
        return _build_answer(managed, sentence, is_up=True)
    require_changeable_cohort(managed)
    _require_open_cohort(managed)
    await call.tx.kept_posts.put_up_board(managed, home, call.now)
    sentences = (
        f"The board of {format_cohort_name(managed)} is on its way to this channel. "
        "It counts along when people tick or check in, and it notifies nobody."
    )
    lacking = [problem for problem in call.setup_problems if problem.extra == "pin"]
    lines = [sentences, *describe_setup_problems(lacking)]
    return _build_answer(managed, "\n".join(lines), is_up=True)


def _require_open_cohort(cohort: Cohort) -> None:
    if cohort.state == "draft":
        raise Refused(f"{cohort.name} is a draft: use `cohort open` first, and then `posts board`.")


def _build_answer(cohort: Cohort, text: str, *, is_up: bool = False) -> Message:
    if is_up:
        change = ("Take it down", build_phrase("posts board", cohort=cohort.ref, on="no"))
    else:
        change = ("Put it up", build_phrase("posts board", cohort=cohort.ref, on="yes"))
    return text_message(text, build_next_step_buttons(cohort, acts=[change]))
