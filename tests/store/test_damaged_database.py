"""Damaged and foreign databases: a start names the problem and the remedy, and changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import Store, StoreError, schema
from bot.store.schema import find_newest_revision
from tests.support.postgres import Postgres

FOREIGN = (
    "is not a Syllabot database, and nothing was changed: "
    "move it away, or set DATABASE_URL to another database."
)
EMPTY = (
    "is empty, and nothing was changed: "
    "put your last backup in its place, or delete the file to start from nothing."
)
DAMAGED = "and nothing was changed: keep a copy of it, and put your last backup in its place."
BROKEN = '''"""A migration that fails in its middle."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{newest}"


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer))
    op.execute("DELETE FROM answers")
    with op.batch_alter_table("members") as members:
        members.add_column(sa.Column("half", sa.Integer))
    raise RuntimeError("there is no more")
'''


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def made(empty_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty_file, tmp_path))


def overwrite(path: Path, start: int, length: int) -> None:
    with path.open("r+b") as opened:
        opened.seek(start)
        opened.write(b"\x5a" * length)


def root_page(path: Path, table: str) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as db:
        (page,) = db.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    return (int(page) - 1) * 4096


def in_the_middle(path: Path) -> None:
    overwrite(path, root_page(path, "letters"), 4096)


def in_its_list(path: Path) -> None:
    overwrite(path, 100, 3000)


def at_its_beginning(path: Path) -> None:
    overwrite(path, 0, 64)


def cut_off(path: Path) -> None:
    with path.open("r+b") as opened:
        opened.truncate(path.stat().st_size // 2)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")


def of_another_alembic(path: Path) -> None:
    of_another_program(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE alembic_version (version_num TEXT)")
        db.execute("INSERT INTO alembic_version VALUES ('ae1027a6acf')")
        db.commit()


def in_part(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE letters")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (in_the_middle, DAMAGED),
        (in_its_list, DAMAGED),
        (at_its_beginning, DAMAGED),
        (cut_off, DAMAGED),
        (in_part, f"is damaged (there is no table letters), {DAMAGED}"),
        (emptied, EMPTY),
        (of_another_program, FOREIGN),
        (of_another_alembic, FOREIGN),
    ],
)
async def test_a_file_that_is_not_as_it_should_be_is_told_and_left_as_it_is(
    made: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(made)
    content = made.read_bytes()
    for start in (
        (Store.open_database, Store.open_for_reading)
        if spoil is not in_part
        else (Store.open_database,)
    ):
        with pytest.raises(StoreError) as refused:
            await start(url_of(made))
        said = str(refused.value)
        assert said.startswith(f"{made} is ")
        assert said.endswith(sentence)
        if sentence is DAMAGED:
            assert "is damaged (" in said
    assert made.read_bytes() == content
    assert {path.name for path in made.parent.iterdir()} <= {made.name, f"{made.name}.lock"}


async def test_a_migration_that_fails_changes_nothing_and_says_so(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> None:
    url = postgres.create_database("migrating")
    await (await Store.open_database(url)).close()
    before, newest = dump(made), find_newest_revision()
    migrations = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))
    (migrations / "versions" / "9000_broken.py").write_text(BROKEN.format(newest=newest))
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", migrations)
        for address in (url_of(made), url):
            with pytest.raises(StoreError) as refused:
                await Store.open_database(address)
            assert str(refused.value).endswith(
                f"could not be updated from schema {newest} to 9000 (there is no more), "
                "and nothing was changed: start the version of Syllabot you had before, "
                "and report this to its authors."
            )
    assert dump(made) == before
    for address in (url_of(made), url):
        await (await Store.open_database(address)).close()
    postgres.drop_database("migrating")


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


async def test_a_server_says_what_is_wrong_with_its_address(postgres: Postgres) -> None:
    with pytest.raises(StoreError) as refused:
        await Store.open_database(postgres.url("nowhere"))
    said = str(refused.value)
    assert said.startswith("There is no database for postgresql+asyncpg://postgres@/nowhere?host=")
    assert said.endswith(" yet: create it on the server, or check DATABASE_URL.")


async def test_tables_of_another_program_on_a_server_are_left_alone(postgres: Postgres) -> None:
    url = postgres.create_database("theirs")
    postgres._tell("CREATE TABLE members (id int)", "theirs")
    with pytest.raises(
        StoreError, match=r"theirs.* is not a Syllabot database, and nothing was changed"
    ):
        await Store.open_database(url)
    postgres.drop_database("theirs")
