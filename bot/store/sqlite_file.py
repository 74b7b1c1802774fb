"""The SQLite file: locked for one bot, private, and looked at before it is opened."""

from __future__ import annotations

import errno
import os
from contextlib import ExitStack
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.engine import URL

from bot.host import private_files
from bot.store.errors import StoreError, build_folder_error, format_read_only
from bot.store.filecheck import DatabaseFileError, check_database_file


def lock_sqlite_file(url: URL) -> FileLock:
    """Lock a SQLite file for this process, made now if it is missing. Raises `StoreError`."""
    path = Path(url.database or "")
    # A lock of our own beside the file: SQLite's locks end with each transaction, and two bots
    # would take turns. Each start makes claimed letters due again, so both would send them. The
    # system releases the lock when the process dies: a crash leaves nothing to clean up.
    try:
        private_files.make_private_folder(path.parent)
        lock = FileLock(f"{path}.lock", mode=private_files.FILE)
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreError(
            f"Another Syllabot is using {path}: stop it first, or set DATABASE_URL to another file."
        ) from None
    except OSError as error:
        raise build_folder_error(path, error.strerror) from None
    with ExitStack() as on_failure:
        on_failure.callback(lock.release)
        _prepare_sqlite_file(path)
        on_failure.pop_all()
    return lock


def _prepare_sqlite_file(path: Path) -> None:
    try:
        # Made here and not by the driver: it would be open to others for a moment, and empty,
        # which the check takes for damage.
        if not path.exists():
            private_files.make_private_database(path)
        _check_sqlite_file(path)
        private_files.restrict_database(path)
    except OSError as error:
        raise build_folder_error(path, error.strerror) from None


def has_usable_file(url: URL) -> bool:
    """Return True if a SQLite file is there and sound, False if there is none yet.

    Raises `StoreError` if it could not be written, or could not be made.
    """
    path = Path(url.database or "")
    nearest = next(folder for folder in path.parents if folder.exists())
    if not nearest.is_dir():
        raise build_folder_error(path, os.strerror(errno.ENOTDIR))
    if not os.access(nearest, os.W_OK):
        raise build_folder_error(path, os.strerror(errno.EACCES))
    if not path.exists():
        return False
    _check_sqlite_file(path)
    return True


def _check_sqlite_file(path: Path) -> None:
    if not os.access(path, os.W_OK):
        raise StoreError(format_read_only(path))
    try:
        check_database_file(path)
    except DatabaseFileError as error:
        raise StoreError(f"{path} {error}") from None
