"""`cohort settings`: the number of seats and the name."""

from __future__ import annotations

from bot.chat.message import Form
from tests.support.room import Room


async def test_alone_it_shows_the_name_the_seats_and_the_way_to_everything_else(
    room: Room,
) -> None:
    await room.spring(more="zone=Europe/Berlin seats=20")
    assert await room.says("mona", "cohort settings") == (
        "Settings of spring\n"
        "• Name: spring\n"
        "• Seats: 20\n"
        "• Time of posts: 09:00 (Europe/Berlin)\n"
        "[Seats and name] [Dates and zone] [Weekly call] [Threads]\n"
        "[Posts] [Timeline]"
    )


async def test_its_form_holds_what_is_set_and_takes_what_is_typed(room: Room) -> None:
    await room.spring("ada", "bob")
    form = await room.answer("mona", "cohort settings cohort=#1 ask=seats")
    assert isinstance(form, Form)
    assert [(field.name, field.value) for field in form.fields] == [
        ("seats", "none"),
        ("name", "spring"),
    ]
    saved = await room.says("mona", form.says, {"seats": ("2",), "name": ("summer",)})
    assert saved.startswith("Settings of summer\nSaved.")
    assert await room.says("cyd", "join summer") == (
        "All 2 seats of summer are taken: wait for a free one with waitlist, or join the next cohort.\n"
        "[Waiting list]"
    )
    assert "• Seats: no limit" in await room.says("mona", "cohort settings seats=none")


async def test_what_cannot_be_is_refused_with_a_sentence(room: Room) -> None:
    await room.spring("ada", "bob")
    before = await room.says("mona", "cohort settings")
    answers_by_option = {
        "seats=1": "2 members have joined already: choose 2 seats or more.",
        "seats=-3": (
            "“-3” is not a number of seats: write a number like 25, or none for no limit."
        ),
        "name=spring": before,
    }
    for option, answer in answers_by_option.items():
        assert await room.says("mona", f"cohort settings {option}") == answer
    for option, start in {
        "seats=999999999": "A cohort can have 1 to 100,000 seats",
        'name="two words"': "A cohort's name is one word",
    }.items():
        assert (await room.says("mona", f"cohort settings {option}")).startswith(start)
    assert await room.says("mona", "cohort settings") == before
