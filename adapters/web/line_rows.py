"""Lines read from the room's transcript and written to it, inside an open transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import aiosqlite

from adapters.web.records import RoomLine
from bot.chat.address import Place


async def fetch_one_row(db: aiosqlite.Connection, query: str, *values: object) -> Any:
    async with db.execute(query, values) as cursor:
        return await cursor.fetchone()


async def fetch_line_by_key(db: aiosqlite.Connection, place: Place, key: str) -> Any:
    query = "SELECT * FROM lines WHERE key = ? AND channel = ? AND native = ?"
    return await fetch_one_row(db, query, key, place.channel, place.native)


async def find_spot(db: aiosqlite.Connection, seq: int) -> int:
    row = await fetch_one_row(db, "SELECT spot FROM lines WHERE seq = ?", seq)
    return 0 if row is None else int(row["spot"])


async def list_replaced_seqs(db: aiosqlite.Connection, seq: int) -> tuple[int, ...]:
    # `gone > 0` says nothing new, but without it SQLite does not use the partial index.
    rows = await db.execute_fetchall("SELECT seq FROM lines WHERE gone = ? AND gone > 0", (seq,))
    return tuple(int(row["seq"]) for row in rows)


async def insert_line(db: aiosqlite.Connection, line: RoomLine) -> RoomLine:
    values = (
        convert_to_seconds(line.at),
        line.kind,
        line.author,
        line.place.channel,
        line.place.native,
        line.audience,
        line.content,
        line.key,
    )
    async with db.execute(
        "INSERT INTO lines (at, kind, author, channel, native, audience, content, key)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    ) as cursor:
        seq = cursor.lastrowid or 0
    # A line that replaces none stands where it was written.
    spot = line.spot or seq
    await db.execute("UPDATE lines SET spot = ? WHERE seq = ?", (spot, seq))
    return replace(line, seq=seq, spot=spot)


async def replace_line_content(
    db: aiosqlite.Connection, former: RoomLine, content: str
) -> RoomLine:
    """Put a line with another content in the spot of a former one, and return it.

    Nothing of the former one is left but its number, for pages that still show it.
    """
    empty = "UPDATE lines SET kind = 'note', content = '', key = NULL WHERE seq = ?"
    await db.execute(empty, (former.seq,))
    written = await insert_line(db, replace(former, content=content))
    # It stands for all that the former one stood for.
    drop = "UPDATE lines SET gone = ? WHERE seq = ? OR (gone = ? AND gone > 0)"
    await db.execute(drop, (written.seq, former.seq, former.seq))
    return replace(written, drops=await list_replaced_seqs(db, written.seq))


def convert_to_seconds(at: datetime) -> int:
    return int(at.timestamp())
