"""Copies of a SQLite database, made while the bot uses it, and the way back.

A copy is one file that is whole and checked, or it is not there at all. Bringing one back changes
nothing unless all of it can be done. `bot.store.dumps` does the same for Postgres.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url

from bot.host.private_files import make_private_folder
from bot.store.errors import StoreError
from bot.store.files import (
    BESIDE,
    build_damage_error,
    create_private_file,
    delete_leftovers,
    raise_as_store_error,
    sync_to_disk,
    write_atomic_file,
)
from bot.store.gaps import COPIED, CopyMark
from bot.store.schema import find_newest_revision
from bot.store.sqlite import BUSY

_MAGIC = b"SQLite format 3\x00"
_PAUSE = 0.25  # seconds between two tries to copy a database that another program has locked
_PAUSES = 40
_COPY_ADVICE = "give the path of a copy that `syllabot backup` made."

# The instants at which the bot behind a file is known to have been alive; each is kept in UTC
# without its zone.
_NEWEST = """
SELECT max(at) FROM (
    SELECT max(began_at) AS at FROM letters UNION ALL SELECT max(ended_at) FROM letters
    UNION ALL SELECT max(moment) FROM letters UNION ALL SELECT max(made_at) FROM cohorts
)
"""
_SAVE_MARK = """
INSERT INTO marks (name, value) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


@dataclass(frozen=True, slots=True)
class StagedCopy:
    """A checked copy beside the place where it will be put.

    `copy_mark`: None if nothing can be due in it.
    `is_marked`: the instant was written into it when it was made, not read off its newest entry.
    """

    path: Path
    copy_mark: CopyMark | None
    is_marked: bool


def get_sqlite_path(url: str) -> Path | None:
    """Return the file in a SQLite URL; None for another engine."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return None
    return Path(address.database or "")


# — making a copy —


def copy_database(
    source: Path, target: Path, now: datetime | None, *, overwrite: bool = False
) -> bool:
    """Copy a database that is in use, marked with the instant; return True if it replaced a file.

    With `now` None the instant is that of the newest entry: for a database whose clock is not ours.
    Raises `StoreError`; the target is then unchanged.
    """
    require_database_file(source)
    own_files = {Path(f"{source.resolve()}{suffix}") for suffix in ("", ".lock", *BESIDE)}
    if target.resolve() in own_files:
        raise StoreError(f"{target} is the database itself: choose another name.")

    def mark(copy: sqlite3.Connection) -> None:
        _mark_copy(copy, source, now)

    return _copy_and_check(source, target, mark, overwrite=overwrite)


def copy_sqlite_file(source: Path, target: Path) -> None:
    """Copy another SQLite file that is in use, unchanged. Raises `StoreError`."""
    require_database_file(source)
    _copy_and_check(source, target, lambda copy: None, overwrite=False)


def _copy_and_check(
    source: Path, target: Path, finish: Callable[[sqlite3.Connection], None], *, overwrite: bool
) -> bool:
    with (
        write_atomic_file(target, overwrite=overwrite) as file,
        raise_as_store_error(source, target),
        closing(_open_copy_source(source)) as original,
        closing(_open_sqlite_file(file.partial_path)) as copy,
    ):
        # All pages in one step: one moment, however busy the writer is.
        original.backup(copy, progress=_CopyRetryLimit(), sleep=_PAUSE)
        _check_integrity(copy, source)
        finish(copy)
        # Out of WAL mode, so that the copy is one file with nothing beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    return file.is_replacement


class _CopyRetryLimit:
    """A limit on failed steps while copying: SQLite itself would try for ever."""

    def __init__(self) -> None:
        self._left = _PAUSES

    def __call__(self, status: int, remaining: int, total: int) -> None:
        self._left -= 1
        if self._left < 0:
            raise sqlite3.OperationalError("database is locked")


def _open_sqlite_file(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _open_copy_source(path: Path) -> sqlite3.Connection:
    # "rw" and not "ro": reading a database in WAL mode needs its shared memory, which a read-only
    # connection cannot always make. `query_only` keeps it from writing.
    address = f"{path.resolve().as_uri()}?mode=rw"
    connection = sqlite3.connect(address, uri=True, isolation_level=None)
    # Like the store's readers: before SQLite 3.51.3 only the bot's own writer may checkpoint.
    for pragma in (f"busy_timeout={BUSY}", "wal_autocheckpoint=0", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _mark_copy(copy: sqlite3.Connection, source: Path, now: datetime | None) -> None:
    if _read_schema_revision(copy) is None:
        raise StoreError(f"{source} is not a Syllabot database: set DATABASE_URL to the right one.")
    at = now or _read_newest_instant(copy)
    # The source may be a copy itself, put in place and not started yet. What it lacks is still
    # lacking, so the earlier instant counts.
    earlier = _read_copy_mark(copy)
    if earlier is not None:
        at = min(at or earlier.at, earlier.at)
    if at is not None:
        _write_copy_mark(copy, CopyMark(at))


# — bringing one back —


@contextmanager
def lock_database_file(target: Path) -> Iterator[None]:
    """Keep the bot from starting on a database meanwhile. Raises `StoreError` if it runs."""
    try:
        make_private_folder(target.parent)
        lock = FileLock(f"{target}.lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreError(f"Syllabot is running on {target}: stop it, then try again.") from None
    except OSError as error:
        raise StoreError(
            f"I cannot write in the folder {target.parent} ({error.strerror}): "
            "give this user the right to write there."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def stage_copy(
    source: Path, target: Path, *, is_told: bool = True, is_core: bool = True
) -> Iterator[StagedCopy]:
    """Lay a checked copy of a file beside the place where it will stand.

    The file itself is not touched.
    `is_told`: the groups will be told about the lost days.
    `is_core`: it must hold a Syllabot database; False for another SQLite file.
    Raises `StoreError`.
    """
    require_copy_file(source)
    if target.exists() and source.samefile(target):
        raise StoreError(f"{source} is the database itself: give the path of a copy.")
    staged_path = target.with_name(f".{target.name}.{os.getpid()}.restoring")
    with raise_as_store_error(source, staged_path), delete_leftovers(staged_path):
        _copy_file_with_wal(source, staged_path)
        with closing(_open_sqlite_file(staged_path)) as copy:
            _check_integrity(copy, source)
            staged = StagedCopy(staged_path, None, True)
            if is_core:
                staged = _accept_copy(copy, source, staged_path, is_told=is_told)
            # From here on everything in the log beside it is in the file.
            copy.execute("PRAGMA journal_mode=DELETE")
        sync_to_disk(staged_path)
        yield staged


def replace_database_file(staged: Path, target: Path, now: datetime) -> Path | None:
    """Put a staged file in the database's place; return the name the old one is kept under.

    None if there was none. The lock must be held. Raises `StoreError`.
    """
    kept_name = f"{target.stem}.before-{now.astimezone(UTC):%Y%m%d-%H%M%S}{target.suffix}"
    with raise_as_store_error(target, target):
        aside = _find_free_path(target.with_name(kept_name))
        was_there = target.exists()
        if was_there:
            _merge_wal(target)
            # Linked, not renamed: at every moment there is a database under its name.
            try:
                os.link(target, aside)
            except OSError:
                target.rename(aside)
        # A log left beside the new file would be taken for its own, and damage it.
        for suffix in BESIDE:
            with suppress(FileNotFoundError):
                Path(f"{target}{suffix}").rename(f"{aside}{suffix}")
        staged.replace(target)
        sync_to_disk(target.parent)
    return aside if was_there else None


def mark_sqlite_database(target: Path, *, is_told: bool) -> StagedCopy:
    """Mark a database as a copy somebody has put in place by hand.

    The lock must be held. Raises `StoreError`.
    """
    require_database_file(target)
    with raise_as_store_error(target, target), closing(_open_sqlite_file(target)) as database:
        _check_integrity(database, target)
        return _accept_copy(database, target, target, is_told=is_told)


def _copy_file_with_wal(source: Path, staged_path: Path) -> None:
    """Copy a file, and the log beside it if there is one."""
    with source.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise StoreError(f"{source} is not a SQLite database: {_COPY_ADVICE}")
    create_private_file(staged_path)
    shutil.copyfile(source, staged_path)
    # The newest transactions of a file copied by hand may stand in its log alone.
    log = Path(f"{source}-wal")
    if log.exists():
        shutil.copyfile(log, f"{staged_path}-wal")


def _accept_copy(
    copy: sqlite3.Connection, source: Path, path: Path, *, is_told: bool
) -> StagedCopy:
    """Check that a database is ours, and mark it. Raises `StoreError`."""
    refuse_unknown_schema(_read_schema_revision(copy), source)
    earlier = _read_copy_mark(copy)
    at = earlier.at if earlier else _read_newest_instant(copy)
    if at is None:
        return StagedCopy(path, None, earlier is not None)
    copy_mark = CopyMark(at, is_told)
    _write_copy_mark(copy, copy_mark)
    return StagedCopy(path, copy_mark, earlier is not None)


def refuse_unknown_schema(revision: str | None, source: object) -> None:
    """Raise `StoreError` for a copy that is not ours, or is from a newer version."""
    if revision is None:
        raise StoreError(f"{source} does not hold a Syllabot database: {_COPY_ADVICE}")
    newest = find_newest_revision()
    # An older one is welcome: the next start migrates it.
    if revision > newest:
        raise StoreError(
            f"{source} was written by a newer Syllabot (schema {revision}, "
            f"this version knows {newest}): update the bot first."
        )


def _merge_wal(target: Path) -> None:
    # A damaged database cannot be merged: then file and log are both kept unchanged.
    with suppress(sqlite3.Error), closing(_open_sqlite_file(target)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _find_free_path(path: Path) -> Path:
    """Return the path, or the next one like it that is free."""
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


# — common checks —


def require_copy_file(path: Path) -> None:
    """Raise `StoreError` if there is no such file."""
    if not path.is_file():
        raise StoreError(f"There is no file {path}: {_COPY_ADVICE}")


def require_database_file(path: Path) -> None:
    """Raise `StoreError` if there is no database yet."""
    if not path.exists():
        raise StoreError(
            f"There is no database {path} yet: start `syllabot run` once, or check DATABASE_URL."
        )


def _check_integrity(database: sqlite3.Connection, source: Path) -> None:
    problems = [row[0] for row in database.execute("PRAGMA integrity_check(3)")]
    if problems != ["ok"]:
        raise build_damage_error(source, problems[0].splitlines()[-1])


def _read_schema_revision(database: sqlite3.Connection) -> str | None:
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    tables = {row[0] for row in database.execute(query)}
    if not tables >= {"alembic_version", "marks", "letters", "cohorts"}:
        return None
    row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _read_newest_instant(database: sqlite3.Connection) -> datetime | None:
    newest = database.execute(_NEWEST).fetchone()[0]
    if not newest:
        return None
    return datetime.fromisoformat(newest).replace(tzinfo=UTC)


def _read_copy_mark(database: sqlite3.Connection) -> CopyMark | None:
    row = database.execute("SELECT value FROM marks WHERE name = ?", (COPIED,)).fetchone()
    return CopyMark.decode_copy_mark(row[0]) if row else None


def _write_copy_mark(database: sqlite3.Connection, copy_mark: CopyMark) -> None:
    database.execute(_SAVE_MARK, (COPIED, copy_mark.encode_copy_mark()))
