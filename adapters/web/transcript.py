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


class UnreadableTranscript(Exception):
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
class RoomLine:
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

    def is_visible_to(self, native: str) -> bool:
        return self.audience in ("", native)


@dataclass(frozen=True, slots=True)
class RoomInteraction:
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
    async def open_transcript(cls, path: Path) -> Transcript:
        """Open or create the file. Raises `Unreadable`."""
        db: aiosqlite.Connection | None = None
        try:
            private_files.make_private_folder(path.parent)
            if not path.exists():
                private_files.make_private_database(path)
            elif not path.stat().st_size:
                raise UnreadableTranscript(
                    f"The room's transcript {path} is empty, and nothing was changed: put your last backup in its place, "
                    "or delete the file to begin anew."
                )
            private_files.restrict_database(path)
            db = await aiosqlite.connect(path, isolation_level=None)
            db.row_factory = sqlite3.Row
            for pragma in ("busy_timeout = 5000", "journal_mode = WAL", "synchronous = FULL"):
                await db.execute(f"PRAGMA {pragma}")
            transcript = cls(db)
            await transcript._create_schema(path)
        except (OSError, sqlite3.Error, UnreadableTranscript) as problem:
            if db is not None:
                await db.close()
            if isinstance(problem, UnreadableTranscript):
                raise
            raise UnreadableTranscript(
                f"The room's transcript {path} cannot be opened ({problem}): check that the file is a room's "
                "and that you may write there."
            ) from problem
        return transcript

    async def _create_schema(self, path: Path) -> None:
        async with self._begin_transaction() as db:
            row = await _fetch_one_row(db, "PRAGMA user_version")
            if row is not None and row[0] > VERSION:
                raise UnreadableTranscript(
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
    async def _begin_transaction(self) -> AsyncIterator[aiosqlite.Connection]:
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

    async def load_fact(self, name: str) -> str | None:
        async with self._begin_transaction() as db:
            row = await _fetch_one_row(db, "SELECT value FROM facts WHERE name = ?", name)
            return None if row is None else str(row["value"])

    async def save_fact(self, name: str, value: str) -> None:
        async with self._begin_transaction() as db:
            await db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    # — the cast and the channels —

    async def list_figures(self) -> tuple[Figure, ...]:
        """The cast in the order they came."""
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall("SELECT * FROM figures ORDER BY number")
            return tuple(_build_figure_from_row(row) for row in rows)

    async def insert_figures(self, figures: Sequence[Figure]) -> None:
        """Add people to the cast; those who are there stay as they are."""
        async with self._begin_transaction() as db:
            for one in figures:
                await db.execute(
                    "INSERT OR IGNORE INTO figures SELECT ?, 1 + coalesce(max(number), 0), ?, ?, ?, ?, ? FROM figures",
                    (one.native, one.name, one.zone, one.moderator, one.temper, one.hears),
                )

    async def update_hearing(self, native: str, hears: bool) -> None:
        async with self._begin_transaction() as db:
            await db.execute("UPDATE figures SET hears = ? WHERE native = ?", (hears, native))

    async def list_room_channels(self) -> tuple[str, ...]:
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall("SELECT name FROM channels ORDER BY number")
            return tuple(str(row["name"]) for row in rows)

    async def insert_channel(self, name: str) -> None:
        async with self._begin_transaction() as db:
            await db.execute(
                "INSERT OR IGNORE INTO channels SELECT ?, 1 + coalesce(max(number), 0) FROM channels",
                (name,),
            )

    # — lines —

    async def append_line(self, line: RoomLine) -> tuple[RoomLine, bool]:
        """Write a line, and whether it is new; one whose key is there already stays as it was written first."""
        async with self._begin_transaction() as db:
            row = (
                None
                if line.key is None
                else await _fetch_one_row(db, "SELECT * FROM lines WHERE key = ?", line.key)
            )
            return (
                (await _insert_line(db, line), True)
                if row is None
                else (_build_line_from_row(row), False)
            )

    async def find_line_by_key(self, place: Place, key: str) -> RoomLine | None:
        async with self._begin_transaction() as db:
            row = await _fetch_one_row(
                db,
                "SELECT * FROM lines WHERE key = ? AND channel = ? AND native = ?",
                key,
                place.channel,
                place.native,
            )
            return None if row is None else _build_line_from_row(row)

    async def load_line(self, seq: int) -> RoomLine | None:
        async with self._begin_transaction() as db:
            row = await _fetch_one_row(db, "SELECT * FROM lines WHERE seq = ?", seq)
            return None if row is None else _build_line_from_row(row)

    async def list_lines_before(
        self, place: Place, viewer: str, before: int, limit: int
    ) -> tuple[RoomLine, ...]:
        """The newest `limit` standing lines of a conversation that `viewer` sees, before a spot, oldest first."""
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE channel = ? AND native = ? AND spot < ? AND gone = 0"
                " AND kind <> 'press' AND audience IN ('', ?) ORDER BY spot DESC LIMIT ?",
                (place.channel, place.native, before, viewer, limit),
            )
            return tuple(_build_line_from_row(row) for row in reversed(list(rows)))

    async def list_lines_after(self, viewer: str, seq: int) -> tuple[RoomLine, ...]:
        """What `viewer` has not been shown after line `seq`, in order: at most `FOLLOWED_AT_ONCE` lines."""
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE seq > ? AND gone = 0 AND kind <> 'press' AND audience IN ('', ?)"
                " ORDER BY seq LIMIT ?",
                (seq, viewer, FOLLOWED_AT_ONCE),
            )
            lines = [_build_line_from_row(row) for row in rows]
            return tuple(
                [replace(line, drops=await _list_replaced_seqs(db, line.seq)) for line in lines]
            )

    async def find_last_seq(self) -> int:
        """The newest line's number, 0 in an empty room."""
        async with self._begin_transaction() as db:
            row = await _fetch_one_row(db, "SELECT coalesce(max(seq), 0) FROM lines")
            return 0 if row is None else int(row[0])

    async def find_newest_private_seqs(self) -> dict[str, int]:
        """The newest message in each account's private conversation with the bot."""
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT native, max(seq) AS newest FROM lines WHERE channel = '' AND kind = 'post' GROUP BY native"
            )
            return {str(row["native"]): int(row["newest"]) for row in rows}

    async def list_visible_posts(self, viewer: str, limit: int) -> tuple[RoomLine, ...]:
        """The newest messages of the bot that `viewer` can see, newest first; answers to others are not among them."""
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE kind = 'post' AND audience IN ('', ?) ORDER BY seq DESC LIMIT ?",
                (viewer, limit),
            )
            return tuple(_build_line_from_row(row) for row in rows)

    # — what people said, and the answers —

    async def find_interaction(self, once: str) -> RoomInteraction | None:
        async with self._begin_transaction() as db:
            row = await _fetch_one_row(db, "SELECT * FROM said WHERE once = ?", once)
            return None if row is None else _build_interaction_from_row(row)

    async def list_unanswered_interactions(self) -> tuple[RoomInteraction, ...]:
        """What was said but not answered when the process ended, oldest first."""
        async with self._begin_transaction() as db:
            return tuple(
                _build_interaction_from_row(row)
                for row in await db.execute_fetchall(
                    "SELECT * FROM said WHERE answer = 0 ORDER BY line"
                )
            )

    async def insert_interaction(
        self, interaction: RoomInteraction, line: RoomLine, *, is_answered: bool = False
    ) -> RoomLine:
        """Write what somebody said together with the line that shows it. `answered`: nothing more is to come."""
        async with self._begin_transaction() as db:
            written = await _insert_line(db, line)
            await db.execute(
                "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(
                        interaction.once,
                        interaction.author,
                        interaction.place.channel,
                        interaction.place.native,
                        interaction.phrase,
                    ),
                    json.dumps(interaction.filled, ensure_ascii=False),
                    *(
                        interaction.label,
                        interaction.source,
                        written.seq,
                        written.seq if is_answered else 0,
                    ),
                ),
            )
            return written

    async def insert_answer(
        self,
        once: str,
        line: RoomLine,
        *,
        replaced_seqs: Sequence[int] = (),
        has_same_spot: bool = False,
    ) -> RoomLine:
        """Write the answer to what was said under `once`. The lines it `replaces` go; with `keeps_spot` it stands where
        the first of them stood."""
        async with self._begin_transaction() as db:
            spot = 0
            if (
                has_same_spot
                and (
                    row := await _fetch_one_row(
                        db, "SELECT spot FROM lines WHERE seq = ?", replaced_seqs[0]
                    )
                )
                is not None
            ):
                spot = int(row["spot"])
            written = await _insert_line(db, replace(line, spot=spot))
            for seq in replaced_seqs:
                await db.execute(
                    "UPDATE lines SET gone = ? WHERE seq = ? AND gone = 0", (written.seq, seq)
                )
            await db.execute("UPDATE said SET answer = ? WHERE once = ?", (written.seq, once))
            return replace(written, drops=await _list_replaced_seqs(db, written.seq))

    async def list_private_answers(
        self, place: Place, viewer: str, limit: int
    ) -> tuple[RoomLine, ...]:
        """The newest standing answers that only `viewer` sees in a conversation, newest first."""
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE channel = ? AND native = ? AND audience = ? AND kind = 'answer' AND gone = 0"
                " ORDER BY spot DESC LIMIT ?",
                (place.channel, place.native, viewer, limit),
            )
            return tuple(_build_line_from_row(row) for row in rows)


async def _fetch_one_row(db: aiosqlite.Connection, query: str, *values: object) -> Any:
    async with db.execute(query, values) as cursor:
        return await cursor.fetchone()


async def _list_replaced_seqs(db: aiosqlite.Connection, seq: int) -> tuple[int, ...]:
    rows = await db.execute_fetchall("SELECT seq FROM lines WHERE gone = ? AND gone > 0", (seq,))
    return tuple(int(row["seq"]) for row in rows)


async def _insert_line(db: aiosqlite.Connection, line: RoomLine) -> RoomLine:
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


def _build_place_from_row(row: sqlite3.Row) -> Place:
    return Place("room", "room", row["channel"], row["native"])


def _build_line_from_row(row: sqlite3.Row) -> RoomLine:
    return RoomLine(
        kind=row["kind"],
        author=row["author"],
        place=_build_place_from_row(row),
        audience=row["audience"],
        content=row["content"],
        at=datetime.fromtimestamp(row["at"], UTC),
        seq=row["seq"],
        spot=row["spot"],
        gone=row["gone"],
        key=row["key"],
    )


def _build_figure_from_row(row: sqlite3.Row) -> Figure:
    return Figure(
        row["native"],
        row["name"],
        row["zone"],
        bool(row["moderator"]),
        row["temper"],
        bool(row["hears"]),
    )


def _build_interaction_from_row(row: sqlite3.Row) -> RoomInteraction:
    filled = json.loads(row["filled"])
    return RoomInteraction(
        once=row["once"],
        author=row["author"],
        place=_build_place_from_row(row),
        phrase=row["phrase"],
        filled=None if filled is None else {name: tuple(values) for name, values in filled.items()},
        label=row["label"],
        source=row["source"],
        line=row["line"],
        answer=row["answer"],
    )
