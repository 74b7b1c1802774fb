"""`greeting`: the first words to somebody new, said by the platforms without being asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.chat.message import Button, Buttons, Message, build_phrase, text_message
from bot.chat.text import join_names
from bot.command import Call, HiddenOption, command
from bot.command.steps import find_next_step
from bot.group.cohort import Cohort
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import describe_cohort_state

HELLO = "Hello, I am Syllabot 👋 I guide a study group through a plan, week by week."
CANNOT_READ = "I cannot read messages: press a button, or type a command."
MAX_NAMES = 3  # open cohorts that a sentence names
SETUP_STEPS = (
    "Each study group has its own channel. Add me to that channel, then type `cohort create` "
    "there. Nobody sees the group before you open it."
)


@command(reads=True, hidden=True)
async def greeting(call: Call, steps: Annotated[bool, HiddenOption()] = False) -> Message:
    """Say hello, and offer the first steps."""
    if steps and call.caller.is_moderator:
        return _build_setup_steps()
    open_cohorts = await call.list_open_cohorts()
    own_cohorts = await _filter_own_cohorts(call, open_cohorts)
    if own_cohorts:
        return await _build_member_greeting(call, own_cohorts)
    return _build_newcomer_greeting(call, open_cohorts)


def _build_setup_steps() -> Message:
    buttons = Buttons((Button("Plans", "roadmap list"), Button("Help", "help")))
    return text_message(SETUP_STEPS, buttons)


async def _filter_own_cohorts(call: Call, open_cohorts: Sequence[Cohort]) -> list[Cohort]:
    if not call.person.id:
        return []
    own_cohorts = await call.tx.cohorts.list_cohorts_of_person(call.person)
    own_ids = {cohort.id for cohort in own_cohorts}
    return [cohort for cohort in open_cohorts if cohort.id in own_ids]


async def _build_member_greeting(call: Call, own_cohorts: Sequence[Cohort]) -> Message:
    sentence = f"Hello! {_describe_open_cohorts(own_cohorts, call)}"
    first_buttons = [Button("This week's list", "week", "primary")]
    if await find_next_step(call, call.person) != "start":
        # They have not chosen a zone and reminders yet, and can go on where they stopped.
        steps_phrase = build_phrase("steps", cohort=own_cohorts[0].ref)
        first_buttons.append(Button("My first steps", steps_phrase))
    return text_message(f"{sentence}\n{CANNOT_READ}", _build_greeting_buttons(call, *first_buttons))


def _build_newcomer_greeting(call: Call, open_cohorts: Sequence[Cohort]) -> Message:
    text = f"{HELLO}\n{_describe_greeting_step(open_cohorts, call)}"
    join_button = Button("Join", _build_join_phrase(open_cohorts))
    # With nothing to join yet, joining is not the main thing to do.
    if open_cohorts:
        join_button = replace(join_button, style="primary")
    return text_message(text, _build_greeting_buttons(call, join_button))


def _describe_greeting_step(open_cohorts: Sequence[Cohort], call: Call) -> str:
    if open_cohorts:
        sentence = _describe_open_cohorts(open_cohorts, call)
        return f"{sentence} Press _Join_ to take part, or _Help_ to see what I can do."
    if call.caller.is_moderator:
        return "No group is open here yet. Press _Set up a group_ to start one."
    return "No group is open here yet. When one opens, press _Join_ to take part."


def _describe_open_cohorts(shown_cohorts: Sequence[Cohort], call: Call) -> str:
    if len(shown_cohorts) == 1:
        state = describe_cohort_state(shown_cohorts[0], call.now)
        return f"{format_cohort_name(shown_cohorts[0])} {state}."
    return f"{join_names(map(format_cohort_name, shown_cohorts), MAX_NAMES)} are open."


def _build_join_phrase(open_cohorts: Sequence[Cohort]) -> str:
    # With several cohorts, or none yet, `join` itself finds out when it is pressed.
    if len(open_cohorts) != 1:
        return "join"
    return build_phrase("join", cohort=open_cohorts[0].ref)


def _build_greeting_buttons(call: Call, *first_buttons: Button) -> Buttons:
    buttons = [*first_buttons, Button("Help", "help")]
    if call.caller.is_moderator:
        buttons.append(Button("Set up a group", _choose_setup_phrase(call)))
    return Buttons(tuple(buttons))


def _choose_setup_phrase(call: Call) -> str:
    # A group cannot live in a private chat, so there the button explains the steps.
    if call.place.is_private:
        return build_phrase("greeting", steps="yes")
    return "cohort create"
