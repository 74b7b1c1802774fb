"""`cohort move`: the posts of a cohort come in another channel from now on: the one where it is said."""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Choice, Message, phrase, quote, say
from bot.chat.text import names
from bot.command import Act, Ask, Call, Sure, command
from bot.command.suggestions import managed_cohorts
from bot.group.cohort import Cohort
from bot.store.cohorts import Home
from bot.views.notices import missing, onward
from bot.views.timeline import letter_title, next_post

NAMED = 4  # posts that wait, as far as they are shown


@command(moderators=True, announcing=True)
async def cohort_move(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    sure: Sure = None,
) -> Message:
    """Have a cohort live in this channel: its posts come here from now on."""
    if call.place.private:
        raise Refused(
            "A cohort lives in a channel: say `cohort move` in the channel where its posts should appear."
        )
    found = await call.managed(cohort or await _elsewhere(call))
    home = await _home(call, found)
    act = await _act(call, found, home)
    if act is not None and not act.is_agreed(sure):
        return act.preview(sure, onward(found))
    await call.tx.ledger.doubt(home, call.now)
    await call.tx.cohorts.move(home, call.place.channel)
    await call.tx.ledger.hasten([home.id], call.now)
    told = f"**{quote(found.name)}** lives in this channel now. {await _coming(call, found)}"
    return say(
        "\n".join((told, *missing(one for one in call.lacking if one.blocks))), onward(found)
    )


async def _act(call: Call, found: Cohort, home: Home) -> Act | None:
    """What is posted here at once, as it waits for a place; None where nothing does, and a move tells nobody anything."""
    waiting = await call.tx.ledger.waiting_for(home)
    if not waiting:
        return None
    kept = [letter for letter in waiting if letter.message is None]
    titles = [f"_{quote(letter_title(letter.kind, letter.ref, found))}_" for letter in kept]
    then = (f"I post {names(titles, NAMED)} here right away.",) if titles else ()
    news = tuple(letter.message for letter in waiting if letter.message is not None)[:NAMED]
    head = (
        f"**{quote(found.name)}** would live in this channel, and what waited would be posted here."
    )
    return Act(head, "Move it here", phrase("cohort move", cohort=found.ref), news, then)


async def _coming(call: Call, found: Cohort) -> str:
    if found.state == "draft":
        return "It is a draft: nobody is told until you open it."
    waited = "What waited comes here as well. "
    return waited + next_post(found, call.now, await call.tx.ledger.entered(found))


async def _elsewhere(call: Call) -> str | None:
    """The only cohort of this space that lives in another channel: that is the one to move, when none was named."""
    here = {one.id for one in await call.tx.cohorts.in_space(call.place, channel=True)}
    there = [one for one in await call.tx.cohorts.in_space(call.place) if one.id not in here]
    if len(there) > 1:
        raise Ask(
            "cohort",
            "Which cohort do you mean?",
            [Choice(one.name, one.ref, one.state) for one in there[:25]],
        )
    return there[0].ref if there else None


async def _home(call: Call, found: Cohort) -> Home:
    """Where a cohort lives in this space; of several homes there, one whose posts are in trouble. Raises `Refused`."""
    if found.state == "archived":
        raise Refused(
            f"{found.name} is archived for good: `cohort create` makes a new cohort here."
        )
    here = (call.place.platform, call.place.space)
    homes = [
        one
        for one in await call.tx.cohorts.homes(found.id)
        if (one.place.platform, one.place.space) == here
    ]
    if any(home.place == call.place for home in homes):
        raise Refused(
            f"{found.name} lives in this channel already: say `cohort move` in the one it should move to."
        )
    return min(homes, key=lambda home: not home.trouble)
