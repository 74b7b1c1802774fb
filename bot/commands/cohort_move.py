"""`cohort move`: the posts of a cohort come in another channel from now on: the one where it is said."""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Choice, Message, build_phrase, escape_text, text_message
from bot.chat.text import join_names
from bot.command import Act, Call, CohortRef, MissingChoice, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.store.cohorts import Home
from bot.views.notices import build_next_step_buttons, describe_setup_problems
from bot.views.timeline import describe_next_post, format_letter_title

NAMED = 4  # posts that wait, as far as they are shown


@command(moderators=True, announcing=True)
async def cohort_move(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Have a cohort live in this channel: its posts come here from now on."""
    if call.place.is_private:
        raise Refused(
            "A cohort lives in a channel: say `cohort move` in the channel where its posts should appear."
        )
    found = await call.lock_managed_cohort(cohort or await _find_cohort_elsewhere(call))
    home = await _find_home_to_move(call, found)
    act = await _build_move_act(call, found, home)
    if act is not None and not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(found))
    await call.tx.ledger.close_doubtful_letters(home, call.now)
    await call.tx.cohorts.move_home(home, call.place.channel)
    await call.tx.ledger.make_home_letters_due([home.id], call.now)
    told = f"**{escape_text(found.name)}** lives in this channel now. {await _describe_posts_after_move(call, found)}"
    return text_message(
        "\n".join(
            (told, *describe_setup_problems(one for one in call.setup_problems if one.is_blocking))
        ),
        build_next_step_buttons(found),
    )


async def _build_move_act(call: Call, found: Cohort, home: Home) -> Act | None:
    """What is posted here at once, as it waits for a place; None where nothing does, and a move tells nobody anything."""
    waiting = await call.tx.ledger.list_waiting_letters(home)
    if not waiting:
        return None
    kept = [letter for letter in waiting if letter.message is None]
    titles = [
        f"_{escape_text(format_letter_title(letter.kind, letter.ref, found, post_kinds=call.post_kinds))}_"
        for letter in kept
    ]
    then = (f"I post {join_names(titles, NAMED)} here right away.",) if titles else ()
    news = tuple(letter.message for letter in waiting if letter.message is not None)[:NAMED]
    head = f"**{escape_text(found.name)}** would live in this channel, and what waited would be posted here."
    return Act(head, "Move it here", build_phrase("cohort move", cohort=found.ref), news, then)


async def _describe_posts_after_move(call: Call, found: Cohort) -> str:
    if found.state == "draft":
        return "It is a draft: nobody is told until you open it."
    waited = "What waited comes here as well. "
    return waited + describe_next_post(
        found,
        call.now,
        await call.tx.ledger.list_posts_in_every_home(found),
        post_kinds=call.post_kinds,
    )


async def _find_cohort_elsewhere(call: Call) -> str | None:
    """The only cohort of this space that lives in another channel: that is the one to move, when none was named."""
    here = {
        one.id
        for one in await call.tx.cohorts.list_cohorts_in_space(call.place, is_channel_only=True)
    }
    there = [
        one for one in await call.tx.cohorts.list_cohorts_in_space(call.place) if one.id not in here
    ]
    if len(there) > 1:
        raise MissingChoice(
            "cohort",
            "Which cohort do you mean?",
            [Choice(one.name, one.ref, one.state) for one in there[:25]],
        )
    return there[0].ref if there else None


async def _find_home_to_move(call: Call, found: Cohort) -> Home:
    """Where a cohort lives in this space; of several homes there, one whose posts are in trouble. Raises `Refused`."""
    if found.state == "archived":
        raise Refused(
            f"{found.name} is archived for good: `cohort create` makes a new cohort here."
        )
    here = (call.place.platform, call.place.space)
    homes = [
        one
        for one in await call.tx.cohorts.list_homes(found.id)
        if (one.place.platform, one.place.space) == here
    ]
    if any(home.place == call.place for home in homes):
        raise Refused(
            f"{found.name} lives in this channel already: say `cohort move` in the one it should move to."
        )
    return min(homes, key=lambda home: not home.trouble)
