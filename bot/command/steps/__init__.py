"""The first three steps of a new member: the time zone, the time for reminders, the first item.

Each can be skipped, and `join` goes on where somebody stopped. `steps` takes the answers.
"""

from __future__ import annotations

from bot.chat.message import Block
from bot.command.call import Call
from bot.command.steps.first_item import build_start_blocks
from bot.command.steps.progress import Step, find_next_step, save_next_step
from bot.command.steps.reminders import REMIND_TIMES, RemindAt, build_remind_blocks
from bot.command.steps.time_zone import build_zone_blocks
from bot.group.cohort import Cohort, Member

__all__ = [
    "REMIND_TIMES",
    "RemindAt",
    "Step",
    "build_next_step_blocks",
    "build_start_blocks",
    "build_step_blocks",
    "find_next_step",
    "save_next_step",
]


async def build_next_step_blocks(
    call: Call, cohort: Cohort, member: Member
) -> tuple[Block | str, ...]:
    """Return the step at which a member stopped, its text and its buttons.

    Whoever has taken all three sees the item to start with.
    """
    step = await find_next_step(call, member.person)
    if step == "start":
        return await build_start_blocks(call, cohort, member)
    return await build_step_blocks(call, cohort, member, step)


async def build_step_blocks(
    call: Call, cohort: Cohort, member: Member, step: Step
) -> tuple[Block | str, ...]:
    """Return a step, its text and its buttons."""
    match step:
        case "zone":
            return build_zone_blocks(cohort, member.person, call.now, call.caller.locale)
        case "remind":
            return build_remind_blocks(cohort, member.person)
        case "start":
            heading = "**Step 3 of 3: your first item**"
            return await build_start_blocks(call, cohort, member, heading)
