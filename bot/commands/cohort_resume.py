"""`cohort resume`: the plan goes on today; what the pause has moved is moved by whole weeks."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.message import Message, phrase, quote, say
from bot.command import Act, Call, Sure, command
from bot.command.suggestions import managed_cohorts
from bot.group.cohort import Cohort
from bot.views.dates import moves, standing
from bot.views.notices import changed, onward
from bot.views.timeline import comes_at_once, late_posts, next_post


@command(moderators=True)
async def cohort_resume(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    sure: Sure = None,
) -> Message:
    """Let a paused plan go on, from today."""
    found = await call.managed(cohort, "paused")
    resumed = found.resumed(call.now)
    homes = await call.tx.cohorts.homes(found.id)
    entered = await call.tx.ledger.entered(found)
    news = changed(
        _as_planned(found), resumed, call.now, entered, f"**{quote(found.name)}** goes on."
    )
    act = Act(
        f"**{quote(found.name)}** would go on today, and it {standing(resumed, call.now)}.",
        "Resume it",
        phrase("cohort resume", cohort=found.ref),
        (news,),
        comes_at_once(late_posts(found, resumed, call.now, entered)),
    )
    if not act.is_agreed(sure):
        return act.preview(sure, onward(found))
    await call.tx.ledger.announce_next(resumed, "resumed", news, homes, call.now)
    saved = await call.tx.schedule.change(found, resumed, call.now)
    told = moves(_as_planned(found), saved, call.now) or ("No week has moved.",)
    return say(
        f"**{quote(saved.name)}** goes on and {standing(saved, call.now)}; everybody has been told.",
        " ".join((*told, next_post(saved, call.now, await call.tx.ledger.entered(saved)))),
        onward(saved, acts=[("Pause", phrase("cohort pause", cohort=saved.ref))]),
    )


def _as_planned(paused: Cohort) -> Cohort:
    """The cohort as it would have gone without the pause: what its new dates are compared with."""
    return replace(paused, breaks=tuple(one for one in paused.breaks if one.last is not None))
