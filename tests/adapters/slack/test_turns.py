"""Tasks for one person come one after the other, and nothing is kept for whoever has none."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack.turns import Turns


async def test_tasks_with_one_key_come_one_after_the_other_and_others_beside_them() -> None:
    turns: Turns[str] = Turns()
    ada_may_end, done = asyncio.Event(), list[str]()

    async def work(key: str, name: str) -> None:
        async with turns.take_turn(key):
            if name == "ada 1":
                await ada_may_end.wait()
            done.append(name)

    tasks = [
        asyncio.create_task(work(*each))
        for each in [("ada", "ada 1"), ("ada", "ada 2"), ("bob", "bob 1"), ("ada", "ada 3")]
    ]
    await tasks[2]
    assert done == ["bob 1"]
    assert (turns.is_anybody_waiting("ada"), turns.is_anybody_waiting("bob")) == (True, False)
    ada_may_end.set()
    await asyncio.gather(*tasks)
    assert done == ["bob 1", "ada 1", "ada 2", "ada 3"]
    assert len(turns) == 0


async def test_a_task_that_fails_or_is_cancelled_leaves_nothing_behind() -> None:
    turns: Turns[str] = Turns()

    async def fail() -> None:
        async with turns.take_turn("ada"):
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with turns.take_turn("ada"):
        waiting = asyncio.create_task(fail())
        await asyncio.sleep(0)
        assert turns.is_anybody_waiting("ada")
        waiting.cancel()
        await asyncio.wait([waiting])
        assert not turns.is_anybody_waiting("ada")
    assert len(turns) == 0
