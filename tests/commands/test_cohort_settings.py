"""`cohort settings`: the number of seats and the name."""

from __future__ import annotations

from bot.chat.message import Form
from bot.group.cohort import PostSetting
from bot.post import (
    convert_post_day_number,
    describe_post_day,
    get_post_day_number,
    post_registry,
)
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


async def test_a_post_is_switched_off_moved_and_put_back(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "cohort settings post=topics at=18:00")
    await room.says("mona", "cohort settings post=kick_off on=no")
    assert await room.says("mona", "cohort settings post=nudge day=2 at=12:00") == (
        "Mid-week nudge\n"
        "Saved. The next post is Starts soon on Sat 28 Feb 2026, 09:00.\n"
        "In the middle of the week, if somebody has not started yet.\n"
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
    form = await room.answer("mona", "cohort settings cohort=#1 ask=seats")
    assert isinstance(form, Form)
    assert [(field.name, field.value) for field in form.fields] == [
        ("seats", "none"),
        ("name", "spring"),
    ]
    saved = await room.says("mona", form.says, {"seats": ("2",), "name": ("summer",)})
    assert saved.startswith("Settings of summer\nSaved.")
    assert await room.says("cyd", "join summer") == (
        "All 2 seats of summer are taken: ask a moderator for one more, or join the next cohort."
    )
    assert "• Seats: no limit" in await room.says("mona", "cohort settings seats=none")


async def test_what_cannot_be_is_refused_with_a_sentence(room: Room) -> None:
    await room.spring("ada", "bob")
    known = ", ".join(post_registry.kinds)
    said = {
        "post=gossip": f"I know no kind of post “gossip”: there is {known}.",
        "day=3": f"Which post do you mean? Name it with post=: there is {known}.\n[Edit]",
        "post=recap day=9": "Weekly recap can be on day 1 to 7: choose one of those.\n[Edit]",
        "post=recap day=-1": "-1 is too low for day: choose 0 to 30.\n[Edit]",
        "post=recap day=soon": "“soon” is no number I can use for day: give it like 3.\n[Edit]",
        "post=recap at=25:00": "“25:00” is no time of day: give it like 18:00 or 6pm.\n[Edit]",
        "post=new_members day=2": (
            "New members is posted when people join: you can only switch it on or off.\n[Edit]"
        ),
        "post=new_members at=9": (
            "The post New members comes when people join: switch it on or off with on=.\n[Edit]"
        ),
        "post=kick_off day=1": "Kick-off is always posted on day one: change its time, or switch it off.\n[Edit]",
        "post=reminder day=7": "Private reminder already comes on day 7: choose another day.\n[Edit]",
        "post=reminder at=9": (
            "Private reminder comes at the time each member has set: settings reminder= is theirs to say.\n[Edit]"
        ),
        "seats=1": "2 seats are taken already, and nobody is sent away: choose 2 or more.",
        "seats=-3": "“-3” is no number of seats: give it like 25, or none for no limit.",
        "seats=999999999": "A cohort can have 1 to 100,000 seats: leave seats out for no limit.",
        "name=spring": "",
        'name="two words"': (
            "A cohort's name is one word of up to 32 letters, digits and hyphens, like spring: choose such a one."
        ),
    }
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
        "seats=999999999": "A cohort has 1 to 100,000 seats",
        'name="two words"': "A cohort's name is one word",
    }.items():
        assert (await room.says("mona", f"cohort settings {option}")).startswith(start)
    assert await room.says("mona", "cohort settings") == before


def test_a_day_set_as_people_count_is_the_day_that_is_shown() -> None:
    for kind in (kind for kind in post_registry.kinds.values() if kind.is_dated):
        taken = 0
        for day in range(-1, 32):
            try:
                setting = PostSetting(day=convert_post_day_number(kind, day))
            except Refused:
                continue
            taken += 1
            assert get_post_day_number(kind, setting) == day
        assert taken >= 1
    reminder = post_registry.kinds["reminder"]
    assert (
        describe_post_day(reminder, PostSetting(day=convert_post_day_number(reminder, 3)))
        == "days 3 and 7 of the week"
    )
    with pytest.raises(Refused, match="already comes on day 7"):
        convert_post_day_number(reminder, 7)
