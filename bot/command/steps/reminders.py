"""The second step: when to be reminded, if at all. Pure."""

from __future__ import annotations

from datetime import time
from typing import Literal

from bot.chat.buttons import button_row
from bot.chat.message import Block, build_phrase
from bot.group.cohort import Cohort
from bot.group.member import Person

RemindAt = Literal["morning", "evening", "never"]

REMIND_TIMES: dict[RemindAt, time] = {"morning": time(9), "evening": time(18)}


def build_remind_blocks(cohort: Cohort, person: Person) -> tuple[Block | str, ...]:
    """Return the question for the time of reminders; times in the quiet hours are left out."""
    buttons = []
    for word, wall in REMIND_TIMES.items():
        if person.can_be_messaged_at(wall):
            label = f"{word.capitalize()}, {wall:%H:%M}"
            buttons.append((label, _build_remind_phrase(cohort, word)))
    buttons.append(("Never", _build_remind_phrase(cohort, "never")))
    buttons.append(("Skip", build_phrase("steps", step="start", cohort=cohort.ref)))
    return (
        "**Step 2 of 3: reminders**\n"
        "I can remind you to check in before a week ends: in private, "
        f"{_describe_limit(person)} a week. When?",
        button_row(*buttons),
    )


def _build_remind_phrase(cohort: Cohort, word: RemindAt) -> str:
    return build_phrase("steps", step="start", remind=word, cohort=cohort.ref)


def _describe_limit(person: Person) -> str:
    # Whoever wants none now would get one if they named a time here.
    count = person.reminders_a_week or 1
    if count == 1:
        return "at most once"
    if count == 2:
        return "at most twice"
    return f"at most {count} times"
