"""Seconds and memory of the program's start, beside the same libraries imported bare."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.databases import Databases
from benchmarks.figures import Figure, Target, format_milliseconds, format_number

ROUNDS = 5
LIBRARIES = """
import discord, slack_bolt.async_app, slack_bolt.adapter.aiohttp
import sqlalchemy.ext.asyncio, aiosqlite, apscheduler.schedulers.asyncio, pydantic
"""
# What a start on both platforms loads before it connects.
PROGRAM = """
from adapters import PLATFORMS, import_platform_module
from bot import __main__ as program, command, post
from bot.settings import Settings
command.discover_commands()
post.discover_post_kinds()
program.load_bundled_roadmaps()
settings = Settings(_env_file=None, discord_token="token", slack_bot_token="xoxb-1",
                    slack_app_token="xapp-1")
for name in PLATFORMS:
    assert import_platform_module(name).connect(settings, None).platform.name == name
"""
PEAK = """
import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure_start(_databases: Databases) -> Iterator[Figure]:
    """Yield the ratios of the seconds and of the memory."""
    bare, ours = _measure_starts(LIBRARIES, PROGRAM)
    for what, place, target in (("seconds", 0, 1.4), ("memory", 1, 1.25)):
        before, found = [run[place] for run in bare], [run[place] for run in ours]
        ratio = statistics.median(b / a for a, b in zip(before, found, strict=True))
        both = [statistics.median(before), statistics.median(found)]
        if what == "seconds":
            shown = "; ".join(format_milliseconds(seconds) for seconds in both)
        else:
            shown = "; ".join(f"{format_number(size)} MiB" for size in both)
        title = f"start: {what}, the libraries alone and the program"
        yield Figure(title, shown, ratio, Target(target))


def _measure_starts(*sources: str) -> list[list[tuple[float, float]]]:
    """Return the seconds and MiB of each source, started in turns."""
    runs: list[list[tuple[float, float]]] = [[] for _ in sources]
    for number in range(ROUNDS + 1):
        for place, source in enumerate(sources):
            figures = _start_python(source)
            # The first one may have to compile the modules.
            if number:
                runs[place].append(figures)
    return runs


def _start_python(source: str) -> tuple[float, float]:
    """Run a source in a fresh interpreter; return its seconds and its peak of memory in MiB."""
    started = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-c", source + PEAK], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - started
    # Linux counts in KiB, macOS in bytes.
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return seconds, int(child.stdout) / unit
