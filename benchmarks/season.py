"""A cohort in its last week: two hundred members with twelve weeks of ticks and check-ins."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from bot.__main__ import load_bundled_roadmaps
from bot.chat.address import Account, Caller, Place
from bot.command.call import DEFAULT_ROADMAP
from bot.group.calendar import Syllabus
from bot.runtime.dispatch import Dispatch
from bot.store import Store, Tx
from bot.store.progress import CheckinReport
from bot.store.tables import members
from tests.support.database import execute_sql, load_first_cohort
from tests.support.room import Clock, Room

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
"""Wednesday of the twelfth week."""
MEMBERS = 200
PLACE = Place("test", "space", "study-group")
PLAN = load_bundled_roadmaps()[DEFAULT_ROADMAP]
ITEMS = tuple(PLAN.items)
WEEKS = tuple(week.id for week in Syllabus.from_roadmap(PLAN).weeks)
REPORTED_WEEKS = 6  # the first weeks, for which everybody has checked in
REPORT: Mapping[str, tuple[str, ...]] = {"hours": ("3",), "confidence": ("4",), "note": ("fine",)}


class Season:
    """The cohort, and everything its members have not done yet."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock(NOW)
        self.dispatch = Dispatch(store, self.clock, load_bundled_roadmaps())
        self._numbers = itertools.count(1)
        self._read: set[str] = set()
        self._open_items = _list_open_items()
        self._open_weeks = itertools.product(WEEKS[REPORTED_WEEKS:], range(MEMBERS))
        self._readers = itertools.cycle(range(MEMBERS))

    async def join(self) -> None:
        """Somebody new joins."""
        number = next(self._numbers)
        await self._say(f"new{number}", "join spring", "You are in")

    async def tick(self) -> None:
        """The next member ticks an item they have not ticked."""
        member, item = next(self._open_items)
        await self._say(f"member{member}", f"tick {item}", "Ticked")

    async def check_in(self) -> None:
        """The next member checks in for a week they have not checked in for."""
        week, member = next(self._open_weeks)
        await self._say(f"member{member}", f"checkin week={week}", "week", REPORT)

    async def show_progress(self) -> None:
        """The next member looks at their progress."""
        await self._say(f"member{next(self._readers)}", "progress", "The whole plan")

    async def show_week(self) -> None:
        """The next member looks at their list."""
        await self._say(f"member{next(self._readers)}", "week", "Week 12")

    async def count_rows(self, table: str) -> int:
        """Return how many rows a table has."""
        rows = await execute_sql(self.store, f"SELECT count(*) FROM {table}", write=False)
        return int(rows[0][0])

    async def _say(
        self,
        name: str,
        phrase: str,
        expected: str,
        filled: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        # Named as they joined: a new name would be written down.
        caller = Caller(Account("test", "", name), name.capitalize())
        answer = await self.dispatch.answer_phrase(
            caller, PLACE, phrase, filled, idempotency_key=f"key-{next(self._numbers)}"
        )
        # Read once for each command: to write an answer in words is no part of its cost.
        if expected not in self._read:
            text = answer.to_plain_text()
            assert expected in text, text
            self._read.add(expected)


async def prepare_season(url: str, store: Store) -> Season:
    """Fill an empty database with a cohort and its members, and return the season."""
    room = Room(url, store, load_bundled_roadmaps())
    await room.spring()
    await room.goes_to(NOW)
    for member in range(MEMBERS):
        answer = await room.answer(f"member{member}", "join spring")
        assert "You are in spring" in answer.to_plain_text()
    await room.pulse()
    # They have been there from the first day: streaks and ranks count all twelve weeks.
    await execute_sql(store, members.update().values(joined_at=START))
    await store.run(_fill_progress)
    await execute_sql(store, "ANALYZE")
    return Season(store)


async def _fill_progress(tx: Tx) -> None:
    """Write what the members have done so far, as their own commands would have."""
    cohort = await load_first_cohort(tx)
    loaded = await tx.members.load_members_by_id(range(1, MEMBERS + 1), cohort.id)
    assert len(loaded) == MEMBERS
    for member in loaded.values():
        number = int(member.person.name.removeprefix("Member"))
        done = [item for place, item in enumerate(ITEMS) if is_done(number, place)]
        await tx.progress.tick_items(member.person, cohort.roadmap, done, NOW - timedelta(days=7))
        for place, week in enumerate(WEEKS[:REPORTED_WEEKS], 1):
            at = START + timedelta(weeks=place, days=-1)
            await tx.progress.save_checkin(member, week, CheckinReport(3, 4, "", "fine"), at)


def is_done(member: int, place: int) -> bool:
    """Return True if a member begins with this item ticked: three in five are, spread evenly."""
    return (member + place) % 5 < 3


def _list_open_items() -> Iterator[tuple[int, str]]:
    """Yield each item that a member has not ticked; the next one is another member's."""
    for place, item in enumerate(ITEMS):
        for member in range(MEMBERS):
            if not is_done(member, place):
                yield member, item
