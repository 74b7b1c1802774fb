"""`cohort unlink`: a cohort with several homes lives here no more. What was sent stays in the ledger, and nobody loses a seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message, phrase, quote, say
from bot.command import Act, Call, Sure, command
from bot.command.suggestions import managed_cohorts
from bot.group.cohort import Cohort
from bot.store.cohorts import Home
from bot.views.notices import onward, whereabouts

STAY = "Whoever joined from here stays a member with all they have done"


@command(moderators=True)
async def cohort_unlink(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    sure: Sure = None,
) -> Message:
    """Take this side's home away from a cohort that also lives elsewhere."""
    found = await call.managed(cohort, "draft", "open", "running", "paused", "finished")
    leaving, staying = await _parted(call, found)
    there = whereabouts((home.place for home in staying), call.place)
    is_told = found.state in {"open", "running", "paused"}
    gone = whereabouts((home.place for home in leaving), staying[0].place)
    news = say(
        f"**{quote(found.name)}** no longer lives {gone}. Whoever joined there stays a member."
    )
    act = Act(
        f"**{quote(found.name)}** would live {there} alone, and its posts would stop here. {STAY}, but my private "
        "messages no longer reach them, and moderators here could not manage it any more.",
        "Take it away from here",
        phrase("cohort unlink", cohort=found.ref),
        (news,) if is_told else (),
        is_final=True,
    )
    if not act.is_agreed(sure):
        return act.preview(sure, onward(found))
    await call.tx.ledger.close(leaving, call.now)
    await call.tx.events.call_off(leaving, call.now)
    await call.tx.cohorts.unhouse(found, leaving)
    if is_told:
        await call.tx.ledger.announce_next(found, "unlinked", news, staying, call.now)
    return say(
        f"**{quote(found.name)}** lives {there} alone now. {STAY}, and can still `tick` and `checkin`. Should it come back, a "
        "moderator there says `cohort link` for a code."
    )


async def _parted(call: Call, found: Cohort) -> tuple[Sequence[Home], Sequence[Home]]:
    """The homes in this space and those elsewhere that the bot can reach. Raises `Refused` where none would be left."""
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: nothing about it changes any more.")
    homes = await call.tx.cohorts.homes(found.id)
    here = (call.place.platform, call.place.space)
    leaving = [one for one in homes if (one.place.platform, one.place.space) == here]
    staying = [one for one in homes if one not in leaving]
    if not staying:
        raise Refused(
            f"{found.name} lives nowhere else: `cohort move` takes it to another channel, and `cohort finish` ends it."
        )
    if not any(one.in_reach for one in staying):
        raise Refused(
            f"{found.name} lives nowhere else that I can reach: have me invited there again first, or end it with "
            "`cohort finish`."
        )
    return leaving, staying
