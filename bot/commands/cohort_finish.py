"""`cohort finish`: a cohort ends before its time, with its finale; one that has not begun is called off."""

from __future__ import annotations

from typing import Annotated

from bot.cohort import Cohort
from bot.command import Call, Hidden, command
from bot.command.suggest import managed_cohorts
from bot.message import Button, Buttons, Message, phrase, quote, say
from bot.outlook import onward, standing
from bot.post import closing


@command(moderators=True)
async def cohort_finish(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    sure: Annotated[bool, Hidden()] = False,
) -> Message:
    """End a cohort now, with its finale."""
    found = await call.managed(cohort, "running", "paused", "open")
    ended = found.ended(call.now)
    begun = found.state != "open"
    if not sure:
        return _ask(found, call, begun)
    homes = await call.tx.cohorts.homes(found.id)
    if not begun:
        news = say(f"**{quote(found.name)}** is called off: it will not start. Thank you for your interest.")
        await call.tx.ledger.announce(ended, f"off/{ended.edition}", news, homes, call.now)
    saved = await call.tx.schedule.change(found, ended, call.now)
    if begun:
        await call.tx.ledger.enter(saved, closing(saved, call.now), homes)
    coming = "The finale comes right now" if begun and closing(saved, call.now) else "Nothing more comes"
    return say(
        f"**{quote(saved.name)}** has finished. {coming}; ticks and check-ins still count.",
        onward(
            saved,
            ("Archive it", phrase("cohort archive", cohort=saved.ref)),
            ("Start it again", phrase("cohort start", cohort=saved.ref, again="yes")),
        ),
    )


def _ask(found: Cohort, call: Call, begun: bool) -> Message:
    sure = phrase("cohort finish", cohort=found.ref, sure="yes")
    then = "its finale is posted, and no further week comes" if begun else "everybody reads that it is called off"
    return say(
        f"**{quote(found.name)}** {standing(found, call.now)}. If you finish it now, {then}. "
        "A pause may do as well: then it can go on.",
        Buttons((Button("Finish it now", sure, "danger"),)),
        onward(found, *((("Pause", phrase("cohort pause", cohort=found.ref)),) if found.state == "running" else ())),
    )
