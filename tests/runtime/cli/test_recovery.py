"""`syllabot backup` and `syllabot restore` as an operator types them: whole copies, whole
refusals, and nothing half done."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.command import upgrade
from alembic.config import Config
from filelock import FileLock
from sqlalchemy import create_engine

from bot import __main__ as program
from bot.settings import Settings
from bot.store import Store
from bot.store.engine import MIGRATIONS, find_newest_revision
from tests.support.paths import ROOT
from tests.support.postgres import Postgres
from tests.support.program import Program
from tests.support.room import Room

NOW = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
DATED = "syllabot-20260304-123000.db"
ALIAS = "SELECT CAST(substr(value, 2) AS INTEGER) FROM settings WHERE name = 'alias'"
WHEN = "Wed 4 Mar 2026, 12:30 UTC"


class Desk:
    """The command line at a standing time, in a folder of its own."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self._capsys = capsys
        self._patch = monkeypatch

    def types(self, *words: str) -> str:
        """Type a command that succeeds; return what it says."""
        status, said, complained = self._run(*words)
        assert (status, complained) == (0, "")
        return said.replace(f"{self.folder}/", "")

    def is_refused(self, *words: str) -> str:
        """Type a command that is refused; return its sentence. No file is made, changed or left
        behind."""
        before = self.files()
        status, said, complained = self._run(*words)
        assert (status, said) == (1, "")
        assert self.files() == before
        return complained.removeprefix("syllabot: ").strip().replace(f"{self.folder}/", "")

    def files(self) -> dict[str, bytes]:
        found = (
            path for path in self.folder.rglob("*") if path.is_file() and path.suffix != ".lock"
        )
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}

    def _run(self, *words: str) -> tuple[int, str, str]:
        self._patch.setattr(sys, "argv", ["syllabot", *words])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            program.main()
        said, complained = self._capsys.readouterr()
        code = ended.value.code
        return (
            (1, said, f"{complained}{code}")
            if isinstance(code, str)
            else (code or 0, said, complained)
        )


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(program.WallClock, "now", lambda clock: NOW)
    return Desk(tmp_path, capsys, monkeypatch)


@pytest.fixture
def database(desk: Desk, empty_file: Path) -> Path:
    """The configured database, with a cohort in it, whose newest entry is of Friday 20 February."""
    path = desk.folder / "data" / "syllabot.db"
    path.parent.mkdir()
    shutil.copy(empty_file, path)
    asyncio.run(_begin(path))
    return path


async def _begin(path: Path) -> None:
    async with Room.on(f"sqlite+aiosqlite:///{path}") as room:
        await room.spring("ada")


def look(path: Path, query: str) -> object:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
        row = opened.execute(query).fetchone()
    return row[0] if row else None


def mark(path: Path) -> tuple[datetime, bool] | None:
    """The instant a file says it was copied at, and whether the groups are told."""
    value = look(path, "SELECT value FROM marks WHERE name = 'copied'")
    return parsed(str(value)) if value else None


def parsed(value: str) -> tuple[datetime, bool]:
    stored = json.loads(value)
    return datetime.fromisoformat(stored["at"]), stored["tell"]


# — backup —


def test_a_copy_is_private_whole_and_says_when_it_was_made(
    desk: Desk, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("VAULT_KEY", "p0zkQd0WUvw7nV4Dk6b9PRmYlTJ4iyVrZ1mP0PzXzZo=")
    said = desk.types("backup")
    copy = desk.folder / "data" / "backups" / DATED
    assert said == (
        f"The database as of {WHEN} is in data/backups/{DATED} "
        f"({copy.stat().st_size / 1e6:.1f} MB).\n"
        "Keep it private, and keep a copy on another machine: it holds what people said.\n"
        "Your secrets are not in it. Keep them somewhere else: SLACK_BOT_TOKEN, VAULT_KEY (in .env). Without VAULT_KEY "
        "the tokens in it cannot be read.\n"
        f"To go back to it, stop Syllabot and type `syllabot restore data/backups/{DATED}`.\n"
    )
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    assert [path.name for path in copy.parent.iterdir()] == [DATED]
    assert look(copy, "PRAGMA integrity_check") == "ok"
    assert look(copy, "SELECT name FROM cohorts") == "spring"
    assert mark(copy) == (NOW, True)
    assert mark(database) is None


def test_a_copy_goes_where_it_is_wanted_and_over_another_only_when_told_so(
    desk: Desk, database: Path
) -> None:
    (desk.folder / "usb").mkdir()
    assert f"is in usb/{DATED} (" in desk.types("backup", "usb")
    assert "is in copy.db (" in desk.types("backup", "copy.db")
    assert desk.is_refused("backup", "copy.db") == (
        "copy.db already exists: choose another name, or replace it with --force."
    )
    assert desk.is_refused("backup", "data/syllabot.db", "--force") == (
        "data/syllabot.db is the database itself: choose another name."
    )
    assert desk.types("backup", "copy.db", "--force").startswith(
        "The older copy there was replaced.\nThe database as"
    )


def test_what_cannot_be_copied_is_refused(desk: Desk) -> None:
    assert desk.is_refused("backup") == (
        "There is no database data/syllabot.db yet: start `syllabot run` once, or check DATABASE_URL."
    )
    (desk.folder / "data" / "room").mkdir(parents=True)
    (desk.folder / "data" / "room" / "syllabot.db").touch()
    assert desk.is_refused("backup") == (
        "There is no database data/syllabot.db yet: "
        "to copy the local room, type `syllabot backup --room`."
    )
    (desk.folder / "data" / "syllabot.db").write_text(
        "a text of more than a hundred characters " * 9
    )
    assert desk.is_refused("backup", "copy.db") == (
        "data/syllabot.db is damaged (file is not a database): use an undamaged copy."
    )


def test_a_damaged_database_gives_no_copy(desk: Desk, database: Path) -> None:
    damage(database)
    assert desk.is_refused("backup", "copy.db").startswith("data/syllabot.db is damaged (")


def damage(path: Path) -> None:
    """Overwrite pages in the middle of a database."""
    with path.open("r+b") as opened:
        opened.seek(8 * 4096)
        opened.write(b"\xa5" * 4096 * 6)


# — restore —


def test_restoring_keeps_todays_database_and_marks_the_gap(desk: Desk, database: Path) -> None:
    desk.types("backup", "copy.db")
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("UPDATE cohorts SET name = 'today'")
        opened.commit()
    assert desk.types("restore", "copy.db") == (
        "Today's database is kept as data/syllabot.before-20260304-123000.db.\n"
        f"data/syllabot.db is now the copy of {WHEN}.\n"
        "Posts due since then are looked for before they are sent. "
        "Where I cannot look, they are not sent again: `posts timeline` shows them as unsure.\n"
        "At the next start I ask each group to do again what they did since then. "
        "To leave that out, type `syllabot restore --mark --quiet` first.\n"
        "Now start Syllabot: `syllabot run`.\n"
    )
    assert look(database, "SELECT name FROM cohorts") == "spring"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    assert (
        look(
            desk.folder / "data" / "syllabot.before-20260304-123000.db", "SELECT name FROM cohorts"
        )
        == "today"
    )
    assert mark(database) == (NOW, True)
    assert "I ask each group" not in desk.types("restore", "--mark", "--quiet")
    assert mark(database) == (NOW, False)
    # What it said still holds after a second time, under a name of its own.
    assert "syllabot.before-20260304-123000-2.db" in desk.types("restore", "copy.db")
    asyncio.run(_open(database))


async def _open(path: Path) -> None:
    await (await Store.open_database(f"sqlite+aiosqlite:///{path}")).close()


def test_restoring_where_there_is_no_database_yet(desk: Desk, database: Path) -> None:
    desk.types("backup", "copy.db")
    shutil.rmtree(database.parent)
    assert desk.types("restore", "copy.db").startswith(
        f"data/syllabot.db is now the copy of {WHEN}.\n"
    )


def test_of_a_file_copied_by_hand_the_newest_entry_counts(desk: Desk, database: Path) -> None:
    shutil.copy(database, "by-hand.db")
    assert desk.types("restore", "by-hand.db").splitlines()[1:3] == [
        "data/syllabot.db is now the copy of Fri 20 Feb 2026, 10:00 UTC.",
        "It does not say when it was made, so I take the time of its newest entry: Fri 20 Feb 2026, 10:00 UTC. A file "
        "copied by hand while Syllabot ran may lack more.",
    ]


def test_what_stands_in_the_log_beside_a_file_is_restored_with_it(
    desk: Desk, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("UPDATE cohorts SET name = 'in the log'")
        opened.commit()
        for suffix in ("", "-wal"):
            shutil.copy(f"{database}{suffix}", f"by-hand.db{suffix}")
    desk.types("restore", "by-hand.db")
    assert look(database, "SELECT name FROM cohorts") == "in the log"


def test_a_copy_of_a_copy_lacks_what_the_first_one_lacks(
    desk: Desk, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.types("backup", "first.db")
    desk.types("restore", "first.db")
    monkeypatch.setattr(program.WallClock, "now", lambda clock: NOW + timedelta(days=3))
    desk.types("backup", "second.db")
    assert mark(desk.folder / "second.db") == (NOW, True)


def test_what_cannot_be_restored_is_refused_and_nothing_is_changed(
    desk: Desk, database: Path
) -> None:
    desk.types("backup", "copy.db")
    advice = "give the path of a copy that `syllabot backup` made."
    assert desk.is_refused("restore") == (
        "Give the file to go back to, like `syllabot restore data/backups/syllabot-….db`, or --mark."
    )
    assert desk.is_refused("restore", "none.db") == f"There is no file none.db: {advice}"
    assert desk.is_refused("restore", "data/syllabot.db") == (
        "data/syllabot.db is the database itself: give the path of a copy."
    )
    Path("text.db").write_text("hello")
    assert desk.is_refused("restore", "text.db") == f"text.db is not a SQLite database: {advice}"
    with closing(sqlite3.connect("other.db")) as other:
        other.execute("CREATE TABLE marks (name TEXT)")
        other.commit()
    assert (
        desk.is_refused("restore", "other.db")
        == f"other.db does not hold a Syllabot database: {advice}"
    )
    shutil.copy("copy.db", "newer.db")
    with closing(sqlite3.connect("newer.db")) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    assert desk.is_refused("restore", "newer.db") == (
        "newer.db was written by a newer Syllabot "
        f"(schema 9999, this version knows {find_newest_revision()}): update the bot first."
    )
    shutil.copy("copy.db", "damaged.db")
    damage(Path("damaged.db"))
    assert desk.is_refused("restore", "damaged.db").startswith("damaged.db is damaged (")
    with FileLock(f"{database}.lock"):
        assert desk.is_refused("restore", "copy.db") == (
            "Syllabot is running on data/syllabot.db: stop it, then try again."
        )


def test_a_copy_of_an_older_version_is_brought_up_to_date_by_the_next_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = create_engine(f"sqlite:///{desk.folder / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with old.begin() as config.attributes["connection"]:
        upgrade(config, "0001")
    old.dispose()
    assert desk.types("restore", "old.db") == (
        "data/syllabot.db is now the copy. No group had been made in it.\nNow start Syllabot: `syllabot run`.\n"
    )
    database = desk.folder / "data" / "syllabot.db"
    assert look(database, "SELECT version_num FROM alembic_version") == "0001"
    asyncio.run(_open(database))
    assert look(database, "SELECT version_num FROM alembic_version") == find_newest_revision()


def test_a_database_put_in_place_by_hand_is_marked(desk: Desk, database: Path) -> None:
    assert desk.types("restore", "--mark").startswith(
        "data/syllabot.db is marked as a copy of Fri 20 Feb 2026, 10:00 UTC.\n"
    )
    assert mark(database) == (datetime(2026, 2, 20, 10, tzinfo=UTC), True)


# — the program —


async def test_the_room_is_copied_while_it_is_busy_and_brought_back(tmp_path: Path) -> None:
    await busy_room(tmp_path, copies=1)


@pytest.mark.long
async def test_the_room_is_copied_ten_times_while_it_is_busy(tmp_path: Path) -> None:
    await busy_room(tmp_path, copies=10)
    async with Program(tmp_path) as room:
        assert (await room.get("/api/room"))["begun"]


async def busy_room(folder: Path, copies: int) -> None:
    """Copy the room while somebody changes their alias without a pause: each copy is whole, and
    knows what was answered."""
    async with Program(folder) as room:
        await room.post("/api/story", **{"as": "ada"})
        async with asyncio.timeout(240):
            while not (await room.get("/api/room"))["begun"]:
                await asyncio.sleep(0.05)
        acknowledged = [0]

        async def keep_busy() -> None:
            while True:
                said = {
                    "as": "ada",
                    "channel": "study-group",
                    "once": f"busy-{acknowledged[0] + 1:06}",
                }
                await room.post(
                    "/api/say", **said, phrase=f"settings alias=A{acknowledged[0] + 1}", filled={}
                )
                acknowledged[0] += 1

        busy = asyncio.create_task(keep_busy())
        for number in range(copies):
            await asyncio.sleep(0.3)
            before = acknowledged[0]
            assert "The room is in" in await typed(
                folder, "backup", "--room", str(folder / f"copy-{number}")
            )
            core = folder / f"copy-{number}" / "syllabot.db"
            assert stat.S_IMODE(core.parent.stat().st_mode) == 0o700
            for name in ("syllabot.db", "transcript.db"):
                assert look(core.with_name(name), "PRAGMA integrity_check") == "ok"
            assert int(str(look(core, ALIAS))) >= before
        assert acknowledged[0] > copies
        busy.cancel()
        refused = await typed(folder, "restore", "--room", str(folder / "copy-0"), status=1)
        assert (
            refused
            == f"syllabot: Syllabot is running on {folder}/room/syllabot.db: stop it, then try again.\n"
        )
    said = await typed(folder, "restore", "--room", str(folder / "copy-0"))
    assert said.startswith("The room is as it was.\nIts former files are kept as ")
    kept = look(folder / "copy-0" / "syllabot.db", ALIAS)
    with closing(sqlite3.connect(folder / "room" / "syllabot.db")) as opened:
        assert opened.execute(ALIAS).fetchone() == (kept,)


async def typed(folder: Path, *words: str, status: int = 0) -> str:
    """What the program prints, in a process of its own."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)},
        cwd=folder,
    )
    printed, _ = await running.communicate()
    assert running.returncode == status, printed.decode()
    return printed.decode()


# — Postgres —


@pytest.fixture
def filled(desk: Desk, programs: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The configured Postgres database, with a cohort in it."""
    url = programs.create_database("filled")
    monkeypatch.setenv("DATABASE_URL", url)
    asyncio.run(_fill(url))
    yield url
    programs.drop_database("filled")
    programs.drop_database("fresh")


async def _fill(url: str) -> None:
    async with Room.on(url) as room:
        await room.spring("ada")


async def _copied_at(url: str) -> datetime:
    store = await Store.open_database(url)
    try:
        assert len(await store.run(lambda tx: tx.cohorts.list_home_places(), write=False)) == 1
        value = await store.run(lambda tx: tx.answers.load_mark("copied"), write=False)
        assert value is not None
        return parsed(value)[0]
    finally:
        await store.close()


def test_postgres_is_copied_and_brought_back_by_its_own_programs(
    desk: Desk, filled: str, programs: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    assert "is in data/backups/syllabot-20260304-123000.dump (" in desk.types("backup")
    copy = "data/backups/syllabot-20260304-123000.dump"
    assert stat.S_IMODE(Path(copy).stat().st_mode) == 0o600
    assert desk.is_refused("restore", copy) == (
        "filled already holds a Syllabot database: create an empty database (`createdb NAME`), "
        "set DATABASE_URL to it, and try again; the old one stays unchanged."
    )
    Path("half.dump").write_bytes(Path(copy).read_bytes()[:400])
    assert desk.is_refused("restore", "half.dump").startswith(
        "pg_restore failed, and nothing was changed: correct this, then try again ("
    )
    Path("other.dump").write_bytes(b"SQLite format 3\x00")
    assert desk.is_refused("restore", "other.dump") == (
        "other.dump is not in pg_dump's custom format: "
        "give the path of a copy that `syllabot backup` made of a PostgreSQL database."
    )
    fresh = programs.create_database("fresh")
    monkeypatch.setenv("DATABASE_URL", fresh)
    assert desk.types("restore", copy).startswith("The database now holds the copy of ")
    assert began <= asyncio.run(_copied_at(fresh)) <= datetime.now(UTC)


def test_a_postgres_database_that_was_brought_back_by_hand_is_marked(
    desk: Desk, filled: str
) -> None:
    assert desk.types("restore", "--mark").startswith(
        "The database is marked as a copy of Fri 20 Feb 2026, 10:00 UTC.\nIt does not say when it was made"
    )
    assert asyncio.run(_copied_at(filled)) == datetime(2026, 2, 20, 10, tzinfo=UTC)


def test_postgres_is_not_restored_while_others_use_it(
    desk: Desk, filled: str, programs: Postgres
) -> None:
    command = [
        str(programs.binaries / "psql"),
        "-X",
        "-q",
        "-c",
        "SELECT 1",
        "-c",
        "SELECT pg_sleep(60)",
    ]
    where = {"PGHOST": str(programs.folder), "PGUSER": "postgres", "PGDATABASE": "filled"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **where}) as other:
        assert other.stdout is not None
        other.stdout.readline()
        said = desk.is_refused("restore", "--mark")
        other.kill()
    assert said == "1 other connection is open to filled: stop Syllabot, then try again."


def test_where_pg_dump_is_missing_the_command_is_named_without_the_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(desk.folder))
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://study:secret@db.example.org:5433/syllabot?ssl=require"
    )
    assert desk.is_refused("backup", "copy.dump") == (
        "pg_dump is not installed here: run this where it is installed: PGHOST=db.example.org PGPORT=5433 PGUSER=study "
        "PGDATABASE=syllabot PGSSLMODE=require pg_dump --format=custom --file=copy.dump"
    )
