"""Looking into a SQLite file before it is opened to write: one that is not ours stays unchanged."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

MAGIC = b"SQLite format 3\0"
OUR_MARK = b"alembic_version"  # in the first pages of every database of ours
BEGINNING = 1 << 20  # bytes that are searched for it
_VERSION = re.compile(r"[0-9]{4}")

FOREIGN = (
    "is not a Syllabot database, and nothing was changed: "
    "move it away, or set DATABASE_URL to another database."
)
EMPTY = (
    "is empty, and nothing was changed: "
    "put your last backup in its place, or delete the file to start from nothing."
)
FOLDER = "is a folder, and nothing was changed: name a file in DATABASE_URL."


class DatabaseFileError(Exception):
    """A file that cannot be used as a database; the text goes on after the path, with a remedy."""


def format_damage_advice(reason: str) -> str:
    """Return the sentence about a damaged database, to go on after its path."""
    return (
        f"is damaged ({reason}), and nothing was changed: "
        "keep a copy of it, and put your last backup in its place."
    )


def check_database_file(path: Path) -> None:
    """Check a file that is there.

    Raises `DatabaseFileError`, and `OSError` if it cannot be read.
    """
    if path.is_dir():
        raise DatabaseFileError(FOLDER)
    with path.open("rb") as file:
        beginning = file.read(BEGINNING)
    # SQLite takes an empty file for a new database. Here it means a disk that was full, or a
    # failed copy: going on would hide the loss.
    if not beginning:
        raise DatabaseFileError(EMPTY)
    if not beginning.startswith(MAGIC):
        if OUR_MARK in beginning:
            raise DatabaseFileError(format_damage_advice("its beginning is not what it should be"))
        raise DatabaseFileError(FOREIGN)
    try:
        _check_database_content(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DatabaseFileError(format_damage_advice(str(error))) from None
        # Any other trouble, a lock for instance, is met and told as the file is opened.


def _check_database_content(path: Path) -> None:
    with closing(_open_untouched(path)) as database:
        names = _read_column(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
        names.discard("sqlite_sequence")
        # Made by a start that was cut short.
        if not names:
            return
        if "alembic_version" not in names:
            raise DatabaseFileError(FOREIGN)
        # Other programs use Alembic too, with other names for their revisions.
        for version in _read_column(database, "SELECT version_num FROM alembic_version"):
            if not _VERSION.fullmatch(version):
                raise DatabaseFileError(FOREIGN)
        (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            reason = str(verdict).partition("\n")[0].removeprefix("*** ")
            raise DatabaseFileError(format_damage_advice(reason))


def _open_untouched(path: Path) -> sqlite3.Connection:
    """Open a file to read, with no trace left beside it."""
    # A read-only connection to a closed database would leave two files beside it; `immutable`
    # leaves none. It also ignores the log, so it is only for a database without one.
    address = f"{path.absolute().as_uri()}?mode=ro"
    if not _has_log(path):
        address += "&immutable=1"
    return sqlite3.connect(address, uri=True, timeout=0)


def _has_log(path: Path) -> bool:
    logs = [path.with_name(path.name + ending) for ending in ("-wal", "-journal")]
    return any(log.exists() for log in logs)


def _read_column(database: sqlite3.Connection, query: str) -> set[str]:
    return {str(value) for (value,) in database.execute(query)}
