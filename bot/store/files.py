"""Files that are there whole or not at all.

They are written under another name, private, and are on the disk before they get theirs. Anything
a disk, a folder or SQLite refuses becomes a sentence.
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
from bot.store.errors import StoreError

BESIDE = ("-wal", "-shm", "-journal")  # files that belong to a SQLite database as well
_PRIVATE = 0o600


@dataclass(slots=True)
class AtomicFile:
    """A file that is being written under another name.

    `is_replacement`: in the end it took the place of an older one.
    """

    partial_path: Path
    is_replacement: bool = False


@contextmanager
def write_atomic_file(target: Path, *, overwrite: bool) -> Iterator[AtomicFile]:
    """Write a private file that gets its name once it is whole and on the disk.

    Raises `StoreError`; the target is then unchanged.
    """
    # Asked first, so that a long copy is not made in vain; `_rename_into_place` decides.
    if target.exists() and not overwrite:
        raise build_name_taken_error(target)
    file = AtomicFile(target.with_name(f".{target.name}.{os.getpid()}.partial"))
    with raise_as_store_error(target, target), delete_leftovers(file.partial_path):
        create_private_file(file.partial_path)
        yield file
        # The content reaches the disk before the name does: after a power cut there is never a
        # name with half a file behind it.
        sync_to_disk(file.partial_path)
        file.is_replacement = _rename_into_place(file.partial_path, target, overwrite=overwrite)


def _rename_into_place(partial: Path, target: Path, *, overwrite: bool) -> bool:
    """Give a written file its name; return True if it replaced another file."""
    is_replacement = target.exists()
    if overwrite:
        partial.replace(target)
    else:
        _link_into_place(partial, target)
    sync_to_disk(target.parent)
    return is_replacement


def _link_into_place(partial: Path, target: Path) -> None:
    # A rename would silently replace a file made this very moment; a link refuses.
    try:
        os.link(partial, target)
    except FileExistsError:
        raise build_name_taken_error(target) from None
    except OSError:
        # A file system without hard links.
        if target.exists():
            raise build_name_taken_error(target) from None
        partial.replace(target)


def create_private_file(path: Path) -> None:
    """Make an empty file nobody else may read, before anything stands in it."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
    # The umask may have taken rights away from us.
    path.chmod(_PRIVATE)


def sync_to_disk(path: Path) -> None:
    """Have a file, or the names in a folder, reach the disk."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:
        # A folder on Windows, which cannot be opened.
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def delete_leftovers(path: Path) -> Iterator[None]:
    """Make the folder for a file, and in the end leave nothing under this name."""
    try:
        make_private_folder(path.parent)
        yield
    finally:
        for suffix in ("", *BESIDE):
            with suppress(OSError):
                Path(f"{path}{suffix}").unlink()


@contextmanager
def raise_as_store_error(source: Path, target: Path) -> Iterator[None]:
    """Turn errors from SQLite or the file system into a `StoreError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _build_sqlite_error(error, source, target) from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _build_disk_full_error(target) from error
        path = error.filename or target
        raise StoreError(
            f"{path} cannot be used ({error.strerror}): "
            "check its permissions, or choose another path."
        ) from error


def _build_sqlite_error(error: sqlite3.Error, source: Path, target: Path) -> StoreError:
    # By the text: the error from `_CopyRetryLimit` in `bot.store.backup` has no code.
    reason = str(error)
    if "not a database" in reason or "malformed" in reason:
        return build_damage_error(source, reason)
    if "full" in reason:
        return _build_disk_full_error(target)
    if "locked" in reason or "busy" in reason:
        return StoreError(f"{source} is locked by another program: close it, and try again.")
    return StoreError(
        f"{source} cannot be copied ({reason}): check that this user may read and write it."
    )


def build_name_taken_error(target: Path) -> StoreError:
    """Return the error for a name that is taken."""
    return StoreError(f"{target} already exists: choose another name, or replace it with --force.")


def _build_disk_full_error(target: Path) -> StoreError:
    return StoreError(
        f"The disk with {target.parent} is full: free some space, or choose another place."
    )


def build_damage_error(source: Path, reason: str) -> StoreError:
    """Return the error for a damaged file."""
    return StoreError(f"{source} is damaged ({reason}): use an undamaged copy.")
