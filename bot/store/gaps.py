"""Days that the database has lost: it is a copy, and goes on from the instant at which the copy was
made.

Whatever fell due in a gap may have been sent, so its letter is entered as one whose outcome is
unknown, and is looked for. Nothing that is numbered anew takes a number that may have been given
out in the lost days.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.rows import build_insert
from bot.store.tables import codes, cohorts, letters, marks, metadata

COPIED, GAPS = "copied", "gaps"  # names of marks
KEPT = 50  # gaps that are remembered: the newest
AFTERWARDS = timedelta(days=28)  # how long posts to a home are looked for after a gap
JUMP = 10_000  # numbers; with one more for each second since `BEGAN` more than anybody gives out in the lost days
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)  # its seconds fit into a Postgres integer until 2094


@dataclass(frozen=True, slots=True)
class CopyMark:
    """The mark of a copy: the instant it was made, and whether the groups are told that it is
    one."""

    at: datetime
    is_told: bool = True

    def encode_copy_mark(self) -> str:
        return json.dumps({"at": self.at.astimezone(UTC).isoformat(), "tell": self.is_told})

    @classmethod
    def decode_copy_mark(cls, value: str) -> CopyMark:
        stored = json.loads(value)
        return cls(datetime.fromisoformat(stored["at"]), bool(stored["tell"]))


@dataclass(frozen=True, slots=True)
class Gap:
    """Lost days. `floor`: ids, editions and numbers above it were given out afterwards."""

    since: datetime
    until: datetime
    floor: int

    def encode_gap(self) -> dict[str, object]:
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "floor": self.floor,
        }

    @classmethod
    def decode_gap(cls, stored: Any) -> Gap:
        return cls(
            datetime.fromisoformat(stored["since"]),
            datetime.fromisoformat(stored["until"]),
            stored["floor"],
        )


class GapQueries:
    """Queries about lost days."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._known: Sequence[Gap] | None = None

    async def pop_copy_mark(self) -> CopyMark | None:
        """Return the mark of a copy and remove it. Of several processes that ask at once, one
        gets it."""
        taken = delete(marks).where(marks.c.name == COPIED).returning(marks.c.value)
        found = (await self._connection.execute(taken)).scalar()
        return CopyMark.decode_copy_mark(found) if found else None

    async def save_copy_mark(self, copy_mark: CopyMark) -> None:
        """Mark the database as a copy, which its next start notices."""
        await self._write_gap_mark(COPIED, copy_mark.encode_copy_mark())

    async def find_newest_instant(self) -> datetime | None:
        """Return the newest instant at which the bot that wrote this database is known to have
        been alive."""
        columns = (letters.c.began_at, letters.c.ended_at, letters.c.moment, cohorts.c.made_at)
        found = [
            (await self._connection.execute(select(func.max(column)))).scalar()
            for column in columns
        ]
        return max((at for at in found if at is not None), default=None)

    async def list_gaps(self) -> Sequence[Gap]:
        """Return the gaps so far, oldest first. They change at a start alone, so they are asked
        for once."""
        if self._known is None:
            asked = select(marks.c.value).where(marks.c.name == GAPS)
            stored = json.loads((await self._connection.execute(asked)).scalar() or "[]")
            self._known = [Gap.decode_gap(gap) for gap in stored]
        return self._known

    async def record_gap(self, since: datetime, until: datetime) -> None:
        """Note that the days from `since` to `until` are lost, and doubt whatever may have been
        sent in them."""
        gap = Gap(since, max(since, until), await self._advance_sequences(until))
        kept = [*await self.list_gaps(), gap][-KEPT:]
        await self._write_gap_mark(GAPS, json.dumps([each.encode_gap() for each in kept]))
        self._known = kept
        # What waited when the copy was made may have got through since. A claimed letter is in
        # doubt as it is.
        await self._connection.execute(
            letters.update()
            .where(letters.c.state.in_(("due", "claimed")))
            .values(
                tries=case(
                    (letters.c.tries > letters.c.settled, letters.c.tries),
                    else_=letters.c.tries + 1,
                ),
                began_at=case(
                    (
                        and_(letters.c.began_at.is_not(None), letters.c.began_at < since),
                        letters.c.began_at,
                    ),
                    else_=since,
                ),
            )
        )
        # One of them may have been used up in the lost days.
        await self._connection.execute(codes.delete())

    async def mark_possibly_sent(
        self, rows: list[dict[str, Any]], newest: int | None = None
    ) -> None:
        """Note of posts that they may have been sent in lost days.

        Those that fall due in them, or are about nobody newer than the copy, are in doubt. Those to a home that
        fall due within four weeks after may have been sent early, by dates that are lost, and are looked for.
        """
        if not (gaps := await self.list_gaps()):
            return
        for row in rows:
            ids = (row["cohort_id"], row["edition"], row["home_id"], row["member_id"])
            theirs = [gap for gap in gaps if max(ids) <= gap.floor]
            in_doubt = [
                gap
                for gap in theirs
                if row["moment"] <= gap.until or (newest is not None and newest <= gap.floor)
            ]
            more = AFTERWARDS if row["home_id"] else timedelta(0)
            looked = [gap for gap in theirs if gap in in_doubt or row["moment"] <= gap.until + more]
            row["tries"] = int(bool(in_doubt))
            row["began_at"] = min((gap.since for gap in looked), default=None)

    async def _write_gap_mark(self, name: str, value: str) -> None:
        made = build_insert(self._connection, marks).values(name=name, value=value)
        await self._connection.execute(
            made.on_conflict_do_update(index_elements=[marks.c.name], set_={"value": value})
        )

    async def _advance_sequences(self, now: datetime) -> int:
        """Have every sequence go on above one number, and return it. It grows with time, so that
        the same copy, brought back twice, does not give out the same numbers twice."""
        on_postgres = self._connection.dialect.name == "postgresql"
        found = await (
            self._load_postgres_sequences() if on_postgres else self._load_sqlite_counters()
        )
        by_time = int((now - BEGAN).total_seconds())
        floors = [gap.floor for gap in await self.list_gaps()]
        floor = max(*found.values(), *floors, by_time) + JUMP
        for name in found:
            await (
                self._set_postgres_sequence(name, floor)
                if on_postgres
                else self._set_sqlite_counter(name, floor)
            )
        return floor

    async def _load_postgres_sequences(self) -> dict[str, int]:
        asked = text(
            "SELECT format('%I.%I', schemaname, sequencename) AS name, coalesce(last_value, 0) AS last "
            "FROM pg_sequences WHERE schemaname = ANY (current_schemas(false))"
        )
        return {row.name: row.last for row in await self._connection.execute(asked)}

    async def _set_postgres_sequence(self, name: str, floor: int) -> None:
        await self._connection.execute(
            text("SELECT setval(CAST(:name AS text)::regclass, :floor)"),
            {"name": name, "floor": floor},
        )

    async def _load_sqlite_counters(self) -> dict[str, int]:
        counted = [table.name for table in metadata.sorted_tables if _has_autoincrement(table)]
        rows = await self._connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
        known = {row.name: row.seq for row in rows}
        return {name: known.get(name, 0) for name in counted}

    async def _set_sqlite_counter(self, name: str, floor: int) -> None:
        values = {"name": name, "floor": floor}
        await self._connection.execute(
            text("DELETE FROM sqlite_sequence WHERE name = :name"), values
        )
        await self._connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :floor)"), values
        )


def _has_autoincrement(table: Any) -> bool:
    """Whether SQLite gives out no id of a table twice."""
    return bool(table.dialect_options["sqlite"]["autoincrement"])
