"""Files that only the bot's own user can read, whatever the umask says, and those of former versions made so.

Standard library only: the room's transcript is made here too, and knows nothing of the store.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
BESIDE = ("", "-wal", "-shm", "-journal", ".lock")  # what SQLite and the lock put beside a database
OURS = ("syllabot.", "transcript.", "room", "backups")  # how the names begin in a data folder


def make_private_folder(folder: Path) -> None:
    """Make a folder that is missing, and those above it. One that is there stays as it is."""
    missing = [folder, *folder.parents]
    for path in reversed([path for path in missing if not path.exists()]):
        path.mkdir(mode=FOLDER, exist_ok=True)
        path.chmod(FOLDER)


def restrict_folder(folder: Path) -> None:
    """Close a data folder of a former version to others; one in which anything else lies is somebody else's too."""
    with suppress(OSError):
        if all(path.name.startswith(OURS) for path in folder.iterdir()):
            _restrict_mode(folder, FOLDER)


def restrict_database(path: Path) -> None:
    """Close a database file, and what lies beside it, to others."""
    for ending in BESIDE:
        with suppress(OSError):
            _restrict_mode(path.with_name(path.name + ending), FILE)


def make_private_database(path: Path) -> None:
    """Make an empty SQLite database where there is none. At no moment is the file of zero length or open to others."""
    fresh = path.with_name(f".{path.name}.new")
    for ending in BESIDE[:3]:
        fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
        if ending:  # left by a database that is gone; to this one they would be damage
            path.with_name(path.name + ending).unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE))
    fresh.chmod(FILE)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
    fresh.replace(path)


def _restrict_mode(path: Path, mode: int) -> None:
    found = path.stat()
    is_ours = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    if is_ours and found.st_mode & 0o777 & ~mode:
        path.chmod(found.st_mode & mode)
