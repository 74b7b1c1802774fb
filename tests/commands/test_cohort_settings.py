"""Settings of a cohort: posts switched off and moved, days as people count them, seats and the name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.chat.errors import Refused
from bot.chat.message import Form
from bot.group.cohort import PostSetting
from bot.post import (
    convert_post_day_number,
    describe_post_day,
    get_post_day_number,
    list_post_kinds,
)
from tests.support.room import Room


async def test_alone_it_shows_every_kind_of_post_and_what_to_change(room: Room) -> None:
    await room.spring(more="zone=Europe/Berlin seats=20")
    await room.says("mona", "cohort settings post=recap on=no")
    assert await room.says("mona", "cohort settings") == (
        "Settings of spring\n"
        "09:00 Europe/Berlin time unless a post says otherwise, 20 seats.\n"
        "• Starts soon: 2 days before day one, 09:00\n"
        "• New members: when people join, at most once an hour\n"
        "• Kick-off: on day one, 09:00\n"
        "• Weekly recap: off\n"
        "• Weekly topics: day 1 of the week, 09:00\n"
        "• Mid-week nudge: half way through the week, 09:00\n"
        "• Check-in prompt: day 5 of the week, 09:00\n"
        "• Private reminder: days 6 and 7 of the week, at each member's own time\n"
        "• Finale: when the plan has ended, 09:00\n"
        "Change a post: Starts soon | New members | Kick-off | Weekly recap | Weekly topics | Mid-week nudge | Check-in prompt | "
        "Private reminder | Finale\n"
        "[Seats and name] [Dates and zone] [Weekly call] [Threads] [Timeline]"
    )


async def test_a_post_is_switched_off_moved_and_put_back(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "cohort settings post=topics at=18:00")
    await room.says("mona", "cohort settings post=kick_off on=no")
    assert await room.says("mona", "cohort settings post=nudge day=2 at=12:00") == (
        "Mid-week nudge\n"
        "Saved. The next post is Starts soon on Sat 28 Feb 2026, 09:00.\n"
        "In the middle of the week, if somebody has not begun yet.\n"
        "Now: day 2 of the week, 12:00.\n"
        "[Switch off] [Another day or time] [The usual day and time] [All posts] [Timeline]"
    )
    await room.goes_to(datetime(2026, 3, 4, 8, tzinfo=UTC))
    assert [(one.kind, one.at.day, one.at.hour) for one in room.posts()] == [
        ("starts_soon", 28, 9), ("topics", 2, 18), ("nudge", 3, 12)
    ]  # fmt: skip
    back = await room.says("mona", "cohort settings post=nudge usual=yes")
    assert "Now: half way through the week, 09:00." in back


async def test_the_last_recap_and_the_finale_come_though_moved_past_the_finish(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada")
    await quick_room.says("mona", "cohort settings post=recap day=2")
    await quick_room.says("mona", "cohort settings post=finale day=3 at=20:00")
    await quick_room.is_down_until(datetime(2026, 5, 24, tzinfo=UTC))
    await quick_room.goes_to(datetime(2026, 6, 5, tzinfo=UTC))
    last = [(one.kind, one.at.isoformat()) for one in quick_room.posts()][-2:]
    assert last == [("recap", "2026-05-26T09:00:00+00:00"), ("finale", "2026-05-28T20:00:00+00:00")]


async def test_forms_hold_what_is_set_and_take_what_is_typed(room: Room) -> None:
    await room.spring("ada", "bob")
    form = await room.answer("mona", "cohort settings cohort=#1 post=starts_soon ask=post")
    assert isinstance(form, Form)
    assert [(one.name, one.value) for one in form.fields] == [("day", "2"), ("at", "09:00")]
    again = await room.says("mona", form.says, {"day": ("40",), "at": ("09:00",)})
    assert "Day — 40 is too high for day: choose 0 to 30." in again
    assert "Now: 5 days before day one, 10:00." in await room.says(
        "mona", form.says, {"day": ("5",), "at": ("10:00",)}
    )
    form = await room.answer("mona", "cohort settings cohort=#1 ask=seats")
    assert isinstance(form, Form)
    saved = await room.says("mona", form.says, {"seats": ("2",), "name": ("summer",)})
    assert saved.startswith("Settings of summer\nSaved.")
    assert await room.says("cyd", "join summer") == (
        "All 2 seats of summer are taken: ask a moderator for one more, or join the next cohort."
    )
    assert "no limit of seats" in await room.says("mona", "cohort settings seats=none")


async def test_settings_that_cannot_be_are_refused_with_a_sentence(room: Room) -> None:
    await room.spring("ada", "bob")
    known = "starts_soon, new_members, kick_off, recap, topics, nudge, check_in, reminder, finale"
    said = {
        "post=gossip": f"I know no kind of post “gossip”: there is {known}.",
        "day=3": f"Which post do you mean? Name it with post=: there is {known}.\n[Edit]",
        "post=recap day=9": "Weekly recap can stand on day 1 to 7, and 9 is none of them.\n[Edit]",
        "post=recap day=-1": "-1 is too low for day: choose 0 to 30.\n[Edit]",
        "post=recap day=soon": "“soon” is not a number I can use: write day like 3.\n[Edit]",
        "post=recap at=25:00": "“25:00” is not a time: write it like 18:00 or 6pm.\n[Edit]",
        "post=new_members day=2": (
            "The post New members comes when people join: switch it on or off with on=.\n[Edit]"
        ),
        "post=new_members at=9": (
            "The post New members comes when people join: switch it on or off with on=.\n[Edit]"
        ),
        "post=kick_off day=1": "Kick-off belongs to day one: move its time with at=, or switch it off.\n[Edit]",
        "post=reminder day=7": "Private reminder comes on day 7 already, and once a day is enough: choose another.\n[Edit]",
        "post=reminder at=9": (
            "Private reminder comes at the time each member has set: settings reminder= is theirs to say.\n[Edit]"
        ),
        "seats=1": "2 seats are taken already, and nobody is sent away: choose 2 or more.",
        "seats=-3": "“-3” is no number of seats: give it like 25, or none for no limit.",
        "seats=999999999": "A cohort can have 1 to 100,000 seats: leave seats out for no limit.",
        "name=spring": "",
        'name="two words"': (
            "A cohort's name is one word of up to 32 letters, digits and hyphens: choose one like spring."
        ),
    }
    before = await room.says("mona", "cohort settings")
    answers = {phrase: await room.says("mona", f"cohort settings {phrase}") for phrase in said}
    assert answers == {**said, "name=spring": before}
    assert await room.says("mona", "cohort settings") == before


def test_a_day_set_as_people_count_is_the_day_that_is_shown() -> None:
    for kind in (kind for kind in list_post_kinds().values() if kind.is_dated):
        taken = 0
        for day in range(-1, 32):
            try:
                setting = PostSetting(day=convert_post_day_number(kind, day))
            except Refused:
                continue
            taken += 1
            assert get_post_day_number(kind, setting) == day
        assert taken >= 1
    reminder = list_post_kinds()["reminder"]
    assert (
        describe_post_day(reminder, PostSetting(day=convert_post_day_number(reminder, 3)))
        == "days 3 and 7 of the week"
    )
    with pytest.raises(Refused, match="once a day is enough"):
        convert_post_day_number(reminder, 7)
