"""The tables in the room's transcript, and their rows as values: people, lines, interactions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast

from bot.chat.address import Place

VERSION = 1

SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE channels (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;
CREATE TABLE figures (
    native TEXT PRIMARY KEY, number INTEGER NOT NULL, name TEXT NOT NULL, zone TEXT NOT NULL,
    moderator INTEGER NOT NULL, temper TEXT NOT NULL, hears INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE TABLE lines (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL,
    author TEXT NOT NULL, channel TEXT NOT NULL, native TEXT NOT NULL,
    audience TEXT NOT NULL, content TEXT NOT NULL, key TEXT UNIQUE,
    spot INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX lines_by_conversation ON lines (channel, native, spot);
CREATE INDEX lines_gone ON lines (gone) WHERE gone > 0;
CREATE TABLE said (
    once TEXT PRIMARY KEY, author TEXT NOT NULL, channel TEXT NOT NULL, native TEXT NOT NULL,
    phrase TEXT NOT NULL, filled TEXT NOT NULL, label TEXT NOT NULL, source INTEGER NOT NULL,
    line INTEGER NOT NULL, answer INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX said_unanswered ON said (line) WHERE answer = 0;
"""

LineKind = Literal["chat", "phrase", "press", "answer", "post", "note", "file"]
Temper = Literal["", "eager", "steady", "weekend", "late", "silent", "away", "stuck"]


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody in the cast.

    `temper` is a classmate's way of behaving, empty for the people you play yourself.
    `hears` is true while their private messages are open.
    """

    native: str
    name: str
    zone: str
    moderator: bool = False
    temper: Temper = ""
    hears: bool = True


@dataclass(frozen=True, slots=True)
class RoomLine:
    """One line in the room.

    `audience` is the one account able to see it, or empty for everybody.
    `at` is the room's time, in UTC.
    `spot` is its position in the conversation: a line that replaces another takes its spot.
    `gone` is the number of the later line in its place, 0 while the line stands.
    `drops` are the numbers of the lines it replaces.
    """

    kind: LineKind
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
        """Return True if this account may see the line."""
        return self.audience in ("", native)


@dataclass(frozen=True, slots=True)
class RoomInteraction:
    """One interaction, under the id its page gave it.

    `label` is the text on the pressed button, empty for a typed phrase.
    `source` is the line with that button, `line` the line shown for the interaction itself.
    `answer` is the line with the answer, 0 until there is one.
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


def build_line_from_row(row: sqlite3.Row) -> RoomLine:
    """Return the line in a row of `lines`."""
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


def build_figure_from_row(row: sqlite3.Row) -> Figure:
    """Return the person in a row of `figures`."""
    return Figure(
        row["native"],
        row["name"],
        row["zone"],
        bool(row["moderator"]),
        cast(Temper, row["temper"]),
        bool(row["hears"]),
    )


def build_interaction_from_row(row: sqlite3.Row) -> RoomInteraction:
    """Return the interaction in a row of `said`."""
    filled = json.loads(row["filled"])
    # JSON null is a phrase without a form; an empty object is a form sent empty.
    if filled is not None:
        filled = {name: tuple(values) for name, values in filled.items()}
    return RoomInteraction(
        once=row["once"],
        author=row["author"],
        place=_build_place_from_row(row),
        phrase=row["phrase"],
        filled=filled,
        label=row["label"],
        source=row["source"],
        line=row["line"],
        answer=row["answer"],
    )


def _build_place_from_row(row: sqlite3.Row) -> Place:
    return Place("room", "room", row["channel"], row["native"])
