"""`cohort threads`: whether each weekly topics post opens a thread, where the chat has them. Alone it shows what is set."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.command import Call, command
from bot.command.suggest import managed_cohorts
from bot.message import Message, phrase, quote, say
from bot.outlook import missing, onward
from bot.people import Refused


@command(moderators=True, announcing=True)
async def cohort_threads(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    on: Annotated[bool | None, "Whether each week has its thread"] = None,
) -> Message:
    """Give each week a thread of its own, under its topics."""
    found = await call.managed(cohort, "draft", "open", "running", "paused")
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: nothing about it changes any more.")
    if on is not None and on != found.threads:
        found = await call.tx.schedule.change(found, replace(found, threads=on), call.now)
    name = f"**{quote(found.name)}**"
    if found.threads:
        told = f"Each weekly topics post of {name} opens a thread for its week, where the chat has threads."
        told = "\n".join((told, *missing(one for one in call.lacking if one.extra == "thread")))
    else:
        told = f"The weekly topics of {name} open no threads: everybody talks in the channel."
    turn = ("No threads", "no") if found.threads else ("A thread for each week", "yes")
    return say(told, onward(found, (turn[0], phrase("cohort threads", cohort=found.ref, on=turn[1]))))
