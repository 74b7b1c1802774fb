"""`steps`: the first three steps of a new member, in one message that changes in place.

The time zone, the time for reminders, and the first item. Each can be skipped, and `join` goes on
where somebody stopped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.message import Block, Message, escape_text, text_message
from bot.command import Call, CohortRef, HiddenOption, Zone, command
from bot.command.own_times import TypedTimes, refresh_reminders, save_times
from bot.command.steps import (
    REMIND_TIMES,
    RemindAt,
    Step,
    build_step_blocks,
    find_next_step,
    save_next_step,
)
from bot.group.member import Person

CHANGE_LATER = "You can change this in `settings` at any time."


# A message from the first days of a cohort may still be pressed weeks later: the names of the
# options, and what they may hold, can never change.
@command(hidden=True)
async def steps(
    call: Call,
    step: Annotated[Step | None, HiddenOption()] = None,
    zone: Annotated[Zone | None, HiddenOption()] = None,
    remind: Annotated[RemindAt | None, HiddenOption()] = None,
    cohort: Annotated[str | None, HiddenOption(), CohortRef()] = None,
) -> Message:
    """Take the next of the first three steps."""
    own_cohort, member = await call.resolve_membership(cohort)
    blocks: list[Block | str] = []
    if zone is not None or remind is not None:
        person = await _save_answer(call, zone, remind)
        member = replace(member, person=person)
        blocks.append(_describe_saved_answer(person, zone, remind))
    step = step or await find_next_step(call, member.person)
    await save_next_step(call, member.person, step)
    blocks += await build_step_blocks(call, own_cohort, member, step)
    return text_message(*blocks)


# — the answers —


async def _save_answer(call: Call, zone: str | None, remind: RemindAt | None) -> Person:
    """Store a zone or a time for reminders. Raises `Refused` for a time in their quiet hours."""
    typed_times = TypedTimes(zone, None, None, None, None, is_zone_cleared=False)
    if remind == "never":
        typed_times = replace(typed_times, reminders=0)
    elif remind is not None:
        typed_times = replace(typed_times, reminder=REMIND_TIMES[remind])
        typed_times = _want_reminders_again(call.person, typed_times)
    person, _ = await save_times(call, typed_times)
    await refresh_reminders(call, person)
    return person


def _want_reminders_again(person: Person, typed_times: TypedTimes) -> TypedTimes:
    # Whoever had switched reminders off, and now names a time for them, wants them again.
    if not person.reminders_a_week:
        typed_times = replace(typed_times, reminders=1)
    if person.delivery == "none":
        typed_times = replace(typed_times, delivery="private")
    return typed_times


def _describe_saved_answer(person: Person, zone: str | None, remind: RemindAt | None) -> str:
    if remind is None:
        return f"Saved: your time zone is {escape_text(zone or '')}."
    if remind == "never":
        return f"Saved: you get no reminders. {CHANGE_LATER}"
    return f"Saved: reminders come at {person.reminder_at:%H:%M}. {CHANGE_LATER}"
