"""Forms made from commands: bounds, titles, defaults, and correcting a refused value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapters.discord.commands import build_commands_payload
from adapters.slack.modal import ViewMetadata, build_form_view
from bot.chat.message import Buttons, Form, Message
from bot.command import get_commands
from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
NOTE = "a long story " * 60


def press(answer: object, label: str = "Edit") -> str:
    """What a button of an answer says."""
    assert isinstance(answer, Message)
    buttons = [
        button for block in answer.blocks if isinstance(block, Buttons) for button in block.buttons
    ]
    return next(button.says for button in buttons if button.label == label)


async def form_of(room: Room, name: str, said: str) -> Form:
    form = await room.answer(name, press(await room.answer(name, said)))
    assert isinstance(form, Form)
    return form


async def test_a_refused_number_comes_back_with_all_that_was_typed(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    typed = f'checkin hours=101 confidence=4 blockers="the dog" note="{NOTE}"'
    refused = await room.answer("ada", typed)
    assert refused.to_plain_text() == "101 is too high for hours: choose 0 to 100.\n[Edit]"
    form = await room.answer("ada", press(refused))
    assert isinstance(form, Form)
    assert form.title == "Check in"
    fields = {
        field.name: (field.value, field.problem, field.least, field.most) for field in form.fields
    }
    assert fields == {
        "hours": ("101", "101 is too high for **hours**: choose 0 to 100.", 0, 100),
        "confidence": ("4", "", 1, 5),
        "blockers": ("the dog", "", None, None),
        "note": (NOTE, "", None, None),
    }
    filled = {field.name: (field.value,) for field in form.fields} | {"hours": ("10",)}
    assert (await room.says("ada", form.says, filled)).startswith(
        "Thank you! You are checked in for week 1"
    )


async def test_what_a_form_has_no_room_for_rides_along(room: Room) -> None:
    typed = (
        "cohort create spring monday ai-ml-engineer-12-weeks Europe/Berlin "
        "weeks=6 hours=200 at=18:00 seats=20"
    )
    form = await form_of(room, "mona", typed)
    assert form.title == "Create a cohort"
    values = {
        field.name: field.value or [each.value for each in field.choices if each.chosen]
        for field in form.fields
    }
    assert len(values) == 5
    assert values["hours"] == "200"
    filled = {
        name: (value,) if isinstance(value, str) else tuple(value) for name, value in values.items()
    }
    made = await room.says("mona", form.says, filled | {"hours": ("8",)})
    assert "spring is a draft" in made
    assert ", 6 weeks." in made
    assert "Posts come at 18:00 (Europe/Berlin)" in made


async def test_a_single_word_is_as_quickly_typed_again(quick_room: Room) -> None:
    await quick_room.spring("ada")
    assert (
        await quick_room.says("bob", "join autumn")
        == "There is no cohort “autumn” here: choose spring."
    )
    assert (
        await quick_room.says("ada", "settings reminders=9")
        == "9 is too high for reminders: choose 0 to 7.\n[Edit]"
    )


async def test_a_code_waits_in_no_form(quick_room: Room) -> None:
    await quick_room.spring("ada")
    assert "[Edit]" not in await quick_room.says(
        "mona", "cohort link code=K7QF2-M9XRT cohort=nowhere"
    )


async def test_nobody_edits_what_only_moderators_may_say(quick_room: Room) -> None:
    await quick_room.spring("ada")
    assert "[Edit]" not in await quick_room.says("ada", "cohort create summer monday weeks=999")


def test_numbers_carry_their_bounds_on_discord() -> None:
    bounds = {
        (command["name"], option["name"]): (option["min_value"], option.get("max_value"))
        for command in build_commands_payload(get_commands())
        for option in _options(command)
        if "min_value" in option
    }
    assert bounds["checkin", "hours"] == (0, 100)
    assert bounds["checkin", "confidence"] == (1, 5)
    assert bounds["cohort", "weeks"] == (1, 104)
    numbers = {
        (command.name, option.name)
        for command in get_commands().values()
        for option in command.visible_options
        if option.kind == "number" and not option.has_suggestions and option.range is None
    }
    assert numbers == set()


def _options(command: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        inner for option in command["options"] for inner in (option, *option.get("options", ()))
    ]


async def test_the_form_to_create_a_cohort_says_which_defaults_apply(quick_room: Room) -> None:
    quick_room.zones["mona"] = "Europe/Berlin"
    form = await quick_room.answer("mona", "cohort create")
    assert isinstance(form, Form)
    assert form.title == "Create a cohort"
    told = {field.label: field.help for field in form.fields}
    assert told == {
        "Name": "A short name, like spring",
        "Start": "The first day, like 2026-03-02 or monday",
        "Roadmap": "AI/ML engineer in twelve weeks",
        "Time zone": "Europe/Berlin, from your Test profile",
        "Weeks": "As many as the plan has",
    }
    shown = build_form_view(form, ViewMetadata(form.says), "/study")["blocks"]
    weeks = next(block for block in shown if "weeks" in str(block.get("block_id", "")))
    assert (weeks["element"]["min_value"], weeks["element"]["max_value"]) == ("1", "104")
    await quick_room.says("mona", "settings zone=Asia/Kolkata")
    again = await quick_room.answer("mona", "cohort create")
    assert isinstance(again, Form)
    assert again.fields[3].help == "Asia/Kolkata, from your settings"
    quick_room.moderators.add("root")
    unknown = await quick_room.answer("root", "cohort create")
    assert isinstance(unknown, Form)
    assert unknown.fields[3].help == "UTC, because I do not know yours"


async def test_the_weeks_of_a_draft_lead_back_and_nowhere_else(quick_room: Room) -> None:
    made = await quick_room.answer("mona", "cohort create spring monday")
    weeks = await quick_room.answer("mona", press(made, "The weeks"))
    assert "[Join]" not in weeks.to_plain_text()
    back = await quick_room.says("mona", press(weeks, "Back to the dates"))
    assert back.startswith("Timeline of spring")
    assert "[Open it]" in back
