"""The `syllabot` command line and the composition root: the one place where the parts are put together and the clock is asked.

`syllabot run` starts every configured platform in one process; none is needed to begin with, so it opens the local room.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import command, post
from bot.clockwork import Clockwork
from bot.dispatch import Dispatch
from bot.outbox import Outbox
from bot.roadmap import Roadmap, RoadmapError, read
from bot.settings import Settings, SettingsError, load
from bot.store import Store, StoreError

ROADMAPS = Path(__file__).resolve().parents[1] / "roadmaps"

log = logging.getLogger(__name__)


def main() -> None:
    """The command line. Ends with status 1 and one sentence when the bot cannot start."""
    parser = argparse.ArgumentParser(prog="syllabot", description="A study-group bot: a cohort, a plan, twelve weeks.")
    words = parser.add_subparsers(dest="word", metavar="COMMAND", required=True)
    words.add_parser("run", help="start the bot; with no platform configured, the local room")
    words.add_parser("room", help="open the local room, with its own clock and files")
    parser.parse_args()
    try:
        settings = load()
        logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        for noisy in ("apscheduler", "alembic", "aiohttp.access"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        asyncio.run(run_room(settings))
    except (SettingsError, StoreError, RoadmapError, OSError) as broken:
        sys.exit(f"syllabot: {broken}")


def bundled(folder: Path = ROADMAPS) -> dict[str, Roadmap]:
    """The roadmaps of a folder by their slugs. Raises `RoadmapError` for one that is wrong."""
    files = sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("_"))
    return {plan.slug: plan for plan in (read(path.read_text(encoding="utf-8"), path.name) for path in files)}


async def run_room(settings: Settings) -> None:
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
        dispatch = Dispatch(store, room.clock, bundled())
        clockwork = Clockwork(store, room.clock)
        outbox = Outbox(store, room.clock, {room.name: room})
        await clockwork.begin()
        await outbox.begin()
        room.pulse = pulse = pulsing(clockwork, outbox)
        opened.callback(heartbeat(pulse, clockwork).shutdown, wait=False)
        print(f"The room is open at {room.address}", flush=True)
        print(f"Open it in a browser; Ctrl-C closes it, and everything stays in {folder}.", flush=True)
        await until_stopped(room.listen(dispatch))


def pulsing(clockwork: Clockwork, outbox: Outbox) -> Callable[[], Awaitable[datetime | None]]:
    """Everything that is due, entered and sent, one caller at a time; then the next instant at which something falls due."""
    alone = asyncio.Lock()

    async def pulse() -> datetime | None:
        async with alone:
            await clockwork.tick()
            await outbox.drain()
            return await clockwork.next_due()

    return pulse


def heartbeat(pulse: Callable[[], Awaitable[object]], clockwork: Clockwork) -> AsyncIOScheduler:
    """The scheduler that looks at the clock every second and tidies up every hour; it keeps no job and no truth."""
    beat = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    beat.add_job(pulse, "interval", seconds=1)
    beat.add_job(clockwork.tidy, "interval", hours=1)
    beat.start()
    return beat


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
