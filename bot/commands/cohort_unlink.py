"""`cohort unlink`: a cohort with several homes lives here no more. What was sent stays in the ledger, and nobody loses a seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.store.cohorts import Home
from bot.views.notices import build_next_step_buttons, describe_homes

STAY = "Whoever joined from here stays a member with all they have done"


@command(moderators=True)
async def cohort_unlink(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Take this side's home away from a cohort that also lives elsewhere."""
    found = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused", "finished")
    leaving, staying = await _split_homes_by_space(call, found)
    there = describe_homes((home.place for home in staying), call.place)
    is_told = found.state in {"open", "running", "paused"}
    gone = describe_homes((home.place for home in leaving), staying[0].place)
    news = text_message(
        f"**{escape_text(found.name)}** no longer lives {gone}. Whoever joined there stays a member."
    )
    act = Act(
        f"**{escape_text(found.name)}** would live {there} alone, and its posts would stop here. {STAY}, but my private "
        "messages no longer reach them, and moderators here could not manage it any more.",
        "Take it away from here",
        build_phrase("cohort unlink", cohort=found.ref),
        (news,) if is_told else (),
        is_final=True,
    )
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(found))
    await call.tx.ledger.close_home_letters(leaving, call.now)
    await call.tx.events.cancel_home_events(leaving, call.now)
    await call.tx.cohorts.delete_homes(found, leaving)
    if is_told:
        await call.tx.ledger.enter_numbered_announcement(found, "unlinked", news, staying, call.now)
    return text_message(
        f"**{escape_text(found.name)}** lives {there} alone now. {STAY}, and can still `tick` and `checkin`. Should it come back, a "
        "moderator there says `cohort link` for a code."
    )


async def _split_homes_by_space(call: Call, found: Cohort) -> tuple[Sequence[Home], Sequence[Home]]:
    """The homes in this space and those elsewhere that the bot can reach. Raises `Refused` where none would be left."""
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: nothing about it changes any more.")
    homes = await call.tx.cohorts.list_homes(found.id)
    here = (call.place.platform, call.place.space)
    leaving = [one for one in homes if (one.place.platform, one.place.space) == here]
    staying = [one for one in homes if one not in leaving]
    if not staying:
        raise Refused(
            f"{found.name} lives nowhere else: `cohort move` takes it to another channel, and `cohort finish` ends it."
        )
    if not any(one.is_in_reach for one in staying):
        raise Refused(
            f"{found.name} lives nowhere else that I can reach: have me invited there again first, or end it with "
            "`cohort finish`."
        )
    return leaving, staying
