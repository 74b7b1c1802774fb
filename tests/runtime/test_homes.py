"""Homes without posts: letters wait, moderators are told why, and the letters come afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.address import Place, SetupProblem
from bot.chat.errors import SendError
from bot.chat.message import Message
from bot.runtime import letter_life
from tests.runtime.test_outbox import KICK_OFF, MONDAY, became, begin, failing, monday
from tests.support.database import list_first_cohort_letters
from tests.support.room import Room

pytestmark = pytest.mark.usual_posts

MAY_NOT = SetupProblem(
    "I may not send messages here: allow me *Send Messages* in the channel's settings."
)
NO_THREADS = SetupProblem(
    "Weeks get no threads: allow me *Create Public Threads*.", is_blocking=False, extra="thread"
)


async def troubles(room: Room, place: Place | None = None) -> list[str]:
    """What the moderators of the space are told."""
    where = place or room.place
    return list(await room.store.run(lambda tx: tx.cohorts.list_home_troubles(where), write=False))


async def test_posts_wait_for_a_home_that_is_closed_and_come_in_order_when_it_opens(
    room: Room,
) -> None:
    await begin(room)
    elsewhere = Place("test", "space", "another")
    await room.says("mona", "cohort create name=summer start=2026-03-02", place=elsewhere)
    await room.says("mona", "cohort open summer sure=yes", place=elsewhere)
    room.chat.lacking["study-group"] = (MAY_NOT, NO_THREADS)
    await room.passes(hours=2, minutes=1)
    here = [post.place.channel for post in room.posts() if post.at >= KICK_OFF]
    assert here == ["another", "another"]
    told = "I may not send messages here: allow me *Send Messages* in the channel's settings."
    assert await became(room) == ("due", told)
    assert await troubles(room) == [
        f"Posts of **spring** wait: {told} Or say `cohort move spring` in another channel."
    ]
    assert await room.pulse() == room.clock.at + timedelta(minutes=15)
    room.chat.lacking.clear()
    await room.passes(minutes=15)
    came = [
        post.kind
        for post in room.posts()
        if post.at >= KICK_OFF and post.place.channel == "study-group"
    ]
    assert came == MONDAY
    assert await troubles(room) == []


async def test_a_letter_held_for_long_is_neither_given_up_nor_doubled_by_an_unknown_outcome(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_life, "MAX_TRIES", 4)
    await begin(room)
    room.chat.lacking["study-group"] = (MAY_NOT,)
    await room.passes(hours=3)
    room.chat.lacking.clear()
    room.chat.fault = failing(lambda: SendError("lost", perhaps_sent=True), when="after", times=1)
    await room.passes(minutes=30)
    assert await became(room) == ("sent", "found after an unknown outcome")
    assert monday(room) == MONDAY


async def test_a_letter_held_too_long_follows_its_kind_and_an_announcement_ends_after_a_week(
    quick_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_life, "HOME_CHECK_INTERVAL", timedelta(hours=12))
    quick_room.chat.lacking["study-group"] = (MAY_NOT,)
    await quick_room.spring("ada")
    await quick_room.goes_to(KICK_OFF + timedelta(days=8))
    quick_room.chat.lacking.clear()
    await quick_room.passes(days=1)
    outcome = {
        f"{letter.kind} {letter.ref}": letter.reason or letter.state
        for letter in await list_first_cohort_letters(quick_room.store)
    }
    assert outcome.pop("announcement open/1") == "its place could not be posted to"
    assert outcome["kick_off start"] == outcome["nudge linear-algebra"] == "too late to be useful"
    assert outcome["topics linear-algebra"] == "folded into optimization"
    assert (outcome["recap linear-algebra"], outcome["topics optimization"]) == ("sent", "sent")


async def test_a_missing_right_to_an_extra_is_told_and_holds_nothing_up(quick_room: Room) -> None:
    await begin(quick_room)
    quick_room.chat.lacking["study-group"] = (NO_THREADS,)
    await quick_room.passes(minutes=10)
    assert monday(quick_room) == MONDAY
    told = (
        "Posts of **spring** come, but not as they should: "
        "Weeks get no threads: allow me *Create Public Threads*."
    )
    assert await troubles(quick_room) == [told]
    assert (await quick_room.says("mona", "cohort timeline")).startswith(
        "Timeline of spring\nPosts of spring come, but"
    )


async def test_a_home_that_refuses_a_post_is_tried_again_and_its_moderators_are_told_meanwhile(
    quick_room: Room,
) -> None:
    await begin(quick_room)
    quick_room.chat.fault = failing(lambda: SendError("Unknown *Channel*", permanent=True))
    await quick_room.goes_to(KICK_OFF)
    assert monday(quick_room) == []
    assert await troubles(quick_room) == [
        r"Posts of **spring** wait: the channel refuses them (Unknown \*Channel\*). "
        "Or say `cohort move spring` in another channel."
    ]
    await quick_room.passes(minutes=15)
    assert monday(quick_room) == MONDAY
    assert await troubles(quick_room) == []


async def test_a_letter_that_its_home_refuses_for_a_day_fails_and_lets_the_next_one_through(
    quick_room: Room,
) -> None:
    await begin(quick_room)
    quick_room.chat.fault = failing(lambda: SendError("too long", permanent=True), times=1000)
    await quick_room.passes(hours=26)
    assert await became(quick_room) == ("failed", "given up: too long")
    assert monday(quick_room) == ["topics"]


async def test_a_platform_that_cannot_say_what_is_missing_holds_nothing_up(
    quick_room: Room,
) -> None:
    await begin(quick_room)

    async def check(place: Place, wanted: object = ()) -> tuple[SetupProblem, ...]:
        raise SendError("no answer")

    quick_room.chat.check_place = check  # type: ignore[method-assign]
    await quick_room.passes(minutes=10)
    assert monday(quick_room) == MONDAY


async def test_what_stands_beside_a_post_is_added_to_one_that_was_found_as_well(
    quick_room: Room,
) -> None:
    await begin(quick_room)
    await quick_room.says("mona", "cohort threads spring on=yes")
    quick_room.chat.fault = failing(
        lambda: SendError("lost", perhaps_sent=True), when="after", times=2
    )
    await quick_room.passes(hours=1)
    assert monday(quick_room) == MONDAY
    (topics,) = quick_room.posts("topics")
    assert quick_room.chat.completed == [
        (topics.key, "Week 1: Basics of linear algebra and statistics")
    ]


@pytest.mark.parametrize("broken", [SendError("no right"), TimeoutError(), ValueError("a bug")])
async def test_a_post_is_sent_whatever_becomes_of_what_stands_beside_it(
    quick_room: Room,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    broken: Exception,
) -> None:
    async def complete(place: Place, message: Message, sent: str) -> None:
        raise broken

    monkeypatch.setattr(quick_room.chat, "open_thread", complete)
    await begin(quick_room)
    await quick_room.says("mona", "cohort threads spring on=yes")
    await quick_room.passes(hours=1)
    assert monday(quick_room) == MONDAY
    assert "its thread is missing" in caplog.text
