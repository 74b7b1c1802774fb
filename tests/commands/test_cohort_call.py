"""The weekly call and the weekly thread: set, shown, named in the topics, and put beside them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.address import SetupProblem
from bot.chat.message import Form
from tests.support.room import Room

WEDNESDAY = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)


async def test_a_weekly_call_is_set_shown_and_taken_back(room: Room) -> None:
    await room.spring("ada", more="zone=Europe/Berlin")
    assert (
        await room.says("mona", "cohort call")
        == "spring has no weekly call.\n[Set a weekly call] [Timeline]"
    )
    told = await room.says(
        "mona", "cohort call day=3 at=19:00 minutes=90 where=https://meet.example/x"
    )
    assert told == (
        "Saved. spring has a call every Wednesday (day 3) at 19:00 (Europe/Berlin) for 90 minutes: "
        "https://meet.example/x.\n"
        "The next call is on Wed 4 Mar 2026, 19:00. The weekly topics announce it.\n"
        "[Change it] [No more calls] [Timeline]"
    )
    assert "for 45 minutes: https://meet.example/x" in await room.says(
        "mona", "cohort call minutes=45"
    )
    assert "has no weekly call" in await room.says("mona", "cohort call off=yes")
    await room.goes_to(datetime(2026, 3, 2, 9, tzinfo=UTC))
    (topics,) = room.posts("topics")
    assert (topics.message.event, topics.message.thread, room.chat.completed) == (None, "", [])


async def test_the_topics_name_the_call_of_their_week_and_bring_an_event_in_the_cohorts_own_time(
    room: Room,
) -> None:
    await room.spring("ada", more="zone=Europe/Berlin")
    await room.says("mona", "cohort call day=3 at=19:00 where=Library")
    await room.says("mona", "cohort threads on=yes")
    await room.goes_to(datetime(2026, 3, 31, 12, tzinfo=UTC))
    posts = room.posts("topics")
    assert "This week's call: Wed 4 Mar 2026, 19:00 · Library" in posts[0].message.to_plain_text()
    events = [letter.message.event for letter in posts]
    hours = [(event.title, event.starts) for event in events if event]
    # The clocks go forward on 29 March: the call stays at seven in the evening.
    late = WEDNESDAY.replace(day=1, month=4, hour=17)
    starts = [WEDNESDAY, *(WEDNESDAY + timedelta(weeks=n) for n in (1, 2, 3)), late]
    assert hours == [(f"spring: week {n} call", at) for n, at in enumerate(starts, 1)]
    assert [letter.message.thread.partition(":")[0] for letter in posts] == [
        f"Week {n}" for n in range(1, 6)
    ]
    assert [key for key, _ in room.chat.completed] == [letter.key for letter in posts]


async def test_a_call_that_is_over_when_the_topics_come_is_not_announced(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.says("mona", "cohort call day=1 at=08:00 where=Library")
    await quick_room.goes_to(datetime(2026, 3, 2, 10, tzinfo=UTC))
    (topics,) = quick_room.posts("topics")
    assert topics.message.event is None
    assert "call" not in topics.message.to_plain_text()


async def test_a_call_moves_with_its_week_and_is_left_out_where_its_day_lies_in_a_break(
    quick_room: Room,
) -> None:
    await quick_room.spring()
    await quick_room.says("mona", "cohort call day=3 at=18:00 where=Library minutes=30")
    await quick_room.says("mona", "cohort break first=2026-03-04 last=2026-03-04 sure=yes")
    await quick_room.says("mona", "cohort break first=2026-03-16 last=2026-03-22 sure=yes")
    await quick_room.goes_to(datetime(2026, 3, 24, tzinfo=UTC))
    events = [letter.message.event for letter in quick_room.posts("topics")]
    assert [(event.starts, event.ends) if event else None for event in events] == [
        None,
        *(
            (at, at + timedelta(minutes=30))
            for at in (WEDNESDAY + timedelta(weeks=1), WEDNESDAY + timedelta(weeks=3))
        ),
    ]
    assert "call" not in quick_room.posts("topics")[0].message.to_plain_text()


async def test_the_name_of_a_place_reaches_the_channel_as_it_was_typed(quick_room: Room) -> None:
    await quick_room.spring()
    await quick_room.says(
        "mona", 'cohort call at=19:00 where="the *big* [room](https://evil.example)"'
    )
    await quick_room.goes_to(datetime(2026, 3, 2, 9, tzinfo=UTC))
    (topics,) = quick_room.posts("topics")
    assert "· the *big* [room](https://evil.example)\n" in topics.message.to_plain_text()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "at=19:00",
            "Choose a place for the call: a link, or a name like library.\n[Edit]",
        ),
        (
            "where=Library",
            "Choose a time for the call, like 19:00.\n[Edit]",
        ),
        ("at=19:00 where=L day=8", "8 is too high for day: choose 1 to 7.\n[Edit]"),
        ("at=19:00 where=L minutes=5", "5 is too low for minutes: choose 15 to 480.\n[Edit]"),
        (
            'at=19:00 where="​"',
            "Name a place people can find: a link, or a name like library.\n[Edit]",
        ),
        (
            f"at=19:00 where={'x' * 101}",
            "The place of a call can have 100 characters and this has 101: please shorten it.",
        ),
    ],
)
async def test_what_makes_no_call_is_refused_with_what_to_say(
    quick_room: Room, said: str, told: str
) -> None:
    await quick_room.spring()
    assert await quick_room.says("mona", f"cohort call {said}") == told
    assert "has no weekly call" in await quick_room.says("mona", "cohort call")


async def test_the_form_holds_what_is_set_and_members_are_refused(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.says("mona", "cohort call day=2 at=19:00 where=Library")
    form = await quick_room.answer("mona", "cohort call ask=yes")
    assert isinstance(form, Form)
    assert [field.value for field in form.fields] == ["2", "19:00", "60", "Library"]
    filled = {"day": ("4",), "at": ("20:15",), "minutes": ("30",), "where": ("Room 2",)}
    assert "every Thursday (day 4)" in await quick_room.says("mona", form.says, filled)
    assert (await quick_room.says("ada", "cohort call off=yes")).startswith(
        "Only moderators can use"
    )


async def test_a_thread_for_each_week_is_switched_on_and_off_and_a_missing_right_is_told_at_once(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada")
    quick_room.chat.lacking["study-group"] = (
        SetupProblem("I may not open threads.", is_blocking=False, extra="thread"),
        SetupProblem("I may not make events.", is_blocking=False, extra="event"),
        SetupProblem("I may not look back.", is_blocking=False),
    )
    assert await quick_room.says("mona", "cohort threads on=yes") == (
        "spring opens a thread for each week, under its topics.\n"
        "Good to know: I may not open threads.\n"
        "[No threads] [Timeline]"
    )
    told = await quick_room.says("mona", "cohort call at=19:00 where=Library")
    assert "Good to know: I may not make events." in told
    assert "threads." not in told
    assert "opens no threads: everybody talks in the channel" in await quick_room.says(
        "mona", "cohort threads on=no"
    )
