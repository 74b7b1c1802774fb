"""A command without a cohort: the only one under way is meant, unless that is in doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.chat.address import Place
from bot.group.cohort import CohortState
from bot.store import Tx
from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
ASKED = "Which cohort do you mean?\n"


async def two(room: Room, spring: CohortState, autumn: CohortState) -> None:
    """Put Ada in spring and autumn, made in the same channel and now in these states."""
    await room.spring("ada")
    await room.says("mona", "cohort create name=autumn start=2026-03-02")
    await room.says("mona", "cohort open autumn sure=yes")
    await room.says("ada", "join autumn")
    room.clock.at = TUESDAY

    async def set_states(tx: Tx) -> None:
        for cohort_id, state in ((1, spring), (2, autumn)):
            cohort = await tx.cohorts.load_cohort(cohort_id)
            assert cohort is not None
            start = cohort.start.replace(month=4) if state in {"draft", "open"} else cohort.start
            await tx.cohorts.update_cohort(replace(cohort, state=state, start=start))

    await room.store.run(set_states)


@pytest.mark.parametrize("state", ["draft", "open", "finished", "archived"])
@pytest.mark.parametrize("going", ["running", "paused"])
async def test_the_one_that_is_under_way_goes_before_all_others(
    quick_room: Room, going: CohortState, state: CohortState
) -> None:
    room = quick_room
    await two(room, state, going)
    assert (await room.says("ada", "week")).startswith("Week 1 of 12 · Basics of linear algebra")
    assert (await room.says("ada", "progress")).startswith("Your progress in autumn\n")
    assert (await room.says("ada", "checkin hours=2")).startswith("Thank you! You are checked in")
    assert (await room.says("ada", "progress cohort=autumn")).count("checked in") == 1
    assert "items in the whole plan" in await room.says("ada", "tick bayes")


@pytest.mark.parametrize(
    ("spring", "autumn", "answer"),
    [
        ("running", "running", f"{ASKED}[spring · running] [autumn · running]"),
        ("running", "paused", f"{ASKED}[spring · running] [autumn · paused]"),
        ("open", "open", f"{ASKED}[spring · open] [autumn · open]"),
        ("finished", "finished", f"{ASKED}[spring · finished] [autumn · finished]"),
        ("finished", "open", "Your progress in autumn"),
        ("archived", "finished", "Your progress in autumn"),
    ],
)
async def test_who_may_mean_either_is_asked(
    quick_room: Room, spring: CohortState, autumn: CohortState, answer: str
) -> None:
    await two(quick_room, spring, autumn)
    assert (await quick_room.says("ada", "progress")).startswith(answer)


async def test_a_channel_goes_before_what_is_under_way_elsewhere(quick_room: Room) -> None:
    room = quick_room
    await two(room, "open", "running")
    annex = replace(room.place, channel="annex")
    assert "now posts in this channel" in await room.says("mona", "cohort move spring", place=annex)
    assert (await room.says("ada", "progress", place=annex)).startswith("Your progress in spring\n")
    letters = Place("test", "space", native="ada")
    assert (await room.says("ada", "progress", place=letters)).startswith(
        "Your progress in autumn\n"
    )


async def test_nobody_leaves_a_cohort_by_guess(quick_room: Room) -> None:
    await two(quick_room, "open", "running")
    assert await quick_room.says("ada", "leave") == f"{ASKED}[spring · open] [autumn · running]"
