"""Where somebody stopped among the first three steps."""

from __future__ import annotations

from typing import Literal, get_args

from bot.command.call import Call
from bot.group.member import Person

Step = Literal["zone", "remind", "start"]
STEPS: tuple[Step, ...] = get_args(Step)

SETTING = "steps"  # the name under which the next step is stored


async def find_next_step(call: Call, person: Person) -> Step:
    """Return the step at which somebody stopped, the first one for somebody new."""
    stored = await call.tx.people.load_setting(person, SETTING)
    for step in STEPS:
        if step == stored:
            return step
    # A zone of their own, from an earlier cohort or from `settings`, answers the first question.
    own_zone = await call.tx.people.load_setting(person, "zone")
    return "zone" if own_zone is None else "remind"


async def save_next_step(call: Call, person: Person, step: Step) -> None:
    """Store how far somebody has come.

    A press on an older message shows its step once more, and sets nobody back.
    """
    farthest = await find_next_step(call, person)
    if STEPS.index(step) > STEPS.index(farthest):
        await call.tx.people.save_setting(person, SETTING, step, call.now)
