"""`form`: what a command takes, asked for in a form, for whoever cannot type it."""

from __future__ import annotations

from bot.chat.message import Form
from tests.support.room import Room


async def test_a_form_asks_for_what_a_command_takes_and_says_it(room: Room) -> None:
    await room.spring("ada")
    form = await room.answer("mona", 'form about="cohort break"')
    assert isinstance(form, Form)
    assert [(field.name, field.kind) for field in form.fields] == [
        ("cohort", "one"), ("first", "date"), ("last", "date"), ("remove", "one")
    ]  # fmt: skip
    told = await room.says(
        "mona", form.says, {"first": ("2026-03-09",), "last": ("2026-03-15",), "remove": ()}
    )
    assert told.startswith("A preview\nAdd a break to spring, Mon 9 Mar 2026 to Sun 15 Mar 2026?\n")
    refused = "I have no form for “cohort break”: use help to see all commands."
    assert await room.says("ada", 'form about="cohort break"') == refused
    assert await room.says("ada", "form about=dance") == refused.replace("cohort break", "dance")
