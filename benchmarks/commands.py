"""The cost of each command through the core, beside one insert, alone or in a bare handler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from benchmarks.databases import SQLITE, Databases, open_store
from benchmarks.figures import Figure, Target, format_milliseconds, format_number
from benchmarks.season import Season, prepare_season
from benchmarks.statements import record_statement_log
from benchmarks.stopwatch import Timing, Work, measure_interleaved
from benchmarks.yardstick import Yardstick, make_bolt_work, make_discord_work, open_yardstick

INSERT, BOLT, DISCORD = "one insert", "bare Bolt", "bare discord.py"
BLOCKS, CALLS = 12, 10
STATEMENTS = {"/join": 12, "/tick": 10, "/checkin": 9, "/progress": 7, "/week": 6}
RATIOS = {
    "/join": (3.5, 8.0),
    "/tick": (2.5, 6.0),
    "/checkin": (2.5, 6.0),
    "/progress": (1.5, 4.0),
    "/week": (1.5, 4.0),
}
"""The targets on SQLite and on Postgres."""
ROWS = {"/join": "members", "/tick": "ticks", "/checkin": "checkins"}
"""The table in which each command that writes leaves one row."""


def measure_commands(databases: Databases) -> Iterator[Figure]:
    """Yield the figures of every command, on each engine."""
    return databases.measure_each("the commands", _measure_engine)


def _measure_engine(engine: str, create: Callable[[str], str]) -> Iterator[Figure]:
    urls = create("commands"), create("commands_yardstick")
    timings, statements = asyncio.run(_measure_season(*urls))
    yield from _list_yardstick_figures(engine, timings)
    place = 0 if engine == SQLITE else 1
    for name, limits in RATIOS.items():
        yield _build_time_figure(engine, name, timings, limits[place])
    for name, (count, repeats) in statements.items():
        most = STATEMENTS[name]
        yield Figure(
            f"{name} on {engine}: statements", f"{count}", None, Target(most, ""), float(count)
        )
        if repeats:
            yield Figure(
                f"{name} on {engine}: repeated", f"{repeats}", None, Target(0, ""), repeats
            )


def _list_yardstick_figures(engine: str, timings: dict[str, Timing]) -> Iterator[Figure]:
    for name in (INSERT, BOLT, DISCORD):
        timing = timings[name]
        what = name if name == INSERT else f"{name} with one insert"
        yield Figure(
            f"{what}, {engine}", _format_timing(timing), timing.compare_with(timings[INSERT])
        )


def _build_time_figure(engine: str, name: str, timings: dict[str, Timing], most: float) -> Figure:
    timing = timings[name]
    beside = ", ".join(
        f"{format_number(timing.compare_with(timings[other]))}× {other}"
        for other in (BOLT, DISCORD)
    )
    shown = f"{_format_timing(timing)}; {beside}"
    return Figure(f"{name} on {engine}", shown, timing.compare_with(timings[INSERT]), Target(most))


def _format_timing(timing: Timing) -> str:
    cores = format_milliseconds(timing.core_seconds)
    return f"{format_milliseconds(timing.seconds)}, {cores} on the cores"


async def _measure_season(
    url: str, yardstick_url: str
) -> tuple[dict[str, Timing], dict[str, tuple[int, int]]]:
    """Return the timings, and the statements of each command with those that came again."""
    async with open_store(url) as store, open_yardstick(yardstick_url) as yardstick:
        season = await prepare_season(url, store)
        commands: dict[str, Work] = {
            "/join": season.join,
            "/tick": season.tick,
            "/checkin": season.check_in,
            "/progress": season.show_progress,
            "/week": season.show_week,
        }
        statements = {name: await _count_statements(season, commands[name]) for name in commands}
        before = {name: await season.count_rows(table) for name, table in ROWS.items()}
        works = {**_list_yardstick_works(yardstick), **commands}
        timings = await measure_interleaved(works, blocks=BLOCKS, calls=CALLS)
        for name, table in ROWS.items():
            written = await season.count_rows(table) - before[name]
            assert written == (BLOCKS + 1) * CALLS, f"{name} has written {written} rows"
    return timings, statements


def _list_yardstick_works(yardstick: Yardstick) -> dict[str, Work]:
    return {
        INSERT: yardstick.insert_row,
        BOLT: make_bolt_work(yardstick),
        DISCORD: make_discord_work(yardstick),
    }


async def _count_statements(season: Season, work: Work) -> tuple[int, int]:
    """Return the statements of a warm command, and how many of them came again."""
    await work()
    with record_statement_log(season.store) as log:
        await work()
    return len(log.entries), log.repeat_count
