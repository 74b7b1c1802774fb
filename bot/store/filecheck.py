"""What is in a SQLite file, looked at before anything is opened to write: a file that is not ours is left as it is."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

MAGIC = b"SQLite format 3\0"
OUR_MARK = b"alembic_version"  # in the first pages of every database of ours
BEGINNING = 1 << 20  # bytes that are searched for it
_VERSION = re.compile(r"[0-9]{4}")


class DatabaseFileError(Exception):
    """A file that cannot be used as a database; the text says what is wrong and what to do, without the path."""


def format_damage_advice(reason: str) -> str:
    """What is said of a damaged database."""
    return f"is damaged ({reason}), and nothing was changed: keep a copy of it, and put your last backup in its place."


FOREIGN = "is no Syllabot database, and nothing was changed: move it away, or set DATABASE_URL to another file."
EMPTY = (
    "is empty, which a Syllabot database never is, and nothing was changed: put your last backup in its place, or "
    "delete the file to begin anew."
)
FOLDER = "is a folder, and nothing was changed: name a file in DATABASE_URL."


def check_database_file(path: Path) -> None:
    """Look at a file that is there. Raises `Unusable`, and OSError where it cannot be read."""
    if path.is_dir():
        raise DatabaseFileError(FOLDER)
    with path.open("rb") as opened:
        beginning = opened.read(BEGINNING)
    if not beginning:
        raise DatabaseFileError(EMPTY)
    if not beginning.startswith(MAGIC):
        raise DatabaseFileError(
            format_damage_advice("its beginning is not what it should be")
            if OUR_MARK in beginning
            else FOREIGN
        )
    try:
        _check_database_content(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DatabaseFileError(format_damage_advice(str(error))) from None
        # Whatever else there is will be met, and told, as it is opened.


def _check_database_content(path: Path) -> None:
    # A read-only connection to a closed database would leave two files beside it; `immutable` leaves none.
    is_closed = not any(
        path.with_name(path.name + ending).exists() for ending in ("-wal", "-journal")
    )
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if is_closed else ''}"
    with closing(sqlite3.connect(address, uri=True, timeout=0)) as database:
        names = {
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        names.discard("sqlite_sequence")
        if not names:
            return  # made by a start that was cut short
        if "alembic_version" not in names:
            raise DatabaseFileError(FOREIGN)
        versions = [
            str(version)
            for (version,) in database.execute("SELECT version_num FROM alembic_version")
        ]
        if not all(_VERSION.fullmatch(version) for version in versions):
            raise DatabaseFileError(FOREIGN)
        (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise DatabaseFileError(
                format_damage_advice(str(said).partition("\n")[0].removeprefix("*** "))
            )
