"""`cohort move`: send a cohort's posts to this channel from now on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Choice, Message, build_phrase, escape_text, text_message
from bot.chat.text import join_names
from bot.command import Act, Call, CohortRef, MissingChoice, Sure, command
from bot.command.cohort_checks import require_changeable_cohort, require_channel
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.store.cohorts import Home
from bot.store.ledger import Letter
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons, describe_setup_problems
from bot.views.timeline import describe_next_post, format_letter_title

NAMED = 4  # waiting posts in a preview
OFFERED = 25  # cohorts to choose from


@command(moderators=True, announcing=True)
async def cohort_move(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Send the posts of a cohort to this channel from now on."""
    require_channel(call, "cohort move")
    managed = await call.lock_managed_cohort(cohort or await _find_cohort_elsewhere(call))
    require_changeable_cohort(managed)
    home = await _find_home_to_move(call, managed)
    waiting = await call.tx.ledger.list_waiting_letters(home)
    # Without waiting posts nobody reads anything new, so there is nothing to ask.
    if waiting:
        act = _build_move_act(call, managed, waiting)
        if not act.is_agreed(sure):
            return act.build_preview(sure, build_next_step_buttons(managed))
    await _move_home_here(call, managed, home)
    return await _build_move_answer(call, managed)


async def _find_cohort_elsewhere(call: Call) -> str | None:
    """Return the only cohort of this space with another channel. Raises `MissingChoice`."""
    cohorts = await call.tx.cohorts.list_cohorts_in_space(call.place)
    in_channel = await call.tx.cohorts.list_cohorts_in_space(call.place, is_channel_only=True)
    ids_here = {cohort.id for cohort in in_channel}
    elsewhere = [cohort for cohort in cohorts if cohort.id not in ids_here]
    if len(elsewhere) > 1:
        choices = [Choice(cohort.name, cohort.ref, cohort.state) for cohort in elsewhere[:OFFERED]]
        raise MissingChoice("cohort", "Which cohort do you mean?", choices)
    return elsewhere[0].ref if elsewhere else None


async def _find_home_to_move(call: Call, cohort: Cohort) -> Home:
    """Return the cohort's home in this space. Raises `Refused` if it is this channel already."""
    here = (call.place.platform, call.place.space)
    homes = []
    for home in await call.tx.cohorts.list_homes(cohort.id):
        if home.place == call.place:
            raise Refused(
                f"{cohort.name} already posts in this channel: "
                "use `cohort move` in the channel you want."
            )
        if (home.place.platform, home.place.space) == here:
            homes.append(home)
    # Of several homes, the one in trouble needs the move most.
    return min(homes, key=lambda home: not home.trouble)


def _build_move_act(call: Call, cohort: Cohort, waiting: Sequence[Letter]) -> Act:
    titles = []
    announcements = []
    for letter in waiting:
        # An announcement is stored as it reads; a post is written when it is sent.
        if letter.message is None:
            title = format_letter_title(letter.kind, letter.ref, cohort, call.post_kinds)
            titles.append(f"_{escape_text(title)}_")
        else:
            announcements.append(letter.message)
    follow_ups = []
    if titles:
        follow_ups.append(f"I post {join_names(titles, NAMED)} here right away.")
    return Act(
        f"Move {format_cohort_name(cohort)} to this channel? Posts that waited come here now.",
        "Move it here",
        build_phrase("cohort move", cohort=cohort.ref),
        tuple(announcements[:NAMED]),
        tuple(follow_ups),
    )


async def _move_home_here(call: Call, cohort: Cohort, home: Home) -> None:
    # A letter of unknown fate would be looked for in the wrong channel: it is closed first.
    await call.tx.ledger.close_doubtful_letters(home, call.now)
    await call.tx.cohorts.move_home(home, call.place.channel)
    await call.tx.ledger.make_home_letters_due([home.id], call.now)
    await call.tx.kept_posts.move_board(cohort, home, call.now)


async def _build_move_answer(call: Call, cohort: Cohort) -> Message:
    coming = await _describe_coming_posts(call, cohort)
    lines = [f"{format_cohort_name(cohort)} now posts in this channel. {coming}"]
    blocking = [problem for problem in call.setup_problems if problem.is_blocking]
    lines += describe_setup_problems(blocking)
    return text_message("\n".join(lines), build_next_step_buttons(cohort))


async def _describe_coming_posts(call: Call, cohort: Cohort) -> str:
    if cohort.state == "draft":
        return "It is a draft, so nobody is told until you open it."
    entered = await call.tx.ledger.list_posts_in_every_home(cohort)
    return f"Posts that waited come here too. {describe_next_post(cohort, call.now, entered, post_kinds=call.post_kinds)}"
