"""`posts settings`: posts switched off, moved and put back, and the same said by its old name."""

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
    post_registry,
)
from tests.support.room import Room


async def test_alone_it_shows_every_kind_of_post_and_what_to_change(room: Room) -> None:
    await room.spring(more="zone=Europe/Berlin seats=20")
    await room.says("mona", "posts settings post=recap on=no")
    shown = await room.says("mona", "posts settings")
    lines = shown.split("\n")
    titles = [kind.title for kind in post_registry.group_kinds.values()]
    assert lines[:2] == ["Posts of spring", "The usual time is 09:00 (Europe/Berlin)."]
    assert [line.partition(":")[0] for line in lines[2:-2]] == [f"• {title}" for title in titles]
    assert lines[-2:] == [
        f"Change a post: {' | '.join(titles)}",
        "[Cohort settings] [Whom they notify] [Timeline]",
    ]
    assert set(lines) >= {
        "• Starts soon: 2 days before day one, 09:00",
        "• New members: when people join, at most once an hour",
        "• Kick-off: on day one, 09:00",
        "• Weekly recap: off",
        "• Weekly topics: day 1 of the week, 09:00",
        "• Mid-week nudge: half way through the week, 09:00",
        "• Check-in prompt: day 5 of the week, 09:00",
        "• Private reminder: days 6 and 7 of the week, at each member's own time",
        "• Finale: when the plan has ended, 09:00",
    }


@pytest.mark.usual_posts
async def test_a_post_is_switched_off_moved_and_put_back(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "posts settings post=topics at=18:00")
    await room.says("mona", "posts settings post=kick_off on=no")
    assert await room.says("mona", "posts settings post=nudge day=2 at=12:00") == (
        "Mid-week nudge\n"
        "Saved. The next post is Starts soon on Sat 28 Feb 2026, 09:00.\n"
        "In the middle of the week, if somebody has not started yet.\n"
        "Now: day 2 of the week, 12:00.\n"
        "[Switch off] [Change day or time] [Usual day and time] [All posts] [Timeline]"
    )
    await room.goes_to(datetime(2026, 3, 4, 8, tzinfo=UTC))
    assert [(letter.kind, letter.at.day, letter.at.hour) for letter in room.posts()] == [
        ("starts_soon", 28, 9), ("topics", 2, 18), ("nudge", 3, 12)
    ]  # fmt: skip
    reset = await room.says("mona", "posts settings post=nudge usual=yes")
    assert "Now: half way through the week, 09:00." in reset


@pytest.mark.usual_posts
async def test_the_last_recap_and_the_finale_come_though_moved_past_the_finish(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada")
    await quick_room.says("mona", "posts settings post=recap day=2")
    await quick_room.says("mona", "posts settings post=finale day=3 at=20:00")
    await quick_room.is_down_until(datetime(2026, 5, 24, tzinfo=UTC))
    await quick_room.goes_to(datetime(2026, 6, 5, tzinfo=UTC))
    last = [(letter.kind, letter.at.isoformat()) for letter in quick_room.posts()][-2:]
    assert last == [("recap", "2026-05-26T09:00:00+00:00"), ("finale", "2026-05-28T20:00:00+00:00")]


async def test_its_form_holds_what_is_set_and_takes_what_is_typed(room: Room) -> None:
    await room.spring("ada", "bob")
    form = await room.answer("mona", "posts settings cohort=#1 post=starts_soon ask=post")
    assert isinstance(form, Form)
    assert [(field.name, field.value) for field in form.fields] == [("day", "2"), ("at", "09:00")]
    refused = await room.says("mona", form.says, {"day": ("40",), "at": ("09:00",)})
    assert "Day — 40 is too high for day: choose 0 to 30." in refused
    assert "Now: 5 days before day one, 10:00." in await room.says(
        "mona", form.says, {"day": ("5",), "at": ("10:00",)}
    )


async def test_what_cannot_be_is_refused_with_a_sentence(room: Room) -> None:
    await room.spring("ada", "bob")
    *titles, last = [kind.title for kind in post_registry.group_kinds.values()]
    choices = f"{', '.join(titles)} or {last}"
    answers_by_option = {
        "post=gossip": f"I know no post “gossip”: choose {choices}.",
        "day=3": f"Choose a post to change: {choices}.\n[Edit]",
        "post=reminder at=9": (
            "Private reminder comes at each member's own time: "
            "members set it with settings.\n[Edit]"
        ),
        "post=new_members at=9": (
            "New members is posted when people join: you can only switch it on or off.\n[Edit]"
        ),
    }
    # Which days a kind allows, and what a number or time looks like, is said elsewhere.
    refused = (
        "post=recap day=9", "post=recap day=-1", "post=recap day=soon", "post=recap at=25:00",
        "post=new_members day=2", "post=kick_off day=1", "post=reminder day=7",
    )  # fmt: skip
    before = await room.says("mona", "posts settings")
    for option, answer in answers_by_option.items():
        assert await room.says("mona", f"posts settings {option}") == answer
    for option in refused:
        answer = await room.says("mona", f"posts settings {option}")
        _, *others = answer.split("\n")
        assert others == ["[Edit]"], option
    assert await room.says("mona", "posts settings") == before


async def test_the_old_phrases_in_sent_buttons_do_the_same(room: Room) -> None:
    await room.spring("ada", "bob")
    pages = {
        "cohort timeline cohort=#1 page=1": "posts timeline cohort=#1 page=1",
        "cohort members spring": "members list spring",
        "cohort settings post=starts_soon ask=post": "posts settings post=starts_soon ask=post",
        "cohort settings cohort=#1 post=nudge": "posts settings cohort=#1 post=nudge",
    }
    for old, new in pages.items():
        assert await room.says("mona", old) == await room.says("mona", new), old
    changes = {
        "cohort=#1 post=nudge day=2 at=12:00": "Now: day 2 of the week, 12:00.",
        "cohort=#1 post=nudge usual=yes": "Now: half way through the week, 09:00.",
        "spring post=recap on=no": "Now: off.",
    }
    for options, state in changes.items():
        assert state in await room.says("mona", f"cohort settings {options}")
    # A list and a form that were sent carry the option beside the phrase.
    picked = await room.says("mona", "cohort settings cohort=#1", {"post": ("recap",)})
    assert picked == await room.says("mona", "posts settings post=recap")
    sent = "cohort settings cohort=#1 post=starts_soon ask=post"
    refused = await room.says("mona", sent, {"day": ("40",), "at": ("09:00",)})
    assert "Day — 40 is too high for day: choose 0 to 30." in refused
    saved = await room.says("mona", sent, {"day": ("5",), "at": ("10:00",)})
    assert "Now: 5 days before day one, 10:00." in saved
    both = await room.says("mona", "cohort settings post=topics at=18:00 seats=12")
    assert "Now: day 1 of the week, 18:00." in both
    assert "• Seats: 12" in await room.says("mona", "cohort settings")
    assert "Only moderators" in await room.says("ada", "cohort settings post=topics on=no")


def test_a_day_set_as_people_count_is_the_day_that_is_shown() -> None:
    for kind in list_post_kinds().values():
        if not kind.is_dated:
            continue
        allowed = 0
        for day in range(-1, 32):
            try:
                setting = PostSetting(day=convert_post_day_number(kind, day))
            except Refused:
                continue
            allowed += 1
            assert get_post_day_number(kind, setting) == day
        assert allowed >= 1
    reminder = list_post_kinds()["reminder"]
    assert (
        describe_post_day(reminder, PostSetting(day=convert_post_day_number(reminder, 3)))
        == "days 3 and 7 of the week"
    )
    with pytest.raises(Refused, match="already comes on day 7"):
        convert_post_day_number(reminder, 7)
