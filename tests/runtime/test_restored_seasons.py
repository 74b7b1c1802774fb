"""Going on from a copy: nothing is sent twice where the platform lets us look, and elsewhere
what may have been sent is not."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.backup import copy_database, get_sqlite_path, replace_database_file, stage_copy
from bot.store.dumps import read_postgres_dump, restore_postgres_dump, write_postgres_dump
from tests.support.postgres import Postgres
from tests.support.restored_season import Outcome, Point, go_on, live, points
from tests.support.room import FRIDAY, Sent

# Three copies after which a Monday is lost, in days since the season's Friday.
MONDAYS = [
    Point(FRIDAY + timedelta(made), FRIDAY + timedelta(ends), number)
    for number, (made, ends) in enumerate(((9.5, 11), (15.5, 18.2), (34.2, 38.5)))
]


class Copies:
    """A season with a copy of each of some points, and the bot going on from them."""

    def __init__(self, url: str, folder: Path, instants: Sequence[Point]) -> None:
        self.url = url
        self.folder = folder
        self._points = instants
        self._history: Sequence[Sent] = ()

    async def make(self) -> None:
        """Live the season through."""
        self._history = await live(self.url, self._points, self.copy)

    async def go_on(self, *, may_look: bool) -> list[Outcome]:
        """Bring each copy back on its day, and let the season end."""
        return [
            await go_on(await self.bring_back(point), point, self._history, may_look=may_look)
            for point in self._points
        ]

    async def copy(self, point: Point) -> None:
        source = get_sqlite_path(self.url)
        assert source is not None
        target = self.folder / f"copy-{point.copy}.db"
        copy_database(source, target, point.made)
        if point.copy % 4 == 3:  # as if it had been copied otherwise
            with closing(sqlite3.connect(target, isolation_level=None)) as copy:
                copy.execute("DELETE FROM marks WHERE name = 'copied'")

    async def bring_back(self, point: Point) -> str:
        """Put a copy in place; return the URL of the database."""
        target = self.folder / "restored.db"
        with stage_copy(self.folder / f"copy-{point.copy}.db", target) as laid:
            assert laid.copy_mark is not None
            assert laid.is_marked == (point.copy % 4 != 3)
            assert laid.copy_mark.at == point.made or (
                not laid.is_marked and laid.copy_mark.at < point.made
            )
            replace_database_file(laid.path, target, point.ends)
        return f"sqlite+aiosqlite:///{target}"


class Dumps(Copies):
    """The same on Postgres, by its own programs."""

    def __init__(self, server: Postgres, folder: Path, instants: Sequence[Point]) -> None:
        super().__init__(server.create_database("season"), folder, instants)
        self._server = server

    async def copy(self, point: Point) -> None:
        await write_postgres_dump(self.url, self.folder / f"copy-{point.copy}.dump")

    async def bring_back(self, point: Point) -> str:
        self._server.drop_database("restored")
        url = self._server.create_database("restored")
        dump = await read_postgres_dump(self.folder / f"copy-{point.copy}.dump")
        await restore_postgres_dump(
            url, replace(dump, made_at=point.made), is_told=True
        )  # Postgres' programs ask the real clock
        return url


def check_looked_for(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        assert outcome.doubled == [], outcome.point
        assert not outcome.point.is_plain or outcome.doubled_in_private == [], outcome.point
        assert {letter.state for letter in outcome.letters} <= {"sent", "skipped"}, outcome.point
        keys = {sent.key for sent in outcome.sent}
        assert {letter.natural_key for letter in outcome.letters if letter.state == "sent"} <= keys
        topics = Counter(sent.ref for sent in outcome.sent if sent.kind == "topics")
        folded = Counter(
            letter.ref
            for letter in outcome.letters
            if letter.kind == "topics" and letter.state == "skipped"
        )
        assert set(topics | folded) == {f"week-{number}" for number in range(1, 7)}, outcome.point
    reasons = Counter(
        letter.reason
        for outcome in outcomes
        for letter in outcome.letters
        if letter.state == "sent"
    )
    assert reasons["found after an unknown outcome"] > 0


def check_not_sent_again(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        later = [sent for sent in outcome.sent[outcome.before :] if sent.kind != "announcement"]
        moments = {letter.natural_key: letter.moment for letter in outcome.letters}
        assert [
            sent
            for sent in later
            if sent.key in moments and moments[sent.key] <= outcome.point.ends
        ] == []
        if outcome.point.is_plain:
            assert outcome.doubled == outcome.doubled_in_private == [], outcome.point
        assert set(outcome.states(lost=True)) <= {"unsure", "skipped"}, outcome.point
        assert set(outcome.states(lost=False)) <= {"sent", "skipped"}, outcome.point
    assert sum(outcome.states(lost=True)["unsure"] for outcome in outcomes) > 0


@pytest.fixture
def url(empty_file: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"


async def test_going_on_from_a_copy_doubles_nothing_and_is_unsure_where_it_may_not_look(
    url: str, tmp_path: Path
) -> None:
    copies = Copies(url, tmp_path, MONDAYS[:2])
    await copies.make()
    check_looked_for(await copies.go_on(may_look=True))
    check_not_sent_again(await copies.go_on(may_look=False))


@pytest.mark.long
async def test_a_season_goes_on_from_any_of_a_hundred_copies(url: str, tmp_path: Path) -> None:
    copies = Copies(url, tmp_path, points(100, seed=28))
    await copies.make()
    check_looked_for(await copies.go_on(may_look=True))
    check_not_sent_again(await copies.go_on(may_look=False))


@pytest.mark.long
async def test_a_season_on_postgres_goes_on_from_its_dumps(
    programs: Postgres, tmp_path: Path
) -> None:
    dumps = Dumps(programs, tmp_path, MONDAYS)
    await dumps.make()
    check_looked_for(await dumps.go_on(may_look=True))
    check_not_sent_again(await dumps.go_on(may_look=False))
    for name in ("season", "restored"):
        programs.drop_database(name)
