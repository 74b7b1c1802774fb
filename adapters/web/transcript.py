"""The room's memory, in one SQLite file: every line, its author, its readers, and its time.

Everything is on disk before it is shown, so a process killed at any moment loses nothing.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiosqlite

from adapters.web.erasure import rename_figure, replace_names
from adapters.web.line_rows import (
    fetch_line_by_key,
    fetch_one_row,
    find_spot,
    insert_line,
    list_replaced_seqs,
    replace_line_content,
)
from adapters.web.records import (
    SCHEMA,
    VERSION,
    Figure,
    RoomInteraction,
    RoomLine,
    build_figure_from_row,
    build_interaction_from_row,
    build_line_from_row,
)
from bot.chat.address import Place
from bot.host import private_files

# A page that was away for long reads what it missed in portions.
FOLLOWED_AT_ONCE = 500


class UnreadableTranscript(Exception):
    """The transcript file cannot be used; the sentence says what to do."""


class Transcript:
    """The file behind the room: one writer, one connection, one transaction per method."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db
        # All methods share one connection, so their transactions must not interleave.
        self._turn = asyncio.Lock()
        # In memory alone: on disk it would keep what was erased.
        self._successors: dict[str, str] = {}

    @classmethod
    async def open_transcript(cls, path: Path) -> Transcript:
        """Open the file, or create it.

        Raises `UnreadableTranscript`.
        """
        db: aiosqlite.Connection | None = None
        try:
            _prepare_transcript_file(path)
            db = await aiosqlite.connect(path, isolation_level=None)
            db.row_factory = sqlite3.Row
            # FULL: with NORMAL, a power cut could take back a line somebody has already seen.
            for pragma in (
                "busy_timeout = 5000",
                "journal_mode = WAL",
                "synchronous = FULL",
                "secure_delete = ON",
            ):
                await db.execute(f"PRAGMA {pragma}")
            transcript = cls(db)
            await transcript._create_schema(path)
        except (OSError, sqlite3.Error, UnreadableTranscript) as problem:
            if db is not None:
                await db.close()
            if isinstance(problem, UnreadableTranscript):
                raise
            raise UnreadableTranscript(
                f"The room's transcript {path} cannot be opened ({problem}): "
                "check that it is a room's file and that you may write to it."
            ) from problem
        return transcript

    async def _create_schema(self, path: Path) -> None:
        async with self._begin_transaction() as db:
            row = await fetch_one_row(db, "PRAGMA user_version")
            if row is not None and row[0] > VERSION:
                raise UnreadableTranscript(
                    f"A newer Syllabot wrote {path}: update this one, or move the file away."
                )
            if row is not None and row[0] == VERSION:
                return
            # Not `executescript`: it would commit, and a half-made schema must not stay.
            for statement in filter(str.strip, SCHEMA.split(";")):
                await db.execute(statement)
            await db.execute(f"PRAGMA user_version = {VERSION}")

    async def close(self) -> None:
        """Close the file once the transaction under way is over."""
        async with self._turn:
            await self._db.close()

    @asynccontextmanager
    async def _begin_transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._turn:
            await self._db.execute("BEGIN IMMEDIATE")
            is_committed = False
            try:
                yield self._db
                await self._db.commit()
                is_committed = True
            finally:
                # A cancelled task, or a commit on a full disk, leaves the transaction open.
                # The connection is shared, so the next one could not begin.
                if not is_committed:
                    await self._db.rollback()

    # — facts: the clock, the story —

    async def load_fact(self, name: str) -> str | None:
        """Return the value under a name, or None."""
        async with self._begin_transaction() as db:
            row = await fetch_one_row(db, "SELECT value FROM facts WHERE name = ?", name)
            return None if row is None else str(row["value"])

    async def save_fact(self, name: str, value: str) -> None:
        """Keep a value under a name, in place of the former one."""
        async with self._begin_transaction() as db:
            await db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    # — the cast and the channels —

    async def list_figures(self) -> tuple[Figure, ...]:
        """Return the cast in the order they came."""
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall("SELECT * FROM figures ORDER BY number")
            return tuple(build_figure_from_row(row) for row in rows)

    async def insert_figures(self, figures: Iterable[Figure]) -> None:
        """Add people to the cast; those already there stay unchanged."""
        async with self._begin_transaction() as db:
            for figure in figures:
                await db.execute(
                    "INSERT OR IGNORE INTO figures"
                    " SELECT ?, 1 + coalesce(max(number), 0), ?, ?, ?, ?, ? FROM figures",
                    (
                        figure.native,
                        figure.name,
                        figure.zone,
                        figure.moderator,
                        figure.temper,
                        figure.hears,
                    ),
                )

    async def update_hearing(self, native: str, hears: bool) -> None:
        """Open or close somebody's private messages."""
        async with self._begin_transaction() as db:
            await db.execute("UPDATE figures SET hears = ? WHERE native = ?", (hears, native))

    async def list_room_channels(self) -> tuple[str, ...]:
        """Return the channels' names, oldest first."""
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall("SELECT name FROM channels ORDER BY number")
            return tuple(str(row["name"]) for row in rows)

    async def insert_channel(self, name: str) -> None:
        """Add a channel; an existing one stays unchanged."""
        async with self._begin_transaction() as db:
            await db.execute(
                "INSERT OR IGNORE INTO channels"
                " SELECT ?, 1 + coalesce(max(number), 0) FROM channels",
                (name,),
            )

    async def erase_figure(
        self, native: str, names: Collection[str], *, keeps_figure: bool = False
    ) -> None:
        """Erase what somebody typed and was told, and their names from everybody else's lines.

        They stay in the cast under a name and an id that say nothing, unless `keeps_figure`.
        """
        async with self._begin_transaction() as db:
            await db.execute(
                "DELETE FROM lines WHERE author = ? OR audience = ? OR native = ?",
                (native, native, native),
            )
            await db.execute("DELETE FROM said WHERE author = ? OR native = ?", (native, native))
            await replace_names(db, [*names, native])
            if not keeps_figure:
                self._successors[native] = await rename_figure(db, native)

    def find_successor(self, native: str) -> str:
        """Return the id of somebody who was renamed in this process, else the same id."""
        return self._successors.get(native, native)

    # — lines —

    async def append_line(self, line: RoomLine) -> tuple[RoomLine, bool]:
        """Write a line, and return it with True if it is new.

        If its key is already there, the first line under this key is returned unchanged.
        """
        async with self._begin_transaction() as db:
            if line.key is not None:
                row = await fetch_one_row(db, "SELECT * FROM lines WHERE key = ?", line.key)
                if row is not None:
                    return build_line_from_row(row), False
            return await insert_line(db, line), True

    async def rewrite_line(self, place: Place, key: str, content: str) -> RoomLine | None:
        """Write another content under a key, and return the line; None if there is no such line.

        The former content is gone. The new line stands in its spot, under a new number, so that
        pages which have read past the old one get it.
        """
        async with self._begin_transaction() as db:
            row = await fetch_line_by_key(db, place, key)
            if row is None or row["content"] == content:
                return None if row is None else build_line_from_row(row)
            return await replace_line_content(db, build_line_from_row(row), content)

    async def find_line_by_key(self, place: Place, key: str) -> RoomLine | None:
        """Return the line under a key at a place, or None."""
        async with self._begin_transaction() as db:
            row = await fetch_line_by_key(db, place, key)
            return None if row is None else build_line_from_row(row)

    async def load_line(self, seq: int) -> RoomLine | None:
        """Return a line by its number, or None."""
        async with self._begin_transaction() as db:
            row = await fetch_one_row(db, "SELECT * FROM lines WHERE seq = ?", seq)
            return None if row is None else build_line_from_row(row)

    async def list_lines_before(
        self, place: Place, viewer: str, before: int, limit: int
    ) -> tuple[RoomLine, ...]:
        """Return a conversation's newest lines before a spot for one viewer, oldest first.

        Replaced lines and presses are left out. At most `limit` lines.
        """
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE channel = ? AND native = ? AND spot < ? AND gone = 0"
                " AND kind <> 'press' AND audience IN ('', ?) ORDER BY spot DESC LIMIT ?",
                (place.channel, place.native, before, viewer, limit),
            )
            return tuple(build_line_from_row(row) for row in reversed(list(rows)))

    async def list_lines_after(self, viewer: str, seq: int) -> tuple[RoomLine, ...]:
        """Return the lines newer than `seq` for one viewer, oldest first.

        At most `FOLLOWED_AT_ONCE` lines; ask again after the last one.
        """
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE seq > ? AND gone = 0 AND kind <> 'press'"
                " AND audience IN ('', ?) ORDER BY seq LIMIT ?",
                (seq, viewer, FOLLOWED_AT_ONCE),
            )
            lines = []
            for row in rows:
                # The page may still show a line that was replaced while it was away.
                drops = await list_replaced_seqs(db, row["seq"])
                lines.append(replace(build_line_from_row(row), drops=drops))
            return tuple(lines)

    async def find_last_seq(self) -> int:
        """Return the newest line's number, 0 in an empty room."""
        async with self._begin_transaction() as db:
            row = await fetch_one_row(db, "SELECT coalesce(max(seq), 0) FROM lines")
            return 0 if row is None else int(row[0])

    async def find_newest_private_seqs(self) -> dict[str, int]:
        """Return the number for each account's newest private message from the bot."""
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT native, max(seq) AS newest FROM lines"
                " WHERE channel = '' AND kind IN ('post', 'file') GROUP BY native"
            )
            return {str(row["native"]): int(row["newest"]) for row in rows}

    async def list_visible_posts(self, viewer: str, limit: int) -> tuple[RoomLine, ...]:
        """Return the bot's newest posts for one viewer, newest first.

        Answers to other people are not among them.
        """
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE kind = 'post' AND audience IN ('', ?)"
                " ORDER BY spot DESC LIMIT ?",
                (viewer, limit),
            )
            return tuple(build_line_from_row(row) for row in rows)

    # — interactions and their answers —

    async def find_interaction(self, once: str) -> RoomInteraction | None:
        """Return the interaction under an id, or None."""
        async with self._begin_transaction() as db:
            row = await fetch_one_row(db, "SELECT * FROM said WHERE once = ?", once)
            return None if row is None else build_interaction_from_row(row)

    async def list_unanswered_interactions(self) -> tuple[RoomInteraction, ...]:
        """Return the interactions left without an answer by the last process, oldest first."""
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall("SELECT * FROM said WHERE answer = 0 ORDER BY line")
            return tuple(build_interaction_from_row(row) for row in rows)

    async def insert_interaction(
        self, interaction: RoomInteraction, line: RoomLine, *, is_answered: bool = False
    ) -> RoomLine:
        """Write an interaction together with its line, and return the line.

        `is_answered` marks one without a further answer: a chat line is its own.
        """
        async with self._begin_transaction() as db:
            written = await insert_line(db, line)
            values = (
                interaction.once,
                interaction.author,
                interaction.place.channel,
                interaction.place.native,
                interaction.phrase,
                json.dumps(interaction.filled, ensure_ascii=False),
                interaction.label,
                interaction.source,
                written.seq,
                written.seq if is_answered else 0,
            )
            await db.execute("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            return written

    async def insert_answer(
        self,
        once: str,
        line: RoomLine,
        *,
        replaced_seqs: Sequence[int] = (),
        has_same_spot: bool = False,
    ) -> RoomLine:
        """Write the answer to an interaction, and return it.

        The replaced lines go in the same transaction.
        With `has_same_spot` the answer takes the spot of the first of them.
        """
        async with self._begin_transaction() as db:
            spot = 0
            if has_same_spot:
                spot = await find_spot(db, replaced_seqs[0])
            written = await insert_line(db, replace(line, spot=spot))
            for seq in replaced_seqs:
                await db.execute(
                    "UPDATE lines SET gone = ? WHERE seq = ? AND gone = 0", (written.seq, seq)
                )
            await db.execute("UPDATE said SET answer = ? WHERE once = ?", (written.seq, once))
            # Read back, for a line that was gone before is not dropped by this one.
            return replace(written, drops=await list_replaced_seqs(db, written.seq))

    async def list_private_answers(
        self, place: Place, viewer: str, limit: int
    ) -> tuple[RoomLine, ...]:
        """Return one viewer's newest private answers in a conversation, newest first.

        Replaced answers are left out.
        """
        async with self._begin_transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT * FROM lines WHERE channel = ? AND native = ? AND audience = ?"
                " AND kind = 'answer' AND gone = 0 ORDER BY spot DESC LIMIT ?",
                (place.channel, place.native, viewer, limit),
            )
            return tuple(build_line_from_row(row) for row in rows)


def _prepare_transcript_file(path: Path) -> None:
    """Make the file if it is missing, readable for its owner only.

    Raises `UnreadableTranscript` for an empty file, and `OSError`.
    """
    private_files.make_private_folder(path.parent)
    if not path.exists():
        private_files.make_private_database(path)
    elif not path.stat().st_size:
        # SQLite would take an empty file for a new database and hide that data was lost.
        raise UnreadableTranscript(
            f"The room's transcript {path} is empty, and nothing was changed: "
            "put your last backup in its place, or delete the file to start again."
        )
    private_files.restrict_database(path)
