"""`cohort threads`: a thread under each weekly topics post, or none. Alone it shows the setting.

Nothing can be set where every post has a thread already, or the chat has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.chat.address import Threads
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import join_names
from bot.command import Call, CohortRef, command
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons, describe_setup_problems


@command(moderators=True, announcing=True)
async def cohort_threads(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    on: Annotated[bool | None, "A thread for each week, or none"] = None,
) -> Message:
    """Open a thread for each week, under its topics."""
    managed = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    require_changeable_cohort(managed)
    platforms = await _list_platforms(call, managed)
    settable = _filter_settable_platforms(call, platforms)
    # Switching off always works: a cohort may have lost the platform it was set for.
    if on is not None and on != managed.threads and (settable or not on):
        after = replace(managed, threads=on)
        managed = await call.tx.schedule.save_changed_cohort(managed, after, call.now)
    lines = [
        *_describe_thread_setting(call, managed, settable, names_them=settable != platforms),
        *_describe_fixed_threads(call, platforms),
    ]
    buttons = _list_thread_buttons(managed) if settable else []
    return text_message("\n".join(lines), build_next_step_buttons(managed, *buttons))


async def _list_platforms(call: Call, cohort: Cohort) -> list[str]:
    homes = await call.tx.cohorts.list_homes(cohort.id)
    return list(dict.fromkeys(home.place.platform for home in homes))


def _filter_settable_platforms(call: Call, platforms: Sequence[str]) -> list[str]:
    # A platform that is not running now is taken to open threads: the setting is kept for it.
    return [name for name in platforms if call.threads.get(name, "opened") == "opened"]


def _filter_platforms_by_threads(
    call: Call, platforms: Sequence[str], threads: Threads
) -> list[str]:
    return [name for name in platforms if call.threads.get(name) == threads]


def _list_thread_buttons(cohort: Cohort) -> list[tuple[str, str]]:
    if cohort.threads:
        return [("No threads", build_phrase("cohort threads", cohort=cohort.ref, on="no"))]
    phrase = build_phrase("cohort threads", cohort=cohort.ref, on="yes")
    return [("A thread for each week", phrase)]


def _describe_thread_setting(
    call: Call, cohort: Cohort, platforms: Sequence[str], *, names_them: bool
) -> list[str]:
    if not platforms:
        return []
    where = f"On {_format_platform_names(platforms)}: " if names_them else ""
    name = format_cohort_name(cohort)
    if not cohort.threads:
        return [f"{where}{name} opens no threads: everybody talks in the channel."]
    lacking = [problem for problem in call.setup_problems if problem.extra == "thread"]
    return [
        f"{where}{name} opens a thread for each week, under its topics.",
        *describe_setup_problems(lacking),
    ]


def _describe_fixed_threads(call: Call, platforms: Sequence[str]) -> list[str]:
    lines = []
    always = _filter_platforms_by_threads(call, platforms, "always")
    if always:
        names = _format_platform_names(always)
        lines.append(f"On {names} every post already has a thread: reply to the post to use it.")
    never = _filter_platforms_by_threads(call, platforms, "none")
    if never:
        names = _format_platform_names(never)
        lines.append(f"On {names} there are no threads: everybody talks in the channel.")
    return lines


def _format_platform_names(platforms: Sequence[str]) -> str:
    return join_names(escape_text(name.capitalize()) for name in platforms)
