"""Calls changed after their announcement: the group is told, and the event follows the call."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from bot.chat.address import Place, SetupProblem
from bot.chat.errors import SendError
from bot.chat.message import Event, Form
from bot.store import Tx
from bot.store.engine import MIGRATIONS
from tests.support.database import execute_sql, execute_statement
from tests.support.room import Room
from tests.support.two_platforms import THERE, houses

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 4, 19, 0, tzinfo=UTC)
THURSDAY = WEDNESDAY + timedelta(days=1)
NEXT_WEEK = WEDNESDAY + timedelta(weeks=1)
TITLE = "spring: week 1 call"
OFF = "The call of spring on Wed 4 Mar 2026, 19:00 is called off."


async def monday_with_a_call(room: Room) -> None:
    """The first weekly topics have named the call of Wednesday, and its event stands."""
    await room.spring("ada")
    await room.says("mona", "cohort call day=3 at=19:00 where=Library")
    await room.goes_to(MONDAY)
    assert standing(room) == [(TITLE, WEDNESDAY, "Library")]


def standing(room: Room, platform: str = "test") -> list[tuple[str, datetime, str]]:
    """The events of a platform."""
    return [
        (event.title, event.starts, event.where) for event in room.chats[platform].events.values()
    ]


def told(room: Room, platform: str = "test") -> list[str]:
    """What was announced about calls, oldest first."""
    sent = room.chats[platform].sent
    return [
        post.message.to_plain_text()
        for post in sent
        if post.kind == "announcement" and post.ref.startswith("call/")
    ]


async def test_a_change_of_a_known_call_asks_first_and_edits_the_event(room: Room) -> None:
    await monday_with_a_call(room)
    asked = await room.answer("mona", "cohort call day=4")
    assert asked.to_plain_text() == (
        "A preview\n"
        "Change the weekly call of spring?\n"
        "Everyone will see:\n"
        "The call of spring on Wed 4 Mar 2026, 19:00 has moved. "
        "It is now: Thu 5 Mar 2026, 19:00 · Library\n"
        "Nothing has changed yet.\n"
        "[Change the call]\n"
        "[Timeline]"
    )
    assert (standing(room), told(room)) == ([(TITLE, WEDNESDAY, "Library")], [])
    (before,) = room.chat.events
    done = await room.says(
        "mona", "cohort call cohort=#1 day=4 at=19:00 minutes=60 where=Library sure=yes"
    )
    assert done.startswith(
        "Saved, and I have told everybody. spring has a call every Thursday (day 4)"
    )
    assert told(room) == [
        "The call of spring on Wed 4 Mar 2026, 19:00 has moved. "
        "It is now: Thu 5 Mar 2026, 19:00 · Library"
    ]
    assert (standing(room), list(room.chat.events)) == ([(TITLE, THURSDAY, "Library")], [before])
    await room.says("mona", "cohort call where=Attic sure=yes")
    assert told(room)[1:] == ["The call of spring on Thu 5 Mar 2026, 19:00 has a new place: Attic"]
    assert standing(room) == [(TITLE, THURSDAY, "Attic")]
    # The length of a call was never named in the channel, so nobody is told of it.
    assert "for 90 minutes" in await room.says("mona", "cohort call minutes=90")
    (event,) = room.chat.events.values()
    assert (len(told(room)), event.ends - event.starts) == (2, timedelta(minutes=90))


async def test_a_call_that_is_called_off_and_on_again_is_told_each_time(quick_room: Room) -> None:
    room = quick_room
    await monday_with_a_call(room)
    asked = await room.says("mona", "cohort call off=yes")
    assert asked.endswith(
        f"will see:\n{OFF}\nNothing has changed yet.\n[Cancel the call]\n[Timeline]"
    )
    assert await room.says("mona", "cohort call cohort=#1 off=yes sure=yes") == (
        "Saved, and I have told everybody. spring has no weekly call.\n"
        "[Set a weekly call] [Timeline]"
    )
    assert (standing(room), told(room)) == ([], [OFF])
    await room.says("mona", "cohort call day=4 at=19:00 where=Library sure=yes")
    assert told(room)[1:] == [
        "The call of spring takes place after all: Thu 5 Mar 2026, 19:00 · Library"
    ]
    assert standing(room) == [(TITLE, THURSDAY, "Library")]
    await room.goes_to(THURSDAY + timedelta(hours=1))
    await room.says("mona", "cohort call off=yes")
    assert len(told(room)) == 2, "what has begun is not called off"


async def test_a_call_nobody_knows_of_changes_without_a_word(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    for said in ("day=3 at=19:00 where=Library", "day=4", "off=yes", "day=5 at=19:00 where=Attic"):
        assert (await room.says("mona", f"cohort call {said}")).startswith("Saved. ")
    await room.goes_to(MONDAY)
    assert (told(room), standing(room)) == ([], [(TITLE, WEDNESDAY + timedelta(days=2), "Attic")])


async def test_the_form_of_a_known_call_says_that_it_posts_and_replaces_a_button_too_long(
    quick_room: Room,
) -> None:
    room = quick_room
    await monday_with_a_call(room)
    for options in ("ask=yes", f"where=https://meet.example/{'x' * 75}"):
        form = await room.answer("mona", f"cohort call {options}")
        assert isinstance(form, Form)
        assert form.note == "People know of a call: I post your changes."
    assert isinstance(form, Form)
    filled = {"day": ("3",), "at": ("19:00",), "minutes": ("60",), "where": (form.fields[3].value,)}
    assert "I have told everybody" in await room.says("mona", form.says, filled)
    assert [sentence.partition(": ")[0] for sentence in told(room)] == [
        "The call of spring on Wed 4 Mar 2026, 19:00 has a new place"
    ]


@pytest.mark.parametrize(
    ("phrases", "stands", "sentences"),
    [
        (["cohort pause sure=yes"], [], [OFF]),
        (
            ["cohort pause sure=yes", "cohort resume sure=yes"],
            [WEDNESDAY],
            [OFF, "takes place after all"],
        ),
        (["cohort break first=2026-03-04 last=2026-03-04 sure=yes"], [], [OFF]),
        (["cohort break first=2026-03-03 last=2026-03-09 sure=yes"], [], [OFF]),
        (
            ["cohort reschedule start=2026-03-09 sure=yes"],
            [NEXT_WEEK],
            ["has moved. It is now: Wed 11 Mar 2026, 19:00"],
        ),
        (
            ["cohort reschedule zone=Europe/Berlin sure=yes"],
            [WEDNESDAY - timedelta(hours=1)],
            ["has moved."],
        ),
        (["cohort finish sure=yes"], [], [OFF]),
        (["cohort start again=yes on=2026-03-09 sure=yes"], [], [OFF]),
        (["cohort settings name=summer"], [WEDNESDAY], []),
    ],
)
async def test_whatever_moves_a_week_moves_its_call(
    quick_room: Room, phrases: list[str], stands: list[datetime], sentences: list[str]
) -> None:
    await monday_with_a_call(quick_room)
    for said in phrases:
        answer = await quick_room.says("mona", said)
    assert [starts for _, starts, _ in standing(quick_room)] == stands, answer
    assert [
        sentence in sentence for sentence, sentence in zip(told(quick_room), sentences, strict=True)
    ] == [True] * len(sentences)
    name = "summer" if "name=summer" in phrases[0] else "spring"
    assert all(title.startswith(name) for title, _, _ in standing(quick_room))


async def test_after_a_move_to_another_channel_the_news_come_there(quick_room: Room) -> None:
    await monday_with_a_call(quick_room)
    lounge = Place("test", "space", "lounge")
    await quick_room.says("mona", "cohort move", place=lounge)
    assert standing(quick_room) == [(TITLE, WEDNESDAY, "Library")]
    await quick_room.says("mona", "cohort call off=yes sure=yes", place=lounge)
    assert (standing(quick_room), told(quick_room)) == ([], [OFF])
    assert quick_room.chat.sent[-1].place == lounge


# — two homes —


async def test_each_home_is_told_and_has_its_own_event_until_it_is_taken_away(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    await room.says("mona", "cohort call day=3 at=19:00 where=Library")
    await room.goes_to(MONDAY)
    await room.says("mona", "cohort call day=4 sure=yes")
    for platform in ("test", "other"):
        assert standing(room, platform) == [(TITLE, THURSDAY, "Library")]
        assert [sentence.partition(".")[0] for sentence in told(room, platform)] == [
            OFF.partition(" is called off")[0] + " has moved"
        ]
    await room.says("mona", "cohort unlink sure=yes", place=THERE)
    assert (standing(room), standing(room, "other")) == ([(TITLE, THURSDAY, "Library")], [])
    assert [len(told(room, platform)) for platform in ("test", "other")] == [1, 1]


# — what goes wrong —


@contextmanager
def failing(
    room: Room, error: Callable[[], BaseException], times: int, when: str = "before"
) -> Iterator[list[str]]:
    """Settling an event fails, the first so many times; the times at which it was tried."""
    tries: list[str] = []

    def fault(now: str, place: Place) -> None:
        if now == when and len(tries) < times:
            tries.append(now)
            raise error()

    room.chat.event_fault = fault
    yield tries
    room.chat.event_fault = None
    assert len(tries) == times


async def test_of_two_moves_before_the_first_edit_the_last_one_counts(room: Room) -> None:
    await monday_with_a_call(room)
    with failing(room, lambda: SendError("in trouble"), times=2):
        await room.says("mona", "cohort call day=4 sure=yes")
        await room.says("mona", "cohort call day=5 at=18:00 sure=yes")
        assert standing(room) == [(TITLE, WEDNESDAY, "Library")]
        await room.passes(minutes=5)
    assert standing(room) == [(TITLE, datetime(2026, 3, 6, 18, tzinfo=UTC), "Library")]
    assert [
        "Thu 5 Mar 2026, 19:00 ·" in told(room)[0],
        "Fri 6 Mar 2026, 18:00 ·" in told(room)[1],
    ] == [True, True]


async def test_a_move_while_the_event_is_being_edited_is_not_overtaken_by_it(
    quick_room: Room,
) -> None:
    room = quick_room
    await monday_with_a_call(room)
    real, moved = room.chat.settle_event, list[bool]()

    async def settle_event(place: Place, event: Event | None, *known: Any) -> str | None:
        if not moved:
            moved.append(True)
            await room.answer("mona", "cohort call day=5 sure=yes")
        return await real(place, event, *known)

    room.chat.settle_event = settle_event  # type: ignore[method-assign,assignment]
    await room.says("mona", "cohort call day=4 sure=yes")
    assert standing(room) == [(TITLE, WEDNESDAY + timedelta(days=2), "Library")]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "error",
    [
        lambda: SendError("lost", perhaps_sent=True),
        TimeoutError,
        lambda: ZeroDivisionError("a bug"),
    ],
)
async def test_whatever_becomes_of_a_try_one_event_stands_as_the_call_is(
    quick_room: Room, error: Callable[[], BaseException], when: str
) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "cohort call day=3 at=19:00 where=Library")
    with failing(room, error, times=2, when=when):
        await room.goes_to(MONDAY + timedelta(minutes=5))
    assert standing(room) == [(TITLE, WEDNESDAY, "Library")]
    with failing(room, error, times=2, when=when):
        await room.says("mona", "cohort call off=yes sure=yes")
        await room.passes(minutes=5)
    assert (standing(room), told(room)) == ([], [OFF])


async def test_a_crash_between_the_change_and_the_edit_loses_nothing(room: Room) -> None:
    await monday_with_a_call(room)
    await room.answer("mona", "cohort call day=4 sure=yes")  # nothing has left yet
    claimed = await room.store.run(lambda tx: tx.events.claim_events(room.clock.now(), 20))
    assert len(claimed) == 1  # and the one that had it in hand is gone
    await room.restart()
    await room.passes(minutes=3)
    assert (standing(room), len(told(room))) == ([(TITLE, THURSDAY, "Library")], 1)


async def test_an_event_that_somebody_has_deleted_stays_deleted(quick_room: Room) -> None:
    room = quick_room
    await monday_with_a_call(room)
    room.chat.events.clear()
    for said in ("day=4", "day=5", "off=yes"):
        await room.says("mona", f"cohort call {said} sure=yes")
    await room.passes(hours=1)
    assert (standing(room), len(told(room))) == ([], 3)
    await room.goes_to(MONDAY + timedelta(weeks=1))
    await room.says("mona", "cohort call day=3 at=19:00 where=Library")
    await room.goes_to(MONDAY + timedelta(weeks=2))
    assert [starts for _, starts, _ in standing(room)] == [WEDNESDAY + timedelta(weeks=2)]


async def test_a_missing_right_is_named_until_the_event_is_as_it_should_be(
    quick_room: Room,
) -> None:
    room = quick_room
    await monday_with_a_call(room)
    lack = SetupProblem("I may not _Create Events_ here.", False, "event")
    room.chat.lacking["study-group"] = (lack,)
    room.chat.event_fault = lambda now, place: refuse()
    assert "Good to know: I may not Create Events here." in await room.says(
        "mona", "cohort call off=yes sure=yes"
    )
    (known,) = [
        line for line in (await room.says("mona", "posts timeline")).split("\n") if "should" in line
    ]
    assert known == "Posts of spring come, but not as they should: I may not Create Events here."
    await room.passes(hours=1)
    assert "I may not Create Events here." in await room.says("mona", "posts timeline")
    assert len(standing(room)) == 1
    room.chat.event_fault = None
    room.chat.lacking.clear()
    await room.passes(minutes=15)
    assert standing(room) == []
    assert "Create Events" not in await room.says("mona", "posts timeline")


def refuse() -> None:
    raise SendError("I lack a right there", permanent=True)


async def test_a_refused_event_is_not_tried_again_once_its_call_has_begun(quick_room: Room) -> None:
    room = quick_room
    await monday_with_a_call(room)
    tries: list[datetime] = []

    def fault(now: str, place: Place) -> None:
        tries.append(room.clock.now())
        refuse()

    room.chat.event_fault = fault
    await room.says("mona", "cohort call off=yes sure=yes")
    await room.passes(weeks=1)
    assert tries[0] == MONDAY
    assert tries[-1] == WEDNESDAY - timedelta(minutes=15)


# — what was sent before —


async def test_calls_named_before_these_notes_come_by_migration_and_are_found_by_their_old_title(
    room: Room,
) -> None:
    await monday_with_a_call(room)
    await room.says("mona", "cohort create name=autumn start=2026-03-02")  # without a call
    await room.says("mona", "cohort open autumn sure=yes")
    (path,) = MIGRATIONS.glob("versions/*_events_of_calls.py")
    spec = importlib.util.spec_from_file_location("events_of_calls", path)
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)

    async def remember(tx: Tx) -> None:
        execute_statement(tx, "DELETE FROM events")
        with Operations.context(MigrationContext.configure(tx.connection.raw)):
            migration._remember_calls_named_before()

    await room.store.run(remember)
    entered = await execute_sql(room.store, "SELECT starts, native, state FROM events", write=False)
    assert [tuple(row) for row in entered] == [(None, "", "idle")]
    await room.says("mona", "cohort settings spring name=summer")
    await room.says("mona", "cohort call summer day=4 sure=yes")
    assert standing(room) == [("summer: week 1 call", THURSDAY, "Library")]
    assert [sentence.partition(".")[0] for sentence in told(room)] == [
        "The call of summer on Wed 4 Mar 2026, 19:00 has moved"
    ]
