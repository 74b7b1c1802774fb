"""The `syllabot` command line and the composition root: the one place where the parts are put together and the clock is asked.

`syllabot run` starts every configured platform in one process, on one database and one clock. None is needed to begin with:
then it opens the local room, which has its own.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from adapters import PLATFORMS, Connected, plug
from adapters.public import listening
from bot import command, desk, post, recovery
from bot.clock import Clock
from bot.clockwork import Clockwork
from bot.dispatch import Dispatch
from bot.outbox import Outbox
from bot.people import Place
from bot.platform import CannotConnect, Platform
from bot.roadmap import Roadmap, RoadmapError, read
from bot.settings import Settings, SettingsError, load
from bot.store import Store, StoreError
from bot.vault import Vaults

ROADMAPS = Path(__file__).resolve().parents[1] / "roadmaps"

log = logging.getLogger(__name__)


class WallClock:
    """The time as it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def main() -> None:
    """The command line. Ends with status 1 and one sentence when the bot cannot start."""
    asked = command_line().parse_args()
    try:
        settings = load()
        logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        for noisy in ("apscheduler", "alembic", "aiohttp.access"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        sys.exit(asyncio.run(asked.work(settings, asked)))
    except (SettingsError, StoreError, RoadmapError, CannotConnect, OSError) as broken:
        sys.exit(f"syllabot: {broken}")


def command_line() -> argparse.ArgumentParser:
    """What can be typed after `syllabot`. Each word has its `work`: a coroutine function of the settings and what was
    typed, which returns the status to exit with."""
    parser = argparse.ArgumentParser(prog="syllabot", description="A study-group bot: a cohort, a plan, twelve weeks.")
    words = parser.add_subparsers(dest="word", metavar="COMMAND", required=True)
    words.add_parser("run", help="start the bot; with no platform configured, the local room").set_defaults(work=run)
    words.add_parser("room", help="open the local room, with its own clock and files").set_defaults(work=run_room)
    words.add_parser("doctor", help="say what is missing for the bot to work").set_defaults(work=doctor)
    recovery.words(words.add_parser, WallClock())
    desk.words(words.add_parser, bundled)
    for name in PLATFORMS:
        plug(name).words(words.add_parser)
    return parser


def bundled(folder: Path = ROADMAPS) -> dict[str, Roadmap]:
    """The roadmaps of a folder by their slugs. Raises `RoadmapError` for one that is wrong."""
    files = sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("_"))
    return {plan.slug: plan for plan in (read(path.read_text(encoding="utf-8"), path.name) for path in files)}


async def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Start every configured platform, or the local room where none is, until a signal says to stop."""
    names = [name for name in PLATFORMS if plug(name).configured(settings)]
    if not names:
        return await run_room(settings, asked)
    await until_stopped(
        serve(settings, lambda vaults: [plug(name).connect(settings, vaults.of(name)) for name in names])
    )
    return 0


async def serve(
    settings: Settings, connect: Callable[[Vaults], Sequence[Connected]], clock: Clock | None = None
) -> None:
    """The bot on its database and the real clock, listening on the platforms that `connect` gives and, where one of them
    has routes, on the public address. Raises `CannotConnect` where one of them lets nobody in."""
    clock = clock or WallClock()
    command.discover()
    post.discover()
    async with AsyncExitStack() as opened:
        store = await Store.open(settings.database_url)
        opened.push_async_callback(store.close)
        connected = connect(Vaults(store, clock, settings.vault_key.get_secret_value()))
        platforms = {one.platform.name: one.platform for one in connected}
        dispatch, clockwork, outbox = await assembled(store, clock, platforms)

        async def pulse() -> None:
            await clockwork.tick()
            outbox.wake()

        await opened.enter_async_context(heartbeat(pulse, clockwork))
        if routes := [route for one in connected for route in one.routes]:
            await opened.enter_async_context(listening(routes, settings.public_host, settings.public_port))
        print(f"Syllabot is starting on {', '.join(platforms)}; Ctrl-C stops it.", flush=True)
        await together(outbox.run(), *(platform.listen(dispatch) for platform in platforms.values()))


async def assembled(
    store: Store, clock: Clock, platforms: Mapping[str, Platform]
) -> tuple[Dispatch, Clockwork, Outbox]:
    """The bot on an open database, ready to go on where it stopped."""
    dispatch = Dispatch(store, clock, bundled(), platforms=platforms)
    clockwork, outbox = Clockwork(store, clock), Outbox(store, clock, platforms)
    await clockwork.begin()
    await outbox.begin()
    return dispatch, clockwork, outbox


async def together(*parts: Coroutine[Any, Any, None]) -> None:
    """Run several parts until one of them fails, or all are cancelled. Raises what the first one that failed raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


async def doctor(settings: Settings, asked: argparse.Namespace) -> int:
    """Print what is missing for the bot to work, one sentence each; status 1 if anything is."""
    bundled()
    found: list[str] = []
    connected = [name for name in PLATFORMS if plug(name).configured(settings)]
    async with AsyncExitStack() as opened:
        store = None
        try:
            if (store := await Store.look(settings.database_url)) is not None:
                opened.push_async_callback(store.close)
        except StoreError as broken:
            found.append(str(broken))
        homes = await homes_in(store) if store else ()
        vaults = Vaults(store, WallClock(), settings.vault_key.get_secret_value()) if store else None
        for name in connected:
            here = [place for place in homes if place.platform == name]
            told = await plug(name).examine(settings, here, vaults.of(name) if vaults else None)
            found += [f"{name}: {sentence}" for sentence in told]
    if not connected:
        print(
            "No platform is configured, so `syllabot run` opens the local room; .env.example says how to connect one."
        )
    print("\n".join(found) if found else "Nothing is missing.")
    return 1 if found else 0


async def homes_in(store: Store) -> Sequence[Place]:
    """Where the cohorts of a database live, which another process may be using."""
    async with store.begin(write=False) as tx:
        return await tx.cohorts.places()


async def run_room(settings: Settings, asked: argparse.Namespace) -> int:
    """Open the local room and serve it until a signal says to stop."""
    from adapters.web import Room  # only whoever opens the room pays for it

    folder = settings.data_dir / "room"
    command.discover()
    post.discover()
    async with AsyncExitStack() as opened:
        store = await Store.open(f"sqlite+aiosqlite:///{(folder / 'syllabot.db').as_posix()}")
        opened.push_async_callback(store.close)
        room = await Room.open(folder, settings.room_port, settings.room_zone, datetime.now(UTC))
        opened.push_async_callback(room.close)
        dispatch, clockwork, outbox = await assembled(store, room.clock, {room.name: room})
        room.pulse = pulse = pulsing(clockwork, outbox)
        await opened.enter_async_context(heartbeat(pulse, clockwork))
        print(f"The room is open at {room.address}", flush=True)
        print(f"Open it in a browser; Ctrl-C closes it, and everything stays in {folder}.", flush=True)
        await until_stopped(room.listen(dispatch))
        return 0


def pulsing(clockwork: Clockwork, outbox: Outbox) -> Callable[[], Awaitable[datetime | None]]:
    """Everything that is due, entered and sent, one caller at a time; then the next instant at which something falls due."""
    alone = asyncio.Lock()

    async def pulse() -> datetime | None:
        async with alone:
            await clockwork.tick()
            await outbox.drain()
            return await clockwork.next_due()

    return pulse


@asynccontextmanager
async def heartbeat(pulse: Callable[[], Awaitable[object]], clockwork: Clockwork) -> AsyncIterator[None]:
    """While it lasts, look at the clock every second and tidy up every hour; it keeps no job and no truth, and leaves
    nothing running behind."""
    beat = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    running: set[asyncio.Task[Any]] = set()

    async def noted(job: Callable[[], Awaitable[object]]) -> None:
        if (task := asyncio.current_task()) is not None:
            running.add(task)
            task.add_done_callback(running.discard)
        await job()

    beat.add_job(noted, "interval", (pulse,), seconds=1, name="pulse")
    beat.add_job(noted, "interval", (clockwork.tidy,), hours=1, name="tidy")
    beat.start()
    try:
        yield
    finally:
        beat.shutdown(wait=False)
        if running:
            await asyncio.wait(running)


async def until_stopped(work: Awaitable[None]) -> None:
    """Do some work until it ends or a signal says to stop."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(one, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    main()
