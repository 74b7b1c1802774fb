"""`cohort threads`: whether each weekly topics post opens a thread. Alone it shows what is set. Where every post has a thread
already, or the chat has none, it says so and nothing is switched on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.chat.address import Threads
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import join_names
from bot.command import Call, CohortRef, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.views.notices import build_next_step_buttons, describe_setup_problems


@command(moderators=True, announcing=True)
async def cohort_threads(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    on: Annotated[bool | None, "Whether each week has its thread"] = None,
) -> Message:
    """Give each week a thread of its own, under its topics."""
    found = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: nothing about it changes any more.")
    platforms = list(
        dict.fromkeys(home.place.platform for home in await call.tx.cohorts.list_homes(found.id))
    )
    opening = [name for name in platforms if call.threads.get(name, "opened") == "opened"]
    if on is not None and on != found.threads and (opening or not on):
        found = await call.tx.schedule.save_changed_cohort(
            found, replace(found, threads=on), call.now
        )
    told = [
        *_describe_thread_setting(
            call, found, opening, is_everywhere=len(opening) == len(platforms)
        ),
        *_describe_fixed_threads(call, platforms),
    ]
    turn = ("No threads", "no") if found.threads else ("A thread for each week", "yes")
    more = (
        [(turn[0], build_phrase("cohort threads", cohort=found.ref, on=turn[1]))] if opening else []
    )
    return text_message("\n".join(told), build_next_step_buttons(found, *more))


def _describe_thread_setting(
    call: Call, found: Cohort, platforms: Sequence[str], *, is_everywhere: bool
) -> Sequence[str]:
    """What is set, for the places where a thread has to be opened."""
    if not platforms:
        return ()
    where = "" if is_everywhere else f"On {_format_platform_names(platforms)}: "
    name = f"**{escape_text(found.name)}**"
    if not found.threads:
        return (
            f"{where}The weekly topics of {name} open no threads: everybody talks in the channel.",
        )
    lacking = describe_setup_problems(one for one in call.setup_problems if one.extra == "thread")
    return (f"{where}Each weekly topics post of {name} opens a thread for its week.", *lacking)


def _describe_fixed_threads(call: Call, platforms: Sequence[str]) -> Sequence[str]:
    """What holds where nothing can be set."""
    told = []
    if always := _filter_platforms_by_threads(call, platforms, "always"):
        told.append(
            f"On {_format_platform_names(always)} every post already has a thread: reply to the post to use it."
        )
    if never := _filter_platforms_by_threads(call, platforms, "none"):
        told.append(
            f"On {_format_platform_names(never)} there are no threads: everybody talks in the channel."
        )
    return told


def _filter_platforms_by_threads(
    call: Call, platforms: Sequence[str], threads: Threads
) -> list[str]:
    return [name for name in platforms if call.threads.get(name) == threads]


def _format_platform_names(platforms: Sequence[str]) -> str:
    return join_names(escape_text(name.capitalize()) for name in platforms)
