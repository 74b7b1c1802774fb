"""The files in which figures are kept, each with the versions it was made with."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from benchmarks.figures import Figure

FOLDER = Path(__file__).parent / "results"
LIBRARIES = (
    *("aiohttp", "aiosqlite", "apscheduler", "asyncpg", "discord.py", "pydantic"),
    *("slack-bolt", "slack-sdk", "sqlalchemy"),
)


def save_results(
    tables: Mapping[str, Sequence[Figure]], server_version: str | None, *, is_full: bool
) -> Path:
    """Write a file named after this instant, and return its path."""
    now = datetime.now(UTC)
    content = {
        "date": now.isoformat(timespec="seconds"),
        "full": is_full,
        "cores": os.cpu_count(),
        "versions": list_versions(server_version),
        "figures": {
            name: [describe_figure(figure) for figure in figures]
            for name, figures in tables.items()
        },
    }
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{now:%Y-%m-%d-%H%M%S}.json"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def list_versions(server_version: str | None) -> dict[str, str | None]:
    """Return the version of everything the figures depend on; None for what did not run."""
    libraries = {name: metadata.version(name) for name in LIBRARIES}
    return {
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": server_version,
        **libraries,
    }


def describe_figure(figure: Figure) -> dict[str, object]:
    """Return a figure as JSON takes it."""
    return {
        "measure": figure.measure,
        "figure": figure.shown,
        "ratio": None if figure.ratio is None else round(figure.ratio, 3),
        "target": None if figure.target is None else str(figure.target),
        "met": figure.is_met,
    }
