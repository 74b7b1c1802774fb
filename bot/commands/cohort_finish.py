"""`cohort finish`: a cohort ends before its time, with its finale; one that has not begun is called off."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message, phrase, quote, say
from bot.command import Act, Call, Sure, command
from bot.command.suggestions import managed_cohorts
from bot.group.cohort import Cohort
from bot.post import closing
from bot.views.dates import standing
from bot.views.notices import onward
from bot.views.timeline import comes_at_once


@command(moderators=True)
async def cohort_finish(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    sure: Sure = None,
) -> Message:
    """End a cohort now, with its finale."""
    found = await call.managed(cohort, "running", "paused", "open")
    ended = found.ended(call.now)
    begun = found.state != "open"
    news = say(
        f"**{quote(found.name)}** is called off: it will not start. Thank you for your interest."
    )
    act = _act(found, ended, call, () if begun else (news,))
    if not act.is_agreed(sure):
        pause = ("Pause", phrase("cohort pause", cohort=found.ref))
        return act.preview(sure, onward(found, acts=[pause] if found.state == "running" else []))
    homes = await call.tx.cohorts.homes(found.id)
    if not begun:
        await call.tx.ledger.announce(ended, f"off/{ended.edition}", news, homes, call.now)
    saved = await call.tx.schedule.change(found, ended, call.now)
    if begun:
        await call.tx.ledger.enter(saved, closing(saved, call.now), homes)
    coming = (
        "The finale comes right now" if begun and closing(saved, call.now) else "Nothing more comes"
    )
    return say(
        f"**{quote(saved.name)}** has finished. {coming}; ticks and check-ins still count.",
        onward(
            saved,
            acts=[
                ("Archive it", phrase("cohort archive", cohort=saved.ref)),
                ("Start it again", phrase("cohort start", cohort=saved.ref, again="yes")),
            ],
        ),
    )


def _act(found: Cohort, ended: Cohort, call: Call, news: tuple[Message, ...]) -> Act:
    head = f"**{quote(found.name)}** {standing(found, call.now)}. If you finish it now, "
    if found.state == "open":
        head += "it will not start."
    else:
        head += "no further week comes. A pause may do as well: then it can go on."
    then = comes_at_once(closing(ended, call.now)) if found.state != "open" else ()
    return Act(
        head, "Finish it now", phrase("cohort finish", cohort=found.ref), news, then, is_final=True
    )
