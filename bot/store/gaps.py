"""Days the database has lost: it is a copy, and goes on from the instant the copy was made.

Anything that fell due in a gap may have been sent. Its letter is entered with an unknown outcome,
and is looked for before it is sent. Nothing that is numbered anew takes a number that may have
been given out in the lost days.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, case, delete, func, select, text

from bot.store.connection import TxConnection
from bot.store.rows import build_insert
from bot.store.tables import codes, cohorts, letters, marks, metadata

COPIED, GAPS = "copied", "gaps"  # names of marks
KEPT = 50  # gaps that are remembered: the newest
AFTERWARDS = timedelta(days=28)  # how long posts to a home are looked for after a gap
# Numbers skipped at a gap; with one more for each second since `BEGAN`, more than anybody gives
# out in the lost days.
JUMP = 10_000
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)  # its seconds fit into a Postgres integer until 2094


@dataclass(frozen=True, slots=True)
class CopyMark:
    """The mark in a copy: the instant it was made.

    `is_told`: the groups are told about the lost days.
    """

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
        since = datetime.fromisoformat(stored["since"])
        until = datetime.fromisoformat(stored["until"])
        return cls(since, until, stored["floor"])


class GapQueries:
    """Queries about lost days."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection
        self._known_gaps: Sequence[Gap] | None = None

    async def pop_copy_mark(self) -> CopyMark | None:
        """Remove and return the mark in a copy, or None.

        If several processes ask at once, one gets it.
        """
        removal = delete(marks).where(marks.c.name == COPIED).returning(marks.c.value)
        value = self._connection.execute(removal).scalar()
        return CopyMark.decode_copy_mark(value) if value else None

    async def save_copy_mark(self, copy_mark: CopyMark) -> None:
        """Mark the database as a copy, for its next start to notice."""
        await self._write_gap_mark(COPIED, copy_mark.encode_copy_mark())

    async def find_newest_instant(self) -> datetime | None:
        """Return the newest instant the bot behind this database is known to have been alive."""
        columns = (letters.c.began_at, letters.c.ended_at, letters.c.moment, cohorts.c.made_at)
        newest = None
        for column in columns:
            instant = self._connection.execute(select(func.max(column))).scalar()
            if instant is not None:
                newest = max(instant, newest or instant)
        return newest

    async def list_gaps(self) -> Sequence[Gap]:
        """Return the gaps so far, oldest first."""
        # They change only at a start, so one transaction asks once.
        if self._known_gaps is None:
            query = select(marks.c.value).where(marks.c.name == GAPS)
            stored = json.loads(self._connection.execute(query).scalar() or "[]")
            self._known_gaps = [Gap.decode_gap(gap) for gap in stored]
        return self._known_gaps

    async def record_gap(self, since: datetime, until: datetime) -> None:
        """Note that these days are lost, and doubt every letter they may have sent."""
        gap = Gap(since, max(since, until), await self._advance_sequences(until))
        gaps = [*await self.list_gaps(), gap][-KEPT:]
        await self._write_gap_mark(GAPS, json.dumps([known.encode_gap() for known in gaps]))
        self._known_gaps = gaps
        await self._doubt_open_letters(since)
        # A code in the copy may have been used up in the lost days.
        self._connection.execute(codes.delete())

    async def _doubt_open_letters(self, since: datetime) -> None:
        """Give every open letter an unknown outcome, begun at the latest when the gap began."""
        # A letter that waited when the copy was made may have got through since. One more try
        # than was settled says so; a letter in doubt already has it.
        tries = case(
            (letters.c.tries > letters.c.settled, letters.c.tries), else_=letters.c.tries + 1
        )
        is_earlier = and_(letters.c.began_at.is_not(None), letters.c.began_at < since)
        # The platform is searched from this instant on.
        began_at = case((is_earlier, letters.c.began_at), else_=since)
        is_open = letters.c.state.in_(("due", "claimed"))
        self._connection.execute(
            letters.update().where(is_open).values(tries=tries, began_at=began_at)
        )

    async def mark_possibly_sent(
        self, rows: list[dict[str, Any]], newest: int | None = None
    ) -> None:
        """Set `tries` and `began_at` in rows for new letters that lost days may have sent.

        In doubt: a post that fell due in a gap, or that is about nobody newer than the copy
        (`newest` is the newest member it is about).
        Looked for: also posts to a home due within four weeks after a gap. They may have been sent
        early, by dates that are lost.
        """
        gaps = await self.list_gaps()
        if not gaps:
            return
        for row in rows:
            _mark_row(row, gaps, newest)

    async def _write_gap_mark(self, name: str, value: str) -> None:
        statement = build_insert(self._connection, marks).values(name=name, value=value)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=[marks.c.name], set_={"value": value})
        )

    # — numbers —

    async def _advance_sequences(self, now: datetime) -> int:
        """Let every sequence go on above one number, and return that number."""
        # Ids stand in phrases of buttons already sent, and in letters' keys. A number given out
        # twice would make an old button act on a new row.
        counters = await self._load_counters()
        # It grows with time: the same copy, brought back twice, gives out different numbers.
        by_time = int((now - BEGAN).total_seconds())
        floors = [gap.floor for gap in await self.list_gaps()]
        floor = max(*counters.values(), *floors, by_time) + JUMP
        for name in counters:
            await self._set_counter(name, floor)
        return floor

    def _is_on_postgres(self) -> bool:
        return self._connection.dialect.name == "postgresql"

    async def _load_counters(self) -> dict[str, int]:
        if self._is_on_postgres():
            return await self._load_postgres_sequences()
        return await self._load_sqlite_counters()

    async def _set_counter(self, name: str, floor: int) -> None:
        if self._is_on_postgres():
            await self._set_postgres_sequence(name, floor)
        else:
            await self._set_sqlite_counter(name, floor)

    async def _load_postgres_sequences(self) -> dict[str, int]:
        query = text(
            "SELECT format('%I.%I', schemaname, sequencename) AS name, "
            "coalesce(last_value, 0) AS last "
            "FROM pg_sequences WHERE schemaname = ANY (current_schemas(false))"
        )
        return {row.name: row.last for row in self._connection.execute(query)}

    async def _set_postgres_sequence(self, name: str, floor: int) -> None:
        self._connection.execute(
            text("SELECT setval(CAST(:name AS text)::regclass, :floor)"),
            {"name": name, "floor": floor},
        )

    async def _load_sqlite_counters(self) -> dict[str, int]:
        # A table has no row in sqlite_sequence before its first insert.
        table_names = [table.name for table in metadata.sorted_tables if _has_autoincrement(table)]
        rows = self._connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
        counters = {row.name: row.seq for row in rows}
        return {name: counters.get(name, 0) for name in table_names}

    async def _set_sqlite_counter(self, name: str, floor: int) -> None:
        # sqlite_sequence has no key to update by, so the row is replaced.
        values = {"name": name, "floor": floor}
        self._connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        self._connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :floor)"), values
        )


def _mark_row(row: dict[str, Any], gaps: Sequence[Gap], newest: int | None) -> None:
    """Set `tries` and `began_at` in the row for one new letter."""
    ids = (row["cohort_id"], row["edition"], row["home_id"], row["member_id"], row["account_id"])
    # The cohort's dates may have been changed in the lost days, and a home's post sent early.
    looking_time = AFTERWARDS if row["home_id"] else timedelta(0)
    is_doubtful, looked_from = False, []
    for gap in gaps:
        # A cohort, edition, home or member above the floor did not exist in the lost days.
        if max(ids) > gap.floor:
            continue
        is_about_known = newest is not None and newest <= gap.floor
        if row["moment"] <= gap.until or is_about_known:
            is_doubtful = True
            looked_from.append(gap.since)
        elif row["moment"] <= gap.until + looking_time:
            looked_from.append(gap.since)
    # One try and none settled: the outcome is unknown. A `began_at` before the moment alone makes
    # the letter looked for, but if it is not found it is sent.
    row["tries"] = int(is_doubtful)
    row["began_at"] = min(looked_from, default=None)


def _has_autoincrement(table: Table) -> bool:
    """Return True if SQLite never gives out an id in this table twice."""
    return bool(table.dialect_options["sqlite"]["autoincrement"])
