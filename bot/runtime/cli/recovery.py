"""`syllabot backup` and `syllabot restore`: a copy while the bot runs, and going on from one.

A refused command changes nothing. The standard output says what was done and what to do next.
"""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from bot.clock import Clock
from bot.settings import Settings
from bot.store import StoreError
from bot.store.backup import (
    copy_database,
    copy_sqlite_file,
    get_sqlite_path,
    lock_database_file,
    mark_sqlite_database,
    replace_database_file,
    require_copy_file,
    require_database_file,
    stage_copy,
)
from bot.store.dumps import (
    mark_postgres_database,
    read_postgres_dump,
    restore_postgres_dump,
    write_postgres_dump,
)
from bot.store.gaps import CopyMark

ROOM_CORE, ROOM_TRANSCRIPT = "syllabot.db", "transcript.db"  # the room's files, in its folder
NEXT_STEP = "Now start Syllabot: `syllabot run`."

Action = Callable[[Settings, argparse.Namespace, datetime], Awaitable[None]]


# — arguments —


def add_recovery_commands(add: Callable[..., argparse.ArgumentParser], clock: Clock) -> None:
    """Add `backup` and `restore` to the command line."""
    _add_backup_arguments(add("backup", help="copy the database, also while the bot runs"), clock)
    _add_restore_arguments(
        add("restore", help="go on from a copy of the database; stop the bot first"), clock
    )


def _add_backup_arguments(parser: argparse.ArgumentParser, clock: Clock) -> None:
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="the copy (default: a dated name in DATA_DIR/backups)",
    )
    parser.add_argument("--force", action="store_true", help="replace an existing file")
    parser.add_argument("--room", action="store_true", help="copy the local room, into a folder")
    parser.set_defaults(work=_bind_clock(_run_backup, clock))


def _add_restore_arguments(parser: argparse.ArgumentParser, clock: Clock) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="a copy made by `syllabot backup`"
    )
    parser.add_argument("--quiet", action="store_true", help="do not tell the groups about it")
    parser.add_argument("--room", action="store_true", help="restore the local room from a folder")
    parser.add_argument(
        "--mark",
        action="store_true",
        help="only mark the database as a copy, after you put one in place yourself",
    )
    parser.set_defaults(work=_bind_clock(_run_restore, clock))


def _bind_clock(
    action: Action, clock: Clock
) -> Callable[[Settings, argparse.Namespace], Awaitable[int]]:
    async def work(settings: Settings, arguments: argparse.Namespace) -> int:
        await action(settings, arguments, clock.now())
        return 0

    return work


# — backup —


async def _run_backup(settings: Settings, arguments: argparse.Namespace, now: datetime) -> None:
    if arguments.room:
        return _run_room_backup(settings, arguments, now)
    source = get_sqlite_path(settings.database_url)
    ending = ".dump" if source is None else ".db"
    target = _choose_backup_path(settings, arguments.file, "syllabot", ending, now)
    if source is None:
        was_replaced = await write_postgres_dump(
            settings.database_url, target, overwrite=arguments.force
        )
    else:
        _refuse_missing_database(settings, source)
        was_replaced = copy_database(source, target, now, overwrite=arguments.force)
    if was_replaced:
        print("The older copy there was replaced.")
    size = _format_copy_size(target.stat().st_size)
    print(f"The database as of {_format_utc(now)} is in {target} ({size}).")
    print(
        "Keep it private, and keep a copy on another machine: it holds what people said."
        f"{_describe_needed_secrets(settings)}"
    )
    print(f"To go back to it, stop Syllabot and type `syllabot restore {target}`.")


def _run_room_backup(settings: Settings, arguments: argparse.Namespace, now: datetime) -> None:
    folder = settings.data_dir / "room"
    target = _choose_backup_path(settings, arguments.file, "room", "", now)
    if target.exists():
        raise StoreError(f"{target} already exists: choose another name.")
    try:
        # The bot's part first: messages the transcript has beyond it are found there after a
        # restore, and not sent again.
        copy_database(folder / ROOM_CORE, target / ROOM_CORE, None)
        copy_sqlite_file(folder / ROOM_TRANSCRIPT, target / ROOM_TRANSCRIPT)
    except StoreError:
        # Half a room is no backup.
        _delete_room_files(target)
        raise
    print(f"The room is in {target}.")
    print(f"To go back to it, close the room and type `syllabot restore --room {target}`.")


def _delete_room_files(folder: Path) -> None:
    for name in (ROOM_CORE, ROOM_TRANSCRIPT):
        (folder / name).unlink(missing_ok=True)
    if folder.exists():
        folder.rmdir()


def _choose_backup_path(
    settings: Settings, typed: Path | None, name: str, ending: str, now: datetime
) -> Path:
    dated = f"{name}-{now.astimezone(UTC):%Y%m%d-%H%M%S}{ending}"
    if typed is None:
        return settings.data_dir / "backups" / dated
    return typed / dated if typed.is_dir() else typed


def _refuse_missing_database(settings: Settings, source: Path) -> None:
    """Raise `StoreError` for somebody with data only in the room, and say where it is."""
    if not source.exists() and (settings.data_dir / "room" / ROOM_CORE).exists():
        raise StoreError(
            f"There is no database {source} yet: "
            "to copy the local room, type `syllabot backup --room`."
        )


def _describe_needed_secrets(settings: Settings) -> str:
    """Return a reminder of the settings a copy needs beside it. Only their names are shown."""
    names = []
    for name, value in settings:
        if _is_secret(value):
            names.append(name.upper())
    if not names:
        return ""
    reminder = (
        f"\nYour secrets are not in it. Keep them somewhere else: {', '.join(names)} (in .env)."
    )
    if "VAULT_KEY" in names:
        reminder += " Without VAULT_KEY the tokens in it cannot be read."
    return reminder


def _is_secret(value: object) -> bool:
    return isinstance(value, SecretStr) and bool(value.get_secret_value())


# — restore —


async def _run_restore(settings: Settings, arguments: argparse.Namespace, now: datetime) -> None:
    if (arguments.file is None) != arguments.mark:
        raise StoreError(
            "Give the file to go back to, "
            "like `syllabot restore data/backups/syllabot-….db`, or --mark."
        )
    if arguments.room:
        return _run_room_restore(settings, arguments, now)
    target = get_sqlite_path(settings.database_url)
    if target is None:
        return await _run_postgres_restore(settings, arguments)
    if arguments.mark:
        return _mark_sqlite_file(target, arguments)
    return _restore_sqlite_file(target, arguments, now)


def _mark_sqlite_file(target: Path, arguments: argparse.Namespace) -> None:
    require_database_file(target)
    with lock_database_file(target):
        marked = mark_sqlite_database(target, is_told=not arguments.quiet)
    _print_restore_summary(
        marked.copy_mark, marked.is_marked, arguments.quiet, f"{target} is marked as a copy"
    )


def _restore_sqlite_file(target: Path, arguments: argparse.Namespace, now: datetime) -> None:
    require_copy_file(arguments.file)
    with (
        lock_database_file(target),
        stage_copy(arguments.file, target, is_told=not arguments.quiet) as staged,
    ):
        former = replace_database_file(staged.path, target, now)
    if former:
        print(f"Today's database is kept as {former}.")
    _print_restore_summary(
        staged.copy_mark, staged.is_marked, arguments.quiet, f"{target} is now the copy"
    )


async def _run_postgres_restore(settings: Settings, arguments: argparse.Namespace) -> None:
    is_told, url = not arguments.quiet, settings.database_url
    if arguments.mark:
        mark = await mark_postgres_database(url, is_told=is_told)
        _print_restore_summary(mark, False, arguments.quiet, "The database is marked as a copy")
        return
    dump = await read_postgres_dump(arguments.file)
    mark = await restore_postgres_dump(url, dump, is_told=is_told)
    _print_restore_summary(mark, True, arguments.quiet, "The database now holds the copy")


def _run_room_restore(settings: Settings, arguments: argparse.Namespace, now: datetime) -> None:
    folder = settings.data_dir / "room"
    if arguments.mark or not arguments.file.is_dir():
        raise StoreError("Give the folder that `syllabot backup --room` made.")
    kept = _replace_room_files(arguments.file, folder, now)
    print("The room is as it was.")
    if kept:
        print(f"Its former files are kept as {' and '.join(kept)}.")
    print("Open it: `syllabot room`.")


def _replace_room_files(source: Path, folder: Path, now: datetime) -> list[str]:
    """Put a copy in place and return the paths its former files are kept under."""
    kept = []
    with ExitStack() as stack:
        stack.enter_context(lock_database_file(folder / ROOM_CORE))
        # Both are staged before either is replaced: a bad copy must not leave half a room.
        staged = {}
        for name in (ROOM_CORE, ROOM_TRANSCRIPT):
            copy = stage_copy(
                source / name, folder / name, is_told=False, is_core=name == ROOM_CORE
            )
            staged[name] = stack.enter_context(copy)
        for name, staged_copy in staged.items():
            former = replace_database_file(staged_copy.path, folder / name, now)
            if former:
                kept.append(str(former))
    return kept


def _print_restore_summary(
    mark: CopyMark | None, is_marked: bool, is_quiet: bool, done: str
) -> None:
    """Print what was done and what follows. `mark` is None for a database without groups."""
    if mark is None:
        print(f"{done}. No group had been made in it.")
        print(NEXT_STEP)
        return
    when = _format_utc(mark.at)
    print(f"{done} of {when}.")
    if not is_marked:
        print(
            f"It does not say when it was made, so I take the time of its newest entry: {when}. "
            "A file copied by hand while Syllabot ran may lack more."
        )
    print(
        "Posts due since then are looked for before they are sent. "
        "Where I cannot look, they are not sent again: `posts timeline` shows them as unsure."
    )
    if not is_quiet:
        print(
            "At the next start I ask each group to do again what they did since then. "
            "To leave that out, type `syllabot restore --mark --quiet` first."
        )
    print(NEXT_STEP)


def _format_utc(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{utc:%a} {utc.day} {utc:%b %Y, %H:%M} UTC"


def _format_copy_size(size: int) -> str:
    """Return a size in bytes, in words."""
    if size < 100_000:
        return f"{size:,} bytes"
    return f"{size / 1_000_000:.1f} MB"
