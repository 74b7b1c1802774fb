"""Opening the database: each problem is one sentence, and a failed start leaves nothing behind."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store import Store, StoreError, Tx
from bot.store.schema import find_newest_revision
from tests.support.database import execute_sql, hold_transaction
from tests.support.paths import ROOT
from tests.support.postgres import Postgres

# What is said of a file that is refused.
FOREIGN = (
    "is not a Syllabot database, and nothing was changed: "
    "move it away, or set DATABASE_URL to another database."
)
EMPTY = (
    "is empty, and nothing was changed: "
    "put your last backup in its place, or delete the file to start from nothing."
)
DAMAGED = (
    "is damaged (file is not a database), and nothing was changed: "
    "keep a copy of it, and put your last backup in its place."
)

# Opens the database as `syllabot run` does. It must end by itself: a thread left behind would
# keep it alive.
OPEN = """
import asyncio, os, sys
from bot.store import Store, StoreError
from bot.store.schema import find_newest_revision
if len(sys.argv) > 2:
    os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
async def main():
    try:
        store = await Store.open_database(sys.argv[1])
    except StoreError as broken:
        print(broken)
    else:
        print("opened")
        await store.close()
asyncio.run(main())
"""


def start(url: str, as_user: int | None = None) -> str:
    """Open a database in a fresh process and return its output.

    It has to end within 120 s, with nothing on its error output.
    """
    user = [] if as_user is None else [str(as_user)]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", OPEN, url, *user],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def made(tmp_path: Path) -> Path:
    """Make a database file with the tables, and close it."""
    path = tmp_path / "syllabot.db"
    await (await Store.open_database(url_of(path))).close()
    return path


@pytest.fixture
def somebody() -> int:
    """Return a user other than root: root may write to read-only files."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()


@pytest.fixture
def within_reach(somebody: int) -> Iterator[Path]:
    """Make a folder that belongs to that user."""
    folder = Path("/tmp") / f"syllabot-test-{os.getpid()}"
    folder.mkdir(mode=0o755)
    os.chown(folder, somebody, -1)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_database_that_can_be_used_opens_again_and_again(made: Path) -> None:
    assert start(url_of(made)) == "opened"
    assert start(url_of(made)) == "opened"


def test_a_read_only_file_is_refused(made: Path, within_reach: Path, somebody: int) -> None:
    path = within_reach / "syllabot.db"
    shutil.copy(made, path)
    os.chown(path, somebody, -1)
    path.chmod(0o444)
    said = start(url_of(path), somebody if os.geteuid() == 0 else None)
    assert said == f"{path} is read-only: give this user the right to write to it."


def test_a_folder_that_cannot_be_written_is_refused(within_reach: Path, somebody: int) -> None:
    within_reach.chmod(0o555)
    path = within_reach / "syllabot.db"
    said = start(url_of(path), somebody if os.geteuid() == 0 else None)
    assert (
        said == f"I cannot write in the folder {path.parent} (Permission denied): "
        "give this user the right to write there, or change DATA_DIR."
    )


def test_a_file_locked_by_another_program_is_refused(made: Path) -> None:
    with closing(sqlite3.connect(made, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        said = start(url_of(made))
    assert said == (
        f"{made} is locked by another program: "
        "close it (a database browser, a backup) and start again."
    )
    assert start(url_of(made)) == "opened"


async def test_a_file_in_use_by_another_bot_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "syllabot.db"
    store = await Store.open_database(url_of(path))
    sentence = (
        f"Another Syllabot is using {path}: stop it first, or set DATABASE_URL to another file."
    )
    assert start(url_of(path)) == sentence
    with pytest.raises(StoreError, match="Another Syllabot is using"):
        await Store.open_database(url_of(path))
    await store.close()
    assert start(url_of(path)) == "opened"


async def test_a_database_from_a_newer_version_is_refused(database: str) -> None:
    await set_version(database, "9999")
    try:
        said = start(database)
    finally:
        await set_version(
            database, find_newest_revision()
        )  # on PostgreSQL the next test goes on with this database
    assert said.startswith(
        "This database was written by a newer Syllabot (schema 9999, this version knows "
    )


async def test_a_database_is_looked_at_beside_the_bot_that_uses_it_and_not_changed(
    database: str,
) -> None:
    used = await Store.open_database(database)
    looking = await Store.open_for_reading(database)
    assert looking is not None
    async with hold_transaction(used):
        assert await looking.run(lambda tx: tx.cohorts.list_home_places(), write=False) == []
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await looking.run(lambda tx: tx.answers.save_mark("half", "done"))
    await looking.close()
    await used.close()


@pytest.mark.parametrize(
    ("version", "sentence"),
    [("0000", "is from an older Syllabot"), ("9999", "was written by a newer Syllabot")],
)
async def test_a_database_of_another_version_is_not_looked_at(
    made: Path, version: str, sentence: str
) -> None:
    await set_version(url_of(made), version)
    with pytest.raises(
        StoreError, match=f"This database {sentence} \\(schema {version}, this version "
    ):
        await Store.open_for_reading(url_of(made))


async def test_where_there_is_no_database_yet_none_is_made_by_looking(tmp_path: Path) -> None:
    assert await Store.open_for_reading(url_of(tmp_path / "data" / "syllabot.db")) is None
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match="is empty, and nothing was changed"):
        await Store.open_for_reading(url_of(tmp_path / "empty.db"))
    assert (list(tmp_path.iterdir()), (tmp_path / "empty.db").stat().st_size) == (
        [tmp_path / "empty.db"],
        0,
    )


async def test_a_database_that_could_not_be_made_is_named_by_looking(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    path = tmp_path / "data" / "syllabot.db"
    with pytest.raises(StoreError) as refused:
        await Store.open_for_reading(url_of(path))
    assert str(refused.value) == (
        f"I cannot write in the folder {path.parent} (Not a directory): "
        "give this user the right to write there, or change DATA_DIR."
    )


async def set_version(database: str, version: str) -> None:
    """Give a database another schema revision."""
    engine = create_async_engine(database)
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE alembic_version SET version_num = :version"), {"version": version}
        )
    await engine.dispose()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a shopping list, no database at all" * 50, FOREIGN),
        (b"SQLite format 3\0" + b"x" * 5000, DAMAGED),
        (b"", EMPTY),
    ],
)
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "syllabot.db"
    path.write_bytes(content)
    assert start(url_of(path)) == f"{path} {sentence}"
    assert path.read_bytes() == content


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    said = start(url_of(tmp_path))
    assert said == f"{tmp_path} is a folder, and nothing was changed: name a file in DATABASE_URL."


def test_a_server_that_is_not_there_is_refused() -> None:
    said = start("postgresql+asyncpg://nobody:secret@/none?host=/nowhere")
    assert "secret" not in said
    assert said.endswith(": check DATABASE_URL.")
    assert said.startswith("I cannot open postgresql+asyncpg://nobody:***@/none?host=")


async def test_sqlite_loses_nothing_committed_and_has_one_writer(
    made: Path,
) -> None:
    store = await Store.open_database(url_of(made))
    seen = {}
    for name, write in (("writer", True), ("reader", False)):
        for pragma in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "query_only"):
            ((seen[name, pragma],),) = await execute_sql(store, f"PRAGMA {pragma}", write=write)
    assert seen["writer", "journal_mode"] == "wal"
    assert seen["writer", "synchronous"] == 2, "FULL"
    assert seen["writer", "busy_timeout"] == seen["reader", "busy_timeout"] == 5000
    assert (seen["writer", "foreign_keys"], seen["reader", "query_only"]) == (1, 1)
    await store.run(partial(refuse_another_writer, path=made))
    await store.close()


async def refuse_another_writer(tx: Tx, path: Path) -> None:
    """Try to write at the beginning of a transaction: BEGIN IMMEDIATE has taken the lock."""
    with (
        closing(sqlite3.connect(path, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


async def test_a_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    async def save_and_fail(tx: Tx) -> None:
        await tx.answers.save_mark("half", "done")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.run(save_and_fail)
    assert await store.run(lambda tx: tx.answers.load_mark("half"), write=False) is None


def test_two_processes_that_migrate_one_server_at_once_both_open_it(postgres: Postgres) -> None:
    url = postgres.create_database("twice")
    at_once = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=240)[0].strip() for process in at_once]
    postgres.drop_database("twice")
    assert said == ["opened", "opened"]
