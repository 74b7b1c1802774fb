"""`cohort open`: people may join, and the plan begins by itself on its start date."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.cohort import Cohort
from bot.command import Call, command
from bot.command.suggest import managed_cohorts
from bot.message import Message, phrase, quote, say
from bot.outlook import invitation, just_before, missing, next_post, onward, whereabouts
from bot.people import Refused


@command(moderators=True, announcing=True, order=20, action="Open a cohort")
async def cohort_open(call: Call, cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None) -> Message:
    """Let people join; the plan then starts by itself."""
    found = await call.managed(cohort, "draft")
    if found.state != "draft":
        raise Refused(f"{found.name} is {found.state} already: `cohort timeline` shows what comes.")
    if (finishes := found.finishes_at) is not None and finishes <= call.now:
        raise Refused(f"{found.name} would be over already: give it another start with `cohort reschedule start=`.")
    homes = await call.tx.cohorts.homes(found.id)
    await call.tx.ledger.announce(found, f"open/{found.edition}", invitation(found, call.now), homes, call.now)
    after = replace(found, state="open")
    opened = await call.tx.schedule.change(found, after, call.now, since=just_before(after, call.now))
    lacking = missing(one for one in call.lacking if one.blocks and any(home.place == call.place for home in homes))
    where = whereabouts((home.place for home in homes), call.place) if len(homes) > 1 else "here"
    invited = "my invitation waits" if lacking else f"I have invited everybody {where}"
    told = f"**{quote(opened.name)}** is open, and {invited}. I take it from now on. {_next(opened, call)}"
    return say(
        "\n".join((told, *lacking)),
        onward(opened, ("Join it yourself", phrase("join", cohort=opened.ref))),
    )


def _next(cohort: Cohort, call: Call) -> str:
    week = cohort.week_at(call.now)
    now = f"Week {week.number} comes right now. " if week else ""
    return now + next_post(cohort, call.now)
