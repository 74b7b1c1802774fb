"""The room's memory: what was said, by whom, for whom, and what time it was, in one SQLite file of its own.

Everything is committed to disk before it is shown, so a process killed at any moment loses nothing anybody saw.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import aiosqlite

from bot.chat.address import Place
from bot.host import private_files

VERSION = 1
FOLLOWED_AT_ONCE = 500

Kind = Literal["chat", "phrase", "press", "answer", "post", "note"]

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE channels (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;
CREATE TABLE figures (
    native TEXT PRIMARY KEY, number INTEGER NOT NULL, name TEXT NOT NULL, zone TEXT NOT NULL,
    moderator INTEGER NOT NULL, temper TEXT NOT NULL, hears INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE TABLE lines (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, author TEXT NOT NULL,
    channel TEXT NOT NULL, native TEXT NOT NULL, audience TEXT NOT NULL, content TEXT NOT NULL,
    key TEXT UNIQUE, spot INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX lines_by_conversation ON lines (channel, native, spot);
CREATE INDEX lines_gone ON lines (gone) WHERE gone > 0;
CREATE TABLE said (
    once TEXT PRIMARY KEY, author TEXT NOT NULL, channel TEXT NOT NULL, native TEXT NOT NULL, phrase TEXT NOT NULL,
    filled TEXT NOT NULL, label TEXT NOT NULL, source INTEGER NOT NULL, line INTEGER NOT NULL,
    answer INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX said_unanswered ON said (line) WHERE answer = 0;
"""


class Unreadable(Exception):
    """The transcript file cannot be used; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody of the cast. `temper` is how a classmate behaves, empty for those you play yourself.

    `hears` is whether their private messages are open.
    """

    native: str
    name: str
    zone: str
    moderator: bool = False
    temper: str = ""
    hears: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the room. `audience` is empty for everybody or the one account who sees it; `at` is room time, UTC.

    A line with `gone` was replaced by that later one; `spot` is where it stands, `drops` are the lines it replaces.
    """

    kind: Kind
    author: str
    place: Place
    audience: str
    content: str
    at: datetime
    seq: int = 0
    spot: int = 0
    gone: int = 0
    key: str | None = None
    drops: tuple[int, ...] = ()

    def seen_by(self, native: str) -> bool:
        return self.audience in ("", native)


@dataclass(frozen=True, slots=True)
class Said:
    """One interaction under the id its page gave it. `label` is what was pressed, empty for what was typed.

    `source` is the line it was pressed on, `line` the one that shows it, `answer` 0 until there is one.
    """

    once: str
    author: str
    place: Place
    phrase: str
    filled: Mapping[str, tuple[str, ...]] | None = None
    label: str = ""
    source: int = 0
    line: int = 0
    answer: int = 0


class Transcript:
    """The file behind the room. One writer, one connection; every method is one transaction."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> Transcript:
        """Open or create the file. Raises `Unreadable`."""
        db: aiosqlite.Connection | None = None
        try:
            private_files.make_folder(path.parent)
            if not path.exists():
                private_files.make_database(path)
            elif not path.stat().st_size:
                raise Unreadable(
                    f"The room's transcript {path} is empty, and nothing was changed: put your last backup in its place, "
                    "or delete the file to begin anew."
                )
            private_files.tighten_database(path)
            db = await aiosqlite.connect(path, isolation_level=None)
            db.row_factory = sqlite3.Row
            for pragma in ("busy_timeout = 5000", "journal_mode = WAL", "synchronous = FULL"):
                await db.execute(f"PRAGMA {pragma}")
            transcript = cls(db)
            await transcript._lay_out(path)
        except (OSError, sqlite3.Error, Unreadable) as problem:
            if db is not None:
                await db.close()
            if isinstance(problem, Unreadable):
                raise
            raise Unreadable(
                f"The room's transcript {path} cannot be opened ({problem}): check that the file is a room's "
                "and that you may write there."
            ) from problem
        return transcript

    async def _lay_out(self, path: Path) -> None:
        async with self._transaction() as db:
            row = await _one(db, "PRAGMA user_version")
            if row is not None and row[0] > VERSION:
                raise Unreadable(
                    f"{path} was written by a newer Syllabot: update this one, or move the file away."
                )
            if row is not None and row[0] == VERSION:
                return
            for statement in filter(str.strip, _SCHEMA.split(";")):
                await db.execute(statement)
            await db.execute(f"PRAGMA user_version = {VERSION}")

    async def close(self) -> None:
        async with self._turn:
            await self._db.close()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._turn:
            await self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                await self._db.commit()
            except BaseException:
                # A commit that failed, the disk being full, leaves its transaction open.
                await self._db.rollback()
                raise

    # — facts: the clock, the story —

    async def fact(self, name: str) -> str | None:
        async with self._transaction() as db:
            row = await _one(db, "SELECT value FROM facts WHERE name = ?", name)
            return None if row is None else str(row["value"])

    async def keep_fact(self, name: str, value: str) -> None:
        async with self._transaction() as db:
            await db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    # — the cast and the channels —

    async def figures(self) -> tuple[Figure, ...]:
        """The cast in the order they came."""
        async with self._transaction() as db:
            rows = await db.execute_fetchall("SELECT * FROM figures ORDER BY number")
            return tuple(_figure(row) for row in rows)

    async def welcome(self, figures: Sequence[Figure]) -> None:
        """Add people to the cast; those who are there stay as they are."""
        async with self._transaction() as db:
            for one in figures:
                await db.execute(
                    "INSERT OR IGNORE INTO figures SELECT ?, 1 + coalesce(max(number), 0), ?, ?, ?, ?, ? FROM figures",
                    (one.native, one.name, one.zone, one.moderator, one.temper, one.hears),
                )

    async def set_hearing(self, native: str, hears: bool) -> None:
        async with self._transaction() as db:
            await db.execute("UPDATE figures SET hears = ? WHERE native = ?", (hears, native))

    async def channels(self) -> tuple[str, ...]:
        async with self._transaction() as db:
            rows = await db.execute_fetchall("SELECT name FROM channels ORDER BY number")
            return tuple(str(row["name"]) for row in rows)

    async def open_channel(self, name: str) -> None:
        async with self._transaction() as db:
            await db.execute(
                "INSERT OR IGNORE INTO channels SELECT ?, 1 + coalesce(max(number), 0) FROM channels",
                (name,),
            )

    # — lines —

    async def add(self, line: Line) -> tuple[Line, bool]:
        """Write a line, and whether it is new; one whose key is there already stays as it was written first."""
        async with self._transaction() as db:
            row = (
                None
                if line.key is None
                else await _one(db, "SELECT * FROM lines WHERE key = ?", line.key)
            )
            return (await _insert(db, line), True) if row is None else (_line(row), False)

    async def by_key(self, place: Place, key: str) -> Line | None:
        async with self._transaction() as db:
            row = await _one(
                db,
                "SELECT * FROM lines WHERE key = ? AND channel = ? AND native = ?",
                key,
                place.channel,
                place.native,
            )
            return None if row is None else _line(row)

    async def line(self, seq: int) -> Line | None:
        async with self._transaction() as db:
            row = await _one(db, "SELECT * FROM lines WHERE seq = ?", seq)
            return None if row is None else _line(row)

    async def page(self, place: Place, viewer: str, before: int, limit: int) -> tuple[Line, ...]:
        """The newest `limit` standing lines of a conversation that `viewer` sees, before a spot, oldest first."""
        async with self._transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE channel = ? AND native = ? AND spot < ? AND gone = 0"
                " AND kind <> 'press' AND audience IN ('', ?) ORDER BY spot DESC LIMIT ?",
                (place.channel, place.native, before, viewer, limit),
            )
            return tuple(_line(row) for row in reversed(list(rows)))

    async def since(self, viewer: str, seq: int) -> tuple[Line, ...]:
        """What `viewer` has not been shown after line `seq`, in order: at most `FOLLOWED_AT_ONCE` lines."""
        async with self._transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE seq > ? AND gone = 0 AND kind <> 'press' AND audience IN ('', ?)"
                " ORDER BY seq LIMIT ?",
                (seq, viewer, FOLLOWED_AT_ONCE),
            )
            lines = [_line(row) for row in rows]
            return tuple([replace(line, drops=await _dropped(db, line.seq)) for line in lines])

    async def last(self) -> int:
        """The newest line's number, 0 in an empty room."""
        async with self._transaction() as db:
            row = await _one(db, "SELECT coalesce(max(seq), 0) FROM lines")
            return 0 if row is None else int(row[0])

    async def newest_private(self) -> dict[str, int]:
        """The newest message in each account's private conversation with the bot."""
        async with self._transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT native, max(seq) AS newest FROM lines WHERE channel = '' AND kind = 'post' GROUP BY native"
            )
            return {str(row["native"]): int(row["newest"]) for row in rows}

    async def posts(self, viewer: str, limit: int) -> tuple[Line, ...]:
        """The newest messages of the bot that `viewer` can see, newest first; answers to others are not among them."""
        async with self._transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE kind = 'post' AND audience IN ('', ?) ORDER BY seq DESC LIMIT ?",
                (viewer, limit),
            )
            return tuple(_line(row) for row in rows)

    # — what people said, and the answers —

    async def said(self, once: str) -> Said | None:
        async with self._transaction() as db:
            row = await _one(db, "SELECT * FROM said WHERE once = ?", once)
            return None if row is None else _said(row)

    async def unanswered(self) -> tuple[Said, ...]:
        """What was said but not answered when the process ended, oldest first."""
        async with self._transaction() as db:
            return tuple(
                _said(row)
                for row in await db.execute_fetchall(
                    "SELECT * FROM said WHERE answer = 0 ORDER BY line"
                )
            )

    async def hear(self, said: Said, line: Line, *, answered: bool = False) -> Line:
        """Write what somebody said together with the line that shows it. `answered`: nothing more is to come."""
        async with self._transaction() as db:
            written = await _insert(db, line)
            await db.execute(
                "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(said.once, said.author, said.place.channel, said.place.native, said.phrase),
                    json.dumps(said.filled, ensure_ascii=False),
                    *(said.label, said.source, written.seq, written.seq if answered else 0),
                ),
            )
            return written

    async def answer(
        self, once: str, line: Line, *, replaces: Sequence[int] = (), keeps_spot: bool = False
    ) -> Line:
        """Write the answer to what was said under `once`. The lines it `replaces` go; with `keeps_spot` it stands where
        the first of them stood."""
        async with self._transaction() as db:
            spot = 0
            if (
                keeps_spot
                and (row := await _one(db, "SELECT spot FROM lines WHERE seq = ?", replaces[0]))
                is not None
            ):
                spot = int(row["spot"])
            written = await _insert(db, replace(line, spot=spot))
            for seq in replaces:
                await db.execute(
                    "UPDATE lines SET gone = ? WHERE seq = ? AND gone = 0", (written.seq, seq)
                )
            await db.execute("UPDATE said SET answer = ? WHERE once = ?", (written.seq, once))
            return replace(written, drops=await _dropped(db, written.seq))

    async def private_answers(self, place: Place, viewer: str, limit: int) -> tuple[Line, ...]:
        """The newest standing answers that only `viewer` sees in a conversation, newest first."""
        async with self._transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE channel = ? AND native = ? AND audience = ? AND kind = 'answer' AND gone = 0"
                " ORDER BY spot DESC LIMIT ?",
                (place.channel, place.native, viewer, limit),
            )
            return tuple(_line(row) for row in rows)


async def _one(db: aiosqlite.Connection, query: str, *values: object) -> Any:
    async with db.execute(query, values) as cursor:
        return await cursor.fetchone()


async def _dropped(db: aiosqlite.Connection, seq: int) -> tuple[int, ...]:
    rows = await db.execute_fetchall("SELECT seq FROM lines WHERE gone = ? AND gone > 0", (seq,))
    return tuple(int(row["seq"]) for row in rows)


async def _insert(db: aiosqlite.Connection, line: Line) -> Line:
    async with db.execute(
        "INSERT INTO lines (at, kind, author, channel, native, audience, content, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(
                int(line.at.timestamp()),
                line.kind,
                line.author,
                line.place.channel,
                line.place.native,
            ),
            *(line.audience, line.content, line.key),
        ),
    ) as cursor:
        seq = cursor.lastrowid or 0
    spot = line.spot or seq
    await db.execute("UPDATE lines SET spot = ? WHERE seq = ?", (spot, seq))
    return replace(line, seq=seq, spot=spot)


def _place(row: sqlite3.Row) -> Place:
    return Place("room", "room", row["channel"], row["native"])


def _line(row: sqlite3.Row) -> Line:
    return Line(
        kind=row["kind"],
        author=row["author"],
        place=_place(row),
        audience=row["audience"],
        content=row["content"],
        at=datetime.fromtimestamp(row["at"], UTC),
        seq=row["seq"],
        spot=row["spot"],
        gone=row["gone"],
        key=row["key"],
    )


def _figure(row: sqlite3.Row) -> Figure:
    return Figure(
        row["native"],
        row["name"],
        row["zone"],
        bool(row["moderator"]),
        row["temper"],
        bool(row["hears"]),
    )


def _said(row: sqlite3.Row) -> Said:
    filled = json.loads(row["filled"])
    return Said(
        once=row["once"],
        author=row["author"],
        place=_place(row),
        phrase=row["phrase"],
        filled=None if filled is None else {name: tuple(values) for name, values in filled.items()},
        label=row["label"],
        source=row["source"],
        line=row["line"],
        answer=row["answer"],
    )
