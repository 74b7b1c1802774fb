"""Delivery: each letter once and in order, whatever platform, network and process do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.chat.address import Place
from bot.chat.errors import SendError
from bot.chat.message import Message, text_message
from bot.post import PostDay, PostFacts, PostRegistry, post
from bot.runtime.outbox import Outbox
from bot.store.ledger import Letter
from tests.support.room import Chat, Clock, Room
from tests.support.season import Season, course

pytestmark = pytest.mark.usual_posts

KICK_OFF = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MONDAY = ["kick_off", "topics"]


def failing(
    error: Callable[[], BaseException],
    *,
    when: str = "before",
    times: int = 1,
    kind: str = "kick_off",
) -> Callable[[str, Place, str], None]:
    """Return a fault that raises the first so many times, for one kind of post."""
    left = [times]

    def fault(now: str, place: Place, key: str) -> None:
        if now == when and f".{kind}." in key and left[0]:
            left[0] -= 1
            raise error()

    return fault


async def letters(room: Room) -> list[Letter]:
    async with room.store.transaction(write=False) as tx:
        cohort = await tx.cohorts.load_cohort(1)
        assert cohort is not None
        return sorted(await tx.ledger.list_home_letters(cohort), key=lambda letter: letter.id)


async def became(room: Room, kind: str = "kick_off") -> tuple[str, str]:
    """The state and the reason of the only letter of a kind."""
    (found,) = [letter for letter in await letters(room) if letter.kind == kind]
    return found.state, found.reason


def monday(room: Room) -> list[str]:
    """What was sent to the channel from day one on."""
    return [post.kind for post in room.posts() if post.at >= KICK_OFF]


async def begin(room: Room) -> None:
    """An open cohort, up to a minute before its first posts."""
    await room.spring("ada")
    await room.goes_to(KICK_OFF - timedelta(minutes=1))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "error",
    [
        lambda: SendError("refused", perhaps_sent=True),
        lambda: TimeoutError(),
        lambda: RuntimeError("a bug in an adapter"),
        lambda: asyncio.CancelledError(),
    ],
    ids=["connection-lost", "time-out", "bug", "crash"],
)
async def test_a_send_with_an_unknown_outcome_is_looked_for_and_neither_lost_nor_doubled(
    quick_room: Room, error: Callable[[], BaseException], when: str
) -> None:
    await begin(quick_room)
    quick_room.chat.fault = failing(error, when=when)
    await quick_room.passes(minutes=10)
    assert monday(quick_room) == MONDAY
    found = "found after an unknown outcome" if when == "after" else ""
    assert await became(quick_room) == ("sent", found)


async def test_a_refused_send_is_tried_again_without_looking(quick_room: Room) -> None:
    await begin(quick_room)
    quick_room.chat.may_look = False
    quick_room.chat.fault = failing(lambda: SendError("no"), times=3)
    await quick_room.passes(hours=1)
    assert monday(quick_room) == MONDAY
    assert await became(quick_room) == ("sent", "")
    assert [post.at - KICK_OFF for post in quick_room.posts("kick_off")] == [timedelta(seconds=370)]


async def test_the_platforms_own_waiting_time_is_kept(quick_room: Room) -> None:
    await begin(quick_room)
    quick_room.chat.fault = failing(lambda: SendError("slow down", after=timedelta(minutes=17)))
    await quick_room.passes(hours=1)
    assert [post.at - KICK_OFF for post in quick_room.posts("kick_off")] == [timedelta(minutes=17)]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_where_looking_is_impossible_an_unknown_outcome_is_unsure_and_never_sent_again(
    quick_room: Room, when: str
) -> None:
    await begin(quick_room)
    quick_room.chat.may_look = False
    quick_room.chat.fault = failing(lambda: SendError("gone quiet", perhaps_sent=True), when=when)
    await quick_room.passes(minutes=10)
    await quick_room.restart()
    quick_room.chat.may_look = True
    await quick_room.passes(days=1)
    assert await became(quick_room) == ("unsure", "it may have been sent, and I cannot look")
    assert monday(quick_room) == (MONDAY if when == "after" else ["topics"])


async def test_a_letter_nobody_tried_to_send_is_not_unsure_even_where_looking_is_impossible(
    quick_room: Room,
) -> None:
    await begin(quick_room)
    quick_room.chat.may_look = False
    with broken_kind(quick_room, times=1):
        await quick_room.passes(hours=1)
    assert await became(quick_room, "extra") == ("sent", "")


async def test_an_unknown_outcome_and_then_a_refusal_still_ends_with_one_message(
    quick_room: Room,
) -> None:
    await begin(quick_room)
    errors = iter(
        [
            SendError("lost", perhaps_sent=True),
            SendError("no"),
            SendError("lost", perhaps_sent=True),
        ]
    )

    def fault(now: str, place: Place, key: str) -> None:
        if now == "before" and "kick_off" in key and (error := next(errors, None)):
            raise error

    quick_room.chat.fault = fault
    await quick_room.passes(hours=1)
    assert monday(quick_room) == MONDAY


async def test_a_letter_that_never_gets_through_is_given_up_when_it_is_too_late(
    quick_room: Room,
) -> None:
    await begin(quick_room)
    quick_room.chat.fault = failing(lambda: SendError("out of order"), times=1000)
    await quick_room.passes(days=8)
    assert await became(quick_room) == ("skipped", "too late to be useful")
    assert [post.kind for post in quick_room.posts() if post.at >= KICK_OFF][:2] == [
        "recap",
        "topics",
    ]


# — crashes —


class Mortal(Clock):
    """A clock whose asker dies, at one of the moments at which somebody asks."""

    asked = 0
    dies_at = 0

    def now(self) -> datetime:
        self.take_a_step()
        return self.at

    def take_a_step(self) -> None:
        self.asked += 1
        if self.asked == self.dies_at:
            raise asyncio.CancelledError


async def test_a_crash_at_any_step_of_a_posting_day_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    """Let week n die at its nth step: as the clock is asked, and right before and after a send."""
    async with course(
        tmp_path, Season(date(2026, 3, 2), weeks=40, off=("nudge", "check_in", "finale"))
    ) as begun:
        room = begun.room
        await room.says("ada", "join spring")
        room.clock = room.chat.clock = clock = Mortal(room.clock.at)
        await room.restart()
        cohort = await begun.cohort()
        room.chat.fault = lambda *_: clock.take_a_step()
        for week in cohort.calendar.weeks:
            await room.goes_to(cohort.get_week_opening(week) - timedelta(minutes=1))
            clock.asked, clock.dies_at = 0, week.number
            with suppress(asyncio.CancelledError):
                await room.goes_to(cohort.get_week_opening(week))
            survived = clock.asked < week.number
            clock.dies_at = 0
            await room.is_down_until(
                max(clock.at, cohort.get_week_opening(week)) + timedelta(seconds=1)
            )
            await room.passes(minutes=10)
            if survived:
                break
        assert week.number > 20, "there are fewer steps than there should be"
        assert survived, "there are more steps than weeks"
        recaps = [("recap", f"week-{number}") for number in range(1, week.number)]
        topics = [("topics", f"week-{number}") for number in range(1, week.number + 1)]
        assert [(post.kind, post.ref) for post in room.posts("topics")] == topics
        assert [(post.kind, post.ref) for post in room.posts("recap")] == recaps
        order = [post.kind for post in room.posts() if post.kind in {"recap", "topics"}]
        assert order == ["topics", *["recap", "topics"] * (week.number - 1)]


async def test_a_claimed_letter_is_taken_up_at_the_next_start(quick_room: Room) -> None:
    await begin(quick_room)
    quick_room.clock.at = KICK_OFF
    await quick_room.clockwork.schedule_due_posts()
    async with quick_room.store.transaction() as tx:
        (claimed,) = await tx.ledger.claim_letters(KICK_OFF)
    assert claimed.kind == "kick_off"
    await quick_room.is_down_until(KICK_OFF + timedelta(seconds=5))
    assert monday(quick_room) == MONDAY


async def test_a_sender_that_slept_through_its_lease_changes_no_row(room: Room) -> None:
    await begin(room)
    room.clock.at = KICK_OFF
    await room.clockwork.schedule_due_posts()
    async with room.store.transaction() as tx:
        (slept,) = await tx.ledger.claim_letters(KICK_OFF)
        assert await tx.ledger.claim_letters(KICK_OFF) == []
    later = KICK_OFF + timedelta(minutes=3)
    async with room.store.transaction() as tx:
        (second,) = await tx.ledger.claim_letters(later)
    assert (second.id, second.tries, second.is_outcome_unknown) == (slept.id, 2, True)
    async with room.store.transaction() as tx:
        assert not await tx.ledger.finish_letter(slept, "failed", later, "too late")
        assert not await tx.ledger.postpone_letter(slept, later, "too late", is_unsent=True)
        assert await tx.ledger.finish_letter(second, "sent", later)
        assert not await tx.ledger.finish_letter(slept, "failed", later, "too late")
    assert await became(room) == ("sent", "")


async def test_a_letter_that_took_too_long_to_write_is_put_back_unsent(quick_room: Room) -> None:
    await begin(quick_room)
    slow = timedelta(seconds=90)
    with extra_kind(quick_room, lambda facts: _sleep(quick_room, slow)):
        await quick_room.passes(minutes=2)
        assert (await became(quick_room, "extra"))[0] == "due"
        slow = timedelta()
        await quick_room.passes(minutes=2)
    assert [post.kind for post in quick_room.posts() if post.at >= KICK_OFF] == [*MONDAY, "extra"]


def _sleep(room: Room, how_long: timedelta) -> Message:
    room.clock.at += how_long
    return text_message("at last")


# — order, and what one letter may not do to others —


async def test_letters_to_one_place_stay_in_order_while_an_earlier_one_backs_off(
    quick_room: Room,
) -> None:
    await begin(quick_room)
    quick_room.chat.fault = failing(lambda: SendError("no"), times=3)
    await quick_room.goes_to(KICK_OFF)
    assert monday(quick_room) == []
    await quick_room.passes(hours=1)
    assert monday(quick_room) == MONDAY


async def test_a_place_that_fails_delays_no_other_place(quick_room: Room) -> None:
    await begin(quick_room)
    elsewhere = Place("test", "space", "another")
    await quick_room.says("mona", "cohort create name=summer start=2026-03-02", place=elsewhere)
    await quick_room.says("mona", "cohort open summer sure=yes", place=elsewhere)

    def fault(now: str, place: Place, key: str) -> None:
        if now == "before" and place.channel == "study-group":
            raise SendError("no")

    quick_room.chat.fault = fault
    await quick_room.goes_to(KICK_OFF + timedelta(minutes=1))
    assert [
        (post.place.channel, post.kind) for post in quick_room.posts() if post.at >= KICK_OFF
    ] == [
        ("another", "kick_off"),
        ("another", "topics"),
    ]


async def test_a_slow_place_delays_nobody_else(quick_room: Room) -> None:
    """The outbox as it runs beside the platforms, one place of which does not answer."""
    await begin(quick_room)
    elsewhere = Place("test", "space", "another")
    await quick_room.says("mona", "cohort create name=summer start=2026-03-02", place=elsewhere)
    await quick_room.says("mona", "cohort open summer sure=yes", place=elsewhere)
    slow = Slow(quick_room.clock)
    outbox = Outbox(quick_room.store, quick_room.clock, {"test": slow})
    quick_room.clock.at = KICK_OFF
    await quick_room.clockwork.schedule_due_posts()
    running = asyncio.create_task(outbox.run_outbox())
    async with asyncio.timeout(120):
        while len(slow.sent) < 2:
            await asyncio.sleep(0.01)
    assert [(post.place.channel, post.kind) for post in slow.sent] == [
        ("another", "kick_off"),
        ("another", "topics"),
    ]
    slow.answers.set()
    async with asyncio.timeout(120):
        while len(slow.sent) < 4:
            await asyncio.sleep(0.01)
    assert [(post.place.channel, post.kind) for post in slow.sent][2:] == [
        ("study-group", "kick_off"),
        ("study-group", "topics"),
    ]
    running.cancel()
    await asyncio.wait([running])


class Slow(Chat):
    """A chat where one channel does not answer before it is told to."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.answers = asyncio.Event()

    async def send(self, place: Place, message: Message, key: str) -> str:
        if place.channel == "study-group":
            await self.answers.wait()
        return await super().send(place, message, key)


async def test_a_bug_in_the_writer_of_one_post_stops_nobody_else(quick_room: Room) -> None:
    await begin(quick_room)
    with broken_kind(quick_room, times=1000):
        await quick_room.passes(days=1)
        assert (await became(quick_room, "extra"))[0] == "due"
        elsewhere = [letter for letter in await letters(quick_room) if letter.kind in MONDAY]
    assert {letter.state for letter in elsewhere} == {"sent"}


async def test_a_kind_of_post_that_is_gone_is_skipped_with_that_reason(quick_room: Room) -> None:
    await begin(quick_room)
    with broken_kind(quick_room, times=1000):
        await quick_room.passes(hours=1)
    await quick_room.passes(hours=3)
    assert await became(quick_room, "extra") == (
        "skipped",
        "there is no such kind of post any more",
    )


@contextmanager
def extra_kind(room: Room, write: Callable[[PostFacts], Message]) -> Iterator[None]:
    """A kind of post on day one, after all others."""
    usual = room.store.post_kinds
    room.store.post_kinds = PostRegistry(usual.kinds.values())

    def extra(facts: PostFacts) -> Message:
        """For a test."""
        return write(facts)

    post(PostDay("start"), title="Extra", order=99, into=room.store.post_kinds)(extra)
    try:
        yield
    finally:
        room.store.post_kinds = usual


@contextmanager
def broken_kind(room: Room, times: int) -> Iterator[None]:
    """A kind whose writer has a bug, the first so many times."""
    left = [times]

    def write(facts: PostFacts) -> Message:
        if left[0]:
            left[0] -= 1
            raise ZeroDivisionError("a bug in a post")
        return text_message("written after all")

    with extra_kind(room, write):
        yield
