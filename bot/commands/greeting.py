"""`greeting`: the first words to somebody who has just met the bot, for platforms to say of their own accord."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.message import Button, Buttons, Message, build_phrase, escape_text, text_message
from bot.chat.text import join_names
from bot.command import Call, HiddenOption, command
from bot.group.cohort import Cohort
from bot.views.dates import describe_cohort_state

HELLO = "Hello, I am Syllabot 👋 I take a study group through a plan, week by week."
SHOWN = 3  # open cohorts that are named
JOINABLE = frozenset({"open", "running", "paused"})
ELSEWHERE = (
    "A group lives in a channel: add me to the one you want, then say `cohort create` there. "
    "Nobody is told before you open it."
)


@command(reads=True, hidden=True)
async def greeting(call: Call, steps: Annotated[bool, HiddenOption()] = False) -> Message:
    """What I am, and what to press first."""
    if steps and call.caller.is_moderator:
        return text_message(
            ELSEWHERE, Buttons((Button("The plans", "roadmap list"), Button("Help", "help")))
        )
    there = [
        cohort.advance_state(call.now)
        for cohort in await call.tx.cohorts.list_cohorts_in_space(call.place)
    ]
    open_ones = [cohort for cohort in there if cohort.state in JOINABLE]
    mine = (
        {cohort.id for cohort in await call.tx.cohorts.list_cohorts_of_person(call.person)}
        if call.person.id
        else set()
    )
    if own := [cohort for cohort in open_ones if cohort.id in mine]:
        lines = [
            f"Hello! {_describe_open_cohorts(own, call)}",
            "I cannot read messages: press a button, or type a command.",
        ]
        return text_message(
            "\n".join(lines),
            _build_greeting_buttons(call, Button("This week's list", "week", "primary")),
        )
    join = Button("Join", _build_join_phrase(open_ones), "primary" if open_ones else "plain")
    return text_message(
        "\n".join((HELLO, _describe_greeting_step(open_ones, call))),
        _build_greeting_buttons(call, join),
    )


def _describe_greeting_step(open_ones: Sequence[Cohort], call: Call) -> str:
    if open_ones:
        return f"{_describe_open_cohorts(open_ones, call)} Press _Join_ to take part, or _Help_ to see what I can do."
    if call.caller.is_moderator:
        return "No group is open here yet. Press _Set up a group_ to start one."
    return "No group is open here yet. Once one is, press _Join_ to take part."


def _describe_open_cohorts(cohorts: Sequence[Cohort], call: Call) -> str:
    if len(cohorts) == 1:
        return f"**{escape_text(cohorts[0].name)}** {describe_cohort_state(cohorts[0], call.now)}."
    return (
        f"{join_names((f'**{escape_text(cohort.name)}**' for cohort in cohorts), SHOWN)} are open."
    )


def _build_join_phrase(open_ones: Sequence[Cohort]) -> str:
    """What *Join* says; where there are several to choose from, or none yet, that is found out when it is pressed."""
    return build_phrase("join", cohort=open_ones[0].ref) if len(open_ones) == 1 else "join"


def _build_greeting_buttons(call: Call, first: Button) -> Buttons:
    offers = [first, Button("Help", "help")]
    if call.caller.is_moderator:
        setting_up = (
            build_phrase("greeting", steps="yes") if call.place.is_private else "cohort create"
        )
        offers.append(Button("Set up a group", setting_up))
    return Buttons(tuple(offers))
