"""Files that are there whole or not at all: written under another name, private, and on the disk
before they get theirs.

Whatever a disk, a folder or SQLite refuses is said in a sentence.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.host.private_files import make_folder
from bot.store.engine import StoreError

BESIDE = ("-wal", "-shm", "-journal")  # files that belong to a SQLite database as well
_PRIVATE = 0o600


@dataclass(slots=True)
class WholeFile:
    """A file that is being written under another name, and whether it replaced an older one in
    the end."""

    partial: Path
    replaces: bool = False


@contextmanager
def write_whole(target: Path, *, over: bool) -> Iterator[WholeFile]:
    """Around writing a private file: it gets its name when it is whole and on the disk. Raises
    `StoreError`."""
    if target.exists() and not over:
        raise name_taken(target)
    made = WholeFile(target.with_name(f".{target.name}.{os.getpid()}.partial"))
    with explain_errors(target, target), clean_up(made.partial):
        make_private(made.partial)
        yield made
        sync(made.partial)
        made.replaces = _put(made.partial, target, over=over)


def _put(partial: Path, target: Path, *, over: bool) -> bool:
    """Give a write_whole file its name. Without `over` never in place of another, not even of one
    made this very moment."""
    replaces = target.exists()
    if over:
        partial.replace(target)
    else:
        try:
            os.link(partial, target)
        except FileExistsError:
            raise name_taken(target) from None
        except OSError:  # a file system without hard links
            if target.exists():
                raise name_taken(target) from None
            partial.replace(target)
    sync(target.parent)
    return replaces


def make_private(path: Path) -> None:
    """Make an empty file that nobody else may read, before anything stands in it."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
    path.chmod(_PRIVATE)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, reach the disk."""
    try:
        opened = os.open(path, os.O_RDONLY)
    except PermissionError:  # a folder on Windows
        return
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def clean_up(path: Path) -> Iterator[None]:
    """Around a file that is on its way: whatever happens, nothing is left of it under this name."""
    try:
        make_folder(path.parent)
        yield
    finally:
        for suffix in ("", *BESIDE):
            with suppress(OSError):
                Path(f"{path}{suffix}").unlink()


@contextmanager
def explain_errors(source: Path, target: Path) -> Iterator[None]:
    """Whatever the files refuse is said in a sentence."""
    try:
        yield
    except sqlite3.Error as broken:
        said = str(broken)
        if "not a database" in said or "malformed" in said:
            raise damage_found(source, said) from broken
        if "full" in said:
            raise _no_room(target) from broken
        if "locked" in said or "busy" in said:
            raise StoreError(
                f"{source} is locked by another program: close it, and try again."
            ) from broken
        raise StoreError(
            f"{source} cannot be copied ({said}): check that this user may read and write it."
        ) from broken
    except OSError as broken:
        if broken.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _no_room(target) from broken
        where = broken.filename or target
        raise StoreError(
            f"{where} cannot be used ({broken.strerror}): check its rights, or choose another."
        ) from broken


def name_taken(target: Path) -> StoreError:
    return StoreError(
        f"{target} is there already: choose another name, or write over it with --force."
    )


def _no_room(target: Path) -> StoreError:
    return StoreError(
        f"There is no room left on the disk of {target.parent}: make some, or choose another place."
    )


def damage_found(source: Path, why: str) -> StoreError:
    return StoreError(f"{source} is damaged ({why}): use a copy that is whole.")
