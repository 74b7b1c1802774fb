"""Threads where a platform opens them, where every post has one already, and where there are none."""

from __future__ import annotations

from bot.chat.address import Place
from tests.support.database import load_first_cohort
from tests.support.room import Room

THERE = Place("slack", "team", "hall")


async def keeps_threads(room: Room) -> bool:
    return (await room.store.run(load_first_cohort, write=False)).threads


async def test_where_every_post_has_a_thread_it_says_so_and_keeps_nothing(room: Room) -> None:
    room.chat.threads = "always"
    await room.spring()
    for said in ("cohort threads", "cohort threads on=yes", "cohort threads on=no"):
        assert await room.says("mona", said) == (
            "On Test every post already has a thread: reply to the post to use it.\n[Timeline]"
        )
    assert not await keeps_threads(room)


async def test_where_there_are_no_threads_it_says_so(quick_room: Room) -> None:
    quick_room.chat.threads = "none"
    await quick_room.spring()
    assert await quick_room.says("mona", "cohort threads on=yes") == (
        "On Test there are no threads: everybody talks in the channel.\n[Timeline]"
    )
    assert not await keeps_threads(quick_room)


async def test_with_two_homes_it_answers_for_each(quick_room: Room) -> None:
    room = quick_room
    await room.spring()
    room.opens("slack").threads = "always"
    room.moderators.add("omar")
    code = (await room.says("mona", "cohort link")).partition("cohort link ")[2][:11]
    await room.says("omar", f"cohort link {code} sure=yes", place=THERE)
    assert await room.says("omar", "cohort threads on=yes", place=THERE) == (
        "On Test: spring opens a thread for each week, under its topics.\n"
        "On Slack every post already has a thread: reply to the post to use it.\n"
        "[No threads] [Timeline]"
    )
    assert await keeps_threads(room)
