"""One cohort on two platforms: each post once in each home, one board, moderators on both.

Neither platform waits for the other.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from bot.chat.address import Place, SetupProblem
from bot.chat.errors import SendError
from bot.command import get_commands
from tests.commands.test_cohort_link import MONDAY, THERE, code_for, linked, other
from tests.support.room import Chat, Room

pytestmark = pytest.mark.usual_posts


def posted(chat: Chat, since: datetime = MONDAY) -> list[tuple[str, str]]:
    """What came to a chat's channels by schedule, from an instant on."""
    return [
        (post.kind, post.ref)
        for post in chat.sent
        if not post.place.is_private and post.kind != "announcement" and post.at >= since
    ]


def announced(chat: Chat) -> list[str]:
    return [
        post.ref
        for post in chat.sent
        if post.kind == "announcement" and not post.ref.startswith("welcome/")
    ]


async def test_each_home_gets_each_post_once_and_the_board_is_one(room: Room) -> None:
    await linked(room, "ada")
    chat = room.chats["other"]
    assert "You are in spring" in await room.says("bea", "join", place=THERE)
    await room.goes_to(MONDAY + timedelta(days=1))
    await room.says("ada", "tick vectors-matrices")
    await room.says("bea", "tick vectors-matrices", place=THERE)
    board = await room.says("ada", "progress board=yes")
    assert [name in board for name in ("Ada", "Bea")] == [True, True]
    await room.goes_to(MONDAY + timedelta(days=8))
    here = posted(room.chat)
    assert [kind for kind, _ in here] == ["kick_off", "topics", "check_in", "recap", "topics"]
    assert posted(chat) == here
    assert {post.place for post in chat.sent if not post.place.is_private} == {THERE}
    assert [post.place.native for post in room.chat.sent if post.place.is_private] == ["ada"]
    assert [
        (post.place.native, post.place.space) for post in chat.sent if post.place.is_private
    ] == [
        ("bea", "workspace"),
    ]
    told = await room.says("mona", "cohort timeline page=1")
    assert told.count("Kick-off · sent") == 1


async def test_the_outage_of_one_platform_delays_nobody_on_the_other_and_doubles_nothing(
    room: Room,
) -> None:
    await linked(room, "ada")
    chat = room.chats["other"]

    def lost(when: str, place: Place, key: str) -> None:
        if when == "after":
            raise SendError("connection lost", perhaps_sent=True)

    def away(when: str, place: Place, key: str) -> None:
        raise SendError("nobody answers")

    chat.fault = lost
    await room.goes_to(MONDAY)
    chat.fault = away
    await room.restart()
    await room.goes_to(MONDAY + timedelta(hours=30))
    assert [post.at for post in room.posts() if post.at >= MONDAY] == [MONDAY, MONDAY]
    told = await room.says("mona", "cohort timeline page=1")
    assert "Kick-off · sent · here\n" in told
    assert "on Other" in told
    chat.fault = None
    await room.goes_to(MONDAY + timedelta(days=4))
    assert Counter(posted(chat)) == Counter(posted(room.chat))
    assert max(Counter(posted(chat)).values()) == 1
    told = await room.says("mona", "cohort timeline page=1")
    assert "Weekly topics, week 1 · sent · here\n" in told
    assert "Weekly topics, week 1 · sent late · on Other\n" in told


@pytest.mark.parametrize("seed", range(3))
async def test_through_faults_on_both_platforms_and_restarts_each_home_gets_everything_exactly_once(
    quick_room: Room, seed: int
) -> None:
    await linked(quick_room, "ada")
    dice = random.Random(seed)

    def fault(when: str, place: Place, key: str) -> None:
        if dice.random() < 0.1:
            raise SendError("lost", perhaps_sent=True) if dice.random() < 0.7 else TimeoutError

    chats = [quick_room.chat, quick_room.chats["other"]]
    for chat in chats:
        chat.fault = fault
    for day in range(1, 17):
        await quick_room.goes_to(MONDAY + timedelta(days=day))
        if dice.random() < 0.3:
            await quick_room.restart()
    for chat in chats:
        chat.fault = None
    await quick_room.passes(hours=6)
    first, second = (posted(chat) for chat in chats)
    assert Counter(first) == Counter(second) == Counter(dict.fromkeys(first, 1))
    assert len(first) == 10


async def test_a_home_that_joins_late_gets_what_comes_and_nothing_that_came(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(MONDAY - timedelta(minutes=1))
    chat = other(room)
    code = await code_for(room)
    room.clock.at = MONDAY + timedelta(seconds=1)  # due, and the clockwork has not looked yet
    told = await room.says("omar", f"cohort link {code} sure=yes", place=THERE)
    assert "The next post is Mid-week nudge, week 1" in told
    assert "starting today" in chat.sent[0].message.to_plain_text()
    await room.goes_to(MONDAY + timedelta(days=8))
    assert posted(room.chat) == [("kick_off", "start"), ("topics", "linear-algebra"), *posted(chat)]
    assert posted(chat)[0] == ("nudge", "linear-algebra")
    assert "Kick-off · sent · here" in await room.says("mona", "cohort timeline page=1")
    assert "Kick-off · sent · on Test" in await room.says(
        "omar", "cohort timeline page=1", place=THERE
    )


async def test_a_week_that_moves_comes_again_only_where_it_has_not_come_yet(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(MONDAY + timedelta(days=1))
    chat = other(room)
    await room.says("omar", f"cohort link {await code_for(room)} sure=yes", place=THERE)
    told = await room.says("omar", "cohort reschedule spring start=2026-03-09", place=THERE)
    assert "Posts that were sent are not sent again" in told
    await room.says("omar", "cohort reschedule spring start=2026-03-09 sure=yes", place=THERE)
    told = await room.says("mona", "cohort timeline")
    assert "Weekly topics, week 1 · already posted here, not again there" in told
    assert "Weekly topics, week 2 · coming\n" in told
    await room.goes_to(MONDAY + timedelta(days=15))
    topics = [[ref for kind, ref in posted(each) if kind == "topics"] for each in (room.chat, chat)]
    assert topics == [["linear-algebra", "optimization"], ["linear-algebra", "optimization"]]


async def test_either_sides_moderators_manage_it_and_everybody_is_told_in_every_home(
    quick_room: Room,
) -> None:
    room = quick_room
    await linked(room, "ada")
    chat = room.chats["other"]
    assert (announced(room.chat), announced(chat)) == (["open/1", "linked/1"], ["open/1"])
    await room.goes_to(MONDAY + timedelta(days=1))
    for phrase, ref in (
        ("break first=2026-04-06 last=2026-04-12 sure=yes", "moved/1"),
        ("reschedule at=10:00 sure=yes", "moved/2"),
        ("pause sure=yes", "paused/1"),
        ("resume sure=yes", "resumed/1"),
        ("start again=yes on=2026-03-09 sure=yes", "again/2"),
        ("finish sure=yes", "off/2"),
    ):
        before = len(room.chat.sent), len(chat.sent)
        assert "Only moderators" not in await room.says("omar", f"cohort {phrase}", place=THERE)
        assert [post.ref for post in room.chat.sent[before[0] :]] == [ref], phrase
        assert [post.ref for post in chat.sent[before[1] :]] == [ref], phrase
    assert "Ada" in await room.says("omar", "cohort members", place=THERE)


async def test_a_finale_and_what_a_moderator_switches_off_hold_in_both_homes(
    quick_room: Room,
) -> None:
    room = quick_room
    await linked(room, "ada")
    chat = room.chats["other"]
    await room.says("omar", "cohort settings spring post=kick_off on=no", place=THERE)
    await room.goes_to(MONDAY + timedelta(days=1))
    await room.says("mona", "cohort finish sure=yes")
    assert (
        [kind for kind, _ in posted(room.chat)]
        == [kind for kind, _ in posted(chat)]
        == ["topics", "finale"]
    )


async def test_moving_moves_the_home_of_ones_own_side_alone(room: Room) -> None:
    await linked(room, "ada")
    chat = room.chats["other"]
    annex = Place("other", "workspace", "annex", tenant="workspace")
    assert (await room.says("omar", "cohort move", place=annex)).startswith(
        "spring now posts in this channel."
    )
    await room.goes_to(MONDAY)
    assert {post.place.channel for post in chat.sent if post.at >= MONDAY} == {"annex"}
    assert {post.place.channel for post in room.posts() if post.at >= MONDAY} == {"study-group"}


async def test_the_troubles_of_a_home_are_told_on_both_sides_and_mended_on_its_own(
    quick_room: Room,
) -> None:
    room = quick_room
    await linked(room, "ada")
    chat = room.chats["other"]
    await room.goes_to(MONDAY - timedelta(minutes=1))
    chat.lacking["general"] = (SetupProblem("The channel is gone."),)
    await room.goes_to(MONDAY)
    told = "Posts of spring in its other channel wait: The channel is gone."
    assert f"{told}\n" in await room.says("mona", "cohort timeline")
    own = await room.says("omar", "cohort timeline", place=THERE)
    assert (
        "Posts of spring wait: The channel is gone. Or say cohort move spring in another channel."
        in own
    )
    assert len(posted(room.chat)) == 2


async def test_nobody_is_written_to_on_a_side_that_was_taken_away(quick_room: Room) -> None:
    room = quick_room
    await linked(room, "ada")
    chat = room.chats["other"]
    await room.says("bea", "join", place=THERE)
    await room.goes_to(MONDAY + timedelta(days=8))
    reached = len(chat.sent)
    assert [post.place.native for post in chat.sent if post.place.is_private] == ["bea"]
    await room.says("omar", "cohort unlink sure=yes", place=THERE)
    for _ in range(2):
        await room.says("ada", "week")
        await room.passes(days=7)
    assert len(chat.sent) == reached
    assert len(room.private("ada")) == 3


async def test_a_moderator_of_a_space_where_it_does_not_live_can_do_nothing_to_it(
    room: Room,
) -> None:
    await linked(room, "ada")
    walked = [
        name for name in get_commands() if name.startswith("cohort ") and name != "cohort create"
    ]
    assert {"cohort link", "cohort unlink"} <= set(walked)
    for place in (
        Place("other", "stranger", "general", tenant="stranger"),
        Place("test", "stranger", "study-group"),
    ):
        before = [len(chat.sent) for chat in room.chats.values()]
        for name in walked:
            for said in ("cohort=#1", "cohort=spring", "cohort=#1 sure=yes", ""):
                told = await room.says("omar", f"{name} {said}".strip(), place=place)
                if said:
                    assert told.startswith(("There is no cohort", f"{name} has no option")), (
                        name,
                        said,
                        told,
                    )
                else:
                    assert told == "There is no cohort here yet: create one with cohort create.", (
                        name
                    )
        assert [len(chat.sent) for chat in room.chats.values()] == before
