"""What every test starts from: a room to talk in, on SQLite and on PostgreSQL, where time passes on request."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot import command, post
from bot.post import PostRegistry, post_registry
from bot.store import Store
from bot.store.tables import metadata
from tests.support.database import open_store
from tests.support.postgres import Postgres, postgres, programs
from tests.support.posts import USUAL_POSTS
from tests.support.room import Room

__all__ = ["postgres", "programs"]

settings.register_profile("suite", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("suite")

command.discover_commands()
post.discover_post_kinds()


def pytest_xdist_auto_num_workers() -> int:
    """Return three workers for two cores: a test often waits for Postgres, the browser or a pulse."""
    return max(1, (os.cpu_count() or 1) * 3 // 2)


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> str:
    """The URL of a PostgreSQL database with the tables made, which tests use one after the other."""
    url = postgres.create_database("migrated")
    asyncio.run(_migrate(url))
    return url


async def _migrate(url: str) -> None:
    await (await Store.open_database(url)).close()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables made, to copy for each test."""
    path = tmp_path_factory.mktemp("empty") / "syllabot.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{shutil.copy(request.getfixturevalue('empty_file'), tmp_path)}"
        return
    url: str = request.getfixturevalue("migrated")
    yield url
    request.getfixturevalue("postgres").empty_database("migrated", *metadata.tables)


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """An open store on each engine in turn."""
    opened = await open_store(database)
    yield opened
    await opened.close()


@pytest.fixture
def post_kinds(request: pytest.FixtureRequest) -> PostRegistry:
    """All kinds of posts, or the usual ones alone for a test marked `usual_posts`."""
    is_marked = request.node.get_closest_marker("usual_posts") is not None
    return USUAL_POSTS if is_marked else post_registry


@pytest.fixture
async def room(database: str, post_kinds: PostRegistry) -> AsyncIterator[Room]:
    """The whole bot with a platform to talk through, on each engine in turn."""
    async with Room.on(database, post_kinds) as opened:
        yield opened


@pytest.fixture
async def quick_room(
    empty_file: Path, tmp_path: Path, post_kinds: PostRegistry
) -> AsyncIterator[Room]:
    """The whole bot on SQLite alone, for long runs."""
    url = f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"
    async with Room.on(url, post_kinds) as opened:
        yield opened
