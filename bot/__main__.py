"""The `syllabot` command line, and the composition root.

It puts the parts together, and nothing else asks the machine for the time.
`syllabot run` starts every configured platform in one process, on one database and one clock.
Without any, it opens the local room, which has a database and a clock of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters import PLATFORMS, PlatformConnection, import_platform_module
from bot import command, post
from bot.chat.address import Place
from bot.chat.errors import CannotConnect, DatabaseUnavailableError
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.group.gallery import RoadmapShelf
from bot.host import logs, private_files
from bot.host.failures import FailureLog
from bot.roadmap import RoadmapError
from bot.roadmap.links import LinkAnswer
from bot.runtime.bundled import open_roadmap_folder
from bot.runtime.cli import recovery, roadmap
from bot.runtime.dispatch import Dispatch
from bot.runtime.heartbeat import run_heartbeat
from bot.runtime.outbox import Outbox
from bot.runtime.scheduler import KEEP_EVERYTHING, PostScheduler, Retention
from bot.runtime.vault import Vaults
from bot.settings import Settings, SettingsError, load_settings
from bot.store import Store, StoreError, retry_while_unavailable

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

ROADMAPS = Path(__file__).resolve().parents[1] / "roadmaps"

log = logging.getLogger(__name__)


class WallClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def main() -> None:
    """Run the command line; exit with status 1 and one sentence if the bot cannot start."""
    arguments = build_parser().parse_args()
    try:
        settings = load_settings()
        logs.configure_logging(settings.log_level)
        status = asyncio.run(arguments.work(settings, arguments))
        # A reader that has gone shows here, not in the interpreter's own last flush.
        sys.stdout.flush()
        sys.exit(status)
    except BrokenPipeError:
        _discard_output()
        sys.exit(1)
    except DatabaseUnavailableError as error:
        sys.exit(
            f"syllabot: I cannot use the database ({error}): start again once it can be reached."
        )
    except (SettingsError, StoreError, RoadmapError, CannotConnect, OSError) as error:
        sys.exit(f"syllabot: {error}")


def _discard_output() -> None:
    """Point the output at nothing.

    Its reader, `head` for instance, has gone, so the interpreter's last flush would fail again.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _get_version() -> str:
    """Return the installed version. A source tree without an installation has none."""
    try:
        return metadata.version("syllabot")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def build_parser() -> argparse.ArgumentParser:
    """Return the parser for what can be typed after `syllabot`.

    Each word sets `work`: a coroutine function from settings and arguments to an exit status.
    """
    parser = argparse.ArgumentParser(
        prog="syllabot", description="A study-group bot: a cohort, a plan, twelve weeks."
    )
    parser.add_argument("--version", action="version", version=f"syllabot {_get_version()}")
    words = parser.add_subparsers(dest="word", metavar="COMMAND", required=True)
    run = words.add_parser("run", help="start the bot; without a platform, the local room")
    run.set_defaults(work=run_bot)
    room = words.add_parser("room", help="open the local room, with its own clock and files")
    room.set_defaults(work=run_room)
    doctor = words.add_parser("doctor", help="say what the bot needs and does not have")
    doctor.set_defaults(work=print_doctor_report)
    recovery.add_recovery_commands(words.add_parser, WallClock())
    roadmap.add_roadmap_commands(words.add_parser, load_bundled_roadmaps, ask_addresses)
    for name in PLATFORMS:
        import_platform_module(name).add_cli_commands(words.add_parser)
    return parser


def load_bundled_roadmaps(folder: Path = ROADMAPS) -> RoadmapShelf:
    """Return a folder's roadmaps by slug. Raises `RoadmapError` for an invalid file."""
    return open_roadmap_folder(folder)


async def ask_addresses(addresses: Sequence[str], asks_private: bool) -> Mapping[str, LinkAnswer]:
    """Ask web addresses if they still answer; private networks only if wanted."""
    # Imported here: no other command asks the web.
    from adapters import link_check

    manners = link_check.Manners(asks_private=asks_private)
    return await link_check.ask_addresses(addresses, manners)


async def run_bot(settings: Settings, arguments: argparse.Namespace) -> int:
    """Run every configured platform, or the local room without any, until a signal comes."""
    private_files.restrict_folder(settings.data_dir)
    names = list_configured_platforms(settings)
    if not names:
        return await run_room(settings, arguments)

    def connect_platforms(vaults: Vaults) -> Sequence[PlatformConnection]:
        connections = []
        for name in names:
            module = import_platform_module(name)
            connections.append(module.connect(settings, vaults.open_vault(name)))
        return connections

    await run_until_stopped(run_platforms(settings, connect_platforms))
    return 0


def list_configured_platforms(settings: Settings) -> Sequence[str]:
    """Return the names of the platforms with settings to connect by."""
    return [name for name in PLATFORMS if import_platform_module(name).is_configured(settings)]


async def run_platforms(
    settings: Settings,
    connect: Callable[[Vaults], Sequence[PlatformConnection]],
    clock: Clock | None = None,
) -> None:
    """Run the bot on its database and the real clock, on the platforms from `connect`.

    Serve the public address too, if a platform has routes.
    Raises `CannotConnect` if a platform rejects the bot.
    """
    clock = clock or WallClock()
    command.discover_commands()
    post_kinds = post.discover_post_kinds()
    async with AsyncExitStack() as opened:
        store = await Store.open_database(settings.database_url, post_kinds)
        opened.push_async_callback(store.close)
        connections = connect(Vaults(store, clock, settings.vault_key.get_secret_value()))
        platforms = {each.platform.name: each.platform for each in connections}
        failures = FailureLog(log)
        retention = build_retention(settings)
        dispatch, scheduler, outbox = await build_bot(store, clock, platforms, failures, retention)
        opened.push_async_callback(dispatch.write_sightings, is_last=True)

        async def pulse() -> None:
            await dispatch.write_sightings()
            await scheduler.schedule_due_posts()
            outbox.wake_outbox()

        await opened.enter_async_context(
            run_heartbeat(pulse, scheduler, WallClock(), failures, outbox.follow_clock)
        )
        routes = [route for connection in connections for route in connection.routes]
        if routes:
            await opened.enter_async_context(open_public_server(routes, settings))
        print(f"Syllabot is starting on {', '.join(platforms)}; Ctrl-C stops it.", flush=True)
        await run_together(
            outbox.run_outbox(),
            *(listen_with_retry(platform, dispatch) for platform in platforms.values()),
        )


def open_public_server(
    routes: Sequence[RouteDef], settings: Settings
) -> AbstractAsyncContextManager[int]:
    """Return the server of the public address, to be entered."""
    # Imported here: a bot that nobody calls does not pay for it.
    from adapters.public_server import serve_public_routes

    return serve_public_routes(routes, settings.public_host, settings.public_port)


async def listen_with_retry(platform: Platform, dispatch: Dispatch) -> None:
    """Listen on a platform; start again each time the database was away."""
    await retry_while_unavailable(lambda: platform.listen(dispatch))


async def build_bot(
    store: Store,
    clock: Clock,
    platforms: Mapping[str, Platform],
    failures: FailureLog | None = None,
    retention: Retention = KEEP_EVERYTHING,
) -> tuple[Dispatch, PostScheduler, Outbox]:
    """Return the bot's parts on an open database, ready to go on."""
    failures = failures or FailureLog(log)
    dispatch = Dispatch(
        store, clock, load_bundled_roadmaps(), platforms=platforms, repeats=failures
    )
    scheduler = PostScheduler(store, clock, failures, retention)
    outbox = Outbox(store, clock, platforms, failures)
    # In this order: a letter claimed by the process before may belong to a post due now.
    await scheduler.prepare_schedule()
    await outbox.reset_former_claims()
    spare_started_objects()
    return dispatch, scheduler, outbox


def build_retention(settings: Settings) -> Retention:
    """Return how long unused data is kept; 0 in a setting stands for ever."""
    cohort_days, people_days = settings.keep_cohorts_days, settings.keep_people_days
    return Retention(
        timedelta(days=cohort_days) if cohort_days else None,
        timedelta(days=people_days) if people_days else None,
    )


def spare_started_objects() -> None:
    """Take everything that a start has made out of the garbage collector's way."""
    # It stays until the end. A full collection would look at all of it each time, and hold the
    # loop for a tenth of a second.
    gc.collect()
    gc.freeze()


async def run_together(
    first: Coroutine[Any, Any, None], *others: Coroutine[Any, Any, None]
) -> None:
    """Run several parts until one fails, or the first one ends.

    Raises the error from the first part that failed.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for part in others:
                group.create_task(part)
            await first
    except BaseExceptionGroup as group_error:
        # The caller catches by class, and a group has none of these classes.
        raise group_error.exceptions[0] from None


async def print_doctor_report(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print what the bot lacks, a sentence a line; return 1 if there is anything."""
    # Opened one by one: a broken file is named here as it is at the start.
    dict(load_bundled_roadmaps())
    problems: list[str] = []
    names = list_configured_platforms(settings)
    async with AsyncExitStack() as opened:
        store = None
        try:
            # Only for reading: the bot may be running on it at the same time.
            store = await Store.open_for_reading(settings.database_url)
        except StoreError as error:
            problems.append(str(error))
        homes: Sequence[Place] = ()
        vaults = None
        if store is not None:
            opened.push_async_callback(store.close)
            homes = await list_all_homes(store)
            vaults = Vaults(store, WallClock(), settings.vault_key.get_secret_value())
        for name in names:
            places = [place for place in homes if place.platform == name]
            vault = vaults.open_vault(name) if vaults else None
            for sentence in await import_platform_module(name).run_doctor(settings, places, vault):
                problems.append(f"{name}: {sentence}")
    if not names:
        print(
            "No platform is configured, so `syllabot run` opens the local room; "
            ".env.example says how to connect one."
        )
    print("\n".join(problems) if problems else "Nothing is missing.")
    return 1 if problems else 0


async def list_all_homes(store: Store) -> Sequence[Place]:
    """Return the homes in a database, which another process may be using."""
    return await store.run(lambda tx: tx.cohorts.list_home_places(), write=False)


async def run_room(settings: Settings, arguments: argparse.Namespace) -> int:
    """Open the local room and serve it until a signal comes."""
    # Imported here: a bot on Discord or Slack does not pay for the room.
    from adapters.web import Room

    folder = settings.data_dir / "room"
    private_files.restrict_folder(settings.data_dir)
    private_files.restrict_folder(folder)
    command.discover_commands()
    post_kinds = post.discover_post_kinds()
    async with AsyncExitStack() as opened:
        path = folder / "syllabot.db"
        url = f"sqlite+aiosqlite:///{path.as_posix()}"
        store = await Store.open_database(url, post_kinds)
        opened.push_async_callback(store.close)
        room = await Room.open_room(
            folder, settings.room_port, settings.room_zone, datetime.now(UTC)
        )
        opened.push_async_callback(room.close)
        failures = FailureLog(log)
        dispatch, scheduler, outbox = await build_bot(
            store, room.clock, {room.name: room}, failures
        )
        opened.push_async_callback(dispatch.write_sightings, is_last=True)
        room.pulse = pulse = build_pulse(scheduler, outbox, dispatch)
        await opened.enter_async_context(run_heartbeat(pulse, scheduler, WallClock(), failures))
        print(f"The room is open at {room.address}", flush=True)
        print(
            f"Open it in a browser; Ctrl-C closes it, and everything stays in {folder}.", flush=True
        )
        await run_until_stopped(room.listen(dispatch))
        return 0


def build_pulse(
    scheduler: PostScheduler, outbox: Outbox, dispatch: Dispatch | None = None
) -> Callable[[], Awaitable[datetime | None]]:
    """Return a function that enters and sends everything due, for one caller at a time.

    It returns the next instant with something due, in UTC, or None.
    `dispatch`: it also stores who used a command, and has platforms forget whoever was erased;
    None where nobody talks to the bot.
    """
    lock = asyncio.Lock()

    async def pulse() -> datetime | None:
        async with lock:
            if dispatch is not None:
                await dispatch.write_sightings()
                await dispatch.finish_erasures()
            next_moment = await scheduler.find_next_moment()
            # Most pulses find nothing due, and this one look is all they ask.
            if not scheduler.has_come(next_moment):
                return next_moment
            await scheduler.schedule_due_posts()
            await outbox.drain_outbox()
            return await scheduler.find_next_moment()

    return pulse


async def run_until_stopped(work: Awaitable[None]) -> None:
    """Await some work until it ends, or SIGINT or SIGTERM comes."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    main()
