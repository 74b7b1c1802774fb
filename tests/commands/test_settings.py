"""`settings`: one's own zone, reminders, quiet hours and privacy, by form or in one line."""

from __future__ import annotations

from bot.chat.message import Form
from tests.support.room import Room

SHOWN = (
    "Your settings\n{}Time zone: {}\nReminders: {}\nQuiet hours: {}\n"
    "Questions: off, start them with recall start\nHelping: off, offer it with settings helps=yes\nName: {}\nBoards: spring: {}\n"
    "[Times and reminders] [Name and privacy]"
)
DAILY = "at 18:00, at most 1 a week, by private message"
UNSET = "not set, so your cohort's"


async def test_settings_are_shown_kept_and_taken_back(room: Room) -> None:
    await room.spring("ada")
    zone = "Asia/Kolkata, where it is 15:30"
    off = "off"
    weekly = "at 07:00, at most 1 a week, by private message"
    dialogue = [
        ("settings", SHOWN.format("", UNSET, DAILY, "22:00-08:00", "Ada", "shown as Ada")),
        (
            "settings kolkata",
            SHOWN.format("Saved.\n", zone, DAILY, "22:00-08:00", "Ada", "shown as Ada"),
        ),
        (
            "settings quiet 23:30 - 6am",
            SHOWN.format("Saved.\n", zone, DAILY, "23:30-06:00", "Ada", "shown as Ada"),
        ),
        (
            "settings reminder=7 reminders=0 delivery=none",
            SHOWN.format("Saved.\n", zone, off, "23:30-06:00", "Ada", "shown as Ada"),
        ),
        (
            "settings quiet=none",
            SHOWN.format("Saved.\n", zone, off, "none", "Ada", "shown as Ada"),
        ),
        (
            'settings alias="**Owl** 🦉"',
            SHOWN.format("Saved.\n", zone, off, "none", "**Owl** 🦉", "shown as **Owl** 🦉"),
        ),
        (
            "settings hidden=yes",
            SHOWN.format("Saved.\n", zone, off, "none", "**Owl** 🦉", "hidden"),
        ),
        (
            "settings alias=- hidden=no",
            SHOWN.format("Saved.\n", zone, off, "none", "Ada", "shown as Ada"),
        ),
        (
            "settings cohort=#1 alias=Kit",
            SHOWN.format("Saved.\n", zone, off, "none", "Ada", "shown as Kit"),
        ),
        (
            "settings reminders=1 delivery=private",
            SHOWN.format("Saved.\n", zone, weekly, "none", "Ada", "shown as Kit"),
        ),
    ]
    assert [(said, await room.says("ada", said)) for said, _ in dialogue] == dialogue


async def test_what_cannot_be_set_is_refused_and_nothing_is_changed(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    before = await room.says("ada", "settings")
    refusals = {
        "settings Berlln": "I do not know the time zone “Berlln”: did you mean Europe/Berlin?",
        "settings zone=<@1>": (
            "I do not know the time zone “<@1>”: give it like Europe/Berlin or Asia/Kolkata."
        ),
        "settings reminder=25:00": "“25:00” is not a time: write it like 18:00 or 6pm.",
        "settings reminder=23:00": (
            "23:00 is inside your quiet hours, 22:00 to 08:00: change one of them."
        ),
        "settings quiet=17:00-19:00": (
            "18:00 is inside your quiet hours, 17:00 to 19:00: change one of them."
        ),
        "settings quiet=nights": "Write quiet hours like 22:00-08:00, or none.",
        "settings quiet=22:00-28:00": "“28:00” is not a time: write it like 18:00 or 6pm.",
        "settings reminders=9": "9 is too high for reminders: choose 0 to 7.\n[Edit]",
        "settings delivery=shout": "“shout” does not work for delivery: choose private or none.",
        "settings hidden=perhaps": "“perhaps” does not work for hidden: choose yes or no.",
        f"settings alias={'x' * 50}": (
            "A name can have 40 characters and this has 50: please shorten it."
        ),
        "settings alias=\u200d\u0301": (
            "Nobody could see that name: use at least one letter or digit, or - for your own name."
        ),
        "settings zone=Europe/Berlin cohort=autumn": (
            "There is no cohort “autumn” here: choose spring.\n[Edit]"
        ),
    }
    assert {said: await room.says("ada", said) for said in refusals} == refusals
    assert await room.says("ada", "settings") == before


async def form(room: Room, said: str) -> Form:
    answer = await room.answer("ada", said)
    assert isinstance(answer, Form)
    return answer


async def test_forms_start_with_what_is_set_and_an_emptied_field_takes_it_back(room: Room) -> None:
    await room.spring("ada")
    await room.says(
        "ada",
        "settings Europe/Berlin reminder=19:00 quiet=23:00-07:00 reminders=3 alias=Owl hidden=yes",
    )
    times = {
        field.name: (field.value, [choice.value for choice in field.choices if choice.chosen])
        for field in (await form(room, "settings ask=times")).fields
    }
    assert times == {
        "zone": ("Europe/Berlin", []),
        "reminder": ("19:00", []),
        "quiet": ("23:00-07:00", []),
        "reminders": ("3", []),
        "delivery": ("", ["private"]),
    }
    privacy = {
        field.name: (field.value, [choice.value for choice in field.choices if choice.chosen])
        for field in (await form(room, "settings ask=privacy")).fields
    }
    assert privacy == {"alias": ("Owl", []), "hidden": ("", ["yes"])}
    emptied = {
        "zone": ("",),
        "reminder": ("18:00",),
        "quiet": ("22:00-08:00",),
        "reminders": ("1",),
        "delivery": ("private",),
    }
    await room.says("ada", "settings ask=times", emptied)
    assert await room.says(
        "ada", "settings ask=privacy", {"alias": ("",), "hidden": ("no",)}
    ) == SHOWN.format("Saved.\n", UNSET, DAILY, "22:00-08:00", "Ada", "shown as Ada")


async def test_a_refused_field_keeps_what_was_typed_in_the_others(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    typed = {
        "zone": ("Berlln",),
        "reminder": ("19:00",),
        "quiet": ("none",),
        "reminders": ("1",),
        "delivery": ("none",),
    }
    refused = await room.answer("ada", "settings ask=times", typed)
    assert isinstance(refused, Form)
    assert [
        (field.value or [choice.value for choice in field.choices if choice.chosen], field.problem)
        for field in refused.fields
    ] == [
        ("Berlln", "I do not know the time zone “Berlln”: did you mean Europe/Berlin?"),
        ("19:00", ""),
        ("none", ""),
        ("1", ""),
        (["none"], ""),
    ]


async def test_a_zone_the_platform_knows_is_used_until_another_is_set(quick_room: Room) -> None:
    room = quick_room
    room.zones = {"ada": "Asia/Kathmandu", "bob": "Mars/Olympus"}
    await room.spring("ada", "bob")
    assert "Time zone: Asia/Kathmandu, where it is 15:45" in await room.says("ada", "settings")
    assert "Time zone: UTC, where it is 10:00" in await room.says("ada", "settings UTC")
    assert f"Time zone: {UNSET}" in await room.says("bob", "settings")
