"""APScheduler with its SQLAlchemy job store: as many jobs that do nothing, due at once."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from typing import Any

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url

_run_count = 0


async def do_nothing() -> None:
    """Count that it ran: the store keeps jobs by the name of their function."""
    global _run_count
    _run_count += 1


def measure_job_rate(barrier: Barrier, url: str, count: int) -> float:
    """Return the jobs run a second. All are due when the clock starts; none may be dropped."""
    engine = create_engine(make_url(url).set(drivername="sqlite"))

    @event.listens_for(engine, "connect")
    def prepare_file(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}").close()

    store = SQLAlchemyJobStore(engine=engine)
    settings = {"misfire_grace_time": None, "max_instances": count}
    scheduler = AsyncIOScheduler(jobstores={"default": store}, job_defaults=settings, timezone=UTC)
    return asyncio.run(_run_jobs(scheduler, count))


async def _run_jobs(scheduler: Any, count: int) -> float:
    scheduler.start(paused=True)
    past = datetime.now(UTC) - timedelta(seconds=1)
    for number in range(count):
        scheduler.add_job(do_nothing, "date", run_date=past, id=f"job-{number}")
    started = time.perf_counter()
    scheduler.resume()
    while _run_count < count:
        await asyncio.sleep(0.001)
    spent = time.perf_counter() - started
    scheduler.shutdown()
    return count / spent
