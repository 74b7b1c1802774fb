"""Seconds and memory of the program's start, beside the same libraries imported bare."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.databases import Databases
from benchmarks.figures import Figure, Target, format_milliseconds, format_number
from benchmarks.launcher import measure_starts

ROUNDS = 5
NOTHING = ""
LIBRARIES = """
import discord, slack_bolt.async_app, slack_bolt.adapter.aiohttp
import sqlalchemy.ext.asyncio, sqlalchemy.dialects.postgresql, sqlalchemy.dialects.sqlite
import aiosqlite, apscheduler.schedulers.asyncio, cryptography.fernet, filelock
import pydantic, pydantic_settings, yaml
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


def measure_start(_databases: Databases) -> Iterator[Figure]:
    """Yield the seconds and the memory, with those of Python alone for context."""
    nothing, libraries, program = measure_starts([NOTHING, LIBRARIES, PROGRAM], ROUNDS)
    titles = ("seconds", Target(1.4)), ("memory", Target(1.25))
    for place, (what, target) in enumerate(titles):
        medians = [
            statistics.median(start[place] for start in starts)
            for starts in (nothing, libraries, program)
        ]
        pairs = zip(program, libraries, strict=True)
        ratio = statistics.median(ours[place] / bare[place] for ours, bare in pairs)
        if what == "seconds":
            shown = "; ".join(format_milliseconds(seconds) for seconds in medians)
        else:
            shown = "; ".join(f"{format_number(size)} MiB" for size in medians)
        title = f"start, {what}: Python alone, the libraries, the program"
        yield Figure(title, shown, ratio, target)
