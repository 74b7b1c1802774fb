"""The `syllabot` command line and the composition root: the one place where the parts are put together and the clock is asked.

`syllabot run` starts every configured platform in one process, on one database and one clock. None is needed to begin with:
then it opens the local room, which has its own.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from adapters import PLATFORMS, PlatformConnection, import_platform_module
from adapters.public_server import serve_public_routes
from bot import command, post
from bot.chat.address import Place
from bot.chat.errors import CannotConnect, DatabaseUnavailableError
from bot.chat.platform import Platform
from bot.clock import Clock, ClockSteps
from bot.host import logs, private_files
from bot.host.failures import FailureLog
from bot.roadmap import Roadmap, RoadmapError, parse_roadmap
from bot.runtime.cli import recovery, roadmap
from bot.runtime.dispatch import Dispatch
from bot.runtime.outbox import Outbox
from bot.runtime.scheduler import PostScheduler
from bot.runtime.vault import Vaults
from bot.settings import Settings, SettingsError, load_settings
from bot.store import Store, StoreError, compute_outage_delay, retry_while_unavailable

GRACE = 8.0  # seconds that a pulse has to end when the bot stops
ROADMAPS = Path(__file__).resolve().parents[1] / "roadmaps"

log = logging.getLogger(__name__)


class WallClock:
    """The time as it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def main() -> None:
    """The command line. Ends with status 1 and one sentence when the bot cannot start."""
    asked = build_parser().parse_args()
    try:
        settings = load_settings()
        logs.configure_logging(settings.log_level)
        status = asyncio.run(asked.work(settings, asked))
        sys.stdout.flush()
        sys.exit(status)
    except BrokenPipeError:
        _discard_output()
        sys.exit(1)
    except DatabaseUnavailableError as away:
        sys.exit(
            f"syllabot: I cannot use the database ({away}): start again once it can be reached."
        )
    except (SettingsError, StoreError, RoadmapError, CannotConnect, OSError) as broken:
        sys.exit(f"syllabot: {broken}")


def _discard_output() -> None:
    """Point the output at nothing: whoever read it, `head` for instance, has stopped, and a last flush would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _get_version() -> str:
    """The version that is installed; a source tree that nobody installed has none."""
    try:
        return metadata.version("syllabot")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def build_parser() -> argparse.ArgumentParser:
    """What can be typed after `syllabot`. Each word has its `work`: a coroutine function of the settings and what was
    typed, which returns the status to exit with."""
    parser = argparse.ArgumentParser(
        prog="syllabot", description="A study-group bot: a cohort, a plan, twelve weeks."
    )
    parser.add_argument("--version", action="version", version=f"syllabot {_get_version()}")
    words = parser.add_subparsers(dest="word", metavar="COMMAND", required=True)
    words.add_parser(
        "run", help="start the bot; with no platform configured, the local room"
    ).set_defaults(work=run_bot)
    words.add_parser("room", help="open the local room, with its own clock and files").set_defaults(
        work=run_room
    )
    words.add_parser("doctor", help="say what is missing for the bot to work").set_defaults(
        work=print_doctor_report
    )
    recovery.add_recovery_commands(words.add_parser, WallClock())
    roadmap.add_roadmap_commands(words.add_parser, load_bundled_roadmaps)
    for name in PLATFORMS:
        import_platform_module(name).add_cli_commands(words.add_parser)
    return parser


def load_bundled_roadmaps(folder: Path = ROADMAPS) -> dict[str, Roadmap]:
    """The roadmaps of a folder by their slugs. Raises `RoadmapError` for one that is wrong."""
    files = sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("_"))
    return {
        plan.slug: plan
        for plan in (parse_roadmap(path.read_text(encoding="utf-8"), path.name) for path in files)
    }


async def run_bot(settings: Settings, asked: argparse.Namespace) -> int:
    """Start every configured platform, or the local room where none is, until a signal says to stop."""
    private_files.restrict_folder(settings.data_dir)
    names = [name for name in PLATFORMS if import_platform_module(name).is_configured(settings)]
    if not names:
        return await run_room(settings, asked)
    await run_until_stopped(
        run_platforms(
            settings,
            lambda vaults: [
                import_platform_module(name).connect(settings, vaults.open_vault(name))
                for name in names
            ],
        )
    )
    return 0


async def run_platforms(
    settings: Settings,
    connect: Callable[[Vaults], Sequence[PlatformConnection]],
    clock: Clock | None = None,
) -> None:
    """The bot on its database and the real clock, listening on the platforms that `connect` gives and, where one of them
    has routes, on the public address. Raises `CannotConnect` where one of them lets nobody in."""
    clock = clock or WallClock()
    command.discover_commands()
    post_kinds = post.discover_post_kinds()
    async with AsyncExitStack() as opened:
        store = await Store.open_database(settings.database_url, post_kinds)
        opened.push_async_callback(store.close)
        connected = connect(Vaults(store, clock, settings.vault_key.get_secret_value()))
        platforms = {one.platform.name: one.platform for one in connected}
        repeats = FailureLog(log)
        dispatch, clockwork, outbox = await build_bot(store, clock, platforms, repeats)

        async def pulse() -> None:
            await clockwork.schedule_due_posts()
            outbox.wake_outbox()

        await opened.enter_async_context(
            run_heartbeat(pulse, clockwork, repeats, outbox.follow_clock)
        )
        if routes := [route for one in connected for route in one.routes]:
            await opened.enter_async_context(
                serve_public_routes(routes, settings.public_host, settings.public_port)
            )
        print(f"Syllabot is starting on {', '.join(platforms)}; Ctrl-C stops it.", flush=True)
        await run_together(
            outbox.run_outbox(),
            *(listen_with_retry(platform, dispatch) for platform in platforms.values()),
        )


async def listen_with_retry(platform: Platform, dispatch: Dispatch) -> None:
    """Listen on a platform, again and again where it is the database that is away."""
    await retry_while_unavailable(lambda: platform.listen(dispatch))


async def build_bot(
    store: Store, clock: Clock, platforms: Mapping[str, Platform], repeats: FailureLog | None = None
) -> tuple[Dispatch, PostScheduler, Outbox]:
    """The bot on an open database, ready to go on where it stopped."""
    repeats = repeats or FailureLog(log)
    dispatch = Dispatch(store, clock, load_bundled_roadmaps(), platforms=platforms, repeats=repeats)
    clockwork, outbox = (
        PostScheduler(store, clock, repeats),
        Outbox(store, clock, platforms, repeats),
    )
    await clockwork.prepare_schedule()
    await outbox.reset_former_claims()
    return dispatch, clockwork, outbox


async def run_together(
    first: Coroutine[Any, Any, None], *others: Coroutine[Any, Any, None]
) -> None:
    """Run several parts until one of them fails, or all are cancelled: the others once the first has ended.

    Raises what the first one that failed raised.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for part in others:
                group.create_task(part)
            await first
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


async def print_doctor_report(settings: Settings, asked: argparse.Namespace) -> int:
    """Print what is missing for the bot to work, one sentence each; status 1 if anything is."""
    load_bundled_roadmaps()
    found: list[str] = []
    connected = [name for name in PLATFORMS if import_platform_module(name).is_configured(settings)]
    async with AsyncExitStack() as opened:
        store = None
        try:
            if (store := await Store.open_for_reading(settings.database_url)) is not None:
                opened.push_async_callback(store.close)
        except StoreError as broken:
            found.append(str(broken))
        homes = await list_all_homes(store) if store else ()
        vaults = (
            Vaults(store, WallClock(), settings.vault_key.get_secret_value()) if store else None
        )
        for name in connected:
            here = [place for place in homes if place.platform == name]
            told = await import_platform_module(name).run_doctor(
                settings, here, vaults.open_vault(name) if vaults else None
            )
            found += [f"{name}: {sentence}" for sentence in told]
    if not connected:
        print(
            "No platform is configured, so `syllabot run` opens the local room; .env.example says how to connect one."
        )
    print("\n".join(found) if found else "Nothing is missing.")
    return 1 if found else 0


async def list_all_homes(store: Store) -> Sequence[Place]:
    """Where the cohorts of a database live, which another process may be using."""
    async with store.transaction(write=False) as tx:
        return await tx.cohorts.list_home_places()


async def run_room(settings: Settings, asked: argparse.Namespace) -> int:
    """Open the local room and serve it until a signal says to stop."""
    from adapters.web import Room  # only whoever opens the room pays for it

    folder = settings.data_dir / "room"
    private_files.restrict_folder(settings.data_dir)
    private_files.restrict_folder(folder)
    command.discover_commands()
    post_kinds = post.discover_post_kinds()
    async with AsyncExitStack() as opened:
        store = await Store.open_database(
            f"sqlite+aiosqlite:///{(folder / 'syllabot.db').as_posix()}", post_kinds
        )
        opened.push_async_callback(store.close)
        room = await Room.open_room(
            folder, settings.room_port, settings.room_zone, datetime.now(UTC)
        )
        opened.push_async_callback(room.close)
        repeats = FailureLog(log)
        dispatch, clockwork, outbox = await build_bot(store, room.clock, {room.name: room}, repeats)
        room.pulse = pulse = build_pulse(clockwork, outbox)
        await opened.enter_async_context(run_heartbeat(pulse, clockwork, repeats))
        print(f"The room is open at {room.address}", flush=True)
        print(
            f"Open it in a browser; Ctrl-C closes it, and everything stays in {folder}.", flush=True
        )
        await run_until_stopped(room.listen(dispatch))
        return 0


def build_pulse(
    clockwork: PostScheduler, outbox: Outbox
) -> Callable[[], Awaitable[datetime | None]]:
    """Everything that is due, entered and sent, one caller at a time; then the next instant at which something falls due."""
    alone = asyncio.Lock()

    async def pulse() -> datetime | None:
        async with alone:
            await clockwork.schedule_due_posts()
            await outbox.drain_outbox()
            return await clockwork.find_next_moment()

    return pulse


class GapTrigger(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """So long after the last time, whatever the clock did meanwhile: what was missed is done once, and never counted."""

    def __init__(self, gap: timedelta) -> None:
        self._gap = gap

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now + self._gap


class HeartbeatScheduler:
    """The scheduler, the jobs it has begun, and what is done when one fails or the clock is set."""

    def __init__(self, repeats: FailureLog) -> None:
        settings = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=settings)
        self._repeats = repeats
        self._running: set[asyncio.Task[Any]] = set()

    def schedule_job(self, name: str, job: Callable[[], Awaitable[object]], gap: timedelta) -> None:
        """Have something done again and again. One time that fails keeps nobody from the next."""
        tries, waits_until = 0, 0.0
        loop = asyncio.get_running_loop()

        async def beat() -> None:
            nonlocal tries, waits_until
            if loop.time() < waits_until or (task := asyncio.current_task()) is None:
                return
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            try:
                await job()
            except Exception as error:
                if not isinstance(error, DatabaseUnavailableError):  # which the store has told
                    self._repeats.log_failure(name, f"the {name} failed", error=error)
                waits_until, tries = loop.time() + compute_outage_delay(tries), tries + 1
            except asyncio.CancelledError:
                return  # it took longer to end than there was time
            else:
                tries = 0

        self._scheduler.add_job(beat, GapTrigger(gap), name=name)

    async def watch_clock(self, stepped: Callable[[timedelta], Awaitable[None]] | None) -> None:
        """Notice within a second that the wall clock was set: the scheduler waits for an instant that it shows."""
        loop = asyncio.get_running_loop()
        steps = ClockSteps(datetime.now(UTC), loop.time())
        while True:
            await asyncio.sleep(1)
            self._repeats.log_summaries()
            if (step := steps.measure_step(datetime.now(UTC), loop.time())) is None:
                continue
            size = timedelta(seconds=round(abs(step.total_seconds())))
            if step < timedelta():
                log.warning("the clock was set back by %s: I go on by what it shows now", size)
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))
            else:
                log.warning(
                    "the clock was set forward by %s, or the machine slept: what is due is done now",
                    size,
                )
            if stepped is not None:
                try:
                    await stepped(step)
                except Exception as error:
                    self._repeats.log_failure(
                        "step", "what waits could not follow the clock", error=error
                    )

    def start_scheduler(self) -> None:
        self._scheduler.start()

    async def stop_scheduler(self) -> None:
        """Begin nothing more, and let what has begun end, for up to `GRACE` seconds."""
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE)
        self._scheduler.shutdown(wait=False)
        if self._running:
            await asyncio.wait(self._running)
        self._repeats.log_summaries(is_last=True)


@asynccontextmanager
async def run_heartbeat(
    pulse: Callable[[], Awaitable[object]],
    clockwork: PostScheduler,
    repeats: FailureLog | None = None,
    stepped: Callable[[timedelta], Awaitable[None]] | None = None,
) -> AsyncIterator[None]:
    """While it lasts, look at the clock every second and tidy up every hour; it keeps no job and no truth, and leaves
    nothing running behind. `stepped` is told by how much the wall clock was set."""
    heart = HeartbeatScheduler(repeats or FailureLog(log))
    heart.schedule_job("pulse", pulse, timedelta(seconds=1))
    heart.schedule_job("tidying", clockwork.delete_expired_data, timedelta(hours=1))
    heart.start_scheduler()
    watch = asyncio.create_task(heart.watch_clock(stepped))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.wait([watch])
        await heart.stop_scheduler()


async def run_until_stopped(work: Awaitable[None]) -> None:
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
