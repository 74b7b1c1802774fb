"""A season of which copies are made, and what becomes of it when it goes on from one of them.

One run lives the season through and has a copy made at each of some instants. Each copy is then
brought back as it would be after a disk has died some days later: with the chat as it was on that
day, and a database that knows nothing of those days.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.address import Place
from bot.chat.errors import CannotReadHistory
from bot.store.ledger import Letter
from tests.support.database import list_first_cohort_letters, open_store
from tests.support.room import FRIDAY, Chat, Room, Sent
from tests.support.season import plan

WEEKS = 6
PAUSED = (FRIDAY + timedelta(days=29), FRIDAY + timedelta(days=34))

# What is said in the season, by whom, after how many days.
DEEDS: tuple[tuple[float, str, str], ...] = (
    (11, "ada", "tick item-0"),
    (12, "ada", "checkin week-1 hours=3"),
    (14.2, "mona", "cohort break spring first=2026-03-16 last=2026-03-22 sure=yes"),
    (16, "dora", "join spring"),
    (20, "cleo", "checkin week-2 hours=1"),
    (29, "mona", "cohort pause spring sure=yes"),
    (34, "mona", "cohort resume spring sure=yes"),
    (38, "mona", "cohort reschedule spring at=10:30 sure=yes"),
    (45, "bob", "leave spring"),
    (47, "ada", "checkin week-4 hours=2"),
    (51, "mona", "cohort break spring first=2026-04-20 last=2026-04-21 sure=yes"),
)


class StrictChat(Chat):
    """A chat in which only what was sent since the instant asked for is found."""

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        if not self.may_look:
            raise CannotReadHistory
        same = [n for n, sent in enumerate(self.sent, 1) if (sent.key, sent.place) == (key, place)]
        return next((str(n) for n in same if self.sent[n - 1].at >= since), None)


@dataclass(frozen=True)
class Point:
    """A copy, the instant it was made, and the later one at which the bot goes on from it."""

    made: datetime
    ends: datetime
    copy: int

    @property
    def is_plain(self) -> bool:
        """Whether nothing in the lost days has brought a post forward: no pause was ended in
        them."""
        return not (PAUSED[0] <= self.made < PAUSED[1] <= self.ends)


@dataclass
class Outcome:
    """What the season that went on has led to."""

    point: Point
    sent: Sequence[Sent]
    before: int
    letters: Sequence[Letter]

    @property
    def doubled(self) -> list[str]:
        counted = Counter((sent.key, sent.place) for sent in self.sent)
        return sorted(
            key for (key, place), count in counted.items() if count > 1 and not place.is_private
        )

    @property
    def doubled_in_private(self) -> list[str]:
        counted = Counter((sent.key, sent.place) for sent in self.sent)
        return sorted(
            key for (key, place), count in counted.items() if count > 1 and place.is_private
        )

    def states(self, *, lost: bool) -> Counter[str]:
        """What became of the posts that fell due in the lost days, or after them."""
        posts = [
            letter
            for letter in self.letters
            if letter.kind != "announcement" and letter.moment > self.point.made
        ]
        return Counter(
            letter.state for letter in posts if (letter.moment <= self.point.ends) == lost
        )


def points(count: int, seed: int) -> list[Point]:
    """Random instants of a season, with an hour to fifteen days lost after each."""
    luck = random.Random(seed)
    made = sorted(
        FRIDAY + timedelta(minutes=luck.randrange(60, 62 * 24 * 60)) for _ in range(count)
    )
    lost = [
        timedelta(minutes=luck.randrange(60, luck.choice((1, 3, 15)) * 24 * 60))
        for _ in range(count)
    ]
    return [Point(at, at + lost[number], number) for number, at in enumerate(made)]


async def live(
    url: str, instants: Sequence[Point], copy: Callable[[Point], Awaitable[object]]
) -> Sequence[Sent]:
    """Live a season through, with a copy made at each point; return everything that was sent."""
    async with _room(url, FRIDAY, []) as room:
        await room.spring("ada", "bob", "cleo", more="roadmap=short")
        for made, deed in sorted(
            [(point.made, point) for point in instants]
            + [(FRIDAY + timedelta(days=days), (name, said)) for days, name, said in DEEDS],
            key=lambda each: each[0],
        ):
            await room.goes_to(made)
            if isinstance(deed, Point):
                await copy(deed)
            else:
                await room.says(*deed)
        await room.passes(days=30)
        return room.chat.sent


async def go_on(url: str, point: Point, history: Sequence[Sent], *, may_look: bool) -> Outcome:
    """Go on from a copy that was put in place, to the end of the season."""
    before = [sent for sent in history if sent.at <= point.ends]
    async with _room(url, point.ends, before) as room:
        room.chat.may_look = may_look
        room._asked = itertools.count(10_000)  # a platform gives no interaction the id of another
        await room.outbox.reset_former_claims()
        await room.passes(hours=1)
        # The moderator sees where things stand, and does again what has been lost.
        await room.says("mona", "cohort resume spring sure=yes")
        await room.says("dora", "join spring")
        await room.says("mona", "cohort break spring first=2026-05-18 last=2026-05-19 sure=yes")
        await room.passes(days=75)
        letters = await list_first_cohort_letters(room.store)
        return Outcome(point, room.chat.sent, len(before), letters)


@asynccontextmanager
async def _room(url: str, at: datetime, sent: list[Sent]) -> AsyncIterator[Room]:
    room = Room(url, await open_store(url), {"short": plan(WEEKS)})
    try:
        room.clock.at = at
        room.chat = StrictChat(room.clock, sent=list(sent))
        room.chats["test"] = room.chat
        await room.clockwork.prepare_schedule()
        yield room
    finally:
        await room.store.close()
