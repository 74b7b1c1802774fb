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

from bot.host.private_files import make_private_folder
from bot.store.engine import StoreError

BESIDE = ("-wal", "-shm", "-journal")  # files that belong to a SQLite database as well
_PRIVATE = 0o600


@dataclass(slots=True)
class AtomicFile:
    """A file that is being written under another name, and whether it replaced an older one in
    the end."""

    partial_path: Path
    is_replacement: bool = False


@contextmanager
def write_atomic_file(target: Path, *, overwrite: bool) -> Iterator[AtomicFile]:
    """Around writing a private file: it gets its name when it is whole and on the disk. Raises
    `StoreError`."""
    if target.exists() and not overwrite:
        raise build_name_taken_error(target)
    made = AtomicFile(target.with_name(f".{target.name}.{os.getpid()}.partial"))
    with raise_as_store_error(target, target), delete_leftovers(made.partial_path):
        create_private_file(made.partial_path)
        yield made
        sync_to_disk(made.partial_path)
        made.is_replacement = _rename_into_place(made.partial_path, target, overwrite=overwrite)


def _rename_into_place(partial: Path, target: Path, *, overwrite: bool) -> bool:
    """Give a write_whole file its name. Without `over` never in place of another, not even of one
    made this very moment."""
    replaces = target.exists()
    if overwrite:
        partial.replace(target)
    else:
        try:
            os.link(partial, target)
        except FileExistsError:
            raise build_name_taken_error(target) from None
        except OSError:  # a file system without hard links
            if target.exists():
                raise build_name_taken_error(target) from None
            partial.replace(target)
    sync_to_disk(target.parent)
    return replaces


def create_private_file(path: Path) -> None:
    """Make an empty file that nobody else may read, before anything stands in it."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
    path.chmod(_PRIVATE)


def sync_to_disk(path: Path) -> None:
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
def delete_leftovers(path: Path) -> Iterator[None]:
    """Around a file that is on its way: whatever happens, nothing is left of it under this name."""
    try:
        make_private_folder(path.parent)
        yield
    finally:
        for suffix in ("", *BESIDE):
            with suppress(OSError):
                Path(f"{path}{suffix}").unlink()


@contextmanager
def raise_as_store_error(source: Path, target: Path) -> Iterator[None]:
    """Whatever the files refuse is said in a sentence."""
    try:
        yield
    except sqlite3.Error as broken:
        said = str(broken)
        if "not a database" in said or "malformed" in said:
            raise build_damage_error(source, said) from broken
        if "full" in said:
            raise _build_disk_full_error(target) from broken
        if "locked" in said or "busy" in said:
            raise StoreError(
                f"{source} is locked by another program: close it, and try again."
            ) from broken
        raise StoreError(
            f"{source} cannot be copied ({said}): check that this user may read and write it."
        ) from broken
    except OSError as broken:
        if broken.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _build_disk_full_error(target) from broken
        where = broken.filename or target
        raise StoreError(
            f"{where} cannot be used ({broken.strerror}): check its rights, or choose another."
        ) from broken


def build_name_taken_error(target: Path) -> StoreError:
    return StoreError(
        f"{target} is there already: choose another name, or write over it with --force."
    )


def _build_disk_full_error(target: Path) -> StoreError:
    return StoreError(
        f"There is no room left on the disk of {target.parent}: make some, or choose another place."
    )


def build_damage_error(source: Path, why: str) -> StoreError:
    return StoreError(f"{source} is damaged ({why}): use a copy that is whole.")
