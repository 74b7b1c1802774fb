"""`cohort open`: people may join, and the plan begins by itself on its start date."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from bot.cohort import Cohort
from bot.command import Call, command
from bot.command.suggest import managed_cohorts
from bot.message import Message, moment, phrase, quote, say
from bot.pages import buttons
from bot.people import Refused, zone


@command(moderators=True)
async def cohort_open(call: Call, cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None) -> Message:
    """Let people join; the plan then starts by itself."""
    found = await call.managed(cohort, "draft")
    if found.state != "draft":
        raise Refused(f"{found.name} is {found.state} already: `cohort timeline` shows what comes.")
    if (finishes := found.finishes_at) is not None and finishes <= call.now:
        raise Refused(f"{found.name} would be over already: give it another start with `cohort reschedule start=`.")
    opened = await call.tx.schedule.change(found, replace(found, state="open"), call.now, since=_since(found, call.now))
    invitation = say(
        f"**{quote(opened.name)}** is open: {len(opened.syllabus.weeks)} weeks together, "
        f"{_begins(opened, call.now)} Everybody is welcome.",
        buttons(("Join", phrase("join", cohort=opened.ref))),
    )
    homes = await call.tx.cohorts.homes(opened.id)
    await call.tx.ledger.announce(opened, f"open/{opened.edition}", invitation, homes, call.now)
    return say(
        f"**{quote(opened.name)}** is open, and I have invited everybody here. I take it from now on.",
        buttons(("Timeline", phrase("cohort timeline", cohort=opened.ref))),
    )


def _begins(cohort: Cohort, now: datetime) -> str:
    begins = cohort.begins_at
    if begins is None or begins <= now:
        return "already on the way."
    return f"starting on {moment(begins, zone(cohort.zone))}."


def _since(cohort: Cohort, now: datetime) -> datetime | None:
    """For a start in the past, the instant just before the current week, so that this week is still posted."""
    current = cohort.week_at(now)
    return cohort.opens_at(current) - timedelta(seconds=1) if current else None
