"""Random weeks of ticking, answering, leaving, linking and stopping: no question doubles or crowds."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest

from tests.support.recall_plan import (
    NAMES,
    answer_last_question,
    begin_recall,
    list_questions_to,
)
from tests.support.room import Room
from tests.support.statements import log_statements
from tests.support.two_platforms import THERE, houses, links

STEPS = 40
DEEDS = (
    "tick", "tick", "tick", "tick", "untick", "answer", "answer", "answer", "practise", "leave", "join",
    "away", "stop", "start", "start", "zone", "restart",
)  # fmt: skip
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/New_York", "Pacific/Apia")


async def act(room: Room, chance: Random) -> None:
    """Do one random thing by a random account."""
    name, place = ("nora", THERE) if chance.random() < 0.4 else ("ada", None)
    deed, item = chance.choice(DEEDS), chance.choice(NAMES)
    phrases = {
        "tick": f"tick {item}",
        "untick": f"tick {item} undo=yes",
        "practise": f"recall answer={chance.choice(('knew', 'partly', 'no'))} item={item}",
        "leave": "leave spring",
        "join": "join spring",
        "away": f"away {room.clock.now().date():%Y-%m-%d}",
        "stop": "recall stop",
        "start": "recall start",
        "zone": f"settings zone={chance.choice(ZONES)} reminder={chance.randrange(8, 22)}:00",
    }
    if deed == "restart":
        await room.restart()
    elif deed != "answer":
        assert "Something went wrong" not in await room.says(name, phrases[deed], place=place)
    elif list_questions_to(room, name):
        label = chance.choice(("Knew it", "Partly", "No"))
        assert "Something went wrong" not in await answer_last_question(room, name, label)


async def live(room: Room, seed: int) -> datetime:
    """Live through weeks of random deeds by two accounts, and return when they were linked."""
    chance = Random(seed)
    await begin_recall(room, "ada")
    await houses(room)
    await room.says("nora", "join spring", place=THERE)
    for name, place in (("ada", None), ("nora", THERE)):
        await room.says(name, f"tick {NAMES[0]}", place=place)
        await room.says(name, "recall start", place=place)
    linked_at: datetime = room.clock.now()
    linked_after = chance.randrange(STEPS // 2)
    for step in range(STEPS):
        if step == linked_after:
            await links(room, "ada", "nora")
            linked_at = room.clock.now()
        await act(room, chance)
        await room.passes(hours=chance.choice((1, 5, 24, 60)))
    await room.passes(weeks=12)
    return linked_at


def check_questions(room: Room, linked_at: datetime) -> None:
    """Check every question, by whichever account: once to a person, and not too often."""
    by_ada, by_nora = list_questions_to(room, "ada"), list_questions_to(room, "nora")
    earlier = {letter.ref for letter in (*by_ada, *by_nora) if letter.at < linked_at}
    both = [letter for letter in (*by_ada, *by_nora) if letter.at >= linked_at]
    asked = sorted(both, key=lambda letter: letter.at)
    for letters in (by_ada, by_nora, asked):
        assert len({letter.ref for letter in letters}) == len(letters)
    assert not earlier.intersection(letter.ref for letter in asked)
    assert {letter.place.is_private for letter in asked} <= {True}
    # Whoever moves to another zone may gain a day, and no more.
    moments = [letter.at for letter in asked]
    spans = [later - earlier for earlier, later in zip(moments, moments[2:], strict=False)]
    assert all(span.total_seconds() > 5.5 * 86400 for span in spans)


@pytest.mark.parametrize("seed", range(6))
async def test_no_question_comes_twice_or_too_often_whatever_people_do(
    quick_room: Room, seed: int
) -> None:
    check_questions(quick_room, await live(quick_room, seed))


async def test_no_question_comes_twice_or_too_often_on_either_database(room: Room) -> None:
    check_questions(room, await live(room, 11))
    assert list_questions_to(room, "ada")


async def test_an_idle_scheduler_asks_one_thing(room: Room) -> None:
    await begin_recall(room, "ada")
    await room.says("ada", "tick loops")
    await room.says("ada", "recall start")
    with log_statements(room.store) as log:
        await room.clockwork.schedule_due_posts()
    assert len(log) == 1
