"""`syllabot backup` and `syllabot restore`: a copy of the database while the bot runs, and going on
from one.

Whatever is refused changes nothing. What was done, where, and what to do next is said on the
standard output.
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

CORE, TRANSCRIPT = "syllabot.db", "transcript.db"  # what the room keeps, in its folder
_FORMER = "The older copy there was replaced. "


def add_recovery_commands(add: Callable[..., argparse.ArgumentParser], clock: Clock) -> None:
    """Add `backup` and `restore` to the command line."""
    parser = add("backup", help="copy the database, also while the bot runs")
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="where to (default: a dated name in DATA_DIR/backups)",
    )
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    parser.add_argument("--room", action="store_true", help="copy the local room, into a folder")
    parser.set_defaults(work=_bind_clock(_run_backup, clock))
    parser = add("restore", help="go on from a copy of the database; the bot must not be running")
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="a copy that `syllabot backup` made"
    )
    parser.add_argument("--quiet", action="store_true", help="do not tell the groups about it")
    parser.add_argument(
        "--room", action="store_true", help="bring back the local room, from a folder"
    )
    parser.add_argument(
        "--mark",
        action="store_true",
        help="only mark the database as a copy, which you have put in place yourself",
    )
    parser.set_defaults(work=_bind_clock(_run_restore, clock))


def _bind_clock(
    deed: Callable[[Settings, argparse.Namespace, datetime], Awaitable[None]], clock: Clock
) -> Callable[[Settings, argparse.Namespace], Awaitable[int]]:
    async def work(settings: Settings, asked: argparse.Namespace) -> int:
        await deed(settings, asked, clock.now())
        return 0

    return work


# — backup —


async def _run_backup(settings: Settings, asked: argparse.Namespace, now: datetime) -> None:
    if asked.room:
        return _run_room_backup(settings, asked, now)
    source = get_sqlite_path(settings.database_url)
    target = _choose_backup_path(
        settings, asked.file, "syllabot", ".db" if source else ".dump", now
    )
    if source is None:
        replaced = await write_postgres_dump(settings.database_url, target, overwrite=asked.force)
    else:
        _refuse_missing_database(settings, source)
        replaced = copy_database(source, target, now, overwrite=asked.force)
    size = target.stat().st_size
    print(
        f"{_FORMER if replaced else ''}The database as it was on {_format_utc(now)} is in {target} ({_format_copy_size(size)}).\n"
        f"Keep it private, and keep a copy on another machine: it holds what people said.{_describe_needed_secrets(settings)}\n"
        f"To go back to it, stop Syllabot and type `syllabot restore {target}`."
    )


def _run_room_backup(settings: Settings, asked: argparse.Namespace, now: datetime) -> None:
    folder, target = (
        settings.data_dir / "room",
        _choose_backup_path(settings, asked.file, "room", "", now),
    )
    if target.exists():
        raise StoreError(f"{target} is there already: choose another name.")
    try:
        # The bot's part first: what the transcript has beyond it is found there, and not said
        # again.
        copy_database(folder / CORE, target / CORE, None)
        copy_sqlite_file(folder / TRANSCRIPT, target / TRANSCRIPT)
    except StoreError:
        for name in (CORE, TRANSCRIPT):
            (target / name).unlink(missing_ok=True)
        if target.exists():
            target.rmdir()
        raise
    print(
        f"The room is in {target}.\nTo go back to it, close the room and type `syllabot restore --room {target}`."
    )


def _choose_backup_path(
    settings: Settings, typed: Path | None, name: str, ending: str, now: datetime
) -> Path:
    dated = f"{name}-{now.astimezone(UTC):%Y%m%d-%H%M%S}{ending}"
    if typed is None:
        return settings.data_dir / "backups" / dated
    return typed / dated if typed.is_dir() else typed


def _refuse_missing_database(settings: Settings, source: Path) -> None:
    """Say where the data is of somebody who has only ever used the room. Raises `StoreError`."""
    if not source.exists() and (settings.data_dir / "room" / CORE).exists():
        raise StoreError(
            f"There is no database {source} yet; `syllabot backup --room` copies the local room."
        )


def _describe_needed_secrets(settings: Settings) -> str:
    """What is needed beside a copy, by the names of the settings alone."""
    names = [
        name.upper()
        for name, value in settings
        if isinstance(value, SecretStr) and value.get_secret_value()
    ]
    if not names:
        return ""
    lost = " Without VAULT_KEY the tokens in it cannot be read." if "VAULT_KEY" in names else ""
    return f"\nYour secrets are not in it. Keep them somewhere else: {', '.join(names)} (in .env).{lost}"


# — restore —


async def _run_restore(settings: Settings, asked: argparse.Namespace, now: datetime) -> None:
    if (asked.file is None) != asked.mark:
        raise StoreError(
            "Give the file to go back to, like `syllabot restore data/backups/syllabot-….db`, or --mark."
        )
    if asked.room:
        return _run_room_restore(settings, asked, now)
    target = get_sqlite_path(settings.database_url)
    if target is None:
        return await _run_postgres_restore(settings, asked)
    if asked.mark:
        require_database_file(target)
    else:
        require_copy_file(asked.file)
    with lock_database_file(target):
        if asked.mark:
            marked = mark_sqlite_database(target, is_told=not asked.quiet)
            print(
                _format_restore_summary(
                    marked.copy_mark, marked.is_marked, asked.quiet, f"{target} is marked as a copy"
                )
            )
            return
        with stage_copy(asked.file, target, is_told=not asked.quiet) as laid:
            former = replace_database_file(laid.path, target, now)
    kept = f"The database of today is kept as {former}.\n" if former else ""
    print(
        kept
        + _format_restore_summary(
            laid.copy_mark, laid.is_marked, asked.quiet, f"{target} is now the copy"
        )
    )


async def _run_postgres_restore(settings: Settings, asked: argparse.Namespace) -> None:
    if asked.mark:
        copied = await mark_postgres_database(settings.database_url, is_told=not asked.quiet)
        print(
            _format_restore_summary(copied, False, asked.quiet, "The database is marked as a copy")
        )
        return
    dump = await read_postgres_dump(asked.file)
    copied = await restore_postgres_dump(settings.database_url, dump, is_told=not asked.quiet)
    print(_format_restore_summary(copied, True, asked.quiet, "The database now holds the copy"))


def _run_room_restore(settings: Settings, asked: argparse.Namespace, now: datetime) -> None:
    folder = settings.data_dir / "room"
    if asked.mark or not asked.file.is_dir():
        raise StoreError("Give the folder that `syllabot backup --room` made.")
    with ExitStack() as opened:
        opened.enter_context(lock_database_file(folder / CORE))
        laid = [
            opened.enter_context(
                stage_copy(asked.file / name, folder / name, is_told=False, is_core=name == CORE)
            )
            for name in (CORE, TRANSCRIPT)
        ]
        former = [
            replace_database_file(each.path, folder / name, now)
            for each, name in zip(laid, (CORE, TRANSCRIPT), strict=True)
        ]
    kept = " and ".join(str(path) for path in former if path)
    print(
        f"The room is as it was.{f' What was there is kept as {kept}.' if kept else ''}\nOpen it: `syllabot room`."
    )


def _format_restore_summary(
    copied: CopyMark | None, is_marked: bool, quiet: bool, done: str
) -> str:
    """What was done, and what comes of it."""
    if copied is None:
        return f"{done}. No group had been made in it.\nNow start Syllabot: `syllabot run`."
    when = _format_utc(copied.at)
    lines = [f"{done} of {when}."]
    if not is_marked:
        lines.append(
            f"It does not say when it was made, so I take the time of its newest entry: {when}. A file that was copied "
            "by hand while Syllabot ran may lack more."
        )
    lines.append(
        "What fell due since then is looked for before it is sent. Where I may not look, it is not sent again: "
        "`posts timeline` shows it as unsure."
    )
    if not quiet:
        lines.append(
            "At the next start each group is told to do again what they did since then. "
            "To leave that out, type `syllabot restore --mark --quiet` first."
        )
    return "\n".join((*lines, "Now start Syllabot: `syllabot run`."))


def _format_utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%a} {at.astimezone(UTC).day} {at.astimezone(UTC):%b %Y, %H:%M} UTC"


def _format_copy_size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count:,} bytes"
