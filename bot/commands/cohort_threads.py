"""`cohort threads`: whether each weekly topics post opens a thread. Alone it shows what is set. Where every post has a thread
already, or the chat has none, it says so and nothing is switched on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.chat.address import Threads
from bot.chat.errors import Refused
from bot.chat.message import Message, phrase, quote, say
from bot.chat.text import names
from bot.command import Call, command
from bot.command.suggestions import managed_cohorts
from bot.group.cohort import Cohort
from bot.views.notices import missing, onward


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
    platforms = list(
        dict.fromkeys(home.place.platform for home in await call.tx.cohorts.homes(found.id))
    )
    opening = [name for name in platforms if call.threads.get(name, "opened") == "opened"]
    if on is not None and on != found.threads and (opening or not on):
        found = await call.tx.schedule.change(found, replace(found, threads=on), call.now)
    told = [
        *_opening(call, found, opening, alone=len(opening) == len(platforms)),
        *_given(call, platforms),
    ]
    turn = ("No threads", "no") if found.threads else ("A thread for each week", "yes")
    more = [(turn[0], phrase("cohort threads", cohort=found.ref, on=turn[1]))] if opening else []
    return say("\n".join(told), onward(found, *more))


def _opening(call: Call, found: Cohort, platforms: Sequence[str], *, alone: bool) -> Sequence[str]:
    """What is set, for the places where a thread has to be opened."""
    if not platforms:
        return ()
    where = "" if alone else f"On {_named(platforms)}: "
    name = f"**{quote(found.name)}**"
    if not found.threads:
        return (
            f"{where}The weekly topics of {name} open no threads: everybody talks in the channel.",
        )
    lacking = missing(one for one in call.lacking if one.extra == "thread")
    return (f"{where}Each weekly topics post of {name} opens a thread for its week.", *lacking)


def _given(call: Call, platforms: Sequence[str]) -> Sequence[str]:
    """What holds where nothing can be set."""
    told = []
    if always := _having(call, platforms, "always"):
        told.append(
            f"On {_named(always)} every post already has a thread: reply to the post to use it."
        )
    if never := _having(call, platforms, "none"):
        told.append(f"On {_named(never)} there are no threads: everybody talks in the channel.")
    return told


def _having(call: Call, platforms: Sequence[str], threads: Threads) -> list[str]:
    return [name for name in platforms if call.threads.get(name) == threads]


def _named(platforms: Sequence[str]) -> str:
    return names(quote(name.capitalize()) for name in platforms)
