"""A person's choice to be asked about what they have finished, or not: by command or setting."""

from __future__ import annotations

from bot.chat.errors import Refused
from bot.command.call import Call
from bot.views.dates import format_day
from bot.views.recall import PROMISE


async def start_questions(call: Call) -> str:
    """Have questions come from now on; return the sentence about it. The caller must be locked.

    Raises `Refused` for somebody without a cohort.
    """
    if not await call.list_own_cohorts():
        raise Refused("You are not in a cohort yet: use `join` to see the open ones.")
    await call.tx.people.save_setting(call.person, "recall", "yes", call.now)
    first = await call.tx.recalls.start_questions(call.person, call.now)
    sentence = f"I will ask you about each topic you finish, {PROMISE}"
    if first is None:
        return sentence
    return f"{sentence} The first question comes on {format_day(first)}."


async def stop_questions(call: Call) -> str:
    """Have no question come any more; return the sentence about it. The caller must be locked.

    Raises `Refused` for somebody the bot has not met.
    """
    if not call.person.id:
        raise Refused("You are not in a cohort yet: use `join` to see the open ones.")
    await call.tx.people.save_setting(call.person, "recall", "no", call.now)
    await call.tx.recalls.stop_questions(call.person)
    return "No more questions will come. You can practise with `recall` whenever you like."
