"""Whatever way back is taken and taken back, nothing that was done is lost, nothing is sent twice."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from bot.runtime.member_facts import REMINDER_WINDOW
from tests.support.room import Room
from tests.support.timed_roadmap import begin_timed_course

Step = tuple[str, int]
"""What is said, and the hours that pass before it."""

WAYS = (
    "behind hours=30 sure=yes",
    "behind way=catch-up back=yes",
    "behind weeks=1 sure=yes",
    "behind weeks=3 sure=yes",
    "behind way=shift sure=yes",
    "behind weeks=0",
    "behind to=autumn sure=yes cohort=spring",
    "behind way=next back=yes cohort=autumn",
    "waitlist spring",
    "waitlist spring leave=yes",
)
BOTH = ("tick long1", "tick short2", "tick long3", "checkin 1 hours=1", "checkin 2 hours=1",
        "checkin 3 hours=2", "checkin 4 hours=2")  # fmt: skip
MODERATED = ("cohort pause spring sure=yes", "cohort resume spring sure=yes", "restart")
STEPS = some.lists(
    some.tuples(some.sampled_from(WAYS + BOTH + MODERATED + WAYS), some.integers(0, 24 * 9)),
    max_size=14,
)


class Twins:
    """Ada, who takes ways back, and bob, who does the same work without any."""

    def __init__(self, room: Room) -> None:
        self.room = room

    async def begins(self) -> None:
        await begin_timed_course(self.room, "ada", "bob")
        autumn = "cohort create name=autumn start=2026-04-06 roadmap=timed"
        await self.room.says("mona", autumn)
        await self.room.says("mona", "cohort open autumn sure=yes")

    async def lives(self, steps: Sequence[Step]) -> None:
        for said, hours in steps:
            await self.room.passes(hours=hours)
            if said == "restart":
                await self.room.restart()
            elif said in MODERATED:
                await self.says("mona", said)
            elif said in WAYS:
                await self.says("ada", said)
            else:
                await self.does(said)

    async def does(self, said: str) -> None:
        """Have both do the same; what ada cannot do now, bob leaves too."""
        told = await self.says("ada", f"{said} cohort=spring")
        if "You are not in spring" not in told and "starts on" not in told:
            assert "starts on" not in await self.says("bob", f"{said} cohort=spring")

    async def says(self, name: str, said: str) -> str:
        told = await self.room.says(name, said)
        assert "Something went wrong" not in told, said
        return told

    async def comes_back(self) -> None:
        """Take everything back."""
        await self.says("ada", "behind way=next back=yes cohort=autumn")
        await self.says("ada", "behind weeks=0 cohort=spring")
        await self.says("ada", "behind way=catch-up back=yes cohort=spring")

    def check_letters(self) -> None:
        """Nothing was sent twice, and reminders came no more often than usual."""
        keys = Counter((sent.place, sent.key) for sent in self.room.chat.sent)
        assert max(keys.values(), default=1) == 1
        for name in ("ada", "bob"):
            moments = [sent.at for sent in self.room.private(name) if sent.kind == "reminder"]
            for moment in moments:
                ahead = [at for at in moments if moment <= at < moment + REMINDER_WINDOW]
                assert len(ahead) <= 2
            assert sum(sent.kind == "ways" for sent in self.room.private(name)) <= 1


async def live_and_come_back(url: str, steps: Sequence[Step]) -> None:
    async with Room.on(url) as room:
        twins = Twins(room)
        await twins.begins()
        await twins.lives(steps)
        await twins.comes_back()
        cards = [await twins.says(name, "progress cohort=spring") for name in ("ada", "bob")]
        assert cards[0] == cards[1]
        await room.passes(weeks=2)
        cards = [await twins.says(name, "progress cohort=spring") for name in ("ada", "bob")]
        assert cards[0] == cards[1]
        twins.check_letters()


def live_on_a_copy(empty_file: Path, steps: Sequence[Step]) -> None:
    with TemporaryDirectory() as folder:
        copied = shutil.copy(empty_file, folder)
        asyncio.run(live_and_come_back(f"sqlite+aiosqlite:///{copied}", steps))


@settings(max_examples=6)
@given(steps=STEPS)
@example(
    steps=[
        ("checkin 1 hours=1", 24 * 12),
        ("checkin 2 hours=1", 24 * 10),
        ("checkin 4 hours=2", 24 * 14),
        ("behind weeks=3 sure=yes", 1),
        ("behind to=autumn sure=yes cohort=spring", 30),
        ("behind way=next back=yes cohort=autumn", 24 * 20),
        ("behind weeks=0", 24 * 9),
    ]
)
def test_no_tick_check_in_or_streak_week_is_lost_and_no_post_is_sent_twice(
    empty_file: Path, steps: Sequence[Step]
) -> None:
    live_on_a_copy(empty_file, steps)


@pytest.mark.long
@settings(max_examples=60)
@given(steps=STEPS)
def test_nothing_is_lost_and_nothing_is_sent_twice_in_many_more_lives(
    empty_file: Path, steps: Sequence[Step]
) -> None:
    live_on_a_copy(empty_file, steps)
