"""Copies of a SQLite database, made while the bot uses it, and the way back. What Postgres needs is
in `bot.store.dumps`.

A copy is one file that is whole and checked, or it is not there at all; bringing one back changes
nothing unless all of it can be done.
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
from bot.store.engine import BUSY, StoreError, find_newest_revision
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

_MAGIC = b"SQLite format 3\x00"
_PAUSE = 0.25  # seconds between two tries to copy a database that another program has locked
_PAUSES = 40

# The instants at which the bot that wrote a file is known to have been alive; each is kept as UTC
# without its zone.
_NEWEST = """
SELECT max(at) FROM (
    SELECT max(began_at) AS at FROM letters UNION ALL SELECT max(ended_at) FROM letters
    UNION ALL SELECT max(moment) FROM letters UNION ALL SELECT max(made_at) FROM cohorts
)
"""


@dataclass(frozen=True, slots=True)
class StagedCopy:
    """A checked copy beside the place where it will be put. `copied` is its mark; None where
    nothing can be due in it.

    `is_marked`: the instant was written into it when it was made, and is not read off its newest
    entry.
    """

    path: Path
    copy_mark: CopyMark | None
    is_marked: bool


def get_sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite URL; None for another engine."""
    where = make_url(url)
    return Path(where.database or "") if where.get_backend_name() == "sqlite" else None


# — making a copy —


def copy_database(
    source: Path, target: Path, now: datetime | None, *, overwrite: bool = False
) -> bool:
    """Copy a database that is in use, marked with the instant of the copy. Return whether an older
    file was replaced.

    With `now` None the instant is that of the newest entry: for a database whose clock is not ours.
    Raises `StoreError`; the target is then as it was.
    """
    require_database_file(source)
    if target.resolve() in {
        Path(f"{source.resolve()}{suffix}") for suffix in ("", ".lock", *BESIDE)
    }:
        raise StoreError(f"{target} is the database itself: choose another name.")
    return _copy_and_check(
        source, target, lambda copy: _mark_copy(copy, source, now), overwrite=overwrite
    )


def copy_sqlite_file(source: Path, target: Path) -> None:
    """Copy another SQLite file that is in use, as it is. Raises `StoreError`."""
    require_database_file(source)
    _copy_and_check(source, target, lambda copy: None, overwrite=False)


def _copy_and_check(
    source: Path, target: Path, finish: Callable[[sqlite3.Connection], None], *, overwrite: bool
) -> bool:
    with (
        write_atomic_file(target, overwrite=overwrite) as made,
        raise_as_store_error(source, target),
        closing(_open_copy_source(source)) as original,
        closing(_open_sqlite_file(made.partial_path)) as copy,
    ):
        # All pages in one step: one moment, however busy the writer is.
        original.backup(copy, progress=_CopyRetryLimit(), sleep=_PAUSE)
        _check_integrity(copy, source)
        finish(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    return made.is_replacement


class _CopyRetryLimit:
    """How often a step of copying may fail: SQLite itself would try for ever."""

    def __init__(self) -> None:
        self._left = _PAUSES

    def __call__(self, status: int, remaining: int, total: int) -> None:
        self._left -= 1
        if self._left < 0:
            raise sqlite3.OperationalError("database is locked")


def _open_sqlite_file(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _open_copy_source(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None
    )
    # As the readers of the store: before SQLite 3.51.3 only the bot's own writer may checkpoint.
    for pragma in (f"busy_timeout={BUSY}", "wal_autocheckpoint=0", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _mark_copy(copy: sqlite3.Connection, source: Path, now: datetime | None) -> None:
    if _read_schema_revision(copy) is None:
        raise StoreError(f"{source} is no Syllabot database: set DATABASE_URL to the one you mean.")
    # Of a copy that was put in place and has not been started yet, what it lacks is still lacking.
    earlier = _read_copy_mark(copy)
    at = min(
        (
            found
            for found in (now or _read_newest_instant(copy), earlier.at if earlier else None)
            if found
        ),
        default=None,
    )
    if at is not None:
        _write_copy_mark(copy, CopyMark(at))


# — bringing one back —


@contextmanager
def lock_database_file(target: Path) -> Iterator[None]:
    """Keep the bot from starting on a database meanwhile. Raises `StoreError` where it runs."""
    try:
        make_private_folder(target.parent)
        lock = FileLock(f"{target}.lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreError(f"Syllabot is running on {target}: stop it, then try again.") from None
    except OSError as broken:
        raise StoreError(
            f"I cannot write beside {target} ({broken.strerror}): give this user the right to."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def stage_copy(
    source: Path, target: Path, *, is_told: bool = True, is_core: bool = True
) -> Iterator[StagedCopy]:
    """Lay a checked copy of a file beside the place where it is to stand; the file itself is not
    touched.

    `is_core`: it holds a Syllabot database and no other SQLite file. Raises `StoreError`.
    """
    require_copy_file(source)
    if target.exists() and source.samefile(target):
        raise StoreError(f"{source} is the database itself: give the path of a copy.")
    laid = target.with_name(f".{target.name}.{os.getpid()}.restoring")
    with raise_as_store_error(source, laid), delete_leftovers(laid):
        _copy_file_with_wal(source, laid)
        with closing(_open_sqlite_file(laid)) as copy:
            _check_integrity(copy, source)
            found = (
                _accept_copy(copy, source, laid, is_told=is_told)
                if is_core
                else StagedCopy(laid, None, True)
            )
            # What stood in a log beside it is in the file from here on.
            copy.execute("PRAGMA journal_mode=DELETE")
        sync_to_disk(laid)
        yield found


def replace_database_file(staged: Path, target: Path, now: datetime) -> Path | None:
    """Set a staged file in the place of the database, which is kept under a dated name. Return
    that name, None if there was none. The lock must be held."""
    with raise_as_store_error(target, target):
        aside = _find_free_path(
            target.with_name(
                f"{target.stem}.before-{now.astimezone(UTC):%Y%m%d-%H%M%S}{target.suffix}"
            )
        )
        was_there = target.exists()
        if was_there:
            _merge_wal(target)
            try:
                os.link(target, aside)  # so that at every moment there is a database
            except OSError:
                target.rename(aside)
        for suffix in BESIDE:
            with suppress(FileNotFoundError):
                Path(f"{target}{suffix}").rename(f"{aside}{suffix}")
        staged.replace(target)
        sync_to_disk(target.parent)
    return aside if was_there else None


def mark_sqlite_database(target: Path, *, is_told: bool) -> StagedCopy:
    """Mark a database as a copy that somebody has put in place by hand. The lock must be held.
    Raises `StoreError`."""
    require_database_file(target)
    with raise_as_store_error(target, target), closing(_open_sqlite_file(target)) as database:
        _check_integrity(database, target)
        return _accept_copy(database, target, target, is_told=is_told)


def _copy_file_with_wal(source: Path, laid: Path) -> None:
    """Copy a file, with what the log beside it holds."""
    with source.open("rb") as opened:
        if opened.read(len(_MAGIC)) != _MAGIC:
            raise StoreError(
                f"{source} is no SQLite database: give the path of a copy that `syllabot backup` made."
            )
    create_private_file(laid)
    shutil.copyfile(source, laid)
    if (log := Path(f"{source}-wal")).exists():
        shutil.copyfile(log, f"{laid}-wal")


def _accept_copy(
    copy: sqlite3.Connection, source: Path, laid: Path, *, is_told: bool
) -> StagedCopy:
    """Check that a database is ours, and give it its mark. Raises `StoreError`."""
    refuse_unknown_schema(_read_schema_revision(copy), source)
    earlier = _read_copy_mark(copy)
    at = earlier.at if earlier else _read_newest_instant(copy)
    copied = CopyMark(at, is_told) if at else None
    if copied is not None:
        _write_copy_mark(copy, copied)
    return StagedCopy(laid, copied, earlier is not None)


def refuse_unknown_schema(found: str | None, source: object) -> None:
    """Raise `StoreError` for a copy that is not ours, or is from a newer version."""
    if found is None:
        raise StoreError(
            f"{source} holds no Syllabot database: give the path of a copy that `syllabot backup` made."
        )
    if found > (known := find_newest_revision()):
        raise StoreError(
            f"{source} was written by a newer Syllabot (schema {found}, this one knows {known}): update the bot first."
        )


def _merge_wal(target: Path) -> None:
    """Bring what stands in the log into the file; where the database is damaged, both are kept
    as they are."""
    with suppress(sqlite3.Error), closing(_open_sqlite_file(target)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _find_free_path(path: Path) -> Path:
    """The path, or the next one like it that is not taken."""
    tried, number = path, 1
    while tried.exists():
        number += 1
        tried = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return tried


# — what both need —


def require_copy_file(path: Path) -> None:
    """Raise `StoreError` where there is no such file."""
    if not path.is_file():
        raise StoreError(
            f"There is no file {path}: give the path of a copy that `syllabot backup` made."
        )


def require_database_file(path: Path) -> None:
    """Raise `StoreError` where there is no database yet."""
    if not path.exists():
        raise StoreError(
            f"There is no database {path} yet: start `syllabot run` once, or check DATABASE_URL."
        )


def _check_integrity(database: sqlite3.Connection, source: Path) -> None:
    """Raise `StoreError` for a file that is damaged."""
    found = [row[0] for row in database.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise build_damage_error(source, found[0].splitlines()[-1])


def _read_schema_revision(database: sqlite3.Connection) -> str | None:
    tables = {
        row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if not tables >= {"alembic_version", "marks", "letters", "cohorts"}:
        return None
    row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _read_newest_instant(database: sqlite3.Connection) -> datetime | None:
    found = database.execute(_NEWEST).fetchone()[0]
    return datetime.fromisoformat(found).replace(tzinfo=UTC) if found else None


def _read_copy_mark(database: sqlite3.Connection) -> CopyMark | None:
    row = database.execute("SELECT value FROM marks WHERE name = ?", (COPIED,)).fetchone()
    return CopyMark.decode_copy_mark(row[0]) if row else None


def _write_copy_mark(database: sqlite3.Connection, copied: CopyMark) -> None:
    database.execute(
        "INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (COPIED, copied.encode_copy_mark()),
    )
