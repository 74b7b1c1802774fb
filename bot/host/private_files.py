"""Files that only the bot's own user can read, whatever the umask.

Files of former versions are closed to others, too.
Standard library only: the room's transcript is made here, and knows no store.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600  # modes

# The endings of the files that SQLite and our lock put beside a database; "" is the database.
SQLITE_ENDINGS = ("", "-wal", "-shm", "-journal")
ALL_ENDINGS = (*SQLITE_ENDINGS, ".lock")
OWN_NAMES = ("syllabot.", "transcript.", "room", "backups")  # how names in a data folder begin


def make_private_folder(folder: Path) -> None:
    """Make a folder with its parents. Folders that exist stay unchanged."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=FOLDER, exist_ok=True)
        path.chmod(FOLDER)  # mkdir's mode is cut by the umask, but never widened by it


def restrict_folder(folder: Path) -> None:
    """Close a data folder to others, unless it holds files that are not ours."""
    with suppress(OSError):
        # Somebody's home folder may be the data folder. Its mode is not ours to change.
        if all(path.name.startswith(OWN_NAMES) for path in folder.iterdir()):
            _restrict_mode(folder, FOLDER)


def restrict_database(path: Path) -> None:
    """Close a database file, and the files beside it, to others."""
    for ending in ALL_ENDINGS:
        with suppress(OSError):
            _restrict_mode(path.with_name(path.name + ending), FILE)


def make_private_database(path: Path) -> None:
    """Make an empty SQLite database.

    The file is at no moment empty or open to others: it is made under another name.
    """
    fresh = path.with_name(f".{path.name}.new")
    for ending in ("", "-wal", "-shm"):
        fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
        # Journals of a deleted database would damage this one.
        if ending:
            path.with_name(path.name + ending).unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE))
    fresh.chmod(FILE)
    # Write-ahead logging is kept in the file's header, so the file has a page from now on.
    with closing(sqlite3.connect(fresh, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
    fresh.replace(path)


def _restrict_mode(path: Path, mode: int) -> None:
    status = path.stat()
    # Windows has no owner to compare; there chmod only sets the read-only flag.
    is_ours = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    is_open_to_others = status.st_mode & 0o777 & ~mode
    if is_ours and is_open_to_others:
        path.chmod(status.st_mode & mode)
